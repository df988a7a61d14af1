"""A meeting over three services at once, whoever organises it: each has it once, and what anybody does reaches all."""

from datetime import timedelta

import pytest

from bot.core.events import Response
from bot.core.intervals import Interval
from bot.core.meetings import AskState, Meeting, MeetingState, Road
from tests.through.house import House

SERVICES = ("google", "microsoft", "caldav")
EVERYONE = ("ana", "ben", "cem")


@pytest.fixture(params=SERVICES)
def home(request: pytest.FixtureRequest, house: House) -> House:
    """Ana, who organises, receives there; Ben and Cem at the other two."""
    others = [one for one in SERVICES if one != request.param]
    for name, at in zip(EVERYONE, (request.param, *others), strict=True):
        house.moves_in(name, at)
    return house


@pytest.fixture
def meeting(home: House) -> Meeting:
    return home.books(*EVERYONE)


def later(when: Interval, hours: float = 24) -> Interval:
    return Interval(when.start + timedelta(hours=hours), when.end + timedelta(hours=hours))


def test_each_has_it_once_and_everything_done_in_chat_reaches_all(home: House) -> None:
    meeting = home.books(*EVERYONE)
    assert meeting.state is MeetingState.BOOKED
    assert [one.road for one in meeting.attendances] == [Road.ORGANISER, Road.OWN_COPY, Road.OWN_COPY]
    assert home.stands() == [[meeting.when]] * 3
    assert all(app.events()[0].says(meeting.id) for app in home.apps.values())
    assert [home.rings(name) for name in EVERYONE] == [1, 1, 1]
    moved = home.moves(meeting, later(meeting.when))
    assert (moved.state, moved.when) == (MeetingState.BOOKED, later(meeting.when))
    assert home.stands() == [[moved.when]] * 3
    assert [home.rings(name) for name in EVERYONE] == [1, 2, 2]
    over = home.undoes(moved)
    assert over.state is MeetingState.UNDONE
    assert home.stands() == [[]] * 3
    assert [home.taken(name) for name in EVERYONE] == [[]] * 3
    assert [home.busy(name) for name in EVERYONE] == [[]] * 3


def test_nothing_is_made_of_our_own_events(home: House, meeting: Meeting) -> None:
    told = [home.rings(name) for name in EVERYONE]
    home.settles(minutes=60)
    after = home.now(meeting)
    assert (after.when, after.sequence) == (meeting.when, meeting.sequence)
    assert [one.response for one in after.attendances] == [one.response for one in meeting.attendances]
    assert [home.rings(name) for name in EVERYONE] == told
    assert [home.rings(name, kind) for name in EVERYONE for kind in ("ask", "conflict", "doubt", "rival")] == [0] * 12


def test_the_link_of_the_organisers_service_comes_late_and_is_on_every_copy(home: House) -> None:
    home.world.google.office.meets_wait = home.world.microsoft.mailboxes.links_wait = True
    home.settles()
    pressed = home.presses(*EVERYONE)
    home.settles(minutes=2)
    meeting = home.now(pressed)
    assert meeting.state is MeetingState.BOOKED
    assert meeting.link is None
    home.world.google.office.meets_wait = home.world.microsoft.mailboxes.links_wait = False
    home.world.google.office.videos_arrive()
    home.settles(minutes=20)
    meeting = home.now(pressed)
    assert meeting.wants_video is (home.apps["ana"].account.provider != "caldav")
    if not meeting.wants_video:
        assert meeting.link is None
        return
    assert meeting.link is not None
    assert [app.events()[0].says(meeting.link) for app in home.apps.values()] == [True] * 3
    assert home.stands() == [[meeting.when]] * 3
    moved = home.moves(meeting, later(meeting.when))
    assert moved.link == meeting.link
    assert [app.events()[0].says(meeting.link) for app in home.apps.values()] == [True] * 3


def test_what_its_organiser_moves_by_hand_moves_for_all(home: House, meeting: Meeting) -> None:
    to = later(meeting.when, 2)
    home.apps["ana"].move(to)
    home.settles()
    moved = home.now(meeting)
    assert (moved.state, moved.when) == (MeetingState.BOOKED, to)
    assert home.stands() == [[to]] * 3
    assert [home.taken(name) for name in EVERYONE] == [[to]] * 3
    assert [home.rings(name) for name in EVERYONE] == [1, 2, 2]
    home.settles(minutes=60)
    assert home.now(meeting).sequence == moved.sequence
    assert [home.rings(name) for name in EVERYONE] == [1, 2, 2]


def test_what_its_organiser_deletes_by_hand_is_cancelled_for_all(home: House, meeting: Meeting) -> None:
    home.apps["ana"].delete()
    home.settles()
    assert home.now(meeting).state is MeetingState.CANCELLED
    assert home.stands() == [[]] * 3
    assert [home.taken(name) for name in EVERYONE] == [[]] * 3


def test_what_a_participant_moves_goes_back_and_is_asked_for(home: House, meeting: Meeting) -> None:
    home.apps["ben"].move(later(meeting.when, 3))
    home.settles()
    assert home.now(meeting).when == meeting.when
    assert home.stands() == [[meeting.when]] * 3
    (ask,) = home.open_asks(meeting)
    assert (ask.by, ask.state, ask.wanted) == (home.people["ben"], AskState.OPEN, later(meeting.when, 3))
    assert home.rings("ana", "ask") == 1


def test_what_a_participant_deletes_is_declined(home: House, meeting: Meeting) -> None:
    home.apps["ben"].delete()
    home.settles()
    assert home.response(meeting, "ben") is Response.DECLINED
    assert home.stands() == [[meeting.when], [], [meeting.when]]
    assert home.taken("ben") == []
    home.responds(meeting, "ben", Response.ACCEPTED)
    assert home.response(meeting, "ben") is Response.ACCEPTED
    assert home.stands() == [[meeting.when]] * 3


def test_declined_in_chat_goes_from_their_calendar(home: House, meeting: Meeting) -> None:
    home.responds(meeting, "cem", Response.DECLINED)
    assert home.stands() == [[meeting.when], [meeting.when], []]
    home.settles(minutes=30)
    assert home.response(meeting, "cem") is Response.DECLINED


def test_what_comes_in_between_books_nothing(home: House) -> None:
    home.settles()
    pressed = home.presses(*EVERYONE)
    home.apps["cem"].place(pressed.when)
    home.settles()
    after = home.now(pressed)
    assert (after.state, after.reason) == (MeetingState.FAILED, "taken")
    assert home.stands() == [[], [], [pressed.when]]
    assert [home.rings(name) for name in ("ben", "cem")] == [0, 0]


def test_what_comes_later_is_told_as_a_conflict_once(home: House, meeting: Meeting) -> None:
    home.apps["ben"].place(meeting.when)
    home.settles(minutes=30)
    assert [home.rings(name, "conflict") for name in EVERYONE] == [0, 1, 0]


def test_services_that_forgot_where_we_were_cost_a_reading_and_tell_nobody_anything(
    home: House, meeting: Meeting
) -> None:
    home.world.google.lists.forget()
    home.world.microsoft.deltas.forget()
    home.world.google.lists.page_size = home.world.microsoft.office.page_limit = 1
    home.world.google.lists.empty_pages = 1
    home.settles(minutes=12)
    assert [home.busy(name) for name in EVERYONE] == [[meeting.when]] * 3
    home.apps["ana"].move(later(meeting.when, 2))
    home.world.google.lists.forget()
    home.world.microsoft.deltas.forget()
    home.settles()
    assert home.now(meeting).when == later(meeting.when, 2)
    assert home.stands() == [[later(meeting.when, 2)]] * 3
    assert [home.rings(name) for name in EVERYONE] == [1, 2, 2]
