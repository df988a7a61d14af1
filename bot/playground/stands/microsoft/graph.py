"""The stand-in for Graph v1.0: what the bot may ask there, checked whole, and how Graph answers.

https://learn.microsoft.com/graph/api/overview?view=graph-rest-1.0
"""

import base64
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.stands.microsoft import others, reads, strict, writes
from bot.playground.stands.microsoft.events import Json
from bot.playground.stands.microsoft.office import Asked, Office
from bot.playground.stands.microsoft.strict import Refused
from bot.playground.stands.microsoft.tokens import Access, Tokens

MOST_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came in."""

    method: str
    path: str
    status: int


Answer = Callable[[Office, Asked], Any]


@dataclass
class Graph:
    """The HTTP side; it remembers every call and every refusal, and what it was told to go wrong."""

    office: Office
    tokens: Tokens
    calls: list[Call] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    """What was written, in order."""
    refusals: list[str] = field(default_factory=list)
    challenge: str = ""
    """Claims with which the next request is answered 401."""
    garbage: bytes | None = None
    """What the next request is answered with instead of an answer."""
    slow_seconds: float = 0.0
    loses_answer: bool = False
    """The next write happens, and its answer does not come."""
    _meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    _failing: deque[tuple[str, str, Refused]] = field(default_factory=deque)
    _down: bool = False
    _busy: dict[str, int] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def routes(self) -> list[Route]:
        methods = ["GET", "POST", "PATCH", "DELETE", "PUT"]
        return [Route("/v1.0/{rest:path}", self._answer, methods=methods)]

    def fail(
        self, status: int, code: str = "", *, path: str = "", method: str = "", times: int = 1, retry_after: str = ""
    ) -> None:
        """The next `times` requests of that method, or of any, whose path holds `path` are refused so."""
        headers = {"Retry-After": retry_after} if retry_after else {}
        refused = Refused(status, code or "serviceNotAvailable", is_mistake=False, headers=headers)
        with self._lock:
            self._failing.extend([(method, path, refused)] * times)

    def mend(self) -> None:
        """Nothing is refused any more that was told to be."""
        with self._lock:
            self._failing.clear()

    def race(self, method: str, act: Callable[[], object]) -> None:
        """`act` happens once, just before the next request of that method is looked at."""
        with self._lock:
            self._meanwhile[method] = act

    @property
    def is_down(self) -> bool:
        return self._down

    @contextmanager
    def down(self) -> Iterator[None]:
        """Within the block nothing is served."""
        self._down = True
        try:
            yield
        finally:
            self._down = False

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(self._answered, request, body)

    def _answered(self, request: Request, body: bytes) -> Response:
        path = f"/{request.path_params['rest']}"
        raw = request.scope.get("raw_path", b"").decode().removeprefix("/v1.0")
        try:
            response = self._done(request, raw or path, body)
        except Refused as refused:
            if refused.is_mistake:
                self.refusals.append(f"{request.method} {path}: {refused}")
            error = {"code": refused.code, "message": refused.message, "innerError": {"request-id": "r"}}
            response = JSONResponse({"error": error}, refused.status, headers=dict(refused.headers))
        response.headers["request-id"] = "00000000-0000-0000-0000-000000000000"
        self.calls.append(Call(request.method, path, response.status_code))
        return response

    def _done(self, request: Request, path: str, body: bytes) -> Response:
        if self._down:
            raise Refused(503, "serviceNotAvailable", is_mistake=False)
        access = self._opened(request)
        self._maybe_fail(request.method, path)
        garbage, self.garbage = self.garbage, None
        if garbage is not None:
            return Response(garbage, media_type="application/json")
        with self._lock:
            act = self._meanwhile.pop(request.method, None)
        if act is not None:
            act()
        strict.check_headers(request.headers)
        user = self.office.directory.by_oid(access.oid)
        if not user.has_mailbox and not path.startswith("/places"):
            raise Refused(404, "MailboxNotEnabledForRESTAPI", "No mailbox.", is_mistake=False)
        with self._one_of_four(user.oid):
            for method, pattern, answer in _ROUTES:
                found = pattern.fullmatch(path)
                if found is not None and method == request.method:
                    asked = Asked(
                        user=user,
                        access=access,
                        method=method,
                        path=path,
                        query=dict(request.query_params),
                        headers=dict(request.headers),
                        body=_body(body, method),
                        named=tuple(map(unquote, found.groups())),
                    )
                    if asked.body:
                        self.bodies.append(asked.body)
                    answered = answer(self.office, asked)
                    if self.loses_answer and method != "GET":
                        self.loses_answer = False
                        raise Refused(504, "gatewayTimeout", is_mistake=False)
                    return answered if isinstance(answered, Response) else JSONResponse(answered)
        raise Refused(404, "BadRequest", f"no such resource: {path}")

    def _opened(self, request: Request) -> Access:
        access = self.tokens.opened(request.headers.get("authorization", ""))
        claims, self.challenge = self.challenge, ""
        if access is None or claims:
            told = base64.urlsafe_b64encode(claims.encode()).decode()
            extra = f', error="insufficient_claims", claims="{told}"' if claims else ""
            raise Refused(
                401,
                "InvalidAuthenticationToken",
                is_mistake=False,
                headers={"WWW-Authenticate": f'Bearer realm="", authorization_uri="{self.office.url}"{extra}'},
            )
        return access

    def _maybe_fail(self, method: str, path: str) -> None:
        with self._lock:
            for index, (only, part, refused) in enumerate(self._failing):
                if part in path and only in ("", method):
                    del self._failing[index]
                    raise refused

    @contextmanager
    def _one_of_four(self, mailbox: str) -> Iterator[None]:
        with self._lock:
            if self._busy.get(mailbox, 0) >= MOST_AT_ONCE:
                raise Refused(429, "ApplicationThrottled", "MailboxConcurrency", headers={"Retry-After": "1"})
            self._busy[mailbox] = self._busy.get(mailbox, 0) + 1
        try:
            if self.slow_seconds:
                time.sleep(self.slow_seconds)
            yield
        finally:
            with self._lock:
                self._busy[mailbox] -= 1


def _body(body: bytes, method: str) -> Json:
    if method in ("GET", "DELETE"):
        if body:
            raise Refused(400, "BadRequest", "a body where none belongs")
        return {}
    try:
        read = json.loads(body)
    except ValueError as error:
        raise Refused(400, "RequestBodyRead", "no JSON") from error
    if not isinstance(read, dict):
        raise Refused(400, "RequestBodyRead", "an object wanted")
    return read


def _route(method: str, pattern: str, answer: Answer) -> tuple[str, re.Pattern[str], Answer]:
    return method, re.compile(pattern), answer


_ROUTES: tuple[tuple[str, re.Pattern[str], Answer], ...] = (
    _route("GET", r"/me/calendars", reads.calendars),
    _route("GET", r"/me/calendar", reads.calendar),
    _route("GET", r"/me/calendars/([^/]+)", reads.calendar),
    _route("GET", r"/me/calendars/([^/]+)/calendarView", reads.view),
    _route("GET", r"/me/calendars/([^/]+)/calendarView/delta", reads.delta),
    _route("GET", r"/me/calendars/([^/]+)/events", reads.events),
    _route("POST", r"/me/calendars/([^/]+)/events", writes.create),
    _route("GET", r"/me/events/([^/]+)", reads.event),
    _route("GET", r"/me/events/([^/]+)/instances", reads.instances),
    _route("PATCH", r"/me/events/([^/]+)", writes.change),
    _route("DELETE", r"/me/events/([^/]+)", writes.delete),
    _route("POST", r"/me/events/([^/]+)/cancel", writes.cancel),
    _route("POST", r"/me/events/([^/]+)/(accept|decline|tentativelyAccept)", writes.respond),
    _route("GET", r"/me/mailboxSettings", others.settings),
    _route("POST", r"/me/calendar/getSchedule", others.schedule),
    _route("GET", r"/places/microsoft\.graph\.room", others.places),
    _route("POST", r"/subscriptions", others.subscribe),
    _route("PATCH", r"/subscriptions/([^/]+)", others.renew),
    _route("DELETE", r"/subscriptions/([^/]+)", others.unsubscribe),
)
