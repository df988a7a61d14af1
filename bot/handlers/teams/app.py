"""The door to Teams: judge the token, keep what came in, acknowledge; answer a pressed button in the call.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards
"""

import importlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.chat.cards import Card
from bot.chat.surface import Delivery
from bot.core.clock import Clock
from bot.core.errors import InvalidInput, NotAllowed, OverlapError
from bot.handlers.teams import parse
from bot.handlers.teams.registration import Registration
from bot.handlers.teams.render import CONTENT_TYPE, render
from bot.handlers.teams.tokens import Tokens, tokens

if TYPE_CHECKING:
    from bot.handlers.teams.adapter import Adapter

log = logging.getLogger(__name__)

PATH = "/api/messages"
LARGEST = 256 * 1024
CHANNEL = "msteams"
ERROR_TYPE = "application/vnd.microsoft.error"

Keep = Callable[[Delivery], object]
"""Saves a delivery; raises when it could not. It blocks."""
AnswerNow = Callable[[Delivery], Card]
"""What a pressed button says now, from stored rows only: Teams waits ten seconds. It blocks."""


@dataclass(slots=True)
class Door:
    """What Teams may call."""

    registration: Registration
    tokens: Tokens
    keep: Keep
    answer_now: AnswerNow
    _adapter: "Adapter | None" = None

    async def receive(self, request: Request) -> Response:
        """Answer one activity."""
        try:
            return await self._receive(request)
        except _Turned as turned:
            return Response(status_code=turned.status)

    async def _receive(self, request: Request) -> Response:
        header = request.headers.get("authorization")
        if not header:
            raise _Turned(401)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise _Turned(415)
        activity = _activity(await _body(request))
        claims = await self._claims(header, activity)
        try:
            status, body = await (await self._botbuilder()).answer(activity, claims, lambda: self._turn(activity))
        except InvalidInput as error:
            raise _Turned(400) from error
        return Response(status_code=status) if body is None else JSONResponse(body, status_code=status)

    async def _claims(self, header: str, activity: Mapping[str, Any]) -> dict[str, Any]:
        try:
            claims = await self.tokens.check(header, activity)
        except NotAllowed as refused:
            log.warning("an activity is not believed: %s", refused)
            raise _Turned(401) from refused
        if not self.registration.trusts(str(activity.get("serviceUrl"))):
            log.warning("an activity names a service URL that is not on the list")
            raise _Turned(401)
        # Other channels (Web Chat, Direct Line) let anybody write the tenant and the user into an activity.
        if activity.get("channelId") != CHANNEL or not self.registration.admits(parse.tenant(activity)):
            log.warning("an activity comes from a channel or tenant that may not use the bot")
            raise _Turned(403)
        return claims

    async def _botbuilder(self) -> "Adapter":
        if self._adapter is None:
            module = await run_in_threadpool(importlib.import_module, "bot.handlers.teams.adapter")
            self._adapter = module.Adapter()
        return self._adapter

    async def _turn(self, activity: Mapping[str, Any]) -> dict[str, Any] | None:
        """Keep what needs an answer; the body of an invoke's answer, where this is one of ours."""
        is_invoke = activity.get("type") == "invoke"
        try:
            delivery = parse.delivery(activity)
        except InvalidInput as error:
            return _refusal(400, error.code, str(error)) if is_invoke else None
        if delivery is None:
            return None
        if is_invoke:
            return await run_in_threadpool(self._answered, delivery)
        await run_in_threadpool(self.keep, delivery)
        return None

    def _answered(self, delivery: Delivery) -> dict[str, Any]:
        try:
            card = self.answer_now(delivery)
        except OverlapError as error:
            return _refusal(400, error.code, str(error))
        except Exception as error:  # the outermost handler of an invoke, whose errors have a shape of their own
            log.error("a pressed button found no answer: %s", type(error).__name__)  # its words may hold a row
            return _refusal(500, "error", "Something went wrong on my side. Please press it again.")
        return {"statusCode": 200, "type": CONTENT_TYPE, "value": render(card)}


def routes(registration: Registration, *, keep: Keep, answer_now: AnswerNow, clock: Clock) -> list[Route]:
    """The one address for everything that Teams sends."""
    door = Door(registration, tokens(registration, clock), keep, answer_now)
    return [Route(PATH, door.receive, methods=["POST"])]


class _Turned(Exception):
    """Turned away at the door, with this status and no word more."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _refusal(status: int, code: str, message: str) -> dict[str, Any]:
    return {"statusCode": status, "type": ERROR_TYPE, "value": {"code": code, "message": message}}


async def _body(request: Request) -> bytes:
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or len(told) > 9 or int(told) > LARGEST:
        raise _Turned(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise _Turned(413)
    return bytes(body)


def _activity(body: bytes) -> dict[str, Any]:
    try:
        activity = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _Turned(400) from error
    if not isinstance(activity, dict):
        raise _Turned(400)
    return activity
