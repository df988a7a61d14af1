"""Feeds: fetched only when they changed, believed only when they are whole, and never written."""

import gzip
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import (
    AddressRefused,
    CursorExpired,
    NotACalendar,
    NotFound,
    OverlapError,
    Refused,
    SignInNeeded,
    TryLater,
)
from bot.core.events import Draft, Kind, Response
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.providers.base import Account, Cursor, Reading, Remote
from bot.providers.fetch import Door
from bot.providers.ics.feed import FEED, Feed, address, connect
from tests.providers.publisher import SECRET, Publisher, publisher

CORPUS = Path(__file__).parent.parent / "corpus"
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
NINE = Interval(datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC))
PLAIN = (CORPUS / "plain.ics").read_bytes()
MOVED = PLAIN.replace(b":20261201T", b":20261202T")
DRAFT = Draft(uid="x@overlap", meeting=MeetingId("m1"), title="Ana / Alex", when=NINE, zone="UTC", sequence=0)


@pytest.fixture
def web() -> Iterator[Publisher]:
    with publisher() as server:
        server.says(PLAIN)
        yield server


@pytest.fixture
def feed(web: Publisher) -> Iterator[Feed]:
    opened = web.open()
    yield opened
    opened.close()


def read(feed: Feed) -> Reading:
    return feed.read(FEED, WINDOW, "Europe/Berlin")


def marked(feed: Feed) -> Cursor:
    cursor = read(feed).cursor
    assert cursor is not None
    return cursor


def test_what_blocks_is_read(feed: Feed) -> None:
    assert [one.when for one in read(feed).instances] == [NINE]


def test_one_fetch_serves_the_question_and_the_answer(web: Publisher, feed: Feed) -> None:
    cursor = marked(feed)
    web.says(MOVED)
    assert feed.changed(FEED, cursor)
    assert len(read(feed).instances) == 1
    assert len(web.seen) == 2


def test_the_publisher_is_asked_whether_it_changed(web: Publisher, feed: Feed) -> None:
    web.says(PLAIN, 'ETag: "one"\nLast-Modified: Tue, 24 Nov 2026 10:00:00 GMT')
    cursor = marked(feed)
    assert not feed.changed(FEED, cursor)
    assert web.seen[-1]["If-None-Match"] == '"one"'
    assert web.seen[-1]["If-Modified-Since"] == "Tue, 24 Nov 2026 10:00:00 GMT"
    assert read(feed).instances  # a reading after "nothing changed" is a whole one all the same


def test_a_new_stamp_is_no_change(web: Publisher, feed: Feed) -> None:
    stamped = PLAIN.replace(b"END:VEVENT", b"DTSTAMP:20261124T100000Z\r\nEND:VEVENT")
    web.says(stamped, 'ETag: "one"')
    cursor = marked(feed)
    web.says(stamped.replace(b"20261124T10", b"20261124T11"), 'ETag: "two"')
    assert not feed.changed(FEED, cursor)
    web.says(MOVED)
    assert feed.changed(FEED, cursor)


def test_a_cursor_that_never_was_is_expired(feed: Feed) -> None:
    with pytest.raises(CursorExpired):
        feed.changed(FEED, Cursor("never"))


def test_another_calendar_than_its_own_is_not_found(feed: Feed) -> None:
    with pytest.raises(NotFound):
        feed.read(Remote("other"), WINDOW, "UTC")


@pytest.mark.parametrize(
    ("lines", "headers", "cadence"),
    [
        pytest.param(b"", "", timedelta(minutes=30), id="it says nothing"),
        pytest.param(b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n", "", timedelta(hours=2), id="RFC 7986"),
        pytest.param(b"X-PUBLISHED-TTL:PT20M\r\n", "", timedelta(minutes=40), id="what Outlook says"),
        pytest.param(b"", "Cache-Control: public, max-age=1200", timedelta(minutes=40), id="its server says"),
        pytest.param(b"X-PUBLISHED-TTL:PT1S\r\n", "", timedelta(minutes=10), id="too often"),
        pytest.param(b"X-PUBLISHED-TTL:P4W\r\n", "", timedelta(hours=48), id="hardly ever"),
        pytest.param(b"X-PUBLISHED-TTL:soon\r\n", "", timedelta(minutes=30), id="nonsense"),
    ],
)
def test_it_is_fetched_as_often_as_it_says(
    web: Publisher, feed: Feed, lines: bytes, headers: str, cadence: timedelta
) -> None:
    web.says(PLAIN.replace(b"BEGIN:VEVENT", lines + b"BEGIN:VEVENT", 1), headers)
    cursor = marked(feed)
    assert feed.abilities.cadence == cadence
    later = web.open()
    later.changed(FEED, cursor)
    assert later.abilities.cadence == cadence


@pytest.mark.parametrize("line", [b"X-WR-CALNAME:Ana\\, at home", b"NAME:Ana\\, at home"])
def test_it_is_called_what_it_calls_itself(web: Publisher, feed: Feed, line: bytes) -> None:
    web.says(PLAIN.replace(b"BEGIN:VEVENT", line + b"\r\nX-WR-TIMEZONE:Europe/Rome\r\nBEGIN:VEVENT", 1))
    (calendar,) = feed.calendars()
    assert (calendar.name, calendar.zone, calendar.is_writable) == ("Ana, at home", "Europe/Rome", False)


def test_one_without_a_name_is_called_by_its_host(feed: Feed) -> None:
    assert feed.calendars()[0].name == "Feed of 127.0.0.1"


def test_what_its_owner_declined_is_free(web: Publisher, feed: Feed) -> None:
    web.says((CORPUS / "declined.ics").read_bytes())
    assert read(feed).instances == ()


def test_a_feed_of_nothing_but_busy_times(web: Publisher, feed: Feed) -> None:
    web.says((CORPUS / "freebusy-only.ics").read_bytes())
    told = [(f"{one.when.start:%d %H:%M}–{one.when.end:%H:%M}", one.kind) for one in read(feed).instances]
    assert told == [
        ("01 08:00–09:00", Kind.HARD),
        ("01 10:00–10:30", Kind.HARD),
        ("01 13:00–14:00", Kind.SOFT),
        ("02 08:00–16:00", Kind.AWAY),
        ("03 08:00–09:00", Kind.HARD),
    ]


def test_an_empty_calendar_is_a_complete_answer(web: Publisher, feed: Feed) -> None:
    web.says((CORPUS / "nothing.ics").read_bytes())
    assert read(feed).instances == ()


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda feed: feed.put(FEED, DRAFT), id="put"),
        pytest.param(lambda feed: feed.remove(FEED, DRAFT.uid), id="remove"),
        pytest.param(lambda feed: feed.answer(FEED, DRAFT.uid, Response.ACCEPTED), id="answer"),
    ],
)
def test_it_is_never_written(feed: Feed, write: object) -> None:
    with pytest.raises(Refused, match="can only be read"):
        write(feed)  # type: ignore[operator]


def test_a_title_is_read_live(feed: Feed) -> None:
    assert feed.title(FEED, "plain", NINE.start)
    assert feed.get(FEED, "nowhere") is None


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, SignInNeeded), (403, Refused), (404, NotFound), (410, NotFound), (429, TryLater), (503, TryLater)],
)
def test_what_a_publisher_says_has_a_name(web: Publisher, feed: Feed, status: int, error: type[OverlapError]) -> None:
    web.says(b"", "Retry-After: 3600", status=status)
    with pytest.raises(error) as raised:
        read(feed)
    if isinstance(raised.value, TryLater):
        assert raised.value.after == timedelta(hours=1)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<!DOCTYPE html><html><body>Please sign in</body></html>", id="a web page"),
        pytest.param(b"Please sign in", id="words"),
        pytest.param(PLAIN[: len(PLAIN) // 2], id="half a file"),
        pytest.param(PLAIN[: PLAIN.rindex(b"END:VCALENDAR")], id="all but the last line"),
    ],
)
def test_a_body_that_is_no_calendar_is_refused(web: Publisher, feed: Feed, body: bytes) -> None:
    cursor = marked(feed)
    web.says(body)
    with pytest.raises(NotACalendar):
        read(feed)
    with pytest.raises(NotACalendar):
        feed.changed(FEED, cursor)


def test_fifty_thousand_events_are_refused(web: Publisher, feed: Feed) -> None:
    event = b"BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20261201T080000Z\r\nDTEND:20261201T090000Z\r\nEND:VEVENT\r\n"
    web.says(b"BEGIN:VCALENDAR\r\n" + b"".join(event % number for number in range(50_000)) + b"END:VCALENDAR\r\n")
    with pytest.raises(NotACalendar):
        read(feed)


def test_a_body_without_end_is_cut_off(web: Publisher, feed: Feed) -> None:
    def endless() -> Iterator[bytes]:
        yield b"BEGIN:VCALENDAR\r\n"
        while True:
            yield b"X-NOTHING:" + b"x" * 65_000 + b"\r\n"

    web.says(endless)
    with pytest.raises(NotACalendar):
        read(feed)


def test_a_body_that_drips_is_cut_off(web: Publisher) -> None:
    enough = threading.Event()

    def drip() -> Iterator[bytes]:
        while not enough.wait(0.02):
            yield b"B"

    web.says(drip)
    opened = web.open(within=0.3)
    with pytest.raises(TryLater):
        read(opened)
    enough.set()


def test_a_body_that_unpacks_without_end_is_cut_off(web: Publisher, feed: Feed) -> None:
    web.says(gzip.compress(b"BEGIN:VCALENDAR\r\n" + b" " * 60_000_000), "Content-Encoding: gzip")
    with pytest.raises(NotACalendar):
        read(feed)


def test_a_packed_body_is_unpacked(web: Publisher, feed: Feed) -> None:
    web.says(gzip.compress(PLAIN), "Content-Encoding: gzip")
    assert len(read(feed).instances) == 1


def test_a_redirect_to_the_metadata_server_is_refused(web: Publisher, feed: Feed) -> None:
    web.says(b"", "Location: https://169.254.169.254/latest/meta-data/", status=302)
    with pytest.raises(AddressRefused):
        read(feed)


@pytest.mark.parametrize(
    ("typed", "fetched"),
    [
        ("webcal://calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
        ("webcals://calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
        (" WEBCAL://calendar.example.org/a.ics ", "https://calendar.example.org/a.ics"),
        ("https://calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
    ],
)
def test_webcal_is_a_name_for_https(typed: str, fetched: str) -> None:
    assert address(typed) == fetched


@pytest.mark.parametrize("url", ["http://calendar.example.org/a.ics", "file:///etc/passwd", "ftp://a.example/b", ""])
def test_an_address_that_must_not_be_contacted_is_refused(url: str) -> None:
    opened = connect(Account(provider="ics", url="", user="Feed", password=url), Door())
    with pytest.raises(AddressRefused):
        opened.calendars()


def test_no_error_bears_the_secret_address(web: Publisher) -> None:
    opened = web.open(read_within=0.05)
    hold = threading.Event()

    def stall() -> Iterator[bytes]:
        hold.wait(5)
        yield b""

    web.says(stall)
    with pytest.raises(TryLater) as raised:
        read(opened)
    hold.set()
    chain: list[BaseException | None] = [raised.value, raised.value.__cause__]
    assert all(SECRET not in str(one) for one in chain if one is not None)
    assert raised.value.__suppress_context__
    assert SECRET not in repr(opened)
