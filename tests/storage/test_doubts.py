"""What is doubted of a calendar, kept until it is settled."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Doubt, DoubtState
from bot.core.ids import CalendarId, TenantId
from bot.storage import calendars, doubts, progress
from bot.storage.database import METADATA, Database, Tx
from tests.builders import NOW, TENANT, calendar, connection

WORK = CalendarId("ana-work")
ODD = Doubt(
    state=DoubtState.ASKED, marks=frozenset({"a1", "b2"}), found=3, of=40, moved=-1, until=NOW + timedelta(days=90)
)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    with database.transaction() as tx:
        calendars.add_connection(tx, connection("ana"), b"sealed")
        calendars.add(tx, calendar("ana-work"))
        yield tx
    database.close()


def test_it_comes_back_as_it_was_kept(tx: Tx) -> None:
    assert doubts.doubt(tx, TENANT, WORK) is None
    doubts.keep(tx, TENANT, WORK, ODD)
    assert doubts.doubt(tx, TENANT, WORK) == ODD
    assert progress.of(tx, TENANT, WORK).doubt == ODD
    assert doubts.doubt(tx, TenantId("memory:other"), WORK) is None


def test_a_newer_one_takes_its_place(tx: Tx) -> None:
    doubts.keep(tx, TENANT, WORK, ODD)
    newer = replace(ODD, marks=frozenset(), found=0, moved=0)
    doubts.keep(tx, TENANT, WORK, newer)
    assert doubts.doubt(tx, TENANT, WORK) == newer


@pytest.mark.parametrize(
    ("state", "may"),
    [(DoubtState.SEEN, False), (DoubtState.ASKED, True), (DoubtState.KEPT, True), (DoubtState.TAKEN, False)],
)
def test_only_what_is_asked_or_was_kept_can_be_decided(tx: Tx, state: DoubtState, may: bool) -> None:
    doubts.keep(tx, TENANT, WORK, replace(ODD, state=state))
    assert doubts.decided(tx, TENANT, WORK, DoubtState.TAKEN) is may


def test_settling_says_whether_anything_was_doubted(tx: Tx) -> None:
    doubts.keep(tx, TENANT, WORK, ODD)
    assert doubts.settle(tx, TENANT, WORK)
    assert not doubts.settle(tx, TENANT, WORK)


def test_it_goes_with_its_calendar(tx: Tx) -> None:
    doubts.keep(tx, TENANT, WORK, ODD)
    calendars.disconnect(tx, TENANT, connection("ana").id)
    assert doubts.doubt(tx, TENANT, WORK) is None
