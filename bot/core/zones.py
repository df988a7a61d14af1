"""Wall time and zones: the only place where a wall time becomes an instant, or an instant a wall time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.errors import InvalidInput
from bot.core.intervals import Interval


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; `InvalidInput` for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(f"I don't know the time zone “{name[:40]}”.") from error


@dataclass(frozen=True, slots=True)
class WallTime:
    """What a clock on the wall shows: a date and a time in a zone, before it is an instant."""

    day: date
    at: time
    zone: str

    def instant(self) -> datetime:
        """The instant in UTC: in a gap the first moment after it, in a fold the earlier of the two."""
        wall = datetime.combine(self.day, self.at, zone(self.zone)).replace(fold=0)
        back = wall.astimezone(UTC).astimezone(wall.tzinfo)
        if back.replace(tzinfo=None) == wall.replace(tzinfo=None):
            return wall.astimezone(UTC)
        return _end_of_gap(wall)


def _end_of_gap(wall: datetime) -> datetime:
    """The instant at which the clocks jumped over `wall`, found by halving between the two offsets."""
    low = wall.replace(fold=1).astimezone(UTC)
    high = wall.replace(fold=0).astimezone(UTC)
    before = low.astimezone(wall.tzinfo).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(wall.tzinfo).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def local(at: datetime, name: str) -> datetime:
    """The same instant as the clocks of that zone show it."""
    return at.astimezone(zone(name))


def midnight(day: date, name: str) -> datetime:
    """The first instant of that date in that zone."""
    return WallTime(day, time(0), name).instant()


def whole_days(first: date, after: date, name: str) -> Interval:
    """From the first instant of `first` to the first instant of `after`, in that zone."""
    return Interval(midnight(first, name), midnight(after, name))
