"""Many calendars that wait at once are looked at spread out, those on which much rests first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.calendars import Calendar
from bot.core.ids import TenantId
from bot.storage import calendars, due, proposals, spread
from bot.storage.database import METADATA, Database, Tx, instant
from tests.builders import NOW, TENANT, asked, calendar

MINUTE = timedelta(minutes=1)
MANY = 200


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    with database.transaction() as tx:
        yield tx
    database.close()


def keep(tx: Tx, *held: Calendar, due_at: datetime | None = None) -> None:
    for one in held:
        calendars.add(tx, one)
        if due_at is not None:
            due.mark(tx, one.tenant, "calendar", one.id, due_at)


def crowd(cadence: timedelta = 10 * MINUTE) -> list[Calendar]:
    """Calendars of many people of whom nobody asks anything."""
    return [calendar(f"p{number}-work", cadence=cadence) for number in range(MANY)]


def waits(tx: Tx) -> dict[str, timedelta]:
    """How long each waits for its look."""
    rows = tx.execute(select(due.DUE).where(due.DUE.c.kind == "calendar")).all()
    return {row.subject: instant(row.next_at) - NOW for row in rows}


def test_every_calendar_without_a_due_row_gets_one(tx: Tx) -> None:
    keep(tx, calendar("ana-work"), due_at=NOW + 60 * MINUTE)
    keep(tx, calendar("ben-work"))
    spread.bring_back(tx, NOW)
    told = waits(tx)
    assert told["ana-work"] == 60 * MINUTE
    assert told["ben-work"] <= MINUTE


def test_one_that_is_tried_apart_because_it_failed_is_not_lost(tx: Tx) -> None:
    keep(tx, calendar("ana-work"))
    due.mark(tx, TENANT, "ailing", "ana-work", NOW + 60 * MINUTE)
    spread.bring_back(tx, NOW)
    assert waits(tx) == {}


@pytest.mark.parametrize("is_lost", [pytest.param(True, id="their rows were lost"), pytest.param(False, id="a stop")])
def test_many_at_once_are_spread_the_same_way_each_time(tx: Tx, is_lost: bool) -> None:
    keep(tx, *crowd(), due_at=None if is_lost else NOW - 60 * MINUTE)
    (spread.bring_back if is_lost else spread.after_a_stop)(tx, NOW)
    told = waits(tx)
    (spread.bring_back if is_lost else spread.after_a_stop)(tx, NOW)
    assert waits(tx) == told
    whole = spread.EACH * MANY
    assert all(timedelta() <= wait <= whole for wait in told.values())
    halves = [sum(wait * 2 < whole for wait in told.values()), sum(wait * 2 >= whole for wait in told.values())]
    assert min(halves) > MANY / 3


def test_nobody_waits_longer_than_their_cadence(tx: Tx) -> None:
    keep(tx, *crowd(cadence=timedelta(seconds=5)), due_at=NOW - MINUTE)
    spread.after_a_stop(tx, NOW)
    assert max(waits(tx).values()) <= timedelta(seconds=5)


def test_on_what_much_rests_goes_first(tx: Tx) -> None:
    urgent = [
        calendar("ana-work"),
        calendar("ben-work"),
        replace(calendar("kim-work"), dirty_at=NOW - 5 * MINUTE),
        calendar("new-work", read_at=None),
    ]
    keep(tx, *crowd(), *urgent, due_at=NOW - 60 * MINUTE)
    proposals.insert(tx, asked("ana", "ben"))
    spread.after_a_stop(tx, NOW)
    first = {one.subject for one in due.take(tx, NOW, kinds=["calendar"], limit=len(urgent), lease=MINUTE)}
    assert first == {one.id for one in urgent}


def test_a_question_elsewhere_makes_nobody_urgent_here(tx: Tx) -> None:
    elsewhere = replace(calendar("ana-work", tenant=TenantId("memory:other")))
    keep(tx, *crowd(), elsewhere, due_at=NOW - 60 * MINUTE)
    proposals.insert(tx, asked("ana", "ben"))
    spread.after_a_stop(tx, NOW)
    assert waits(tx)["ana-work"] >= timedelta()
    assert due.take(tx, NOW - MINUTE, kinds=["calendar"], limit=MANY, lease=MINUTE) == []


def test_what_is_due_later_keeps_its_time(tx: Tx) -> None:
    keep(tx, calendar("ana-work"), due_at=NOW + MINUTE)
    spread.after_a_stop(tx, NOW)
    assert waits(tx) == {"ana-work": MINUTE}
