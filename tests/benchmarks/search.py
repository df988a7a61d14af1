"""The search itself: stored bits against a sweep over rows and a kernel in C, and how it grows with what it is given.

All figures are processor time, the two of a ratio take turns, and no figure counts before the answers are equal.
"""

import ctypes
import shutil
import subprocess
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from bot.availability import masks, sweep
from bot.availability.finding import shortlist, starts
from bot.availability.judge import Judge
from bot.availability.terms import Attendee, Role, Search
from bot.core.weeks import BIT, BITS_A_WEEK, BYTES_A_WEEK, NOTHING, Rows, Week, encoded, joined
from tests.benchmarks import search_worlds as worlds
from tests.benchmarks.rows import Row, median_of_ratios
from tests.benchmarks.search_worlds import COUNT, FIRST, by_bits, by_rows, full, optional, with_everything

PEOPLE, EACH = 10, 1_000
ROUNDS = 25
KERNEL = Path(__file__).with_name("search_kernel.c")

Stored = Sequence[Sequence[Week]]


def rows() -> list[Row]:
    """Every figure of the search."""
    return [*against_others(), *as_it_grows(), *with_more_to_weigh()]


def against_others() -> Iterator[Row]:
    """From the weeks as they are kept, against the rows, and against C over the same weeks."""
    asked = by_rows(tuple(full(number, EACH) for number in range(PEOPLE)))
    kept = stored(asked)
    ready = by_bits(asked)
    allowed = _allowed(asked)
    expected = sweep.starts(asked)
    _equal(expected, starts(ready), from_kept(ready, kept), by_sweep(asked, allowed))
    what = f"search, {PEOPLE} people x {EACH} rows x {worlds.WEEKS} weeks"
    ours, theirs = in_turns(lambda: from_kept(ready, kept), lambda: by_sweep(asked, allowed), 20, 1)
    ratio = median_of_ratios(ours, theirs)
    yield Row(name=f"{what}, from stored weeks, against a sweep over rows", value=ratio, unit="×", goal=1 / 60)
    yield Row(name=f"{what}, from stored weeks", value=median(ours), unit="µs")
    yield Row(name=f"{what}: the sweep", value=median(theirs), unit="µs")
    with kernel(ready, kept) as find:
        if find is None:
            yield Row(name=f"{what}: no gcc here, so no kernel in C to compare with", value=0, unit="")
            return
        _equal(expected, find())
        # Each starts from what it reads best: the joined weeks as numbers, and as the bytes of all in a row.
        ours, theirs = in_turns(lambda: starts(ready), find, 50, 50)
    yield Row(name=f"{what}, from joined weeks", value=median(ours), unit="µs")
    yield Row(
        name=f"{what}, from joined weeks, against a kernel in C", value=median_of_ratios(ours, theirs), unit="×", goal=5
    )
    yield Row(name=f"{what}: the kernel in C", value=median(theirs), unit="µs")


def as_it_grows() -> Iterator[Row]:
    """With the rows behind the bits, and with the people."""
    worlds_of = [by_bits(by_rows(tuple(full(number, each) for number in range(PEOPLE)))) for each in (50, 1000, 10_000)]
    _equal(*(starts(one) for one in worlds_of))
    few, some, many = (lambda: starts(worlds_of[0]), lambda: starts(worlds_of[1]), lambda: starts(worlds_of[2]))
    ratios = [median_of_ratios(*in_turns(one, few, 20, 20)) for one in (some, many)]
    ratio = max(*ratios, 1 / min(ratios))
    yield Row(name="search as rows per person grow from 50 to 10,000", value=ratio, unit="×", goal=1.2)
    crowd = by_rows(tuple(full(number, 60) for number in range(500)))
    fifty = replace(crowd, people=crowd.people[:50])
    small, large = by_bits(fifty), by_bits(crowd)
    _equal(sweep.starts(fifty), starts(small), starts(large))
    ours, theirs = in_turns(lambda: starts(large), lambda: starts(small), 5, 5)
    yield Row(name="search as 50 people become 500", value=median_of_ratios(ours, theirs), unit="×", goal=10)


def with_more_to_weigh() -> Iterator[Row]:
    """With people who need not come, and with every rule at once."""
    asked = by_rows(tuple(full(number, EACH) for number in range(PEOPLE)))
    plain, some = by_bits(asked), optional(by_rows(asked.people[::-1]), 2)
    shorter = by_bits(some)
    _equal(best_by_judge(some, 5), shortlist(shorter, 5))
    ours, theirs = in_turns(lambda: shortlist(shorter, 5), lambda: starts(plain), 20, 20)
    ratio = median_of_ratios(ours, theirs)
    yield Row(name=f"five best of {PEOPLE} people, 8 optional, against the plain search", value=ratio, unit="×", goal=5)
    ruled = replace(asked, people=tuple(with_everything(one) for one in asked.people))
    in_bits = by_bits(ruled)
    found = starts(in_bits)
    _equal(sweep.starts(ruled), found)
    assert 0 < len(found) < len(starts(plain)), "the rules change nothing"
    kept = stored(asked)
    ours, theirs = in_turns(lambda: from_kept(in_bits, kept), lambda: from_kept(plain, kept), 20, 20)
    ratio = median_of_ratios(ours, theirs)
    yield Row(name="search with caps, lunch, notice and overrides, against without", value=ratio, unit="×", goal=3)


def stored(search: Search) -> Stored:
    """The weeks of each, as a calendar that was read leaves them."""
    return [list(encoded(one.taken, FIRST, COUNT)) for one in search.people if isinstance(one.taken, Rows)]


def from_kept(ready: Search, kept: Stored) -> list[int]:
    """What a search does once the weeks are read: join each one's, and find."""
    people = tuple(
        Attendee(
            person=one.person, rules=one.rules, role=one.role, taken=joined(weeks, FIRST, COUNT), counted=one.counted
        )
        for one, weeks in zip(ready.people, kept, strict=True)
    )
    return starts(replace(ready, people=people))


def by_sweep(search: Search, allowed: Sequence[int]) -> list[int]:
    """In plain Python: all rows of all people in order, and what lies between them; hours and grid are known."""
    taken: list[tuple[int, int]] = []
    for one in search.people:
        assert isinstance(one.taken, Rows)
        sooner = search.length + int(one.rules.after.total_seconds())
        later = int(one.rules.before.total_seconds())
        taken += [(start - sooner, end + later) for start, end in one.taken.hard]
        taken += [(start - sooner, end + later) for start, end in one.taken.soft]
    taken.sort()
    found: list[int] = []
    at = allowed[0]
    for begins, ends in taken:
        if begins >= at:
            found += allowed[bisect_left(allowed, at) : bisect_right(allowed, begins)]
        at = max(at, ends)
    return found + list(allowed[bisect_left(allowed, at) :])


@contextmanager
def kernel(ready: Search, kept: Stored) -> Iterator[Callable[[], list[int]] | None]:
    """The same search in C, compiled here; None where there is no compiler."""
    gcc = shutil.which("gcc")
    if gcc is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "kernel.so")
        subprocess.run([gcc, "-O2", "-shared", "-fPIC", "-o", made, KERNEL], check=True)
        yield _called(ctypes.CDLL(str(made)).starts, ready, kept)


def _called(function: Callable[..., int], ready: Search, kept: Stored) -> Callable[[], list[int]]:
    forms = [masks.form(one.rules) for one in ready.people]
    kinds = sorted({(one.before, one.after) for one in forms})
    order = sorted(range(len(forms)), key=lambda number: (forms[number].before, forms[number].after))
    until = [sum((one.before, one.after) <= kind for one in forms) for kind in kinds]
    numbers = ctypes.c_int64 * len(kinds)
    groups = numbers(*until), numbers(*(one for one, _ in kinds)), numbers(*(one for _, one in kinds))
    span = (FIRST + 1, worlds.WEEKS)
    assert all([week.number for week in weeks] == list(range(span[0], sum(span))) for weeks in kept)
    size = worlds.WEEKS * BYTES_A_WEEK
    found = (ctypes.c_int64 * (size * 8))()
    allowed = _bits(ready, span).to_bytes(size, "little")
    base, words = ctypes.c_int64(masks.base(span)), ctypes.c_int64(size // 8)
    tail = (ctypes.c_int64(len(kinds)), allowed, ctypes.c_int64(ready.length // BIT), base, found)

    sides = ([week.hard for week in kept[one]] + [week.soft for week in kept[one]] for one in order)
    taken = b"".join(week or NOTHING for side in sides for week in side)

    def find() -> list[int]:
        return found[: function(taken, words, *groups, *tail)]

    return find


def _bits(search: Search, span: masks.Span) -> int:
    """The starts that hours, grid and window allow."""
    rules = tuple(one.rules for one in search.people if one.role is Role.REQUIRED)
    hours = masks.asked(rules, search.length, search.step, search.zone, span)
    return hours & masks.within(search.windows, search.length, masks.base(span), span[1] * BITS_A_WEEK)


def _allowed(search: Search) -> list[int]:
    return starts(by_bits(replace(search, people=tuple(replace(one, taken=Rows()) for one in search.people))))


def best_by_judge(search: Search, most: int) -> list[int]:
    """The best ones, by asking of each start in turn who misses it."""
    judge = Judge(search)
    missing = [one.person for one in search.people if one.role is Role.OPTIONAL]
    return sorted(sweep.starts(search), key=lambda at: (sum(not judge.fits(one, at) for one in missing), at))[:most]


def in_turns(
    ours: Callable[[], object], theirs: Callable[[], object], many: int, few: int
) -> tuple[list[float], list[float]]:
    """Microseconds of processor time of each, a round of one after a round of the other."""
    took = [(_spent(ours, many), _spent(theirs, few)) for _ in range(ROUNDS)]
    return [one for one, _ in took], [other for _, other in took]


def _spent(what: Callable[[], object], times: int) -> float:
    began = time.thread_time()
    for _ in range(times):
        what()
    return (time.thread_time() - began) * 1e6 / times


def _equal(first: Sequence[int], *others: Sequence[int]) -> None:
    if not first or any(one != first for one in others):
        raise AssertionError("they do not find the same times")
