"""Every start that fits, from weeks of five-minute bits: one OR, one smear, one AND with masks that are kept.

A set of starts is an int: bit i is the start i five-minute steps after the first of the weeks. Taken time was widened
to whole bits and free time is narrowed to them, so for starts, lengths and buffers of whole five minutes the answer is
exact (`search.needs_rows` says when it would not be).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from bot.availability import clock
from bot.availability.judge import counts_of
from bot.availability.sweep import is_full
from bot.availability.terms import (
    BIT,
    BITS_A_WEEK,
    MONDAY,
    WEEK,
    Attendee,
    Daily,
    Group,
    Pair,
    Role,
    Search,
    Weeks,
    WhoseHours,
)
from bot.core.rules import Rules

FIVE_MINUTES = timedelta(seconds=BIT)


class Bits:
    """One search over bits; everybody's weeks are the same ones."""

    def __init__(self, search: Search) -> None:
        self.search = search
        first, last = span_of(search)
        self.first, self.count = first, last - first
        self.base = MONDAY + first * WEEK
        self.size = self.count * BITS_A_WEEK
        self.length = search.length // BIT

    def starts(self) -> int:
        """Every feasible start."""
        search = self.search
        found = self._windows()
        required = [one for one in search.people if one.role is Role.REQUIRED]
        found &= self._fitting(required)
        for group in search.groups:
            found &= self._of_group(group)
        return found & _grid(search.step, search.zone, self.first, self.count)

    def fitting(self, who: Attendee) -> int:
        """The starts that nothing of that one person is against."""
        return self._fitting([who])

    def seconds(self, starts: int, most: int | None = None) -> list[int]:
        """The starts as seconds, by time, no more than so many."""
        found: list[int] = []
        if most is None:
            marks = format(starts, "b")[::-1] if starts else ""
            at = marks.find("1")
            while at >= 0:
                found.append(self.base + at * BIT)
                at = marks.find("1", at + 1)
            return found
        while starts and len(found) < most:
            lowest = starts & -starts
            found.append(self.base + (lowest.bit_length() - 1) * BIT)
            starts ^= lowest
        return found

    def _fitting(self, people: Sequence[Attendee]) -> int:
        """The starts that nothing of any of them is against."""
        search, length = self.search, self.length
        taken: dict[Pair, int] = {}
        unknown = 0
        free = (1 << self.size) - 1
        for who in people:
            rules, weeks = who.rules, who.taken
            assert isinstance(weeks, Weeks)
            busy = weeks.hard if search.allow_soft else weeks.hard | weeks.soft
            buffers = (rules.before // FIVE_MINUTES, rules.after // FIVE_MINUTES)
            taken[buffers] = taken.get(buffers, 0) | self._shifted(busy, weeks)
            if who.unknown and not search.allow_unknown:
                unknown |= _set(who.unknown, self.base, self.size, is_widened=True)
            if self._asks_hours(who):
                free &= _working(rules, self.first, self.count)
        found = _room(free, length)
        for (before, after), busy in taken.items():
            found &= ~_smeared(busy << before, length + before + after)
        if unknown:
            found &= ~_smeared(unknown, length)
        for who in people:
            found &= ~self._ruled_out(who)
        return found

    def _ruled_out(self, who: Attendee) -> int:
        """The starts that notice, caps and lunch are against."""
        rules = who.rules
        out = 0
        if rules.notice:
            soonest = self.search.now + int(rules.notice.total_seconds())
            out |= _below(-((self.base - soonest) // BIT), self.size)
        elif self.search.now > self.base:
            out |= _below(-((self.base - self.search.now) // BIT), self.size)
        if rules.caps:
            counts = counts_of(who)
            for day, (low, high) in _days(rules, self.first, self.count):
                if low < high and is_full(who, counts, day, self.search.length):
                    out |= ((1 << (high - low)) - 1) << low
        if rules.lunch is not None:
            out |= self._over_lunch(who, rules)
        return out

    def _over_lunch(self, who: Attendee, rules: Rules) -> int:
        """Those from which no long enough piece of a lunch is left, on all days at once."""
        assert rules.lunch is not None
        assert isinstance(who.taken, Weeks)
        spans, widest = _lunches(rules, self.first, self.count)
        needed = rules.lunch.minutes * 60 // BIT
        free = spans & ~self._shifted(who.taken.hard | who.taken.soft, who.taken)
        pieces = _room(free, needed)
        after = _spread(pieces << needed, widest - needed + 1)
        before = _smeared(pieces >> self.length, widest)
        return _smeared(spans, self.length) & ~(after | before)

    def _windows(self) -> int:
        """The starts that the question itself allows."""
        search = self.search
        found = _within(search.windows, search.length, self.base, self.size)
        if search.horizon is not None:
            found &= _within((search.horizon,), search.length, self.base, self.size)
        if search.daily:
            found &= _daily(search.daily, search.length, self.first, self.count)
        return found

    def _of_group(self, group: Group) -> int:
        """Those at which enough of its members fit: for each number, where at least so many do."""
        people = {one.person: one for one in self.search.people}
        at_least = [(1 << self.size) - 1, *([0] * group.need)]
        for one in group.of:
            fits = self._fitting([people[one]])
            for number in range(group.need, 0, -1):
                at_least[number] |= at_least[number - 1] & fits
        return at_least[group.need]

    def _asks_hours(self, who: Attendee) -> bool:
        mode = self.search.hours
        return mode is WhoseHours.OVERLAP or (mode is WhoseHours.ORGANISER and who is self.search.people[0])

    def _shifted(self, bits: int, weeks: Weeks) -> int:
        """Somebody's bits, counted from where the others' are."""
        by = (weeks.first - self.first) * BITS_A_WEEK
        moved = bits << by if by >= 0 else bits >> -by
        return moved & ((1 << self.size) - 1)


def span_of(search: Search) -> Pair:
    """The first week that is looked at, and the one after the last: a day on each side is for what buffers see."""
    start = min(start for start, _ in search.windows) - clock.DAY
    end = max(end for _, end in search.windows) + clock.DAY
    return (start - MONDAY) // WEEK, -((MONDAY - end) // WEEK)


def _below(count: int, size: int) -> int:
    return (1 << max(min(count, size), 0)) - 1


def _room(free: int, count: int) -> int:
    """The bits from which `count` bits in a row are set, by doubling."""
    have = 1
    while have < count and free:
        by = min(have, count - have)
        free &= free >> by
        have += by
    return free


def _smeared(bits: int, count: int) -> int:
    """Each bit, and the `count` - 1 below it, by doubling."""
    have = 1
    while have < count:
        by = min(have, count - have)
        bits |= bits >> by
        have += by
    return bits


def _spread(bits: int, count: int) -> int:
    """Each bit, and the `count` - 1 above it, by doubling."""
    have = 1
    while have < count:
        by = min(have, count - have)
        bits |= bits << by
        have += by
    return bits


def _set(stretches: Iterable[Pair], base: int, size: int, *, is_widened: bool = False) -> int:
    """The bits that lie wholly in a stretch, or, widened, touch one."""
    bits = 0
    for start, end in stretches:
        if start >= end:
            continue
        low, high = (start - base) // BIT, -((base - end) // BIT)
        if not is_widened:
            low, high = -((base - start) // BIT), (end - base) // BIT
        low, high = max(low, 0), min(high, size)
        if low < high:
            bits |= ((1 << (high - low)) - 1) << low
    return bits


def _within(stretches: Iterable[Pair], length: int, base: int, size: int) -> int:
    """The starts from which a slot lies wholly inside one of these stretches."""
    return _set(((start, end - length + BIT) for start, end in stretches), base, size)


@lru_cache(maxsize=256)
def _grid(step: int, zone: str, first: int, count: int) -> int:
    return sum(_grid_week(step, zone, first + number) << number * BITS_A_WEEK for number in range(count))


@lru_cache(maxsize=2048)
def _grid_week(step: int, zone: str, week: int) -> int:
    start = MONDAY + week * WEEK
    return sum(1 << (at - start) // BIT for at in clock.on_grid(start, start + WEEK - 1, step, zone) if at % BIT == 0)


@lru_cache(maxsize=2048)
def is_on_bits(step: int, zone: str, first: int, count: int) -> bool:
    """Whether all the starts of those weeks stand on five minutes, as they do wherever clocks differ by such."""
    start, end = MONDAY + first * WEEK, MONDAY + (first + count) * WEEK
    ahead = {clock.offset(at, zone) % BIT for at in range(start, end, clock.DAY)}
    return step % BIT == 0 and not any(ahead)


@lru_cache(maxsize=4096)
def _working(rules: Rules, first: int, count: int) -> int:
    """The bits of their working time: expanding local hours costs ten times the rest of a search."""
    base = MONDAY + first * WEEK
    return _set(clock.working(rules, base, base + count * WEEK), base, count * BITS_A_WEEK)


@lru_cache(maxsize=256)
def _daily(daily: tuple[Daily, ...], length: int, first: int, count: int) -> int:
    base = MONDAY + first * WEEK
    parts = clock.daily_parts(daily, base, base + count * WEEK)
    return _within(parts, length, base, count * BITS_A_WEEK)


@lru_cache(maxsize=1024)
def _days(rules: Rules, first: int, count: int) -> tuple[tuple[date, Pair], ...]:
    """Their local days, each with the first start in it and the one after the last; one day may come in parts."""
    base = MONDAY + first * WEEK
    dates = list(clock.dates(base - clock.DAY, base + count * WEEK + clock.DAY))
    return tuple(
        (day, (max(-((base - start) // BIT), 0), min(-((base - end) // BIT), count * BITS_A_WEEK)))
        for day in dates
        for start, end in clock.parts_of(rules, day)
    )


@lru_cache(maxsize=1024)
def _lunches(rules: Rules, first: int, count: int) -> tuple[int, int]:
    """The bits of all their lunches, and how many the longest of them has."""
    base = MONDAY + first * WEEK
    spans = list(clock.lunches(rules, base, base + count * WEEK))
    return _set(spans, base, count * BITS_A_WEEK), max(((end - start) // BIT for start, end in spans), default=0)
