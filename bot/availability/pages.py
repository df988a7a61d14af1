"""Which of the possible times to offer first: pages of five that differ, kind to everyone, soonest first.

Like a thoughtful assistant: not five times on Monday morning, not the edge of anybody's day, not over lunch when there
is another way. What is less good comes on a later page, and every place on a page can be explained by its points.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.availability import scoring
from bot.availability.finding import shortlist
from bot.availability.looks import Looks, Ranked, explained
from bot.availability.terms import Search
from bot.core.reasons import Point, Role

PAGE = 5
A_DAY = 2
"""At most this many of one page lie on one day, while other days have room."""
MOST = 25
"""So many times somebody turns pages for; three times as many, those that ask the least by the clock, are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A possible time with what is asked about it again and again."""

    ranked: Ranked
    alone: int
    """Its score but for what else stands on the page."""
    day: int
    is_morning: bool


@dataclass(slots=True)
class _Page:
    """What the page under way holds already."""

    days: Counter[int] = field(default_factory=Counter)
    mornings: int = 0
    afternoons: int = 0

    def add(self, one: _Candidate) -> None:
        self.days[one.day] += 1
        self.mornings += one.is_morning
        self.afternoons += not one.is_morning

    def against(self, one: _Candidate) -> list[Point]:
        same, other = (self.mornings, self.afternoons) if one.is_morning else (self.afternoons, self.mornings)
        return scoring.of_page(self.days[one.day], same - other)

    @property
    def size(self) -> int:
        return self.mornings + self.afternoons


def ranked(search: Search, starts: Sequence[int], limit: int = PAGE, *, close: int | None = None) -> list[Ranked]:
    """The best `limit` of these feasible starts, best first, in pages of five; the same ones give the same order.

    `close` says how many of them are looked at closely, where fewer will do.
    """
    looked_at = 3 * max(limit, MOST) if close is None else close
    fresh = sorted(_candidates(search, starts, limit, looked_at), key=lambda one: (one.alone, one.ranked.start))
    overlapping: list[_Candidate] = []
    placed: list[Ranked] = []
    page = _Page()
    while (fresh or overlapping) and len(placed) < limit:
        if page.size == PAGE:
            page = _Page()
        best = _best(fresh or overlapping, page)
        placed.append(_at_its_place(best, page))
        page.add(best)
        overlapping = [one for one in overlapping if one is not best]
        beside = [one for one in fresh if abs(one.ranked.start - best.ranked.start) < search.length and one is not best]
        fresh = [one for one in fresh if abs(one.ranked.start - best.ranked.start) >= search.length]
        overlapping += beside
    return placed


def nearest(search: Search, starts: Sequence[int], to: int, limit: int = PAGE) -> list[Ranked]:
    """Those of these feasible starts that lie nearest to that one, the nearest first, no two overlapping."""
    found: list[int] = []
    for start in sorted(starts, key=lambda one: (abs(one - to), one)):
        if len(found) == limit:
            break
        if all(abs(start - one) >= search.length for one in found):
            found.append(start)
    return [explained(search, start) for start in found]


def _best(candidates: Sequence[_Candidate], page: _Page) -> _Candidate:
    """The one that asks the least beside what stands there already; the rule about days only yields when it must.

    They come by what they ask alone, and a page only adds to it: the rest need not be looked at.
    """
    best = candidates[0]
    cost = _cost(best, page)
    for one in candidates[1:]:
        if not cost[0] and one.alone > cost[1]:
            break
        cost, best = min((cost, best), (_cost(one, page), one), key=lambda it: it[0])
    return best


def _cost(one: _Candidate, page: _Page) -> tuple[bool, int, int]:
    return page.days[one.day] >= A_DAY, one.alone + scoring.total(page.against(one)), one.ranked.start


def _at_its_place(one: _Candidate, page: _Page) -> Ranked:
    it = one.ranked
    points = (*it.points, *page.against(one))
    return Ranked(start=it.start, states=it.states, chosen=it.chosen, points=points)


def _candidates(search: Search, starts: Sequence[int], limit: int, looked_at: int) -> Iterator[_Candidate]:
    """Those that ask the least by the clock and come soon, some of every half day."""
    if not starts:
        return
    looks = Looks(search, starts[0])
    halves: dict[tuple[int, bool], list[tuple[int, int]]] = {}
    for start in starts:
        halves.setdefault(looks.half(start), []).append((looks.asks(start), start))
    several = 2 * max(limit, MOST) // len(halves) + 8
    best = [one for half in halves.values() for one in sorted(half)[:several]]
    best.sort(key=lambda one: (one[0] + scoring.total(looks.waits(one[1])), one[1]))
    close = {start for _, start in best[:looked_at]}
    if any(one.role is Role.OPTIONAL for one in search.people):
        close.update(shortlist(search, min(MOST, looked_at)))
    for start in sorted(close):
        it = looks.ranked(start)
        day, is_morning = looks.half(start)
        yield _Candidate(ranked=it, alone=it.score, day=day, is_morning=is_morning)
