"""Where calendar services ring when something changed: proven, kept as a mark on the calendar, answered at once.

A message is a hint and nothing of it is believed but which channel sent it. Whatever is unknown or wrong is answered
as what is right, so that nobody learns here which channels there are.
https://developers.google.com/workspace/calendar/api/guides/push
https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
"""

import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.core.clock import Clock
from bot.storage import calendars, channels, progress
from bot.storage.channels import Kept, hashed
from bot.storage.database import Database, Tx

log = logging.getLogger(__name__)

LARGEST = 256 * 1024
LARGEST_TOKEN = 2 * 1024
MOST_ITEMS = 1000
DEBOUNCE = timedelta(seconds=3)
"""How long one waits for more: an edit is often told several times."""
AT_ONCE, A_SECOND = 20.0, 5.0
"""Posts to one path that are looked at: so many at once, then so many a second."""
PATHS = 10_000
"""How many paths are remembered."""


class Item(msgspec.Struct, frozen=True, rename="camel"):
    """One notification of Microsoft's, as far as anything of it matters."""

    subscription_id: str = ""
    client_state: str = ""
    lifecycle_event: str = ""


class Post(msgspec.Struct, frozen=True):
    """What Microsoft posts."""

    value: list[Item] = []


_POST = msgspec.json.Decoder(Post)


@dataclass(slots=True)
class Sieve:
    """Lets a path be looked at so often; the rest costs nothing, and is told to come again."""

    monotonic: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def lets(self, path: str) -> bool:
        """Whether that path may be looked at once more now."""
        now = self.monotonic()
        left, since = self._left.pop(path, (AT_ONCE, now))
        left = min(AT_ONCE, left + (now - since) * A_SECOND)
        self._left[path] = (max(left - 1, 0), now) if left >= 1 else (left, now)
        while len(self._left) > PATHS:
            self._left.popitem(last=False)
        return left >= 1


@dataclass(frozen=True)
class Bell:
    """Hears channels."""

    database: Database
    clock: Clock
    sieve: Sieve = field(default_factory=Sieve)

    async def google(self, request: Request) -> Response:
        """Everything is in the headers; the body is empty."""
        path = request.path_params["path"]
        if not self.sieve.lets(path):
            return _come_again()
        if await _body(request) is None:
            return Response(status_code=413)
        told = {name: request.headers.get(f"x-goog-{name}", "") for name in _GOOGLE}
        await run_in_threadpool(self._google, path, told)
        return _heard()

    async def microsoft(self, request: Request) -> Response:
        """Notifications and what happens to subscriptions; and, first of all, whether we are there."""
        path = request.path_params["path"]
        if not self.sieve.lets(path):
            return _come_again()
        token = request.query_params.get("validationToken")
        if token is not None:
            return _echo(token)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            items = _POST.decode(body).value[:MOST_ITEMS]
        except (msgspec.DecodeError, RecursionError):
            return Response(status_code=400)
        await run_in_threadpool(self._microsoft, path, items)
        return _heard()

    def _google(self, path: str, told: dict[str, str]) -> None:
        if told["resource-state"] == "sync":
            return  # the channel was opened
        with self.database.reading() as tx:
            channel = channels.at_path(tx, "google", path)
        if channel is None or not _proves(channel, told):
            return
        number = int(told["message-number"]) if _is_number(told["message-number"]) else None
        if number is not None and number == channel.number:
            return  # the same message once more
        with self.database.transaction() as tx:
            self._rang(tx, channel, number)

    def _microsoft(self, path: str, items: Sequence[Item]) -> None:
        with self.database.reading() as tx:
            if channels.at_path(tx, "microsoft", path) is None:
                return
            named = {
                one.service: one for one in channels.named(tx, "microsoft", {one.subscription_id for one in items})
            }
        proven = {
            (channel.service, item.lifecycle_event): channel
            for item in items
            if (channel := named.get(item.subscription_id)) is not None and _is_same(channel.secret, item.client_state)
        }
        if not proven:
            return
        with self.database.transaction() as tx:
            for (_, event), channel in proven.items():
                self._hear(tx, channel, event)

    def _hear(self, tx: Tx, channel: Kept, event: str) -> None:
        """https://learn.microsoft.com/graph/change-notifications-lifecycle-events"""
        now = self.clock.now()
        match event:
            case "":
                self._rang(tx, channel, None)
            case "reauthorizationRequired":
                channels.renew_now(tx, channel, now)
            case "subscriptionRemoved":
                channels.drop(tx, channel)
                channels.rings(tx, channel.tenant, channel.calendar, None)
                channels.wanted(tx, channel.tenant, channel.calendar, now)
                progress.forget_cursor(tx, channel.tenant, channel.calendar)
                calendars.dirty(tx, channel.tenant, channel.calendar, now)
            case "missed":
                progress.forget_cursor(tx, channel.tenant, channel.calendar)
                calendars.dirty(tx, channel.tenant, channel.calendar, now, read_at=now + DEBOUNCE)
            case _:
                log.info("a service told of something new in the life of a channel", extra={"tenant": channel.tenant})

    def _rang(self, tx: Tx, channel: Kept, number: int | None) -> None:
        now = self.clock.now()
        channels.rang(tx, channel, now, number)
        calendars.dirty(tx, channel.tenant, channel.calendar, now, read_at=now + DEBOUNCE)


_GOOGLE = ("channel-id", "channel-token", "resource-id", "resource-state", "message-number")


def routes(database: Database, clock: Clock) -> list[Route]:
    """One address for each service; the rest of the path is a channel's own."""
    bell = Bell(database, clock)
    return [
        Route("/ring/google/{path}", bell.google, methods=["POST"]),
        Route("/ring/microsoft/{path}", bell.microsoft, methods=["POST"]),
    ]


def _proves(channel: Kept, told: dict[str, str]) -> bool:
    """Whether it says all that only Google and we know; each is compared, so that the time it takes tells nothing."""
    proofs = (
        _is_same(hashed(channel.service), told["channel-id"]),
        _is_same(hashed(channel.resource), told["resource-id"]),
        _is_same(channel.secret, told["channel-token"]),
    )
    return all(proofs)


def _is_same(digest: str, told: str) -> bool:
    return hmac.compare_digest(digest, hashed(told))


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdecimal() and len(told) <= 18


async def _body(request: Request) -> bytes | None:
    """All of it; None where it is too much."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _echo(token: str) -> Response:
    if len(token.encode()) > LARGEST_TOKEN:
        return Response(status_code=400)
    return PlainTextResponse(token, headers={"X-Content-Type-Options": "nosniff"})


def _heard() -> Response:
    return Response(status_code=202)


def _come_again() -> Response:
    return Response(status_code=429, headers={"Retry-After": "5"})
