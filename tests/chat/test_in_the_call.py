"""A platform without private answers, which wants the card within the call: Teams, and a chat like it."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.call import AFTER
from bot.chat.cards import Card, OpenPage, Press
from bot.chat.surface import Delivery, Place, Pressed
from bot.core.errors import TryLater
from bot.core.ids import TenantId
from bot.handlers.memory.door import button, press_of
from bot.handlers.memory.surface import Message, dm
from tests.builders import span
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
    card = office.call.answer(Delivery(key=key, incoming=Pressed(by=by, press=press, place=place)))
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


def test_what_the_call_showed_lasts_and_rings_nobody(offered: Office) -> None:
    card = pressed(offered, "ana", "More times")
    assert "Back" in labels(card)
    assert offered.dm("ana").edits == 0
    offered.surface.read("ana")
    offered.passes(AFTER)
    assert labels(offered.dm("ana").card) == labels(card)
    assert (offered.dm("ana").edits, offered.surface.unread("ana")) == (1, 0)


def test_a_call_asks_the_platform_for_nothing(offered: Office) -> None:
    message = offered.dm("ana")
    offered.clock.move(timedelta(hours=2))
    offered.surface.trouble(TryLater("busy"))
    place = Place(tenant=TEAMS, channel=dm(offered.person("ana").identity), is_private=True, message=message.id)
    press = Pressed(by=offered.person("ana").identity, press=press_of(button(message, "Not now")), place=place)
    assert labels(offered.call.answer(Delivery(key="invoke", incoming=press))) == []
    offered.surface.trouble(None)
    offered.passes(timedelta(seconds=2))
    assert labels(offered.dm("ana").card) == []


def test_not_now_lasts_where_it_was_said(office: Office) -> None:
    office.joins("sam", calendars=())
    office.types("ana", "sam@example.com 30m next week", in_dm=True)
    pressed(office, "ana", "Ask Sam to connect", "ask")
    card = pressed(office, "sam", "Not now", "later")
    office.passes(AFTER)
    assert office.dm("sam").card == card
    assert len(office.surface.seen("sam")) == 1


def test_an_older_message_keeps_its_line(offered: Office) -> None:
    pressed(offered, "ana", "Book Mon 15:30", "book")
    before = offered.dm("alex")
    pressed(offered, "ana", "Undo", "undo")
    card = invoke(offered, "alex", before, press_of(button(before, "Accept")), "accept")
    assert card.summary.endswith("“Ana / Alex”, Mon 30 Nov 09:30–10:00 (New York time), was taken back.")
    assert labels(card) == []


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
    assert offered.dm("alex").card.summary.startswith("When would suit you better")


def test_what_went_wrong_stands_above_the_card_which_stays_true(offered: Office) -> None:
    pressed(offered, "ana", "Book Mon 15:30", "book")
    undo = press_of(button(offered.dm("ana"), "Undo"))
    card = invoke(offered, "alex", offered.dm("alex"), undo, "undo")
    assert card.summary.startswith("Only the meeting's organiser can take it back. You can decline. Ana booked 30 min")
    assert "Accept" in labels(card)
    assert len(offered.surface.seen("alex")) == 1


def test_a_time_that_is_gone_is_said_above_fresh_ones(offered: Office) -> None:
    when = span("15:30-16:00", day="2026-11-30", zone="Europe/Berlin")
    offered.service.place(offered.remote("alex"), uid="new", when=when)
    message = offered.dm("ana")
    offered.clock.move(timedelta(seconds=2))
    offered.reads("alex")
    card = invoke(offered, "ana", message, press_of(button(message, "Book Mon 15:30")))
    assert card.summary.startswith("That time is no longer free. Here are times that are. 30 min with Alex")
    assert "Book Mon 15:30" not in labels(card)
    assert len(labels(card)) == 7


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
    office.passes(AFTER)
    assert labels(office.dm("ana").card) == ["Get my link"]


def test_what_is_asked_in_a_channel_is_answered_in_the_dm(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    assert "Book Mon 15:30" in labels(office.dm("ana").card)


def test_examples_are_said_as_people_type_there(office: Office) -> None:
    office.opens("ana")
    assert "Try meet @alex 30m next week." in office.dm("ana").card.summary


def test_the_platform_is_named(offered: Office) -> None:
    offered.surface.leave(offered.person("alex").identity)
    pressed(offered, "ana", "Book Mon 15:30")
    told = offered.dm("ana").card.summary
    assert "Alex does not have Overlap in Teams; the calendar invitation reaches them." in told
