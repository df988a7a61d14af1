"""One call to the stand-in's API: who calls, what they may, what they ask."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request

from bot.playground.stands.google.described import Method
from bot.playground.stands.google.refusals import Refusal, sin

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, and what it opens."""

    email: str
    scopes: frozenset[str]
    until: datetime
    grant: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is answered to the next call of that method (or any), instead of listening or after having done it."""

    status: int
    reason: str = "backendError"
    method: str | None = None
    retry_after: int | None = None
    is_done: bool = False
    html: str | None = None
    """What is answered instead of JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that Google's description of its API knows."""

    method: Method
    token: Token
    path: dict[str, str]
    asked: Json
    body: Json
    if_match: str | None

    @property
    def by(self) -> str:
        return self.token.email

    @property
    def calendar(self) -> str:
        return self.path["calendarId"]

    def sees_only_freebusy(self) -> bool:
        """Whether the token shows of events nothing but when they are."""
        return not any(
            scope.rpartition("/")[2] in ("calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly")
            for scope in self.token.scopes
        )


async def heard(method: Method, request: Request, token: Token) -> Call:
    """The call, checked against the description; too few scopes are refused here."""
    if not method.scopes & token.scopes:
        raise Refusal(403, "insufficientPermissions")
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "alt"]
    asked = method.parameters(query)
    raw = await request.body()
    try:
        given = json.loads(raw) if raw else None
    except ValueError as error:
        raise sin("Parse Error", "parseError") from error
    return Call(
        method=method,
        token=token,
        path=dict(request.path_params),
        asked=asked,
        body=method.body(given),
        if_match=request.headers.get("if-match"),
    )
