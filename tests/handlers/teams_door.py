"""The stand-in for Teams and the bot's door on loopback, and what came through it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from starlette.applications import Starlette

from bot.chat.cards import Card, plain_card
from bot.chat.surface import Delivery, Place
from bot.core.clock import SystemClock
from bot.core.ids import PersonId, TenantId
from bot.core.people import ChatIdentity, Person, Standing
from bot.core.rules import office_hours
from bot.core.text import say
from bot.handlers.teams import app
from bot.handlers.teams.registration import Registration
from bot.playground.stands.serving import Serving
from bot.playground.stands.teams.office import TeamsUser
from bot.playground.stands.teams.stand import TeamsStand


@dataclass
class Behind:
    """What stands behind the door: keeps everything, and answers presses with one card or one error."""

    kept: list[Delivery] = field(default_factory=list)
    pressed: list[Delivery] = field(default_factory=list)
    answer: Card | Exception = field(default_factory=lambda: plain_card(say("Done.")))

    def keep(self, delivery: Delivery) -> None:
        if isinstance(self.answer, Exception):
            raise self.answer
        self.kept.append(delivery)

    def answer_now(self, delivery: Delivery) -> Card:
        self.pressed.append(delivery)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def registration(stand: TeamsStand) -> Registration:
    """The stand-in's bot, as the environment tells it."""
    told = stand.environment
    return Registration(
        app_id=told["OVERLAP_TEAMS_APP_ID"],
        password=told["OVERLAP_TEAMS_APP_PASSWORD"],
        tenants=(told["OVERLAP_TEAMS_TENANTS"],),
        openid_url=told["OVERLAP_TEAMS_OPENID_URL"],
        issuer=told["OVERLAP_TEAMS_TOKEN_ISSUER"],
        login_url=told["OVERLAP_TEAMS_LOGIN_URL"],
        service_hosts=(told["OVERLAP_TEAMS_SERVICE_HOSTS"],),
    )


def stand_alone() -> TeamsStand:
    """Teams with Ana and Sam in it, and no bot; its clock never says that a bot is too fast."""
    ana = TeamsUser(handle="ana", name="Ana Ruiz", email="ana@contoso.example", tz="Europe/Berlin")
    sam = TeamsUser(handle="sam", name="Sam Okoro", email="sam@contoso.example", tz="Europe/London")
    gus = TeamsUser(handle="gus", name="Gus Guest", email="gus@client.example", is_guest=True)
    return TeamsStand([ana, sam, gus], now=itertools.count().__next__)


@contextmanager
def with_door(**other: object) -> Iterator[tuple[TeamsStand, Behind]]:
    """Teams, and a bot whose registration differs by `other`."""
    with stand_alone() as stand:
        behind = Behind()
        registered = replace(registration(stand), **other)  # type: ignore[arg-type]
        routes = app.routes(registered, keep=behind.keep, answer_now=behind.answer_now, clock=SystemClock())
        with Serving(Starlette(routes=routes)) as bot:
            stand.bot_url = bot.url
            yield stand, behind


def member(stand: TeamsStand, key: str) -> Person:
    """Somebody of the stand-in as the bot keeps them."""
    user = stand.office.user(key)
    return Person(
        id=PersonId(key),
        identity=ChatIdentity(TenantId(f"teams:{stand.tenant}"), user.object_id),
        name=user.name,
        zone=user.tz,
        standing=Standing.MEMBER,
        email=user.email,
        hours=office_hours(user.tz),
    )


def home(stand: TeamsStand, key: str) -> Place:
    """Their personal chat with the bot."""
    chat = stand.office.user(key).chat
    tenant = TenantId(f"teams:{stand.tenant}")
    return Place(tenant=tenant, channel=chat, is_private=True, service=stand.service_url)
