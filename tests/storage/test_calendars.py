"""Connected accounts and calendars, as they are kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Calendar, Connection, Problem
from bot.core.errors import NotFound
from bot.core.ids import CalendarId, ConnectionId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.storage import calendars, due, progress
from bot.storage.database import METADATA, Database, Tx

TENANT = TenantId("memory:t")
OTHER = TenantId("memory:other")
ANA = PersonId("ana")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WORK = Calendar(
    id=CalendarId("work"),
    tenant=TENANT,
    connection=ConnectionId("account"),
    person=ANA,
    remote="https://example.org/ana/work/",
    name="Work",
    zone="Europe/Berlin",
    counts=True,
    receives=True,
    is_writable=True,
    invites=False,
    is_static=False,
    cadence=timedelta(minutes=10),
)
HOME = replace(WORK, id=CalendarId("home"), name="Home", receives=False)
ACCOUNT = Connection(
    id=ConnectionId("account"),
    tenant=TENANT,
    person=ANA,
    provider="memory",
    label="ana at example.org",
    connected_at=NOW,
)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    with database.transaction() as tx:
        calendars.add_connection(tx, ACCOUNT, b"sealed")
        calendars.add(tx, WORK)
        calendars.add(tx, HOME)
        yield tx
    database.close()


def test_what_was_kept_is_what_is_read(tx: Tx) -> None:
    assert calendars.connection(tx, TENANT, ACCOUNT.id) == ACCOUNT
    assert calendars.sealed_account(tx, TENANT, ACCOUNT.id) == b"sealed"
    assert calendars.calendar(tx, TENANT, WORK.id) == WORK
    assert calendars.of_person(tx, TENANT, ANA) == [HOME, WORK]
    assert calendars.of_connection(tx, TENANT, ACCOUNT.id) == [HOME, WORK]
    assert calendars.receiving(tx, TENANT, ANA) == WORK


def test_another_tenant_sees_nothing(tx: Tx) -> None:
    assert calendars.of_person(tx, OTHER, ANA) == []
    assert calendars.connections_of(tx, OTHER, ANA) == []
    with pytest.raises(NotFound):
        calendars.calendar(tx, OTHER, WORK.id)
    with pytest.raises(NotFound):
        calendars.sealed_account(tx, OTHER, ACCOUNT.id)


def test_choosing_says_what_counts_and_where_bookings_go(tx: Tx) -> None:
    calendars.choose(tx, TENANT, ANA, {HOME.id}, HOME.id)
    assert calendars.receiving(tx, TENANT, ANA) == replace(HOME, counts=True, receives=True)
    assert not calendars.calendar(tx, TENANT, WORK.id).counts
    calendars.choose(tx, TENANT, ANA, {HOME.id, WORK.id}, None)
    assert calendars.receiving(tx, TENANT, ANA) is None


def test_dirty_keeps_its_first_instant_and_makes_due(tx: Tx) -> None:
    calendars.dirty(tx, TENANT, WORK.id, NOW)
    calendars.dirty(tx, TENANT, WORK.id, NOW + timedelta(minutes=1))
    assert calendars.calendar(tx, TENANT, WORK.id).dirty_at == NOW
    (waiting,) = due.take(tx, NOW, kinds=["calendar"], limit=5, lease=timedelta(seconds=9))
    assert waiting.subject == WORK.id


def test_a_mark_during_a_reading_leaves_it_dirty(tx: Tx) -> None:
    calendars.dirty(tx, TENANT, WORK.id, NOW)
    marks = progress.of(tx, TENANT, WORK.id).dirty_marks
    calendars.dirty(tx, TENANT, WORK.id, NOW)
    progress.clean(tx, TENANT, WORK.id, marks)
    assert calendars.calendar(tx, TENANT, WORK.id).dirty_at == NOW
    progress.clean(tx, TENANT, WORK.id, marks + 1)
    assert calendars.calendar(tx, TENANT, WORK.id).dirty_at is None


def test_marking_what_is_gone_dirty_does_nothing(tx: Tx) -> None:
    calendars.dirty(tx, TENANT, CalendarId("none"), NOW)
    assert due.next_at(tx, ["calendar"]) is None


def test_a_good_reading_says_when_and_what_it_covered(tx: Tx) -> None:
    window = Interval(NOW, NOW + timedelta(days=90))
    progress.has_problem(tx, TENANT, WORK.id, Problem.GARBAGE)
    progress.was_read(tx, TENANT, WORK.id, window, NOW)
    read = calendars.calendar(tx, TENANT, WORK.id)
    assert (read.read_at, read.window, read.problem) == (NOW, window, None)


def test_unchanged_is_young_again_but_its_rows_are_as_old_as_they_are(tx: Tx) -> None:
    later = NOW + timedelta(minutes=10)
    progress.was_read(tx, TENANT, WORK.id, Interval(NOW, later), NOW)
    progress.was_unchanged(tx, TENANT, WORK.id, later)
    assert calendars.calendar(tx, TENANT, WORK.id).read_at == later
    assert progress.of(tx, TENANT, WORK.id).rows_at == NOW


def test_disconnecting_forgets_everything(tx: Tx) -> None:
    calendars.disconnect(tx, TENANT, ACCOUNT.id)
    assert calendars.of_person(tx, TENANT, ANA) == []
    assert calendars.connections_of(tx, TENANT, ANA) == []


def test_a_problem_of_the_account_comes_and_goes(tx: Tx) -> None:
    calendars.blame(tx, TENANT, ACCOUNT.id, Problem.SIGN_IN_NEEDED)
    assert calendars.connection(tx, TENANT, ACCOUNT.id).problem is Problem.SIGN_IN_NEEDED
    calendars.replace_account(tx, TENANT, ACCOUNT.id, b"newer")
    calendars.blame(tx, TENANT, ACCOUNT.id, None)
    assert calendars.connections_of(tx, TENANT, ANA) == [ACCOUNT]
    assert calendars.sealed_account(tx, TENANT, ACCOUNT.id) == b"newer"
