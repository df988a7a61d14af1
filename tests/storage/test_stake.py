"""Whether much rests on how fresh somebody's calendars are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.ids import PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import MeetingState
from bot.core.proposals import ProposalState
from bot.storage import meetings, proposals, stake
from bot.storage.database import METADATA, Database
from tests.builders import NOW, TENANT, asked
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
