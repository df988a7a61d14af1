"""What a meeting still needs, from its rows alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import (
    ConsentNeeded,
    Full,
    NotACalendar,
    NotFound,
    NotOffered,
    OurFault,
    OverlapError,
    Refused,
    SignInNeeded,
    Stale,
    TryLater,
)
from bot.core.events import Response, Status
from bot.core.ids import CalendarId, MeetingId, PersonId
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.scheduling.saga_plan import Lasting, Passing, Trouble, behind, draft, end, in_the_way, target, trouble, wait
from tests.builders import NOW, TENANT, instance, person, span

ANA, BEN, CEM = PersonId("ana"), PersonId("ben"), PersonId("cem")
EVERYONE = {ANA: person("ana", zone="Europe/Berlin"), BEN: person("ben", zone="Asia/Kolkata"), CEM: person("cem")}


def meeting(**different: object) -> Meeting:
    made = Meeting(
        id=MeetingId("meeting"),
        tenant=TENANT,
        uid="meeting@overlap",
        organiser=ANA,
        title="Ana / Ben, Cem",
        when=span("10:00-10:30"),
        state=MeetingState.BOOKED,
        attendances=(
            Attendance(
                person=ANA,
                road=Road.ORGANISER,
                response=Response.ACCEPTED,
                calendar=CalendarId("ana-work"),
                written=0,
                written_status=Status.CONFIRMED,
            ),
            Attendance(
                person=BEN,
                road=Road.OWN_COPY,
                calendar=CalendarId("ben-work"),
                written=0,
                written_status=Status.CONFIRMED,
            ),
            Attendance(person=CEM, road=Road.ATTENDEE),
        ),
    )
    return replace(made, **different)  # type: ignore[arg-type]


def with_ben(**different: object) -> Meeting:
    ana, ben, cem = meeting().attendances
    return meeting(attendances=(ana, replace(ben, **different), cem))  # type: ignore[arg-type]


def test_the_organisers_event_invites_those_whose_road_says_so_and_names_the_others() -> None:
    made = draft(meeting(), meeting().attendances[0], EVERYONE)
    assert [(one.name, one.email, one.is_invited) for one in made.invitees] == [
        ("Ben", None, False),
        ("Cem", "cem@example.com", True),
    ]
    assert made.description == "With Ben, Cem."


def test_an_own_copy_invites_nobody_and_stands_in_its_owners_zone() -> None:
    made = draft(meeting(), meeting().attendances[1], EVERYONE)
    assert not any(one.is_invited or one.email for one in made.invitees)
    assert made.zone == "Asia/Kolkata"


def test_a_tentative_answer_makes_a_tentative_copy() -> None:
    maybe = with_ben(response=Response.TENTATIVE)
    assert draft(maybe, maybe.attendances[1], EVERYONE).status is Status.TENTATIVE


def test_while_it_moves_its_copies_are_drafted_where_it_goes_one_sequence_higher() -> None:
    moving = meeting(state=MeetingState.MOVING, moving_to=span("11:00-11:30"), sequence=0)
    made = draft(moving, moving.attendances[0], EVERYONE)
    assert (made.when, made.sequence) == (span("11:00-11:30"), 1)


def test_a_sequence_that_the_organisers_app_raised_is_never_lowered() -> None:
    ana, *others = meeting().attendances
    assert target(meeting(attendances=(replace(ana, written=4), *others))) == 4


@pytest.mark.parametrize(
    ("changed", "is_behind"),
    [
        pytest.param({}, False, id="as it should be"),
        pytest.param({"written": None}, True, id="never written"),
        pytest.param({"response": Response.TENTATIVE}, True, id="another status"),
        pytest.param({"response": Response.DECLINED}, True, id="declined and still there"),
        pytest.param({"response": Response.DECLINED, "written": None}, False, id="declined and gone"),
        pytest.param({"written": None, "calendar": None, "road": Road.NONE}, False, id="no road"),
    ],
)
def test_which_copies_are_still_to_be_written(changed: dict[str, object], is_behind: bool) -> None:
    assert [one.person for one in behind(with_ben(**changed))] == [BEN] * is_behind


@pytest.mark.parametrize(
    ("words", "given", "blocks"),
    [
        pytest.param("10:15-11:00", {}, True, id="somebody else's event over it"),
        pytest.param("10:30-11:00", {}, False, id="one that touches it"),
        pytest.param("10:00-10:30", {"ours": "meeting"}, False, id="its own copy"),
        pytest.param("10:00-10:30", {"ours": "another"}, True, id="another meeting of ours"),
        pytest.param("10:00-10:30", {"uid": "meeting@overlap"}, False, id="a copy that lost its tag"),
    ],
)
def test_what_stands_in_the_way(words: str, given: dict[str, str], blocks: bool) -> None:
    assert in_the_way(meeting(), span("10:00-10:30"), [instance(words, **given)]) is blocks  # type: ignore[arg-type]


def test_what_blocks_nobody_is_not_in_the_way() -> None:
    assert not in_the_way(meeting(), span("10:00-10:30"), [replace(instance("10:00-10:30"), blocks=False)])


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (TryLater("busy", timedelta(seconds=9)), Passing(timedelta(seconds=9))),
        (Stale("changed"), Passing()),
        (NotACalendar("html"), Passing()),
        (SignInNeeded("401"), Lasting("sign_in_needed")),
        (Refused("403"), Lasting("refused")),
        (NotFound("404"), Lasting("not_found")),
        (ConsentNeeded("scope"), Lasting("consent_needed")),
        (Full("507"), Lasting("full")),
        (OurFault("client secret"), Lasting("our_fault")),
        (NotOffered("not here"), Lasting("not_offered")),
    ],
)
def test_what_a_failed_call_means(error: OverlapError, meaning: Trouble) -> None:
    assert trouble(error) == meaning


@pytest.mark.parametrize(
    ("hindered", "seconds"),
    [(0, 1), (1, 1), (2, 2), (4, 4), (40, 40), (200, 64), (700, 300)],
)
def test_each_wait_is_as_long_as_all_before_it_up_to_a_minute_and_slow_at_last(hindered: int, seconds: int) -> None:
    since = NOW - timedelta(seconds=hindered)
    assert wait(meeting(hindered_since=since), NOW, [Passing()]) == timedelta(seconds=seconds)


def test_the_services_own_word_is_the_least_that_is_waited() -> None:
    assert wait(meeting(), NOW, [Passing(timedelta(minutes=2))]) == timedelta(minutes=2)


def test_a_service_that_wants_to_be_left_alone_keeps_no_other_waiting() -> None:
    assert wait(meeting(), NOW, [Passing(), Passing(timedelta(hours=1)), Lasting("refused")]) == timedelta(seconds=1)


def test_what_only_a_person_can_mend_is_tried_slowly() -> None:
    assert wait(meeting(), NOW, [Lasting("refused")]) == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("reason", "was_booked", "state"),
    [
        pytest.param("", True, MeetingState.UNDONE, id="taken back"),
        pytest.param("", False, MeetingState.UNDONE, id="taken back before it stood"),
        pytest.param("deleted", True, MeetingState.CANCELLED, id="deleted in the organiser's calendar"),
        pytest.param("taken", False, MeetingState.FAILED, id="never came to be"),
        pytest.param("taken", True, MeetingState.UNDONE, id="taken back after a move that failed"),
    ],
)
def test_how_it_ends(reason: str, was_booked: bool, state: MeetingState) -> None:
    assert end(meeting(reason=reason, booked_at=NOW if was_booked else None)) is state
