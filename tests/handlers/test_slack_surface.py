"""Slack, going out: where a card appears, who somebody is, and what each refusal means."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.cards import Button, Card, Press, plain_card
from bot.chat.surface import Place, Ref
from bot.core.errors import NotFound, TryLater, Unreachable
from bot.core.people import ChatIdentity, Standing
from bot.core.text import say
from bot.handlers.slack.surface import SlackSurface
from bot.playground.stands.slack.messages import Message
from bot.playground.stands.slack.people import SlackUser
from bot.playground.stands.slack.stand import SlackStand
from bot.playground.stands.slack.workspace import Channel
from tests.handlers.slack_door import TENANT, Behind, door, somebody, stand_alone, surface

ANA = somebody("ana")
HELLO = plain_card(say("Hello."), Button(label="Book", does=Press("proposal.book", "p1", "s1")))
BYE = plain_card(say("Goodbye."))


@pytest.fixture
def both() -> Iterator[tuple[SlackStand, Behind]]:
    with door() as opened:
        yield opened


@pytest.fixture
def slack() -> Iterator[SlackStand]:
    with stand_alone() as stand:
        yield stand


def asked(stand: SlackStand, behind: Behind, line: str = "/meet help") -> Place:
    """The place of a command that Ana typed in a channel."""
    assert stand.slash("ana", line).is_good
    return behind.last.incoming.place


def pressed(stand: SlackStand, behind: Behind, message: Message) -> Place:
    """The place of Ana's press on that message."""
    assert stand.press("ana", message, "Book").is_good
    return behind.last.incoming.place


def test_a_whisper_is_seen_by_its_asker_alone(both: tuple[SlackStand, Behind]) -> None:
    stand, behind = both
    surface(stand).whisper(asked(stand, behind), HELLO, replace=False)
    (seen,) = stand.messages("ana")
    assert seen.is_ephemeral
    assert seen.fallback == "Hello."
    assert stand.messages("alex") == []
    assert stand.unread("ana") == 0
    assert stand.refusals == []


def test_a_pressed_whisper_is_replaced(both: tuple[SlackStand, Behind]) -> None:
    stand, behind = both
    surface(stand).whisper(asked(stand, behind), HELLO, replace=False)
    place = pressed(stand, behind, stand.messages("ana")[0])
    surface(stand).whisper(place, BYE, replace=True)
    assert [one.fallback for one in stand.messages("ana")] == ["Goodbye."]


def test_a_command_has_nothing_to_replace_so_it_adds(both: tuple[SlackStand, Behind]) -> None:
    stand, behind = both
    place = asked(stand, behind)
    surface(stand).whisper(place, HELLO, replace=False)
    surface(stand).whisper(place, BYE, replace=True)
    assert [one.fallback for one in stand.messages("ana")] == ["Hello.", "Goodbye."]


def test_a_sixth_answer_is_unreachable(both: tuple[SlackStand, Behind]) -> None:
    stand, behind = both
    place = asked(stand, behind)
    for _ in range(5):
        surface(stand).whisper(place, HELLO, replace=False)
    with pytest.raises(Unreachable, match="used_url"):
        surface(stand).whisper(place, HELLO, replace=False)


def test_an_answer_after_half_an_hour_is_unreachable() -> None:
    later = [0.0]
    with SlackStand([SlackUser(id="U0ANA", handle="ana", name="Ana")], now=lambda: time.time() + later[0]) as stand:
        who, where = stand.people.known("ana"), stand.workspace.channel("#general")
        place = Place(tenant=TENANT, channel=where.id, is_private=False, reply=stand._reply(who, where.id))
        later[0] = 30 * 60 + 1
        with pytest.raises(Unreachable, match="expired_url"):
            surface(stand).whisper(place, HELLO, replace=False)


def test_without_a_way_to_answer_a_whisper_is_unreachable(slack: SlackStand) -> None:
    with pytest.raises(Unreachable):
        surface(slack).whisper(Place(tenant=TENANT, channel="C1", is_private=False), HELLO, replace=False)


@pytest.mark.parametrize("reply", ["ftp://hooks.example/1", "no address"])
def test_a_way_to_answer_that_is_none_is_unreachable(slack: SlackStand, reply: str) -> None:
    with pytest.raises(Unreachable):
        surface(slack).whisper(Place(tenant=TENANT, channel="C1", is_private=False, reply=reply), HELLO, replace=False)


def test_a_post_rings_in_the_dm_and_an_edit_does_not(slack: SlackStand) -> None:
    out = surface(slack)
    ref = out.post(ANA, HELLO, home=None, key="k")
    assert slack.unread("ana") == 1
    slack.read("ana")
    out.edit(ref, BYE)
    assert slack.unread("ana") == 0
    assert [(one.fallback, one.edits, one.labels) for one in slack.messages("ana")] == [("Goodbye.", 1, ())]
    assert slack.refusals == []


def test_what_was_sent_is_found_by_its_key_also_after_an_edit(slack: SlackStand) -> None:
    out = surface(slack)
    ref = out.post(ANA, HELLO, home=None, key="row:1")
    out.post(ANA, HELLO, home=None, key="row:2")
    out.edit(ref, BYE)
    assert surface(slack).sent(ANA, home=None, keys=["row:1", "row:9"]) == {"row:1": ref}
    assert slack.refusals == []


def test_what_others_wrote_in_the_dm_is_none_of_ours(slack: SlackStand) -> None:
    out = surface(slack)
    slack.workspace.post(slack.home("ana"), {"text": "key row:1"}, by="U0ANA")
    slack.workspace.post(
        slack.home("ana"), {"text": "x", "metadata": {"event_type": "theirs", "event_payload": {"key": "row:1"}}}
    )
    assert out.sent(ANA, home=None, keys=["row:1"]) == {}


def test_what_was_deleted_was_not_sent(slack: SlackStand) -> None:
    out = surface(slack)
    out.post(ANA, HELLO, home=None, key="row:1")
    slack.workspace.delete(slack.messages("ana")[0])
    assert out.sent(ANA, home=None, keys=["row:1"]) == {}


def test_the_dm_is_asked_for_once(slack: SlackStand) -> None:
    out = surface(slack)
    out.post(ANA, HELLO, home=None, key="k1")
    out.post(ANA, HELLO, home=None, key="k2")
    assert [method for method, _ in slack.door.calls].count("conversations.open") == 1


def test_nothing_that_people_wrote_pings(slack: SlackStand) -> None:
    surface(slack).post(ANA, plain_card(say("<!channel> <@U0ALEX> &lt;!here&gt;")), home=None, key="k")
    (seen,) = slack.messages("ana")
    assert seen.pings == ()
    assert "<!channel> <@U0ALEX> &lt;!here&gt;" in seen.words


@pytest.mark.parametrize("handle", ["gone", "bot", "nobody"])
def test_a_post_to_somebody_who_cannot_read_is_unreachable(slack: SlackStand, handle: str) -> None:
    with pytest.raises(Unreachable):
        surface(slack).post(somebody(handle), HELLO, home=None, key="k")


def test_somebody_known_by_address_is_unreachable_without_a_call(slack: SlackStand) -> None:
    kim = replace(somebody("kim", "mailto:kim@client.example"), standing=Standing.ADDRESS)
    with pytest.raises(Unreachable):
        surface(slack).post(kim, HELLO, home=None, key="k")
    assert slack.door.calls == []


def test_a_dm_that_moved_is_asked_for_again(slack: SlackStand) -> None:
    out = surface(slack)
    out.post(ANA, HELLO, home=None, key="k1")
    home = slack.home("ana")
    slack.workspace.add(Channel(id=home, name="directmessage", members=frozenset({"U0ANA"}), has_app=False))
    with pytest.raises(TryLater):
        out.post(ANA, HELLO, home=None, key="k2")
    slack.workspace.add(Channel(id=home, name="directmessage", members=frozenset({"U0ANA"}), has_app=True))
    out.post(ANA, HELLO, home=None, key="k3")
    assert [method for method, _ in slack.door.calls].count("conversations.open") == 2


def test_an_edit_of_a_message_that_is_gone_is_unreachable(slack: SlackStand) -> None:
    with pytest.raises(Unreachable, match="message_not_found"):
        surface(slack).edit(Ref(channel=slack.home("ana"), message="1.000001"), HELLO)


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        pytest.param("U0ANA", Standing.MEMBER, id="a member"),
        pytest.param("U0BOT", Standing.BOT, id="a bot"),
        pytest.param("U0GONE", Standing.DEACTIVATED, id="a deactivated account"),
        pytest.param("U0GUEST", Standing.GUEST, id="a guest of several channels"),
        pytest.param("U0ONE", Standing.GUEST, id="a guest of one channel"),
        pytest.param("U0FAR", Standing.STRANGER, id="somebody of another organisation"),
    ],
)
def test_what_somebody_is_to_the_workspace(slack: SlackStand, user: str, standing: Standing) -> None:
    assert surface(slack).profile(ChatIdentity(TENANT, user)).standing is standing


def test_a_profile_tells_name_zone_address_and_handle(slack: SlackStand) -> None:
    alex = surface(slack).profile(ChatIdentity(TENANT, "U0ALEX"))
    assert (alex.name, alex.zone, alex.email, alex.handle) == ("Alex", "America/New_York", "alex@example.com", "alex")


def test_slack_says_who_administers(slack: SlackStand) -> None:
    slack.people.add(SlackUser(id="U0ADA", handle="ada", name="Ada", is_admin=True))
    told = {user: surface(slack).profile(ChatIdentity(TENANT, user)).is_admin for user in ("U0ADA", "U0ALEX")}
    assert told == {"U0ADA": True, "U0ALEX": False}


def test_a_zone_that_is_none_is_left_open(slack: SlackStand) -> None:
    assert surface(slack).profile(ChatIdentity(TENANT, "U0ODD")).zone == ""


def test_nobody_has_no_profile(slack: SlackStand) -> None:
    with pytest.raises(NotFound):
        surface(slack).profile(ChatIdentity(TENANT, "U0NOBODY"))


def test_somebody_is_found_by_address_whatever_its_case(slack: SlackStand) -> None:
    found = surface(slack).find(TENANT, "Alex@Example.com")
    assert found is not None
    assert found.identity.user == "U0ALEX"


def test_an_address_of_nobody_finds_nobody(slack: SlackStand) -> None:
    assert surface(slack).find(TENANT, "far@elsewhere.example") is None
    assert slack.refusals == []


def test_our_own_dm_is_told_from_the_dm_of_two_people(slack: SlackStand) -> None:
    out = surface(slack)
    assert out.is_home(ANA.identity, slack.home("ana"))
    assert not out.is_home(ANA.identity, slack.workspace.between("U0ANA", "U0ALEX").id)


@pytest.mark.parametrize(
    ("status", "retry_after", "after"),
    [
        pytest.param(429, 30, timedelta(seconds=30), id="too many, with a time"),
        pytest.param(429, None, None, id="too many"),
        pytest.param(503, None, None, id="unavailable"),
        pytest.param(500, None, None, id="broken"),
    ],
)
def test_a_passing_fault_is_for_later(
    slack: SlackStand, status: int, retry_after: int | None, after: timedelta | None
) -> None:
    slack.door.fail("chat.postMessage", status=status, retry_after=retry_after)
    with pytest.raises(TryLater) as raised:
        surface(slack).post(ANA, HELLO, home=None, key="k")
    assert raised.value.after == after
    assert slack.messages("ana") == []


def test_a_response_url_that_is_throttled_is_for_later(both: tuple[SlackStand, Behind]) -> None:
    stand, behind = both
    stand.door.fail("response_url", status=429, retry_after=7)
    with pytest.raises(TryLater) as raised:
        surface(stand).whisper(asked(stand, behind), HELLO, replace=False)
    assert raised.value.after == timedelta(seconds=7)


def test_a_token_that_does_not_hold_is_for_later_and_says_so(slack: SlackStand) -> None:
    with pytest.raises(TryLater, match="token"):
        SlackSurface("xoxb-wrong", api_url=slack.api_url).post(ANA, HELLO, home=None, key="k")


def test_nobody_at_the_other_end_is_for_later(slack: SlackStand) -> None:
    deaf = SlackSurface("xoxb-1", api_url="http://127.0.0.1:9/api/")
    with pytest.raises(TryLater):
        deaf.post(ANA, HELLO, home=None, key="k")
    with pytest.raises(TryLater):
        deaf.whisper(
            Place(tenant=TENANT, channel="C1", is_private=False, reply="http://127.0.0.1:9/x"), HELLO, replace=False
        )


def test_something_that_is_not_slack_is_for_later(slack: SlackStand) -> None:
    with pytest.raises(TryLater, match="not Slack"):
        SlackSurface(slack.token, api_url=f"{slack.api_url}elsewhere/").post(ANA, HELLO, home=None, key="k")


def test_the_longest_card_is_taken(slack: SlackStand) -> None:
    long = Card(summary="x" * 9000, blocks=plain_card(say("y" * 40_000)).blocks)
    ref = surface(slack).post(ANA, long, home=None, key="k")
    surface(slack).edit(ref, long)
    assert slack.refusals == []


@pytest.mark.parametrize(
    ("user", "has_left"),
    [
        pytest.param("U0ANA", False, id="a member"),
        pytest.param("U0GONE", True, id="a deactivated account"),
        pytest.param("U0NOBODY", False, id="somebody whom the app may not see"),
    ],
)
def test_whoever_is_deactivated_has_left(slack: SlackStand, user: str, has_left: bool) -> None:
    assert surface(slack).has_left(ChatIdentity(TENANT, user)) is has_left
