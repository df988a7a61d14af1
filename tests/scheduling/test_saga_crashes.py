"""The process dies at any point of what it does outside, and the next one goes on: once, and to the same end."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import OverlapError, Stale
from bot.core.events import Response
from bot.core.meetings import Meeting, MeetingState
from tests.builders import TENANT
from tests.scheduling.booked import Died, Trip

Story = Callable[[Trip], Meeting]
"""Brings a meeting to where one drive has something to do, and answers it as it is then."""

MOST_POINTS = 24


def booking(trip: Trip) -> Meeting:
    return trip.books()


def booking_over_an_event(trip: Trip) -> Meeting:
    meeting = trip.books()
    trip.service.place(trip.remote(trip.ben), uid="sudden", when=meeting.when)
    return meeting


def booking_that_one_refuses(trip: Trip) -> Meeting:
    meeting = trip.books()
    trip.service.delete_calendar(trip.remote(trip.ana))
    return meeting


def standing(trip: Trip) -> Meeting:
    meeting = trip.settles(trip.books().id)
    trip.clock.move(timedelta(seconds=1))
    for one in meeting.people:
        trip.reads(one)
    return meeting


def moving(trip: Trip) -> Meeting:
    meeting = standing(trip)
    times, _ = trip.proposing.times_for_move(TENANT, meeting)
    return trip.changing.move(TENANT, meeting.id, times[0], trip.ana)


def moving_over_an_event(trip: Trip) -> Meeting:
    meeting = moving(trip)
    assert meeting.moving_to is not None
    trip.service.place(trip.remote(trip.ben), uid="sudden", when=meeting.moving_to)
    return meeting


def taking_back(trip: Trip) -> Meeting:
    return trip.changing.undo(TENANT, standing(trip).id, trip.ana)


def declining(trip: Trip) -> Meeting:
    return trip.changing.respond(TENANT, standing(trip).id, trip.ben, Response.DECLINED)


def is_booked(trip: Trip, before: Meeting, after: Meeting) -> None:
    assert (after.state, after.when) == (MeetingState.BOOKED, before.when)
    assert [[one.when for one in copies] for copies in trip.copies(after)] == [[before.when], [before.when]]
    assert [trip.claims(one) for one in after.people] == [[before.when], [before.when]]
    assert trip.rings(trip.ben, "meeting") == 1


def is_not_there(trip: Trip, _: Meeting, after: Meeting) -> None:
    assert (after.state, after.reason) == (MeetingState.FAILED, "taken")
    assert trip.copies(after) == [[], []]
    assert [trip.claims(one) for one in after.people] == [[], []]
    assert trip.rings(trip.ben, "meeting") == 0


def is_refused(trip: Trip, _: Meeting, after: Meeting) -> None:
    assert (after.state, after.reason) == (MeetingState.FAILED, "not_found")
    assert trip.copies(after, trip.ben) == [[]]
    assert [trip.claims(one) for one in after.people] == [[], []]


def is_moved(trip: Trip, before: Meeting, after: Meeting) -> None:
    assert (after.state, after.when, after.was) == (MeetingState.BOOKED, before.moving_to, before.when)
    copies = [[(one.when, one.sequence) for one in copies] for copies in trip.copies(after)]
    assert copies == [[(before.moving_to, 1)], [(before.moving_to, 1)]]
    assert [trip.claims(one) for one in after.people] == [[before.moving_to], [before.moving_to]]
    assert trip.rings(trip.ben, "meeting") == 2


def has_stayed(trip: Trip, before: Meeting, after: Meeting) -> None:
    assert (after.state, after.when, after.reason) == (MeetingState.BOOKED, before.when, "taken")
    assert [[one.when for one in copies] for copies in trip.copies(after)] == [[before.when], [before.when]]
    assert [trip.claims(one) for one in after.people] == [[before.when], [before.when]]
    assert trip.rings(trip.ben, "meeting") == 1


def is_gone(trip: Trip, _: Meeting, after: Meeting) -> None:
    assert after.state is MeetingState.UNDONE
    assert trip.copies(after) == [[], []]
    assert [trip.claims(one) for one in after.people] == [[], []]
    assert trip.rings(trip.ben, "meeting") == 2


def is_without_ben(trip: Trip, before: Meeting, after: Meeting) -> None:
    assert after.state is MeetingState.BOOKED
    assert [len(copies) for copies in trip.copies(after)] == [1, 0]
    assert (trip.claims(trip.ana), trip.claims(trip.ben)) == ([before.when], [])


STORIES = [
    pytest.param(booking, is_booked, id="booking"),
    pytest.param(booking_over_an_event, is_not_there, id="booking over an event"),
    pytest.param(booking_that_one_refuses, is_refused, id="booking where the organiser's calendar is gone"),
    pytest.param(moving, is_moved, id="moving"),
    pytest.param(moving_over_an_event, has_stayed, id="moving over an event"),
    pytest.param(taking_back, is_gone, id="taking back"),
    pytest.param(declining, is_without_ben, id="declining"),
]

Check = Callable[[Trip, Meeting, Meeting], None]


@pytest.mark.parametrize(("story", "check"), STORIES)
def test_whatever_the_point_at_which_the_process_dies_the_next_one_goes_on(
    tmp_path: Path, story: Story, check: Check
) -> None:
    """Every point is tried, until a drive passes more points than there are; then all of them were."""
    for point in range(1, MOST_POINTS):
        folder = tmp_path / str(point)
        folder.mkdir()
        trip = Trip(folder)
        meeting = story(trip)
        trip.break_at(point)
        try:
            trip.drives(meeting.id)
            has_died = False
        except Died:
            has_died = True
        trip.points.fatal = None
        check(trip, meeting, trip.settles(meeting.id))
        trip.database.close()
        if not has_died:
            assert point > 1
            return
    raise AssertionError("there are more points than were tried")


@pytest.mark.parametrize(("story", "check"), STORIES)
def test_whoever_loses_the_loan_anywhere_leaves_the_rest_to_the_next(
    tmp_path: Path, story: Story, check: Check
) -> None:
    for point in range(MOST_POINTS):
        folder = tmp_path / str(point)
        folder.mkdir()
        trip = Trip(folder)
        meeting = story(trip)
        left = iter([True] * point)
        try:
            trip.saga.drive(TENANT, meeting.id, lambda left=left: next(left, False))  # type: ignore[misc]
            is_through = True
        except OverlapError:
            is_through = False
        check(trip, meeting, trip.settles(meeting.id))
        trip.database.close()
        if is_through:
            return
    raise AssertionError("there are more points than were tried")


@pytest.mark.parametrize(("story", "check"), STORIES)
@pytest.mark.parametrize("whose", ["ana", "ben"])
def test_a_call_that_took_effect_and_whose_answer_was_lost_is_repeated_without_harm(
    tmp_path: Path, story: Story, check: Check, whose: str
) -> None:
    trip = Trip(tmp_path)
    meeting = story(trip)
    trip.service.lose_answer(whose)
    check(trip, meeting, trip.settles(meeting.id))


@pytest.mark.parametrize("story", [booking, moving, taking_back, declining])
def test_the_loan_is_asked_for_right_before_every_call_that_counts(tmp_path: Path, story: Story) -> None:
    trip = Trip(tmp_path)
    meeting = story(trip)
    trip.points.log.clear()
    trip.drives(meeting.id)
    steps = [one for one in itertools.pairwise(trip.points.log) if one[1] in ("put", "get", "remove")]
    assert steps
    assert {before for before, _ in steps} == {"holds"}


def test_no_account_is_opened_without_the_loan(tmp_path: Path) -> None:
    trip = Trip(tmp_path)
    meeting = taking_back(trip)
    trip.points.log.clear()
    trip.is_held = False
    with pytest.raises(Stale):
        trip.drives(meeting.id)
    assert trip.points.log == ["holds"]
