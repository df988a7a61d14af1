"""What Slack posts to an app: payloads in its shapes, signed with its secret, and how the app acked.

docs.slack.dev/authentication/verifying-requests-from-slack; an ack must come within 3 seconds.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from bot.playground.stands.slack.overheard import Exchange, Listener, nobody
from bot.playground.stands.slack.socket import Socket

ACK_SECONDS = 3.0
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Signed:
    """A request, whole, so that it can be sent again."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ack:
    """How the app answered; status 0 where it did not within three seconds, and Slack tells the user so."""

    status: int
    body: str
    seconds: float
    sent: Signed = field(repr=False)

    @property
    def is_good(self) -> bool:
        return self.status == 200


@dataclass
class Courier:
    """Signs and delivers."""

    url: str
    """The app's address for everything: …/slack/events."""
    secret: str
    now: Callable[[], float]
    acks: list[Ack] = field(default_factory=list)
    heard: Listener = nobody
    socket: Socket | None = None
    """The line down which everything goes, where the app has opened one."""
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=ACK_SECONDS, trust_env=False))

    def signed(self, body: bytes, kind: str) -> Signed:
        """The body with the headers that Slack sends along."""
        stamp = str(int(self.now()))
        digest = hmac.new(self.secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return Signed(
            body, {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}
        )

    def deliver(self, signed: Signed, **more_headers: str) -> Ack:
        """Post it, as it is, and note the ack."""
        at, began, headers = time.time(), time.perf_counter(), {**signed.headers, **more_headers}
        try:
            answer = self._client.post(self.url, content=signed.body, headers=headers)
            status, body = answer.status_code, answer.text
        except httpx.TransportError as error:
            status, body = 0, type(error).__name__
        ack = Ack(status, body, time.perf_counter() - began, signed)
        self.acks.append(ack)
        self.heard(
            Exchange(
                at=at,
                by="slack",
                method="POST",
                path=urlsplit(self.url).path,
                headers=headers,
                body=signed.body,
                status=status,
                answer=body.encode(),
                seconds=ack.seconds,
            )
        )
        return ack

    def form(self, fields: Mapping[str, str]) -> Ack:
        """A slash command."""
        if self.socket is not None:
            return self._down("slash_commands", fields, self.socket)
        return self.deliver(self.signed(urlencode(fields).encode(), FORM))

    def interaction(self, payload: Mapping[str, Any]) -> Ack:
        """A press: JSON within a form."""
        if self.socket is not None:
            return self._down("interactive", payload, self.socket)
        return self.form({"payload": json.dumps(payload)})

    def event(self, payload: Mapping[str, Any]) -> Ack:
        if self.socket is not None:
            return self._down("events_api", payload, self.socket)
        return self.deliver(self.signed(json.dumps(payload).encode(), JSON))

    def _down(self, kind: str, payload: Mapping[str, Any], line: Socket) -> Ack:
        """The same in an envelope; an ack's payload is what a body is by HTTP."""
        began = time.perf_counter()
        said = line.deliver(kind, payload, ACK_SECONDS)
        answer = "" if said is None else json.dumps(said["payload"]) if said.get("payload") else ""
        sent = Signed(json.dumps(payload).encode(), {"content-type": JSON})
        ack = Ack(0 if said is None else 200, answer, time.perf_counter() - began, sent)
        self.acks.append(ack)
        return ack

    def close(self) -> None:
        self._client.close()
