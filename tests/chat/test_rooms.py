"""Rooms in the chat: listed for everybody, changed by administrators, booked like people and never written to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.cards import OpenPage, Press
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.people import Person
from bot.people.rooms import Details, Unfit
from bot.storage import calendars, ledger, rooms
from tests.chat.office import NOW, Office, labels

DETAILS = Details(name="Elbe", capacity=8, building="Harbour", features=("screen",), zone="Europe/Berlin")
AHEAD = Interval(NOW, NOW + timedelta(days=30))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    office.joins("ana", calendars=("Work", "Elbe"), is_admin=True)
    office.joins("alex")
    yield office
    office.database.close()


@pytest.fixture
def elbe(office: Office) -> PersonId:
    ana = office.person("ana")
    with office.database.reading() as tx:
        (held,) = [one for one in calendars.of_person(tx, office.tenant, ana.id) if one.name == "Elbe"]
    made = office.rooms.add_calendar(ana, held.id, DETAILS, None)
    assert not isinstance(made, Unfit)
    office.works()
    return made


def the(office: Office, person: PersonId) -> Person:
    return next(one.person for one in office.rooms.every(office.tenant) if one.person.id == person)


def test_everybody_reads_which_rooms_there_are_and_how_to_book_one(office: Office, elbe: PersonId) -> None:
    office.types("alex", "rooms")
    card = office.whisper("alex").card
    assert "@elbe: Elbe, 8 seats, screen" in card.summary
    assert "Harbour" in card.summary
    assert "/meet @alex @elbe 30m tomorrow" in card.summary
    assert labels(card) == []


def test_where_there_is_none_it_says_who_can_add_them(office: Office) -> None:
    office.types("alex", "rooms")
    assert "Whoever administers this workspace can add them." in office.whisper("alex").card.summary


def test_an_administrator_gets_a_link_of_their_own(office: Office) -> None:
    office.types("ana", "rooms")
    (button,) = office.whisper("ana").card.buttons
    assert isinstance(button.does, OpenPage)


def test_where_words_last_the_list_lasts_with_a_button_that_makes_links(tmp_path: Path) -> None:
    office = Office(tmp_path, whispers=False)
    office.joins("ana", is_admin=True)
    office.types("ana", "rooms")
    (button,) = office.dm("ana").card.buttons
    assert isinstance(button.does, Press)
    assert "There are no rooms here yet." in office.dm("ana").card.summary
    office.database.close()


def test_a_room_is_booked_with_a_person_and_hears_nothing(office: Office, elbe: PersonId) -> None:
    office.types("ana", "@alex @elbe 30m next week")
    shown = office.whisper("ana").card
    assert "30 min with Alex, in Elbe" in shown.summary
    assert "Free in Elbe, 8 seats." in shown.summary
    office.presses("ana", office.whisper("ana"), labels(shown)[0])
    assert "Elbe is booked." in office.dm("ana").card.summary
    room = the(office, elbe)
    assert office.surface.seen(room.identity.user) == []
    events = office.service.events(office.remote("ana", "Elbe"))
    assert len(events) == 1
    assert "Waiting for Elbe" not in office.dm("ana").card.summary


def test_a_room_is_taken_while_it_is_claimed(office: Office, elbe: PersonId) -> None:
    office.types("ana", "@alex @elbe 30m next week")
    office.presses("ana", office.whisper("ana"), labels(office.whisper("ana").card)[0])
    office.joins("kim")
    with office.database.reading() as tx:
        taken = ledger.taken(tx, office.tenant, [elbe], AHEAD, office.clock.now(), besides=None)
    assert len(taken) == 1
    office.types("kim", "@room-elbe 30m next week")
    assert "30 min in Elbe" in office.whisper("kim").card.summary
    assert labels(office.whisper("kim").card)[0].startswith("Book")


def test_a_room_that_nobody_can_see_is_not_free_and_nobody_is_asked_to_connect_it(
    office: Office, elbe: PersonId
) -> None:
    with office.database.transaction() as tx:
        for one in calendars.of_person(tx, office.tenant, elbe):
            rooms.drop_calendar(tx, one)
        rooms.keep(tx, replace(rooms.room(tx, office.tenant, elbe), keeper=None, lost_at=NOW))
    office.types("ana", "@alex @elbe 30m next week")
    card = office.whisper("ana").card
    assert "I can't see Elbe's calendar" in card.summary
    assert "Ask Elbe to connect" not in labels(card)
    assert not any(label.startswith("Book Mon") for label in labels(card))
