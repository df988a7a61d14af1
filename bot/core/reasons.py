"""Why a time is offered, where it stands, and why it is not: as values, which the wording turns into words."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.ids import PersonId


class Role(StrEnum):
    """What somebody is to a meeting."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    """Is told of it, is preferred to be free, and never excludes a time."""
    MEMBER = "member"
    """One of a group, who counts only where chosen."""


class WhoseHours(StrEnum):
    """Whose working time a slot must lie inside."""

    OVERLAP = "overlap"
    """Of every required person and every chosen member."""
    ORGANISER = "organiser"
    """Of the first person only."""
    ANY = "any"
    """Of nobody."""


class State(StrEnum):
    """How somebody stands to a time: the first of these that holds."""

    BUSY = "busy"
    """Taken (buffers and all), or a cap or lunch is against it."""
    OUTSIDE = "outside"
    """Outside their own hours, whoever's were asked for, or too soon for them."""
    UNKNOWN = "unknown"
    SOFT = "soft"
    FREE = "free"


class Code(StrEnum):
    """Why a time does not fit, in the order in which causes are listed."""

    BUSY = "busy"
    SOFT = "soft"
    UNKNOWN = "unknown"
    HOURS = "hours"
    OVERRIDE = "override"
    """Outside the hours of a date that has its own."""
    BUFFER = "buffer"
    """Free, but something taken is too near."""
    NOTICE = "notice"
    CAP = "cap"
    LUNCH = "lunch"
    WINDOW = "window"
    """Outside the windows, the horizon, or the hours of the day that were asked for."""
    GRID = "grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason why a time does not fit; `person` is None where it lies in the question itself."""

    person: PersonId | None
    code: Code
    until: int | None = None
    """The latest end of what clashes."""


class Why(StrEnum):
    """What a point is for."""

    MISSES = "misses"
    """Somebody optional cannot come."""
    UNSEEN = "unseen"
    """It is not known whether they are free."""
    OUTSIDE = "outside"
    """Outside their hours, or at too short a notice."""
    SOFT = "soft"
    """Over something tentative, unanswered, or time to focus."""
    DAY_OFF = "day_off"
    """On a weekend."""
    EARLY = "early"
    LATE = "late"
    EDGE = "edge"
    """At the very edge of their day."""
    LUNCH = "lunch"
    BREAKS = "breaks"
    """It breaks the last free hour of their day."""
    CROOKED = "crooked"
    """Neither on the hour nor on the half: people think in those."""
    LATER = "later"
    """Whole days after the first that is possible."""
    SAME_DAY = "same_day"
    """Another one on the page is that day."""
    SAME_HALF = "same_half"
    """The page leans to mornings, or to afternoons."""


@dataclass(frozen=True, slots=True)
class Point:
    """So many points for that reason; `amount` is what was measured: minutes, days, how many."""

    why: Why
    points: int
    people: tuple[PersonId, ...] = ()
    """Whom it asks that of; those who live by the same clock share one point."""
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """A time that would do, were something else than what was asked for allowed."""

    start: int
    """In seconds since 1970."""
    length: int
    """In seconds; less than was asked for where that is the way."""
    weeks: int = 0
    """How many weeks later than asked for."""
    overlooks: tuple[Cause, ...] = ()
    """Everything that stands against it, and whom it costs that."""
    price: int

    @property
    def payers(self) -> tuple[PersonId, ...]:
        """Whom it costs something, in the order of people."""
        return tuple(dict.fromkeys(cause.person for cause in self.overlooks if cause.person is not None))
