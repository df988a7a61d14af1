"""What people read while a calendar is being written, and why it was not."""

import pytest

from bot.chat.cards import Press
from bot.core.calendars import Access
from bot.core.intervals import Interval
from bot.storage import calendars
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
