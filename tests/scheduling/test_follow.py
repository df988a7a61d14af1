"""What a person did, told from their copy."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.calendars import Problem
from bot.core.events import Busy, Instance, Response, Status
from bot.core.ids import CalendarId, MeetingId, PersonId
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.scheduling.follow import Act, Answered, Asked, Deleted, Echo, Moved, copy_of, follow, may_judge
from tests.builders import NOW, TENANT, busy, calendar, instance, span

ANA, BEN = PersonId("ana"), PersonId("ben")
UID = "meeting@overlap"


def copy(words: str = "10:00-10:30", **rest: object) -> Instance:
    return instance(words, uid=UID, ours="meeting", **rest)  # type: ignore[arg-type]


def attends(person: PersonId, **different: object) -> Attendance:
    made = Attendance(
        person=person,
        road=Road.ORGANISER if person == ANA else Road.OWN_COPY,
        response=Response.ACCEPTED if person == ANA else Response.NEEDS_ACTION,
        calendar=CalendarId(f"{person}-work"),
        written=0,
        written_status=Status.CONFIRMED,
        written_at=NOW,
    )
    return replace(made, **different)  # type: ignore[arg-type]


def meeting(**different: object) -> Meeting:
    made = Meeting(
        id=MeetingId("meeting"),
        tenant=TENANT,
        uid=UID,
        organiser=ANA,
        title="Ana / Ben",
        when=span("10:00-10:30"),
        state=MeetingState.BOOKED,
        attendances=(attends(ANA), attends(BEN)),
    )
    return replace(made, **different)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stands", "did"),
    [
        pytest.param(copy(), Echo(), id="as we wrote it"),
        pytest.param(copy(sequence=3), Echo(), id="its title was changed"),
        pytest.param(copy("11:00-11:30"), Moved(span("11:00-11:30")), id="moved"),
        pytest.param(copy("10:00-11:00"), Moved(span("10:00-11:00")), id="made longer"),
        pytest.param(copy(status=Status.TENTATIVE), Echo(), id="made tentative"),
        pytest.param(copy(status=Status.CANCELLED), Deleted(), id="marked as cancelled"),
        pytest.param(None, Deleted(), id="deleted"),
    ],
)
def test_what_the_organiser_did(stands: Instance | None, did: Act) -> None:
    assert follow(meeting(), attends(ANA), stands) == did


@pytest.mark.parametrize(
    ("stands", "did"),
    [
        pytest.param(copy(), Echo(), id="as we wrote it"),
        pytest.param(copy(sequence=3), Echo(), id="its title was changed"),
        pytest.param(copy("11:00-11:30"), Asked(span("11:00-11:30")), id="moved"),
        pytest.param(copy(status=Status.TENTATIVE), Answered(Response.TENTATIVE), id="made tentative"),
        pytest.param(copy(status=Status.CANCELLED), Answered(Response.DECLINED), id="marked as cancelled"),
        pytest.param(replace(copy(), is_declined=True), Answered(Response.DECLINED), id="declined"),
        pytest.param(None, Answered(Response.DECLINED), id="deleted"),
    ],
)
def test_what_a_participant_did(stands: Instance | None, did: Act) -> None:
    assert follow(meeting(), attends(BEN), stands) == did


def test_a_tentative_copy_that_is_confirmed_again_accepts() -> None:
    tentative = attends(BEN, response=Response.TENTATIVE, written_status=Status.TENTATIVE)
    assert follow(meeting(), tentative, copy(status=Status.TENTATIVE)) == Echo()
    assert follow(meeting(), tentative, copy()) == Answered(Response.ACCEPTED)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([], None, id="nothing stands there"),
        pytest.param([busy(uid="other"), busy(uid="another of ours", ours="other")], None, id="only other events"),
        pytest.param([Busy(calendar=CalendarId("ben-work"), instance=copy())], span("10:00-10:30"), id="its copy"),
        pytest.param(
            [
                busy("10:00-10:30", calendar="ben-work", uid="duplicate", ours="meeting"),
                busy("12:00-12:30", calendar="ben-work", uid=UID, ours="meeting"),
            ],
            span("12:00-12:30"),
            id="a duplicate kept the tag, the copy was moved",
        ),
        pytest.param(
            [
                busy("09:00-09:30", calendar="ben-home", uid=UID, ours="meeting"),
                busy("12:00-12:30", calendar="ben-work", uid=UID, ours="meeting"),
            ],
            span("12:00-12:30"),
            id="one in another calendar too",
        ),
        pytest.param(
            [busy("12:00-12:30", calendar="ben-home", uid=UID, ours="meeting")],
            span("12:00-12:30"),
            id="only in another calendar",
        ),
        pytest.param(
            [
                busy("09:00-09:30", calendar="ben-work", uid=UID, ours="meeting"),
                busy("10:00-10:30", calendar="ben-work", uid=UID, ours="meeting"),
            ],
            span("10:00-10:30"),
            id="it was made to repeat",
        ),
        pytest.param([busy("12:00-12:30", calendar="ben-work", uid=UID)], span("12:00-12:30"), id="the tag was lost"),
    ],
)
def test_which_row_is_the_copy(rows: list[Busy], found: object) -> None:
    stands = copy_of(meeting(), attends(BEN), rows)
    assert (stands.instance.when if stands else None) == found


LATER = NOW + timedelta(seconds=1)
READ = calendar("ben-work", read_at=LATER)


def test_a_reading_after_our_write_may_be_judged() -> None:
    assert may_judge(meeting(), attends(BEN), READ)


@pytest.mark.parametrize("state", [state for state in MeetingState if state is not MeetingState.BOOKED])
def test_a_meeting_under_way_is_not_judged(state: MeetingState) -> None:
    assert not may_judge(meeting(state=state), attends(BEN), READ)


@pytest.mark.parametrize(
    "behind",
    [
        pytest.param(attends(BEN, written=None), id="not written yet"),
        pytest.param(attends(BEN, written_at=None), id="written by an older version of us"),
        pytest.param(attends(BEN, response=Response.TENTATIVE), id="the answer is not written yet"),
        pytest.param(attends(BEN, written_status=None), id="to be put back"),
    ],
)
def test_a_copy_that_is_ours_to_write_is_not_judged(behind: Attendance) -> None:
    assert not may_judge(meeting(), behind, READ)


def test_a_copy_of_an_older_sequence_is_not_judged() -> None:
    assert not may_judge(meeting(sequence=1), attends(BEN), READ)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(calendar("ben-work", read_at=NOW), id="it may have begun before the write"),
        pytest.param(replace(READ, read_at=None), id="never read"),
        pytest.param(replace(READ, problem=Problem.UNREACHABLE), id="it does not answer"),
        pytest.param(replace(READ, window=span("11:00-12:00")), id="the meeting lies outside what was read"),
    ],
)
def test_a_reading_that_cannot_know_is_not_judged(told: object) -> None:
    assert not may_judge(meeting(), attends(BEN), told)  # type: ignore[arg-type]
