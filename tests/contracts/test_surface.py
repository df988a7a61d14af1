"""What every chat platform promises going out (`chat/surface.py`). A new one adds its twin here, and one row."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from bot.chat.cards import Button, Press, plain_card
from bot.chat.surface import Place, Ref, Surface
from bot.core.clock import SetClock
from bot.core.errors import NotFound, TryLater, Unreachable
from bot.core.people import ChatIdentity, Person, Profile
from bot.core.text import say
from bot.handlers.memory.surface import MemorySurface, dm
from bot.handlers.teams import surface as teams
from tests import builders
from tests.handlers import slack_door, teams_door

HELLO = plain_card(say("Hello."), Button(label="Book", does=Press("proposal.book", "p1", "s1")))
BYE = plain_card(say("Goodbye."))


@dataclass(frozen=True)
class Chat:
    """A platform with Ana, who has the app, and somebody who has not; and what Ana sees there."""

    surface: Surface
    ana: Person
    home: Place
    """Ana's DM with the app."""
    without_app: Person
    nobody: ChatIdentity
    seen: Callable[[], list[str]]
    unread: Callable[[], int]
    read: Callable[[], None]
    asked: Callable[[], Place]
    """Ana asks something where others are: the place to answer her."""
    fail: Callable[[], None]
    """The next call meets a passing fault."""


@contextmanager
def in_memory() -> Iterator[Chat]:
    surface = MemorySurface(SetClock(builders.NOW))
    ana, sam = builders.person("ana"), builders.person("sam")
    for one in (ana, sam):
        surface.join(Profile(identity=one.identity, name=one.name, zone=one.zone, email=one.email))
    surface.leave(sam.identity)
    home = Place(tenant=ana.tenant, channel=dm(ana.identity), is_private=True)
    user = ana.identity.user

    def asked() -> Place:
        return Place(tenant=ana.tenant, channel="general", is_private=False, reply=surface.open_reply(user))

    yield Chat(
        surface=surface,
        ana=ana,
        home=home,
        without_app=sam,
        nobody=ChatIdentity(ana.tenant, "UNOBODY"),
        seen=lambda: [one.card.summary for one in (*surface.seen(user), *surface.whispers(user))],
        unread=lambda: surface.unread(user),
        read=lambda: surface.read(user),
        asked=asked,
        fail=lambda: surface.trouble(TryLater("busy")),
    )


@contextmanager
def in_slack() -> Iterator[Chat]:
    with slack_door.door() as (stand, behind):
        ana = slack_door.somebody("ana")

        def asked() -> Place:
            stand.slash("ana", "/meet help")
            return behind.last.incoming.place

        def fail() -> None:
            for method in ("chat.postMessage", "chat.update", "users.info", "response_url"):
                stand.door.fail(method, status=429, retry_after=1)

        yield Chat(
            surface=slack_door.surface(stand),
            ana=ana,
            home=Place(tenant=ana.tenant, channel=stand.home("ana"), is_private=True),
            without_app=slack_door.somebody("gone"),
            nobody=ChatIdentity(ana.tenant, "U0NOBODY"),
            seen=lambda: [one.fallback for one in stand.messages("ana")],
            unread=lambda: stand.unread("ana"),
            read=lambda: stand.read("ana"),
            asked=asked,
            fail=fail,
        )


@contextmanager
def in_teams() -> Iterator[Chat]:
    with teams_door.stand_alone() as stand:
        ana = teams_door.member(stand, "ana")
        home = teams_door.home(stand, "ana")
        stand.office.set_app("sam", has_app=False)
        yield Chat(
            surface=teams.surface(teams_door.registration(stand)),
            ana=ana,
            home=home,
            without_app=teams_door.member(stand, "sam"),
            nobody=ChatIdentity(ana.tenant, "00000000-0000-0000-0000-000000000000"),
            seen=lambda: [one.fallback for one in stand.messages("ana")],
            unread=lambda: stand.unread("ana"),
            read=lambda: stand.read("ana"),
            asked=lambda: home,
            fail=lambda: stand.fail_next(429, retry_after=1),
        )


Opens = Callable[[], AbstractContextManager[Chat]]


@pytest.fixture(params=[
    pytest.param(in_memory, id="memory"),
    pytest.param(in_slack, id="slack"),
    pytest.param(in_teams, id="teams"),
])  # fmt: skip
def chat(request: pytest.FixtureRequest) -> Iterator[Chat]:
    opens: Opens = request.param
    with opens() as opened:
        yield opened


def test_a_post_stands_in_the_dm_and_rings(chat: Chat) -> None:
    chat.surface.post(chat.ana, HELLO, home=chat.home, key="k1")
    assert chat.seen() == ["Hello."]
    assert chat.unread() == 1


def test_every_post_rings_anew(chat: Chat) -> None:
    chat.surface.post(chat.ana, HELLO, home=chat.home, key="k1")
    chat.surface.post(chat.ana, BYE, home=chat.home, key="k2")
    assert chat.seen() == ["Hello.", "Goodbye."]
    assert chat.unread() == 2


def test_an_edit_says_something_else_and_does_not_ring(chat: Chat) -> None:
    ref = chat.surface.post(chat.ana, HELLO, home=chat.home, key="k1")
    chat.read()
    chat.surface.edit(ref, BYE)
    assert chat.seen() == ["Goodbye."]
    assert chat.unread() == 0


def test_an_edit_twice_is_an_edit_once(chat: Chat) -> None:
    ref = chat.surface.post(chat.ana, HELLO, home=chat.home, key="k1")
    chat.surface.edit(ref, BYE)
    chat.surface.edit(ref, BYE)
    assert chat.seen() == ["Goodbye."]


def test_an_edit_of_no_message_is_unreachable(chat: Chat) -> None:
    ref = chat.surface.post(chat.ana, HELLO, home=chat.home, key="k1")
    gone = Ref(channel=ref.channel, message="1.000000", service=ref.service)
    with pytest.raises(Unreachable):
        chat.surface.edit(gone, BYE)


def test_somebody_without_the_app_is_unreachable(chat: Chat) -> None:
    with pytest.raises(Unreachable):
        chat.surface.post(chat.without_app, HELLO, home=None, key="k1")


def test_a_member_has_a_profile_under_the_same_identity(chat: Chat) -> None:
    profile = chat.surface.profile(chat.ana.identity, home=chat.home)
    assert profile.identity == chat.ana.identity
    assert profile.name.startswith("Ana")


def test_nobody_has_no_profile(chat: Chat) -> None:
    with pytest.raises(NotFound):
        chat.surface.profile(chat.nobody, home=chat.home)


def test_whoever_is_there_has_not_left(chat: Chat) -> None:
    assert not chat.surface.has_left(chat.ana.identity, home=chat.home)
    assert not chat.surface.has_left(chat.ana.identity)


def test_who_left_cannot_be_told_during_a_passing_fault(chat: Chat) -> None:
    chat.fail()
    with pytest.raises(TryLater):
        chat.surface.has_left(chat.ana.identity, home=chat.home)


def test_an_address_of_nobody_finds_nobody(chat: Chat) -> None:
    assert chat.surface.find(chat.ana.tenant, "nobody@example.com") is None


def test_a_whisper_is_seen_and_rings_nobody_where_there_are_whispers(chat: Chat) -> None:
    place = chat.asked()
    if chat.surface.is_private_reply_possible:
        chat.surface.whisper(place, HELLO, replace=False)
        assert chat.seen() == ["Hello."]
        assert chat.unread() == 0
    else:
        with pytest.raises(Unreachable):
            chat.surface.whisper(place, HELLO, replace=False)


def test_a_whisper_without_a_way_to_answer_is_unreachable(chat: Chat) -> None:
    with pytest.raises(Unreachable):
        chat.surface.whisper(chat.home, HELLO, replace=False)


def test_our_dm_is_told_from_any_other(chat: Chat) -> None:
    assert chat.surface.is_home(chat.ana.identity, chat.home.channel)
    if chat.surface.is_private_reply_possible:
        assert not chat.surface.is_home(chat.ana.identity, "D0OTHERS")


def test_a_typed_words_handle_only_adds(chat: Chat) -> None:
    if chat.surface.is_private_reply_possible:
        place = chat.asked()
        chat.surface.whisper(place, HELLO, replace=False)
        chat.surface.whisper(place, BYE, replace=True)
        assert chat.seen() == ["Hello.", "Goodbye."]


def test_a_passing_fault_is_for_later(chat: Chat) -> None:
    chat.fail()
    with pytest.raises(TryLater):
        chat.surface.post(chat.ana, HELLO, home=chat.home, key="k1")
    assert chat.seen() == []
