"""A room of Google's or Microsoft's, from its address to the meeting that it answers, before their stand-ins."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.events import Response
from bot.core.ids import MeetingId, PersonId
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.core.people import Person
from bot.people.grants import Grants
from bot.people.pending import Pending
from bot.people.rooms import Details, Unfit
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.base import Account, Providers
from bot.providers.registry import Services, providers
from bot.scheduling.book import Booking
from bot.scheduling.propose import Proposing
from bot.scheduling.saga import Saga
from bot.storage import calendars, due, ledger, meetings, mirror, people
from bot.sync.engine import Sync
from tests.builders import TENANT, request, span
from tests.contracts.google_stage import account, client
from tests.contracts.microsoft_stage import OnMicrosoft, services, signed_in
from tests.people.desk import Desk, a_desk

ANA, ELBE = "ana@acme.example", "c_elbe@resource.calendar.google.com"
MOST_DRIVES = 60


class House:
    """Ana, whose account keeps Elbe, and everybody who books it."""

    def __init__(self, desk: Desk, opening: Providers, signed_in: Account, room: str) -> None:
        self.desk = desk
        desk.connecting = replace(desk.connecting, providers=opening)
        desk.grants = Grants(desk.database, desk.connecting.vault, opening)
        session = desk.opened().session
        assert isinstance(desk.connecting.propose(session, signed_in), Pending)
        connected = desk.connecting.confirm(session)
        assert connected is not None
        made = desk.rooms.add_address(desk.ana, connected.id, room, Details(name="Elbe", zone="Europe/Berlin"), None)
        assert not isinstance(made, Unfit)
        self.elbe: PersonId = made
        self.sync = Sync(desk.database, desk.clock, desk.connecting.vault, desk.grants.open_calendar)
        self.saga = Saga(desk.database, desk.clock, desk.grants.open_calendar)
        self.reads()

    def reads(self) -> None:
        """Both calendars."""
        with self.desk.database.reading() as tx:
            held = calendars.of_people(tx, TENANT, (self.desk.ana.id, self.elbe))
        for one in held:
            self.sync.read(TENANT, one.id)

    def books(self) -> Meeting:
        desk = self.desk
        proposing, booking = Proposing(desk.database, desk.clock), Booking(desk.database, desk.clock)
        with desk.database.reading() as tx:
            room: Person = people.person(tx, TENANT, self.elbe)
        proposal = proposing.propose(request("elbe"), desk.ana, [room])
        assert proposal.slots
        return booking.book(TENANT, proposal.id, proposal.slots[0].id, desk.ana.id)

    def drives(self, meeting: MeetingId, *states: MeetingState) -> Meeting:
        """The saga, until it is in one of those states, or nothing is left to do."""
        for _ in range(MOST_DRIVES):
            again = self.saga.drive(TENANT, meeting, lambda: True)
            if self.now(meeting).state in states or again is None:
                return self.now(meeting)
            self.desk.clock.set(max(again, self.desk.clock.now()))
        raise AssertionError("it never comes to that")

    def now(self, meeting: MeetingId) -> Meeting:
        with self.desk.database.reading() as tx:
            return meetings.meeting(tx, TENANT, meeting)

    def part(self, meeting: Meeting) -> Attendance:
        found = meeting.attendance(self.elbe)
        assert found is not None
        return found


class AtGoogle(House):
    """The same, at Google."""

    def __init__(self, desk: Desk, google: GoogleStand) -> None:
        self.google = google
        google.add(ANA, "Ana")
        google.add_room(ELBE, "Elbe", capacity=8)
        super().__init__(desk, providers(Services(google=client(google))), account(google, ANA), ELBE)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[AtGoogle]:
    with a_desk(tmp_path) as desk, GoogleStand(now=desk.clock.now) as google:
        yield AtGoogle(desk, google)
        assert google.sins == []


def test_a_room_that_answers_at_once_is_booked(house: AtGoogle) -> None:
    meeting = house.drives(house.books().id, MeetingState.BOOKED)
    assert house.part(meeting).road is Road.ATTENDEE
    assert house.part(meeting).response is Response.ACCEPTED
    (event,) = house.google.events(ELBE)
    assert [one["email"] for one in event["attendees"] if one.get("resource")] == [ELBE]
    with house.desk.database.reading() as tx:
        assert ledger.taken(tx, TENANT, [house.elbe], meeting.when, house.desk.clock.now(), besides=None)


def test_a_room_that_answers_later_is_waited_for(house: AtGoogle) -> None:
    house.google.office.rooms_wait = True
    booked = house.books().id
    house.saga.drive(TENANT, booked, lambda: True)
    assert house.now(booked).state is MeetingState.BOOKING
    house.google.office.rooms_answer()
    house.desk.clock.move(timedelta(seconds=5))
    assert house.part(house.drives(booked, MeetingState.BOOKED)).response is Response.ACCEPTED


def test_a_room_that_somebody_took_meanwhile_undoes_the_booking(house: AtGoogle) -> None:
    booked = house.books()
    house.google.place(ELBE, start=booked.when.start, end=booked.when.end)
    after = house.drives(booked.id, MeetingState.FAILED)
    assert after.state is MeetingState.FAILED
    assert [one for one in house.google.events(ANA) if one.get("status") != "cancelled"] == []


def test_when_it_is_taken_is_offered_to_nobody(house: AtGoogle) -> None:
    day = span("08:00-18:00")
    house.google.place(ELBE, start=day.start, end=day.end)
    house.reads()
    assert not house.books().when.overlaps(day)
    with house.desk.database.reading() as tx:
        assert due.waiting(tx, ["meeting"], house.desk.clock.now()) == ["meeting"]


def test_a_room_of_microsofts_is_read_invited_and_answers(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, MicrosoftStand((), folder=tmp_path) as microsoft:
        stage = OnMicrosoft(microsoft)
        room = stage.room("elbe")
        house = House(desk, providers(services(microsoft)), signed_in(microsoft, stage.email), room)
        meeting = house.drives(house.books().id, MeetingState.BOOKED)
        assert house.part(meeting).road is Road.ATTENDEE
        assert house.part(meeting).response is Response.ACCEPTED
        house.reads()
        with desk.database.reading() as tx:
            (its,) = calendars.of_person(tx, TENANT, house.elbe)
            assert [one.instance.when for one in mirror.busy(tx, TENANT, [its.id], meeting.when)] == [meeting.when]
