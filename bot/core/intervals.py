"""Stretches of time, and the algebra of free and taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.errors import InvalidInput


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time that holds its start and not its end, in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise InvalidInput("an interval is kept in UTC")
        if self.start >= self.end:
            raise InvalidInput(f"an interval must end after it starts: {self.start} – {self.end}")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        """Whether some instant is in both; touching is not overlapping."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        return self.start <= other.start and other.end <= self.end

    def meet(self, other: "Interval") -> "Interval | None":
        """The stretch that is in both."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def widened(self, by: timedelta) -> "Interval":
        return Interval(self.start - by, self.end + by)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants, sorted, in as few intervals as can be; those that touch become one."""
    merged: list[Interval] = []
    for one in sorted(intervals):
        if merged and one.start <= merged[-1].end:
            if one.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, one.end)
        else:
            merged.append(one)
    return merged


def subtract(whole: Interval, taken: Iterable[Interval]) -> list[Interval]:
    """What is left of `whole` where nothing is taken."""
    left: list[Interval] = []
    at = whole.start
    for one in merge(taken):
        if one.end <= at:
            continue
        if one.start >= whole.end:
            break
        if one.start > at:
            left.append(Interval(at, one.start))
        at = one.end
    if at < whole.end:
        left.append(Interval(at, whole.end))
    return left
