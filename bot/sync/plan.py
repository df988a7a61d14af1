"""What to do with a calendar: whether it must be read whole, what a reading means, and when to look again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from hashlib import blake2b

from bot.core.calendars import Calendar, Connection, Doubt, DoubtState, Problem
from bot.core.errors import (
    AddressRefused,
    NotACalendar,
    NotFound,
    NotOffered,
    OurFault,
    OverlapError,
    Refused,
    SignInNeeded,
    TryLater,
)
from bot.core.events import Instance, distinct
from bot.core.ids import CalendarId
from bot.core.intervals import Interval
from bot.storage.progress import Progress

BACK = timedelta(days=8)
"""So far behind: who may have so many meetings a week has had some of them already, wherever their week begins."""
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
"""Readings that lose no more are believed at once."""
MANY_MOVED = 3
"""Fewer events than these are moved by people, all at once."""
HOUR = timedelta(hours=1)
FARTHEST_MOVE = timedelta(hours=14)
"""No zone is farther from UTC."""
EDGE = timedelta(days=1)
"""What stands nearer to the end of what was read may have moved out of it."""
REACH_LASTS = timedelta(days=7)
"""How long it is read farther ahead than others after somebody asked."""
FEWEST_COPIED = 3
COPIED = 0.8
"""Which part of a feed's events another calendar must have, so that it is a copy."""
LAPSE = (timedelta(days=6.5), timedelta(days=8))
"""When Google ends a grant that it gave to a client in "Testing"
(https://developers.google.com/identity/protocols/oauth2#expiration)."""
CONFIRM_WITHIN = timedelta(seconds=15)
"""How soon a doubted reading is repeated."""


def reach(calendar: Calendar, progress: Progress, now: datetime) -> datetime | None:
    """How far ahead somebody still asks about it; None where everybody's window does."""
    asked = progress.reach_asked_at
    if calendar.reach is None or asked is None or calendar.reach <= now or now - asked >= REACH_LASTS:
        return None
    return calendar.reach


def window(now: datetime, far: datetime | None = None) -> Interval:
    """What a reading covers: ninety days, or as `far` as somebody asks."""
    at = now.replace(second=0, microsecond=0)
    return Interval(at - BACK, at + AHEAD if far is None else max(at + AHEAD, far))


def must_read(calendar: Calendar, progress: Progress, now: datetime) -> bool:
    """Whether it is read whole without asking first whether anything changed."""
    if progress.cursor is None or progress.rows_at is None or calendar.window is None:
        return True
    far = reach(calendar, progress, now)
    return (
        (progress.doubt is not None and progress.doubt.state is not DoubtState.KEPT)
        or now - progress.rows_at >= ROWS_LAST
        or calendar.window.end - now < NEAR
        or (far is not None and calendar.window.end < far)
        or calendar.problem is Problem.GARBAGE
    )


class Verdict(Enum):
    """What a complete reading means for the rows."""

    SAME = "same"
    CHANGED = "changed"
    DOUBTED = "doubted"
    """Hard to believe: the rows stay until a second reading says the same."""
    ASKED = "asked"
    """A second one did: the rows stay, and the calendar's owner decides."""
    KEPT = "kept"
    """What its owner has called wrong already: the rows stay."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading, and what it means."""

    verdict: Verdict
    rows: list[Instance]
    doubt: Doubt | None = None
    """What is doubted of it from now on."""


def judged(
    known: Collection[Instance], read: Collection[Instance], compared: Interval | None, doubt: Doubt | None
) -> Judged:
    """What a reading means, given what is known; `compared` is the stretch that both cover, if there is one."""
    rows = distinct(read)
    if set(rows) == set(known):
        return Judged(Verdict.SAME, rows)
    is_believed = compared is None or (doubt is not None and doubt.state is DoubtState.TAKEN)
    odd = None if compared is None or is_believed else oddity(known, rows, compared)
    if odd is None:
        return Judged(Verdict.CHANGED, rows)
    if doubt is not None and doubt.state is DoubtState.KEPT and _is_same(doubt, rows, odd):
        return Judged(Verdict.KEPT, rows, doubt)
    if doubt is not None and doubt.state in (DoubtState.SEEN, DoubtState.ASKED):
        return Judged(Verdict.ASKED, rows, replace(odd, state=DoubtState.ASKED))
    return Judged(Verdict.DOUBTED, rows, odd)


def oddity(known: Collection[Instance], rows: Collection[Instance], compared: Interval) -> Doubt | None:
    """What is hard to believe of these rows: that most is missing, or that everything moved by the same whole hours.

    A server that is being restored, or answers with a page too few, is complete in form and wrong in fact; so is one
    whose time zones broke.
    """
    stood = sum(one.when.overlaps(compared) for one in known)
    found = sum(one.when.overlaps(compared) for one in rows)
    lost, moved = stood - found, _moved(known, rows, compared)
    if not moved and (lost <= MANY_ROWS or lost * 2 <= stood):
        return None
    marks = frozenset(_mark(one) for one in rows if one.when.start < compared.end)
    return Doubt(state=DoubtState.SEEN, marks=marks, found=found, of=stood, moved=moved, until=compared.end)


def _moved(known: Collection[Instance], rows: Collection[Instance], compared: Interval) -> int:
    """By how many whole hours every timed event moved; 0 where they did not, or are too few to tell."""
    start, end = compared.start + EDGE, compared.end - EDGE
    inner = [one for one in known if not one.all_day and start <= one.when.start < end]
    if len({one.uid for one in inner}) < MANY_MOVED:
        return 0
    stands = {(one.uid, one.when) for one in rows if not one.all_day}
    if any((one.uid, one.when) in stands for one in inner):
        return 0  # what recurs every hour stands an hour later, too
    first = inner[0]
    ways = {when.start - first.when.start for uid, when in stands if uid == first.uid}
    for way in sorted(ways, key=abs):
        whole = way % HOUR == timedelta(0) and timedelta(0) != way and abs(way) <= FARTHEST_MOVE
        if whole and all((one.uid, Interval(one.when.start + way, one.when.end + way)) in stands for one in inner):
            return way // HOUR
    return 0


def _is_same(doubt: Doubt, rows: Collection[Instance], odd: Doubt) -> bool:
    """Whether nothing stands there now that did not when its owner called it wrong."""
    marks = {_mark(one) for one in rows if one.when.start < doubt.until}
    return marks <= doubt.marks and odd.moved == doubt.moved


def _mark(one: Instance) -> str:
    return blake2b(one.uid.encode(), digest_size=4).hexdigest()


def copied(events: Collection[str], others: Mapping[CalendarId, Collection[str]]) -> CalendarId | None:
    """The calendar that has nearly all of these events (UIDs) already, if they are enough to tell."""
    if len(events) < FEWEST_COPIED:
        return None
    share = {other: len(set(events) & set(its)) / len(events) for other, its in others.items()}
    best = max(share, key=lambda other: (share[other], other), default=None)
    return best if best is not None and share[best] >= COPIED else None


def problem(error: OverlapError) -> Problem:
    """What a failed reading says about the calendar."""
    match error:
        case SignInNeeded():
            return Problem.SIGN_IN_NEEDED
        case NotOffered():
            return Problem.NOT_ALLOWED
        case Refused() | AddressRefused():
            return Problem.REFUSED
        case NotFound():
            return Problem.GONE
        case NotACalendar():
            return Problem.GARBAGE
        case OurFault():
            return Problem.OURS
        case _:
            return Problem.UNREACHABLE


def lasting(before: Problem | None, now: Problem) -> Problem:
    """The problem to keep: that a server cannot be reached does not mend what only its owner can."""
    stays = before is not None and (before.is_theirs or before is Problem.DOUBTED)
    return before if before is not None and stays and now is Problem.UNREACHABLE else now


def matters(calendar: Calendar) -> bool:
    """Whether anything rests on it: about others nobody is told or asked."""
    return calendar.counts or calendar.receives


def is_lapse(account: Connection, kind: Problem, now: datetime) -> bool:
    """Whether its grant ended because Overlap's registration at Google is still in "Testing"."""
    earliest, latest = LAPSE
    given = now - account.connected_at
    return account.provider == "google" and kind is Problem.SIGN_IN_NEEDED and earliest <= given <= latest


def soon(cadence: timedelta, chance: float) -> timedelta:
    """How long until the next look at a healthy calendar: its cadence, give or take a fifth, so that they spread."""
    return cadence * (0.8 + 0.4 * chance)


def wait(kind: Problem, failures: int, cadence: timedelta, error: OverlapError, chance: float) -> timedelta:
    """How long until a calendar that has failed `failures` times in a row, this one included, is tried again."""
    if kind is Problem.SIGN_IN_NEEDED and failures >= MOST_SIGN_INS:
        return AFTER_REFUSED_SIGN_INS
    # What merely does not answer is tried often enough to be back within two cadences of being back.
    most = LONGEST_WAIT if kind.is_final or kind is Problem.OURS else min(LONGEST_WAIT, 2 * cadence)
    doubled: timedelta = FIRST_WAIT * float(1 << min(failures - 1, 16))
    chosen = min(doubled, most) * chance
    floor = error.after if isinstance(error, TryLater) and error.after is not None else timedelta(0)
    return max(chosen, floor)
