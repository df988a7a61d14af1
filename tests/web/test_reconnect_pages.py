"""The pages behind a Reconnect button: straight to that account, with all that is known of it filled in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.calendars import Access, Connection, Problem
from bot.people.connect import RECONNECT
from bot.providers import memory
from bot.storage import calendars
from tests.builders import NOW, TENANT
from tests.people.desk import Desk, a_desk, token_of
from tests.web.browser import Browser, link, title
from tests.web.test_sign_in_pages import OTHER, WORK, address, connected, connections


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        for user in (WORK, OTHER):
            desk.service.calendar(user, f"Calendar of {user}")
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Browser:
    """Ana's, behind her link."""
    browser = Browser(desk)
    browser.post(link(desk))
    return browser


def again(desk: Desk, connection: Connection) -> str:
    """The path of a link to connect that account again."""
    return f"/connect/{token_of(desk.connecting.link(desk.ana, consent=connection.id, purpose=RECONNECT))}"


def test_reconnect_goes_straight_to_the_service_with_the_account_named(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser, access="freebusy")
    with desk.database.transaction() as tx:
        calendars.blame(tx, TENANT, connection.id, Problem.SIGN_IN_NEEDED, since=NOW)
    where = again(desk, connection)
    assert title(browser.get(where)) == f"Connect {connection.label} again"
    url = address(browser.post(where).text)
    assert (desk.google.hints[-1], "access=freebusy" in url) == (WORK, True)
    page = browser.get(desk.google.signs_in(url, WORK))
    assert title(page) == "Your calendars and hours"
    assert [(one.id, one.problem, one.access) for one in connections(desk)] == [(connection.id, None, Access.FREEBUSY)]


def test_reconnect_pressed_twice_leads_to_the_same_place(desk: Desk, browser: Browser) -> None:
    where = again(desk, connected(desk, browser))
    browser.post(where)
    assert address(browser.post(where).text)


def test_reconnecting_as_somebody_else_is_told_and_changes_nothing(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser)
    url = address(browser.post(again(desk, connection)).text)
    page = browser.get(desk.google.signs_in(url, OTHER))
    assert (page.status_code, title(page)) == (409, "That was another account")
    assert [one.id for one in connections(desk)] == [connection.id]


@pytest.mark.parametrize(
    ("url", "page", "field"),
    [
        pytest.param("https://dav.example.com/", "caldav", 'value="https://dav.example.com/"', id="a server"),
        pytest.param("https://caldav.fastmail.com/", "caldav", "Privacy &amp; Security", id="a service known by name"),
        pytest.param("https://caldav.icloud.com/", "icloud", "account.apple.com", id="iCloud"),
    ],
)
def test_reconnect_fills_in_all_but_the_password(desk: Desk, browser: Browser, url: str, page: str, field: str) -> None:
    connection = desk.connect(url=url)
    shown = browser.post(again(desk, connection))
    assert shown.url.path == f"/connect/{page}"
    assert field in shown.text
    assert 'name="user" type="text" ' in shown.text
    assert 'value="ana"' in shown.text
    wrong = browser.post(f"/connect/{page}", account=connection.id, user="ben", password=memory.PASSWORD)
    assert wrong.status_code == 422
    assert "That is another account" in wrong.text
    made = browser.post(f"/connect/{page}", account=connection.id, user="ana", password=memory.PASSWORD)
    assert "That account is connected again" in made.text
    assert [one.id for one in connections(desk)] == [connection.id]


def test_reconnect_of_a_feed_asks_for_its_link(desk: Desk, browser: Browser) -> None:
    connection = desk.connect()
    with desk.database.transaction() as tx:
        tx.execute(calendars.CONNECTIONS.update().values(provider="ics", label="Football"))
    page = browser.post(again(desk, connection))
    assert page.url.path == "/connect/feed"
    assert title(page) == "The link of Football, once more"
    assert re.search(r'name="url"[^>]* value=""', page.text)


def test_reconnect_of_what_is_not_offered_any_more_leads_to_what_is(desk: Desk) -> None:
    browser = Browser(desk, offered=frozenset({"google"}))
    page = browser.post(again(desk, desk.connect()))
    assert (page.url.path, title(page)) == ("/connect", "Your calendar accounts")
