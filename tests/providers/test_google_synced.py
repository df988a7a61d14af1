"""A Google calendar in the house: opened with its sealed grant, read by the sync, and never free because of a fault."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Calendar, Problem
from bot.core.clock import SetClock
from bot.core.events import Instance
from bot.people.grants import Grants, sealed, unsealed
from bot.playground.stands.google.calls import Fault
from bot.playground.stands.google.stand import GoogleStand
from bot.providers.registry import providers
from bot.storage import calendars, mirror
from bot.storage.database import METADATA, Database
from bot.storage.vault import KeyRing, Vault
from bot.sync.engine import Sync
from tests.builders import NOW, TENANT, calendar, connection, span
from tests.contracts.google_stage import account, services
from tests.providers.google import ANA, placed, stand
from tests.providers.test_google_tokens import late

__all__ = ["stand"]


@dataclass(frozen=True)
class House:
    """Ana's Google calendar, synced into a database."""

    database: Database
    vault: Vault
    clock: SetClock
    calendar: Calendar
    sync: Sync

    def read(self) -> None:
        with self.database.transaction() as tx:
            calendars.dirty(tx, TENANT, self.calendar.id, self.clock.now())
        self.sync.read(TENANT, self.calendar.id)

    def kept(self) -> Calendar:
        with self.database.reading() as tx:
            return calendars.calendar(tx, TENANT, self.calendar.id)

    def rows(self) -> list[Instance]:
        with self.database.reading() as tx:
            return sorted(mirror.everything(tx, TENANT, self.calendar.id), key=lambda one: one.when)

    def grant(self) -> str:
        with self.database.reading() as tx:
            return unsealed(tx, self.vault, TENANT, self.calendar.connection).grant


@pytest.fixture
def house(stand: GoogleStand, tmp_path: Path) -> Iterator[House]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    vault, clock = Vault(KeyRing.parse("k1:" + "A" * 43 + "=")), SetClock(NOW)
    known = account(stand, ANA)
    held = replace(calendar("ana-work", cadence=timedelta(minutes=5), read_at=None), window=None, remote=ANA)
    with database.transaction() as tx:
        kept = sealed(tx, vault, TENANT, held.connection, replace(known, grant=late(known.grant)))
        calendars.add_connection(tx, connection("ana", provider="google"), kept)
        calendars.add(tx, held)
    grants = Grants(database, vault, providers(services(stand)))
    yield House(database, vault, clock, held, Sync(database, clock, vault, grants.open_calendar, chance=lambda: 0.5))
    grants.close()
    database.close()


def test_its_grant_is_refreshed_and_kept_and_the_calendar_is_read(stand: GoogleStand, house: House) -> None:
    before = house.grant()
    placed(stand, span("09:00-10:00"))
    house.read()
    house.read()
    assert [one.when for one in house.rows()] == [span("09:00-10:00")]
    assert stand.consent.refreshes == 1
    assert house.grant() != before


@pytest.mark.parametrize("page", [0, 1, None])
def test_a_token_that_expires_at_any_page_never_frees_anything(
    stand: GoogleStand, house: House, page: int | None
) -> None:
    placed(stand, span("09:00-10:00"))
    house.read()
    stand.lists.page_size, stand.lists.empty_pages, stand.lists.expires_at_page = 1, 2, page
    if page is None:
        stand.lists.forget()
    placed(stand, span("11:00-12:00"))
    stand.meanwhile["calendar.events.list"] = lambda: _holds(house, ["09:00-10:00"])
    house.read()
    _holds(house, ["09:00-10:00", "11:00-12:00"])
    assert house.kept().problem is None


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(503), Problem.UNREACHABLE),
        (Fault(429, "rateLimitExceeded", retry_after=3600), Problem.UNREACHABLE),
        (Fault(200, html="<html>"), Problem.GARBAGE),
        (Fault(403, "forbidden"), Problem.REFUSED),
        (Fault(404, "notFound"), Problem.GONE),
    ],
)
def test_a_reading_that_fails_keeps_what_was_known(
    stand: GoogleStand, house: House, fault: Fault, problem: Problem
) -> None:
    placed(stand, span("09:00-10:00"))
    house.read()
    stand.faults.append(fault)
    house.read()
    _holds(house, ["09:00-10:00"])
    assert house.kept().problem is problem


def test_a_grant_that_is_gone_is_said_and_nothing_is_free(stand: GoogleStand, house: House) -> None:
    placed(stand, span("09:00-10:00"))
    house.read()
    stand.revoke(ANA)
    house.read()
    _holds(house, ["09:00-10:00"])
    assert house.kept().problem is Problem.SIGN_IN_NEEDED


def _holds(house: House, spans: list[str]) -> None:
    assert [one.when for one in house.rows()] == [span(one) for one in spans]
