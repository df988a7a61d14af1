"""Slack's servers, as the bot reaches them: the Web API behind a bearer token, and response URLs."""

import hmac
import json
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.playground.stands.slack.limits import Refused
from bot.playground.stands.slack.messages import Json
from bot.playground.stands.slack.methods import READS_JSON, Methods
from bot.playground.stands.slack.overheard import Exchange, Listener, nobody
from bot.playground.stands.slack.socket import Socket

_ANSWERS = frozenset({"user_not_found", "users_not_found"})
"""Refusals that are answers, not somebody's mistake."""
_GONE = frozenset({"used_url", "expired_url", "invalid_url", "message_not_found"})
RESPONSE_URL = "response_url"
OPEN = "apps.connections.open"
TOO_MANY = 429
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was refused."""

    where: str
    """The method, or `response_url`."""
    code: str
    detail: str


@dataclass
class Door:
    """The HTTP side; it remembers every call, every refusal, and what it was told to go wrong."""

    methods: Methods
    token: str
    socket: Socket | None = None
    """Where the app opens a line to us instead of being posted to."""
    refusals: list[Refusal] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    heard: Listener = nobody
    _failing: dict[str, deque[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def application(self) -> Starlette:
        paths = ("/commands/{rest:path}", "/actions/{rest:path}")
        return Starlette(
            routes=[
                Route("/api/{method}", self._overheard(self._call), methods=["GET", "POST"]),
                *(Route(path, self._overheard(self._respond), methods=["POST"]) for path in paths),
            ]
        )

    def fail(self, method: str, *, status: int, retry_after: int | None = None, times: int = 1) -> None:
        """The next `times` calls of it are answered with that status: 429 with Retry-After, 503, …"""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        with self._lock:
            self._failing.setdefault(method, deque()).extend([(status, headers)] * times)

    def _overheard(
        self, answered: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            at, began, body = time.time(), time.perf_counter(), await request.body()
            response = await answered(request)
            self.heard(
                Exchange(
                    at=at,
                    by="bot",
                    method=request.method,
                    path=f"{request.url.path}?{request.url.query}".removesuffix("?"),
                    headers=dict(request.headers),
                    body=body,
                    status=response.status_code,
                    answer=bytes(response.body),
                    seconds=time.perf_counter() - began,
                )
            )
            return response

        return answer

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if failure := self._failure(method):
            code = "ratelimited" if failure[0] == TOO_MANY else "service_unavailable"
            return JSONResponse({"ok": False, "error": code}, failure[0], headers=failure[1])
        try:
            if method == OPEN and self.socket is not None:
                _check_token(request.headers.get("authorization"), self.socket.app_token)
                return JSONResponse({"ok": True, **self.socket.open()})
            _check_token(request.headers.get("authorization"), self.token)
            asked = await _arguments(request, method)
            self.calls.append((method, asked))
            return JSONResponse({"ok": True, **self.methods[method](asked)})
        except Refused as refused:
            self._note(method, refused)
            return JSONResponse({"ok": False, "error": refused.code, "detail": refused.detail})

    async def _respond(self, request: Request) -> Response:
        if failure := self._failure(RESPONSE_URL):
            return Response(status_code=failure[0], headers=failure[1])
        try:
            body = json.loads(await request.body())
            if not isinstance(body, dict):
                raise Refused("invalid_payload", "an object")
            self.methods.respond(request.url.path, body)
        except ValueError:
            return self._not_ok(Refused("invalid_payload", "no JSON"))
        except Refused as refused:
            return self._not_ok(refused)
        return PlainTextResponse("ok")

    def _not_ok(self, refused: Refused) -> Response:
        self._note(RESPONSE_URL, refused)
        return JSONResponse({"ok": False, "error": refused.code}, 404 if refused.code in _GONE else 400)

    def _note(self, where: str, refused: Refused) -> None:
        if refused.code not in _ANSWERS:
            self.refusals.append(Refusal(where, refused.code, refused.detail))

    def _failure(self, method: str) -> tuple[int, dict[str, str]] | None:
        with self._lock:
            waiting = self._failing.get(method)
            return waiting.popleft() if waiting else None


def _check_token(header: str | None, token: str) -> None:
    if header is None:
        raise Refused("not_authed", "no bearer token")
    if not hmac.compare_digest(header.encode(), f"Bearer {token}".encode()):
        raise Refused("invalid_auth", "the wrong token")


async def _arguments(request: Request, method: str) -> Json:
    """What a method was called with: a form or the query, and JSON where the method reads it."""
    if request.headers.get("content-type", "").startswith("application/json"):
        if method not in READS_JSON:
            return dict(request.query_params)
        try:
            asked = json.loads(await request.body())
        except ValueError as error:
            raise Refused("invalid_json", "no JSON") from error
        return asked if isinstance(asked, dict) else {}
    return {**request.query_params, **{name: str(value) for name, value in (await request.form()).items()}}
