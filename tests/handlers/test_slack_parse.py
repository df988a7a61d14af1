"""What Slack posts becomes a delivery: who, what, where, and the key by which a second one is known."""

from typing import Any

import pytest

from bot.chat.cards import Press
from bot.chat.surface import Delivery, Met, Place, Pressed, Typed
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity
from bot.core.requests import Named, Source
from bot.handlers.slack.parse import delivery

TENANT = TenantId("slack:T1")
ANA = ChatIdentity(TENANT, "U1")
SIGNATURE = "v0=abc"
REPLY = "https://hooks.slack.com/commands/T1/1/x"


def command(**changes: str) -> dict[str, Any]:
    told = {"command": "/meet", "text": "help", "team_id": "T1", "user_id": "U1", "channel_id": "C1"}
    return {**told, "response_url": REPLY, "channel_name": "general", **changes}


def press(*, action: dict[str, Any] | None = None, **container: Any) -> dict[str, Any]:
    pressed = {"type": "button", "action_id": "press:0:proposal.book", "value": "proposal.book|p1|s2"}
    return {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "container": {"type": "message", "channel_id": "D1", "message_ts": "1.5", "is_ephemeral": False, **container},
        "channel": {"id": "D1"},
        "response_url": REPLY,
        "actions": [pressed if action is None else action],
    }


def event(kind: str = "message", **changes: Any) -> dict[str, Any]:
    inner = {"type": kind, "user": "U1", "channel": "D1", "text": "help", "ts": "1.5", **changes}
    if kind == "message":
        inner = {"channel_type": "im", **inner}
    ours = {"team_id": "T1", "user_id": "UBOT", "is_bot": True}
    return {"type": "event_callback", "event_id": "Ev1", "team_id": "T9", "authorizations": [ours], "event": inner}


def typed(payload: dict[str, Any]) -> Typed:
    found = delivery(payload, SIGNATURE)
    assert found is not None
    assert isinstance(found.incoming, Typed)
    return found.incoming


def test_a_command_is_typed_words_with_a_way_to_answer_in_private() -> None:
    assert delivery(command(), SIGNATURE) == Delivery(
        key=SIGNATURE,
        incoming=Typed(
            by=ANA,
            said=typed(command()).said,
            place=Place(tenant=TENANT, channel="C1", is_private=False, reply=REPLY),
            command="/meet",
        ),
    )


def test_a_person_in_a_command_is_known_by_id() -> None:
    said = typed(command(text="<@U0ALEX|alex> 30m next week")).said
    assert said.named == (Named(Source.MENTION, "U0ALEX", "@alex"),)


def test_a_command_in_a_dm_is_answered_there() -> None:
    assert typed(command(channel_id="D1", channel_name="directmessage")).place.is_private


def test_a_press_names_its_button_and_its_message() -> None:
    assert delivery(press(), SIGNATURE) == Delivery(
        key=SIGNATURE,
        incoming=Pressed(
            by=ANA,
            press=Press("proposal.book", "p1", "s2"),
            place=Place(tenant=TENANT, channel="D1", is_private=True, reply=REPLY, can_replace=True, message="1.5"),
        ),
    )


def test_a_pressed_ephemeral_cannot_be_edited_and_does_not_last() -> None:
    found = delivery(press(is_ephemeral=True), SIGNATURE)
    assert found is not None
    assert found.incoming.place.message is None
    assert not found.incoming.place.is_private


@pytest.mark.parametrize(
    "action",
    [
        pytest.param({"type": "button", "action_id": "open:0", "url": "https://x.example"}, id="a page was opened"),
        pytest.param({"type": "button", "action_id": "press:0:x", "value": "no press"}, id="no value of ours"),
        pytest.param({"type": "button", "action_id": "press:0:x"}, id="no value"),
        pytest.param({"type": "button", "action_id": "other", "value": "a|b|c"}, id="another app's button"),
    ],
)
def test_a_button_that_asks_nothing_is_not_for_us(action: dict[str, Any]) -> None:
    assert delivery(press(action=action), SIGNATURE) is None


def test_words_in_our_dm_are_typed_and_known_by_their_event() -> None:
    found = delivery(event(text="30m with <@U0ALEX>"), SIGNATURE)
    assert found is not None
    assert found.key == "Ev1"
    assert found.incoming.place == Place(tenant=TENANT, channel="D1", is_private=True)
    assert typed(event(text="30m with <@U0ALEX>")).said.named == (Named(Source.MENTION, "U0ALEX", "@U0ALEX"),)


@pytest.mark.parametrize(
    "text", ["<@UBOT> 30m with <@U0ALEX>", "<@UBOT|overlap> 30m with <@U0ALEX>", "30m with <@U0ALEX> <@UBOT>"]
)
def test_a_mention_of_us_is_no_person(text: str) -> None:
    said = typed(event("app_mention", channel="C1", text=text)).said
    assert [named.value for named in said.named] == ["U0ALEX"]


def test_a_mention_in_a_channel_is_not_in_private() -> None:
    assert not typed(event("app_mention", channel="C1", text="<@UBOT> help")).place.is_private


def test_opening_our_dm_is_meeting_somebody() -> None:
    found = delivery(event("app_home_opened", tab="messages"), SIGNATURE)
    assert found is not None
    assert found.incoming == Met(by=ANA, place=Place(tenant=TENANT, channel="D1", is_private=True))


def test_the_workspace_is_the_one_we_are_authorised_in() -> None:
    assert typed(event()).by.tenant == TENANT


def test_the_workspace_is_the_senders_where_no_authorisation_is_told() -> None:
    assert typed(event() | {"authorizations": []}).by.tenant == "slack:T9"


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(event(bot_id="B1"), id="a bot's message"),
        pytest.param(event(user="UBOT"), id="our own message"),
        pytest.param(event(subtype="message_changed"), id="an edit"),
        pytest.param(event(subtype="message_deleted"), id="a deletion"),
        pytest.param(event(subtype="file_share"), id="a file"),
        pytest.param(event("app_mention", edited={"user": "U1"}), id="a mention that was edited"),
        pytest.param(event(channel_type="channel"), id="words in a channel"),
        pytest.param(event(user=None), id="nobody's words"),
        pytest.param(event("reaction_added"), id="another event"),
        pytest.param(event() | {"event_id": None}, id="an event without an id"),
        pytest.param(event() | {"event": None}, id="an event without an event"),
        pytest.param(command(user_id=""), id="nobody's command"),
        pytest.param(command(user_id="mailto:x"), id="a user that is none"),
        pytest.param(command(team_id=""), id="a command from nowhere"),
        pytest.param({"type": "view_submission"}, id="a form"),
        pytest.param({}, id="nothing"),
    ],
)
def test_what_is_not_for_us_is_nothing(payload: dict[str, Any]) -> None:
    assert delivery(payload, SIGNATURE) is None
