"""Where the VEVENTs of a document stand, by what is written in them: numbers first, instances only of what is kept."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from bot.core.errors import InvalidInput
from bot.core.events import Instance
from bot.core.zones import midnight
from bot.providers import filled
from bot.providers.ical.lines import Event, line
from bot.providers.ical.offsets import DAY, UNIVERSAL, Offsets
from bot.providers.ical.says import Said
from bot.providers.ical.stamps import Odd, day_number, second_of_day
from bot.providers.ical.steps import EPOCH, FIRST, LAST
from bot.providers.ical.zones import Zones

ZERO = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = (FIRST + 2) * DAY, (LAST - 2) * DAY
MOST_REMEMBERED = 20_000


class Found(NamedTuple):
    """One instance, in seconds since 1970: which one it is, and where it stands."""

    original: int
    begins: int
    ends: int
    all_day: bool = False

    def overlaps(self, since: int, until: int) -> bool:
        return self.begins < until and self.ends > since

    def later(self, end: int) -> "Found":
        """The same, until then if that is later."""
        return self._replace(ends=max(self.ends, end))


def seconds(at: datetime) -> int:
    """Whole seconds since 1970, of any year."""
    since = at - ZERO
    return since.days * DAY + since.seconds


class Moments:
    """Reads the times of one document."""

    def __init__(self, zones: Zones, zone: str) -> None:
        self.zones = zones
        self.zone = zone
        """Where whole days are understood."""
        self._heads: dict[bytes, Offsets] = {}
        self._days: dict[bytes, int] = {}
        self._seconds: dict[bytes, int] = {}
        self._midnights: dict[int, int] = {}
        self._instants: dict[int, datetime] = {}

    def wall(self, rest: bytes) -> tuple[int, Offsets | None]:
        """The wall second of a property and the clocks that it means; no clocks for a whole day."""
        head, _, value = rest.rpartition(b":")
        return self._wall(head, value.strip())

    def every(self, rest: bytes) -> list[tuple[int, Offsets | None]]:
        """The same of a property that holds several."""
        head, _, values = rest.rpartition(b":")
        return [self._wall(head, value.strip()) for value in values.split(b",") if value.strip()]

    def utc(self, wall: tuple[int, Offsets | None]) -> int:
        """The instant; of a whole day the first one of it."""
        at, offsets = wall
        return self.midnight(at // DAY) if offsets is None else offsets.utc(at)

    def midnight(self, day: int) -> int:
        """The first instant of that day."""
        found = self._midnights.get(day)
        if found is None:
            found = self._midnights[day] = seconds(midnight(_date(day), self.zone))
        return found

    def instance(self, uid: str, said: Said, original: int, begins: int, ends: int, all_day: bool = False) -> Instance:
        """The instance of which this is known."""
        if begins >= ends:
            raise InvalidInput("an interval must end after it starts")
        known = self._instants.get
        start = known(begins) or self._instant(begins)
        return filled.instance(
            uid,
            start if original == begins else self._instant(original),
            filled.interval(start, known(ends) or self._instant(ends)),
            said.kind,
            all_day,
            said.ours,
            said.status,
            said.sequence,
            said.blocks,
            said.is_declined,
            said.cause,
        )

    def repeated(
        self, uid: str, said: Said, stretches: Iterable[tuple[int, int]], *, all_day: bool
    ) -> Iterator[Instance]:
        """The instances of a series that stand where it puts them, in such seconds."""
        known, new, between, make = self._instants.get, self._instant, filled.interval, filled.instance
        kind, ours, status, sequence = said.kind, said.ours, said.status, said.sequence
        blocks, is_declined, cause = said.blocks, said.is_declined, said.cause
        lasts, span = 0, timedelta(0)
        for begins, ends in stretches:
            if ends - begins != lasts:
                lasts = ends - begins
                span = timedelta(0, lasts)
            start = known(begins) or new(begins)
            when = between(start, start + span)
            yield make(uid, start, when, kind, all_day, ours, status, sequence, blocks, is_declined, cause)

    def _instant(self, seconds: int) -> datetime:
        found = self._instants[seconds] = ZERO + timedelta(0, seconds)
        return found

    def alone(self, event: Event, said: Said) -> Found | None:
        """The VEVENT itself, whatever it repeats; None where it takes no time. `Odd` where nothing says when it is."""
        start = event.props.get("DTSTART")
        if start is None:
            raise Odd("no start")
        begins = self.wall(start)
        named = event.props.get("RECURRENCE-ID")
        end = event.props.get("DTEND")
        ends = None if end is None else self.wall(end)
        found = self._day(begins[0], ends, said) if begins[1] is None else self._timed(begins, ends, said)
        if found is None:
            return None
        if not EARLIEST < found.begins < found.ends < LATEST:
            raise Odd("a time before or after all that can be counted")
        if named is None:
            return found
        return Found(self.utc(self.wall(named)), found.begins, found.ends, found.all_day)

    def _day(self, begins: int, ends: tuple[int, Offsets | None] | None, said: Said) -> Found:
        first = begins // DAY
        length = 1 if said.duration is None else said.duration.days
        after = first + length if ends is None else ends[0] // DAY
        start = self.midnight(first)
        return Found(start, start, self.midnight(max(after, first + 1)), True)

    def _timed(
        self, begins: tuple[int, Offsets | None], ends: tuple[int, Offsets | None] | None, said: Said
    ) -> Found | None:
        start = self.utc(begins)
        if ends is not None:
            end = self.utc(ends)
            if end <= start and ends[0] > begins[0] and ends[1] is begins[1]:
                end = start + ends[0] - begins[0]  # it begins in an hour that the clocks skip
        elif said.duration is None:
            end = start
        else:
            length = int(said.duration.total_seconds())
            end = start + length if said.is_exact else self.utc((begins[0] + length, begins[1]))
        if start == end and said.ours is None:
            return None
        return Found(start, min(start, end), max(start, end, start + 1))

    def _wall(self, head: bytes, value: bytes) -> tuple[int, Offsets | None]:
        size = len(value)
        try:
            wall = self._days[value[:8]]
            if size > 8:
                wall += self._seconds[value[8:15]]
        except KeyError:
            wall = self._read(value)
        if size == 8:
            return wall, None
        if size == 15:
            return wall, self._heads.get(head) or self._offsets(head)
        if size == 16 and value[15:] in b"Zz":
            return wall, UNIVERSAL
        raise Odd("a time in an uncommon form")

    def _read(self, value: bytes) -> int:
        """The wall second that is written there, remembered by its halves."""
        if len(self._days) + len(self._seconds) > MOST_REMEMBERED:
            self._days.clear()
            self._seconds.clear()
        wall = self._days[value[:8]] = day_number(value[:8]) * DAY
        if len(value) == 8:
            return wall
        if value[8:9] not in b"Tt":
            raise Odd("a time in an uncommon form")
        self._seconds[value[8:15]] = second = second_of_day(value[9:15])
        return wall + second

    def _offsets(self, head: bytes) -> Offsets:
        params: Mapping[str, str] = line(f"X{head.decode(errors='replace')}:").params
        found = self.zones.offsets(params.get("TZID"))
        if len(self._heads) < MOST_REMEMBERED:
            self._heads[head] = found
        return found


def _date(day: int) -> date:
    return date.fromordinal(day + EPOCH)
