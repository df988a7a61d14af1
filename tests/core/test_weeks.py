"""Taken time as bits of weeks, and how they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.weeks import (
    BIT,
    BITS_A_WEEK,
    BYTES_A_WEEK,
    MONDAY,
    WEEK,
    Pair,
    Rows,
    Week,
    bits_of,
    encoded,
    joined,
    together,
)

FIRST, COUNT = 2970, 6
START = MONDAY + FIRST * WEEK
Pairs = tuple[Pair, ...]


def pairs() -> st.SearchStrategy[Pairs]:
    """Stretches of any length around those weeks, on the grid and off it."""
    begins = st.integers(START - WEEK, START + (COUNT + 1) * WEEK)
    lengths = st.one_of(st.integers(0, 4000), st.just(BIT * 6), st.integers(0, 3 * WEEK))
    one = st.tuples(begins, lengths, st.sampled_from((1, 60, BIT))).map(_on_a_grid)
    return st.lists(one, max_size=12).map(tuple)


def _on_a_grid(told: tuple[int, int, int]) -> Pair:
    begins, length, grid = told
    start = begins - begins % grid
    return start, start + length - length % grid


def one_by_one(taken: Pairs) -> int:
    """Bit by bit, for clarity alone."""
    bits = 0
    for at in range(COUNT * BITS_A_WEEK):
        start, end = START + at * BIT, START + (at + 1) * BIT
        bits |= any(begins < end and start < ends and begins < ends for begins, ends in taken) << at
    return bits


@given(pairs(), pairs())
def test_a_bit_is_set_where_anything_taken_touches_it(hard: Pairs, soft: Pairs) -> None:
    weeks = bits_of(Rows(hard=hard, soft=soft), FIRST, COUNT)
    assert (weeks.hard, weeks.soft) == (one_by_one(hard), one_by_one(soft))


@given(pairs(), pairs())
def test_what_is_kept_of_weeks_is_the_same_when_it_is_joined(hard: Pairs, soft: Pairs) -> None:
    rows = Rows(hard=hard, soft=soft)
    assert joined(encoded(rows, FIRST, COUNT), FIRST, COUNT) == bits_of(rows, FIRST, COUNT)


@given(pairs())
def test_no_week_is_kept_in_which_nothing_is_taken(hard: Pairs) -> None:
    for week in encoded(Rows(hard=hard), FIRST, COUNT):
        assert len(week.hard) == BYTES_A_WEEK
        assert any(week.hard)
        assert week.soft == b""


@given(pairs(), pairs())
def test_several_calendars_take_what_any_of_them_takes(one: Pairs, other: Pairs) -> None:
    apart = [bits_of(Rows(hard=some, soft=some[:1]), FIRST, COUNT) for some in (one, other)]
    assert together(apart) == bits_of(Rows(hard=one + other, soft=one[:1] + other[:1]), FIRST, COUNT)


@pytest.mark.parametrize(
    ("row", "exact"),
    [
        pytest.param((START + BIT, START + 2 * BIT), True, id="on the grid"),
        pytest.param((START + 60, START + 2 * BIT), False, id="a start between"),
        pytest.param((START + BIT, START + 2 * BIT + 1), False, id="an end between"),
        pytest.param((START - 60, START + BIT), True, id="a start between, in a week that is not asked for"),
        pytest.param((START + 60, START + 60), True, id="no time at all"),
    ],
)
def test_weeks_are_exact_while_nothing_was_widened(row: Pair, exact: bool) -> None:
    assert bits_of(Rows(soft=(row,)), FIRST, 1).is_exact is exact


def test_only_the_week_of_an_edge_that_was_widened_is_inexact() -> None:
    kept = list(encoded(Rows(hard=((START + 60, START + 2 * WEEK + BIT),)), FIRST, COUNT))
    assert [(week.number - FIRST, week.is_exact) for week in kept] == [(0, False), (1, True), (2, True)]


def test_a_week_is_kept_with_its_first_bit_lowest() -> None:
    assert list(encoded(Rows(hard=((START, START + BIT),)), FIRST, 1)) == [
        Week(FIRST, b"\x01" + bytes(BYTES_A_WEEK - 1), b"", True)
    ]
