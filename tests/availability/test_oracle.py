"""The engine answers what its oracle does, in worlds by chance: which times fit, what stands against others."""

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from bot.availability import finding, judge
from bot.availability.terms import Cause, Search
from tests.availability import oracle
from tests.availability.worlds import as_bits_tell, stored, worlds
from tests.faults.battlefield import seeds

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
HUNDREDS = settings(derandomize=True, max_examples=120, suppress_health_check=SLOW)
THOUSANDS = settings(max_examples=300, database=None, suppress_health_check=SLOW, phases=(Phase.generate, Phase.shrink))


def agree_on_rows(search: Search, others: Iterable[int]) -> None:
    """Over rows: all starts, and every answer to some of them and to others."""
    found = oracle.starts(search)
    look = judge.Judge(search)

    assert finding.starts(search) == found
    assert finding.shortlist(search, 5) == oracle.shortlist(search, found, 5)
    for start in sorted({*found[:2], *found[-1:], *others}):
        note(f"at {start}")
        causes = oracle.causes(search, start)
        assert look.causes(start) == causes
        assert look.states(start) == oracle.states(search, start)
        assert look.chosen(start) == oracle.chosen(search, start)
        assert bool(causes) == (start not in found)


def agree_on_bits(search: Search, others: Iterable[int]) -> None:
    """Over stored weeks: all starts, where these do; an end that is told is then the end of a run of bits."""
    by_weeks = stored(search)
    if finding.needs_rows(by_weeks):
        return
    told = as_bits_tell(by_weeks)
    look = judge.Judge(by_weeks)

    found = oracle.starts(search)
    assert finding.starts(by_weeks) == found
    assert finding.shortlist(by_weeks, 5) == oracle.shortlist(search, found, 5)
    for start in others:
        note(f"at {start}")
        assert look.causes(start) == oracle.causes(told, start)
        assert look.states(start) == oracle.states(told, start)
        assert look.chosen(start) == oracle.chosen(told, start)
        if start % 300 == 0:
            assert look.states(start) == oracle.states(search, start)
            assert untimed(look.causes(start)) == untimed(oracle.causes(search, start))


def untimed(causes: Iterable[Cause]) -> list[tuple[object, object]]:
    return [(cause.person, cause.code) for cause in causes]


@st.composite
def places(draw: st.DrawFn, search: Search, unit: int) -> list[int]:
    """Some starts within the windows and around them, each a multiple of `unit` seconds from the first."""
    first, last = min(search.windows)[0], max(end for _, end in search.windows)
    return [first + at * unit for at in draw(st.lists(st.integers(-20, (last - first) // unit + 20), max_size=6))]


@HUNDREDS
@given(st.data())
def test_on_five_minutes_the_engine_and_the_oracle_agree(data: st.DataObject) -> None:
    search = data.draw(worlds())
    agree_on_rows(search, data.draw(places(search, 300)))


@HUNDREDS
@given(st.data())
def test_off_five_minutes_the_engine_and_the_oracle_agree(data: st.DataObject) -> None:
    search = data.draw(worlds(grain=data.draw(st.sampled_from((1, 7, 12)))))
    agree_on_rows(search, data.draw(places(search, 97)))


@HUNDREDS
@given(st.data())
def test_over_stored_weeks_the_engine_and_the_oracle_agree(data: st.DataObject) -> None:
    search = data.draw(worlds())
    agree_on_bits(search, data.draw(places(search, 300)))


@pytest.mark.faults
@pytest.mark.parametrize("number", seeds(3))
@pytest.mark.parametrize("grain", [1, 5, 7])
def test_in_thousands_of_worlds_they_agree(number: int, grain: int) -> None:
    """To have one again: SEEDS=number make faults ARGS='-k thousands_of_worlds'."""

    @seed(number)
    @THOUSANDS
    @given(st.data())
    def they_agree(data: st.DataObject) -> None:
        search = data.draw(worlds(grain=grain))
        some = data.draw(places(search, 300))
        agree_on_rows(search, [*some, *(at + 1 for at in some[:1])])
        agree_on_bits(search, some)

    they_agree()
