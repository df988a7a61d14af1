"""A Microsoft calendar in the house: its grant is sealed, the sync reads it, and no fault ever frees anything."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Calendar, Problem
from bot.core.clock import SetClock
from bot.core.intervals import Interval
from bot.people.grants import Grants, sealed
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.registry import providers
from bot.storage import calendars, mirror
from bot.storage.database import METADATA, Database
from bot.storage.vault import KeyRing, Vault
from bot.sync.engine import Sync
from tests.builders import NOW, TENANT, calendar, connection, span
from tests.contracts.microsoft_stage import services, signed_in
from tests.providers.microsoft import ANA, microsoft

FIRST, SECOND = span("09:00-10:00"), span("11:00-12:00")


@dataclass(frozen=True)
class House:
    """Ana's Microsoft calendar, synced into a database."""

    stand: MicrosoftStand
    database: Database
    clock: SetClock
    calendar: Calendar
    sync: Sync
    folder: Path

    def place(self, when: Interval) -> None:
        self.stand.place(self.calendar.remote, when.start, when.end, "canary title")

    def read(self) -> None:
        with self.database.transaction() as tx:
            calendars.dirty(tx, TENANT, self.calendar.id, self.clock.now())
        self.sync.read(TENANT, self.calendar.id)

    def problem(self) -> Problem | None:
        with self.database.reading() as tx:
            return calendars.calendar(tx, TENANT, self.calendar.id).problem

    def holds(self, *spans: Interval) -> None:
        with self.database.reading() as tx:
            found = mirror.everything(tx, TENANT, self.calendar.id)
        assert sorted(one.when for one in found) == list(spans)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with microsoft() as stand:
        database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
        METADATA.create_all(database.engine)
        vault, clock = Vault(KeyRing.parse("k1:" + "A" * 43 + "=")), SetClock(NOW)
        held = calendar("ana-work", cadence=timedelta(minutes=5), read_at=None)
        held = replace(held, window=None, remote=stand.calendar(ANA))
        with database.transaction() as tx:
            kept = sealed(tx, vault, TENANT, held.connection, signed_in(stand, ANA))
            calendars.add_connection(tx, connection("ana", provider="microsoft"), kept)
            calendars.add(tx, held)
        grants = Grants(database, vault, providers(services(stand)))
        sync = Sync(database, clock, vault, grants.open_calendar, chance=lambda: 0.5)
        yield House(stand, database, clock, held, sync, tmp_path)
        grants.close()
        database.close()


@pytest.mark.parametrize("page", range(4))
def test_a_round_that_is_forgotten_at_any_page_never_frees_anything(house: House, page: int) -> None:
    house.place(FIRST)
    house.read()
    house.stand.office.page_limit, house.stand.deltas.forget_pages = 1, page
    house.place(SECOND)
    house.stand.graph.race("GET", lambda: house.holds(FIRST))
    house.read()
    house.holds(FIRST, SECOND)
    assert house.problem() is None


@pytest.mark.parametrize(
    ("status", "code", "path", "problem"),
    [
        (503, "", "", Problem.UNREACHABLE),
        (429, "ApplicationThrottled", "", Problem.UNREACHABLE),
        (403, "ErrorAccessDenied", "", Problem.REFUSED),
        (404, "ErrorItemNotFound", "/calendarView", Problem.GONE),
        (410, "syncStateNotFound", "/delta", None),
    ],
)
def test_a_reading_that_fails_keeps_what_was_known(
    house: House, status: int, code: str, path: str, problem: Problem | None
) -> None:
    house.place(FIRST)
    house.read()
    house.place(SECOND)
    house.stand.graph.fail(status, code, path=path, times=5 if status == 404 else 1)
    house.read()
    house.holds(*((FIRST, SECOND) if problem is None else (FIRST,)))
    assert house.problem() is problem


def test_a_grant_that_is_gone_is_said_and_nothing_is_free(house: House) -> None:
    house.place(FIRST)
    house.read()
    house.stand.revoke(ANA)
    house.read()
    house.holds(FIRST)
    assert house.problem() is Problem.SIGN_IN_NEEDED


def test_no_title_no_token_and_no_place_in_a_round_stands_in_clear_on_disk(house: House) -> None:
    house.place(FIRST)
    house.read()
    house.place(SECOND)
    house.read()
    kept = b"".join(path.read_bytes() for path in house.folder.iterdir())
    tokens = house.stand.tokens
    for secret in ("canary title", "delta", *tokens.accesses, *tokens.refreshes, *house.stand.deltas.tokens):
        assert secret.encode() not in kept, secret[:12]
