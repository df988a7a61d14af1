"""The administrators' pages, through their real routes: what they show, what they take, and whom they send away."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx import Response

from bot.core.calendars import Access, Connection, Problem
from bot.core.ids import ConnectionId
from bot.people import grants
from bot.people.pending import identity
from bot.providers.base import Room
from bot.providers.oauth import Refusal
from bot.storage import calendars
from tests.builders import NOW, TENANT
from tests.people.desk import Desk, a_desk, token_of
from tests.web.browser import Browser, buttons, link, title
from tests.web.test_sign_in_pages import away

ELBE = Room(address="elbe@example.com", name="Elbe", capacity=8, building="Harbour", floor="2", features=("screen",))
SPREE = Room(address="spree@example.com", name="Spree <b>", building="Tower")
FIELDS = {"name": "Elbe", "capacity": "8", "zone": "Europe/Berlin"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        desk.service.abilities = replace(desk.service.abilities, sees_colleagues=True)
        desk.service.rooms = (ELBE, SPREE)
        desk.service.calendar("Elbe", "Own")
        desk.service.shows[ELBE.address] = "Elbe"
        yield desk


def at_google(desk: Desk) -> None:
    connected(desk, "google")


def connected(desk: Desk, provider: str) -> None:
    """Ana's account there."""
    opens = replace(desk.service.account("ana"), provider=provider)
    made = Connection(
        id=ConnectionId(f"ana-{provider}"),
        tenant=TENANT,
        person=desk.ana.id,
        provider=provider,
        label=f"ana · {provider.title()}",
        connected_at=NOW,
        access=Access.FULL,
        sees_colleagues=True,
    )
    with desk.database.transaction() as tx:
        kept = grants.sealed(tx, desk.connecting.vault, TENANT, made.id, opens)
        calendars.add_connection(tx, made, kept, identity(opens))


def opened(desk: Desk) -> Browser:
    """Ana, behind the link from her chat."""
    browser = Browser(desk)
    path = f"/connect/{token_of(desk.rooms.link(desk.ana))}"
    assert title(browser.get(path)) == "Add and change the rooms of this workspace"
    browser.post(path)
    return browser


def said(page: Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_without_an_account_of_ones_own_it_says_what_to_do_first(desk: Desk) -> None:
    page = opened(desk).get("/connect/rooms")
    assert title(page) == "Rooms and equipment"
    assert "Connect one first" in said(page)


def test_what_only_the_operator_can_mend_is_shown(desk: Desk) -> None:
    at_google(desk)
    assert "To be mended" not in said(opened(desk).get("/connect/rooms"))
    with desk.database.transaction() as tx:
        calendars.blame(tx, TENANT, ConnectionId("ana-google"), Problem.OURS)
    assert "To be mended: Google refuses Overlap’s own registration." in said(opened(desk).get("/connect/rooms"))


def test_that_nobody_can_sign_in_is_shown_until_somebody_can(desk: Desk) -> None:
    browser = Browser(desk)
    browser.post(link(desk))
    desk.service.calendar("work@acme.example", "Work")
    back = desk.google.signs_in(away(browser), "work@acme.example")
    desk.google.fails = Refusal.OURS
    browser.get(back)
    assert "Google refuses Overlap’s own registration. Nobody" in said(opened(desk).get("/connect/rooms"))
    desk.google.fails = None
    browser.get(desk.google.signs_in(away(browser), "work@acme.example"))
    assert "refuses" not in said(opened(desk).get("/connect/rooms"))


def test_the_link_of_ones_own_calendars_opens_no_rooms(desk: Desk) -> None:
    browser = Browser(desk)
    browser.get(link(desk))
    browser.post(link(desk))
    assert browser.get("/connect/rooms").status_code == 410


def test_a_link_to_the_rooms_opens_none_of_ones_own_calendars(desk: Desk) -> None:
    assert opened(desk).get("/connect/calendars").status_code == 410


def test_who_no_longer_administers_is_sent_away_at_once(desk: Desk) -> None:
    browser = opened(desk)
    desk.admins = frozenset()
    other = Browser(desk)
    other.client.cookies = browser.client.cookies
    assert title(other.get("/connect/rooms")) == "This page is for administrators"


def test_rooms_are_imported_with_ticks_one_building_at_a_time(desk: Desk) -> None:
    at_google(desk)
    browser = opened(desk)
    page = browser.get("/connect/rooms/import")
    assert "8 seats · Harbour · floor 2 · screen" in said(page)
    assert "Spree &lt;b&gt;" in page.text
    only = browser.get("/connect/rooms/import?account=ana-google&building=Harbour")
    assert ELBE.address in only.text
    assert SPREE.address not in only.text
    nothing = browser.post("/connect/rooms/import", account="ana-google", second="")
    assert nothing.status_code == 422
    assert "Tick at least one room." in said(nothing)
    page = browser.post("/connect/rooms/import", account="ana-google", room=ELBE.address, second="")
    assert "One room was added." in said(page)
    assert "no second account" in said(page)
    assert "here already" in said(browser.get("/connect/rooms/import"))


def test_a_directory_that_may_not_be_listed_is_asked_for_at_google(desk: Desk) -> None:
    at_google(desk)
    desk.service.rooms = None
    page = opened(desk).get("/connect/rooms/import")
    assert title(page) == "This account has no list of rooms"


def test_a_permission_is_asked_for_where_the_service_does_and_leads_back(desk: Desk) -> None:
    at_google(desk)
    browser = opened(desk)
    browser.get("/connect/rooms/address")
    page = browser.post("/connect/rooms/permission", account="ana-google")
    assert "https://google.example/auth" in page.text
    assert desk.google.asked_rooms


def test_a_room_by_its_address_is_looked_at_before_it_is_believed(desk: Desk) -> None:
    at_google(desk)
    browser = opened(desk)
    browser.get("/connect/rooms/address")
    for address, words in (("elbe", "Type the room’s e-mail address"), ("no@example.com", "cannot see this room")):
        page = browser.post("/connect/rooms/address", address=address, keeper="ana-google", second="", **FIELDS)
        assert page.status_code == 422
        assert words in said(page)
        assert f'value="{address}"' in page.text  # nothing that was typed is lost
    page = browser.post("/connect/rooms/address", address=ELBE.address, keeper="ana-google", second="", **FIELDS)
    assert "Elbe @elbe" in said(page)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "Give the room a name"),
        ("name", "x" * 81, "Give the room a name"),
        ("capacity", "many", "Seats are a number"),
        ("capacity", "0", "Seats are a number"),
        ("zone", "Mars/Olympus", "That is no time zone"),
        ("open", "25:00", "It must close after it opens"),
        ("close", "00:30", "It must close after it opens"),
    ],
)
def test_what_makes_no_sense_is_said_next_to_its_field(desk: Desk, field: str, value: str, words: str) -> None:
    at_google(desk)
    browser = opened(desk)
    browser.get("/connect/rooms/address")
    typed = {**FIELDS, "open": "01:00", "close": "23:00", field: value}
    page = browser.post("/connect/rooms/address", address=ELBE.address, keeper="ana-google", second="", **typed)
    assert page.status_code == 422
    assert words in said(page)
    assert desk.rooms.every(TENANT) == ()


def test_a_calendar_of_ones_own_becomes_a_rooms_and_is_changed_and_removed(desk: Desk) -> None:
    desk.connect()
    browser = opened(desk)
    browser.get("/connect/rooms/calendar")
    missing = browser.post("/connect/rooms/calendar", second="", **FIELDS)
    assert "Choose the calendar" in said(missing)
    work = desk.calendars()["Work"].id
    page = browser.post("/connect/rooms/calendar", calendar=work, second="", **FIELDS, features="screen,  chairs ")
    assert "8 seats · screen, chairs" in said(page)
    (kept,) = desk.rooms.every(TENANT)
    page = browser.get(f"/connect/rooms/edit?room={kept.person.id}")
    assert 'value="screen, chairs"' in page.text
    page = browser.post("/connect/rooms/edit", room=kept.person.id, second="", **{**FIELDS, "name": "Oder"})
    assert "Oder @oder" in said(page)
    page = browser.get(f"/connect/rooms/remove?room={kept.person.id}")
    assert title(page) == "Remove Oder?"
    assert buttons(page) == ["Remove"]
    page = browser.post("/connect/rooms/remove", room=kept.person.id)
    assert "The room was removed." in said(page)
    assert desk.rooms.every(TENANT) == ()


def test_what_does_not_exist_any_more_leads_back_to_the_list(desk: Desk) -> None:
    browser = opened(desk)
    for path in ("/connect/rooms/edit?room=x", "/connect/rooms/remove?room=x"):
        assert title(browser.get(path)) == "Rooms and equipment"


def test_a_form_of_another_session_changes_nothing(desk: Desk) -> None:
    at_google(desk)
    browser = opened(desk)
    page = browser.ask("POST", "/connect/rooms/remove", data={"key": "forged", "room": "x"})
    assert title(page) == "This form is out of date"


def test_a_dead_link_sends_the_way_to_a_new_one_to_the_chat(desk: Desk) -> None:
    browser = Browser(desk)
    path = f"/connect/{token_of(desk.rooms.link(desk.ana))}"
    browser.get(path)
    browser.post(path)
    other = Browser(desk)
    assert title(other.post(path)) == "This link has been used"
    other.post(f"{path}/again")
    assert desk.rung("rooms", desk.ana.id) == 1


def test_at_microsoft_an_administrator_gets_the_link_that_allows_it_for_all(desk: Desk) -> None:
    connected(desk, "microsoft")
    browser = opened(desk)
    browser.get("/connect/rooms/address")
    page = browser.post("/connect/rooms/permission", account="ana-microsoft")
    assert page.status_code == 403
    assert "Link for your administrator" in said(page)
