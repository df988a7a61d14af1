"""A zone described for those who do not know it by name: a VTIMEZONE (RFC 5545 §3.6.5) for a few years."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from bot.core.zones import zone


class _Change(NamedTuple):
    """The clocks change: at that instant, from one offset to another."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


@lru_cache(maxsize=256)
def described(name: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """The lines of the VTIMEZONE, from its first line to its last."""
    since, until = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    changes = [_at_start(name, since), *_changes(name, since, until)]
    observances = (line for change in changes for line in _observance(change))
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *observances, "END:VTIMEZONE")


def _observance(change: _Change) -> Iterator[str]:
    kind = "DAYLIGHT" if change.is_summer else "STANDARD"
    # DTSTART is what clocks that have not changed yet show: in TZOFFSETFROM.
    shown = (change.at + change.before).replace(tzinfo=None)
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{shown:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_offset(change.before)}"
    yield f"TZOFFSETTO:{_offset(change.after)}"
    yield f"TZNAME:{change.name}"
    yield f"END:{kind}"


def _at_start(name: str, at: datetime) -> _Change:
    offset = _offset_at(name, at)
    return _named(name, at, offset, offset)


def _changes(name: str, since: datetime, until: datetime) -> Iterator[_Change]:
    at, before = since, _offset_at(name, since)
    while at < until:
        after = _offset_at(name, at + timedelta(days=1))
        if after != before:
            yield _named(name, _found(name, at, at + timedelta(days=1)), before, after)
        at, before = at + timedelta(days=1), after


def _found(name: str, low: datetime, high: datetime) -> datetime:
    """The instant of the change between the two, by halving."""
    before = _offset_at(name, low)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset_at(name, middle) == before else (low, middle)
    return high.replace(microsecond=0)


def _named(name: str, at: datetime, before: timedelta, after: timedelta) -> _Change:
    there = at.astimezone(zone(name))
    return _Change(at, before, after, there.tzname() or name, bool(there.dst()))


def _offset_at(name: str, at: datetime) -> timedelta:
    return at.astimezone(zone(name)).utcoffset() or timedelta(0)


def _offset(of: timedelta) -> str:
    minutes = int(of.total_seconds() // 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}"
