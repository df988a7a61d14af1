"""Whether much rests on how fresh somebody's calendars are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Calendar, Problem
from bot.core.ids import PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import MeetingState
from bot.core.proposals import ProposalState
from bot.storage import calendars, due, meetings, proposals, stake
from bot.storage.database import METADATA, Database, instant
from tests.builders import NOW, TENANT, asked, calendar, connection
from tests.storage.test_meetings import meeting

ANA, BEN = PersonId("ana"), PersonId("ben")
HOUR = timedelta(hours=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(made.engine)
    yield made
    made.close()


def is_hot(database: Database, person: PersonId, now: datetime = NOW, tenant: TenantId = TENANT) -> bool:
    with database.reading() as tx:
        return stake.is_hot(tx, tenant, person, now)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ProposalState.OPEN, True),
        (ProposalState.WAITING, True),
        (ProposalState.BOOKED, False),
        (ProposalState.DISMISSED, False),
        (ProposalState.EXPIRED, False),
    ],
)
def test_whoever_is_asked_for_is_hot_while_the_question_is_open(
    database: Database, state: ProposalState, expected: bool
) -> None:
    with database.transaction() as tx:
        proposals.insert(tx, asked("ben", "ana", state=state))
    assert is_hot(database, ANA) is is_hot(database, BEN) is expected
    assert not is_hot(database, PersonId("kim"))
    assert not is_hot(database, ANA, tenant=TenantId("memory:other"))


@pytest.mark.parametrize(
    ("state", "starts_in", "expected"),
    [
        pytest.param(MeetingState.BOOKED, 23 * HOUR, True, id="within a day"),
        pytest.param(MeetingState.BOOKED, 25 * HOUR, False, id="farther away"),
        pytest.param(MeetingState.BOOKED, -HOUR / 2, True, id="under way"),
        pytest.param(MeetingState.BOOKED, -2 * HOUR, False, id="over"),
        pytest.param(MeetingState.CANCELLED, 2 * HOUR, False, id="cancelled"),
    ],
)
def test_a_meeting_of_ours_that_is_near_makes_hot(
    database: Database, state: MeetingState, starts_in: timedelta, expected: bool
) -> None:
    booked = meeting(state=state)
    who = booked.attendances[0].person
    when = Interval(NOW + starts_in, NOW + starts_in + HOUR)
    with database.transaction() as tx:
        meetings.insert(tx, replace(booked, when=when))
    assert is_hot(database, who) is expected


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("held", "soon"),
    [
        pytest.param(calendar("ana", cadence=5 * MINUTE, read_at=NOW - 4 * MINUTE), MINUTE, id="read a while ago"),
        pytest.param(calendar("ana", cadence=10 * MINUTE, read_at=NOW), 2 * MINUTE, id="read just now"),
        pytest.param(calendar("ana", cadence=60 * MINUTE, read_at=NOW), 12 * MINUTE, id="whose service is slow"),
        pytest.param(calendar("ana", read_at=None), MINUTE, id="never read"),
        pytest.param(calendar("ana", is_static=True), None, id="an import"),
        pytest.param(calendar("ana", counts=False), None, id="one that does not count"),
        pytest.param(calendar("ana", problem=Problem.SIGN_IN_NEEDED), None, id="one with a wrong password"),
        pytest.param(calendar("kim"), None, id="somebody else's"),
    ],
)
def test_what_is_asked_about_is_looked_at_soon(database: Database, held: Calendar, soon: timedelta | None) -> None:
    with database.transaction() as tx:
        calendars.add_connection(tx, connection(str(held.person)), b"sealed")
        calendars.add(tx, held)
        stake.rises(tx, TENANT, (ANA, BEN), NOW)
    with database.reading() as tx:
        told = due.next_at(tx, ["calendar"])
    assert (told and instant(told)) == (None if soon is None else NOW + soon)
