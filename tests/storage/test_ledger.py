"""The ledger: one person's time is claimed once, and the database is who says so."""

import itertools
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.core.errors import Taken
from bot.core.ids import PersonId, TenantId
from bot.core.intervals import Interval
from bot.storage import ledger
from bot.storage.database import METADATA, Database

HERE = TenantId("memory:here")
ANNA, BEN = PersonId("anna"), PersonId("ben")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
WEEK = Interval(NOW, NOW + timedelta(days=7))


def slot(hour: int, minute: int = 0, length: int = 30) -> Interval:
    start = NOW.replace(hour=hour, minute=minute) + timedelta(days=1)
    return Interval(start, start + timedelta(minutes=length))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    METADATA.create_all(made.engine)
    return made


def claimed(
    database: Database,
    subject: str,
    when: Interval,
    *people: PersonId,
    state: ledger.ClaimState = "booked",
    expires_at: datetime | None = None,
    now: datetime = NOW,
    cause: str = "meeting",
    tenant: TenantId = HERE,
) -> None:
    with database.transaction() as tx:
        ledger.claim(
            tx,
            tenant,
            subject=subject,
            cause=cause,
            people=people,
            when=when,
            state=state,
            now=now,
            expires_at=expires_at,
        )


def taken(database: Database, *people: PersonId, besides: str | None = None, now: datetime = NOW) -> list[object]:
    with database.reading() as tx:
        return list(ledger.taken(tx, HERE, people, WEEK, now, besides=besides))


def test_a_second_claim_of_the_same_time_is_taken_and_says_whose(database: Database) -> None:
    claimed(database, "first", slot(10), BEN)
    with pytest.raises(Taken) as refused:
        claimed(database, "second", slot(10, 15), ANNA, BEN)
    assert refused.value.people == (BEN,)


def test_a_claim_of_several_people_is_all_or_nothing_even_when_the_transaction_goes_on(database: Database) -> None:
    claimed(database, "first", slot(10), BEN)
    with database.transaction() as tx, pytest.raises(Taken):
        ledger.claim(
            tx, HERE, subject="second", cause="meeting", people=(ANNA, BEN), when=slot(10), state="booked", now=NOW
        )
    assert taken(database, ANNA) == []


def test_times_that_touch_do_not_meet(database: Database) -> None:
    claimed(database, "first", slot(10), BEN)
    claimed(database, "second", slot(10, 30), BEN)
    assert len(taken(database, BEN)) == 2


def test_a_meeting_that_moves_holds_both_its_times_even_where_they_overlap(database: Database) -> None:
    claimed(database, "first", slot(10), BEN)
    claimed(database, "first", slot(10, 15), BEN)
    with database.transaction() as tx:
        ledger.release(tx, HERE, "first", when=slot(10))
    assert taken(database, BEN) == [(BEN, slot(10, 15))]


def test_another_tenant_has_time_of_its_own(database: Database) -> None:
    claimed(database, "first", slot(10), BEN)
    claimed(database, "second", slot(10), BEN, tenant=TenantId("memory:there"))
    assert taken(database, BEN) == [(BEN, slot(10))]


def test_an_invited_row_refuses_nobody_and_is_never_refused(database: Database) -> None:
    claimed(database, "first", slot(10), BEN, state="invited")
    claimed(database, "second", slot(10), BEN)
    claimed(database, "third", slot(10), BEN, state="invited")
    assert taken(database, BEN) == [(BEN, slot(10))]


def test_a_hold_refuses_until_it_expires(database: Database) -> None:
    expiry = NOW + timedelta(hours=1)
    claimed(database, "first", slot(10), BEN, state="held", cause="ask", expires_at=expiry)
    with pytest.raises(Taken):
        claimed(database, "second", slot(10), BEN, now=expiry - timedelta(seconds=1))
    claimed(database, "second", slot(10), BEN, now=expiry)
    assert taken(database, BEN, besides="second", now=expiry) == []


def test_a_hold_that_expired_and_was_taken_cannot_be_booked(database: Database) -> None:
    expiry = NOW + timedelta(hours=1)
    claimed(database, "first", slot(10), BEN, state="held", cause="ask", expires_at=expiry)
    claimed(database, "second", slot(10), BEN, now=expiry)
    with database.transaction() as tx, pytest.raises(Taken):
        ledger.book(tx, HERE, "first", "ask")


def test_what_was_held_can_be_booked_and_then_never_expires(database: Database) -> None:
    claimed(database, "first", slot(10), BEN, state="held", cause="ask", expires_at=NOW + timedelta(hours=1))
    with database.transaction() as tx:
        ledger.book(tx, HERE, "first", "ask")
        ledger.expire(tx, NOW + timedelta(days=2))
    assert taken(database, BEN, now=NOW + timedelta(days=2)) == [(BEN, slot(10))]


def test_claiming_twice_is_claiming_once(database: Database) -> None:
    claimed(database, "first", slot(10), BEN)
    claimed(database, "first", slot(10), BEN)
    assert taken(database, BEN) == [(BEN, slot(10))]


def test_releasing_one_person_leaves_the_others(database: Database) -> None:
    claimed(database, "first", slot(10), ANNA, BEN)
    with database.transaction() as tx:
        ledger.release(tx, HERE, "first", people=(BEN,))
    assert taken(database, ANNA, BEN) == [(ANNA, slot(10))]


def test_the_database_refuses_even_a_row_that_our_own_code_never_checked(database: Database) -> None:
    claimed(database, "first", slot(10), BEN)
    row = "INSERT INTO ledger VALUES (:tenant, 'second', 'meeting', 'ben', :starts, :ends, 'booked', 0, NULL)"
    when = slot(10)
    given_by_hand = {
        "tenant": HERE,
        "starts": int(when.start.timestamp()) - 60,
        "ends": int(when.start.timestamp()) + 60,
    }
    with pytest.raises(IntegrityError), database.transaction() as tx:
        tx.execute(text(row), given_by_hand)


@settings(max_examples=15, deadline=None)
@given(starts=st.lists(st.integers(0, 8), min_size=2, max_size=6))
def test_of_many_claims_at_once_those_that_won_never_overlap(
    tmp_path_factory: pytest.TempPathFactory, starts: list[int]
) -> None:
    path = tmp_path_factory.mktemp("race") / "ledger.db"
    METADATA.create_all(Database(f"sqlite:///{path}").engine)
    won: list[Interval] = []
    ready = threading.Barrier(len(starts))

    def race(number: int, quarter: int) -> None:
        mine = Database(f"sqlite:///{path}")  # one each: the lock within a process must not be what decides
        when = slot(9 + quarter // 4, quarter % 4 * 15)
        ready.wait()
        try:
            claimed(mine, f"meeting {number}", when, BEN)
            won.append(when)
        except Taken:
            pass
        finally:
            mine.close()

    threads = [threading.Thread(target=race, args=one) for one in enumerate(starts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won
    won.sort()
    assert not any(left.overlaps(right) for left, right in itertools.pairwise(won))
