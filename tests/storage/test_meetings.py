"""Meetings as they are kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.core.errors import NotFound, Stale
from bot.core.events import Response, Status
from bot.core.ids import CalendarId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.storage import meetings
from bot.storage.database import METADATA, Database
from tests.builders import NOW, TENANT, span

ANA, BEN = PersonId("ana"), PersonId("ben")


@pytest.fixture
def database() -> Database:
    made = Database("sqlite:///file:meetings?mode=memory&uri=true")
    METADATA.drop_all(made.engine)
    METADATA.create_all(made.engine)
    return made


def meeting(name: str = "first", **different: object) -> Meeting:
    made = Meeting(
        id=MeetingId(name),
        tenant=TENANT,
        uid=f"{name}@overlap",
        organiser=ANA,
        title="Ana / Ben",
        when=span("10:00-10:30"),
        state=MeetingState.BOOKING,
        attendances=(
            Attendance(person=ANA, road=Road.ORGANISER, response=Response.ACCEPTED, calendar=CalendarId("ana-work")),
            Attendance(person=BEN, road=Road.OWN_COPY, calendar=CalendarId("ben-work")),
        ),
        proposal=ProposalId(f"{name}-proposal"),
    )
    return replace(made, **different)  # type: ignore[arg-type]


def kept(database: Database, *some: Meeting) -> None:
    with database.transaction() as tx:
        for one in some:
            meetings.insert(tx, one)


def test_what_was_kept_is_what_is_read(database: Database) -> None:
    written = Attendance(
        person=BEN,
        road=Road.OWN_COPY,
        response=Response.TENTATIVE,
        calendar=CalendarId("ben-work"),
        written=2,
        written_status=Status.TENTATIVE,
        written_at=NOW,
        went_by=NOW,
        is_reachable=False,
    )
    whole = meeting(
        attendances=(meeting().attendances[0], written),
        sequence=2,
        link="https://meet.example/x",
        moving_to=span("11:00-11:30"),
        was=span("09:00-09:30"),
        reason="taken",
        booked_at=NOW,
        hindered_since=NOW,
    )
    kept(database, whole)
    with database.reading() as tx:
        assert meetings.meeting(tx, TENANT, whole.id) == whole


def test_saving_is_one_version_on_and_keeps_the_order_of_people(database: Database) -> None:
    first = meeting()
    kept(database, first)
    with database.transaction() as tx:
        saved = meetings.save(tx, replace(first, state=MeetingState.BOOKED))
    with database.reading() as tx:
        assert meetings.meeting(tx, TENANT, first.id) == saved
    assert (saved.version, saved.people) == (2, (ANA, BEN))


def test_saving_what_changed_meanwhile_is_stale(database: Database) -> None:
    first = meeting()
    kept(database, first)
    with database.transaction() as tx:
        meetings.save(tx, first)
    with pytest.raises(Stale), database.transaction() as tx:
        meetings.save(tx, replace(first, title="Another"))


def test_another_tenant_has_none_of_it(database: Database) -> None:
    kept(database, meeting())
    with database.reading() as tx, pytest.raises(NotFound):
        meetings.meeting(tx, TenantId("memory:other"), MeetingId("first"))


def test_a_proposal_makes_one_meeting_whatever_our_code_forgets(database: Database) -> None:
    kept(database, meeting("first", proposal=ProposalId("one")))
    with pytest.raises(IntegrityError):
        kept(database, meeting("second", proposal=ProposalId("one")))


def test_a_proposal_whose_meeting_failed_can_make_another(database: Database) -> None:
    kept(
        database,
        meeting("first", proposal=ProposalId("one"), state=MeetingState.FAILED),
        meeting("second", proposal=ProposalId("one")),
    )
    with database.reading() as tx:
        found = meetings.by_proposal(tx, TENANT, ProposalId("one"))
    assert found is not None
    assert found.id == "second"


def test_a_persons_meetings_are_those_not_over_yet_in_the_states_asked_for(database: Database) -> None:
    kept(
        database,
        meeting("over", when=span("06:00-07:00"), state=MeetingState.BOOKED),
        meeting("later", when=span("15:00-16:00"), state=MeetingState.BOOKED),
        meeting("soon", when=span("08:00-09:00"), state=MeetingState.BOOKED),
        meeting("undone", state=MeetingState.UNDONE),
    )
    with database.reading() as tx:
        found = meetings.of_person(tx, TENANT, BEN, NOW - timedelta(minutes=1), [MeetingState.BOOKED])
        nobodys = meetings.of_person(tx, TENANT, PersonId("cleo"), NOW, list(MeetingState))
    assert [one.id for one in found] == ["soon", "later"]
    assert nobodys == []
