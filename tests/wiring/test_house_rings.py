"""The whole house is rung by a calendar service: nothing is asked for again, and what changed there is known here."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bot.core.calendars import Calendar
from bot.core.intervals import Interval
from bot.core.people import ChatIdentity, Profile
from bot.people.grants import sealed
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.serving import Serving, held
from bot.storage import calendars, channels, mirror, people
from bot.storage.migrations import history
from bot.wiring import settings
from bot.wiring.build import House, build
from tests.benchmarks.house import environment
from tests.builders import TENANT, calendar, connection
from tests.contracts.google_stage import account
from tests.providers.google import ANA

PATIENCE = 30.0


@dataclass(frozen=True)
class Rung:
    """A running house in which Ana has connected her Google calendar."""

    house: House
    google: GoogleStand
    calendar: Calendar

    def kept(self) -> Calendar:
        with self.house.database.reading() as tx:
            return calendars.calendar(tx, TENANT, self.calendar.id)

    def rings(self) -> bool:
        return self.kept().rings_until is not None and self.kept().read_at is not None

    def busy(self) -> set[Interval]:
        with self.house.database.reading() as tx:
            return {one.when for one in mirror.everything(tx, TENANT, self.calendar.id)}


@pytest.fixture
def rung(tmp_path: Path) -> Iterator[Rung]:
    with GoogleStand() as google:
        google.add(ANA, "Ana")
        door = held()
        told = environment(tmp_path, door.getsockname()[1]) | google.environment
        chosen = settings.read(told)
        history.upgrade(chosen.database_url)
        house = build(chosen)
        connected = _connected(house, google)
        with Serving(house.application(_nothing), at=door):
            house.engine.start()
            yield Rung(house, google, connected)
            house.engine.stop()
        house.close()
        assert google.sins == []


@asynccontextmanager
async def _nothing(_app: Starlette) -> AsyncIterator[None]:
    yield


def _connected(house: House, google: GoogleStand) -> Calendar:
    now = datetime.now(UTC)
    profile = Profile(identity=ChatIdentity(TENANT, "ana"), name="Ana", zone="UTC", email=ANA)
    with house.database.transaction() as tx:
        ana = people.keep(tx, profile, now)
        theirs = replace(connection("ana", provider="google"), person=ana.id)
        made = replace(
            calendar("ana-work", read_at=None), person=ana.id, window=None, remote=ANA, cadence=timedelta(hours=1)
        )
        calendars.add_connection(tx, theirs, sealed(tx, house.tray.vault, TENANT, theirs.id, account(google, ANA)))
        calendars.add(tx, made)
        channels.wanted(tx, TENANT, made.id, now)
    return made


def test_what_changes_at_google_is_known_without_asking(rung: Rung) -> None:
    _eventually(rung.rings, "no channel was opened")
    start = (datetime.now(UTC) + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    when = Interval(start, start + timedelta(hours=1))
    rung.google.place(ANA, start=when.start, end=when.end)
    _eventually(lambda: rung.busy() == {when}, "the change was not read")
    assert {status for _, _, status in rung.google.pushes.sent} == {202}


def _eventually(holds: Callable[[], bool], words: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, words
        time.sleep(0.05)
