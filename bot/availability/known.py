"""Whether a calendar may vouch for free time: the one place that says so.

A person is busy, free or unknown, and unknown is never free. What a calendar told stays good for a while: three of
its cadences after its last good reading, longer while a channel rings of every change (then silence is fresh), but
only one cadence once it is known to have changed since. Afterwards its busy times still block, and its gaps are
unknown until it has been read again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.core.calendars import Calendar, Problem
from bot.core.intervals import Interval
from bot.core.proposals import Vouching

CADENCES_WHILE_CLEAN = 3
CADENCES_ONCE_DIRTY = 1
WHILE_IT_RINGS = timedelta(minutes=90)
"""How long silence is believed without a look that confirms it: three of those that are made while it rings."""

FEED = "feed"
"""How a feed, which is one calendar, is named by its adapter."""


def until(calendar: Calendar) -> datetime | None:
    """The instant from which it no longer vouches unless it is read again; None where it does not vouch at all."""
    if calendar.read_at is None or calendar.window is None or calendar.is_static or _is_broken(calendar):
        return None
    aged = calendar.read_at + CADENCES_WHILE_CLEAN * calendar.cadence
    if calendar.rings_until is not None and calendar.problem is None:
        aged = max(aged, min(calendar.rings_until, calendar.read_at + WHILE_IT_RINGS))
    if calendar.dirty_at is None:
        return aged
    return min(aged, calendar.dirty_at + CADENCES_ONCE_DIRTY * calendar.cadence)


def vouching(calendar: Calendar, now: datetime) -> Vouching:
    """KNOWN while it vouches, READING when a new reading would make it, BROKEN when only its owner can.

    An import never vouches and no reading changes that, so it is BROKEN here; `stretch` does not ask it.
    """
    if calendar.is_static or _is_broken(calendar):
        return Vouching.BROKEN
    end = until(calendar)
    return Vouching.KNOWN if end is not None and now < end else Vouching.READING


def is_proof(calendar: Calendar, now: datetime) -> bool:
    """Whether what it says is taken can be held against somebody: not while it is in doubt, nor of a feed grown old."""
    if calendar.problem is Problem.DOUBTED:
        return False
    return calendar.remote != FEED or vouching(calendar, now) is Vouching.KNOWN


def vouchers(calendars: Iterable[Calendar]) -> list[Calendar]:
    """Those whose word an offer rests on: they count as busy, and are no imports and no copies of another of these."""
    counting = {calendar.id: calendar for calendar in calendars if calendar.counts and not calendar.is_static}
    return [calendar for calendar in counting.values() if calendar.copy_of not in counting]


def stretch(calendars: Iterable[Calendar], now: datetime) -> Interval | None:
    """Where one person's gaps are free time: what every calendar that counts has read and still vouches for.

    None where anything is unknown: one of them does not vouch, or there is none. An import only adds busy time.
    """
    asked = vouchers(calendars)
    if not asked or any(vouching(calendar, now) is not Vouching.KNOWN for calendar in asked):
        return None
    windows = [calendar.window for calendar in asked if calendar.window is not None]
    start, end = max(window.start for window in windows), min(window.end for window in windows)
    return Interval(start, end) if start < end else None


def _is_broken(calendar: Calendar) -> bool:
    return calendar.problem is not None and calendar.problem.is_final
