"""A server that means harm, at an address that somebody typed: one page with one sentence, and nothing is connected."""

import gzip
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.providers.base import Account, CalendarProvider, Keeper
from bot.providers.caldav import connect as caldav
from bot.providers.fetch import Door
from bot.providers.ics.feed import connect as feed
from tests.people.desk import Desk, a_desk
from tests.providers.publisher import Publisher, publisher
from tests.providers.scripted import Answer, Scripted, member, multistatus, scripted
from tests.web.browser import Browser, link
from tests.web.test_sign_in_pages import connections, session

PASSWORD, CANARY = "hunter2-canary-password", "canary-of-the-body"
NO_SERVER = "it does not answer as a calendar server"
NO_ANSWER = "The server does not answer."
AWAY = "sends us on to another one, which was not contacted."
NO_FEED = "There is no calendar at this link."
CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


@pytest.fixture
def web() -> Iterator[Publisher]:
    with publisher() as web:
        yield web


@pytest.fixture
def desk(tmp_path: Path, server: Scripted, web: Publisher) -> Iterator[Desk]:
    door = Door(
        allowed=web.allowed | {server.url.removeprefix("http://").rstrip("/")},
        all_within=timedelta(seconds=0.5),
        read_within=timedelta(seconds=0.3),
    )

    def dav(account: Account, _keeper: Keeper | None = None, /) -> CalendarProvider:
        return caldav(account, door)

    def ics(account: Account, _keeper: Keeper | None = None, /) -> CalendarProvider:
        return feed(account, door)

    with a_desk(tmp_path) as desk:
        desk.connecting = replace(desk.connecting, providers={"caldav": dav, "ics": ics})
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Browser:
    browser = Browser(desk)
    browser.post(link(desk))
    return browser


def is_untouched(desk: Desk, browser: Browser, folder: Path, secret: str) -> bool:
    """Nothing is connected, nothing waits, and what was typed stands nowhere on disk."""
    kept = b"".join(path.read_bytes() for path in folder.rglob("connect.sqlite3*"))
    waits = desk.connecting.pending(session(desk, browser))
    return connections(desk) == [] and waits is None and secret.encode() not in kept


def moved(url: str) -> Callable[[Scripted], None]:
    return lambda server: server.says("PROPFIND", "/", Answer(307, CANARY, {"Location": url}))


def answers(body: str, status: int = 207) -> Callable[[Scripted], None]:
    return lambda server: server.says("PROPFIND", "/", Answer(status, body))


def lists(count: int) -> Callable[[Scripted], None]:
    home = multistatus(member("/", "<C:calendar-home-set><D:href>/h/</D:href></C:calendar-home-set>"))
    held = multistatus(*(member(f"/h/{n}/", CALENDAR) for n in range(count)))

    def says(server: Scripted) -> None:
        server.says("PROPFIND", "/", home)
        server.says("PROPFIND", "/h/", held)

    return says


def leads_to(href: str) -> Callable[[Scripted], None]:
    return answers(multistatus(member("/", f"<C:calendar-home-set><D:href>{href}</D:href></C:calendar-home-set>")).body)


SERVERS: dict[str, tuple[Callable[[Scripted], None], str]] = {
    "HTML": (answers(f"<html>{CANARY}</html>", 200), NO_SERVER),
    "entities": (answers(f'<!DOCTYPE x [<!ENTITY a "{CANARY}">]><x>&a;</x>'), NO_SERVER),
    "nested without end": (answers('<multistatus xmlns="DAV:">' + "<a>" * 50_000), NO_SERVER),
    "one line without end": (answers("x" * 11_000_000), NO_SERVER),
    "a redirect to the metadata server": (moved("http://169.254.169.254/latest/"), AWAY),
    "a redirect inside": (moved("https://10.0.0.1/"), AWAY),
    "a redirect to what is no address": (moved("https://*.example.org/"), AWAY),
    "a circle": (moved("/"), NO_ANSWER),
    "links to another host": (leads_to("https://evil.example.org/h/"), AWAY),
    "links to the metadata server": (leads_to("http://169.254.169.254/"), AWAY),
    "fifty thousand calendars": (lists(50_000), "more than 500 calendars"),
    "a failure": (answers(CANARY, 500), NO_ANSWER),
}  # fmt: skip


@pytest.mark.parametrize(("says", "sentence"), SERVERS.values(), ids=SERVERS)
def test_a_hostile_calendar_server_is_one_sentence(
    desk: Desk,
    browser: Browser,
    server: Scripted,
    tmp_path: Path,
    says: Callable[[Scripted], None],
    sentence: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    says(server)
    browser.get("/connect/caldav")
    page = browser.post("/connect/caldav", service="other", url=server.url, user="ana", password=PASSWORD)
    assert page.status_code == 422
    assert sentence in page.text
    for secret in (PASSWORD, CANARY):
        assert secret not in page.text
        assert secret not in caplog.text
    assert is_untouched(desk, browser, tmp_path, PASSWORD)


def endless() -> Iterator[bytes]:
    while True:
        yield CANARY.encode() * 4_000


FEEDS: dict[str, tuple[bytes | Callable[[], Iterator[bytes]], str, int, str]] = {
    "nothing": (b"", "", 200, NO_FEED),
    "HTML": (f"<html>{CANARY}</html>".encode(), "", 200, NO_FEED),
    "cut off": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:" + CANARY.encode(), "", 200, NO_FEED),
    "one line without end": (b"BEGIN:VCALENDAR\r\nX:" + b"x" * 10_400_000, "", 200, NO_FEED),
    "no end": (endless, "", 200, NO_FEED),
    "a bomb": (gzip.compress(bytes(40_000_000)), "Content-Encoding: gzip", 200, NO_FEED),
    "a redirect to the metadata server": (b"", "Location: http://169.254.169.254/", 302, AWAY),
    "a redirect to http": (b"", "Location: http://93.184.215.14/", 301, AWAY),
    "half of what was said": (b"BEGIN:VCALENDAR", "Content-Length: 5000", 200, NO_ANSWER),
    "a failure": (CANARY.encode(), "", 500, NO_ANSWER),
}


@pytest.mark.parametrize(("body", "headers", "status", "sentence"), FEEDS.values(), ids=FEEDS)
def test_a_hostile_publisher_is_one_sentence(
    desk: Desk,
    browser: Browser,
    web: Publisher,
    tmp_path: Path,
    body: bytes,
    headers: str,
    status: int,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    web.says(body, headers, status=status)
    browser.get("/connect/feed")
    page = browser.post("/connect/feed", url=web.url, addresses="ana@example.com")
    assert page.status_code == 422
    assert sentence in page.text
    said = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("bot"))
    for text in (page.text, said):
        assert CANARY not in text
    assert "private-3f2a9c" not in caplog.text
    assert is_untouched(desk, browser, tmp_path, "private-3f2a9c")
