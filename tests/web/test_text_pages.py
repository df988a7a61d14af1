"""Calendars that are text: a feed's link and a file, from the page to what is kept."""

import io
import logging
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from httpx import Response

from bot.people.grants import unsealed
from bot.people.texts import emails
from bot.providers.registry import Services, providers
from bot.storage import calendars
from bot.storage.links import Session
from bot.storage.vault import Vault
from tests.builders import TENANT
from tests.people.desk import RING, Desk, a_desk
from tests.web.browser import Browser, link, title

SECRET = "private-3f9c2a"
MAIL = {"addresses": "ana@example.com"}


def ics(*events: str, name: str = "Football") -> bytes:
    """A calendar of events at those days of December."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", f"X-WR-CALNAME:{name}"]
    for day in events:
        lines += ["BEGIN:VEVENT", f"UID:{day}@x", "DTSTAMP:20260101T000000Z", f"DTSTART:202612{day}T100000Z"]
        lines += [f"DTEND:202612{day}T110000Z", "SUMMARY:Match", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


@dataclass
class Publisher:
    """A server that publishes one calendar at a secret address."""

    port: int
    answers: tuple[int, bytes] = (200, b"")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{SECRET}.ics"


@contextmanager
def publishing() -> Iterator[Publisher]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = made.answers
            self.send_response(status)
            self.send_header("Content-Type", "text/calendar")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody listens."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Publisher(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as publisher:
        publisher.answers = (200, ics("05"))
        yield publisher


@pytest.fixture
def desk(tmp_path: Path, publisher: Publisher) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        services = Services(private_hosts=frozenset({f"127.0.0.1:{publisher.port}"}))
        desk.connecting = replace(desk.connecting, providers=providers(services))
        desk.signing_in = replace(desk.signing_in, connecting=desk.connecting)
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Browser:
    browser = Browser(desk)
    browser.post(link(desk))
    return browser


def uploads(browser: Browser, data: bytes, name: str = "work.ics", **fields: str) -> Response:
    browser.get("/connect/import")
    return browser.post("/connect/import", files={"file": (name, data)}, **(MAIL | fields))


def feeds(browser: Browser, url: str, **fields: str) -> Response:
    browser.get("/connect/feed")
    return browser.post("/connect/feed", url=url, **({"name": ""} | MAIL | fields))


def test_a_feed_is_read_once_confirmed_and_kept_as_a_secret(desk: Desk, browser: Browser, publisher: Publisher) -> None:
    assert 'value="ana@example.com"' in browser.get("/connect/feed").text
    page = feeds(browser, publisher.url, name="Football", addresses="Ana@Example.com, ana@club.example")
    assert title(page) == "Connect Football to this chat account?"
    assert "can only read it" in page.text
    assert SECRET not in page.text
    assert title(browser.post("/connect/confirm", answer="yes")) == "Your calendars and hours"
    (one,) = desk.calendars().values()
    assert (one.counts, one.is_writable, one.is_static, one.receives) == (True, False, False, False)
    with desk.database.reading() as tx:
        (connection,) = calendars.connections_of(tx, TENANT, desk.ana.id)
        sealed = calendars.sealed_account(tx, TENANT, connection.id)
        account = unsealed(tx, Vault(RING), TENANT, connection.id)
    assert (account.password, account.addresses) == (publisher.url, ("ana@example.com", "ana@club.example"))
    assert SECRET not in connection.label
    assert SECRET.encode() not in sealed


def test_the_same_feed_again_takes_its_own_place(desk: Desk, browser: Browser, publisher: Publisher) -> None:
    feeds(browser, publisher.url)
    browser.post("/connect/confirm", answer="yes")
    assert title(feeds(browser, publisher.url)) == "Your calendars and hours"
    assert len(desk.calendars()) == 1


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        pytest.param((200, b"<html>Sign in</html>"), "There is no calendar at this link", id="a web page"),
        pytest.param((200, b""), "There is no calendar at this link", id="nothing"),
        pytest.param((404, b""), "There is no calendar at this link", id="not there"),
        pytest.param((401, b""), "asks for a password", id="a password is wanted"),
        pytest.param((403, b""), "does not give this calendar out", id="no longer published"),
        pytest.param((500, b""), "does not answer", id="a broken server"),
    ],
)
def test_what_is_no_feed_is_told_at_its_field(
    desk: Desk, browser: Browser, publisher: Publisher, answers: tuple[int, bytes], words: str
) -> None:
    publisher.answers = answers
    page = feeds(browser, publisher.url)
    assert page.status_code == 422
    assert page.text.count(words) == 2
    assert desk.calendars() == {}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("", "link is missing", id="none"),
        pytest.param("ftp://x.example/a.ics", "no link of a calendar", id="no address of the web"),
        pytest.param("https://ana:pw@x.example/a.ics", "holds a user name", id="a password in it"),
        pytest.param("http://x.example/a.ics", "Use https://", id="plain http"),
        pytest.param("webcal://10.0.0.1/a.ics", "lies in a private network", id="a private address"),
        pytest.param("https://169.254.169.254/a.ics", "lies in a private network", id="a metadata address"),
    ],
)
def test_a_link_that_cannot_be_is_told(browser: Browser, url: str, words: str) -> None:
    page = feeds(browser, url)
    assert page.status_code == 422
    assert page.text.count(words) == 2


def test_a_file_is_shown_before_it_counts_and_told_from_what_updates(desk: Desk, browser: Browser) -> None:
    page = uploads(browser, ics("05", "07", "20"))
    assert title(page) == "Import work.ics to this chat account?"
    assert "3 events, from 5 December 2026 to 20 December 2026." in page.text
    assert "3 busy times in the year to come" in page.text
    assert "does not update" in page.text
    assert desk.calendars() == {}
    page = browser.post("/connect/confirm", answer="yes")
    assert "not updating" in page.text
    (one,) = desk.calendars().values()
    assert (one.is_static, one.is_writable) == (True, False)


def test_a_newer_file_of_the_same_name_takes_its_place_once_confirmed(desk: Desk, browser: Browser) -> None:
    uploads(browser, ics("05"))
    browser.post("/connect/confirm", answer="yes")
    (before,) = desk.calendars().values()
    page = uploads(browser, ics("05", "07"))
    assert "takes the place of what you imported" in page.text
    assert held(desk) == [ics("05").decode().strip()]
    browser.post("/connect/confirm", answer="yes")
    (after,) = desk.calendars().values()
    assert after.id == before.id
    assert held(desk) == [ics("05", "07").decode().strip()]
    assert desk.due("calendar")[after.id].total_seconds() == 0


def test_an_archive_of_files_is_one_import(browser: Browser) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.ics", ics("05"))
        archive.writestr("b.ics", ics("07"))
    assert "2 events" in uploads(browser, packed.getvalue(), "takeout.zip").text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(b"", 422, id="nothing"),
        pytest.param(b"<html></html>", 422, id="a web page"),
        pytest.param(b"PK\x03\x04 damaged", 422, id="a damaged archive"),
        pytest.param(b"\x00\xff" * 500, 422, id="noise"),
        pytest.param(b"x" * (11 * 1024 * 1024), 413, id="too much"),
    ],
)
def test_what_is_no_calendar_file_is_refused(desk: Desk, browser: Browser, data: bytes, status: int) -> None:
    page = uploads(browser, data)
    assert page.status_code == status
    assert desk.connecting.pending(session(desk, browser)) is None


def test_nobody_hands_over_megabytes_without_a_session(desk: Desk) -> None:
    assert Browser(desk).post("/connect/import", files={"file": ("a.ics", ics("05"))}).status_code == 410


def test_a_file_name_is_words_of_one_line(browser: Browser) -> None:
    page = uploads(browser, ics("05"), 'C:\\Users\\ana\\<b>"x".ics')
    assert "<b>" not in page.text
    assert "Users" not in page.text


def test_neither_link_nor_file_reaches_a_log(
    browser: Browser, publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="bot"):
        feeds(browser, publisher.url)
        browser.post("/connect/confirm", answer="yes")
        publisher.answers = (500, b"")
        feeds(browser, publisher.url + "?again")
        uploads(browser, ics("05", name="Canary"), "canary.ics")
    for secret in (SECRET, "Canary", "canary", "Match"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ()),
        ("A@x.example; b@x.example,a@X.example", ("a@x.example", "b@x.example")),
        ("ana", None),
        ("a@b@c", None),
        (" ".join(f"a{n}@x.example" for n in range(11)), None),
    ],
)
def test_addresses(words: str, found: tuple[str, ...] | None) -> None:
    assert emails(words) == found


def held(desk: Desk) -> list[str]:
    with desk.database.reading() as tx:
        ids = [one.id for one in calendars.connections_of(tx, TENANT, desk.ana.id)]
        return [unsealed(tx, Vault(RING), TENANT, one).grant.strip() for one in ids]


def session(desk: Desk, browser: Browser) -> Session:
    found = desk.connecting.session(browser.client.cookies["overlap_connect"])
    assert found is not None
    return found
