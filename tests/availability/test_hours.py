"""Hours on the wall as real time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.availability import clock
from bot.availability.hours import windows
from bot.core.intervals import Interval
from bot.core.requests import Window
from bot.core.rules import Rules, WorkingHours, office_hours
from tests.builders import NOW, span, spans, works

FRIDAY = date(2026, 12, 4)
SPRING_FORWARD = date(2026, 3, 29)
FALL_BACK = date(2026, 10, 25)
AUTUMN = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def working(hours: WorkingHours, within: Interval) -> list[Interval]:
    """The stretches of it in which somebody with these hours works."""
    found = clock.working(Rules.of(hours), int(within.start.timestamp()), int(within.end.timestamp()))
    whole = (Interval(*(datetime.fromtimestamp(at, UTC) for at in pair)) for pair in found)
    return [met for one in whole if (met := one.meet(within)) is not None]


def day(on: date) -> Window:
    return Window(first=on, last=on)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param("Europe/Berlin", "08:00-16:00", id="an hour ahead"),
        pytest.param("America/New_York", "14:00-22:00", id="five hours behind"),
        pytest.param("Asia/Kolkata", "03:30-11:30", id="half an hour off"),
    ],
)
def test_office_hours_on_a_tuesday(zone: str, expected: str) -> None:
    assert working(office_hours(zone), span("00:00-24:00")) == spans(expected)


def test_nobody_works_at_the_weekend_until_they_say_so() -> None:
    weekend = Interval(span("00:00-01:00", day="2026-12-05").start, span("00:00-01:00", day="2026-12-07").start)

    assert working(office_hours("UTC"), weekend) == []
    assert len(working(works("10:00-12:00", days="Sat Sun"), weekend)) == 2


def test_a_break_at_noon_divides_the_day() -> None:
    assert working(works("09:00-12:00 13:00-17:00"), span("00:00-24:00")) == spans("09:00-12:00 13:00-17:00")


def test_working_until_midnight_ends_with_the_day() -> None:
    assert working(works("20:00-24:00"), span("00:00-24:00")) == [span("20:00-24:00")]


def test_nothing_lies_outside_what_was_asked() -> None:
    assert working(office_hours("UTC"), span("10:00-11:00")) == spans("10:00-11:00")


def test_hours_in_the_night_the_clocks_go_back_last_longer() -> None:
    night = works("01:00-04:00", zone="Europe/Berlin", days="Sun")
    day = Interval(span("00:00-01:00", day=FALL_BACK - timedelta(days=1)).start, span("23:00-24:00", day=FALL_BACK).end)

    assert sum((one.length for one in working(night, day)), timedelta()) == timedelta(hours=4)


def test_hours_that_the_clocks_jumped_over_do_not_exist() -> None:
    gap = works("02:00-03:00", zone="Europe/Berlin", days="Sun")
    day = Interval(span("00:00-01:00", day=SPRING_FORWARD).start, span("23:00-24:00", day=SPRING_FORWARD).end)

    assert working(gap, day) == []


def test_days_that_touch_are_one_window() -> None:
    week = windows(Window(first=FRIDAY, last=FRIDAY + timedelta(days=2)), "UTC", NOW)

    assert week == [
        Interval(span("00:00-01:00", day=FRIDAY).start, span("23:00-24:00", day=FRIDAY + timedelta(days=2)).end)
    ]


def test_hours_of_the_day_make_a_window_each_day() -> None:
    asked = Window(first=FRIDAY, last=FRIDAY + timedelta(days=1), from_time=time(14), to_time=time(17))

    assert windows(asked, "Europe/Berlin", NOW) == [
        span("14:00-17:00", day=FRIDAY, zone="Europe/Berlin"),
        span("14:00-17:00", day=FRIDAY + timedelta(days=1), zone="Europe/Berlin"),
    ]


@pytest.mark.parametrize(
    ("seconds", "start"),
    [
        pytest.param(0, "08:00", id="on the quarter"),
        pytest.param(1, "08:15", id="a second after it"),
        pytest.param(14 * 60 + 59, "08:15", id="a second before the next"),
    ],
)
def test_no_window_begins_in_the_past_or_between_quarters(seconds: int, start: str) -> None:
    found = windows(day(NOW.date()), "UTC", NOW + timedelta(seconds=seconds))

    assert found == [span(f"{start}-24:00")]


def test_a_window_that_is_over_is_none() -> None:
    assert windows(day(date(2026, 11, 30)), "UTC", NOW) == []


def test_a_day_of_25_hours_is_one_window_of_25_hours() -> None:
    (whole,) = windows(day(FALL_BACK), "Europe/Berlin", AUTUMN)

    assert whole.length == timedelta(hours=25)
