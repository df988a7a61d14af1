"""Every time at which a meeting fits: from weeks of bits where these tell all, and else from rows, to the second."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.availability import masks, sweep
from bot.availability.bits import Bits, span_of
from bot.availability.judge import Judge, counts_of
from bot.availability.masks import Span
from bot.availability.terms import BIT, Attendee, Role, Rows, Search, Weeks
from bot.core.errors import InvalidInput
from bot.core.weeks import bits_of

MOST_WEEKS = 120
"""Over more of them bits would cost more than rows."""


def starts(search: Search) -> list[int]:
    """Every feasible start, by time (seconds)."""
    by_bits = _as_bits(search)
    if by_bits is not None:
        return by_bits.seconds(by_bits.starts())
    if search.windows and any(isinstance(one.taken, Weeks) for one in search.people):
        raise InvalidInput("bits do not tell enough for this search")
    return sweep.starts(search)


def shortlist(search: Search, most: int) -> list[int]:
    """The `most` feasible starts that the fewest of the optional people miss, of equals the soonest, best first."""
    by_bits = _as_bits(search)
    if by_bits is None:
        return _shortlist_of(search, starts(search), most)
    feasible = by_bits.starts()
    optional = [one for one in by_bits.search.people if one.role is Role.OPTIONAL]
    planes = _counted(by_bits.fitting(feasible, one) for one in optional)
    found: list[int] = []
    while feasible and len(found) < most:
        best = feasible
        for plane in reversed(planes):
            best = best & plane or best
        found += by_bits.seconds(best, most - len(found))
        feasible ^= best
    return found


def needs_rows(search: Search) -> bool:
    """Whether weeks of bits cannot answer it exactly."""
    if not search.windows:
        return False
    span = span_of(search)
    return not (_is_on_bits(search, span) and _tell_all(search, search.people, span))


def _as_bits(search: Search) -> Bits | None:
    """The same search over bits; None where they would not do."""
    if not search.windows or not _is_on_bits(search, span := span_of(search)):
        return None
    people = search.people
    if not all(isinstance(one.taken, Weeks) for one in people):
        people = tuple(_in_bits(one, span) for one in people)
        search = replace(search, people=people)
    return Bits(search, span) if _tell_all(search, people, span) else None


def _in_bits(one: Attendee, span: Span) -> Attendee:
    if not isinstance(one.taken, Rows):
        return one
    counted = counts_of(one) if masks.form(one.rules).has_caps else None
    return replace(one, taken=bits_of(one.taken, *span), counted=counted)


def _is_on_bits(search: Search, span: Span) -> bool:
    return search.length % BIT == 0 and span[1] <= MOST_WEEKS and masks.is_on_bits(search.step, search.zone, span)


def _tell_all(search: Search, people: Sequence[Attendee], span: Span) -> bool:
    """Whether bits tell all that the rules of these people ask about."""
    plan = masks.plan(tuple([one.rules for one in people]))
    return plan.are_on_bits and all(_tell_limits(search, people[place], span) for place in plan.limited)


def _tell_limits(search: Search, one: Attendee, span: Span) -> bool:
    rules = masks.form(one.rules)
    if rules.has_caps and one.counted is None:
        return False
    if rules.lunch is None:
        return True
    is_exact = isinstance(one.taken, Weeks) and one.taken.is_exact
    return is_exact and masks.lunches(one.rules, search.length, span).are_apart


def _counted(fits: Iterable[int]) -> list[int]:
    """How many of them have each bit, as a binary number whose digits are these, the lowest first (carry-save)."""
    planes: list[int] = []
    for one in fits:
        carry, at = one, 0
        while carry:
            if at == len(planes):
                planes.append(0)
            planes[at], carry = planes[at] ^ carry, planes[at] & carry
            at += 1
    return planes


def _shortlist_of(search: Search, feasible: list[int], most: int) -> list[int]:
    judge = Judge(search)
    optional = [one.person for one in search.people if one.role is Role.OPTIONAL]
    return sorted(feasible, key=lambda start: (sum(not judge.fits(one, start) for one in optional), start))[:most]
