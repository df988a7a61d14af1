"""What stands before Bolt: only a whole, recent request that Slack signed gets past it.

Bolt's own check answers 500 to a timestamp that is no number and writes refused bodies to the log. Signatures:
docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import hashlib
import hmac
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from bot.core.clock import Clock
from bot.core.errors import InvalidInput

LARGEST = 256 * 1024
WINDOW = 300
"""Seconds within which a signature holds."""

TOO_LARGE = 413
NOT_SIGNED = 401


class Front:
    """Knows Slack's signature."""

    def __init__(self, signing_secret: str, clock: Clock) -> None:
        if not signing_secret:
            raise InvalidInput("Slack's signing secret is missing")
        self._secret = signing_secret.encode()
        self._clock = clock

    async def admit(self, request: Request) -> bytes | Response:
        """The body, or the answer for a request that goes no further."""
        body = await _whole(request)
        if body is None:
            return Response(status_code=TOO_LARGE)
        if is_probe(body):
            return Response()
        headers = request.headers
        if not self._is_signed(body, headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")):
            return Response(status_code=NOT_SIGNED)
        return body

    def _is_signed(self, body: bytes, timestamp: str | None, signature: str | None) -> bool:
        if timestamp is None or signature is None or not (timestamp.isascii() and timestamp.isdigit()):
            return False
        if len(timestamp) > 12 or abs(self._clock.now().timestamp() - int(timestamp)) > WINDOW:
            return False
        signed = hmac.new(self._secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={signed}".encode(), signature.encode())


def is_probe(body: bytes) -> bool:
    """Whether Slack only looks at our certificate (`ssl_check=1`, unsigned, with nothing to do)."""
    if b"ssl_check=1" not in body or len(body) > 1024:
        return False
    form = parse_qs(body.decode("utf-8", "replace"))
    return form.get("ssl_check") == ["1"] and "command" not in form and "payload" not in form


async def _whole(request: Request) -> bytes | None:
    """The body; None once it is larger than anything Slack sends, without reading on."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced[:20]) > LARGEST:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)
