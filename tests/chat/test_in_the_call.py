"""A platform without private answers, which wants the card within the call: Teams, and a chat like it."""

from pathlib import Path

import pytest

from bot.chat.cards import Card, OpenPage, Press
from bot.chat.surface import Delivery, Place, Pressed
from bot.core.ids import TenantId
from bot.handlers.memory.door import button, press_of
from bot.handlers.memory.surface import Message, dm
from tests.chat.office import Office, labels

TEAMS = TenantId("teams:11111111-2222-3333-4444-555555555555")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path, whispers=False, tenant=TEAMS)
    made.joins("ana", zone="Europe/Berlin")
    made.joins("alex", zone="America/New_York")
    return made


def invoke(office: Office, user: str, message: Message, press: Press, key: str = "invoke") -> Card:
    """The press comes in, its answer takes the card's place, and what follows from it is done."""
    by = office.person(user).identity
    place = Place(tenant=TEAMS, channel=dm(by), is_private=True, message=message.id)
    card = office.inbox.answer_now(Delivery(key=key, incoming=Pressed(by=by, press=press, place=place)))
    office.works()
    return card


def pressed(office: Office, user: str, label: str, key: str = "invoke") -> Card:
    message = office.dm(user)
    return invoke(office, user, message, press_of(button(message, label)), key)


@pytest.fixture
def offered(office: Office) -> Office:
    office.types("ana", "@alex 30m next week", in_dm=True)
    return office


def test_the_card_replaces_itself_and_the_other_is_told(offered: Office) -> None:
    card = pressed(offered, "ana", "Book Mon 15:30")
    assert card.summary.startswith("Booking Mon 30 Nov 15:30–16:00 (Berlin time), 30 min with Alex.")
    assert offered.surface.seen("ana")[0].card.summary.startswith("Booked Mon 30 Nov 15:30–16:00")
    assert offered.dm("alex").card.summary.startswith("Ana booked 30 min with you")


def test_more_times_come_in_the_call_and_nothing_is_drawn_again(offered: Office) -> None:
    assert "Back" in labels(pressed(offered, "ana", "More times"))
    assert offered.dm("ana").edits == 0


def test_the_same_invoke_again_does_nothing_twice(offered: Office) -> None:
    first = offered.dm("ana")
    press = press_of(button(first, "Book Mon 15:30"))
    invoke(offered, "ana", first, press)
    again = invoke(offered, "ana", first, press)
    assert again.summary.startswith("Booked Mon 30 Nov")
    assert offered.surface.unread("alex") == 1


def test_what_comes_beside_the_card_is_a_message_of_its_own(offered: Office) -> None:
    pressed(offered, "ana", "Book Mon 15:30", "book")
    card = pressed(offered, "alex", "Suggest another time", "suggest")
    assert "Accept" in labels(card)
    assert offered.dm("alex").card.summary.startswith("When suits you better than")


def test_what_went_wrong_is_a_message_of_its_own_and_the_card_stays_true(offered: Office) -> None:
    pressed(offered, "ana", "Book Mon 15:30", "book")
    meeting = offered.dm("ana")
    card = invoke(offered, "alex", meeting, press_of(button(meeting, "Undo")), "undo")
    assert "Accept" in labels(card)
    assert "organiser" in offered.dm("alex").card.summary


def test_somebody_elses_button_shows_them_nothing_of_it(offered: Office) -> None:
    offer = offered.dm("ana")
    card = invoke(offered, "alex", offer, press_of(button(offer, "Book Mon 15:30")))
    assert card.summary.startswith("Only Ana, who asked for these times, can choose here.")


def test_a_link_comes_by_a_press_only(office: Office) -> None:
    office.types("ana", "connect", in_dm=True)
    assert labels(office.dm("ana").card) == ["Get my link"]
    card = pressed(office, "ana", "Get my link")
    (opens,) = card.buttons
    assert isinstance(opens.does, OpenPage)


def test_what_is_asked_in_a_channel_is_answered_in_the_dm(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    assert "Book Mon 15:30" in labels(office.dm("ana").card)


def test_examples_are_said_as_people_type_there(office: Office) -> None:
    office.opens("ana")
    assert "try meet @alex 30m next week." in office.dm("ana").card.summary


def test_the_platform_is_named(offered: Office) -> None:
    offered.surface.leave(offered.person("alex").identity)
    pressed(offered, "ana", "Book Mon 15:30")
    told = offered.dm("ana").card.summary
    assert "Alex does not have Overlap in Teams; the calendar invitation reaches them." in told
