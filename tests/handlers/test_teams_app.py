"""What comes in from Teams: believed or turned away, kept or answered."""

import uuid
from collections.abc import Iterator

import httpx
import pytest

from bot.chat.cards import Button, Press, plain_card
from bot.chat.surface import Met, Pressed, Typed
from bot.core.errors import NotAllowed
from bot.core.text import say
from bot.handlers.teams import render
from bot.playground.stands.teams.messages import Message
from bot.playground.stands.teams.payloads import executed
from bot.playground.stands.teams.signing import FLAWS
from bot.playground.stands.teams.stand import TeamsStand
from tests.handlers.teams_door import Behind, with_door

BOOK = Button(label="Book Tue 10:00", does=Press("proposal.book", "p1", "s1"))


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[TeamsStand, Behind]]:
    with with_door() as both:
        yield both


@pytest.fixture
def stand(served: tuple[TeamsStand, Behind]) -> TeamsStand:
    return served[0]


@pytest.fixture
def behind(served: tuple[TeamsStand, Behind]) -> Behind:
    fresh = Behind()
    served[1].kept, served[1].pressed, served[1].answer = fresh.kept, fresh.pressed, fresh.answer
    return served[1]


def offer(stand: TeamsStand) -> Message:
    """A message with one button, as the bot would have posted it to Ana."""
    card = plain_card(say("30 min with Sam"), BOOK)
    return stand.office.post(stand.office.user("ana"), render.activity(card))


def test_what_is_typed_is_kept(stand: TeamsStand, behind: Behind) -> None:
    answer = stand.say("ana", "meet sam@contoso.example 30m next week")
    assert (answer.status_code, answer.content) == (200, b"")
    [kept] = behind.kept
    assert isinstance(kept.incoming, Typed)
    assert kept.incoming.by.user == stand.office.user("ana").object_id
    assert kept.incoming.place.is_private
    assert kept.incoming.place.service == stand.service_url


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_token_that_is_wrong_is_401_and_nothing_is_done(stand: TeamsStand, behind: Behind, flaw: str) -> None:
    answer = stand.deliver(stand.activity("ana", "message", text="meet"), flaw=flaw)
    assert (answer.status_code, behind.kept) == (401, [])


def test_a_token_within_five_minutes_of_its_end_is_good(stand: TeamsStand, behind: Behind) -> None:
    activity = stand.activity("ana", "message", text="meet")
    claims = stand.signer.claims(activity) | {"exp": int(stand.signer.now()) - 240}
    assert post(stand, activity, f"Bearer {stand.signer.key.sign(claims)}").status_code == 200


def test_a_service_url_that_is_not_on_the_list_is_401(stand: TeamsStand, behind: Behind) -> None:
    activity = stand.activity("ana", "message", serviceUrl="https://evil.example/teams/")
    assert (stand.deliver(activity).status_code, behind.kept) == (401, [])


def test_another_tenant_is_403(stand: TeamsStand, behind: Behind) -> None:
    other = str(uuid.uuid4())
    activity = stand.activity("ana", "message")
    activity |= {
        "channelData": {"tenant": {"id": other}},
        "conversation": activity["conversation"] | {"tenantId": other},
    }
    assert (stand.deliver(activity).status_code, behind.kept) == (403, [])


def test_two_tenants_in_one_activity_are_403(stand: TeamsStand, behind: Behind) -> None:
    activity = stand.activity("ana", "message", channelData={"tenant": {"id": str(uuid.uuid4())}})
    assert stand.deliver(activity).status_code == 403


def test_another_channel_is_403_because_there_anybody_writes_the_tenant(stand: TeamsStand, behind: Behind) -> None:
    activity = stand.activity("ana", "message", channelId="webchat")
    assert (stand.deliver(activity).status_code, behind.kept) == (403, [])


def test_every_tenant_may_come_when_none_is_named() -> None:
    with with_door(tenants=()) as (stand, behind):
        activity = stand.activity("ana", "message", channelData={})
        activity["conversation"] |= {"tenantId": "4f1b0000-0000-0000-0000-000000000000"}
        assert stand.deliver(activity).status_code == 200
        assert behind.kept[0].incoming.by.tenant == "teams:4f1b0000-0000-0000-0000-000000000000"


def test_a_body_over_256_kb_is_413(stand: TeamsStand, behind: Behind) -> None:
    activity = stand.activity("ana", "message", text="x" * (256 * 1024))
    assert (stand.deliver(activity).status_code, behind.kept) == (413, [])


def test_a_body_that_grows_past_256_kb_without_saying_so_is_413(stand: TeamsStand, behind: Behind) -> None:
    chunks = (b" " * 65536 for _ in range(6))
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    assert httpx.post(f"{stand.bot_url}/api/messages", content=chunks, headers=headers).status_code == 413


@pytest.mark.parametrize(("content", "kind", "status"), [
    pytest.param(b"{", "application/json", 400, id="half an object"),
    pytest.param(b"[]", "application/json", 400, id="a list"),
    pytest.param(b"\xff\xfe", "application/json", 400, id="bytes that are no text"),
    pytest.param(b"[" * 100_000, "application/json", 400, id="a deep nest"),
    pytest.param(b"{}", "text/plain", 415, id="another content type"),
    pytest.param(b"{}", "application/json", 401, id="an empty activity with a token that is none"),
])  # fmt: skip
def test_what_is_no_activity(stand: TeamsStand, content: bytes, kind: str, status: int) -> None:
    headers = {"Authorization": "Bearer x", "Content-Type": kind}
    assert httpx.post(f"{stand.bot_url}/api/messages", content=content, headers=headers).status_code == status


def test_a_signed_activity_that_makes_no_sense_is_400(stand: TeamsStand, behind: Behind) -> None:
    activity = stand.activity("ana", "message", timestamp="yesterday")
    assert (stand.deliver(activity).status_code, behind.kept) == (400, [])


def test_a_second_delivery_has_the_same_key(stand: TeamsStand, behind: Behind) -> None:
    activity = stand.activity("ana", "message", text="meet")
    for _ in range(2):
        assert stand.deliver(activity).status_code == 200
    first, second = behind.kept
    assert first.key == second.key


def test_an_installation_that_is_told_twice_has_one_key(stand: TeamsStand, behind: Behind) -> None:
    assert [answer.status_code for answer in stand.install("ana")] == [200, 200]
    first, second = behind.kept
    assert isinstance(first.incoming, Met)
    assert (first.key, first.incoming.by) == (second.key, second.incoming.by)


def test_a_pressed_button_is_answered_in_the_call(stand: TeamsStand, behind: Behind) -> None:
    message = offer(stand)
    body = stand.press("ana", message, BOOK.label)
    assert (body["statusCode"], body["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    [pressed] = behind.pressed
    assert isinstance(pressed.incoming, Pressed)
    assert pressed.incoming.press == BOOK.does
    assert pressed.incoming.place.message == message.id
    assert behind.kept == []


def test_the_answer_takes_the_place_of_the_card(stand: TeamsStand, behind: Behind) -> None:
    message = offer(stand)
    stand.press("ana", message, BOOK.label)
    [*_, shown] = stand.messages("ana")
    assert (shown.id, shown.words, shown.labels, stand.unread("ana")) == (message.id, "Done.", (), 0)


def test_the_answer_is_gone_when_the_chat_is_opened_anew(stand: TeamsStand, behind: Behind) -> None:
    stand.press("ana", offer(stand), BOOK.label)
    stand.reopen("ana")
    assert stand.messages("ana")[-1].labels == (BOOK.label,)


def test_an_error_is_told_in_the_shape_of_an_invoke(stand: TeamsStand, behind: Behind) -> None:
    behind.answer = NotAllowed("Only Ana can book this.")
    message = offer(stand)
    body = stand.press("ana", message, BOOK.label)
    assert body == {
        "statusCode": 400,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "not_allowed", "message": "Only Ana can book this."},
    }
    assert stand.messages("ana")[-1].labels == (BOOK.label,)


def test_a_fault_of_ours_says_nothing_of_its_cause(stand: TeamsStand, behind: Behind) -> None:
    behind.answer = RuntimeError("SELECT secret")
    body = stand.press("ana", offer(stand), BOOK.label)
    assert body["statusCode"] == 500
    assert "secret" not in str(body)


def test_what_could_not_be_kept_is_not_acknowledged(stand: TeamsStand, behind: Behind) -> None:
    behind.answer = RuntimeError("the disk is full")
    assert stand.say("ana", "meet").status_code == 500


def test_a_button_of_somebody_else_is_refused_in_words(stand: TeamsStand, behind: Behind) -> None:
    pressed = executed({"type": "Action.Execute", "verb": "x", "data": {"theirs": 1}}, offer(stand).id)
    body = stand.deliver(stand.activity("ana", "invoke", **pressed)).json()
    assert (body["statusCode"], body["type"]) == (400, "application/vnd.microsoft.error")
    assert behind.pressed == []


def test_a_client_without_execute_submits_the_same_press(stand: TeamsStand, behind: Behind) -> None:
    message = offer(stand)
    assert stand.submit("ana", message, BOOK.label).status_code == 200
    [kept] = behind.kept
    assert isinstance(kept.incoming, Pressed)
    assert (kept.incoming.press, kept.incoming.place.message) == (BOOK.does, message.id)


def test_an_invoke_of_another_kind_is_501(stand: TeamsStand, behind: Behind) -> None:
    activity = stand.activity("ana", "invoke", name="composeExtension/query", value={})
    assert stand.deliver(activity).status_code == 501


@pytest.mark.parametrize("kind", ["typing", "messageReaction", "messageUpdate", "event", "endOfConversation"])
def test_what_needs_no_answer_is_acknowledged(stand: TeamsStand, behind: Behind, kind: str) -> None:
    assert (stand.deliver(stand.activity("ana", kind)).status_code, behind.kept) == (200, [])


def test_a_new_key_is_fetched_when_it_is_first_seen() -> None:
    with with_door() as (stand, behind):
        stand.say("ana", "meet")
        stand.signer.rotate()
        assert stand.say("ana", "meet").status_code == 200
        assert len(behind.kept) == 2


def post(stand: TeamsStand, activity: dict[str, object], header: str) -> httpx.Response:
    return httpx.post(f"{stand.bot_url}/api/messages", json=activity, headers={"Authorization": header})
