"""Drafts written as VEVENTs, and VEVENTs of ours edited in place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import NotACalendar
from bot.core.events import Draft, Invitee, Status
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.providers.ical.read import instances, title, written
from bot.providers.ical.vtimezone import described
from bot.providers.ical.write import drafted

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
NINE = Interval(START, START + timedelta(hours=1))
TEN = Interval(NINE.end, NINE.end + timedelta(hours=1))
DRAFT = Draft(
    uid="m1@overlap",
    meeting=MeetingId("m1"),
    title="Ana / Alex",
    when=NINE,
    zone="Europe/Berlin",
    sequence=0,
    link="https://meet.example.org/m1?a=1,2;b",
    description="With Alex.\nMoved or cancelled in chat.",
)
ALEX = Invitee(name='Alex "The; Great"', email="Alex@example.org", is_invited=True)


def put(draft: Draft, existing: bytes | None = None, organiser: str | None = None) -> bytes:
    data = drafted(draft, NOW, organiser=organiser, existing=existing)
    assert data is not None
    return data


def lines(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


def event(data: bytes) -> icalendar.Event:
    (found,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return found


def test_a_new_object_says_everything_that_apps_look_for() -> None:
    told = lines(put(DRAFT))
    assert {
        "UID:m1@overlap",
        "DTSTART;TZID=Europe/Berlin:20261201T090000",
        "DTEND;TZID=Europe/Berlin:20261201T100000",
        "SUMMARY:Ana / Alex",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "DTSTAMP:20261125T120000Z",
        "X-OVERLAP-MEETING:m1",
        "URL:https://meet.example.org/m1?a=1,2;b",
        "DESCRIPTION:With Alex.\\nMoved or cancelled in chat.",
        "TZID:Europe/Berlin",
    } <= set(told)
    assert any(line.startswith("CONFERENCE") and line.endswith("https://meet.example.org/m1?a=1,2;b") for line in told)
    assert event(put(DRAFT))["LOCATION"] == DRAFT.link
    assert not any(line.startswith(("ATTENDEE", "ORGANIZER", "METHOD")) for line in told)


def test_what_was_written_is_what_is_read() -> None:
    data = put(replace(DRAFT, status=Status.TENTATIVE, sequence=4))
    found = written(data, DRAFT.uid, '"1"', "UTC")
    assert found is not None
    assert (found.meeting, found.when, found.sequence, found.status, found.etag) == (
        DRAFT.meeting,
        NINE,
        4,
        Status.TENTATIVE,
        '"1"',
    )
    assert title(data, DRAFT.uid, NINE.start, "UTC") == "Ana / Alex"


def test_drafting_what_stands_writes_nothing() -> None:
    data = put(DRAFT)
    assert drafted(DRAFT, NOW + timedelta(hours=1), organiser=None, existing=data) is None
    assert drafted(replace(DRAFT, title="Other"), NOW, organiser=None, existing=data) is not None


@pytest.mark.parametrize("hour", [0, 1])
def test_an_hour_that_comes_twice_is_not_mistaken(hour: int) -> None:
    start = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    found = written(put(replace(DRAFT, when=Interval(start, start + timedelta(minutes=30)))), DRAFT.uid, None, "UTC")
    assert found is not None
    assert found.when.start == start


BY_HAND = (
    b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT10M\r\nEND:VALARM\r\n"
    b"X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\r\nCATEGORIES:Work\r\nLOCATION:Room 4\r\nEND:VEVENT"
)


def test_what_people_added_by_hand_stays() -> None:
    edited = put(DRAFT)
    edited = b"\r\n".join(line for line in edited.split(b"\r\n") if not line.startswith(b"LOCATION"))
    edited = edited.replace(b"END:VEVENT", BY_HAND)
    moved = event(put(replace(DRAFT, when=TEN, sequence=1), edited))
    assert [alarm["TRIGGER"].dt for alarm in moved.walk("VALARM")] == [timedelta(minutes=-10)]
    assert moved["X-APPLE-TRAVEL-DURATION"] is not None
    assert moved["LOCATION"] == "Room 4"
    assert moved["CATEGORIES"].cats == ["Work"]
    assert (moved["SEQUENCE"], moved["DTSTART"].dt.astimezone(UTC)) == (1, TEN.start)


def test_a_duration_gives_way_to_an_end() -> None:
    edited = b"\r\n".join(b"DURATION:PT2H" if line.startswith(b"DTEND") else line for line in put(DRAFT).split(b"\r\n"))
    moved = event(put(replace(DRAFT, when=TEN), edited))
    assert "DURATION" not in moved
    assert moved["DTEND"].dt.astimezone(UTC) == TEN.end


def test_a_higher_sequence_stays() -> None:
    assert event(put(replace(DRAFT, title="Other"), put(replace(DRAFT, sequence=7))))["SEQUENCE"] == 7


def test_only_who_is_invited_is_an_attendee_and_their_answer_stays() -> None:
    sam = Invitee(name="Sam", email="sam@example.org")
    data = put(replace(DRAFT, invitees=(ALEX, sam)), organiser="ana@example.org")
    assert b"sam@example.org" not in data
    answered = data.replace(b"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=ACCEPTED")
    moved = event(put(replace(DRAFT, when=TEN, invitees=(ALEX, sam)), answered, organiser="ana@example.org"))
    assert moved["ORGANIZER"] == "mailto:ana@example.org"
    assert moved["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert moved["ATTENDEE"] == "mailto:alex@example.org"
    alone = event(put(DRAFT, answered))
    assert "ATTENDEE" not in alone
    assert "ORGANIZER" not in alone


def test_without_an_address_of_its_owner_nobody_is_invited() -> None:
    assert b"ATTENDEE" not in put(replace(DRAFT, invitees=(ALEX,)))


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("a\r\nATTENDEE:mailto:evil@example.org", id="a line of its own"),
        pytest.param("a\nEND:VEVENT", id="an early end"),
        pytest.param("a\x00\x07b", id="control characters"),
        pytest.param("semi;colon, comma \\ back", id="what is escaped"),
        pytest.param("ä" * 300, id="long and not ASCII"),
    ],
)
def test_words_never_become_lines(words: str) -> None:
    data = put(replace(DRAFT, title=words, description=words))
    found = event(data)
    assert "ATTENDEE" not in found
    assert str(found["SUMMARY"]).replace("\n", " ") == " ".join(words.split()).replace("\x00\x07", "  ")


def test_a_name_never_becomes_a_parameter() -> None:
    evil = Invitee(name='x";PARTSTAT=ACCEPTED:mailto:y\r\nX-EVIL:1', email="y@example.org", is_invited=True)
    found = event(put(replace(DRAFT, invitees=(evil,)), organiser="ana@example.org"))
    assert "X-EVIL" not in found
    assert found["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"


def test_an_object_that_is_none_is_not_edited() -> None:
    with pytest.raises(NotACalendar):
        drafted(DRAFT, NOW, organiser=None, existing=b"<html>")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
def test_a_described_zone_tells_the_same_times_as_the_known_one(zone: str) -> None:
    text = "\r\n".join(described(zone, 2026, 2028)).replace(f"TZID:{zone}", "TZID:Unheard Of")
    for month in range(1, 13):
        for hour in (0, 12):
            start = datetime(2027, month, 14, hour, tzinfo=UTC).astimezone(ZoneInfo(zone))
            data = (
                f"BEGIN:VCALENDAR\r\n{text}\r\nBEGIN:VEVENT\r\nUID:x\r\n"
                f"DTSTART;TZID=Unheard Of:{start:%Y%m%dT%H%M%S}\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            )
            window = Interval(start.astimezone(UTC) - timedelta(days=1), start.astimezone(UTC) + timedelta(days=1))
            (found,) = instances(data.encode(), window, "UTC", [])
            assert found.when.start == start.astimezone(UTC)


@given(
    title_=st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip),
    minutes=st.integers(0, 2_000_000),
    length=st.integers(1, 600),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]),
)
def test_any_draft_is_read_as_it_was_meant(title_: str, minutes: int, length: int, zone: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    draft = replace(DRAFT, title=title_, when=Interval(start, start + timedelta(minutes=length)), zone=zone)
    found = written(put(draft), draft.uid, None, "UTC")
    assert found is not None
    assert (found.when, found.meeting) == (draft.when, draft.meeting)
