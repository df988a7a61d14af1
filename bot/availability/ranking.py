"""Which of the possible times to offer first: a page of five that differ, kind to everyone, soonest first.

Like a thoughtful assistant: not five times on Monday morning, not the edge of anybody's day, not over lunch when there
is another way. Nothing possible is hidden; what is less good comes on a later page.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.core.intervals import Interval
from bot.core.zones import local

PAGE = 5
A_DAY = 2
"""At most this many of one page lie on one day, while other days have room."""

NOON = 12 * 60
EARLY, LATE = 9 * 60, 17 * 60
SOFT_EDGE = 30
LUNCH = (12 * 60, 13 * 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A possible time with what is asked about it again and again."""

    when: Interval
    day: date
    is_morning: bool
    burden: int


@dataclass(slots=True)
class _Page:
    """What the page under way holds already."""

    days: Counter[date] = field(default_factory=Counter)
    mornings: int = 0
    afternoons: int = 0

    def add(self, one: _Candidate) -> None:
        self.days[one.day] += 1
        self.mornings += one.is_morning
        self.afternoons += not one.is_morning

    @property
    def size(self) -> int:
        return self.mornings + self.afternoons


def ranked(candidates: Sequence[Interval], *, zones: Sequence[str], limit: int) -> list[Interval]:
    """The best `limit` of them, best first, in pages of five; `zones` are everyone's, the asker's first.

    The same candidates give the same order. It looks at every candidate for every place it fills, so ask for the few
    pages somebody will turn.
    """
    fresh = sorted((_candidate(when, zones) for when in set(candidates)), key=lambda one: one.when)
    overlapping: list[_Candidate] = []
    first = fresh[0].day if fresh else None
    chosen: list[Interval] = []
    page = _Page()
    while (fresh or overlapping) and len(chosen) < limit:
        if page.size == PAGE:
            page = _Page()
        best = min(fresh or overlapping, key=lambda one: _cost(one, page, first or one.day))
        overlapping += [one for one in fresh if one is not best and one.when.overlaps(best.when)]
        overlapping = [one for one in overlapping if one is not best]
        fresh = [one for one in fresh if not one.when.overlaps(best.when)]
        chosen.append(best.when)
        page.add(best)
    return chosen


def _cost(one: _Candidate, page: _Page, first: date) -> tuple[bool, int, datetime]:
    """What speaks against offering it next: the rule about days, which only yields when it must, then points."""
    on_day = page.days[one.day]
    same, other = (page.mornings, page.afternoons) if one.is_morning else (page.afternoons, page.mornings)
    points = one.burden + 2 * min((one.day - first).days, 14) + 6 * on_day + 3 * max(same + 1 - other, 0) ** 2
    return on_day >= A_DAY, points, one.when.start


def _candidate(when: Interval, zones: Sequence[str]) -> _Candidate:
    here = local(when.start, zones[0])
    return _Candidate(
        when=when,
        day=here.date(),
        is_morning=here.hour * 60 + here.minute < NOON,
        burden=_crooked(here) + sum(_burden(when, name) for name in dict.fromkeys(zones)),
    )


def _crooked(start: datetime) -> int:
    """People think in whole and half hours."""
    return {0: 0, 30: 0}.get(start.minute, 3)


def _burden(when: Interval, zone: str) -> int:
    """How much that time asks of somebody who lives in that zone."""
    start, end = local(when.start, zone), local(when.end, zone)
    begins = start.hour * 60 + start.minute
    ends = begins + when.length.total_seconds() // 60
    outside = max(EARLY - begins, 0) + max(ends - LATE, 0)
    burden = 10 + round(outside / 15) if outside else 0
    if not outside and (begins < EARLY + SOFT_EDGE or ends > LATE - SOFT_EDGE):
        burden += 4
    if begins < LUNCH[1] and LUNCH[0] < ends:
        burden += 3
    if start.weekday() >= 5 or end.weekday() >= 5:
        burden += 20
    return burden
