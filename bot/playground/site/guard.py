"""What holds for every answer of the page's server, and for whoever may ask it.

It listens on loopback, but any page that the visitor has open in the same browser can send requests there: so a request
must name this very host (else a name that an attacker points at 127.0.0.1 would do), and one that changes something
must be JSON sent by this very page (fetch.spec.whatwg.org, "CORS protocol": other origins would have to ask first).
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
HOSTS = frozenset({"127.0.0.1", "localhost"})


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        wrong = _wrong(scope["method"], Headers(scope=scope)) if scope["type"] == "http" else None
        if wrong is not None:
            await JSONResponse({"ok": False, "says": wrong}, 403)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)


def _wrong(method: str, headers: Headers) -> str | None:
    host = headers.get("host", "")
    if host.partition(":")[0] not in HOSTS:
        return "This demo answers to 127.0.0.1 only."
    if headers.get("origin", f"http://{host}") != f"http://{host}":
        return "Another page may not ask this one."
    if method == "POST" and not headers.get("content-type", "").startswith("application/json"):
        return "What changes something is sent as JSON."
    return None
