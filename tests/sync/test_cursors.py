"""Cursors are kept sealed: a delta link opens what it stands in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.ids import CalendarId
from bot.providers.base import Cursor
from bot.storage import progress
from bot.storage.vault import KeyRing, Vault
from bot.sync import cursors
from tests.builders import TENANT, span
from tests.sync.office import VAULT, Office, office

LINK = Cursor("https://graph.example.com/v1.0/me/calendarView/delta?$deltatoken=capability")


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as ana:
        yield ana


def kept(ana: Office) -> bytes | None:
    with ana.database.reading() as tx:
        return progress.of(tx, TENANT, ana.calendar.id).cursor


def test_a_cursor_meets_the_database_sealed(ana: Office, tmp_path: Path) -> None:
    with ana.database.transaction() as tx:
        progress.stands_at(tx, TENANT, ana.calendar.id, cursors.sealed(tx, VAULT, ana.calendar, LINK))
        assert cursors.unsealed(tx, VAULT, ana.calendar, kept(ana)) is None, "not there before it is committed"
    with ana.database.reading() as tx:
        assert cursors.unsealed(tx, VAULT, ana.calendar, kept(ana)) == LINK
    assert all(b"capability" not in one.read_bytes() for one in tmp_path.iterdir())


def test_a_cursor_opens_for_its_own_calendar_alone(ana: Office) -> None:
    other = replace(ana.calendar, id=CalendarId("another"))
    with ana.database.transaction() as tx:
        sealed = cursors.sealed(tx, VAULT, ana.calendar, LINK)
        assert cursors.unsealed(tx, VAULT, other, sealed) is None


def test_no_cursor_stays_none(ana: Office) -> None:
    with ana.database.transaction() as tx:
        assert cursors.sealed(tx, VAULT, ana.calendar, None) is None
        assert cursors.unsealed(tx, VAULT, ana.calendar, None) is None


def test_a_calendar_whose_cursor_no_longer_opens_is_read_whole(ana: Office) -> None:
    ana.read()
    sealed = kept(ana)
    assert sealed is not None
    with ana.database.transaction() as tx:
        progress.stands_at(tx, TENANT, ana.calendar.id, sealed[:-1])
    ana.service.place(ana.remote, uid="dentist", when=span("09:00-10:00"))
    ana.clock.move(timedelta(minutes=10))
    ana.read()
    assert [one.uid for one in ana.rows()] == ["dentist"]
    assert kept(ana) != sealed[:-1]


def test_other_keys_do_not_open_it(ana: Office) -> None:
    other = Vault(KeyRing({"test": b"o" * 32}))
    with ana.database.transaction() as tx:
        sealed = cursors.sealed(tx, VAULT, ana.calendar, LINK)
        assert cursors.unsealed(tx, other, ana.calendar, sealed) is None
