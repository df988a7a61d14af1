"""A meeting that stands: moved, answered, taken back, on every calendar alike."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import Refused, SignInNeeded, TryLater
from bot.core.events import Response, Status
from bot.core.ids import PersonId
from bot.core.meetings import Ask, AskState, Meeting, MeetingState, Road
from bot.storage import asks
from tests.builders import TENANT, span
from tests.scheduling.booked import Trip

DOWN = TryLater("The server is down.")


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path)


def booked(trip: Trip, *others: PersonId) -> Meeting:
    """A meeting that stands, and whose copies the mirror knows."""
    meeting = trip.settles(trip.books(*others).id)
    trip.clock.move(timedelta(seconds=1))
    for one in meeting.people:
        trip.reads(one)
    return meeting


def moving(trip: Trip, meeting: Meeting) -> Meeting:
    times, _ = trip.proposing.times_for_move(TENANT, meeting)
    return trip.changing.move(TENANT, meeting.id, times[0], trip.ana)


def answers(trip: Trip, meeting: Meeting, response: Response) -> None:
    trip.changing.respond(TENANT, meeting.id, trip.ben, response)


# Moving


def test_a_move_is_on_every_calendar_under_the_same_uid_one_sequence_higher(trip: Trip) -> None:
    before = booked(trip)
    to = moving(trip, before).moving_to
    after = trip.settles(before.id)
    assert (after.state, after.when, after.was, after.sequence) == (MeetingState.BOOKED, to, before.when, 1)
    for (copy,) in trip.copies(after):
        assert (copy.uid, copy.when, copy.sequence) == (before.uid, to, 1)


def test_a_move_rings_the_participants_and_gives_the_old_time_back(trip: Trip) -> None:
    before = booked(trip)
    moving(trip, before)
    rung = trip.rings(trip.ben, "meeting"), trip.rings(trip.ana, "meeting")
    after = trip.settles(before.id)
    assert (trip.rings(trip.ben, "meeting"), trip.rings(trip.ana, "meeting")) == (rung[0] + 1, rung[1])
    assert [trip.claims(one) for one in after.people] == [[after.when], [after.when]]


def test_a_move_onto_an_event_that_the_mirror_does_not_know_stays_and_tells_its_organiser(trip: Trip) -> None:
    before = booked(trip)
    to = moving(trip, before).moving_to
    assert to is not None
    trip.service.place(trip.remote(trip.ben), uid="sudden", when=to)
    rung = trip.rings(trip.ben, "meeting"), trip.rings(trip.ana, "meeting")
    after = trip.settles(before.id)
    assert (after.state, after.when, after.moving_to, after.reason) == (MeetingState.BOOKED, before.when, None, "taken")
    assert [trip.claims(one) for one in after.people] == [[before.when], [before.when]]
    assert all(copy.when == before.when for (copy,) in trip.copies(after))
    assert (trip.rings(trip.ben, "meeting"), trip.rings(trip.ana, "meeting")) == (rung[0], rung[1] + 1)


def test_a_move_that_the_organisers_calendar_refuses_stays(trip: Trip) -> None:
    before = booked(trip)
    moving(trip, before)
    trip.service.trouble("ana", Refused("403"))
    trip.drives(before.id)
    after = trip.now(before.id)
    assert (after.state, after.when, after.reason) == (MeetingState.BOOKED, before.when, "refused")
    assert all(copy.when == before.when for (copy,) in trip.copies(after))


def test_a_copy_whose_server_is_down_during_a_move_follows_when_it_is_back(trip: Trip) -> None:
    before = booked(trip)
    to = moving(trip, before).moving_to
    trip.service.trouble("ben", DOWN)
    trip.drives(before.id)
    trip.clock.move(timedelta(seconds=30))
    trip.drives(before.id)
    assert trip.now(before.id).when == to
    assert [copy.when for (copy,) in trip.copies(before)] == [to, before.when]
    trip.service.trouble("ben", None)
    trip.settles(before.id)
    assert [copy.when for (copy,) in trip.copies(before)] == [to, to]


def test_a_copy_that_refuses_the_move_is_tried_again_slowly_and_never_forgotten(trip: Trip) -> None:
    before = booked(trip)
    to = moving(trip, before).moving_to
    trip.service.trouble("ben", SignInNeeded("401"))
    assert trip.drives(before.id) == trip.clock.now() + timedelta(minutes=5)
    assert trip.now(before.id).attendances[1].road is Road.OWN_COPY
    trip.service.trouble("ben", None)
    trip.settles(before.id)
    assert [copy.when for (copy,) in trip.copies(before)] == [to, to]


def test_where_the_organisers_app_put_it_already_nothing_is_asked_of_anybody(trip: Trip) -> None:
    before = booked(trip)
    to = moving(trip, before).moving_to
    assert to is not None
    trip.service.place(trip.remote(trip.ben), uid="sudden", when=to)
    trip.service.shift(trip.remote(trip.ana), before.uid, to=to)
    assert trip.settles(before.id).when == to


def test_a_move_asks_everyone_who_comes_again(trip: Trip) -> None:
    before = booked(trip, trip.ben, trip.cem)
    answers(trip, before, Response.TENTATIVE)
    trip.changing.respond(TENANT, before.id, trip.cem, Response.ACCEPTED)
    trip.settles(before.id)
    moving(trip, before)
    after = trip.settles(before.id)
    assert [one.response for one in after.attendances] == [
        Response.ACCEPTED,
        Response.NEEDS_ACTION,
        Response.NEEDS_ACTION,
    ]
    assert [copy.status for (copy,) in trip.copies(after)] == [Status.CONFIRMED] * 3


def test_a_move_that_comes_to_nothing_leaves_every_answer(trip: Trip) -> None:
    before = booked(trip)
    answers(trip, before, Response.TENTATIVE)
    trip.settles(before.id)
    moving(trip, before)
    trip.service.trouble("ana", Refused("403"))
    trip.drives(before.id)
    assert trip.now(before.id).attendances[1].response is Response.TENTATIVE


def agreed(trip: Trip, meeting: Meeting) -> Ask:
    """Ben asked for another time, and Ana agreed."""
    times, _ = trip.proposing.times_for_move(TENANT, meeting)
    ask = trip.asking.ask(TENANT, meeting.id, trip.ben, times[0])
    return trip.asking.answer(TENANT, ask.id, trip.ana, move=True)


def state(trip: Trip, ask: Ask) -> AskState:
    with trip.database.reading() as tx:
        return asks.ask(tx, TENANT, ask.id).state


def test_who_asked_for_the_move_has_accepted_it(trip: Trip) -> None:
    before = booked(trip, trip.ben, trip.cem)
    ask = agreed(trip, before)
    after = trip.settles(before.id)
    assert [one.response for one in after.attendances] == [
        Response.ACCEPTED,
        Response.ACCEPTED,
        Response.NEEDS_ACTION,
    ]
    assert (after.when, state(trip, ask)) == (ask.wanted, AskState.MOVED)


def test_who_asked_for_a_move_that_comes_to_nothing_is_told_that_it_stays(trip: Trip) -> None:
    before = booked(trip)
    ask = agreed(trip, before)
    assert ask.wanted is not None
    trip.service.place(trip.remote(trip.ben), uid="sudden", when=ask.wanted)
    rung = trip.rings(trip.ben, "ask"), trip.rings(trip.ana, "ask")
    assert trip.settles(before.id).reason == "taken"
    assert state(trip, ask) is AskState.STAYED
    assert (trip.rings(trip.ben, "ask"), trip.rings(trip.ana, "ask")) == (rung[0] + 1, rung[1])
    assert trip.redrawn(trip.ana, "ask")


def test_a_move_that_was_agreed_and_then_undone_is_asked_for_no_more(trip: Trip) -> None:
    before = booked(trip)
    ask = agreed(trip, before)
    trip.changing.undo(TENANT, before.id, trip.ana)
    assert state(trip, ask) is AskState.WITHDRAWN


# Answers


def test_tentative_makes_the_copy_tentative_and_accepting_makes_it_firm_again(trip: Trip) -> None:
    meeting = booked(trip)
    for response, status in ((Response.TENTATIVE, Status.TENTATIVE), (Response.ACCEPTED, Status.CONFIRMED)):
        answers(trip, meeting, response)
        trip.settles(meeting.id)
        (copy,) = trip.copies(meeting, trip.ben)[0]
        assert copy.status is status
        assert copy.sequence == 0


def test_declining_takes_the_copy_away_and_frees_the_time(trip: Trip) -> None:
    meeting = booked(trip)
    answers(trip, meeting, Response.DECLINED)
    after = trip.settles(meeting.id)
    assert after.state is MeetingState.BOOKED
    assert [len(copies) for copies in trip.copies(meeting)] == [1, 0]
    assert (trip.claims(trip.ana), trip.claims(trip.ben)) == ([meeting.when], [])


def test_who_declined_and_accepts_after_all_has_a_copy_again(trip: Trip) -> None:
    meeting = booked(trip)
    for response in (Response.DECLINED, Response.ACCEPTED):
        answers(trip, meeting, response)
        trip.settles(meeting.id)
        trip.reads(trip.ben)
    assert [len(copies) for copies in trip.copies(meeting)] == [1, 1]
    assert trip.claims(trip.ben) == [meeting.when]


def test_who_declined_is_not_moved(trip: Trip) -> None:
    meeting = booked(trip, trip.ben, trip.cem)
    answers(trip, meeting, Response.DECLINED)
    trip.settles(meeting.id)
    rung = trip.rings(trip.ben, "meeting")
    moving(trip, meeting)
    trip.settles(meeting.id)
    assert [len(copies) for copies in trip.copies(meeting)] == [1, 0, 1]
    assert trip.rings(trip.ben, "meeting") == rung


# Taking back


def test_undoing_takes_it_off_both_calendars_and_tells_the_participant(trip: Trip) -> None:
    meeting = booked(trip)
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    rung = trip.rings(trip.ben, "meeting"), trip.rings(trip.ana, "meeting")
    after = trip.settles(meeting.id)
    assert (after.state, after.attendances[1].written) == (MeetingState.UNDONE, None)
    assert trip.copies(meeting) == [[], []]
    assert [trip.claims(one) for one in meeting.people] == [[], []]
    assert (trip.rings(trip.ben, "meeting"), trip.rings(trip.ana, "meeting")) == (rung[0] + 1, rung[1])


def test_time_is_given_back_only_once_the_copy_is_gone(trip: Trip) -> None:
    meeting = booked(trip)
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    trip.service.trouble("ben", DOWN)
    trip.drives(meeting.id)
    assert trip.now(meeting.id).state is MeetingState.UNDOING
    assert trip.claims(trip.ben) == [meeting.when]
    trip.service.trouble("ben", None)
    trip.settles(meeting.id)
    assert trip.claims(trip.ben) == []


def test_a_calendar_that_never_lets_go_keeps_its_persons_time_and_nobody_waiting(trip: Trip) -> None:
    meeting = booked(trip)
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    trip.service.trouble("ben", SignInNeeded("401"))
    assert trip.drives(meeting.id) == trip.clock.now() + timedelta(minutes=5)
    assert trip.now(meeting.id).state is MeetingState.UNDONE
    assert (trip.claims(trip.ana), trip.claims(trip.ben)) == ([], [meeting.when])
    trip.clock.move(timedelta(minutes=5))
    trip.service.trouble("ben", None)
    trip.settles(meeting.id)
    assert trip.copies(meeting) == [[], []]
    assert trip.claims(trip.ben) == []


def test_a_write_that_was_thought_lost_and_arrives_after_the_end_is_removed_too(trip: Trip) -> None:
    meeting = booked(trip)
    moving(trip, meeting)
    trip.service.trouble("ana", DOWN)
    trip.drives(meeting.id)
    trip.service.trouble("ana", None)
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    assert trip.drives(meeting.id) is not None
    trip.writes(meeting, trip.ana)
    trip.settles(meeting.id)
    assert trip.copies(meeting) == [[], []]


def test_what_somebody_deleted_already_is_no_obstacle(trip: Trip) -> None:
    meeting = booked(trip)
    trip.service.drop(trip.remote(trip.ben), meeting.uid)
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    assert trip.settles(meeting.id).state is MeetingState.UNDONE


def test_a_calendar_that_is_gone_holds_no_copy(trip: Trip) -> None:
    meeting = booked(trip)
    trip.service.delete_calendar(trip.remote(trip.ben))
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    assert trip.settles(meeting.id).state is MeetingState.UNDONE
    assert trip.claims(trip.ben) == []


def test_the_organisers_deletion_ends_as_cancelled(trip: Trip) -> None:
    meeting = booked(trip)
    trip.service.drop(trip.remote(trip.ana), meeting.uid)
    trip.clock.move(timedelta(seconds=1))
    trip.reads(trip.ana)
    trip.following.look(TENANT, trip.ana)
    assert trip.settles(meeting.id).state is MeetingState.CANCELLED
    assert trip.copies(meeting) == [[], []]


def test_the_mirror_offers_that_time_again_once_it_is_read(trip: Trip) -> None:
    meeting = booked(trip)
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    trip.settles(meeting.id)
    for one in meeting.people:
        trip.reads(one)
    assert meeting.when in [slot.when for slot in trip.asks().slots]


def test_an_event_beside_it_is_left_alone(trip: Trip) -> None:
    trip.service.place(trip.remote(trip.ben), uid="his own", when=span("16:00-17:00"))
    trip.reads(trip.ben)
    meeting = booked(trip)
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    trip.settles(meeting.id)
    assert [one.uid for one in trip.stands(trip.ben)] == ["his own"]
