"""Instants of a document as whole seconds since 1970, and back."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from bot.availability.document.wrong import Fault, Wrong

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - offsets are taken off by hand, which cannot overflow
SECOND = timedelta(seconds=1)
FIRST = (datetime(1, 1, 1) - EPOCH) // SECOND  # noqa: DTZ001
AFTER = (datetime(9999, 12, 31, 23, 59, 59) - EPOCH) // SECOND + 1  # noqa: DTZ001
YEAR = 366 * 24 * 3600
SOONEST, LATEST = FIRST + 2 * YEAR, AFTER - 2 * YEAR
"""A search is made between these: every zone's calendar has dates on both sides, and a week, and a notice."""


def down(at: datetime, field: str, person: str | None = None) -> int:
    """The whole second at or before it."""
    return _within(_since(at) // SECOND, field, person)


def up(at: datetime, field: str, person: str | None = None) -> int:
    """The whole second at or after it."""
    return _within(-(-_since(at) // SECOND), field, person)


def searchable(second: int, field: str) -> int:
    """The same, where every zone's calendar has dates on both sides of it."""
    if not SOONEST <= second < LATEST:
        raise Wrong(Fault.INVALID_TIME, field, "A search is made between the years 3 and 9997.")
    return second


def instant(told: str, field: str) -> int:
    """The second of which somebody types that it is one."""
    try:
        at = msgspec.convert(told, Annotated[datetime, msgspec.Meta(tz=True)])
    except msgspec.ValidationError as error:
        raise Wrong(Fault.INVALID_TIME, field, "This is no time: write it as in 2026-12-01T10:00:00Z.") from error
    if at.microsecond:
        raise Wrong(Fault.INVALID_TIME, field, "A slot starts on a whole second.")
    return searchable(down(at, field), field)


def near(start: int, end: int) -> tuple[int, int] | None:
    """As much of it as any search can meet: at the very ends of time not every zone has a date; None for nothing."""
    start, end = max(start, SOONEST - YEAR), min(end, AFTER - 1)
    return (start, end) if start < min(end, LATEST + YEAR) else None


def written(second: int) -> str:
    """As it stands in an answer."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _since(at: datetime) -> timedelta:
    return at.replace(tzinfo=None) - EPOCH - (at.utcoffset() or timedelta(0))


def _within(second: int, field: str, person: str | None) -> int:
    if not FIRST <= second <= AFTER:
        raise Wrong(Fault.INVALID_TIME, field, "In UTC this is before the year 1 or after 9999.", person)
    return second
