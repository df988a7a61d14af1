"""Every time at which a meeting fits: from weeks of bits where these tell all, and else from rows, to the second."""

from dataclasses import replace

from bot.availability import bits, sweep
from bot.availability.bits import Bits
from bot.availability.judge import Judge, counts_of
from bot.availability.terms import BIT, Attendee, Role, Rows, Search, Weeks
from bot.core.errors import InvalidInput
from bot.core.weeks import bits_of

MOST_WEEKS = 120
"""Over more of them bits would cost more than rows."""
A_DAY = 23 * 3600
"""The shortest one: lunches of two days are not told apart where they come closer than that."""


def starts(search: Search) -> list[int]:
    """Every feasible start, by time (seconds)."""
    if not search.windows:
        return []
    by_bits = _as_bits(search)
    if by_bits is not None:
        found = Bits(by_bits)
        return found.seconds(found.starts())
    if needs_rows(search) and any(isinstance(one.taken, Weeks) for one in search.people):
        raise InvalidInput("bits do not tell enough for this search")
    return sweep.starts(search)


def shortlist(search: Search, most: int) -> list[int]:
    """The `most` feasible starts that the fewest of the optional people miss, of equals the soonest, best first."""
    by_bits = _as_bits(search) if search.windows else None
    if by_bits is None:
        return _shortlist_of(search, starts(search), most)
    it = Bits(by_bits)
    feasible = it.starts()
    planes = _counted([it.fitting(one) for one in by_bits.people if one.role is Role.OPTIONAL])
    found: list[int] = []
    while feasible and len(found) < most:
        best = feasible
        for plane in reversed(planes):
            best = best & plane or best
        found += it.seconds(best, most - len(found))
        feasible &= ~best
    return found


def needs_rows(search: Search) -> bool:
    """Whether weeks of bits cannot answer it exactly."""
    return bool(search.windows) and not (_is_on_bits(search) and all(_tell_all(search, one) for one in search.people))


def _as_bits(search: Search) -> Search | None:
    """The same search over bits; None where they would not do."""
    if not search.windows or not _is_on_bits(search):
        return None
    first, after = bits.span_of(search)
    people: list[Attendee] = []
    for one in search.people:
        it = one
        if isinstance(one.taken, Rows):
            counted = counts_of(one) if one.rules.caps else None
            it = replace(one, taken=bits_of(one.taken, first, after - first), counted=counted)
        if not _tell_all(search, it):
            return None
        people.append(it)
    return replace(search, people=tuple(people))


def _is_on_bits(search: Search) -> bool:
    first, after = bits.span_of(search)
    if search.length % BIT or after - first > MOST_WEEKS:
        return False
    return bits.is_on_bits(search.step, search.zone, first, after - first)


def _tell_all(search: Search, one: Attendee) -> bool:
    """Whether bits tell all that this person's rules ask about."""
    rules = one.rules
    if (rules.before % bits.FIVE_MINUTES) or (rules.after % bits.FIVE_MINUTES):
        return False
    if rules.caps and one.counted is None:
        return False
    if rules.lunch is None:
        return True
    span = rules.lunch.span
    is_exact = isinstance(one.taken, Weeks) and one.taken.is_exact
    on_bits = not any(it.minute % 5 or it.second for it in (span.start, span.end)) and rules.lunch.minutes % 5 == 0
    hours = (span.end.hour - span.start.hour) % 24 + 1
    return is_exact and on_bits and 2 * (hours * 3600 + search.length) <= A_DAY


def _counted(fits: list[int]) -> list[int]:
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
