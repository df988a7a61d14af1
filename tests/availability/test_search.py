"""The search against a plain sweep, and what a slot may never be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.availability.hours import working
from bot.availability.search import Times, search
from bot.core.errors import InvalidInput
from bot.core.ids import PersonId
from bot.core.intervals import Interval, intersect, merge, subtract
from bot.core.rules import WorkingHours, office_hours
from tests.builders import span, spans, works

START = datetime(2026, 10, 19, tzinfo=UTC)
"""A Monday; the clocks change in Europe on the Sunday and in America a week later."""
MINUTE = timedelta(minutes=1)
HALF_HOUR = timedelta(minutes=30)
ALWAYS = works("00:00-24:00", days="Mon Tue Wed Thu Fri Sat Sun")


def times(
    name: str = "ana", *, taken: str = "", hours: WorkingHours = ALWAYS, known: str | None = "00:00-24:00"
) -> Times:
    return Times(person=PersonId(name), hours=hours, known=span(known) if known else None, taken=tuple(spans(taken)))


def swept(people: list[Times], windows: list[Interval], length: timedelta, step: timedelta) -> list[Interval]:
    """The same answer, looked for the slow way: minute arithmetic over sorted stretches."""
    free = merge(windows)
    for one in people:
        if one.known is None:
            return []
        at_work = [stretch for window in free for stretch in working(one.hours, window)]
        left = [piece for stretch in at_work for piece in subtract(stretch, one.taken)]
        free = list(intersect(left, [one.known]))
    found = []
    for stretch in free:
        start = START + -((START - stretch.start) // step) * step
        while start + length <= stretch.end:
            found.append(Interval(start, start + length))
            start += step
    return found


@st.composite
def stretches(draw: st.DrawFn, *, longest: int) -> Interval:
    start = START + draw(st.integers(0, 3 * 7 * 24 * 60)) * MINUTE
    return Interval(start, start + draw(st.integers(1, longest)) * MINUTE)


@st.composite
def anybody(draw: st.DrawFn) -> Times:
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]))
    hours = draw(
        st.sampled_from(
            [office_hours(zone), works("00:00-24:00", zone=zone), works("08:07-12:03 13:00-16:52", zone=zone)]
        )
    )
    return Times(
        person=PersonId("someone"),
        hours=hours,
        known=draw(st.none() | stretches(longest=4 * 7 * 24 * 60)),
        taken=tuple(draw(st.lists(stretches(longest=600), max_size=12))),
    )


@given(
    st.lists(anybody(), min_size=1, max_size=4),
    st.lists(stretches(longest=10 * 24 * 60), max_size=3),
    st.sampled_from([5, 15, 30, 60, 95, 480]),
    st.sampled_from([5, 15, 30]),
)
def test_bits_find_what_a_sweep_finds(people: list[Times], windows: list[Interval], minutes: int, step: int) -> None:
    found = search(people=people, windows=windows, length=minutes * MINUTE, step=step * MINUTE)

    assert found == swept(people, windows, minutes * MINUTE, step * MINUTE)


@given(st.lists(anybody(), min_size=1, max_size=3), st.lists(stretches(longest=9999), max_size=2), st.integers(1, 200))
def test_no_slot_is_ever_taken_for_anybody(people: list[Times], windows: list[Interval], minutes: int) -> None:
    for slot in search(people=people, windows=windows, length=minutes * MINUTE):
        assert any(window.contains(slot) for window in merge(windows))
        for one in people:
            assert not any(slot.overlaps(taken) for taken in one.taken)
            assert one.known is not None
            assert one.known.contains(slot)


def test_a_slot_may_touch_what_is_taken() -> None:
    found = search(people=[times(taken="09:00-10:00 10:30-12:00")], windows=spans("09:00-12:00"), length=HALF_HOUR)

    assert found == spans("10:00-10:30")


def test_one_minute_in_the_way_is_in_the_way() -> None:
    assert search(people=[times(taken="10:29-10:30")], windows=spans("10:00-10:30"), length=HALF_HOUR) == []


def test_all_must_be_free() -> None:
    people = [times("ana", taken="09:00-10:00"), times("alex", taken="10:30-11:00")]

    assert search(people=people, windows=spans("09:00-11:00"), length=HALF_HOUR) == spans("10:00-10:30")


def test_unknown_is_never_free() -> None:
    assert search(people=[times(), times("alex", known=None)], windows=spans("09:00-17:00"), length=HALF_HOUR) == []


def test_the_whole_slot_must_lie_where_it_is_known() -> None:
    found = search(people=[times(known="09:00-09:50")], windows=spans("08:00-12:00"), length=HALF_HOUR)

    assert found == spans("09:00-09:30 09:15-09:45")


def test_a_slot_lies_in_one_window() -> None:
    assert search(people=[times()], windows=spans("09:00-09:15 09:30-09:45"), length=HALF_HOUR) == []


def test_both_must_be_at_work() -> None:
    people = [times("ana", hours=office_hours("Europe/Berlin")), times("alex", hours=office_hours("America/New_York"))]
    found = search(people=people, windows=[span("00:00-24:00")], length=timedelta(hours=1))

    assert found == spans("14:00-15:00 14:15-15:15 14:30-15:30 14:45-15:45 15:00-16:00")


def test_nobody_can_search_for_nothing() -> None:
    with pytest.raises(InvalidInput):
        search(people=[times()], windows=spans("09:00-10:00"), length=timedelta(0))
