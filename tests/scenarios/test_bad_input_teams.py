"""Bad input in Teams: whoever cannot prove to be Teams does nothing, and what makes no sense gets a friendly word."""

from typing import Any

import httpx
import pytest

from bot.playground.stands.teams.messages import Message
from bot.playground.stands.teams.signing import FLAWS
from bot.playground.tour import teams as telling
from bot.playground.tour.play import Play, Shows, has
from bot.playground.tour.telling import until

pytestmark = pytest.mark.xdist_group("stage")

LARGEST = 256 * 1024
HELP = has("free for everyone")


@pytest.fixture
def chat(play: Play) -> Play:
    """Kim has the app in Teams, and has been greeted."""
    if not play.stage.teams.messages("kim"):
        play.stage.teams.install("kim")
        until(lambda: play.stage.teams.messages("kim") or None, "Kim was not greeted in Teams", within=6.0)
    return play


def answer(play: Play, words: str, shows: Shows) -> Message:
    """What Kim is shown after those words."""
    before = {one.id for one in play.stage.teams.messages("kim")}
    telling.says(play, "kim", words)
    return telling.sees(play, "kim", lambda one: one.id not in before and shows(one), f"an answer to {words[:60]!r}")


def nothing_came_of_it(play: Play, before: int) -> bool:
    """Whether Kim was shown nothing since; a question after it was answered, so that it would have been by now."""
    answer(play, "help", HELP)
    return len(play.stage.teams.messages("kim")) == before + 1


def posted(play: Play, activity: dict[str, Any], body: bytes) -> httpx.Response:
    """What comes of a body that Teams would never send, under the token of a sound one."""
    teams = play.stage.teams
    headers = {"Authorization": teams.signer.header(activity), "Content-Type": "application/json"}
    return httpx.post(f"{teams.bot_url}/api/messages", content=body, headers=headers, timeout=15, trust_env=False)


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_token_that_proves_nothing_is_401(chat: Play, flaw: str) -> None:
    answered = chat.stage.teams.deliver(chat.stage.teams.activity("kim", "message", text="status"), flaw=flaw)
    assert answered.status_code == 401


def test_and_does_nothing_not_even_as_a_pressed_button(chat: Play) -> None:
    teams = chat.stage.teams
    shown = answer(chat, "help", HELP)
    before, after = len(teams.messages("kim")), teams.office.message("kim", shown.id)
    pressed = {"name": "adaptiveCard/action", "replyToId": shown.id, "value": {"action": shown.buttons[0].action}}
    for flaw in FLAWS:
        assert teams.deliver(teams.activity("kim", "message", text="status"), flaw=flaw).status_code == 401
        assert teams.deliver(teams.activity("kim", "invoke", **pressed), flaw=flaw).status_code == 401
    assert teams.office.message("kim", shown.id) == after
    assert nothing_came_of_it(chat, before)


@pytest.mark.parametrize("place", ["https://smba.example.net/emea/", "http://127.0.0.1:1/teams/", "file:///etc", ""])
def test_a_service_url_of_somebody_else_is_401_however_well_it_is_signed(chat: Play, place: str) -> None:
    before = len(chat.stage.teams.messages("kim"))
    activity = chat.stage.teams.activity("kim", "message", text="status") | {"serviceUrl": place}
    assert chat.stage.teams.deliver(activity).status_code == 401
    assert nothing_came_of_it(chat, before)


def test_another_tenant_or_channel_does_nothing(chat: Play) -> None:
    teams, before = chat.stage.teams, len(chat.stage.teams.messages("kim"))
    elsewhere = teams.activity("kim", "message", text="status")
    elsewhere["channelData"] = {"tenant": {"id": "another-tenant"}}
    elsewhere["conversation"] = {**elsewhere["conversation"], "tenantId": "another-tenant"}
    for activity in (elsewhere, teams.activity("kim", "message", text="status") | {"channelId": "webchat"}):
        assert teams.deliver(activity).status_code in (401, 403)
    assert nothing_came_of_it(chat, before)


def test_a_body_over_256_kb_is_413_and_one_that_is_no_activity_400(chat: Play) -> None:
    before = len(chat.stage.teams.messages("kim"))
    activity = chat.stage.teams.activity("kim", "message", text="x" * LARGEST)
    assert chat.stage.teams.deliver(activity).status_code == 413
    for body in (b"", b"{", b"[]", b"[" * 100_000, b"null", b"\xff\xfe"):
        assert posted(chat, activity, body).status_code == 400, body[:10]
    assert nothing_came_of_it(chat, before)


def test_the_same_activity_again_is_answered_once(chat: Play) -> None:
    teams = chat.stage.teams
    activity = teams.activity("kim", "message", text="help")
    before = len(teams.messages("kim"))
    for _ in range(3):
        assert teams.deliver(activity).is_success
    until(lambda: len(teams.messages("kim")) > before or None, "no answer", within=6.0)
    assert nothing_came_of_it(chat, before + 1)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param("meet flurble the wug", ("flurble",), id="nonsense"),
        pytest.param("meet ana@acme.example flurble 30m next week", ("not “flurble”",), id="half of it nonsense"),
        pytest.param("7" * 10_000, ("10,000 characters",), id="10 kB of digits"),
        pytest.param("meet ana@acme.example \u202eabc\u202c next week", ("not “abc”",), id="right-to-left"),
        pytest.param("'; DROP TABLE meeting; --", ("DROP",), id="SQL"),
        pytest.param("meet <at>everyone</at> 30m next week", ("everyone",), id="everybody"),
        pytest.param("meet [free](https://evil.example) **30m**", ("free",), id="markdown"),
    ],
)
def test_what_is_not_understood_gets_a_friendly_word(chat: Play, typed: str, says: tuple[str, ...]) -> None:
    shown = answer(chat, typed, lambda _: True)
    assert "Try: " in shown.words
    assert "meet " in shown.words
    assert all(word in shown.words for word in says), shown.words
    assert not shown.activity.get("entities")
    assert not any(button.url for button in shown.buttons)
