"""A Google of one's own for tests: the stand-in, an account there, and the adapter before it."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.calendars import Access
from bot.core.events import Draft, Instance, Invitee
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.playground.stands.google.stand import FULL, GoogleStand
from bot.providers.base import Account, Held, Keeper, Remote
from bot.providers.fetch import Door
from bot.providers.google.adapter import Google, connect
from bot.providers.google.signin import GoogleSignIn
from tests.contracts.google_stage import account, client

ANA = "ana@acme.example"
ALEX = "alex@acme.example"
SAM = "sam@other.example"
ZONE = "Europe/Berlin"
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 2, 21, tzinfo=UTC))
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
NINE = Interval(START, START + timedelta(hours=1))
TEN = Interval(NINE.end, NINE.end + timedelta(hours=1))
OWN = Remote(ANA)
AT = "https://www.googleapis.com/auth/"
ONLY_FREEBUSY = ("openid", f"{AT}calendar.events.freebusy", f"{AT}calendar.calendarlist.readonly")
DRAFT = Draft(uid="3f2a9c@overlap", meeting=MeetingId("m1"), title="Ana / Alex", when=NINE, zone=ZONE, sequence=0)


@pytest.fixture
def stand() -> Iterator[GoogleStand]:
    """With three accounts; whatever a test does, the adapter asks nothing that Google does not know."""
    with GoogleStand() as stand:
        stand.add(ANA, "Ana")
        stand.add(ALEX, "Alex")
        stand.add(SAM, "Sam")
        yield stand
        assert stand.sins == []


@pytest.fixture
def opened(stand: GoogleStand) -> Iterator[Google]:
    with opening(stand) as google:
        yield google


@contextmanager
def opening(
    stand: GoogleStand,
    email: str = ANA,
    *,
    scopes: tuple[str, ...] = FULL,
    access: Access = Access.FULL,
    keeper: Keeper | None = None,
    known: Account | None = None,
) -> Iterator[Google]:
    """That account, opened."""
    google = connect(known or account(stand, email, scopes, access), client(stand), door(stand), keeper)
    yield google
    google.close()


def door(stand: GoogleStand) -> Door:
    return Door(allowed=frozenset({stand.url.removeprefix("http://")}))


def signing_in(stand: GoogleStand) -> GoogleSignIn:
    return GoogleSignIn(client(stand), door(stand))


def guest(address: str, *, is_room: bool = False) -> Invitee:
    return Invitee(name="Somebody", email=address, is_invited=True, is_room=is_room)


def standing(google: Google, remote: Remote = OWN) -> list[Instance]:
    """What the adapter reads there, in order."""
    return sorted(google.read(remote, WINDOW, ZONE).instances, key=lambda one: one.when)


def placed(stand: GoogleStand, when: Interval = NINE, calendar: str = ANA, **told: Any) -> str:
    """An event that somebody makes in Google's own app."""
    return stand.place(calendar, start=when.start, end=when.end, **told)


class Kept:
    """A keeper that remembers what was saved, as a database would: one may hold the grant at a time."""

    def __init__(self, grant: str) -> None:
        self.grant = grant
        self.saved: list[Mapping[str, Any]] = []
        self._turn = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[Held]:
        with self._turn:
            yield self

    def save(self, grant: str) -> None:
        self.grant = grant
        self.saved.append(json.loads(grant))
