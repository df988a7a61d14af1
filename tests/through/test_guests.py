"""Those whom the organiser's own service invites: people of the same service, addresses, and rooms."""

import pytest

from bot.core.events import Response
from bot.core.meetings import MeetingState, Road
from bot.playground.stands.microsoft.events import answered
from tests.builders import TENANT
from tests.through.house import House
from tests.through.services import GoogleApp, MicrosoftApp
from tests.through.test_meetings import later

WORDS = {
    "google": {"accepted": "accepted", "declined": "declined", "tentative": "tentative"},
    "microsoft": {"accepted": "accepted", "declined": "declined", "tentative": "tentativelyAccepted"},
}


@pytest.fixture(params=["google", "microsoft"])
def at(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def home(house: House, at: str) -> House:
    """Ana and Ben receive at the same service, Cem on the CalDAV server."""
    for name, where in (("ana", at), ("ben", at), ("cem", "caldav")):
        house.moves_in(name, where)
    return house


def app(home: House, name: str) -> GoogleApp | MicrosoftApp:
    found = home.apps[name]
    assert isinstance(found, GoogleApp | MicrosoftApp)
    return found


def test_a_guest_of_the_same_service_has_it_once_and_is_told_of_no_clash(home: House) -> None:
    meeting = home.books("ana", "ben", "cem")
    assert [one.road for one in meeting.attendances] == [Road.ORGANISER, Road.ATTENDEE, Road.OWN_COPY]
    assert home.stands() == [[meeting.when]] * 3
    home.settles(minutes=60)
    assert [home.rings(name, kind) for name in home.people for kind in ("conflict", "ask", "rival")] == [0] * 9
    assert home.response(meeting, "ben") is Response.NEEDS_ACTION


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED])
def test_what_a_guest_answers_in_their_calendar_is_heard(home: House, at: str, response: Response) -> None:
    meeting = home.books("ana", "ben", "cem")
    app(home, "ben").answer(WORDS[at][response.value])
    home.settles()
    assert home.response(meeting, "ben") is response
    assert home.taken("ben") == ([] if response is Response.DECLINED else [meeting.when])
    home.settles(minutes=60)
    assert home.response(meeting, "ben") is response


@pytest.mark.parametrize("response", [Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED])
def test_what_a_guest_answers_in_chat_reaches_their_calendar(home: House, at: str, response: Response) -> None:
    meeting = home.books("ana", "ben", "cem")
    home.responds(meeting, "ben", response)
    assert app(home, "ana").answers() == {home.apps["ben"].email: WORDS[at][response.value]}
    home.settles(minutes=60)
    assert home.response(meeting, "ben") is response


def test_a_guest_who_deletes_their_copy_declines(home: House) -> None:
    meeting = home.books("ana", "ben", "cem")
    home.settles()
    home.apps["ben"].delete()
    home.settles()
    assert home.response(meeting, "ben") is Response.DECLINED
    assert home.stands() == [[meeting.when], [], [meeting.when]]


def test_a_guest_follows_a_move_and_is_asked_anew(home: House) -> None:
    meeting = home.books("ana", "ben", "cem")
    app(home, "ben").answer("accepted")
    home.settles()
    moved = home.moves(meeting, later(meeting.when))
    assert home.stands() == [[moved.when]] * 3
    home.settles(minutes=30)
    assert [home.rings(name, "conflict") for name in home.people] == [0, 0, 0]
    assert home.stands() == [[moved.when]] * 3
    over = home.undoes(moved)
    assert over.state is MeetingState.UNDONE
    assert home.stands() == [[], [], []]


def test_moved_by_hand_by_its_organiser_it_moves_for_the_guest_too(home: House) -> None:
    meeting = home.books("ana", "ben", "cem")
    home.settles()
    home.apps["ana"].move(later(meeting.when, 3))
    home.settles(minutes=30)
    assert home.now(meeting).when == later(meeting.when, 3)
    assert home.stands() == [[later(meeting.when, 3)]] * 3
    assert [home.rings(name, "conflict") for name in home.people] == [0, 0, 0]


def test_an_address_alone_is_invited_by_the_organisers_service(house: House, at: str) -> None:
    house.moves_in("ana", at)
    house.known("dee", "dee@elsewhere.example")
    house.settles()
    proposal = house.asks("ana", "dee")
    proposal = house.proposing.unseen(TENANT, proposal.id, house.people["ana"])
    meeting = house.booking.book(TENANT, proposal.id, proposal.slots[0].id, house.people["ana"])
    house.settles()
    after = house.now(meeting)
    assert after.state is MeetingState.BOOKED
    assert [one.road for one in after.attendances] == [Road.ORGANISER, Road.ATTENDEE]
    assert list(app(house, "ana").answers()) == ["dee@elsewhere.example"]
    house.undoes(after)
    assert house.stands("ana") == [[]]


class Hall:
    """A room at Ana's service, which she keeps; Cem is on the CalDAV server."""

    def __init__(self, house: House, at: str) -> None:
        self.house, self.at = house, at
        house.moves_in("ana", at)
        house.moves_in("cem", "caldav")
        self.address = house.keeps_room("hall", at, keeper="ana")

    def waits(self) -> None:
        """From now on rooms do not answer."""
        self.house.world.google.office.rooms_wait = True
        self.house.world.microsoft.mailboxes.room_seconds = float("inf")

    def answers(self) -> None:
        self.house.world.microsoft.mailboxes.room_seconds = 0.0
        self.house.world.google.office.rooms_answer()

    def declines(self) -> None:
        """Whoever manages it says no."""
        google, mailboxes = self.house.world.google, self.house.world.microsoft.mailboxes
        if self.at == "google":
            (event,) = google.events(self.address)
            google.answer(self.address, event["id"], "declined")
        else:
            (held,) = app(self.house, "ana").stand.events(app(self.house, "ana").calendar)
            mailboxes.put(held.changed(attendees=answered(held.attendees, self.address, "declined")))


@pytest.fixture
def hall(house: House, at: str) -> Hall:
    return Hall(house, at)


def test_a_room_moves_with_its_meeting_and_is_given_back(hall: Hall, house: House) -> None:
    meeting = house.books("ana", "cem", "hall")
    assert (meeting.state, house.response(meeting, "hall")) == (MeetingState.BOOKED, Response.ACCEPTED)
    moved = house.moves(meeting, later(meeting.when))
    assert (moved.state, moved.when) == (MeetingState.BOOKED, later(meeting.when))
    house.settles(minutes=30)
    assert house.response(meeting, "hall") is Response.ACCEPTED
    assert house.rings("ana", "conflict") == 0
    assert house.undoes(moved).state is MeetingState.UNDONE
    assert house.taken("hall") == []


def test_nobody_is_told_before_a_room_has_answered(hall: Hall, house: House) -> None:
    hall.waits()
    house.settles()
    pressed = house.presses("ana", "cem", "hall")
    house.settles(minutes=0.3)
    assert house.now(pressed).state is MeetingState.BOOKING
    assert house.rings("cem") == 0
    hall.answers()
    house.settles()
    assert house.now(pressed).state is MeetingState.BOOKED
    assert house.response(pressed, "hall") is Response.ACCEPTED


def test_a_meeting_stands_without_the_word_of_a_silent_room(hall: Hall, house: House) -> None:
    hall.waits()
    meeting = house.books("ana", "cem", "hall")
    assert (meeting.state, house.response(meeting, "hall")) == (MeetingState.BOOKED, Response.NEEDS_ACTION)
    assert house.stands() == [[meeting.when]] * 2
    hall.answers()
    house.settles(minutes=20)
    assert house.response(meeting, "hall") is Response.ACCEPTED


def test_a_room_that_declines_in_time_takes_the_booking_back(hall: Hall, house: House) -> None:
    hall.waits()
    house.settles()
    pressed = house.presses("ana", "cem", "hall")
    house.settles(minutes=0.3)
    hall.declines()
    house.settles()
    after = house.now(pressed)
    assert (after.state, after.reason) == (MeetingState.FAILED, "room_declined")
    assert house.stands() == [[], []]
    assert house.rings("cem") == 0
    assert house.taken("hall") == []


def test_a_room_that_declines_later_is_told_to_the_organiser(hall: Hall, house: House) -> None:
    hall.waits()
    meeting = house.books("ana", "cem", "hall")
    before = house.rings("ana")
    hall.declines()
    house.settles(minutes=20)
    assert house.response(meeting, "hall") is Response.DECLINED
    assert house.now(meeting).state is MeetingState.BOOKED
    assert house.rings("ana") == before + 1
    assert house.taken("hall") == []
