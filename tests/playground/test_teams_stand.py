"""The stand-in for Teams is as strict as Teams."""

import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.playground.stands.teams import cards
from bot.playground.stands.teams.office import TeamsUser
from bot.playground.stands.teams.stand import NotShown, TeamsStand

OPEN = {"type": "Action.OpenUrl", "title": "Open", "url": "https://a.example"}
CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "TextBlock", "text": "**Hello** from\\_us", "wrap": True},
        {"type": "ActionSet", "actions": [OPEN]},
    ],
}


@pytest.fixture(scope="module")
def served() -> Iterator[TeamsStand]:
    ana = TeamsUser(handle="ana", name="Ana Ruiz", email="ana@contoso.example")
    sam = TeamsUser(handle="sam", name="Sam Okoro", email="sam@contoso.example")
    with TeamsStand([ana, sam], now=itertools.count().__next__) as stand:
        yield stand


@pytest.fixture
def stand(served: TeamsStand) -> TeamsStand:
    served.refusals.clear()
    served.office.set_app("sam", has_app=True)
    return served


def token(stand: TeamsStand, *, authority: str | None = None, **other: str) -> httpx.Response:
    asked = {
        "grant_type": "client_credentials",
        "client_id": stand.app_id,
        "client_secret": stand.password,
        "scope": "https://api.botframework.com/.default",
    }
    return httpx.post(f"{stand.url}/login/{authority or stand.tenant}/oauth2/v2.0/token", data=asked | other)


def call(stand: TeamsStand, method: str, path: str, body: object = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token(stand).json()['access_token']}"}
    return httpx.request(method, f"{stand.service_url}v3/conversations{path}", json=body, headers=headers)


def chat(stand: TeamsStand, key: str) -> str:
    return f"/{stand.office.user(key).chat}"


def message(card: dict[str, Any] | None = None, **other: object) -> dict[str, Any]:
    return {"type": "message", "attachments": [{"contentType": cards.CARD_TYPE, "content": card or CARD}], **other}


@pytest.mark.parametrize(("asked", "error"), [
    pytest.param({"client_secret": "wrong"}, "invalid_client", id="a wrong secret"),
    pytest.param({"client_id": "other"}, "invalid_client", id="another app"),
    pytest.param({"authority": "botframework.com"}, "unauthorized_client", id="another authority"),
    pytest.param({"scope": "https://graph.microsoft.com/.default"}, "invalid_scope", id="another scope"),
])  # fmt: skip
def test_no_token_for(stand: TeamsStand, asked: dict[str, str], error: str) -> None:
    answer = token(stand, **asked)
    assert (answer.is_error, answer.json()["error"]) == (True, error)


def test_only_its_own_tokens_open_the_connector(stand: TeamsStand) -> None:
    path = f"{stand.service_url}v3/conversations{chat(stand, 'ana')}/activities"
    assert httpx.post(path, json=message()).status_code == 401
    assert httpx.post(path, json=message(), headers={"Authorization": "Bearer made-up"}).status_code == 401
    assert stand.refusals == ["401 Unauthorized"] * 2


def test_a_post_rings_and_an_edit_does_not(stand: TeamsStand) -> None:
    stand.read("ana")
    made = call(stand, "POST", f"{chat(stand, 'ana')}/activities", message())
    assert made.status_code == 201
    assert (stand.unread("ana"), stand.messages("ana")[-1].id) == (1, made.json()["id"])
    stand.read("ana")
    edited = call(stand, "PUT", f"{chat(stand, 'ana')}/activities/{made.json()['id']}", message())
    assert (edited.status_code, stand.unread("ana")) == (200, 0)


def test_a_deleted_message_is_gone(stand: TeamsStand) -> None:
    path = f"{chat(stand, 'ana')}/activities"
    made = call(stand, "POST", path, message()).json()["id"]
    assert call(stand, "DELETE", f"{path}/{made}").status_code == 200
    assert call(stand, "PUT", f"{path}/{made}", message()).status_code == 404


def test_a_card_is_read_as_a_person_reads_it(stand: TeamsStand) -> None:
    call(stand, "POST", f"{chat(stand, 'ana')}/activities", message(summary="Hello"))
    shown = stand.messages("ana")[-1]
    assert (shown.fallback, shown.words, shown.labels) == ("Hello", "Hello from_us\nOpen", ("Open",))


@pytest.mark.parametrize(("body", "status"), [
    pytest.param(message(text="both"), 400, id="text and card in one"),
    pytest.param({"type": "message"}, 400, id="nothing"),
    pytest.param({"type": "message", "text": "x" * 110_000}, 413, id="too large a message"),
    pytest.param(message(CARD | {"version": "1.6"}), 400, id="a later version"),
    pytest.param(message(CARD | {"body": []}), 400, id="an empty card"),
    pytest.param(message(CARD | {"body": [{"type": "TextBlock", "text": "x" * 29_000}]}), 400, id="too large a card"),
    pytest.param(message(CARD | {"body": [{"type": "Table"}]}), 400, id="an element it does not draw"),
    pytest.param(message(CARD | {"body": [{"type": "TextBlock", "text": ""}]}), 400, id="a text that says nothing"),
    pytest.param(message(CARD | {"body": [{"type": "ActionSet", "actions": []}]}), 400, id="a line of no buttons"),
    pytest.param(message(CARD | {"body": [CARD["body"][1] | {"actions": [OPEN] * 7}]}), 400, id="seven buttons"),
    pytest.param(
        message(CARD | {"body": [{"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "x"}]}]}),
        400,
        id="an action without a verb",
    ),
])  # fmt: skip
def test_it_refuses(stand: TeamsStand, body: dict[str, Any], status: int) -> None:
    assert call(stand, "POST", f"{chat(stand, 'ana')}/activities", body).status_code == status


def test_somebody_without_the_app_cannot_be_written_to(stand: TeamsStand) -> None:
    stand.uninstall("sam")
    assert call(stand, "POST", f"{chat(stand, 'sam')}/activities", message()).status_code == 403
    asked = {"members": [{"id": stand.office.user("sam").object_id}], "tenantId": stand.tenant}
    assert call(stand, "POST", "", asked).status_code == 403


def test_a_chat_is_opened_by_any_id_of_its_user(stand: TeamsStand) -> None:
    sam = stand.office.user("sam")
    for name in (sam.object_id, sam.bot_wise_id):
        answer = call(stand, "POST", "", {"members": [{"id": name}], "tenantId": stand.tenant})
        assert (answer.status_code, answer.json()) == (201, {"id": sam.chat})


def test_a_personal_chats_roster_holds_only_its_user(stand: TeamsStand) -> None:
    sam = stand.office.user("sam")
    [member] = call(stand, "GET", f"{chat(stand, 'ana')}/members").json()
    assert (member["email"], member["userRole"]) == ("ana@contoso.example", "user")
    assert call(stand, "GET", f"{chat(stand, 'ana')}/members/{sam.object_id}").status_code == 404


@pytest.mark.parametrize("path", ["/a:unknown/members", "/a:unknown/activities/1"])
def test_a_conversation_that_is_none(stand: TeamsStand, path: str) -> None:
    method = "GET" if path.endswith("members") else "PUT"
    assert call(stand, method, path, message()).status_code == 404


def test_an_eighth_post_within_a_second_is_429(stand: TeamsStand) -> None:
    path, ticking = f"{chat(stand, 'sam')}/activities", stand.office.now
    stand.office.now = lambda: 1e6
    answers = [call(stand, "POST", path, message()) for _ in range(8)]
    stand.office.now = ticking
    assert [answer.status_code for answer in answers] == [201] * 7 + [429]
    assert answers[-1].headers["retry-after"] == "1"


def test_pressing_what_is_not_there_is_a_mistake_of_the_player(stand: TeamsStand) -> None:
    call(stand, "POST", f"{chat(stand, 'ana')}/activities", message())
    with pytest.raises(LookupError, match="Open"):
        stand.press("ana", stand.messages("ana")[-1], "Book")


def test_a_page_is_opened_without_a_word_to_the_bot(stand: TeamsStand) -> None:
    call(stand, "POST", f"{chat(stand, 'ana')}/activities", message())
    assert stand.press("ana", stand.messages("ana")[-1], "Open") == {"url": "https://a.example"}


def test_waiting_in_vain_says_what_was_seen(stand: TeamsStand) -> None:
    call(stand, "POST", f"{chat(stand, 'ana')}/activities", message())
    with pytest.raises(NotShown, match="Hello from_us"):
        stand.wait("ana", lambda one: "Booked" in one.words, within=0.01)
