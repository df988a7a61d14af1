"""Servers that mean us harm: each costs a bounded time, and ends in one named error."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.clients import GoogleClient
from bot.core.errors import NotACalendar, OverlapError, TryLater
from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.fetch import Door
from bot.providers.google.adapter import Google, connect
from bot.providers.google.reading import MOST_PAGES, Page, pages
from bot.providers.google.scopes import EVENTS
from bot.providers.microsoft.api import Graph
from bot.providers.microsoft.shapes import Event, Named
from tests.providers.microsoft import WINDOW
from tests.providers.publisher import Publisher, publisher
from tests.providers.scripted import Answer, Scripted, member, multistatus, scripted

CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
EVENT = {"id": "1", "iCalUID": "u", "status": "confirmed"}


@pytest.fixture
def web() -> Iterator[Publisher]:
    with publisher() as web:
        yield web


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


class Always:
    """Tokens that never end."""

    def token(self, *_: object, **__: object) -> str:
        return "token"


def graph(web: Publisher) -> Graph:
    return Graph(web.url.rpartition("/private")[0], Door(allowed=web.allowed), Always())


def google(web: Publisher, body: bytes) -> Google:
    web.says(body)
    root = web.url.rpartition("/private")[0]
    client = GoogleClient(client_id="id", client_secret="secret", api_url=root, oauth_url=root)
    grant = {"access_token": "a", "refresh_token": "r", "expiry": "2099-01-01T00:00:00", "scopes": [EVENTS]}
    known = Account(
        provider="google", url="", user="ana@acme.example", password="", addresses=(), grant=json.dumps(grant)
    )
    return connect(known, client, Door(allowed=web.allowed))


WRONG: dict[str, bytes] = {
    "nothing": b"",
    "HTML": b"<html></html>",
    "cut off": b'{"items": [{"id": "1"',
    "a list for an object": b"[]",
    "an object for a list": b'{"items": {}, "value": {}}',
    "a number for an event": b'{"items": [1], "value": [1]}',
    "a word for a number": b'{"items": [{"sequence": "seven"}], "value": [{"id": 7}]}',
    "a number for a word": b'{"items": [{"id": 7}], "value": [{"id": 7}]}',
    "null": b"null",
    "no UTF-8": b'{"items": [{"id": "\xff"}], "value": [{"id": "\xff"}]}',
    "nested without end": b'{"items": [{"x": ' + b"[" * 100_000 + b'}], "value": [{"x": ' + b"[" * 100_000,
    "a number without end": b'{"items": [{"sequence": ' + b"9" * 5_000 + b"}]}",
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_what_is_no_answer_of_googles_is_no_reading(web: Publisher, body: bytes) -> None:
    with closing(google(web, body)) as opened, pytest.raises(NotACalendar):
        opened.read(Remote("ana@acme.example"), WINDOW, "UTC")


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_what_is_no_answer_of_microsofts_is_no_reading(web: Publisher, body: bytes) -> None:
    web.says(body)
    opened = graph(web)
    with pytest.raises(NotACalendar):
        list(opened.pages("/me/events", Event))
    opened.close()


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_no_clock_reaches_is_no_reading(web: Publisher, at: str) -> None:
    body = {"items": [{**EVENT, "start": {"dateTime": at}, "end": {"dateTime": at}}], "nextSyncToken": "x"}
    with closing(google(web, json.dumps(body).encode())) as opened, pytest.raises(NotACalendar):
        opened.read(Remote("ana@acme.example"), WINDOW, "UTC")


def test_pages_of_googles_that_go_in_circles_are_left() -> None:
    asked: list[str | None] = []

    def same(token: str | None) -> Page:
        asked.append(token)
        return Page(next_page_token="again")

    with pytest.raises(NotACalendar):
        list(pages(same))
    assert asked == [None, "again"]


def test_pages_of_googles_that_go_on_for_ever_are_left() -> None:
    asked: list[str | None] = []

    def more(token: str | None) -> Page:
        asked.append(token)
        return Page(next_page_token=f"{len(asked)}")

    with pytest.raises(NotACalendar):
        list(pages(more))
    assert len(asked) == MOST_PAGES


def test_pages_of_microsofts_that_go_in_circles_are_left(web: Publisher) -> None:
    opened = graph(web)
    link = f"{web.url.rpartition('/private')[0]}/v1.0/me/events?page=2"
    web.says(json.dumps({"value": [], "@odata.nextLink": link}).encode())
    with pytest.raises(NotACalendar):
        list(opened.pages("/me/events", Event))
    assert len(web.seen) == 2
    opened.close()


@pytest.mark.parametrize(
    "link",
    ["https://evil.example.org/v1.0/me", "http://169.254.169.254/", "//evil.example.org/", "/v1.0/me", "https://[", ""],
)
def test_a_link_of_microsofts_to_another_server_is_not_followed(web: Publisher, link: str) -> None:
    opened = graph(web)
    web.says(json.dumps({"value": [], "@odata.nextLink": link}).encode())
    with pytest.raises(NotACalendar):
        list(opened.pages("/me/events", Event))
    with pytest.raises(NotACalendar):
        list(opened.onward(link, Named))
    assert len(web.seen) == 1
    opened.close()


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 65_536


@pytest.mark.parametrize("headers", ["", "Content-Length: 100000000", "Content-Type: application/json"])
def test_a_page_without_end_is_cut_off(web: Publisher, headers: str) -> None:
    web.says(endless, headers)
    opened = graph(web)
    with pytest.raises(NotACalendar):
        list(opened.pages("/me/events", Event))
    opened.close()


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_what_unpacks_without_end_is_cut_off(web: Publisher, layers: int) -> None:
    body = bytes(30_000_000)
    for _ in range(layers):
        body = gzip.compress(body)
    web.says(body, f"Content-Encoding: {', '.join(['gzip'] * layers)}")
    with closing(web.open()) as opened, pytest.raises(NotACalendar):
        opened.calendars()


def test_answers_that_come_slowly_one_after_another_are_not_waited_for_without_end(web: Publisher) -> None:
    def slowly() -> Iterator[bytes]:
        threading.Event().wait(0.06)
        yield json.dumps({"value": [], "@odata.nextLink": f"{root}/v1.0/me?n={len(web.seen)}"}).encode()

    root = web.url.rpartition("/private")[0]
    web.says(slowly)
    door = replace(Door(allowed=web.allowed), in_a_row=timedelta(seconds=0.3))
    opened = Graph(root, door, Always())
    with pytest.raises(TryLater):
        list(opened.pages("/me", Named))
    assert len(web.seen) < 20
    opened.close()


def open_and_read(opened: CalendarProvider, remote: Remote) -> None:
    with closing(opened):
        opened.calendars()
        opened.read(remote, WINDOW, "UTC")


XML: dict[str, str] = {
    "entities": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><multistatus xmlns="DAV:">&b;</multistatus>',
    "a file of ours": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    '<multistatus xmlns="DAV:">&a;</multistatus>',
    "another case": '<!doctype x><multistatus xmlns="DAV:"/>',
    "nested without end": '<multistatus xmlns="DAV:">' + "<response>" * 100_000,
    "nested deeply": '<multistatus xmlns="DAV:">' + "<a>" * 5_000 + "</a>" * 5_000 + "</multistatus>",
    "one line without end": '<multistatus xmlns="DAV:"><x>' + "x" * 11_000_000 + "</x></multistatus>",
    "HTML": "<html><body>Sign in</body></html>",
    "nothing": "",
}


@pytest.mark.parametrize("body", XML.values(), ids=XML)
def test_what_is_no_answer_of_a_calendar_server_is_one_named_error(server: Scripted, body: str) -> None:
    server.says("PROPFIND", "/", Answer(207, body))
    with pytest.raises(OverlapError) as told:
        open_and_read(server.open(), server.work)
    assert "passwd" not in str(told.value)
    assert "root:" not in str(told.value)


HREFS = ["http://[", "https://[::1", "http://evil.example.org/x", "//evil.example.org/", "\\\\evil\\x"]


@pytest.mark.parametrize("href", HREFS)
def test_an_address_in_an_answer_that_is_none_ends_in_one_named_error(server: Scripted, href: str) -> None:
    server.says(
        "PROPFIND",
        "/",
        multistatus(member("/", f"<C:calendar-home-set><D:href>{href}</D:href></C:calendar-home-set>")),
    )
    server.says("PROPFIND", "/ana/work/", multistatus(member(href, "<D:getetag>1</D:getetag>")))
    calls: list[Callable[[CalendarProvider], object]] = [
        lambda opened: opened.calendars(),
        lambda opened: opened.read(server.work, WINDOW, "UTC"),
    ]
    for call in calls:
        with closing(server.open()) as opened, pytest.raises(OverlapError):
            call(opened)


@pytest.mark.parametrize("location", ["http://[", "https://*.example.org/", "https://.example.org/", "https://"])
def test_a_redirect_to_what_is_no_address_is_one_named_error(server: Scripted, location: str) -> None:
    server.says("PROPFIND", "/", Answer(301, "", {"Location": location}))
    with closing(server.open()) as opened, pytest.raises(OverlapError):
        opened.calendars()
    assert {one.path for one in server.seen} <= {"/", "/.well-known/caldav"}


def test_fifty_thousand_calendars_are_listed_once_and_none_is_asked(server: Scripted) -> None:
    home = multistatus(member("/", "<C:calendar-home-set><D:href>/h/</D:href></C:calendar-home-set>"))
    server.says("PROPFIND", "/", home)
    server.says("PROPFIND", "/h/", multistatus(*(member(f"/h/{n}/", CALENDAR) for n in range(50_000))))
    with closing(server.open()) as opened:
        assert len(opened.calendars()) == 50_000
    assert len(server.seen) <= 3
