"""What rules and questions say of whole weeks, as bits that are kept: to expand hours costs ten times the search.

A set of times is an int whose bit i stands for five minutes, i of them after the first of the weeks.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from bot.availability import clock
from bot.availability.terms import BIT, BITS_A_WEEK, MONDAY, WEEK, Daily, Pair
from bot.core.rules import Lunch, Rules

FIVE_MINUTES = timedelta(seconds=BIT)
A_DAY = timedelta(days=1)

Span: TypeAlias = Pair
"""Whole weeks: the number of the first, and how many."""


class Form(NamedTuple):
    """What a search asks of somebody's rules every time, as numbers."""

    before: int
    """Five-minute bits."""
    after: int
    notice: int
    """Seconds."""
    has_caps: bool
    lunch: Lunch | None
    is_on_bits: bool
    """Whether buffers are whole bits, and near enough to be seen in the weeks."""


class Plan(NamedTuple):
    """The rules of several people as a search goes through them."""

    before: int
    """The least that any of them has, in bits."""
    after: int
    kinds: tuple[tuple[int, int, tuple[int, ...]], ...]
    """What more there is of both buffers, with the places of those who have so much."""
    notice: int
    """The longest, in seconds."""
    limited: tuple[int, ...]
    """The places of those with caps or a lunch."""
    are_on_bits: bool


class Lunches(NamedTuple):
    """All lunches of some weeks at once."""

    spans: int
    after: int
    """The bit after each span."""
    reach: int
    """The starts of the slots that overlap one."""
    widest: int
    are_apart: bool
    """Whether bits tell them exactly: on five minutes, and so far apart that no slot is near two of them."""


@lru_cache(maxsize=8192)
def form(rules: Rules) -> Form:
    """The rules as numbers."""
    buffers = (rules.before, rules.after)
    return Form(
        before=rules.before // FIVE_MINUTES,
        after=rules.after // FIVE_MINUTES,
        notice=-int(-rules.notice.total_seconds() // 1),
        has_caps=bool(rules.caps),
        lunch=rules.lunch,
        is_on_bits=not any(one % FIVE_MINUTES or one > A_DAY for one in buffers),
    )


@lru_cache(maxsize=4096)
def plan(rules: tuple[Rules, ...]) -> Plan:
    """What a search needs of the rules of these people together."""
    forms = [form(one) for one in rules]
    kinds: dict[tuple[int, int], list[int]] = {}
    for place, one in enumerate(forms):
        kinds.setdefault((one.before, one.after), []).append(place)
    before = min((one.before for one in forms), default=0)
    after = min((one.after for one in forms), default=0)
    return Plan(
        before=before,
        after=after,
        kinds=tuple((b - before, a - after, tuple(places)) for (b, a), places in kinds.items()),
        notice=max((one.notice for one in forms), default=0),
        limited=tuple(place for place, one in enumerate(forms) if one.has_caps or one.lunch is not None),
        are_on_bits=all(one.is_on_bits for one in forms),
    )


@lru_cache(maxsize=512)
def asked(rules: tuple[Rules, ...], length: int, step: int, zone: str, span: Span) -> int:
    """The starts on the grid from which a slot lies in the working time of all of these."""
    found = _grid(step, zone, span)
    for one in rules:
        found &= at_work(one, length, span)
    return found


@lru_cache(maxsize=512)
def at_work(rules: Rules, length: int, span: Span) -> int:
    """The starts from which a slot lies in their working time."""
    if not clock.works(rules):
        return (1 << span[1] * BITS_A_WEEK) - 1
    working = _of_weeks(span, lambda week: _working_week(rules, week))
    return room(working, length // BIT)


@lru_cache(maxsize=256)
def in_windows(windows: tuple[Pair, ...], horizon: Pair | None, length: int, span: Span) -> int:
    """The starts from which a slot lies in one of the windows, and in the horizon."""
    start, size = base(span), span[1] * BITS_A_WEEK
    found = within(windows, length, start, size)
    return found if horizon is None else found & within((horizon,), length, start, size)


@lru_cache(maxsize=128)
def in_daily(daily: tuple[Daily, ...], length: int, span: Span) -> int:
    """The starts from which a slot lies in hours of a day that were asked for."""
    return _of_weeks(span, lambda week: _daily_week(daily, length, week))


@lru_cache(maxsize=2048)
def is_on_bits(step: int, zone: str, span: Span) -> bool:
    """Whether all the starts of those weeks stand on five minutes, as they do wherever clocks differ by such."""
    start, end = base(span), base(span) + span[1] * WEEK
    if start < clock.EARLIEST or end > clock.LATEST or step % BIT:
        return False
    return not any(clock.offset(at, zone) % BIT for at in range(start, end + 1, clock.DAY))


@lru_cache(maxsize=128)
def days(rules: Rules, span: Span) -> Mapping[date, tuple[Pair, ...]]:
    """Their local days, each with the first start in it and the one after the last; a journey may part one."""
    start, size = base(span), span[1] * BITS_A_WEEK
    end = start + span[1] * WEEK
    return {
        day: tuple((_up(begins, start, size), _up(ends, start, size)) for begins, ends in clock.parts_of(rules, day))
        for day in clock.dates(start - clock.DAY, end + clock.DAY)
    }


@lru_cache(maxsize=256)
def lunches(rules: Rules, length: int, span: Span) -> Lunches:
    """All their lunches; `length` is that of a slot."""
    start, size = base(span), span[1] * BITS_A_WEEK
    spans = sorted(clock.lunches(rules, start, start + span[1] * WEEK))
    widest = max((ends - begins for begins, ends in spans), default=0)
    gaps = (later[0] - earlier[1] for earlier, later in pairwise(spans))
    needed = rules.lunch.minutes * 60 if rules.lunch is not None else 0
    is_exact = not any(edge % BIT for one in spans for edge in one) and needed % BIT == 0
    bits = set_bits(spans, start, size)
    return Lunches(
        spans=bits,
        after=sum(1 << (ends - start) // BIT for _, ends in spans),
        reach=smeared(bits, length // BIT),
        widest=widest // BIT,
        are_apart=is_exact and all(gap > widest + length for gap in gaps) and widest + length <= clock.DAY,
    )


def within(stretches: Iterable[Pair], length: int, start: int, size: int) -> int:
    """The starts from which a slot lies wholly inside one of these stretches."""
    return set_bits(((begins, ends - length + BIT) for begins, ends in stretches), start, size)


def set_bits(stretches: Iterable[Pair], start: int, size: int, *, is_widened: bool = False) -> int:
    """A bit for every five minutes that lie wholly in a stretch, or, widened, touch one."""
    bits = 0
    for begins, ends in stretches:
        if begins >= ends:
            continue
        low, high = (begins - start) // BIT, -((start - ends) // BIT)
        if not is_widened:
            low, high = -((start - begins) // BIT), (ends - start) // BIT
        low, high = max(low, 0), min(high, size)
        if low < high:
            bits |= ((1 << (high - low)) - 1) << low
    return bits


def of_ranges(ranges: Iterable[Pair]) -> int:
    """The bits from the first of each pair up to its second."""
    bits = 0
    for low, high in ranges:
        if low < high:
            bits |= ((1 << (high - low)) - 1) << low
    return bits


def base(span: Span) -> int:
    """The second at which the weeks start."""
    return MONDAY + span[0] * WEEK


def room(free: int, count: int) -> int:
    """The bits from which `count` bits in a row are set, by doubling."""
    have = 1
    while have < count and free:
        by = min(have, count - have)
        free &= free >> by
        have += by
    return free


def smeared(bits: int, count: int) -> int:
    """Each bit, and the `count` - 1 below it, by doubling."""
    have = 1
    while have < count:
        by = min(have, count - have)
        bits |= bits >> by
        have += by
    return bits


def _up(at: int, start: int, size: int) -> int:
    """The first bit that does not start before that second."""
    return min(max(-((start - at) // BIT), 0), size)


def _of_weeks(span: Span, of: Callable[[int], int]) -> int:
    first, count = span
    return sum(of(first + number) << number * BITS_A_WEEK for number in range(count))


@lru_cache(maxsize=256)
def _grid(step: int, zone: str, span: Span) -> int:
    return _of_weeks(span, lambda week: _grid_week(step, zone, week))


@lru_cache(maxsize=2048)
def _grid_week(step: int, zone: str, week: int) -> int:
    start = MONDAY + week * WEEK
    return sum(1 << (at - start) // BIT for at in clock.on_grid(start, start + WEEK - 1, step, zone) if at % BIT == 0)


@lru_cache(maxsize=16384)
def _working_week(rules: Rules, week: int) -> int:
    start = MONDAY + week * WEEK
    return set_bits(clock.working(rules, start, start + WEEK), start, BITS_A_WEEK)


@lru_cache(maxsize=2048)
def _daily_week(daily: tuple[Daily, ...], length: int, week: int) -> int:
    start = MONDAY + week * WEEK
    return within(clock.daily_parts(daily, start, start + WEEK), length, start, BITS_A_WEEK)
