"""The stand-in for Microsoft is as strict as Microsoft: what it does not know it refuses, and remembers."""

import ssl
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.playground.stands.microsoft.directory import PERSONAL, MicrosoftRoom, MicrosoftUser
from bot.playground.stands.microsoft.events import series
from bot.playground.stands.microsoft.stand import MicrosoftStand

TENANT = "3b0f6f7e-3f0c-4d55-9a3c-0f5a0c1b2d3e"
ANA, ALEX, HOME, ROOM = "ana@acme.example", "alex@acme.example", "ana@outlook.example", "elbe@acme.example"
FULL = ("Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All")
NINE = datetime(2026, 12, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
AT = {
    "start": {"dateTime": "2026-12-01T09:00:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-12-01T10:00:00", "timeZone": "W. Europe Standard Time"},
}
EVENT = {"subject": "Ana / Alex", **AT}
SPAN = {"startDateTime": "2026-11-23T00:00:00Z", "endDateTime": "2027-02-23T00:00:00Z"}


@pytest.fixture
def stand() -> Iterator[MicrosoftStand]:
    users = [
        MicrosoftUser(name="Ana", email=ANA, tenant=TENANT, is_admin=True),
        MicrosoftUser(name="Alex", email=ALEX, tenant=TENANT),
        MicrosoftUser(name="Ana at home", email=HOME, tenant=PERSONAL),
    ]
    with MicrosoftStand(users, [MicrosoftRoom(name="Elbe", email=ROOM, tenant=TENANT)]) as started:
        yield started


class Client:
    """Somebody with a token for one account."""

    def __init__(self, stand: MicrosoftStand, user: str, *scopes: str) -> None:
        token = stand.allow(user, *(scopes or FULL))["access_token"]
        self.headers = {
            "Authorization": f"Bearer {token}",
            "Prefer": 'IdType="ImmutableId", outlook.timezone="UTC"',
            "client-request-id": str(uuid.uuid4()),
        }
        self.root = f"{stand.url}/v1.0"
        self.browser = stand.browser()
        self.calendar = stand.calendar(user)

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> httpx.Response:
        url = f"{self.root}{path.replace('{}', self.calendar)}"
        return self.browser.request(method, url, json=body, params=query or None, headers=self.headers)


@pytest.fixture
def ana(stand: MicrosoftStand) -> Iterator[Client]:
    client = Client(stand, ANA)
    yield client
    client.browser.close()


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/me/calendars", {"$select": "id,nmae"}),
        ("/me/calendars", {"$filter": "name eq 'x'"}),
        ("/me/calendars/{}/calendarView", {}),
        ("/me/calendars/{}/calendarView", {**SPAN, "$select": "id,uid"}),
        ("/me/calendars/{}/calendarView", {**SPAN, "$top": "5000"}),
        ("/me/calendars/{}/calendarView", {**SPAN, "endDateTime": "2040-01-01T00:00:00Z"}),
        ("/me/calendars/{}/calendarView/delta", {**SPAN, "$select": "id"}),
        ("/me/calendars/{}/calendarView/delta", {**SPAN, "$top": "5"}),
        ("/me/calendars/{}/events", {"$filter": "subject eq 'x'"}),
        ("/me/calendars/{}/events", {"$filter": "singleValueExtendedProperties/any(e: e/id eq 'x')"}),
        ("/me/calendars/{}/events", {"$expand": "attachments"}),
        ("/me/mailboxSettings", {"$select": "timezone"}),
        ("/me/messages", {}),
    ],
)
def test_what_graph_does_not_know_is_refused_and_remembered(
    stand: MicrosoftStand, ana: Client, path: str, query: dict[str, str]
) -> None:
    assert ana.ask("GET", path, **query).status_code in (400, 404)
    assert len(stand.refusals) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**EVENT, "titel": "x"},
        {**EVENT, "subject": 7},
        {**EVENT, "isOnlineMeeting": "yes"},
        {**EVENT, "start": {"dateTime": "2026-12-01T09:00:00Z", "timeZone": "UTC"}},
        {**EVENT, "start": {"dateTime": "2026-12-01T09:00:00", "timeZone": "Middle/Earth"}},
        {**EVENT, "attendees": [{"emailAddress": {"address": ALEX}, "type": "needed"}]},
        {**EVENT, "attendees": [{"emailAddress": {"address": f"p{n}@x.example"}} for n in range(501)]},
        {**EVENT, "showAs": "opaque"},
        {**EVENT, "isOnlineMeeting": True, "onlineMeetingProvider": "skypeForBusiness"},
        {**EVENT, "singleValueExtendedProperties": [{"id": "BookingId", "value": "1"}]},
        {**EVENT, "end": {"dateTime": "2026-11-30T09:00:00", "timeZone": "UTC"}},
    ],
)
def test_a_body_of_another_shape_is_refused_and_remembered(
    stand: MicrosoftStand, ana: Client, body: dict[str, Any]
) -> None:
    assert ana.ask("POST", "/me/calendars/{}/events", body).status_code == 400
    assert len(stand.refusals) == 1
    assert stand.events(ana.calendar) == []


@pytest.mark.parametrize("missing", ["Prefer", "client-request-id"])
def test_every_request_says_what_ids_and_times_it_prefers(stand: MicrosoftStand, ana: Client, missing: str) -> None:
    ana.headers.pop(missing)
    assert ana.ask("GET", "/me/calendar").status_code == 400
    assert len(stand.refusals) == 1


@pytest.mark.parametrize(
    ("scopes", "method", "path", "body"),
    [
        (("MailboxSettings.Read",), "GET", "/me/calendars", None),
        (("Calendars.ReadBasic",), "GET", "/me/calendars/{}/events?$select=id,body", None),
        (("Calendars.ReadBasic",), "POST", "/me/calendars/{}/events", EVENT),
        (("Calendars.Read",), "POST", "/me/calendars/{}/events", EVENT),
        (("Calendars.ReadWrite",), "GET", "/me/mailboxSettings", None),
        (("Calendars.ReadWrite",), "GET", "/places/microsoft.graph.room", None),
        (("Calendars.ReadBasic",), "POST", "/subscriptions", {}),
    ],
)
def test_a_missing_scope_is_denied(
    stand: MicrosoftStand, scopes: tuple[str, ...], method: str, path: str, body: Any
) -> None:
    client = Client(stand, ANA, *scopes)
    assert code(client.ask(method, path, body)) == "ErrorAccessDenied"
    client.browser.close()


def test_a_token_of_nobody_opens_nothing(ana: Client) -> None:
    ana.headers["Authorization"] = "Bearer nobody"
    assert ana.ask("GET", "/me/calendar").status_code == 401


def test_nobody_sees_anybody_elses_calendar(stand: MicrosoftStand, ana: Client) -> None:
    theirs = stand.calendar(ALEX)
    assert ana.ask("GET", f"/me/calendars/{theirs}").status_code == 404


def test_a_transaction_makes_one_event(stand: MicrosoftStand, ana: Client) -> None:
    body = {**EVENT, "transactionId": "t-1"}
    first = ana.ask("POST", "/me/calendars/{}/events", body)
    assert (first.status_code, first.json()["transactionId"]) == (201, "t-1")
    assert ana.ask("POST", "/me/calendars/{}/events", body).status_code == 409
    stand.office.duplicates = "same"
    assert ana.ask("POST", "/me/calendars/{}/events", body).json()["id"] == first.json()["id"]
    assert len(stand.events(ana.calendar)) == 1


def test_a_stale_change_is_refused(stand: MicrosoftStand, ana: Client) -> None:
    made = ana.ask("POST", "/me/calendars/{}/events", EVENT).json()
    stand.move(stand.find(ana.calendar, "Ana / Alex"), NINE + HOUR)
    ana.headers["If-Match"] = made["@odata.etag"]
    assert ana.ask("PATCH", f"/me/events/{made['id']}", {"subject": "x"}).status_code == 412


def test_what_changes_outside_the_window_is_told_as_removed(stand: MicrosoftStand, ana: Client) -> None:
    link = ana.ask("GET", "/me/calendars/{}/calendarView/delta", **SPAN).json()["@odata.deltaLink"]
    new = stand.place(ana.calendar, NINE + timedelta(days=365), NINE + timedelta(days=365, hours=1))
    told = ana.browser.get(link, headers=ana.headers).json()["value"]
    assert told == [{"@odata.type": "#microsoft.graph.event", "id": new.id, "@removed": {"reason": "deleted"}}]


def test_a_forgotten_round_is_gone(stand: MicrosoftStand, ana: Client) -> None:
    link = ana.ask("GET", "/me/calendars/{}/calendarView/delta", **SPAN).json()["@odata.deltaLink"]
    stand.deltas.forget()
    answer = ana.browser.get(link, headers=ana.headers)
    assert (answer.status_code, code(answer)) == (410, "syncStateNotFound")


def test_events_without_a_window_tell_no_instance(stand: MicrosoftStand, ana: Client) -> None:
    for event in series(ana.calendar, "weekly@example.org", [(NINE, NINE, NINE + HOUR)]):
        stand.mailboxes.put(event, "created")
    told = ana.ask("GET", "/me/calendars/{}/events").json()["value"]
    assert [each["type"] for each in told] == ["seriesMaster"]
    told = ana.ask("GET", "/me/calendars/{}/calendarView", **SPAN).json()["value"]
    assert [each["type"] for each in told] == ["occurrence"]


def test_a_meeting_stays_online(ana: Client) -> None:
    online = {**EVENT, "isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
    made = ana.ask("POST", "/me/calendars/{}/events", online).json()
    assert made["onlineMeeting"]["joinUrl"].startswith("https://teams.microsoft.com/")
    assert ana.ask("PATCH", f"/me/events/{made['id']}", {"isOnlineMeeting": False}).status_code == 400


def test_whoever_writes_over_the_teams_block_loses_the_way_in(ana: Client) -> None:
    online = {**EVENT, "isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
    made = ana.ask("POST", "/me/calendars/{}/events", online).json()
    body = {"body": {"contentType": "HTML", "content": "Something else"}}
    ana.ask("PATCH", f"/me/events/{made['id']}", body)
    assert ana.ask("GET", f"/me/events/{made['id']}").json()["onlineMeeting"] is None


def test_only_who_was_invited_can_answer(ana: Client) -> None:
    made = ana.ask("POST", "/me/calendars/{}/events", EVENT).json()
    assert ana.ask("POST", f"/me/events/{made['id']}/accept", {}).status_code == 400


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"schedules": [f"p{n}@x.example" for n in range(21)]}, "ErrorMailboxDataArrayTooBig"),
        ({"endTime": {"dateTime": "2027-03-01T00:00:00", "timeZone": "UTC"}}, "ErrorTimeIntervalTooBig"),
        ({"availabilityViewInterval": 1}, "ErrorInvalidMergedFreeBusyInterval"),
    ],
)
def test_free_busy_has_its_limits(ana: Client, asked: dict[str, Any], expected: str) -> None:
    body = {"schedules": [ALEX], "startTime": AT["start"], "endTime": AT["end"], **asked}
    assert code(ana.ask("POST", "/me/calendar/getSchedule", body)) == expected


def test_a_stranger_in_a_list_of_schedules_has_an_error_of_their_own(ana: Client) -> None:
    body = {"schedules": [ALEX, "x@elsewhere.example"], "startTime": AT["start"], "endTime": AT["end"]}
    first, second = ana.ask("POST", "/me/calendar/getSchedule", body).json()["value"]
    assert "error" not in first
    assert second["error"]["responseCode"] == "ErrorMailRecipientNotFound"


def test_the_page_can_be_read_and_pressed(stand: MicrosoftStand) -> None:
    asked = {
        "client_id": stand.directory.client_id,
        "response_type": "code",
        "redirect_uri": "https://overlap.example.org/back",
        "scope": "openid Calendars.ReadWrite",
        "state": "<state>",
        "nonce": "n",
        "code_challenge": "c",
        "code_challenge_method": "S256",
    }
    url = f"{stand.url}/common/oauth2/v2.0/authorize?{httpx.QueryParams(asked)}"
    sent, answered = stand.decide(url, ANA)
    assert (sent, answered["state"]) == ("https://overlap.example.org/back", "<state>")
    with stand.browser() as browser:
        assert "<state>" not in browser.get(url).text
        assert browser.get(url.replace("S256", "plain")).status_code == 400
        assert browser.get(url.replace(stand.directory.client_id, "other")).status_code == 400
    assert len(stand.refusals) == 2


def test_it_is_trusted_by_its_own_authority_alone(stand: MicrosoftStand) -> None:
    stranger = httpx.Client(trust_env=False, verify=ssl.create_default_context())
    with stranger, pytest.raises(httpx.ConnectError):
        stranger.get(stand.url)
    assert stand.environment["OVERLAP_CA_FILE"] == str(stand.ca_file)
