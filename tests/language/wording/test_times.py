"""How times read."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.core.intervals import Interval
from bot.core.requests import Window
from bot.language.wording import times
from tests.builders import at, span

BERLIN = "Europe/Berlin"
THE_SUNDAY = date(2026, 10, 25)
"""The clocks go back in Berlin."""


def test_a_day_has_weekday_day_and_month() -> None:
    assert times.day(date(2026, 12, 1)) == "Tue 1 Dec"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param("UTC", "Tue 1 Dec 22:00–23:30", id="in UTC"),
        pytest.param(BERLIN, "Tue 1 Dec 23:00 – Wed 2 Dec 00:30", id="over midnight"),
        pytest.param("Asia/Kolkata", "Wed 2 Dec 03:30–05:00", id="on the next day"),
    ],
)
def test_a_stretch_is_told_in_the_readers_zone(zone: str, expected: str) -> None:
    assert times.stretch(span("22:00-23:30"), zone) == expected


def test_a_stretch_over_a_change_of_clocks_names_both() -> None:
    night = Interval(at("00:30", day=THE_SUNDAY), at("01:00", day=THE_SUNDAY))

    assert times.stretch(night, BERLIN) == "Sun 25 Oct 02:30 CEST–02:00 CET"


def test_a_long_stretch_has_the_year_and_the_zone() -> None:
    assert times.long_stretch(span("09:00-09:30"), BERLIN) == "Tuesday 1 December 2026, 10:00–10:30 CET"


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "America/Sao_Paulo", "Etc/GMT+12"]
)
def test_a_long_stretch_fits_into_a_hint(zone: str) -> None:
    longest = Interval(datetime(2026, 9, 30, 21, 45, tzinfo=UTC), datetime(2026, 10, 1, 9, 45, tzinfo=UTC))

    assert len(f"Book {times.long_stretch(longest, zone)}") <= 75


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(5, "5 min"), (30, "30 min"), (60, "1 h"), (90, "1 h 30 min"), (120, "2 h"), (0, "0 min")],
)
def test_length(minutes: int, expected: str) -> None:
    assert times.length(timedelta(minutes=minutes)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (20.9, "20 s"), (60, "1 min"), (200, "3 min"), (7200, "2 h"), (4 * 86400, "4 days"), (-3, "0 s")],
)
def test_age(seconds: float, expected: str) -> None:
    assert times.age(timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        pytest.param(Window(first=date(2026, 11, 30), last=date(2026, 12, 6)), "30 Nov – 6 Dec", id="over two months"),
        pytest.param(Window(first=date(2026, 12, 7), last=date(2026, 12, 13)), "7–13 Dec", id="in one month"),
        pytest.param(
            Window(first=date(2026, 12, 28), last=date(2027, 1, 3)), "28 Dec 2026 – 3 Jan 2027", id="over new year"
        ),
        pytest.param(Window(first=date(2026, 12, 1), last=date(2026, 12, 1)), "Tue 1 Dec", id="a day"),
        pytest.param(
            Window(first=date(2026, 12, 1), last=date(2026, 12, 1), from_time=time(12), to_time=time(17)),
            "Tue 1 Dec 12:00–17:00",
            id="its afternoon",
        ),
        pytest.param(
            Window(first=date(2026, 12, 1), last=date(2026, 12, 1), from_time=time(14)),
            "Tue 1 Dec from 14:00",
            id="after a time",
        ),
        pytest.param(
            Window(first=date(2026, 12, 7), last=date(2026, 12, 13), to_time=time(12)),
            "7–13 Dec before 12:00",
            id="before a time",
        ),
    ],
)
def test_window(window: Window, expected: str) -> None:
    assert times.window(window) == expected


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("Europe/Berlin", "Berlin"),
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
    ],
)
def test_place(zone: str, place: str) -> None:
    assert times.place(zone) == place


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("Europe/Berlin", "CET", "CEST"),
        ("America/New_York", "EST", "EDT"),
        ("Asia/Kathmandu", "UTC+5:45", "UTC+5:45"),
        ("America/Sao_Paulo", "UTC-3", "UTC-3"),
    ],
)
def test_zone_mark(zone: str, winter: str, summer: str) -> None:
    assert times.zone_mark(at("12:00", day="2026-12-01"), zone) == winter
    assert times.zone_mark(at("12:00", day="2026-07-01"), zone) == summer
