"""The stand-in for Google refuses what Google refuses, and remembers who asked it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.playground.stands.google.stand import FULL, GoogleStand

ANA = "ana@acme.example"
NINE = datetime(2026, 12, 1, 8, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
BODY = {
    "summary": "Lunch",
    "start": {"dateTime": "2026-12-01T09:00:00+01:00"},
    "end": {"dateTime": "2026-12-01T10:00:00+01:00"},
}


@pytest.fixture
def stand() -> Iterator[GoogleStand]:
    with GoogleStand() as stand:
        stand.add(ANA, "Ana")
        yield stand


class Caller:
    """Somebody who speaks to it without any library."""

    def __init__(self, stand: GoogleStand, scopes: tuple[str, ...] = FULL) -> None:
        token = stand.grant(ANA, scopes)["access_token"]
        at = f"{stand.url}/calendar/v3/calendars/{ANA}"
        self.client = httpx.Client(base_url=at, headers={"Authorization": f"Bearer {token}"}, trust_env=False)

    def __call__(self, method: str, path: str, **told: Any) -> tuple[int, Any]:
        answer = self.client.request(method, path, **told)
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def ask(stand: GoogleStand) -> Caller:
    return Caller(stand)


def reason(told: Any) -> str:
    return str(told["error"]["errors"][0]["reason"])


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        pytest.param("GET", "/events", {"params": {"expand": "true"}}, id="a parameter that there is not"),
        pytest.param("GET", "/events", {"params": {"maxResults": "many"}}, id="a number that is none"),
        pytest.param("GET", "/events", {"params": {"timeMin": "2026-12-01T09:00:00"}}, id="a time without offset"),
        pytest.param("GET", "/events", {"params": {"singleEvents": "yes"}}, id="neither true nor false"),
        pytest.param("GET", "/events", {"params": {"fields": "items(title)"}}, id="a field that there is not"),
        pytest.param("GET", "/events", {"params": {"fields": "items(id"}}, id="fields that do not close"),
        pytest.param("POST", "/events", {"json": {**BODY, "title": "Lunch"}}, id="a name that there is not"),
        pytest.param("POST", "/events", {"json": {**BODY, "sequence": "1"}}, id="a number as text"),
        pytest.param("POST", "/events", {"json": {**BODY, "attendees": {"email": "x"}}}, id="no list"),
        pytest.param("POST", "/events", {"json": {**BODY, "start": {"at": "nine"}}}, id="a name within"),
        pytest.param("POST", "/events", {"json": {**BODY, "start": {"dateTime": "nine"}}}, id="no time"),
        pytest.param("POST", "/events", {"json": {"summary": "Lunch"}}, id="no time at all"),
        pytest.param("POST", "/events", {"json": {**BODY, "id": "WITH-CAPITALS"}}, id="an id that is none"),
        pytest.param("POST", "/events", {"json": {**BODY, "id": "abcde", "iCalUID": "x@y"}}, id="two ids"),
        pytest.param(
            "POST",
            "/events",
            {"json": {**BODY, "attendees": [{"email": "x@y.example", "responseStatus": "accepted"}]}},
            id="an answer in somebody else's name",
        ),
        pytest.param("POST", "/events", {"content": b"{"}, id="no JSON"),
    ],
)
def test_what_google_does_not_know_is_refused_and_noted(
    stand: GoogleStand, ask: Caller, method: str, path: str, told: dict[str, Any]
) -> None:
    status, _ = ask(method, path, **told)
    assert status == 400
    assert len(stand.sins) == 1
    assert stand.events(ANA) == []


def test_nobody_comes_in_without_a_token(stand: GoogleStand) -> None:
    answer = httpx.get(f"{stand.url}/calendar/v3/calendars/{ANA}/events", trust_env=False)
    assert (answer.status_code, reason(answer.json())) == (401, "authError")


def test_a_method_wants_its_scope(stand: GoogleStand) -> None:
    status, told = Caller(stand, FULL[:2])("GET", "/events")
    assert (status, reason(told)) == (403, "insufficientPermissions")
    assert told["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    status, told = Caller(stand, tuple(one for one in FULL if not one.endswith("calendar.events")))(
        "POST", "/events", json=BODY
    )
    assert (status, reason(told)) == (403, "insufficientPermissions")


@pytest.mark.parametrize("name", ["timeMin", "timeMax", "updatedMin"])
def test_a_sync_token_stands_alone(stand: GoogleStand, ask: Caller, name: str) -> None:
    _, first = ask("GET", "/events")
    told = {"syncToken": first["nextSyncToken"], name: "2026-12-01T09:00:00Z"}
    assert ask("GET", "/events", params=told)[0] == 400
    assert stand.sins


def test_a_sync_token_is_for_one_question(stand: GoogleStand, ask: Caller) -> None:
    _, first = ask("GET", "/events", params={"singleEvents": "true"})
    assert ask("GET", "/events", params={"syncToken": first["nextSyncToken"]})[0] == 400
    same = {"singleEvents": "true", "syncToken": first["nextSyncToken"]}
    assert ask("GET", "/events", params=same)[0] == 200
    stand.lists.forget()
    status, told = ask("GET", "/events", params=same)
    assert (status, reason(told)) == (410, "fullSyncRequired")


def test_of_what_was_deleted_a_sync_tells_little(stand: GoogleStand, ask: Caller) -> None:
    named = stand.place(ANA, start=NINE, end=TEN, summary="Secret")
    _, first = ask("GET", "/events")
    stand.delete(ANA, named)
    _, told = ask("GET", "/events", params={"syncToken": first["nextSyncToken"]})
    (gone,) = told["items"]
    assert (gone["id"], gone["status"], "summary" in gone) == (named, "cancelled", False)


def test_an_id_is_burned_once_its_event_was_deleted(stand: GoogleStand, ask: Caller) -> None:
    body = {**BODY, "id": "abcdefgh"}
    assert ask("POST", "/events", json=body)[0] == 200
    assert ask("POST", "/events", json=body)[0] == 409
    assert ask("DELETE", "/events/abcdefgh")[0] == 204
    assert ask("DELETE", "/events/abcdefgh")[0] == 410
    assert ask("POST", "/events", json=body)[0] == 409
    assert ask("GET", "/events/abcdefgh")[1]["status"] == "cancelled"


def test_a_condition_that_is_not_met_changes_nothing(stand: GoogleStand, ask: Caller) -> None:
    _, event = ask("POST", "/events", json={**BODY, "id": "abcdefgh"})
    stand.edit(ANA, "abcdefgh", summary="By hand")
    told = {"json": {"summary": "By us"}, "headers": {"If-Match": event["etag"]}}
    status, refused = ask("PATCH", "/events/abcdefgh", **told)
    assert (status, reason(refused)) == (412, "conditionNotMet")
    assert stand.events(ANA)[0]["summary"] == "By hand"


def test_video_needs_its_version_named(stand: GoogleStand, ask: Caller) -> None:
    order = {"createRequest": {"requestId": "abcdef", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}
    _, without = ask("POST", "/events", json={**BODY, "conferenceData": order})
    assert "conferenceData" not in without
    _, told = ask("POST", "/events", json={**BODY, "conferenceData": order}, params={"conferenceDataVersion": 1})
    assert told["hangoutLink"].startswith("https://meet.google.com/")


def test_fields_pick_what_is_told(stand: GoogleStand, ask: Caller) -> None:
    stand.place(ANA, start=NINE, end=TEN)
    _, told = ask("GET", "/events", params={"fields": "timeZone,items(start/dateTime,status)"})
    assert told == {
        "timeZone": "Europe/Berlin",
        "items": [{"start": {"dateTime": "2026-12-01T09:00:00+01:00"}, "status": "confirmed"}],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "another"),
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("redirect_uri", "http://evil.example/"),
        ("scope", "https://www.googleapis.com/auth/gmail"),
    ],
)
def test_a_sign_in_that_google_does_not_let_through_shows_its_error(stand: GoogleStand, name: str, value: str) -> None:
    asked = {
        "client_id": stand.client_id,
        "redirect_uri": "https://overlap.example.org/back",
        "response_type": "code",
        "scope": "openid email",
        "state": "s",
        "code_challenge": "c",
        "code_challenge_method": "S256",
        name: value,
    }
    answer = httpx.get(f"{stand.url}/o/oauth2/v2/auth", params=asked, trust_env=False)
    assert answer.status_code == 400
    assert stand.consent.refusals


def test_its_environment_is_what_a_house_reads(stand: GoogleStand) -> None:
    assert {name.partition("_GOOGLE_")[2] for name in stand.environment} == {
        "CLIENT_ID",
        "CLIENT_SECRET",
        "API_URL",
        "OAUTH_URL",
    }
