"""Every start that fits, to the second: what each rule forbids is taken away from the windows, and the grid comes last.

It reads rows, and any rule whatever; where all is on five minutes `bits` finds the same for far less.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.availability import clock
from bot.availability.judge import counts_of, in_week, is_beyond
from bot.availability.lines import hard_and_soft
from bot.availability.terms import MONDAY, WEEK, Attendee, Counted, Group, Pair, Role, Rows, Search, Weeks, WhoseHours

DAY = clock.DAY
NOTHING = Counted(0, 0)


def starts(search: Search) -> list[int]:
    """Every feasible start, by time."""
    left = _windows(search)
    for who in search.people:
        if who.role is Role.REQUIRED and left:
            left = minus(left, _forbidden(search, who, left))
    for group in search.groups:
        left = _of_group(search, group, left)
    return [at for start, end in left for at in clock.on_grid(start, end - 1, search.step, search.zone)]


def _windows(search: Search) -> list[Pair]:
    """The starts from which a slot lies inside a window, the horizon, and the hours of a day that were asked for."""
    left = _starts_in(search.windows, search.length)
    if search.horizon is not None:
        left = both(left, _starts_in([search.horizon], search.length))
    if search.daily and left:
        parts = clock.daily_parts(search.daily, left[0][0], left[-1][1] + search.length)
        left = both(left, _starts_in(parts, search.length))
    return left


def _starts_in(stretches: Iterable[Pair], length: int) -> list[Pair]:
    """From which a slot lies wholly inside one of them: as pairs, which hold their first start and not their end."""
    return clock.merged((start, end - length + 1) for start, end in stretches)


def _of_group(search: Search, group: Group, left: list[Pair]) -> list[Pair]:
    """Those at which enough of its members fit."""
    if not left:
        return left
    people = {one.person: one for one in search.people}
    edges: list[Pair] = []
    for one in group.of:
        for start, end in minus(left, _forbidden(search, people[one], left)):
            edges += [(start, 1), (end, -1)]
    fitting, found, begins = 0, [], 0
    for at, step in sorted(edges):
        before, fitting = fitting, fitting + step
        if before < group.need <= fitting:
            begins = at
        elif fitting < group.need <= before:
            found.append((begins, at))
    return clock.merged(found)


def _forbidden(search: Search, who: Attendee, left: list[Pair]) -> Iterator[Pair]:
    """The starts that something of theirs is against."""
    rules, length = who.rules, search.length
    first, last = left[0][0], left[-1][1]
    before, after = int(rules.before.total_seconds()), int(rules.after.total_seconds())
    hard, soft = rows(who.taken)
    for start, end in (*hard, *(() if search.allow_soft else soft)):
        if start < end:
            yield start - length - after + 1, end + before
    if not search.allow_unknown:
        yield from ((start - length + 1, end) for start, end in who.unknown if start < end)
    yield first, search.now + int(rules.notice.total_seconds())
    mode = search.hours
    if mode is WhoseHours.OVERLAP or (mode is WhoseHours.ORGANISER and who is search.people[0]):
        yield from _outside(search, who, first, last)
    if rules.caps:
        yield from _capped(search, who, first, last)
    if rules.lunch is not None:
        yield from _over_lunch(search, who, first, last)


def _outside(search: Search, who: Attendee, first: int, last: int) -> Iterator[Pair]:
    if clock.works(who.rules):
        inside = _starts_in(clock.working(who.rules, first, last + search.length), search.length)
        yield from minus([(first, last)], inside)


def _capped(search: Search, who: Attendee, first: int, last: int) -> Iterator[Pair]:
    counts = counts_of(who)
    for day in clock.dates(first - DAY, last + DAY):
        if is_full(who, counts, day, search.length):
            yield from clock.parts_of(who.rules, day)


def is_full(who: Attendee, counts: Mapping[date, Counted], day: date, length: int) -> bool:
    """Whether their caps have no room for one more that day."""
    caps = who.rules.caps
    if is_beyond(counts.get(day, NOTHING), caps.meetings_a_day, caps.minutes_a_day, length):
        return True
    return is_beyond(in_week(counts, clock.week_of(who.rules, day)), caps.meetings_a_week, caps.minutes_a_week, length)


def _over_lunch(search: Search, who: Attendee, first: int, last: int) -> Iterator[Pair]:
    """Of one day it is one stretch of starts: those with no long enough piece left on either side of the slot."""
    assert who.rules.lunch is not None
    needed, length = who.rules.lunch.minutes * 60, search.length
    lines = hard_and_soft(who.taken)
    for span in clock.lunches(who.rules, first, last + length):
        taken = [pair for line in lines for pair in line.within(*span)]
        pieces = [one for one in clock.minus(span, taken) if one[1] - one[0] >= needed]
        after_all = max((end for _, end in pieces), default=span[0]) - needed - length
        before_all = min((start for start, _ in pieces), default=span[1]) + needed
        yield max(span[0] - length, after_all if pieces else span[0] - length) + 1, min(span[1], before_all)


def rows(taken: Rows | Weeks) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """What is taken, as pairs; of bits, each run of them."""
    if isinstance(taken, Rows):
        return taken.hard, taken.soft
    start, end = weeks_span(taken)
    hard, soft = hard_and_soft(taken)
    return tuple(hard.within(start, end)), tuple(soft.within(start, end))


def weeks_span(weeks: Weeks) -> Pair:
    """From when to when they tell."""
    return MONDAY + weeks.first * WEEK, MONDAY + (weeks.first + weeks.count) * WEEK


def both(left: list[Pair], right: list[Pair]) -> list[Pair]:
    """What is in both of two sorted lists without overlaps."""
    found: list[Pair] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return found


def minus(left: list[Pair], taken: Iterable[Pair]) -> list[Pair]:
    """What is left of a sorted list without overlaps."""
    holes = clock.merged(taken)
    found: list[Pair] = []
    for start, end in left:
        at, number = start, max(bisect_right(holes, (start,)) - 1, 0)
        while number < len(holes) and holes[number][0] < end:
            if holes[number][0] > at:
                found.append((at, holes[number][0]))
            at = max(at, holes[number][1])
            number += 1
        if at < end:
            found.append((at, end))
    return found
