"""Imports: what a file holds is told before it is kept, and afterwards it never changes."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import CursorExpired, NotACalendar, NotFound, Refused
from bot.core.events import Draft, Response
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.providers.base import Account, Cursor, Remote
from bot.providers.ics.imported import IMPORT, Imported, connect
from bot.providers.ics.preview import Preview, preview

CORPUS = Path(__file__).parent.parent / "corpus"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW = Interval(NOW, datetime(2027, 4, 1, tzinfo=UTC))
PLAIN = (CORPUS / "plain.ics").read_bytes()


def opened(text: bytes) -> Imported:
    return connect(
        Account(provider="import", url="", user="holidays.ics", addresses=("ana@example.org",), grant=text.decode())
    )


def told(text: bytes) -> list[str]:
    found = opened(text).read(IMPORT, WINDOW, "Europe/Berlin").instances
    return sorted(f"{one.when.start:%m-%d %H:%M}" for one in found)


def event(day: int, *, sequence: int = 0, more: str = "") -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:trip\r\nSEQUENCE:{sequence}\r\nDTSTART:202612{day:02}T080000Z\r\n"
        f"DTEND:202612{day:02}T090000Z\r\n{more}END:VEVENT\r\n"
    )


def calendar(*events: str, method: str = "PUBLISH") -> bytes:
    return f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\n{''.join(events)}END:VCALENDAR\r\n".encode()


def looked_at(data: bytes) -> Preview:
    return preview(data, "Europe/Berlin", ["ana@example.org"], NOW)


def archive(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return held.getvalue()


def test_what_blocks_is_read() -> None:
    assert told(PLAIN) == ["12-01 08:00"]


def test_it_vouches_for_nothing_and_never_changes() -> None:
    imported = opened(PLAIN)
    assert imported.abilities.is_static
    assert not imported.abilities.can_write
    cursor = imported.read(IMPORT, WINDOW, "UTC").cursor
    assert cursor is not None
    assert not imported.changed(IMPORT, cursor)
    with pytest.raises(CursorExpired):
        imported.changed(IMPORT, Cursor("never"))


def test_it_is_called_by_its_file_unless_it_has_a_name() -> None:
    assert opened(PLAIN).calendars()[0].name == "holidays.ics"
    named = PLAIN.replace(b"BEGIN:VEVENT", b"X-WR-CALNAME:Holidays\r\nBEGIN:VEVENT", 1)
    assert opened(named).calendars()[0].name == "Holidays"


def test_it_is_never_written() -> None:
    when = Interval(NOW, NOW + timedelta(hours=1))
    draft = Draft(uid="x", meeting=MeetingId("m1"), title="A", when=when, zone="UTC", sequence=0)
    imported = opened(PLAIN)
    for write in (
        lambda: imported.put(IMPORT, draft),
        lambda: imported.remove(IMPORT, "x"),
        lambda: imported.answer(IMPORT, "x", Response.ACCEPTED),
    ):
        with pytest.raises(Refused):
            write()
    with pytest.raises(NotFound):
        imported.read(Remote("other"), WINDOW, "UTC")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(calendar(event(1), event(2, sequence=1)), ["12-02 08:00"], id="the newer one"),
        pytest.param(calendar(event(2, sequence=1), event(1)), ["12-02 08:00"], id="the newer one, whatever the order"),
        pytest.param(calendar(event(1), event(1)), ["12-01 08:00"], id="the same twice"),
        pytest.param(calendar(event(1), event(2)), ["12-01 08:00", "12-02 08:00"], id="two equally new: both"),
        pytest.param(
            calendar(event(1)) + calendar(event(1, sequence=1), method="CANCEL"), [], id="taken back by METHOD:CANCEL"
        ),
        pytest.param(
            calendar(event(1, sequence=2)) + calendar(event(1, sequence=1), method="CANCEL"),
            ["12-01 08:00"],
            id="taken back, and made anew",
        ),
        pytest.param(
            calendar(event(1, more="RRULE:FREQ=DAILY;COUNT=3\r\n"))
            + calendar(event(2, more="RECURRENCE-ID:20261202T080000Z\r\n"), method="CANCEL"),
            ["12-01 08:00", "12-03 08:00"],
            id="one instance taken back",
        ),
    ],
)
def test_of_each_event_the_newest_counts(text: bytes, expected: list[str]) -> None:
    assert told(text) == expected


def test_a_preview_says_what_is_in_it() -> None:
    seen = looked_at((CORPUS / "series-with-exceptions.ics").read_bytes())
    assert (seen.events, seen.repeating, seen.files) == (1, 1, 1)
    assert seen.first == datetime(2026, 9, 1, 7, tzinfo=UTC)
    assert seen.ahead == 3
    assert seen.zones == ("Europe/Berlin",)
    assert (seen.assumed, seen.notes) == ((), ())


def test_a_preview_says_which_zones_it_had_to_assume() -> None:
    seen = looked_at((CORPUS / "unexplained-zone.ics").read_bytes())
    assert len(seen.assumed) == 1
    assert seen.zones == ()


def test_a_preview_says_what_is_left_out_and_why() -> None:
    assert looked_at((CORPUS / "no-start.ics").read_bytes()).notes == (
        "1 events are left out, because nothing says when they are.",
    )
    assert looked_at(calendar(event(1), event(2, sequence=1))).notes == (
        "1 older or cancelled versions of events are left out.",
    )
    assert looked_at((CORPUS / "broken-rule.ics").read_bytes()).notes == (
        "1 series cannot be expanded; each blocks only the time where it starts.",
    )


def test_an_archive_of_several_calendars_is_one_import() -> None:
    packed = archive(
        {"work.ics": PLAIN, "deep/home.ics": (CORPUS / "all-day.ics").read_bytes(), "readme.txt": b"hello"}
    )
    seen = looked_at(packed)
    assert (seen.files, seen.events, seen.ahead) == (2, 2, 2)
    assert told(seen.text.encode()) == ["11-30 23:00", "12-01 08:00"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "nothing", id="nothing"),
        pytest.param(b"<html>", "web page", id="a web page"),
        pytest.param(b"dear diary", "no calendar", id="words"),
        pytest.param(PLAIN[:-20], "part of", id="a part of one"),
        pytest.param(b"PK\x03\x04 and then nonsense", "damaged", id="a broken archive"),
        pytest.param(archive({"a.txt": b"x"}), r"\.ics", id="an archive without a calendar"),
        pytest.param(archive({"a.ics": b"x"}), "no calendar", id="an archive of words"),
        pytest.param(archive({f"{n}.ics": PLAIN for n in range(201)}), "more than 200", id="an archive of too many"),
        pytest.param(archive({"bomb.ics": b"0" * 30_000_000}), "10 MB", id="an archive that unpacks without end"),
    ],
)
def test_what_is_no_calendar_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(NotACalendar, match=words):
        looked_at(data)


@pytest.mark.parametrize(
    ("own", "invited"),
    [
        pytest.param("ana+cal@example.org", "ana@example.org", id="an account with a tag"),
        pytest.param("a.na@gmail.com", "ana@googlemail.com", id="the other name of Gmail"),
        pytest.param("ana@example.org", "ANA@EXAMPLE.ORG", id="case"),
    ],
)
def test_what_its_owner_declined_under_another_spelling_does_not_block(own: str, invited: str) -> None:
    text = calendar(event(5, more=f"ATTENDEE;PARTSTAT=DECLINED:mailto:{invited}\r\n"), method="REQUEST")
    account = Account(provider="import", url="", user="w.ics", addresses=(own,), grant=text.decode())
    found = connect(account).read(IMPORT, WINDOW, "Europe/Berlin").instances
    assert not any(one.blocks for one in found)
