"""Those whom the organiser's service invites itself: one event each, and their answers by whichever way they come."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import TryLater
from bot.core.events import Response
from bot.core.ids import PersonId
from bot.core.meetings import Meeting, MeetingState, Road
from bot.providers.base import Abilities
from bot.storage import meetings
from tests.builders import TENANT
from tests.scheduling.booked import Trip

DELIVERING = Abilities(invites=True, keeps_uid=False)


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path, DELIVERING)


@pytest.fixture
def meeting(trip: Trip) -> Meeting:
    """Ana's meeting with Ben, both of one service that delivers; both calendars were read since."""
    booked = trip.settles(trip.books().id)
    reads(trip, booked)
    return booked


def reads(trip: Trip, booked: Meeting) -> None:
    """A second later everybody's calendars are read, and what happened there is followed."""
    trip.clock.move(timedelta(seconds=1))
    for person in (trip.ana, trip.ben):
        trip.reads(person)
        assert trip.following.look(TENANT, person) is None
    trip.settles(booked.id)


def answer(trip: Trip, booked: Meeting, person: PersonId | None = None) -> Response:
    part = trip.now(booked.id).attendance(person or trip.ben)
    assert part is not None
    return part.response


def shown_as(trip: Trip, booked: Meeting) -> str:
    named = trip.service.shown_as(booked.uid)
    assert named is not None
    return named


def test_everybody_gets_one_event_and_the_guests_by_invitation(trip: Trip, meeting: Meeting) -> None:
    assert [one.road for one in meeting.attendances] == [Road.ORGANISER, Road.ATTENDEE]
    assert len(trip.stands(trip.ana)) == len(trip.stands(trip.ben)) == 1
    assert trip.stands(trip.ben)[0].ours is None, "the invitation carries no tag of ours"


def test_an_untagged_invitation_is_known_as_the_meeting(trip: Trip, meeting: Meeting) -> None:
    with trip.database.reading() as tx:
        assert meetings.aliases(tx, TENANT, [shown_as(trip, meeting), "other"]) == {shown_as(trip, meeting): meeting.id}
        assert [one.ours for one in meetings.recognised(tx, TENANT, trip.stands(trip.ben))] == [meeting.id]
    assert trip.sees(trip.ben, "conflict") == []
    assert trip.sees(trip.ana, "ask") == []


def test_an_invitation_that_was_read_before_its_name_was_known_is_adopted(trip: Trip) -> None:
    booked = trip.books()
    trip.drives(booked.id)
    trip.reads(trip.ben)
    trip.settles(booked.id)
    trip.clock.move(timedelta(seconds=1))
    assert trip.following.look(TENANT, trip.ben) is None
    assert trip.now(booked.id).attendances[1].found == trip.calendar(trip.ben)


def test_the_last_look_before_a_move_takes_the_invitation_for_what_it_is(trip: Trip, meeting: Meeting) -> None:
    later = type(meeting.when)(meeting.when.start + timedelta(minutes=15), meeting.when.end + timedelta(minutes=15))
    trip.changing.move(TENANT, meeting.id, later, trip.ana)
    moved = trip.settles(meeting.id)
    assert (moved.when, moved.reason) == (later, "")
    assert [one.when for one in trip.stands(trip.ben)] == [later]


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED])
def test_an_answer_given_in_a_calendar_is_followed(trip: Trip, meeting: Meeting, response: Response) -> None:
    trip.service.respond(trip.remote(trip.ben), shown_as(trip, meeting), response)
    reads(trip, meeting)
    assert answer(trip, meeting) is response
    assert (trip.claims(trip.ben) == []) is (response is Response.DECLINED)
    assert trip.sees(trip.ana, "ask") == []


def test_an_invitation_that_is_deleted_is_declined(trip: Trip, meeting: Meeting) -> None:
    trip.service.drop(trip.remote(trip.ben), shown_as(trip, meeting))
    reads(trip, meeting)
    assert answer(trip, meeting) is Response.DECLINED
    assert trip.claims(trip.ben) == []


def test_an_invitation_that_was_never_seen_is_not_deleted(trip: Trip) -> None:
    booked = trip.settles(trip.books().id)
    trip.service.drop(trip.remote(trip.ben), shown_as(trip, booked))
    reads(trip, booked)
    assert answer(trip, booked) is Response.NEEDS_ACTION, "some services show it only once it is answered"


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED])
def test_an_answer_given_in_chat_goes_to_the_calendar(trip: Trip, meeting: Meeting, response: Response) -> None:
    trip.changing.respond(TENANT, meeting.id, trip.ben, response)
    settled = trip.settles(meeting.id)
    assert trip.service.answers == {(trip.remote(trip.ben), shown_as(trip, meeting)): response}
    assert settled.attendances[1].to_answer is None
    reads(trip, meeting)
    assert answer(trip, meeting) is response


def test_an_answer_whose_delivery_was_not_heard_of_is_given_again(trip: Trip, meeting: Meeting) -> None:
    trip.changing.respond(TENANT, meeting.id, trip.ben, Response.ACCEPTED)
    trip.service.lose_answer("ben")
    trip.drives(meeting.id)
    assert trip.now(meeting.id).attendances[1].to_answer is Response.ACCEPTED
    assert trip.settles(meeting.id).attendances[1].to_answer is None
    reads(trip, meeting)
    assert answer(trip, meeting) is Response.ACCEPTED


def test_an_older_answer_in_the_calendar_does_not_undo_the_one_in_chat(trip: Trip, meeting: Meeting) -> None:
    trip.service.respond(trip.remote(trip.ben), shown_as(trip, meeting), Response.TENTATIVE)
    reads(trip, meeting)
    trip.service.trouble("ben", TryLater("down"))
    trip.changing.respond(TENANT, meeting.id, trip.ben, Response.ACCEPTED)
    trip.drives(meeting.id)
    trip.clock.move(timedelta(seconds=1))
    trip.reads(trip.ana)
    trip.following.look(TENANT, trip.ana)
    assert answer(trip, meeting) is Response.ACCEPTED
    trip.service.trouble("ben", None)
    reads(trip, meeting)
    assert answer(trip, meeting) is Response.ACCEPTED


def test_changing_their_mind_works_in_either_place(trip: Trip, meeting: Meeting) -> None:
    trip.changing.respond(TENANT, meeting.id, trip.ben, Response.DECLINED)
    trip.settles(meeting.id)
    reads(trip, meeting)
    trip.service.respond(trip.remote(trip.ben), shown_as(trip, meeting), Response.ACCEPTED)
    reads(trip, meeting)
    assert answer(trip, meeting) is Response.ACCEPTED
    assert trip.claims(trip.ben) == [meeting.when]


def test_taking_the_meeting_back_leaves_no_invitation(trip: Trip, meeting: Meeting) -> None:
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    assert trip.settles(meeting.id).state is MeetingState.UNDONE
    assert trip.stands(trip.ana) == trip.stands(trip.ben) == []
