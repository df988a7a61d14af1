"""Windows by the clock on the wall, as stretches of real time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.core.intervals import Interval, merge
from bot.core.requests import Window
from bot.core.zones import WallTime

STEP = timedelta(minutes=15)
"""Offered starts are this far apart, on the quarters of the hour."""

ONE_DAY = timedelta(days=1)


def windows(window: Window, zone: str, now: datetime) -> list[Interval]:
    """The stretches in which a meeting may lie, none of them in the past; days that touch are one stretch."""
    soonest = _rounded_up(now.astimezone(UTC))
    stretches = (_on(day, window.from_time, window.to_time, zone) for day in _days(window.first, window.last))
    left = (_after(soonest, stretch) for stretch in stretches if stretch is not None)
    return merge(stretch for stretch in left if stretch is not None)


def _on(day: date, start: time, end: time, zone: str) -> Interval | None:
    """That part of that date, and of the next if it ends no later than it starts; None where clocks jumped over it."""
    begins = WallTime(day, start, zone).instant()
    ends = WallTime(day if start < end else day + ONE_DAY, end, zone).instant()
    return Interval(begins, ends) if begins < ends else None


def _after(soonest: datetime, stretch: Interval) -> Interval | None:
    start = max(soonest, stretch.start)
    return Interval(start, stretch.end) if start < stretch.end else None


def _days(first: date, last: date) -> Iterator[date]:
    for count in range((last - first).days + 1):
        yield first + count * ONE_DAY


def _rounded_up(now: datetime) -> datetime:
    past = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now if not past else now - past + STEP
