"""Every start that fits, from weeks of five-minute bits: one OR, one smear, one AND with masks that are kept.

A set of starts is an int: bit i is the start i five-minute steps after the first of the weeks. Taken time was widened
to whole bits and free time is narrowed to them, so for starts, lengths and buffers of whole five minutes the answer is
exact (`finding.needs_rows` says when it would not be).
"""

import sys
from collections.abc import Collection, Sequence
from datetime import date

from bot.availability import clock, masks
from bot.availability.judge import NOTHING, counts_of, is_beyond, weeks_of
from bot.availability.masks import Span, form, room, smeared
from bot.availability.terms import (
    BIT,
    BITS_A_WEEK,
    MONDAY,
    WEEK,
    Attendee,
    Group,
    Role,
    Search,
    Weeks,
    WhoseHours,
)

A_DAY = 24 * 3600
"""Looked at on either side of the windows, for what buffers and lunches see there."""
NO_LIMITS = (None, None)
ANY_BIT = bytes(byte > 0 for byte in range(256))
SECONDS_OF = tuple(tuple(bit * BIT for bit in range(8) if byte >> bit & 1) for byte in range(256))


class Bits:
    """One search over bits. `one ^ (one & other)` takes away: Python inverts a long number four times slower."""

    def __init__(self, search: Search, span: Span | None = None) -> None:
        self.search = search
        self.span = span_of(search) if span is None else span
        self.first, self.count = self.span
        self.base = MONDAY + self.first * WEEK
        self.size = self.count * BITS_A_WEEK
        self.length = search.length // BIT

    def starts(self) -> int:
        """Every feasible start."""
        search = self.search
        required = [one for one in search.people if one.role is Role.REQUIRED]
        found = self._asked(required) & self._windows()
        found = self._fitting(found, required)
        for group in search.groups:
            found = self._of_group(found, group)
        return found

    def fitting(self, found: int, who: Attendee) -> int:
        """Those of these starts that nothing of that one person is against."""
        if self._asks_hours(who):
            found &= masks.at_work(who.rules, self.search.length, self.span)
        return self._fitting(found, (who,))

    def seconds(self, starts: int, most: int | None = None) -> list[int]:
        """The starts as seconds, by time, no more than so many."""
        found: list[int] = []
        held = starts.to_bytes((starts.bit_length() + 7) // 8, "little")
        next_one = held.translate(ANY_BIT).find
        at = next_one(1)
        while at >= 0 and (most is None or len(found) < most):
            begins = self.base + at * 8 * BIT
            for later in SECONDS_OF[held[at]]:
                found.append(begins + later)  # noqa: PERF401 - a list for each byte would cost as much again
            at = next_one(1, at + 1)
        return found if most is None else found[:most]

    def _fitting(self, found: int, people: Sequence[Attendee]) -> int:
        """Those of these starts that nothing of any of these people is against, but for their hours."""
        search, plan = self.search, masks.plan(tuple([one.rules for one in people]))
        whole = 0
        for more_before, more_after, places in plan.kinds:
            busy = self._taken([people[place] for place in places])
            whole |= smeared(busy << more_before, more_before + more_after + 1) if more_before or more_after else busy
        whole = whole << plan.before if plan.before else whole
        found ^= found & smeared(whole, self.length + plan.before + plan.after)
        if not search.allow_unknown and (unknown := [pair for one in people if one.unknown for pair in one.unknown]):
            widened = masks.set_bits(unknown, self.base, self.size, is_widened=True)
            found ^= found & smeared(widened, self.length)
        soonest = -((self.base - search.now - plan.notice) // BIT)
        if soonest > 0:
            found = found >> soonest << soonest
        for place in plan.limited:
            if found:
                found = self._within_limits(found, people[place])
        return found

    def _taken(self, people: Sequence[Attendee]) -> int:
        """What is taken of anybody's time."""
        first, allow_soft = self.first, self.search.allow_soft
        busy = 0
        for one in people:
            weeks = one.taken
            assert isinstance(weeks, Weeks)
            if weeks.first != first:
                busy |= self._moved(weeks.hard if allow_soft else weeks.hard | weeks.soft, weeks.first)
            elif allow_soft or not weeks.soft:
                busy |= weeks.hard
            else:
                busy |= weeks.hard | weeks.soft
        return busy

    def _within_limits(self, found: int, who: Attendee) -> int:
        """Those of these starts that neither caps nor lunch are against."""
        if who.rules.lunch is not None:
            found ^= self._over_lunch(found, who)
        if form(who.rules).has_caps:
            found ^= found & self._capped(who)
        return found

    def _capped(self, who: Attendee) -> int:
        """The starts on days, and in weeks, in which there is no room for one more."""
        days = masks.days(who.rules, self.span)
        return masks.of_ranges(part for day in full_days(who, self.search.length, days) for part in days.get(day, ()))

    def _over_lunch(self, found: int, who: Attendee) -> int:
        """Those of these starts that leave no long enough piece of a lunch, on all days at once."""
        spans, after, reach, widest, _ = masks.lunches(who.rules, self.search.length, self.span)
        endangered = found & reach
        if not endangered:
            return 0
        weeks, lunch = who.taken, who.rules.lunch
        assert isinstance(weeks, Weeks)
        assert lunch is not None
        needed = lunch.minutes * 60 // BIT
        pieces = room(spans ^ (spans & self._moved(weeks.hard | weeks.soft, weeks.first)), needed)
        # A subtraction borrows from the bit after a span down to its lowest piece: every bit from there on is set.
        since_first = (after - pieces) | pieces
        until_last = smeared(pieces >> self.length, max(widest - needed + 1, 1))
        return endangered ^ (endangered & (since_first << needed | until_last))

    def _windows(self) -> int:
        """The starts that the question itself allows."""
        search = self.search
        found = masks.in_windows(search.windows, search.horizon, search.length, self.span)
        if search.daily:
            found &= masks.in_daily(search.daily, search.length, self.span)
        return found

    def _of_group(self, found: int, group: Group) -> int:
        """Those of these starts at which enough of its members fit: for each number, where at least so many do."""
        people = {one.person: one for one in self.search.people}
        at_least = [found, *([0] * group.need)]
        for one in group.of:
            fits = self.fitting(found, people[one])
            for number in range(group.need, 0, -1):
                at_least[number] |= at_least[number - 1] & fits
        return at_least[group.need]

    def _asked(self, required: Sequence[Attendee]) -> int:
        search = self.search
        if search.hours is WhoseHours.OVERLAP:
            rules = tuple([one.rules for one in required])
        else:
            rules = tuple(one.rules for one in required if self._asks_hours(one))
        return masks.asked(rules, search.length, search.step, search.zone, self.span)

    def _asks_hours(self, who: Attendee) -> bool:
        mode = self.search.hours
        return mode is WhoseHours.OVERLAP or (mode is WhoseHours.ORGANISER and who is self.search.people[0])

    def _moved(self, bits: int, first: int) -> int:
        """Somebody's bits, counted from where the others' are."""
        by = (first - self.first) * BITS_A_WEEK
        if by == 0:
            return bits
        return bits << by if by > 0 else bits >> -by


def span_of(search: Search) -> Span:
    """The first week that is looked at, and how many."""
    start = min([start for start, _ in search.windows]) - A_DAY
    end = max([end for _, end in search.windows]) + A_DAY
    first = (start - MONDAY) // WEEK
    return first, -((MONDAY - end) // WEEK) - first


def full_days(who: Attendee, length: int, every: Collection[date]) -> Collection[date]:
    """Those local days on which one more of that length were more than the caps allow."""
    caps, counts = who.rules.caps, counts_of(who)
    by_day = (caps.meetings_a_day, caps.minutes_a_day)
    by_week = (caps.meetings_a_week, caps.minutes_a_week)
    if is_beyond(NOTHING, *by_day, length) or is_beyond(NOTHING, *by_week, length):
        return every
    full: list[date] = []
    if by_day != NO_LIMITS:
        meetings, seconds = _room_left(*by_day, length)
        full = [day for day, has in counts.items() if has.meetings > meetings or has.seconds > seconds]
    if by_week != NO_LIMITS:
        meetings, seconds = _room_left(*by_week, length)
        start = who.rules.week_start
        over = {
            week for week, has in weeks_of(counts, start).items() if has.meetings > meetings or has.seconds > seconds
        }
        full += [day for day in every if clock.week_number(day, start) in over] if over else []
    return full


def _room_left(meetings: int | None, minutes: int | None, length: int) -> tuple[int, int]:
    """More than these, and there is no room for one more of that length."""
    return (
        sys.maxsize if meetings is None else meetings - 1,
        sys.maxsize if minutes is None else minutes * 60 - length,
    )
