"""The organiser moves a meeting or takes it back; the others answer it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import InvalidInput, NotAllowed, OverlapError, Stale, Taken
from bot.core.events import Response
from bot.core.ids import MeetingId, PersonId
from bot.core.meetings import AskState, MeetingState
from bot.storage import asks, ledger, meetings, messages
from tests.builders import TENANT, span
from tests.scheduling.town import Town

MEETING = MeetingId("meeting")
NOON = span("12:00-12:30")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(tmp_path)
    made.meets("10:00-10:30")
    return made


def in_state(town: Town, state: MeetingState) -> None:
    with town.database.transaction() as tx:
        meetings.save(tx, replace(town.meeting(), state=state))


def shown(town: Town, person: PersonId) -> None:
    with town.database.transaction() as tx:
        messages.show(tx, TENANT, kind="meeting", subject=MEETING, person=person, now=town.clock.now(), ring=True)
    town.redrawn(person, "meeting")


def test_a_move_claims_the_new_time_for_everyone_and_leaves_the_rest_to_the_saga(town: Town) -> None:
    moving = town.changing.move(TENANT, MEETING, NOON, town.ana)
    assert (moving.state, moving.when, moving.moving_to) == (MeetingState.MOVING, span("10:00-10:30"), NOON)
    assert town.claims(town.ana) == town.claims(town.ben) == [span("10:00-10:30"), NOON]
    assert town.due("meeting") == ["meeting"]


def test_a_second_click_on_move_moves_nothing_more(town: Town) -> None:
    first = town.changing.move(TENANT, MEETING, NOON, town.ana)
    assert town.changing.move(TENANT, MEETING, NOON, town.ana) == first


def test_a_click_on_another_time_while_it_moves_is_stale(town: Town) -> None:
    town.changing.move(TENANT, MEETING, NOON, town.ana)
    with pytest.raises(Stale):
        town.changing.move(TENANT, MEETING, span("13:00-13:30"), town.ana)


def test_moving_it_to_where_it_is_changes_nothing(town: Town) -> None:
    assert town.changing.move(TENANT, MEETING, span("10:00-10:30"), town.ana).state is MeetingState.BOOKED
    assert town.due("meeting") == []


def test_only_the_organiser_moves(town: Town) -> None:
    with pytest.raises(NotAllowed):
        town.changing.move(TENANT, MEETING, NOON, town.ben)


def test_a_time_that_a_calendar_holds_is_taken_and_says_whose(town: Town) -> None:
    town.service.place(town.remote(town.ben), uid="lunch", when=NOON)
    town.reads(town.ben)
    with pytest.raises(Taken) as refused:
        town.changing.move(TENANT, MEETING, NOON, town.ana)
    assert refused.value.people == (town.ben,)
    assert town.meeting().state is MeetingState.BOOKED


def test_a_time_that_another_meeting_has_claimed_is_taken(town: Town) -> None:
    town.meets("12:00-12:30", town.cem, name="other")
    with pytest.raises(Taken):
        town.changing.move(TENANT, MEETING, NOON, town.ana)
    assert town.claims(town.ben) == [span("10:00-10:30")]


def test_a_time_that_the_meeting_itself_half_covers_is_free(town: Town) -> None:
    assert town.changing.move(TENANT, MEETING, span("10:15-10:45"), town.ana).state is MeetingState.MOVING


def test_a_time_that_is_past_is_refused(town: Town) -> None:
    with pytest.raises(InvalidInput):
        town.changing.move(TENANT, MEETING, span("07:00-07:30"), town.ana)


def test_who_declined_needs_not_be_free_for_a_move(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    town.service.place(town.remote(town.ben), uid="lunch", when=NOON)
    town.reads(town.ben)
    town.changing.move(TENANT, MEETING, NOON, town.ana)
    assert town.claims(town.ben) == []


def test_a_move_ends_the_asks_about_the_meeting_and_frees_what_they_held(town: Town) -> None:
    asked = town.asking.ask(TENANT, MEETING, town.ben, span("13:00-13:30"))
    town.changing.move(TENANT, MEETING, NOON, town.ana)
    with town.database.reading() as tx:
        assert asks.ask(tx, TENANT, asked.id).state is AskState.WITHDRAWN
    assert span("13:00-13:30") not in town.claims(town.ana)


@pytest.mark.parametrize("state", [MeetingState.BOOKING, MeetingState.BOOKED, MeetingState.MOVING])
def test_undo_takes_back_whatever_is_not_over(town: Town, state: MeetingState) -> None:
    in_state(town, state)
    undoing = town.changing.undo(TENANT, MEETING, town.ana)
    assert (undoing.state, undoing.reason) == (MeetingState.UNDOING, "")
    assert town.due("meeting") == ["meeting"]


def test_undo_twice_is_undo_once(town: Town) -> None:
    first = town.changing.undo(TENANT, MEETING, town.ana)
    assert town.changing.undo(TENANT, MEETING, town.ana) == first


def test_only_the_organiser_takes_back(town: Town) -> None:
    with pytest.raises(NotAllowed):
        town.changing.undo(TENANT, MEETING, town.ben)


def test_what_is_over_is_not_taken_back(town: Town) -> None:
    town.clock.move(timedelta(hours=3))
    with pytest.raises(NotAllowed):
        town.changing.undo(TENANT, MEETING, town.ana)


def test_undo_ends_the_asks_about_the_meeting(town: Town) -> None:
    asked = town.asking.open(TENANT, MEETING, town.ben)
    town.changing.undo(TENANT, MEETING, town.ana)
    with town.database.reading() as tx:
        assert asks.ask(tx, TENANT, asked.id).state is AskState.WITHDRAWN


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE])
def test_an_answer_is_kept_and_the_copy_is_left_to_the_saga(town: Town, response: Response) -> None:
    answered = town.changing.respond(TENANT, MEETING, town.ben, response)
    attendance = answered.attendance(town.ben)
    assert attendance is not None
    assert attendance.response is response
    assert attendance.is_behind(answered.sequence) is (response is Response.TENTATIVE)
    assert town.due("meeting") == ["meeting"]
    assert town.claims(town.ben) == [span("10:00-10:30")]


def test_an_answer_redraws_what_everyone_sees_and_rings_nobody(town: Town) -> None:
    shown(town, town.ana)
    shown(town, town.ben)
    town.changing.respond(TENANT, MEETING, town.ben, Response.ACCEPTED)
    assert (town.rings(town.ana, "meeting"), town.rings(town.ben, "meeting")) == (1, 1)
    assert town.redrawn(town.ana, "meeting")
    assert town.redrawn(town.ben, "meeting")


def test_the_same_answer_again_changes_nothing(town: Town) -> None:
    first = town.changing.respond(TENANT, MEETING, town.ben, Response.ACCEPTED)
    assert town.changing.respond(TENANT, MEETING, town.ben, Response.ACCEPTED) == first


def test_a_decline_frees_the_time_of_that_person_alone(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    assert town.claims(town.ben) == []
    assert town.claims(town.ana) == [span("10:00-10:30")]


def test_who_declines_no_longer_asks_for_another_time(town: Town) -> None:
    asked = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    with town.database.reading() as tx:
        assert asks.ask(tx, TENANT, asked.id).state is AskState.WITHDRAWN
    assert NOON not in town.claims(town.ana)


def test_who_declined_and_comes_after_all_has_their_time_claimed_again(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    town.changing.respond(TENANT, MEETING, town.ben, Response.ACCEPTED)
    assert town.claims(town.ben) == [span("10:00-10:30")]


def test_who_declined_and_is_booked_elsewhere_cannot_come_after_all(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    with town.database.transaction() as tx:
        ledger.claim(
            tx,
            TENANT,
            subject="other",
            cause="meeting",
            people=(town.ben,),
            when=span("10:00-10:30"),
            state="booked",
            now=town.clock.now(),
        )
    with pytest.raises(Taken):
        town.changing.respond(TENANT, MEETING, town.ben, Response.ACCEPTED)
    assert town.response(town.ben) is Response.DECLINED


def test_who_comes_after_all_while_it_moves_has_both_times_claimed(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    town.changing.move(TENANT, MEETING, NOON, town.ana)
    town.changing.respond(TENANT, MEETING, town.ben, Response.ACCEPTED)
    assert town.claims(town.ben) == [span("10:00-10:30"), NOON]


@pytest.mark.parametrize(
    ("who", "refused"),
    [pytest.param("ana", NotAllowed, id="the organiser"), pytest.param("cem", NotAllowed, id="somebody else")],
)
def test_only_a_participant_answers(town: Town, who: str, refused: type[OverlapError]) -> None:
    with pytest.raises(refused):
        town.changing.respond(TENANT, MEETING, getattr(town, who), Response.ACCEPTED)


def test_what_was_taken_back_is_not_answered(town: Town) -> None:
    town.changing.undo(TENANT, MEETING, town.ana)
    with pytest.raises(Stale):
        town.changing.respond(TENANT, MEETING, town.ben, Response.ACCEPTED)
