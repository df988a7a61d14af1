"""The stand-in for Slack and the bot's door on loopback, and what came through it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette

from bot.chat.surface import Delivery
from bot.core.clock import SystemClock
from bot.core.ids import PersonId, TenantId
from bot.core.people import ChatIdentity, Person, Standing
from bot.core.rules import office_hours
from bot.handlers.slack import app
from bot.handlers.slack.surface import SlackSurface
from bot.playground.stands.serving import Serving
from bot.playground.stands.slack.people import TEAM, SlackUser
from bot.playground.stands.slack.stand import SlackStand

TENANT = TenantId(f"slack:{TEAM}")

USERS = (
    SlackUser(id="U0ANA", handle="ana", name="Ana", email="ana@example.com"),
    SlackUser(id="U0ALEX", handle="alex", name="Alex", tz="America/New_York", email="alex@example.com"),
    SlackUser(id="U0BOT", handle="jukebox", name="Jukebox", is_bot=True),
    SlackUser(id="U0GONE", handle="gone", name="Gone", is_deactivated=True),
    SlackUser(id="U0GUEST", handle="guest", name="Guest", is_guest=True),
    SlackUser(id="U0ONE", handle="one", name="One", is_single_channel_guest=True),
    SlackUser(id="U0FAR", handle="far", name="Far", is_stranger=True, email="far@elsewhere.example"),
    SlackUser(id="U0ODD", handle="odd", name="Odd", tz="Mars/Olympus"),
)


@dataclass
class Behind:
    """What stands behind the door: keeps each key once, as the inbox does, or fails."""

    kept: dict[str, Delivery] = field(default_factory=dict)
    failure: Exception | None = None

    def keep(self, delivery: Delivery) -> bool:
        if self.failure is not None:
            raise self.failure
        return self.kept.setdefault(delivery.key, delivery) is delivery

    @property
    def last(self) -> Delivery:
        return list(self.kept.values())[-1]


@contextmanager
def stand_alone() -> Iterator[SlackStand]:
    """Slack with a few people in it, and no bot."""
    with SlackStand(USERS) as stand:
        yield stand


@contextmanager
def door() -> Iterator[tuple[SlackStand, Behind]]:
    """Slack, and the bot's door that it posts to."""
    behind = Behind()
    with stand_alone() as stand:
        routes = app.routes(signing_secret=stand.signing_secret, keep=behind.keep, clock=SystemClock())
        with Serving(Starlette(routes=routes)) as bot:
            stand.bot_url = bot.url
            yield stand, behind


def surface(stand: SlackStand) -> SlackSurface:
    """The bot's way out to that Slack."""
    return SlackSurface(stand.token, api_url=stand.api_url)


def somebody(handle: str, user: str | None = None) -> Person:
    """One of `USERS`, as the bot keeps them."""
    identity = ChatIdentity(TENANT, user or f"U0{handle.upper()}")
    return Person(
        id=PersonId(handle),
        identity=identity,
        name=handle.capitalize(),
        zone="UTC",
        standing=Standing.MEMBER,
        email=None,
        hours=office_hours("UTC"),
    )
