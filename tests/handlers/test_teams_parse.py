"""What an activity means for us."""

from typing import Any

import pytest

from bot.chat.cards import Press
from bot.chat.surface import Delivery, Met, Pressed, Typed
from bot.core.errors import InvalidInput
from bot.core.requests import PLACEHOLDER, Named, Source
from bot.handlers.teams.parse import delivery, tenant

TENANT = "0b5ae4b5-0000-4000-8000-000000000001"
USER = "7d1c2b8a-0000-4000-8000-00000000000a"


def activity(**parts: Any) -> dict[str, Any]:
    """A message of Ana's in her personal chat, with other `parts`; None takes a part away."""
    whole = {
        "type": "message",
        "id": "1700000000001",
        "channelId": "msteams",
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "from": {"id": "29:ana", "name": "Ana Ruiz", "aadObjectId": USER},
        "recipient": {"id": "28:bot", "name": "Overlap"},
        "conversation": {"id": "a:chat", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "localTimezone": "Europe/Berlin",
        "text": "meet connect",
    }
    return {name: value for name, value in (whole | parts).items() if value is not None}


def parsed(**parts: Any) -> Delivery:
    found = delivery(activity(**parts))
    assert found is not None
    return found


def typed(**parts: Any) -> Typed:
    incoming = parsed(**parts).incoming
    assert isinstance(incoming, Typed)
    return incoming


def test_who_and_where() -> None:
    incoming = typed()
    assert (incoming.by.tenant, incoming.by.user) == (f"teams:{TENANT}", USER)
    assert (incoming.place.channel, incoming.place.is_private) == ("a:chat", True)
    assert incoming.place.service == "https://smba.trafficmanager.net/emea/"
    assert (incoming.said.text, incoming.command) == ("meet connect", "meet")


def test_ids_that_differ_in_case_are_one_person() -> None:
    capitals = {"id": "29:ana", "name": "Ana", "aadObjectId": USER.upper()}
    assert typed(**{"from": capitals, "channelData": {"tenant": {"id": TENANT.upper()}}}).by == typed().by


def test_an_address_is_somebody() -> None:
    assert typed(text="meet Sam@contoso.example 30m").said.named == (
        Named(Source.ADDRESS, "sam@contoso.example", "Sam@contoso.example"),
    )


def test_mentions_are_people_in_their_order_and_we_are_none() -> None:
    said = typed(
        text="<at>Overlap</at> meet <at>Alex</at> and <at>Alex</at>",
        entities=[
            {"type": "mention", "mentioned": {"id": "28:bot", "name": "Overlap"}, "text": "<at>Overlap</at>"},
            {"type": "mention", "mentioned": {"id": "29:a", "name": "Alex"}, "text": "<at>Alex</at>"},
            {"type": "mention", "mentioned": {"id": "29:b", "name": "Alex"}, "text": "<at>Alex</at>"},
        ],
    ).said
    assert [named.value for named in said.named] == ["29:a", "29:b"]
    assert said.text.count(PLACEHOLDER) == 2


@pytest.mark.parametrize(("parts", "zone"), [
    pytest.param({}, "Europe/Berlin", id="of the account"),
    pytest.param({"entities": [{"type": "clientInfo", "timezone": "Asia/Tokyo"}]}, "Asia/Tokyo", id="of the client"),
    pytest.param({"entities": [{"type": "clientInfo"}]}, "Europe/Berlin", id="of a client that does not say"),
    pytest.param({"entities": [{"type": "clientInfo", "timezone": "Mars/Base"}]}, "Europe/Berlin", id="of no place"),
    pytest.param({"localTimezone": None}, "", id="not told"),
    pytest.param({"localTimezone": 7}, "", id="a number"),
])  # fmt: skip
def test_the_zone_that_a_payload_tells(parts: dict[str, Any], zone: str) -> None:
    profile = parsed(**parts).profile
    assert profile is not None
    assert profile.zone == zone


def test_a_payload_tells_the_name_and_no_address() -> None:
    profile = parsed(**{"from": {"id": "29:ana", "name": " Ana\n Ruiz ", "aadObjectId": USER}}).profile
    assert profile is not None
    assert (profile.name, profile.email) == ("Ana Ruiz", None)


@pytest.mark.parametrize("parts", [
    pytest.param({"value": {"press": "proposal.book|p1|s1"}, "text": None}, id="submitted"),
    pytest.param(
        {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "value": {"action": {"verb": "x", "data": {"press": "proposal.book|p1|s1"}}, "trigger": "manual"},
        },
        id="executed",
    ),
])  # fmt: skip
def test_a_press_names_the_message_it_was_on(parts: dict[str, Any]) -> None:
    incoming = parsed(replyToId="1699", **parts).incoming
    assert isinstance(incoming, Pressed)
    assert (incoming.press, incoming.place.message) == (Press("proposal.book", "p1", "s1"), "1699")


@pytest.mark.parametrize("press", [None, 7, "", "book", "a|b", {"a": 1}])
def test_a_button_that_is_not_ours(press: object) -> None:
    with pytest.raises(InvalidInput):
        delivery(activity(type="invoke", name="adaptiveCard/action", value={"action": {"data": {"press": press}}}))


@pytest.mark.parametrize("parts", [
    pytest.param({"type": "installationUpdate", "action": "add"}, id="installed"),
    pytest.param({"type": "conversationUpdate", "membersAdded": [{"id": "28:bot"}]}, id="added"),
])  # fmt: skip
def test_who_meets_us_is_greeted_once(parts: dict[str, Any]) -> None:
    found = parsed(id=f"f:{parts['type']}", **parts)
    assert isinstance(found.incoming, Met)
    assert found.key == "a:chat met"


@pytest.mark.parametrize("parts", [
    pytest.param({"from": {"id": "29:x", "name": "Nobody"}}, id="without an id of the directory"),
    pytest.param({"from": {"id": "28:other", "aadObjectId": USER}}, id="a bot"),
    pytest.param({"from": "ana"}, id="a sender that is no object"),
    pytest.param({"type": "installationUpdate", "action": "remove"}, id="removed"),
    pytest.param({"type": "conversationUpdate", "membersAdded": [{"id": "29:ana"}]}, id="somebody else added"),
    pytest.param({"type": "conversationUpdate", "membersRemoved": [{"id": "28:bot"}]}, id="taken out"),
    pytest.param(
        {"type": "installationUpdate", "action": "add", "conversation": {"id": "19:t", "conversationType": "channel"}},
        id="added to a team",
    ),
    pytest.param({"type": "invoke", "name": "task/fetch"}, id="an invoke of another kind"),
    pytest.param({"type": None}, id="no type"),
])  # fmt: skip
def test_what_needs_no_answer(parts: dict[str, Any]) -> None:
    assert delivery(activity(**parts)) is None


def test_a_channel_is_not_private() -> None:
    place = typed(conversation={"id": "19:x@thread.tacv2;messageid=1", "conversationType": "channel"}).place
    assert (place.channel, place.is_private) == ("19:x@thread.tacv2;messageid=1", False)


def test_a_redelivery_without_an_id_has_the_same_key_and_another_message_has_not() -> None:
    assert parsed(id=None).key == parsed(id=None).key
    assert parsed(id=None).key != parsed(id=None, text="meet status").key


@pytest.mark.parametrize(("parts", "told"), [
    pytest.param({}, TENANT, id="twice the same"),
    pytest.param({"channelData": None}, TENANT, id="by the conversation"),
    pytest.param({"conversation": {"id": "a"}}, TENANT, id="by the channel data"),
    pytest.param({"conversation": {"id": "a", "tenantId": "other"}}, "", id="two of them"),
    pytest.param({"conversation": {"id": "a"}, "channelData": {"tenant": 7}}, "", id="none"),
])  # fmt: skip
def test_tenant(parts: dict[str, Any], told: str) -> None:
    assert tenant(activity(**parts)) == told


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert typed(text="meet \ud83d").said.text.encode() == b"meet ?"
