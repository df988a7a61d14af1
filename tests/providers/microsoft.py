"""Builders for tests of the Microsoft adapter: one stand-in, people at it, and what is drafted there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.calendars import Access
from bot.core.clock import Clock
from bot.core.events import Draft, Instance, Invitee
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.playground.stands.microsoft.directory import PERSONAL, MicrosoftRoom, MicrosoftUser
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.base import Account, CalendarProvider, Keeper, Reading, Remote
from bot.providers.microsoft.adapter import connect
from tests.contracts.microsoft_stage import TENANT, client, services, signed_in

ANA, ALEX, HOME = "ana@acme.example", "alex@acme.example", "ana@outlook.example"
ROOM = "elbe@acme.example"
ZONE = "Europe/Berlin"
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 2, 23, tzinfo=UTC))
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
NINE = Interval(START, START + HOUR)
TEN = Interval(NINE.end, NINE.end + HOUR)
DRAFT = Draft(
    uid="3f2a9c@overlap",
    meeting=MeetingId("m1"),
    title="Ana / Alex",
    when=NINE,
    zone=ZONE,
    sequence=0,
    description="With Alex.\nMoved or cancelled in chat.",
)


def microsoft(**options: Any) -> MicrosoftStand:
    """A Microsoft with two colleagues, a room and a personal account."""
    return MicrosoftStand(
        [
            MicrosoftUser(name="Ana", email=ANA, tenant=TENANT, is_admin=True),
            MicrosoftUser(name="Alex", email=ALEX, tenant=TENANT),
            MicrosoftUser(name="Ana at home", email=HOME, tenant=PERSONAL),
        ],
        [MicrosoftRoom(name="Elbe", email=ROOM, tenant=TENANT, tags=("whiteboard",))],
        **options,
    )


@dataclass(frozen=True)
class World:
    """An account at that Microsoft, opened."""

    stand: MicrosoftStand
    account: Account
    opened: CalendarProvider
    remote: Remote

    def read(self, window: Interval = WINDOW, zone: str = ZONE) -> Reading:
        return self.opened.read(self.remote, window, zone)

    def standing(self, window: Interval = WINDOW, zone: str = ZONE) -> list[Instance]:
        return sorted(self.read(window, zone).instances, key=lambda one: one.when)


@contextmanager
def world(
    email: str = ANA,
    access: Access = Access.FULL,
    *,
    keeper: Keeper | None = None,
    clock: Clock | None = None,
    **options: Any,
) -> Iterator[World]:
    """A new stand-in, with that account signed in to; nothing of ours may be refused as our mistake."""
    with microsoft(**options) as stand:
        account = signed_in(stand, email, access)
        opened = connect(account, client(stand), door(stand), keeper, clock)
        try:
            yield World(stand, account, opened, Remote(stand.calendar(email)))
        finally:
            opened.close()
        assert stand.refusals == []


def door(stand: MicrosoftStand) -> Any:
    return services(stand).door_to(stand.url)


def again(one: World, account: Account | None = None) -> CalendarProvider:
    """The same account, opened by another task."""
    return connect(account or one.account, client(one.stand), door(one.stand))


def guest(address: str, *, is_room: bool = False) -> Invitee:
    return Invitee(name="Somebody", email=address, is_invited=True, is_room=is_room)


def drafted(**fields: Any) -> Draft:
    return replace(DRAFT, **fields)


def span(day: int, start: int, length: int = 1) -> Interval:
    """That many hours of a day in December 2026, from that hour in UTC."""
    begin = datetime(2026, 12, day, start, tzinfo=UTC)
    return Interval(begin, begin + length * HOUR)
