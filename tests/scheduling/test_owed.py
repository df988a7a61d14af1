"""What a booking waits for by rows: its organiser's consent, a video link, the answer of a room."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Access
from bot.core.errors import ConsentNeeded
from bot.core.events import Response
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.meetings import Meeting, MeetingState, Road
from bot.core.people import ChatIdentity, Profile, Standing
from bot.providers.base import Abilities, shared
from bot.scheduling.saga_plan import CONSENT, LINKS, ROOMS
from bot.storage import calendars, meetings, people
from tests.builders import NOW, TENANT, calendar, connection
from tests.scheduling.booked import Trip
from tests.scheduling.town import WINDOW

MEETS = Abilities(invites=True, keeps_uid=False, video="Twin Meet", sees_colleagues=True)
ELBE = "elbe@example.org"


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path, MEETS)


def allow(trip: Trip, person: PersonId, access: Access) -> None:
    with trip.database.transaction() as tx:
        held = calendars.calendar(tx, TENANT, trip.calendar(person))
        calendars.granted(tx, TENANT, held.connection, access)


def drive_until(trip: Trip, meeting: Meeting, done: Callable[[Meeting], bool]) -> Meeting:
    for _ in range(40):
        again = trip.drives(meeting.id)
        if done(trip.now(meeting.id)):
            return trip.now(meeting.id)
        assert again is not None
        trip.clock.set(max(again, trip.clock.now()))
    raise AssertionError("it never comes to that")


def is_booked(meeting: Meeting) -> bool:
    return meeting.state is MeetingState.BOOKED


# -- consent


def test_nothing_is_written_before_its_organiser_allows_it(trip: Trip) -> None:
    allow(trip, trip.ana, Access.FREEBUSY)
    meeting = trip.books()
    assert trip.drives(meeting.id) == NOW + CONSENT
    assert trip.stands(trip.ana) == trip.stands(trip.ben) == []
    assert trip.claims(trip.ben) == [meeting.when], "the claim is kept"
    with trip.database.reading() as tx:
        assert meetings.awaiting_consent(tx, TENANT, trip.ana) == [meeting.id]
        assert meetings.awaiting_consent(tx, TENANT, trip.ben) == []


def test_once_allowed_the_booking_goes_on(trip: Trip) -> None:
    allow(trip, trip.ana, Access.FREEBUSY)
    meeting = trip.books()
    trip.drives(meeting.id)
    trip.clock.move(timedelta(minutes=5))
    allow(trip, trip.ana, Access.FULL)
    assert is_booked(trip.settles(meeting.id))
    assert len(trip.stands(trip.ana)) == 1


def test_without_consent_in_time_it_is_undone(trip: Trip) -> None:
    allow(trip, trip.ana, Access.FREEBUSY)
    after = trip.settles(trip.books().id)
    assert (after.state, after.reason) == (MeetingState.FAILED, "no_consent")
    assert trip.claims(trip.ana) == trip.claims(trip.ben) == []


def test_a_scope_that_turns_out_to_be_missing_is_asked_for(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.trouble("ana", ConsentNeeded("a scope is missing"))
    trip.drives(meeting.id)
    waiting = trip.now(meeting.id)
    assert (waiting.state, waiting.awaits_consent_until) == (MeetingState.BOOKING, NOW + CONSENT)
    assert trip.rings(trip.ana, "meeting") == 2
    trip.service.trouble("ana", None)
    allow(trip, trip.ana, Access.FULL)
    assert is_booked(trip.settles(meeting.id))


def test_a_guest_who_allows_no_writing_is_invited(trip: Trip) -> None:
    allow(trip, trip.ben, Access.FREEBUSY)
    booked = trip.settles(trip.books().id)
    assert booked.attendances[1].road is Road.ATTENDEE
    assert len(trip.stands(trip.ben)) == 1


def test_a_guest_whom_nothing_reaches_gets_their_copy_once_they_allow_it(tmp_path: Path) -> None:
    trip = Trip(tmp_path)
    allow(trip, trip.ben, Access.FREEBUSY)
    booked = trip.settles(trip.books().id)
    assert booked.attendances[1].road is Road.NONE
    trip.changing.respond(TENANT, booked.id, trip.ben, Response.ACCEPTED)
    trip.settles(booked.id)
    with trip.database.reading() as tx:
        assert meetings.awaiting_consent(tx, TENANT, trip.ben) == [booked.id]
    assert trip.stands(trip.ben) == []
    allow(trip, trip.ben, Access.FULL)
    assert trip.settles(booked.id).attendances[1].road is Road.OWN_COPY
    assert [one.ours for one in trip.stands(trip.ben)] == [booked.id]


# -- video


def test_the_link_that_the_service_makes_is_the_meetings(trip: Trip) -> None:
    booked = trip.settles(trip.books().id)
    assert booked.link == f"https://video.example.org/{booked.uid}"


def test_a_link_that_is_late_follows(trip: Trip) -> None:
    trip.service.makes_links = False
    booked = drive_until(trip, trip.books(), is_booked)
    assert (booked.link, trip.clock.now()) == (None, NOW + LINKS)
    assert trip.redrawn(trip.ben, "meeting")
    trip.service.make_links()
    linked = drive_until(trip, booked, lambda one: one.link is not None)
    assert (linked.sequence, linked.state) == (booked.sequence, MeetingState.BOOKED)
    assert trip.redrawn(trip.ben, "meeting")
    assert trip.rings(trip.ben, "meeting") == 1, "it is an edit"


def test_a_link_that_never_comes_is_not_looked_for_for_ever(trip: Trip) -> None:
    trip.service.makes_links = False
    booked = drive_until(trip, trip.books(), is_booked)
    for _ in range(60):
        again = trip.drives(booked.id)
        if again is None:
            return
        trip.clock.set(max(again, trip.clock.now()))
    raise AssertionError("it is looked for for ever")


# -- rooms


@pytest.fixture
def elbe(trip: Trip) -> PersonId:
    """A room of the same service, seen by address through Cem's account, who keeps it."""
    profile = Profile(
        identity=ChatIdentity(TENANT, f"room:{ELBE}"), name="Elbe", zone="UTC", standing=Standing.ROOM, email=ELBE
    )
    trip.service.halls[ELBE] = Response.NEEDS_ACTION
    with trip.database.transaction() as tx:
        room = people.keep(tx, profile, NOW).id
        seen = replace(calendar("elbe-seen"), person=room, remote=shared(ELBE), window=WINDOW, is_writable=False)
        calendars.add(tx, replace(seen, connection=connection("cem").id, cadence=timedelta(days=1)))
    trip.lends(seen.id, "cem", shared(ELBE))
    return room


def response(meeting: Meeting, person: PersonId) -> Response:
    part = meeting.attendance(person)
    assert part is not None
    return part.response


def test_a_room_is_invited_and_its_yes_is_waited_for(trip: Trip, elbe: PersonId) -> None:
    meeting = trip.books(trip.ben, elbe)
    trip.drives(meeting.id)
    assert trip.now(meeting.id).state is MeetingState.BOOKING
    trip.service.hall_answers(ELBE, Response.ACCEPTED)
    booked = trip.settles(meeting.id)
    assert is_booked(booked)
    assert response(booked, elbe) is Response.ACCEPTED
    assert trip.sees(elbe, "meeting") == [], "nobody writes to a room"


def test_a_room_that_says_no_undoes_the_booking(trip: Trip, elbe: PersonId) -> None:
    trip.service.halls[ELBE] = Response.DECLINED
    after = trip.settles(trip.books(trip.ben, elbe).id)
    assert (after.state, after.reason) == (MeetingState.FAILED, "room_declined")
    assert trip.stands(trip.ana) == trip.stands(trip.ben) == []
    assert trip.proposal(after).slots, "fresh times are on offer"


def test_a_room_that_does_not_answer_is_followed_later(trip: Trip, elbe: PersonId) -> None:
    booked = drive_until(trip, trip.books(trip.ben, elbe), is_booked)
    assert (response(booked, elbe), trip.clock.now()) == (Response.NEEDS_ACTION, NOW + ROOMS)
    rings = trip.rings(trip.ana, "meeting")
    trip.service.hall_answers(ELBE, Response.DECLINED)
    after = drive_until(trip, booked, lambda one: response(one, elbe) is Response.DECLINED)
    assert is_booked(after)
    assert trip.rings(trip.ana, "meeting") == rings + 1, "its organiser must do something"
    assert trip.claims(elbe) == []


def test_a_room_that_is_a_calendar_gets_the_event_itself(trip: Trip) -> None:
    with trip.database.transaction() as tx:
        profile = Profile(
            identity=ChatIdentity(TENANT, "room:alster"), name="Alster", zone="UTC", standing=Standing.ROOM
        )
        alster = people.keep(tx, profile, NOW).id
        keeper = replace(connection("alster", provider="caldav"), person=trip.cem)
        calendars.add_connection(tx, keeper, b"sealed")
    made = trip.adds(alster, "alster", "work")
    booked = trip.settles(trip.books(trip.ben, alster).id)
    part = booked.attendance(alster)
    assert part is not None
    assert (part.road, part.calendar, part.response) == (Road.OWN_COPY, made, Response.ACCEPTED)
    assert [one.ours for one in trip.stands(alster)] == [booked.id]


def test_a_room_seen_by_address_is_not_in_its_own_way(trip: Trip, elbe: PersonId) -> None:
    trip.service.halls[ELBE] = Response.ACCEPTED
    booked = trip.settles(trip.books(trip.ben, elbe).id)
    later = Interval(booked.when.start + timedelta(minutes=15), booked.when.end + timedelta(minutes=15))
    trip.reads(elbe)
    trip.changing.move(TENANT, booked.id, later, trip.ana)
    assert trip.settles(booked.id).when == later
