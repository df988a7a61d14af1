"""What to do with a calendar: whether it must be read whole, what a reading means, and when to look again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.core.calendars import Calendar, Problem
from bot.core.errors import (
    AddressRefused,
    NotACalendar,
    NotFound,
    OverlapError,
    Refused,
    SignInNeeded,
    TryLater,
)
from bot.core.events import Instance, distinct
from bot.core.intervals import Interval
from bot.storage.calendars import Progress

BACK = timedelta(days=1)
AHEAD = timedelta(days=90)
NEAR = timedelta(days=80)
"""A window that ends sooner than this is read anew."""
ROWS_LAST = timedelta(days=1)
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=10)
AFTER_REFUSED_SIGN_INS = timedelta(hours=6)
MOST_SIGN_INS = 3
"""Wrong passwords in a row before we stop knocking: services lock accounts out."""
MANY_ROWS = 10
CONFIRM_WITHIN = timedelta(seconds=15)
"""How soon a doubted reading is repeated."""


def window(now: datetime) -> Interval:
    """What a reading covers."""
    at = now.replace(second=0, microsecond=0)
    return Interval(at - BACK, at + AHEAD)


def must_read(calendar: Calendar, progress: Progress, now: datetime) -> bool:
    """Whether it is read whole without asking first whether anything changed."""
    if progress.cursor is None or progress.rows_at is None or calendar.window is None:
        return True
    return (
        progress.doubted is not None
        or now - progress.rows_at >= ROWS_LAST
        or calendar.window.end - now < NEAR
        or calendar.problem is Problem.GARBAGE
    )


class Verdict(Enum):
    """What a complete reading means for the rows."""

    SAME = "same"
    CHANGED = "changed"
    DOUBTED = "doubted"
    """Suspiciously little: the rows stay until a second reading says the same."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading, and what it means."""

    verdict: Verdict
    rows: list[Instance]


def judged(known: Collection[Instance], read: Collection[Instance], covers: Interval, doubted: int | None) -> Judged:
    """What the reading of that window means, given what is known; `doubted` is how little the one before held."""
    rows = distinct(read)
    if set(rows) == set(known):
        return Judged(Verdict.SAME, rows)
    comparable = sum(one.when.overlaps(covers) for one in known)
    # A server that is being restored, or answers with a page too few, is complete in form and wrong in fact.
    if doubted is None and comparable > MANY_ROWS and len(rows) * 2 < comparable:
        return Judged(Verdict.DOUBTED, rows)
    return Judged(Verdict.CHANGED, rows)


def problem(error: OverlapError) -> Problem:
    """What a failed reading says about the calendar."""
    match error:
        case SignInNeeded():
            return Problem.SIGN_IN_NEEDED
        case Refused() | AddressRefused():
            return Problem.REFUSED
        case NotFound():
            return Problem.GONE
        case NotACalendar():
            return Problem.GARBAGE
        case _:
            return Problem.UNREACHABLE


def lasting(before: Problem | None, now: Problem) -> Problem:
    """The problem to keep: that a server cannot be reached does not mend what only its owner can."""
    return before if before is not None and before.is_final and now is Problem.UNREACHABLE else now


def soon(cadence: timedelta, chance: float) -> timedelta:
    """How long until the next look at a healthy calendar: its cadence, give or take a fifth, so that they spread."""
    return cadence * (0.8 + 0.4 * chance)


def wait(kind: Problem, failures: int, cadence: timedelta, error: OverlapError, chance: float) -> timedelta:
    """How long until a calendar that has failed `failures` times in a row, this one included, is tried again."""
    if kind is Problem.SIGN_IN_NEEDED and failures >= MOST_SIGN_INS:
        return AFTER_REFUSED_SIGN_INS
    # What merely does not answer is tried often enough to be back within two cadences of being back.
    most = LONGEST_WAIT if kind.is_final else min(LONGEST_WAIT, 2 * cadence)
    doubled: timedelta = FIRST_WAIT * float(1 << min(failures - 1, 16))
    chosen = min(doubled, most) * chance
    floor = error.after if isinstance(error, TryLater) and error.after is not None else timedelta(0)
    return max(chosen, floor)
