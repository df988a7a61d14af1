"""Taken time as numbers: pairs of whole seconds, or five-minute bits of UTC weeks, which are kept a week at a time.

A stretch is a pair of seconds since 1970 that holds its start and not its end. Taken time is widened to whole bits, so
that nothing is ever called free that is not; a week remembers whether anything in it had to be.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

Pair: TypeAlias = tuple[int, int]

WEEK = 7 * 24 * 3600
MONDAY = 4 * 24 * 3600
"""1970-01-05T00:00Z: weeks are counted from here, and start on a Monday in UTC."""
BIT = 300
"""A bit stands for five minutes."""
BITS_A_WEEK = WEEK // BIT
BYTES_A_WEEK = BITS_A_WEEK // 8
NOTHING = bytes(BYTES_A_WEEK)
"""A week in which nothing is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Taken time as it stands in calendars, one pair an instance: unmerged, by start."""

    hard: tuple[Pair, ...] = ()
    soft: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The same as bits of whole UTC weeks, widened to five minutes.

    Bit i of `hard` stands for the five minutes from MONDAY + first * WEEK + i * BIT. Outside of the `count` weeks
    nothing is taken.
    """

    first: int
    count: int
    hard: int = 0
    soft: int = 0
    is_exact: bool = False
    """Whether nothing had to be widened, so that the length of a gap can be read from the bits."""


class Week(NamedTuple):
    """One of them as it is kept; the number tells which week since MONDAY it is."""

    number: int
    hard: bytes
    """Its bits, the first one lowest, in 252 bytes; none at all where nothing is taken."""
    soft: bytes
    is_exact: bool


def week_of(second: int) -> int:
    """The number of the week in which that second lies."""
    return (second - MONDAY) // WEEK


def bits_of(rows: Rows, first: int, count: int) -> Weeks:
    """The bits of `count` weeks; a row of many weeks is in all of them."""
    start, end = MONDAY + first * WEEK, MONDAY + (first + count) * WEEK
    edges = (edge for pairs in (rows.hard, rows.soft) for pair in pairs if pair[0] < pair[1] for edge in pair)
    return Weeks(
        first=first,
        count=count,
        hard=_bits(rows.hard, start, count * BITS_A_WEEK),
        soft=_bits(rows.soft, start, count * BITS_A_WEEK),
        is_exact=not any(edge % BIT and start < edge < end for edge in edges),
    )


def encoded(rows: Rows, first: int, count: int) -> Iterator[Week]:
    """Those of these weeks in which anything is taken, as they are kept."""
    whole = bits_of(rows, first, count)
    edges = (edge for pairs in (rows.hard, rows.soft) for pair in pairs if pair[0] < pair[1] for edge in pair)
    widened = {week_of(edge) for edge in edges if edge % BIT}
    hard = whole.hard.to_bytes(count * BYTES_A_WEEK, "little")
    soft = whole.soft.to_bytes(count * BYTES_A_WEEK, "little")
    for at in range(count):
        part = slice(at * BYTES_A_WEEK, (at + 1) * BYTES_A_WEEK)
        if hard[part] != NOTHING or soft[part] != NOTHING:
            yield Week(first + at, _kept(hard[part]), _kept(soft[part]), first + at not in widened)


def joined(weeks: Iterable[Week], first: int, count: int) -> Weeks:
    """What `encoded` kept of these weeks, in order; nothing is taken in one that is missing."""
    hard: list[bytes] = []
    soft: list[bytes] = []
    at, is_exact, is_firm = first, True, True
    for number, is_taken, is_doubtful, was_exact in weeks:
        if number > at:
            hard.append(bytes((number - at) * BYTES_A_WEEK))
            soft.append(hard[-1])
        hard.append(is_taken or NOTHING)
        soft.append(is_doubtful or NOTHING)
        is_firm = is_firm and not is_doubtful
        at = number + 1
        is_exact = is_exact and was_exact
    return Weeks(
        first=first,
        count=count,
        hard=int.from_bytes(b"".join(hard), "little"),
        soft=0 if is_firm else int.from_bytes(b"".join(soft), "little"),
        is_exact=is_exact,
    )


def together(several: Sequence[Weeks]) -> Weeks:
    """What is taken in any of these, all of them of the same weeks: several calendars of one person."""
    hard = soft = 0
    for weeks in several:
        hard |= weeks.hard
        soft |= weeks.soft
    is_exact = all(weeks.is_exact for weeks in several)
    return Weeks(first=several[0].first, count=several[0].count, hard=hard, soft=soft, is_exact=is_exact)


def _kept(part: bytes) -> bytes:
    return b"" if part == NOTHING else part


def _bits(pairs: Iterable[Pair], start: int, last: int) -> int:
    """Its bits from the second `start` on, `last` of them; written out once, because setting each costs the whole."""
    marks: list[str] = []
    at = 0
    for begins, ends in sorted(pairs):
        low, high = max((begins - start) // BIT, at), min(-((start - ends) // BIT), last)
        if begins < ends and low < high:
            marks += "0" * (low - at), "1" * (high - low)
            at = high
    return int("".join(reversed(marks)), 2) if marks else 0
