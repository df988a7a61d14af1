"""The stand-in for Slack: its people, its methods, its short-lived handles, and what each person sees."""

import itertools
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.playground.stands.serving import Serving
from bot.playground.stands.slack.delivery import Ack
from bot.playground.stands.slack.people import SlackUser
from bot.playground.stands.slack.stand import NotShown, SlackStand

Json = dict[str, Any]

USERS = (
    SlackUser(id="U0ANA", handle="ana", name="Ana", email="ana@example.com"),
    SlackUser(id="U0ALEX", handle="alex", name="Alex", email="alex@example.com"),
    SlackUser(id="U0GONE", handle="gone", name="Gone", email="gone@example.com", is_deactivated=True),
    SlackUser(id="U0JUKE", handle="juke", name="Juke", is_bot=True),
)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def bot() -> Iterator[Serving]:
    async def app(request: Request) -> Response:
        fields = dict(parse_qsl((await request.body()).decode()))
        return PlainTextResponse("Hello there" if fields.get("text") == "answer" else "")

    with Serving(Starlette(routes=[Route("/slack/events", app, methods=["POST"])])) as serving:
        yield serving


@pytest.fixture
def slack(clock: Clock, bot: Serving) -> Iterator[SlackStand]:
    with SlackStand(USERS, bot_url=bot.url, now=clock) as stand:
        yield stand


def call(slack: SlackStand, method: str, *, token: str | None = None, **arguments: Any) -> Json:
    headers = {"Authorization": f"Bearer {token or slack.token}"}
    url = f"{slack.api_url}{method}"
    kind = {"data": arguments} if method.startswith("users.") else {"json": arguments}
    answer: Json = httpx.post(url, headers=headers, trust_env=False, **kind).json()  # type: ignore[arg-type]
    return answer


def respond(url: str, **body: Any) -> tuple[int, str]:
    answer = httpx.post(url, json=body, trust_env=False)
    return answer.status_code, answer.text


def sent(ack: Ack) -> Json:
    """What the bot was posted: the fields of a command, or the payload of a press or an event."""
    body = ack.sent.body.decode()
    if body.startswith("{"):
        event: Json = json.loads(body)
        return event
    fields: Json = dict(parse_qsl(body, keep_blank_values=True))
    return json.loads(fields["payload"]) if "payload" in fields else fields  # type: ignore[no-any-return]


def body(text: str, *buttons: str) -> Json:
    elements = [
        {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": label, "value": "v|s|c"}
        for label in buttons
    ]
    return {"text": text, "blocks": [{"type": "actions", "elements": elements}] if elements else []}


def post(slack: SlackStand, user: str = "U0ANA", text: str = "Hi", *buttons: str) -> Json:
    return call(slack, "chat.postMessage", channel=user, **body(text, *buttons))


def test_a_name_is_typed_and_arrives_as_an_id(slack: SlackStand) -> None:
    text = sent(slack.slash("ana", "/meet @alex & @nobody 30m, @channel <x>"))["text"]
    assert text == "<@U0ALEX|alex> &amp; @nobody 30m, <!channel> &lt;x&gt;"


def test_an_address_in_a_message_arrives_as_a_link(slack: SlackStand) -> None:
    text = sent(slack.say("ana", "30m with @alex and kim@example.com"))["event"]["text"]
    assert text == "30m with <@U0ALEX> and <mailto:kim@example.com|kim@example.com>"


def test_the_body_of_an_ack_is_a_first_answer(slack: SlackStand) -> None:
    slack.slash("ana", "/meet answer")
    assert [one.words for one in slack.messages("ana")] == ["Hello there"]


def test_without_an_ack_in_three_seconds_the_status_is_none(slack: SlackStand) -> None:
    slack.bot_url = "http://127.0.0.1:9"
    ack = slack.slash("ana", "/meet")
    assert ack.status == 0
    assert not ack.is_good


def test_only_our_token_calls(slack: SlackStand) -> None:
    assert call(slack, "auth.test")["ok"]
    assert call(slack, "auth.test", token="xoxb-other")["error"] == "invalid_auth"
    bare = httpx.post(f"{slack.api_url}auth.test", trust_env=False).json()
    assert bare["error"] == "not_authed"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        pytest.param("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found", id="unknown channel"),
        pytest.param("chat.postMessage", {"channel": "C0GENERAL1", "text": "x"}, "not_in_channel", id="not invited"),
        pytest.param("chat.postMessage", {"channel": "U0ANA"}, "no_text", id="nothing to say"),
        pytest.param(
            "chat.update", {"channel": "U0ANA", "ts": "1.0", "text": "x"}, "message_not_found", id="no message"
        ),
        pytest.param("conversations.open", {"users": "U0GONE"}, "user_disabled", id="a deactivated person"),
        pytest.param("conversations.open", {"users": "U0JUKE"}, "cannot_dm_bot", id="a bot"),
        pytest.param("conversations.open", {"users": "U404"}, "user_not_found", id="nobody"),
        pytest.param("users.info", {"user": "U404"}, "user_not_found", id="nobody to tell about"),
        pytest.param("users.lookupByEmail", {"email": "gone@example.com"}, "users_not_found", id="not by address"),
        pytest.param("views.open", {"trigger_id": "x", "view": {}}, "invalid_trigger_id", id="no trigger"),
        pytest.param("chat.delete", {}, "unknown_method", id="a method that is not played"),
    ],
)
def test_a_method_refuses(slack: SlackStand, method: str, arguments: Json, error: str) -> None:
    assert call(slack, method, **arguments)["error"] == error


def test_the_dm_of_two_people_is_closed_to_the_app(slack: SlackStand) -> None:
    channel = sent(slack.slash("ana", "/meet", channel="@alex"))["channel_id"]
    assert call(slack, "chat.postMessage", channel=channel, text="x")["error"] == "channel_not_found"


def test_a_read_method_does_not_read_json(slack: SlackStand) -> None:
    headers = {"Authorization": f"Bearer {slack.token}"}
    answer = httpx.post(f"{slack.api_url}users.info", headers=headers, json={"user": "U0ANA"}, trust_env=False)
    assert answer.json()["error"] == "user_not_found"


def test_a_response_url_works_five_times(slack: SlackStand) -> None:
    url = sent(slack.slash("ana", "/meet"))["response_url"]
    assert [respond(url, text="x")[0] for _ in range(6)] == [200] * 5 + [404]
    assert "used_url" in respond(url, text="x")[1]


def test_a_response_url_lives_half_an_hour(slack: SlackStand, clock: Clock) -> None:
    url = sent(slack.slash("ana", "/meet"))["response_url"]
    clock.at += 30 * 60
    assert respond(url, text="x")[0] == 200
    clock.at += 1
    assert "expired_url" in respond(url, text="x")[1]


def test_an_answer_is_seen_by_its_asker_alone_unless_it_says_otherwise(slack: SlackStand) -> None:
    url = sent(slack.slash("ana", "/meet"))["response_url"]
    respond(url, text="only you")
    respond(url, text="all of you", response_type="in_channel")
    assert [one.words for one in slack.messages("ana")] == ["only you", "all of you"]
    assert [one.words for one in slack.messages("alex")] == ["all of you"]


def test_a_press_can_replace_and_delete_its_message(slack: SlackStand) -> None:
    respond(sent(slack.slash("ana", "/meet"))["response_url"], **body("Well?", "Go"))
    message = slack.messages("ana")[0]
    url = sent(slack.press("ana", message, "Go"))["response_url"]
    respond(url, text="Gone", replace_original=True)
    assert [one.words for one in slack.messages("ana")] == ["Gone"]
    respond(url, delete_original=True)
    assert slack.messages("ana") == []


def test_a_trigger_works_once_within_three_seconds(slack: SlackStand, clock: Clock) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Hi"}, "blocks": [{"type": "divider"}]}
    fresh, late = (sent(slack.slash("ana", "/meet"))["trigger_id"] for _ in range(2))
    assert call(slack, "views.open", trigger_id=fresh, view=view)["ok"]
    assert call(slack, "views.open", trigger_id=fresh, view=view)["error"] == "exchanged_trigger_id"
    clock.at += 4
    assert call(slack, "views.open", trigger_id=late, view=view)["error"] == "expired_trigger_id"


def test_a_post_is_unread_and_an_edit_is_not(slack: SlackStand) -> None:
    told = post(slack)
    assert slack.unread("ana") == 1
    slack.open_home("ana")
    call(slack, "chat.update", channel=told["channel"], ts=told["ts"], text="Hi again")
    assert slack.unread("ana") == 0
    assert slack.messages("ana")[0].edits == 1


def test_an_ephemeral_is_not_unread_and_cannot_be_edited(slack: SlackStand) -> None:
    home = slack.home("ana")
    told = call(slack, "chat.postEphemeral", channel=home, user="U0ANA", text="psst")
    assert slack.unread("ana") == 0
    edited = call(slack, "chat.update", channel=home, ts=told["message_ts"], text="x")
    assert edited["error"] == "message_not_found"


def test_somebody_elses_message_cannot_be_edited(slack: SlackStand) -> None:
    event = sent(slack.say("ana", "hello"))["event"]
    assert (
        call(slack, "chat.update", channel=event["channel"], ts=event["ts"], text="x")["error"] == "cant_update_message"
    )


def test_a_press_tells_the_button_and_where_it_stands(slack: SlackStand) -> None:
    post(slack, "U0ANA", "Go?", "Go", "Stay")
    pressed = sent(slack.press("ana", slack.messages("ana")[0], "Stay"))
    assert pressed["actions"][0]["action_id"] == "Stay"
    assert pressed["container"]["is_ephemeral"] is False
    assert pressed["user"]["id"] == "U0ANA"


def test_a_button_that_is_gone_can_only_be_pressed_by_who_has_not_seen_that(slack: SlackStand) -> None:
    told = post(slack, "U0ANA", "Go?", "Go")
    before = slack.messages("ana")[0]
    call(slack, "chat.update", channel=told["channel"], ts=told["ts"], text="Gone", blocks=[])
    with pytest.raises(LookupError, match="no button"):
        slack.press("ana", before, "Go")
    assert slack.press("ana", before, "Go", is_stale=True).is_good


def test_nobody_presses_what_they_do_not_see_unless_they_forge_it(slack: SlackStand) -> None:
    post(slack, "U0ANA", "Go?", "Go")
    message = slack.messages("ana")[0]
    with pytest.raises(LookupError, match="does not see"):
        slack.press("alex", message, "Go")
    assert sent(slack.press("alex", message, "Go", is_forged=True))["user"]["id"] == "U0ALEX"


def test_a_ping_is_seen(slack: SlackStand) -> None:
    post(slack, "U0ANA", "<!channel> and <@U0ALEX>")
    assert slack.messages("ana")[0].pings == ("<!channel>", "<@U0ALEX>")


def test_waiting_ends_with_the_message_that_was_waited_for(slack: SlackStand) -> None:
    later = threading.Timer(0.05, lambda: post(slack, "U0ANA", "At last"))
    later.start()
    assert slack.wait("ana", lambda one: "last" in one.words).words == "At last"
    later.join()


def test_waiting_in_vain_tells_what_was_seen(slack: SlackStand) -> None:
    post(slack, "U0ANA", "Something else")
    with pytest.raises(NotShown, match="Something else"):
        slack.wait("ana", lambda one: "last" in one.words, within=0.01)


def test_refusals_are_the_bots_mistakes_and_not_answers(slack: SlackStand) -> None:
    call(slack, "users.info", user="U404")
    assert slack.refusals == []
    call(slack, "chat.postMessage", channel="C404", text="x")
    assert [(one.where, one.code) for one in slack.refusals] == [("chat.postMessage", "channel_not_found")]


def test_what_is_told_to_fail_fails_so_often(slack: SlackStand) -> None:
    slack.door.fail("chat.postMessage", status=429, retry_after=3, times=2)
    headers = {"Authorization": f"Bearer {slack.token}"}
    answers = [
        httpx.post(f"{slack.api_url}chat.postMessage", headers=headers, json={"channel": "U0ANA", "text": "x"},
                   trust_env=False)
        for _ in range(3)
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "3"


def test_names_of_messages_only_grow(slack: SlackStand) -> None:
    stamps = [post(slack)["ts"] for _ in range(5)]
    assert all(one < two for one, two in itertools.pairwise(stamps))
