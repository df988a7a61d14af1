"""A close look at one time that fits: how everyone stands to it, and what it asks of whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.availability import clock, scoring
from bot.availability.judge import Judge
from bot.availability.lines import hard_and_soft
from bot.availability.terms import BIT, BITS_A_WEEK, MONDAY, Attendee, Pair, Search
from bot.core.ids import PersonId
from bot.core.reasons import Point, Role, State, WhoseHours, Why

DAY, HALF_DAY, HALF_HOUR, HOUR = 24 * 3600, 12 * 3600, 1800, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A time at its place: how everyone stands to it, who was chosen, and what spoke against it there."""

    start: int
    states: tuple[State, ...]
    """In the order of people."""
    chosen: Mapping[str, tuple[PersonId, ...]]
    points: tuple[Point, ...]

    @property
    def score(self) -> int:
        """The fewer the better."""
        return scoring.total(self.points)


class Looks:
    """Looks at times of one search; `first` is the soonest that is possible."""

    def __init__(self, search: Search, first: int) -> None:
        self.search = search
        self._judge = Judge(search)
        self._clocks = _clocks(search)
        self._first = self.half(first)[0]
        self._free: dict[tuple[PersonId, str, int], list[Pair]] = {}
        is_plain = not (search.allow_soft or search.allow_unknown) and search.hours is WhoseHours.OVERLAP
        self._is_plain = is_plain and all(one.role is Role.REQUIRED for one in search.people)
        """Everybody must come and nothing is overlooked: whoever fits is free."""

    def half(self, start: int) -> tuple[int, bool]:
        """The day, as a number, and whether it is its first half, by the asker's clock."""
        day, second = divmod(start + _offset(self.search.zone, start // HALF_HOUR), DAY)
        return day, second < HALF_DAY

    def asks(self, start: int) -> int:
        """What it asks of everyone by their clocks, in one number."""
        return sum(one.table[one.bit(start)] for one in self._clocks) + scoring.total(self._crooked(start))

    def waits(self, start: int) -> list[Point]:
        """What it costs that it is not sooner."""
        return scoring.of_wait(self.half(start)[0] - self._first)

    def by_clock(self, start: int) -> list[Point]:
        """What it asks of everyone by their clocks, and of whom."""
        points: list[Point] = []
        for one in self._clocks:
            people = tuple(who.person for who in one.people)
            points += scoring.of_clock(one.people[0].rules, one.bit(start), self.search.length, people)
        return points

    def ranked(self, start: int) -> Ranked:
        """All of it, but for what else is on offer."""
        search = self.search
        states = (State.FREE,) * len(search.people) if self._is_plain else self._judge.states(start)
        chosen = self._judge.chosen(start) if search.groups else {}
        coming = {one for group in chosen.values() for one in group}
        points = [
            point
            for who, state in zip(search.people, states, strict=True)
            if who.role is not Role.MEMBER or who.person in coming
            if (point := scoring.of_state(who, state)) is not None
        ]
        points += self.by_clock(start)
        points += self._breaking(start)
        points += self._crooked(start)
        points += self.waits(start)
        return Ranked(start=start, states=states, chosen=chosen, points=tuple(points))

    def _crooked(self, start: int) -> list[Point]:
        return scoring.of_minute((start + _offset(self.search.zone, start // HALF_HOUR)) // 60 % 60)

    def _breaking(self, start: int) -> list[Point]:
        """Whose last free hour of their day it takes or cuts in two."""
        end = start + self.search.length
        broken = []
        for who in self.search.people:
            if who.role is not Role.REQUIRED or who.is_room or who.rules.days is None:
                continue
            free = self._free_hours(who, start)
            if free and all(_is_broken(piece, start, end) for piece in free):
                broken.append(who.person)
        return [Point(Why.BREAKS, scoring.WEIGHTS[Why.BREAKS], tuple(broken))] if broken else []

    def _free_hours(self, who: Attendee, start: int) -> list[Pair]:
        """The stretches of an hour and more that are free in their working time that day."""
        rules = who.rules
        name = clock.zone_at(rules, start) if rules.away else rules.zone
        key = (who.person, name, (start + _offset(name, start // HALF_HOUR)) // DAY)
        found = self._free.get(key)
        if found is None:
            found = [one for one in _free(who, clock.day_at(rules, start)) if one[1] - one[0] >= HOUR]
            self._free[key] = found
        return found


def _is_broken(piece: Pair, start: int, end: int) -> bool:
    """Whether no hour is left of that piece on either side of the slot."""
    return piece[0] < end and start < piece[1] and start - piece[0] < HOUR and piece[1] - end < HOUR


def explained(search: Search, start: int, first: int | None = None) -> Ranked:
    """One time with the points that it has wherever it stands; `first` is the soonest that is possible."""
    return Looks(search, start if first is None else first).ranked(start)


@dataclass(frozen=True, slots=True)
class _Clock:
    """Those who live by the same clock and the same hours."""

    people: tuple[Attendee, ...]
    table: tuple[int, ...]

    def bit(self, start: int) -> int:
        """Which five minutes of their week on the wall it is."""
        rules = self.people[0].rules
        name = clock.zone_at(rules, start) if rules.away else rules.zone
        return (start + _offset(name, start // HALF_HOUR) - MONDAY) // BIT % BITS_A_WEEK


def _clocks(search: Search) -> list[_Clock]:
    """No hour is early for a room, or for one who need not come: those who must are asked."""
    alike: dict[object, list[Attendee]] = {}
    for one in search.people:
        if one.role is Role.REQUIRED and not one.is_room:
            alike.setdefault((one.rules.zone, one.rules.days, one.rules.away), []).append(one)
    return [_Clock(tuple(them), scoring.by_clock(them[0].rules.days, search.length)) for them in alike.values()]


def _free(who: Attendee, day: date) -> Sequence[Pair]:
    parts = clock.parts_of(who.rules, day)
    lines = hard_and_soft(who.taken)
    working = [piece for start, end in parts for piece in clock.working(who.rules, start, end)]
    return [
        piece
        for one in clock.merged(working)
        for piece in clock.minus(one, [taken for line in lines for taken in line.within(*one)])
    ]


@lru_cache(maxsize=65536)
def _offset(name: str, half_hour: int) -> int:
    """How far that zone's clocks are ahead of UTC then; they change on the half hour, and an order needs no more."""
    return clock.offset(half_hour * HALF_HOUR, name)
