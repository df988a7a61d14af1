"""One person's taken time as a line that can be asked: does anything clash, until when, and what is taken in there."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Protocol

from bot.availability.clock import merged
from bot.availability.terms import BIT, MONDAY, WEEK, Pair, Rows, Weeks


class Line(Protocol):
    """Taken time, as rows or as bits."""

    def until(self, start: int, end: int) -> int | None:
        """The latest end of what overlaps these seconds; None where nothing does."""

    def within(self, start: int, end: int) -> list[Pair]:
        """What is taken of these seconds, what touches joined."""


class RowLine:
    """Rows, whatever their number: each question costs the logarithm of it."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        kept = sorted(pair for pair in pairs if pair[0] < pair[1])
        self._starts = [start for start, _ in kept]
        self._latest = list(accumulate((end for _, end in kept), max))
        """The latest end of the first so many."""
        self._kept = kept
        self._merged: list[Pair] | None = None

    def until(self, start: int, end: int) -> int | None:
        before = bisect_left(self._starts, end)
        latest = self._latest[before - 1] if before else start
        return latest if latest > start else None

    def within(self, start: int, end: int) -> list[Pair]:
        if self._merged is None:
            self._merged = merged(self._kept)
        found: list[Pair] = []
        at = bisect_left(self._merged, (end,)) - 1
        while at >= 0 and self._merged[at][1] > start:
            found.append(self._merged[at])
            at -= 1
        return found[::-1]


class BitLine:
    """Five-minute bits; a run of them is one stretch."""

    def __init__(self, bits: int, first: int) -> None:
        self._bits = bits
        self._base = MONDAY + first * WEEK

    def until(self, start: int, end: int) -> int | None:
        low, high = max((start - self._base) // BIT, 0), -((self._base - end) // BIT)
        found = (self._bits >> low) & ((1 << max(high - low, 0)) - 1)
        if not found:
            return None
        last = low + found.bit_length() - 1
        rest = self._bits >> last
        run = (~rest & (rest + 1)).bit_length() - 1
        return self._base + (last + run) * BIT

    def within(self, start: int, end: int) -> list[Pair]:
        low, high = max((start - self._base) // BIT, 0), -((self._base - end) // BIT)
        found = (self._bits >> low) & ((1 << max(high - low, 0)) - 1)
        return [(self._base + (low + begin) * BIT, self._base + (low + after) * BIT) for begin, after in runs(found)]


def runs(bits: int) -> Iterable[Pair]:
    """Each run of bits, by the number of its first and of the one after its last."""
    marks = format(bits, "b")[::-1] if bits else ""
    at = marks.find("1")
    while at >= 0:
        after = marks.find("0", at)
        after = len(marks) if after < 0 else after
        yield at, after
        at = marks.find("1", after)


def hard_and_soft(taken: Rows | Weeks) -> tuple[Line, Line]:
    """The two lines of somebody's taken time."""
    if isinstance(taken, Rows):
        return RowLine(taken.hard), RowLine(taken.soft)
    return BitLine(taken.hard, taken.first), BitLine(taken.soft, taken.first)
