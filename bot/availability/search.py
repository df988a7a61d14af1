"""Every time at which all of them are free: weeks of five-minute bits, one OR, one shrinking.

A bit stands for five minutes of a UTC week. Taken time is widened to whole bits and free time narrowed to them, so
nothing is ever called free that is not; for starts and lengths of whole five minutes nothing free is missed either.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bot.availability.hours import STEP, working
from bot.core.errors import InvalidInput
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.rules import WorkingHours

BIT = timedelta(minutes=5)
WEEK = timedelta(weeks=1)
BITS_A_WEEK = WEEK // BIT
MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
"""Weeks are counted from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What a search knows of one person."""

    person: PersonId
    hours: WorkingHours
    known: Interval | None
    """Where what is not taken is free (`known.stretch`); None where nothing is known, so that nothing is offered."""
    taken: tuple[Interval, ...] = ()


def search(
    *, people: Sequence[Times], windows: Sequence[Interval], length: timedelta, step: timedelta = STEP
) -> list[Interval]:
    """Every slot of that length within a window at which all are known to be free and at work, by start."""
    if step % BIT or length <= timedelta(0) or step <= timedelta(0):
        raise InvalidInput("a search steps by whole five minutes, and looks for a length above zero")
    span = _span(people, windows)
    if span is None:
        return []
    free = _bits(windows, span) & _working(people, span)
    for one in people:
        free &= _bits((one.known,) if one.known else (), span)
    free &= ~_bits((stretch for one in people for stretch in one.taken), span, widened=True)
    starts = _room_for(-(-length // BIT), free) & _grid(step // BIT, _weeks(span))
    return [Interval(start, start + length) for start in _instants(starts, span.start)]


def _span(people: Sequence[Times], windows: Sequence[Interval]) -> Interval | None:
    """The whole weeks that could hold an answer; None where there can be none."""
    if not windows or any(one.known is None for one in people):
        return None
    known = [one.known for one in people if one.known]
    start = max([min(window.start for window in windows), *(stretch.start for stretch in known)])
    end = min([max(window.end for window in windows), *(stretch.end for stretch in known)])
    if start >= end:
        return None
    first, after = (start - MONDAY) // WEEK, -((MONDAY - end) // WEEK)
    return Interval(MONDAY + first * WEEK, MONDAY + after * WEEK)


def _weeks(span: Interval) -> int:
    return span.length // WEEK


def _bits(stretches: Iterable[Interval], span: Interval, *, widened: bool = False) -> int:
    """One bit for every five minutes that lie wholly in a stretch, or, widened, touch one."""
    bits = 0
    last = _weeks(span) * BITS_A_WEEK
    for one in stretches:
        if widened:
            start, end = (one.start - span.start) // BIT, -((span.start - one.end) // BIT)
        else:
            start, end = -((span.start - one.start) // BIT), (one.end - span.start) // BIT
        start, end = max(start, 0), min(end, last)
        if start < end:
            bits |= ((1 << (end - start)) - 1) << start
    return bits


def _working(people: Sequence[Times], span: Interval) -> int:
    """The bits at which all of them are at work."""
    first, weeks = (span.start - MONDAY) // WEEK, _weeks(span)
    bits = (1 << weeks * BITS_A_WEEK) - 1
    for hours in {one.hours for one in people}:
        bits &= sum(_working_week(hours, first + week) << week * BITS_A_WEEK for week in range(weeks))
    return bits


@lru_cache(maxsize=4096)
def _working_week(hours: WorkingHours, week: int) -> int:
    # Expanding local hours costs ten times the rest of a search, and people's hours hardly ever change.
    span = Interval(MONDAY + week * WEEK, MONDAY + (week + 1) * WEEK)
    return _bits(working(hours, span), span)


@lru_cache(maxsize=64)
def _grid(step: int, weeks: int) -> int:
    """The bits at which a slot may start."""
    return sum(1 << at for at in range(0, weeks * BITS_A_WEEK, step))


def _room_for(count: int, free: int) -> int:
    """The bits from which `count` bits in a row are free, by doubling."""
    have = 1
    while have < count and free:
        by = min(have, count - have)
        free &= free >> by
        have += by
    return free


def _instants(bits: int, start: datetime) -> Iterator[datetime]:
    marks = format(bits, "b")[::-1]
    at = marks.find("1")
    while at >= 0:
        yield start + at * BIT
        at = marks.find("1", at + 1)
