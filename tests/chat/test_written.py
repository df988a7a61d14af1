"""What people read while a calendar is being written, and why it was not."""

from dataclasses import replace

import pytest

from bot.chat.cards import Press
from bot.core.calendars import Access
from bot.core.events import Response
from bot.core.intervals import Interval
from bot.core.meetings import LIVE, Attendance, Road
from bot.core.people import ChatIdentity, Profile, Standing
from bot.storage import calendars, meetings, people
from tests.chat.office import Office
from tests.chat.test_story import FIRST, booked, office, stands

__all__ = ["booked", "office"]


def allow(office: Office, user: str, access: Access) -> None:
    person = office.person(user)
    with office.database.transaction() as tx:
        held = calendars.receiving(tx, office.tenant, person.id)
        assert held is not None
        calendars.granted(tx, office.tenant, held.connection, access)


def test_one_more_permission_is_asked_for_with_one_button(office: Office) -> None:
    allow(office, "ana", Access.FREEBUSY)
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), FIRST)
    card = office.dm("ana").card
    assert "Allow Overlap to write to ana" in card.summary
    assert "and this is booked." in card.summary
    (button,) = card.buttons
    assert isinstance(button.does, Press)
    assert button.does.verb == "connect.consent"
    assert stands(office, "ana") == stands(office, "alex") == []
    office.presses("ana", office.dm("ana"), button.label)
    assert office.whisper("ana").card.summary.startswith("Allow Overlap to write to your calendar on my page.")


def both(booked: Office, when: Interval) -> None:
    for user in ("ana", "alex"):
        booked.service.place(booked.remote(user), uid="theirs", when=when)
    booked.reads("ana")
    booked.reads("alex")
    booked.works()


def test_another_scheduler_is_told_once_to_the_organiser(booked: Office) -> None:
    (when,) = stands(booked, "ana")
    both(booked, when)
    assert booked.dm("ana").card.summary.startswith("Something else also wrote this meeting: “Ana / Alex”")
    assert [one.label for one in booked.dm("ana").card.buttons] == ["Overlap writes", "The other one"]
    assert "Something else" not in " ".join(booked.says("alex"))


@pytest.mark.parametrize(
    ("label", "said", "left"),
    [
        ("Overlap writes", "Please delete the other event in your calendar.", 1),
        ("The other one", "I take my copies off every calendar.", 0),
    ],
)
def test_which_one_writes_is_the_organisers_word(booked: Office, label: str, said: str, left: int) -> None:
    (when,) = stands(booked, "ana")
    both(booked, when)
    booked.presses("ana", booked.dm("ana"), label)
    assert said in " ".join(booked.says("ana"))
    assert len(stands(booked, "ana")) == len(stands(booked, "alex")) == left
    assert ("kept by another scheduler now" in " ".join(booked.says("alex"))) is (left == 0)


@pytest.mark.parametrize(
    ("road", "response", "said"),
    [
        (Road.ATTENDEE, Response.ACCEPTED, "Elbe is booked."),
        (Road.ATTENDEE, Response.NEEDS_ACTION, "Elbe has not answered yet."),
        (Road.ATTENDEE, Response.DECLINED, "Elbe said no: please find another room or another time."),
        (Road.NONE, Response.NEEDS_ACTION, "Elbe cannot be booked from here: please book it yourself."),
    ],
)
def test_what_became_of_a_room_is_said_to_the_organiser(
    booked: Office, road: Road, response: Response, said: str
) -> None:
    with booked.database.transaction() as tx:
        identity = ChatIdentity(booked.tenant, "room:elbe@example.org")
        told = Profile(identity=identity, name="Elbe", zone="UTC", standing=Standing.ROOM)
        room = people.keep(tx, told, booked.clock.now())
        (meeting,) = meetings.of_person(tx, booked.tenant, booked.person("ana").id, booked.clock.now(), LIVE)
        part = Attendance(person=room.id, road=road, response=response, is_room=True)
        kept = meetings.save(tx, replace(meeting, attendances=(*meeting.attendances, part)))
    card = booked.messages.card("meeting", kept.id, booked.person("ana"))
    assert card is not None
    assert said in card.summary
    assert "No calendar invitation reaches" not in card.summary
    theirs = booked.messages.card("meeting", kept.id, booked.person("alex"))
    assert theirs is not None
    assert "Ana booked 30 min with you" in theirs.summary
