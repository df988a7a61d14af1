"""Slack's door: what it posts is verified, kept as a row, and acked; a worker thinks about it later."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from re import compile as pattern

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.surface import Delivery
from bot.core.clock import Clock
from bot.handlers.slack.front import Front
from bot.handlers.slack.parse import PATH, delivery

Keep = Callable[[Delivery], object]
"""Saves a delivery; raises when it could not. It blocks."""

_ANY = pattern("")
_log = logging.getLogger(__name__)


def routes(*, signing_secret: str, keep: Keep, clock: Clock) -> list[Route]:
    """The one address for commands, interactions and events."""
    front = Front(signing_secret, clock)
    app = bolt(signing_secret, keep)

    async def events(request: Request) -> Response:
        admitted = await front.admit(request)
        if isinstance(admitted, Response):
            return admitted
        asked = _asked(admitted, request)
        if asked is None:
            return Response(status_code=400)
        answer = await app.async_dispatch(asked)
        return Response(answer.body, answer.status, answer.first_headers_without_set_cookie())

    return [Route(PATH, events, methods=["POST"])]


def _asked(body: bytes, request: Request) -> AsyncBoltRequest | None:
    """Bolt's own view of a request; None for a body that is none of Slack's kinds, which Bolt would stumble over."""
    try:
        asked = AsyncBoltRequest(body=body.decode(), headers=dict(request.headers))
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return None
    return asked if _is_whole(asked.body) else None


def _is_whole(payload: Mapping[str, object]) -> bool:
    """Whether the parts that Bolt reads without looking are what they should be."""
    actions = payload.get("actions", [{}])
    has_actions = isinstance(actions, list) and len(actions) > 0 and all(isinstance(one, dict) for one in actions)
    return has_actions and all(isinstance(payload.get(name, {}), dict) for name in ("event", "view", "container"))


def bolt(signing_secret: str, keep: Keep) -> AsyncApp:
    """Bolt, with nothing before the ack but saving: it answers from the listener itself instead of looking every 10 ms.

    All that Bolt would otherwise take from SLACK_* variables is given, or switched off.
    """
    quiet = logging.getLogger("bot.handlers.slack.bolt")
    quiet.setLevel(logging.ERROR)  # below that it writes bodies
    app = AsyncApp(
        name="overlap",
        logger=quiet,
        signing_secret=signing_secret,
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,  # the front did
        ssl_check_enabled=False,  # the front did
        ignoring_self_events_enabled=False,  # `parse` does, without having to ask who we are
        attaching_function_token_enabled=False,
    )
    hand_over = _hand_over(keep)
    for listen in (app.command, app.action, app.event, app.shortcut, app.view, app.options):
        listen(_ANY)(hand_over)
    app.error(_say_that_it_failed)
    return app


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Whoever signed is Slack. No token: nothing is called before the ack, so Bolt never needs one."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


async def _say_that_it_failed(error: Exception) -> None:
    """Bolt's own words would hold the statement's parameters."""
    _log.error("a delivery could not be kept: %s", type(error).__name__)


def _hand_over(keep: Keep) -> Callable[[AsyncAck, AsyncBoltRequest], Awaitable[None]]:
    """The only listener: saves what there is to save, then acks.

    A failure to save leaves the request unacked: Bolt answers 500, and Slack shows an error or sends the event again.
    """
    writers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="slack-keep")

    async def hand_over(ack: AsyncAck, req: AsyncBoltRequest) -> None:
        found = delivery(req.body, req.headers["x-slack-signature"][0])
        if found is not None:
            await asyncio.get_running_loop().run_in_executor(writers, keep, found)
        await ack()

    return hand_over
