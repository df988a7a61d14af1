"""Under the glass: what passed between Slack and the bot, without what would let anybody pretend to be either."""

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from bot.playground.stands.slack.overheard import Exchange

Json = dict[str, Any]

KEPT = 500
LONGEST = 20_000
"""Characters of a body that are worth looking at."""
HIDDEN = "••••"
_SHOWN_HEADERS = ("content-type", "authorization", "user-agent", "x-slack-request-timestamp", "x-slack-signature",
                  "x-slack-retry-num", "x-slack-retry-reason")  # fmt: skip
_SECRETS = (
    re.compile(r"(?<=v0=)[0-9a-f]{16,}"),
    re.compile(r"(?<=xox[abeps]-)[\w-]+"),
    re.compile(r"(?<=/(?:actions)/)[\w/-]+|(?<=/(?:commands)/)[\w/-]+"),
    re.compile(r"(?<=\d\.\d{6}\.)[0-9a-f]{16,}"),
)
_TRIGGER = re.compile(r"^\d+\.\d+\.[0-9a-f]+$")
_LINK = re.compile(r"(https?://127\.0\.0\.1:\d+/[\w-]+/)[\w./~-]+")


class Glass:
    """Keeps the last exchanges, redacted before they are kept."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._exchanges: deque[Json] = deque(maxlen=KEPT)
        self._number = 0
        self._lock = threading.Lock()

    def hear(self, exchange: Exchange) -> None:
        """One more."""
        shown = _shown(exchange)
        with self._lock:
            self._number += 1
            self._exchanges.append({"n": self._number, **shown})
        self._tell()

    def since(self, number: int) -> list[Json]:
        """Those with a higher number, oldest first."""
        with self._lock:
            return [one for one in self._exchanges if one["n"] > number]


def _shown(exchange: Exchange) -> Json:
    kind = exchange.headers.get("content-type", "")
    return {
        "at": datetime.fromtimestamp(exchange.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "from": exchange.by,
        "method": exchange.method,
        "path": redacted(exchange.path),
        "request": {"headers": _headers(exchange.headers), "body": redacted(_read(exchange.body, kind))},
        "status": exchange.status,
        "response": redacted(_read(exchange.answer, "application/json")),
        "seconds": round(exchange.seconds, 4),
        "isAck": exchange.by == "slack",
    }


def redacted(part: Any) -> Any:
    """The same without signatures, tokens, single-use addresses and links that let somebody in."""
    if isinstance(part, str):
        for secret in _SECRETS:
            part = secret.sub(HIDDEN, part)
        return _LINK.sub(rf"\1{HIDDEN}", part)
    if isinstance(part, Mapping):
        return {name: HIDDEN if name in {"trigger_id", "token"} and value else redacted(value)
                for name, value in part.items()}  # fmt: skip
    if isinstance(part, list | tuple):
        return [redacted(one) for one in part]
    return part


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    found = {name.lower(): value for name, value in headers.items()}
    return {name: redacted(found[name]) for name in _SHOWN_HEADERS if name in found}


def _read(body: bytes, kind: str) -> Any:
    """As it means: JSON, a form with JSON in it, or words."""
    words = body.decode(errors="replace")
    if kind.startswith("application/x-www-form-urlencoded"):
        return {name: _decoded(value) for name, value in parse_qsl(words, keep_blank_values=True)}
    return _decoded(words)


def _decoded(words: str) -> Any:
    if words[:1] in {"{", "["} and len(words) <= LONGEST * 5:
        try:
            return json.loads(words)
        except ValueError:
            pass
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}… ({len(words):,} characters)"
