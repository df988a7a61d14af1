"""How far the clocks of a zone are from UTC, in whole seconds, remembered day by day.

A *wall second* is what clocks show, counted as if they showed UTC since 1970. Where they show a time twice it is the
first; where they jump over it, it is counted with what they showed before (RFC 5545 §3.3.5).
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from bot.core.zones import zone

DAY = 86_400
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall's own
MOST_DAYS = 5_000


class Offsets(Protocol):
    """One zone."""

    def utc(self, wall: int) -> int:
        """The instant, in seconds since 1970, at which the clocks show that."""
        ...

    def steady(self, day: int) -> int | None:
        """The offset of all that day; None on a day on which the clocks change."""
        ...


class Universal:
    """UTC itself."""

    def utc(self, wall: int) -> int:
        return wall

    def steady(self, day: int) -> int | None:
        return 0


class Named:
    """A zone of the time zone database."""

    def __init__(self, name: str) -> None:
        self._zone = zone(name)
        self._days: dict[int, int | None] = {}

    def utc(self, wall: int) -> int:
        day = wall // DAY
        try:
            offset = self._days[day]
        except KeyError:
            offset = self._remembered(day)
        return wall - (self._at(EPOCH + timedelta(seconds=wall)) if offset is None else offset)

    def steady(self, day: int) -> int | None:
        try:
            return self._days[day]
        except KeyError:
            return self._remembered(day)

    def _remembered(self, day: int) -> int | None:
        if len(self._days) >= MOST_DAYS:
            self._days.clear()
        begins, ends = EPOCH + timedelta(days=day), EPOCH + timedelta(days=day + 1)
        found = {self._at(at.replace(fold=fold)) for at in (begins, ends) for fold in (0, 1)}
        offset = found.pop() if len(found) == 1 else None
        self._days[day] = offset
        return offset

    def _at(self, wall: datetime) -> int:
        return _seconds(wall.replace(tzinfo=self._zone).utcoffset())


@lru_cache(maxsize=128)
def named(name: str) -> Offsets:
    """The zone of that IANA name; `InvalidInput` for a name that is none."""
    return UNIVERSAL if name == "UTC" else Named(name)


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())


UNIVERSAL = Universal()
