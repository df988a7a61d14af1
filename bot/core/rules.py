"""The rules by which a person lives: when they may be booked, and how much room they want around it."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Self

from bot.core.errors import InvalidInput
from bot.core.zones import zone

NONE = timedelta(0)


@dataclass(frozen=True, slots=True, order=True)
class DaySpan:
    """A stretch of a day by the clock on the wall; one that ends at or before its start ends on the next day.

    So an end of 00:00 is the midnight that ends the day (ISO 8601 calls it 24:00).
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end != time(0):
            raise InvalidInput(f"hours must end after they start: {self.start:%H:%M}–{self.end:%H:%M}")

    @property
    def crosses(self) -> bool:
        """Whether it ends on the day after it started; midnight itself still ends the day."""
        return time(0) != self.end < self.start


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Spans for each weekday, Monday first, in the person's own zone."""

    zone: str
    days: tuple[tuple[DaySpan, ...], ...]

    def __post_init__(self) -> None:
        zone(self.zone)
        if len(self.days) != 7:
            raise InvalidInput("working hours name seven days, Monday first")

    def on(self, weekday: int) -> tuple[DaySpan, ...]:
        """The spans of that weekday, Monday being 0."""
        return self.days[weekday]


def office_hours(zone_name: str) -> WorkingHours:
    """Monday to Friday, nine to five: what holds until a person says otherwise."""
    day = (DaySpan(time(9), time(17)),)
    return WorkingHours(zone_name, (day,) * 5 + ((),) * 2)


@dataclass(frozen=True, slots=True)
class Override:
    """The hours of one date, whatever its weekday says; no spans are a day off."""

    day: date
    spans: tuple[DaySpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Away:
    """Dates that are lived in another zone, both ends included; each is a date there."""

    first: date
    last: date
    zone: str

    def __post_init__(self) -> None:
        zone(self.zone)
        if self.last < self.first:
            raise InvalidInput("a journey must end after it starts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """At most so many meetings, and so many minutes of them, a day and a week; None: as many as may be."""

    meetings_a_day: int | None = None
    minutes_a_day: int | None = None
    meetings_a_week: int | None = None
    minutes_a_week: int | None = None

    def __post_init__(self) -> None:
        if any(limit is not None and limit < 0 for limit in self._limits):
            raise InvalidInput("a limit is zero or more")

    @property
    def _limits(self) -> tuple[int | None, ...]:
        return (self.meetings_a_day, self.minutes_a_day, self.meetings_a_week, self.minutes_a_week)

    def __bool__(self) -> bool:
        return any(limit is not None for limit in self._limits)


@dataclass(frozen=True, slots=True)
class Lunch:
    """So many minutes are kept free in one piece somewhere inside the span, every day."""

    span: DaySpan
    minutes: int

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise InvalidInput("lunch takes a minute at least")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that one person asks of a meeting, in their own zone."""

    zone: str
    """Where they live, and where `days` are read on dates on which they are not away."""
    days: tuple[tuple[DaySpan, ...], ...] | None = None
    """Spans for each weekday, Monday first; None: any time."""
    overrides: tuple[Override, ...] = ()
    away: tuple[Away, ...] = ()
    before: timedelta = NONE
    """Kept free before the meeting, also after somebody else's event."""
    after: timedelta = NONE
    notice: timedelta = NONE
    """How long before it starts they must know of it."""
    caps: Caps = Caps()
    week_start: int = 0
    """The weekday on which their week starts, Monday being 0."""
    lunch: Lunch | None = None
    outside: timedelta | None = None
    """How far outside their hours others may ask them to come; zero: never; None: as far as it takes."""
    _hash: int = field(init=False, repr=False, compare=False, default=0)
    """Rules are looked up again and again by every search, and hardly ever made."""

    def __post_init__(self) -> None:
        zone(self.zone)
        if self.days is not None and len(self.days) != 7:
            raise InvalidInput("working hours name seven days, Monday first")
        if min(self.before, self.after, self.notice, self.outside or NONE) < NONE:
            raise InvalidInput("a buffer and a notice are zero or more")
        if not 0 <= self.week_start <= 6:
            raise InvalidInput("a week starts on one of seven days")
        journeys = sorted(self.away, key=lambda one: one.first)
        if any(later.first <= earlier.last for earlier, later in pairwise(journeys)):
            raise InvalidInput("two journeys overlap")
        if len({one.day for one in self.overrides}) < len(self.overrides):
            raise InvalidInput("a date has two sets of hours")
        mine = (self.zone, self.days, self.overrides, self.away, self.before, self.after, self.notice, self.lunch)
        object.__setattr__(self, "_hash", hash(mine))

    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def of(cls, hours: WorkingHours) -> Self:
        """These hours, and nothing else."""
        return cls(zone=hours.zone, days=hours.days)
