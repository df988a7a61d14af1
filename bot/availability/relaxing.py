"""When nothing fits: the cheapest ways in which something would, each with whom it costs what.

Nothing is guessed: a way is tried by searching anew with the rule in question set aside, and what stands against the
time that is found is then asked of the search as it was. So a relaxation names everything that it overlooks.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from bot.availability import clock, judge
from bot.availability.finding import starts
from bot.availability.lines import hard_and_soft
from bot.availability.pages import ranked
from bot.availability.sweep import both
from bot.availability.terms import WEEK, Attendee, Pair, Rows, Search
from bot.core.ids import PersonId
from bot.core.reasons import Cause, Code, Relaxation, Role
from bot.core.rules import NONE, Caps, Rules

Kept: TypeAlias = Mapping[PersonId, tuple[Pair, ...]]
"""What stays taken of each whatever is set aside: another meeting of ours is never booked over."""

FIVE_MINUTES = 300
SHORTEST = 15 * 60
"""A meeting is not cut to less than that, nor to less than two thirds."""
WEEKS_LATER = 4
SEVERAL = 3
"""So many ways are told."""

PRICES: Mapping[Code, int] = {
    Code.BUFFER: 8,
    Code.LUNCH: 12,
    Code.CAP: 15,
    Code.NOTICE: 15,
    Code.SOFT: 20,
    Code.HOURS: 25,
    Code.OVERRIDE: 30,
    Code.UNKNOWN: 30,
    Code.BUSY: 60,
}
"""What it costs to overlook one cause of one person; a way that overlooks several costs the sum."""
CUT, A_WEEK_LATER = 2, 14
"""What each five minutes less cost, and each week more."""
BY_THE_ORGANISER = 2
"""Whoever asks pays half of it: they decide for themselves."""

CLOSE = 12
"""So many times of each way are looked at closely."""
MOST_PEOPLE = 12
"""Over the busy time of so many people a way is sought; in a crowd nobody is asked to give up theirs."""
OUTSIDE = (Code.HOURS, Code.OVERRIDE)
A_QUARTER, MOST_OUTSIDE = timedelta(minutes=15), timedelta(hours=12)
"""Each quarter outside their hours costs one more, up to that."""

SINGLY = (
    *(frozenset({code}) for code in (Code.BUFFER, Code.LUNCH, Code.CAP, Code.NOTICE, Code.SOFT, Code.UNKNOWN)),
    frozenset(OUTSIDE),
)
ALL_BUT_BUSY = frozenset(PRICES) - {Code.BUSY}


def relaxations(search: Search, *, kept: Kept | None = None, limit: int = SEVERAL) -> list[Relaxation]:
    """The cheapest ways, cheapest first, no two of the same kind; none where something fits as it is."""
    if not search.windows or starts(search):
        return []
    kept = kept or {}
    found = [*_shorter(search), *_later(search), *_overlooking(search, kept)]
    by_kind: dict[object, Relaxation] = {}
    for one in sorted(found, key=lambda it: (it.price, it.start)):
        by_kind.setdefault(_kind(one), one)
    return list(by_kind.values())[:limit]


def around(search: Search, start: int, kept: Kept | None = None) -> Relaxation | None:
    """What it would take to meet at that very time; None where it cannot be had at any price."""
    if start < search.now:
        return None
    causes = judge.causes(search, start)
    rules = {one.person: one.rules for one in search.people}
    for cause in causes:
        if cause.person is None or _is_kept(search, start, cause.person, kept or {}):
            return None
        limit = rules[cause.person].outside
        if cause.code in OUTSIDE and limit is not None and outside(search, rules[cause.person], start) > limit:
            return None
    return Relaxation(start=start, length=search.length, overlooks=causes, price=_price(search, causes, start))


def _shorter(search: Search) -> Iterator[Relaxation]:
    """The longest that fits."""
    least = max(SHORTEST, search.length * 2 // 3)
    for length in range(search.length - FIVE_MINUTES, least - 1, -FIVE_MINUTES):
        shorter = replace(search, length=length)
        if found := starts(shorter):
            best = ranked(shorter, found, 1, close=CLOSE)[0].start
            yield Relaxation(start=best, length=length, price=CUT * (search.length - length) // FIVE_MINUTES)
            return


def _later(search: Search) -> Iterator[Relaxation]:
    """The same windows so many weeks later: the first week in which it fits."""
    for weeks in range(1, WEEKS_LATER + 1):
        windows = tuple((start + weeks * WEEK, end + weeks * WEEK) for start, end in search.windows)
        later = replace(search, windows=windows)
        if found := starts(later):
            best = ranked(later, found, 1, close=CLOSE)[0].start
            yield Relaxation(start=best, length=search.length, weeks=weeks, price=A_WEEK_LATER * weeks)
            return


def _overlooking(search: Search, kept: Kept) -> Iterator[Relaxation]:
    """One rule of all, or one person's busy time; where that does not do, all of it at once."""
    everybody = frozenset(one.person for one in search.people)
    ways = [(codes, everybody) for codes in SINGLY]
    ways += [(frozenset({Code.BUSY, Code.BUFFER}), frozenset({one})) for one in _who_might(search)]
    found = [one for codes, people in ways if (one := _best(search, codes, people, kept)) is not None]
    for codes in () if found else (ALL_BUT_BUSY, frozenset(PRICES)):
        all_at_once = _best(search, codes, everybody, kept)
        if all_at_once is not None:
            found = [all_at_once]
            break
    yield from found


def _who_might(search: Search) -> list[PersonId]:
    """Those over whose busy time alone it might be: they must come, whoever has the least to give up before others."""
    must = [one for one in search.people if one.role is Role.REQUIRED]
    windows = clock.merged(search.windows)
    taken = {one.person: sum(end - start for start, end in _taken(one, windows)) for one in must}
    return sorted((one for one in taken if taken[one]), key=lambda one: (taken[one], one))[:MOST_PEOPLE]


def _taken(one: Attendee, windows: list[Pair]) -> list[Pair]:
    """What is taken of these windows for good."""
    hard, _ = hard_and_soft(one.taken)
    return both(windows, clock.merged(hard.within(windows[0][0], windows[-1][1])))


def _best(search: Search, codes: frozenset[Code], people: Collection[PersonId], kept: Kept) -> Relaxation | None:
    """The cheapest time for which only these rules of these people are set aside."""
    eased = replace(
        search, people=tuple(_eased(one, codes, kept) if one.person in people else one for one in search.people)
    )
    found = starts(eased)
    several = ranked(eased, found, SEVERAL, close=CLOSE) if found else []
    priced = (around(search, one.start, kept) for one in several)
    return min((one for one in priced if one is not None), key=lambda it: it.price, default=None)  # of equals the best


def _eased(one: Attendee, codes: Collection[Code], kept: Kept) -> Attendee:
    """The same person as they would be to a search, were those rules none of theirs."""
    rules = one.rules
    if Code.HOURS in codes and rules.outside != NONE:
        rules = replace(rules, days=None, overrides=())
    if Code.BUFFER in codes:
        rules = replace(rules, before=NONE, after=NONE)
    if Code.NOTICE in codes:
        rules = replace(rules, notice=NONE)
    if Code.CAP in codes:
        rules = replace(rules, caps=Caps())
    if Code.LUNCH in codes:
        rules = replace(rules, lunch=None)
    taken = one.taken
    if Code.SOFT in codes:
        taken = replace(taken, soft=()) if isinstance(taken, Rows) else replace(taken, soft=0)
    if Code.BUSY in codes:
        # What is soft is overlooked with it: whoever may be asked to give up an appointment may be asked that, too.
        taken = Rows(hard=kept.get(one.person, ()))
    return replace(one, rules=rules, taken=taken, unknown=() if Code.UNKNOWN in codes else one.unknown)


def _price(search: Search, causes: Sequence[Cause], start: int) -> int:
    organiser = search.people[0].person
    rules = {one.person: one.rules for one in search.people}
    total = 0
    for cause in causes:
        price = PRICES[cause.code]
        if cause.code in OUTSIDE and cause.person is not None:
            price += min(outside(search, rules[cause.person], start), MOST_OUTSIDE) // A_QUARTER
        total += price // BY_THE_ORGANISER if cause.person == organiser else price
    return total


def outside(search: Search, rules: Rules, start: int) -> timedelta:
    """How far it reaches from the working time that is nearest."""
    end = start + search.length
    near = clock.working(rules, start - WEEK, end + WEEK)
    farthest = min((max(begins - start, end - ends, 0) for begins, ends in near), default=WEEK)
    return timedelta(seconds=farthest)


def _is_kept(search: Search, start: int, person: PersonId, kept: Kept) -> bool:
    """Whether another meeting of ours stands there, which is never booked over."""
    return any(begins < start + search.length and start < ends for begins, ends in kept.get(person, ()))


def _kind(one: Relaxation) -> object:
    """What makes two ways the same one: what is asked, and of whom."""
    return one.length, one.weeks, tuple((cause.code, cause.person) for cause in one.overlooks)
