"""The chat in memory is as strict as a real one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.cards import Button, Buttons, Card, Press, plain_card
from bot.chat.surface import REPLY_USES, Place, Ref
from bot.core.clock import SetClock
from bot.core.errors import InvalidInput, NotFound, Unreachable
from bot.core.people import ChatIdentity, Profile
from bot.core.text import say
from bot.handlers.memory.surface import MemorySurface
from tests.builders import NOW, TENANT, person

ANA = person("ana")
CARD, OTHER = plain_card(say("Hello.")), plain_card(say("Goodbye."))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def surface(clock: SetClock) -> MemorySurface:
    made = MemorySurface(clock)
    made.join(Profile(identity=ANA.identity, name="Ana", zone="UTC", email="ana@example.com"))
    return made


def place(surface: MemorySurface) -> Place:
    user = ANA.identity.user
    return Place(tenant=TENANT, channel="general", is_private=False, reply=surface.open_reply(user))


def whispered(surface: MemorySurface) -> list[Card]:
    return [one.card for one in surface.whispers(ANA.identity.user)]


def test_a_whisper_is_seen_by_one_and_rings_nobody(surface: MemorySurface) -> None:
    surface.whisper(place(surface), CARD, replace=False)
    assert whispered(surface) == [CARD]
    assert surface.unread(ANA.identity.user) == 0


def test_a_handle_takes_five_answers(surface: MemorySurface) -> None:
    here = place(surface)
    for _ in range(REPLY_USES):
        surface.whisper(here, CARD, replace=False)
    with pytest.raises(Unreachable):
        surface.whisper(here, CARD, replace=False)
    assert whispered(surface) == [CARD] * REPLY_USES


def test_only_the_handle_of_a_press_replaces(surface: MemorySurface) -> None:
    here = place(surface)
    surface.whisper(here, CARD, replace=False)
    surface.whisper(here, OTHER, replace=True)
    assert whispered(surface) == [CARD, OTHER]
    (first, _) = surface.whispers(ANA.identity.user)
    pressed = replace(here, reply=surface.open_reply(ANA.identity.user, first), can_replace=True)
    surface.whisper(pressed, OTHER, replace=True)
    assert whispered(surface) == [OTHER, OTHER]


def test_a_handle_expires(surface: MemorySurface, clock: SetClock) -> None:
    here = place(surface)
    clock.move(timedelta(minutes=30))
    with pytest.raises(Unreachable):
        surface.whisper(here, CARD, replace=False)


def test_a_post_rings_and_an_edit_does_not(surface: MemorySurface) -> None:
    ref = surface.post(ANA, CARD, home=None, key="k")
    surface.edit(ref, OTHER)
    assert [one.card for one in surface.seen(ANA.identity.user)] == [OTHER]
    assert surface.unread(ANA.identity.user) == 1
    surface.read(ANA.identity.user)
    assert surface.unread(ANA.identity.user) == 0


def test_who_has_no_app_is_out_of_reach(surface: MemorySurface) -> None:
    surface.leave(ANA.identity)
    with pytest.raises(Unreachable):
        surface.post(ANA, CARD, home=None, key="k")


def test_what_is_deleted_cannot_be_edited(surface: MemorySurface) -> None:
    ref = surface.post(ANA, CARD, home=None, key="k")
    surface.delete(surface.seen(ANA.identity.user)[0])
    with pytest.raises(Unreachable):
        surface.edit(ref, OTHER)
    with pytest.raises(Unreachable):
        surface.edit(Ref(channel="D", message="none"), OTHER)


def test_people_are_looked_up(surface: MemorySurface) -> None:
    assert surface.profile(ANA.identity).name == "Ana"
    assert surface.find(TENANT, "ANA@example.com") == surface.profile(ANA.identity)
    assert surface.find(TENANT, "nobody@example.com") is None
    with pytest.raises(NotFound):
        surface.profile(ChatIdentity(TENANT, "U0"))


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(plain_card(say("x" * 4_001)), id="a long summary"),
        pytest.param(plain_card(say("x"), Button(label="x" * 76, does=Press("a.b"))), id="a long label"),
        pytest.param(plain_card(say("x"), Button(label="x", hint="x" * 76, does=Press("a.b"))), id="a long hint"),
        pytest.param(
            Card(summary="x", blocks=(Buttons(tuple(Button(label=str(n), does=Press("a.b")) for n in range(6))),)),
            id="six buttons in a line",
        ),
        pytest.param(Card(summary="x", blocks=CARD.blocks * 51), id="too many blocks"),
    ],
)
def test_what_a_platform_refuses_is_refused(surface: MemorySurface, card: Card) -> None:
    with pytest.raises(InvalidInput):
        surface.post(ANA, card, home=None, key="k")
