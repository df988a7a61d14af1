"""What goes wrong between the press and the event: each ends in one plain reason, and nothing is left half done."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.calendars import Access, Problem
from bot.core.events import Response
from bot.core.meetings import MeetingState, Road
from bot.playground.stands.google.calls import Fault
from tests.through.house import House
from tests.through.services import GoogleApp, MicrosoftApp
from tests.through.test_meetings import later

OTHER = {"google": "microsoft", "microsoft": "google"}


@pytest.fixture(params=["google", "microsoft"])
def at(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def home(house: House, at: str) -> House:
    """Ana, who organises, receives there; Ben at the other of the two, Cem on the CalDAV server."""
    for name, where in (("ana", at), ("ben", OTHER[at]), ("cem", "caldav")):
        house.moves_in(name, where)
    house.settles()
    return house


def app(home: House, name: str) -> GoogleApp | MicrosoftApp:
    found = home.apps[name]
    assert isinstance(found, GoogleApp | MicrosoftApp)
    return found


def refuses_writes(home: House, at: str, status: int, reason: str, wait: int | None = None) -> None:
    """That service refuses the next event."""
    if at == "google":
        fault = Fault(status, reason, method="calendar.events.insert", retry_after=wait)
        home.world.google.faults.append(fault)
    else:
        told = "" if wait is None else str(wait)
        home.world.microsoft.graph.fail(status, reason, path="/events", method="POST", retry_after=told)


def vanishes(home: House, name: str) -> None:
    theirs = app(home, name)
    if isinstance(theirs, GoogleApp):
        theirs.stand.drop_calendar(theirs.email)
    else:
        theirs.stand.delete_calendar(theirs.calendar)


def is_revoked(home: House, name: str) -> None:
    app(home, name).stand.revoke(app(home, name).email)


def is_read_only(home: House, name: str) -> None:
    theirs = app(home, name)
    if isinstance(theirs, GoogleApp):
        theirs.stand.office.calendars[theirs.email].owner = "somebody@else.example"
        theirs.stand.share(theirs.email, theirs.email, "reader")
    else:
        theirs.stand.mailboxes.shelves[theirs.calendar].can_edit = False


LASTING = {
    "its calendar is gone": (vanishes, "not_found"),
    "its grant is taken back": (is_revoked, "sign_in_needed"),
    "its calendar can only be read": (is_read_only, "refused"),
}
TROUBLES = [pytest.param(strike, reason, id=name) for name, (strike, reason) in LASTING.items()]


@pytest.mark.parametrize(("strike", "reason"), TROUBLES)
def test_what_lasts_at_the_organisers_books_nothing_and_says_why(
    home: House, strike: Callable[[House, str], None], reason: str
) -> None:
    pressed = home.presses("ana", "ben", "cem")
    strike(home, "ana")
    home.settles()
    after = home.now(pressed)
    assert (after.state, after.reason) == (MeetingState.FAILED, reason)
    assert home.stands("ben", "cem") == [[], []]
    assert [home.rings(name) for name in ("ben", "cem")] == [0, 0]
    assert [home.taken(name) for name in ("ben", "cem")] == [[], []]


@pytest.mark.parametrize(("strike", "reason"), TROUBLES)
def test_what_lasts_at_a_participants_leaves_them_without_a_copy_and_says_why(
    home: House, strike: Callable[[House, str], None], reason: str
) -> None:
    pressed = home.presses("ana", "ben", "cem")
    strike(home, "ben")
    home.settles()
    after = home.now(pressed)
    assert after.state is MeetingState.BOOKED
    ben = after.attendance(home.people["ben"])
    assert ben is not None
    assert (ben.road, ben.why) == (Road.NONE, reason)
    assert home.stands("ana", "cem") == [[after.when]] * 2


def test_a_full_mailbox_books_nothing_and_says_so(house: House) -> None:
    for name, where in (("ana", "microsoft"), ("ben", "google")):
        house.moves_in(name, where)
    house.settles()
    pressed = house.presses("ana", "ben")
    refuses_writes(house, "microsoft", 507, "ErrorQuotaExceeded")
    house.settles()
    after = house.now(pressed)
    assert (after.state, after.reason) == (MeetingState.FAILED, "full")
    assert house.stands() == [[], []]


def test_a_service_that_is_away_for_an_hour_books_nothing_and_nobody_waits(home: House, at: str) -> None:
    pressed = home.presses("ana", "ben", "cem")
    refuses_writes(home, at, 429, "rateLimitExceeded" if at == "google" else "ApplicationThrottled", 3600)
    home.settles(minutes=1)
    after = home.now(pressed)
    assert (after.state, after.reason) == (MeetingState.FAILED, "away")
    assert [home.rings(name) for name in ("ben", "cem")] == [0, 0]
    home.settles(minutes=90)
    assert home.stands() == [[], [], []]
    assert [home.taken(name) for name in home.people] == [[], [], []]


def test_a_participants_service_that_is_away_for_an_hour_gets_its_copy_then(home: House, at: str) -> None:
    pressed = home.presses("ana", "ben", "cem")
    reason = "rateLimitExceeded" if OTHER[at] == "google" else "ApplicationThrottled"
    refuses_writes(home, OTHER[at], 429, reason, 3600)
    home.settles(minutes=2)
    after = home.now(pressed)
    assert after.state is MeetingState.BOOKED
    assert home.stands() == [[after.when], [], [after.when]]
    home.settles(minutes=75)
    assert home.stands() == [[after.when]] * 3


def test_a_permission_that_is_missing_at_the_write_is_asked_for_and_the_booking_goes_on(house: House) -> None:
    for name, where in (("ana", "google"), ("ben", "microsoft")):
        house.moves_in(name, where)
    house.settles()
    pressed = house.presses("ana", "ben")
    refuses_writes(house, "google", 403, "insufficientPermissions")
    house.settles(minutes=2)
    waiting = house.now(pressed)
    assert waiting.state is MeetingState.BOOKING
    assert waiting.awaits_consent_until is not None
    assert house.rings("ana") == 2, "when it was pressed, and when it had to be allowed"
    assert house.rings("ben") == 0
    ana = app(house, "ana")
    house.connects("ana", ana.sign_in(Access.FULL), ana.calendar)
    house.settles()
    assert house.now(pressed).state is MeetingState.BOOKED
    assert house.stands() == [[pressed.when]] * 2


class TestStepUp:
    """Ana allowed only to see when she is busy; her first booking asks for more."""

    @pytest.fixture
    def seeing(self, house: House, at: str) -> House:
        house.moves_in("ana", at, Access.FREEBUSY)
        house.moves_in("ben", OTHER[at])
        house.moves_in("cem", "caldav")
        house.settles()
        return house

    def test_what_waits_for_consent_stands_nowhere_and_is_told_to_nobody_else(self, seeing: House) -> None:
        pressed = seeing.presses("ana", "ben", "cem")
        seeing.settles(minutes=10)
        assert seeing.now(pressed).state is MeetingState.BOOKING
        assert seeing.stands() == [[], [], []]
        assert [seeing.rings(name) for name in ("ben", "cem")] == [0, 0]
        assert [seeing.taken(name) for name in seeing.people] == [[pressed.when]] * 3

    def test_once_allowed_it_goes_on_by_itself(self, seeing: House) -> None:
        pressed = seeing.presses("ana", "ben", "cem")
        seeing.settles(minutes=10)
        ana = app(seeing, "ana")
        seeing.connects("ana", ana.sign_in(Access.FULL), ana.calendar)
        seeing.settles(minutes=3)
        assert seeing.now(pressed).state is MeetingState.BOOKED
        assert seeing.stands() == [[pressed.when]] * 3

    def test_after_fifteen_minutes_it_is_taken_back(self, seeing: House) -> None:
        pressed = seeing.presses("ana", "ben", "cem")
        seeing.settles(minutes=16)
        after = seeing.now(pressed)
        assert (after.state, after.reason) == (MeetingState.FAILED, "no_consent")
        assert seeing.stands() == [[], [], []]
        assert [seeing.taken(name) for name in seeing.people] == [[], [], []]
        assert [seeing.rings(name) for name in ("ben", "cem")] == [0, 0]


def test_what_its_owner_edits_meanwhile_stays_and_the_move_arrives(home: House, at: str) -> None:
    meeting = home.books("ana", "ben", "cem")
    ana = app(home, "ana")
    if isinstance(ana, GoogleApp):
        named = ana.only
        edit: Callable[[], object] = lambda: ana.stand.edit(ana.email, named, location="Room 5")  # noqa: E731
        home.world.google.meanwhile["calendar.events.patch"] = edit
    else:
        held = ana.only
        home.world.microsoft.graph.race(
            "PATCH", lambda: ana.stand.mailboxes.put(ana.stand.mailboxes.events[held.id].changed(location="Room 5"))
        )
    moved = home.moves(meeting, later(meeting.when))
    assert (moved.state, moved.when) == (MeetingState.BOOKED, later(meeting.when))
    assert home.stands() == [[moved.when]] * 3
    assert ana.events()[0].says("Room 5")


def test_a_broken_account_is_told_to_its_owner_once_and_cancels_nothing(home: House) -> None:
    meeting = home.books("ana", "ben", "cem")
    is_revoked(home, "ana")
    home.settles(minutes=60)
    after = home.now(meeting)
    assert after.state is MeetingState.BOOKED
    assert home.calendar("ana").problem is Problem.SIGN_IN_NEEDED
    assert home.stands("ben", "cem") == [[meeting.when]] * 2
    assert home.rings("ana", "connection") == 2, "when it was connected, and when it broke"
    assert [one.response for one in after.attendances[1:]] == [Response.NEEDS_ACTION] * 2
    home.clock.move(timedelta(hours=1))
    ana = app(home, "ana")
    home.connects("ana", ana.sign_in(Access.FULL), ana.calendar)
    home.settles()
    assert home.now(meeting).state is MeetingState.BOOKED
    assert home.stands() == [[meeting.when]] * 3


def test_a_vanished_calendar_cancels_nothing_by_itself(home: House) -> None:
    meeting = home.books("ana", "ben", "cem")
    vanishes(home, "ana")
    home.settles(minutes=60)
    assert home.now(meeting).state is MeetingState.BOOKED
    assert home.stands("ben", "cem") == [[meeting.when]] * 2
    assert home.undoes(meeting).state is MeetingState.UNDONE
    assert home.stands("ben", "cem") == [[], []]


@pytest.mark.parametrize("company", ["guest", "room"])
def test_an_event_whose_answer_was_lost_is_not_taken_for_somebody_elses(house: House, at: str, company: str) -> None:
    house.moves_in("ana", at)
    house.moves_in("cem", "caldav")
    if company == "guest":
        house.moves_in("ben", at)
    else:
        house.keeps_room("ben", at, keeper="ana")
    house.settles()
    pressed = house.presses("ana", "ben", "cem")
    if at == "google":
        house.world.google.faults.append(Fault(503, method="calendar.events.insert", is_done=True))
    else:
        house.world.microsoft.graph.loses_answer = True
    house.settles()
    after = house.now(pressed)
    assert (after.state, after.reason) == (MeetingState.BOOKED, "")
    assert house.stands() == [[after.when] for _ in house.apps]
    assert house.rings("cem") == 1
