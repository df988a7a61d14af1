"""Due rows: lent once, never lost, never done by two."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.ids import TenantId
from bot.storage import due
from bot.storage.database import METADATA, Database

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
LEASE = timedelta(seconds=30)
T = TenantId("memory:acme")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/due.sqlite3")
    METADATA.create_all(database.engine)
    yield database
    database.close()


def mark(database: Database, subject: str = "s", at: datetime = NOW) -> None:
    with database.transaction() as tx:
        due.mark(tx, T, "k", subject, at)


def take(database: Database, now: datetime = NOW) -> list[due.Due]:
    with database.transaction() as tx:
        return due.take(tx, now, kinds=["k"], limit=10, lease=LEASE)


def test_what_is_lent_is_not_lent_again_until_the_loan_is_over(database: Database) -> None:
    mark(database)
    assert len(take(database)) == 1
    assert take(database) == []
    assert len(take(database, NOW + LEASE)) == 1


def test_what_is_not_due_yet_waits(database: Database) -> None:
    mark(database, at=NOW + timedelta(seconds=5))
    assert take(database) == []
    assert len(take(database, NOW + timedelta(seconds=5))) == 1


def test_an_earlier_mark_wins_over_a_later_one(database: Database) -> None:
    mark(database, at=NOW)
    mark(database, at=NOW + timedelta(hours=1))
    assert len(take(database)) == 1


def test_what_is_postponed_waits_until_it_is_marked_again(database: Database) -> None:
    mark(database)
    with database.transaction() as tx:
        due.postpone(tx, T, "k", "s", NOW + LEASE)
    assert take(database) == []
    mark(database)
    assert len(take(database)) == 1


def test_what_is_postponed_while_it_is_worked_on_waits_if_it_was_marked_meanwhile(database: Database) -> None:
    mark(database)
    (lent,) = take(database)
    mark(database)
    with database.transaction() as tx:
        due.postpone(tx, T, "k", "s", NOW + LEASE)
        due.done(tx, lent)
    assert take(database) == []
    assert len(take(database, NOW + LEASE)) == 1


def test_what_is_done_is_gone(database: Database) -> None:
    mark(database)
    (row,) = take(database)
    with database.transaction() as tx:
        due.done(tx, row)
    assert take(database, NOW + timedelta(days=1)) == []


def test_a_mark_during_the_work_makes_it_due_again(database: Database) -> None:
    mark(database)
    (row,) = take(database)
    mark(database)
    with database.transaction() as tx:
        due.done(tx, row)
    assert len(take(database)) == 1


def test_a_mark_during_the_work_is_not_put_off_by_the_failure_of_that_work(database: Database) -> None:
    mark(database)
    (row,) = take(database)
    mark(database)
    with database.transaction() as tx:
        due.later(tx, row, NOW + timedelta(hours=1), failed=True)
    assert [again.attempts for again in take(database)] == [1]


def test_one_whose_loan_is_over_settles_nothing(database: Database) -> None:
    mark(database)
    (late,) = take(database)
    (current,) = take(database, NOW + LEASE)
    with database.transaction() as tx:
        due.done(tx, late)
        assert due.is_mine(tx, current, NOW + LEASE, left=timedelta(seconds=10))
        assert not due.is_mine(tx, late, NOW + LEASE, left=timedelta(seconds=10))


def test_a_loan_with_too_little_left_does_not_hold(database: Database) -> None:
    mark(database)
    (row,) = take(database)
    with database.reading() as tx:
        assert not due.is_mine(tx, row, NOW + LEASE - timedelta(seconds=5), left=timedelta(seconds=10))


def test_after_a_crash_everything_is_free_again(database: Database) -> None:
    mark(database)
    take(database)
    with database.transaction() as tx:
        due.release_all(tx)
    assert len(take(database)) == 1


def test_a_look_names_the_kinds_that_wait_in_the_order_asked_and_lends_nothing(database: Database) -> None:
    later = NOW + timedelta(seconds=5)
    with database.transaction() as tx:
        due.mark(tx, T, "first", "a", NOW)
        due.mark(tx, T, "first", "b", NOW)
        due.mark(tx, T, "second", "a", NOW)
        due.mark(tx, T, "later", "a", later)
        due.mark(tx, T, "not asked for", "a", NOW)
    with database.reading() as tx:
        assert due.waiting(tx, ["second", "later", "first"], NOW) == ["second", "first"]
        assert due.waiting(tx, ["second", "later", "first"], later) == ["second", "later", "first"]
    with database.transaction() as tx:
        due.take(tx, NOW, kinds=["second"], limit=1, lease=LEASE)
    with database.reading() as tx:
        assert due.waiting(tx, ["first", "second"], NOW) == ["first"]
        assert due.waiting(tx, [], NOW) == []
