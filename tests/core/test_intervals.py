"""The algebra of free and taken."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import InvalidInput
from bot.core.intervals import Interval, merge, subtract

DAY = datetime(2026, 12, 1, tzinfo=UTC)


def span(words: str) -> Interval:
    start, end = (DAY + timedelta(hours=int(w[:2]), minutes=int(w[3:])) for w in words.split("-"))
    return Interval(start, end)


def spans(words: str) -> list[Interval]:
    return [span(one) for one in words.split()]


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start = draw(st.integers(0, 200))
    return Interval(DAY + timedelta(minutes=start), DAY + timedelta(minutes=start + draw(st.integers(1, 60))))


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        pytest.param("", "09:00-17:00", id="nothing is taken"),
        pytest.param("12:00-13:00 12:30-14:00", "09:00-12:00 14:00-17:00", id="two that overlap"),
        pytest.param("08:00-09:00 17:00-18:00", "09:00-17:00", id="what only touches takes nothing"),
        pytest.param("09:00-17:00", "", id="everything is taken"),
        pytest.param("08:00-10:00 16:00-18:00", "10:00-16:00", id="both edges"),
    ],
)
def test_subtract(taken: str, free: str) -> None:
    assert subtract(span("09:00-17:00"), spans(taken)) == spans(free)


def test_merging_joins_what_touches() -> None:
    assert merge(spans("11:00-12:00 09:00-10:00 10:00-10:30")) == spans("09:00-10:30 11:00-12:00")


@given(intervals(), st.lists(intervals(), max_size=8))
def test_free_and_taken_never_meet_and_together_are_the_whole(whole: Interval, taken: list[Interval]) -> None:
    free = subtract(whole, taken)
    assert not any(one.overlaps(other) for one in free for other in taken)
    inside = [both for one in merge(taken) if (both := one.meet(whole))]
    assert merge([*free, *inside]) == [whole]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(DAY, DAY, id="it does not last"),
        pytest.param(DAY + timedelta(hours=1), DAY, id="it ends before it starts"),
        pytest.param(DAY.replace(tzinfo=None), DAY.replace(tzinfo=None) + timedelta(1), id="it has no zone"),
    ],
)
def test_what_is_no_interval_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(InvalidInput):
        Interval(start, end)
