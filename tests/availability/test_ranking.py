"""Which times are offered first."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.availability import pages
from bot.availability.pages import PAGE
from bot.availability.terms import Attendee, Search
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.rules import Rules
from bot.core.zones import local
from tests.builders import TUESDAY, at, span, spans

HALF_HOUR = timedelta(minutes=30)
MONDAY = TUESDAY - timedelta(days=1)


def slots(words: str, *, days: int = 5, zone: str = "UTC") -> list[Interval]:
    """Every half hour that begins on a quarter within those hours, on so many days from Monday."""
    found = []
    for count in range(days):
        for stretch in spans(words, day=MONDAY + timedelta(days=count), zone=zone):
            start = stretch.start
            while start + HALF_HOUR <= stretch.end:
                found.append(Interval(start, start + HALF_HOUR))
                start += timedelta(minutes=15)
    return found


def ranked(candidates: Sequence[Interval], *, zones: Sequence[str], limit: int) -> list[Interval]:
    """The best of these half hours for somebody in each of these zones, who may be met at any time."""
    starts = sorted({int(one.start.timestamp()) for one in candidates})
    people = tuple(Attendee(person=PersonId(name), rules=Rules(zone=name)) for name in zones)
    windows = ((starts[0], starts[-1] + 1800),) if starts else ()
    search = Search(now=0, length=1800, step=900, zone=zones[0], windows=windows, people=people)
    found = [datetime.fromtimestamp(one.start, UTC) for one in pages.ranked(search, starts, limit)]
    return [Interval(start, start + HALF_HOUR) for start in found]


def days_of(chosen: list[Interval], zone: str = "UTC") -> set[object]:
    return {local(one.start, zone).date() for one in chosen}


def halves_of(chosen: list[Interval], zone: str = "UTC") -> set[bool]:
    return {local(one.start, zone).hour < 12 for one in chosen}


def test_a_page_is_spread_over_days_and_over_morning_and_afternoon() -> None:
    first = ranked(slots("09:00-17:00"), zones=["UTC"], limit=PAGE)

    assert len(days_of(first)) >= 3
    assert halves_of(first) == {True, False}


def test_so_is_the_next_page() -> None:
    second = ranked(slots("09:00-17:00"), zones=["UTC"], limit=2 * PAGE)[PAGE:]

    assert len(days_of(second)) >= 3
    assert halves_of(second) == {True, False}


def test_the_edge_of_the_day_is_kept_for_later() -> None:
    first = ranked(slots("09:00-17:00"), zones=["UTC"], limit=PAGE)

    assert all(f"{one.start:%H:%M}" >= "09:30" and f"{one.end:%H:%M}" <= "16:30" for one in first)


def test_lunch_is_kept_for_later() -> None:
    first = ranked(slots("11:00-14:00"), zones=["UTC"], limit=PAGE)

    assert not any(one.overlaps(span("12:00-13:00", day=one.start.date())) for one in first)


def test_what_is_early_for_somebody_far_away_is_kept_for_later() -> None:
    candidates = slots("15:00-17:00", zone="Europe/Berlin")
    first = ranked(candidates, zones=["Europe/Berlin", "America/New_York"], limit=PAGE)

    assert all(local(one.start, "America/New_York").strftime("%H:%M") >= "09:30" for one in first)


def test_no_two_of_a_page_overlap_while_there_are_others() -> None:
    first = ranked(slots("09:00-17:00", days=1), zones=["UTC"], limit=PAGE)

    assert not any(one.overlaps(other) for one in first for other in first if one is not other)


def test_whole_and_half_hours_come_first() -> None:
    first = ranked(slots("09:00-17:00"), zones=["UTC"], limit=PAGE)

    assert all(one.start.minute in (0, 30) for one in first)


def test_of_equals_the_soonest_comes_first() -> None:
    assert ranked(slots("10:00-10:30"), zones=["UTC"], limit=PAGE)[0].start == at("10:00", day=MONDAY)


def test_nothing_possible_is_hidden() -> None:
    candidates = slots("09:00-11:00", days=2)

    assert sorted(ranked(candidates, zones=["UTC"], limit=1000)) == candidates


def test_nothing_gives_nothing() -> None:
    assert ranked([], zones=["UTC"], limit=PAGE) == []


quarters = st.lists(
    st.tuples(st.integers(0, 13), st.integers(28, 76)).map(
        lambda one: Interval(
            start := at("00:00", day=MONDAY) + timedelta(days=one[0], minutes=15 * one[1]), start + HALF_HOUR
        )
    ),
    unique=True,
    max_size=80,
)


@given(quarters, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_they_came_in(candidates: list[Interval], random: object) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert ranked(shuffled, zones=["UTC"], limit=10) == ranked(candidates, zones=["UTC"], limit=10)


@given(quarters)
def test_more_are_the_continuation_of_fewer(candidates: list[Interval]) -> None:
    assert ranked(candidates, zones=["UTC"], limit=15)[:5] == ranked(candidates, zones=["UTC"], limit=5)


@given(quarters)
def test_three_days_where_three_are_possible_without_overlap(candidates: list[Interval]) -> None:
    first = ranked(candidates, zones=["UTC"], limit=PAGE)

    if len(candidates) >= PAGE and len(days_of(candidates)) >= 3:
        assert len(days_of(first)) >= 3
