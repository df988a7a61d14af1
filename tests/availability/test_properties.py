"""What holds of every answer of the engine, whatever the world: compared with itself in a world a little different."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import Phase, assume, given, note, seed, settings
from hypothesis import strategies as st

from bot.availability import clock, finding, judge, relaxing
from bot.availability.terms import WEEK, Attendee, Pair, Rows, Search
from bot.core.ids import PersonId
from bot.core.reasons import Code, Relaxation
from bot.core.rules import NONE, Rules
from tests.availability import oracle
from tests.availability.test_oracle import HUNDREDS, SLOW
from tests.availability.worlds import HOUR, rows_of, stored, taken, worlds
from tests.faults.battlefield import seeds

grains = st.sampled_from((5, 5, 7))
SOME = settings(HUNDREDS, max_examples=100)


def with_rows(search: Search, place: int, rows: Rows) -> Search:
    people = list(search.people)
    people[place] = replace(people[place], taken=rows)
    return replace(search, people=tuple(people))


@SOME
@given(st.data())
def test_more_that_is_taken_never_gives_more_times(data: st.DataObject) -> None:
    grain = data.draw(grains)
    search = data.draw(worlds(grain=grain))
    place = data.draw(st.integers(0, len(search.people) - 1))
    more = data.draw(taken(search.windows[0][0], grain, 4))
    rows = rows_of(search.people[place])
    harder = with_rows(search, place, replace(rows, hard=tuple(sorted(rows.hard + more))))
    softer = with_rows(search, place, replace(rows, soft=tuple(sorted(rows.soft + more))))
    before = set(finding.starts(search))

    assert before >= set(finding.starts(harder))
    assert before >= set(finding.starts(softer))


@SOME
@given(worlds() | worlds(grain=7), st.integers(0, 3 * HOUR), st.integers(0, 3 * HOUR))
def test_a_wider_window_never_loses_a_time(search: Search, sooner: int, later: int) -> None:
    (start, end), *others = search.windows
    wider = replace(search, windows=((start - sooner, end + later), *others))
    narrower = search.horizon or (start, end)
    farther = replace(search, horizon=(narrower[0] - sooner, narrower[1] + later)) if search.horizon else search
    before = set(finding.starts(search))

    assert before <= set(finding.starts(wider))
    assert before <= set(finding.starts(replace(search, windows=(*search.windows, (start - 30 * HOUR, start)))))
    assert before <= set(finding.starts(farther))
    assert before <= set(finding.starts(replace(search, horizon=None)))


@SOME
@given(worlds() | worlds(grain=7), st.randoms(use_true_random=False))
def test_the_order_of_people_and_of_rows_never_matters(search: Search, dice: Random) -> None:
    first, *others = [mixed(one, dice) for one in search.people]
    dice.shuffle(others)
    other = replace(search, people=(first, *others))
    found = finding.starts(search)

    assert finding.starts(other) == found
    for start in (search.windows[0][0], *found[:2]):
        assert judge.chosen(other, start) == judge.chosen(search, start)
        assert set(judge.causes(other, start)) == set(judge.causes(search, start))
        assert len(judge.causes(other, start)) == len(judge.causes(search, start))


def mixed(one: Attendee, dice: Random) -> Attendee:
    """The same, with rows in another order."""
    rows = rows_of(one)
    hard, soft = dice.sample(rows.hard, len(rows.hard)), dice.sample(rows.soft, len(rows.soft))
    return replace(one, taken=Rows(hard=tuple(hard), soft=tuple(soft)))


@SOME
@given(worlds() | worlds(grain=7))
def test_nothing_stands_against_exactly_the_times_that_are_found(search: Search) -> None:
    by_weeks = stored(search)
    forms = (search,) if finding.needs_rows(by_weeks) else (search, by_weeks)
    grid = {at for window in search.windows for at in clock.on_grid(*window, search.step, search.zone)}
    for form in forms:
        look = judge.Judge(form)

        assert finding.starts(form) == sorted(at for at in grid if not look.causes(at))


def applied(search: Search, way: Relaxation) -> Search:
    """The search in which that way is gone: its length, and so many weeks later."""
    windows = tuple((start + way.weeks * WEEK, end + way.weeks * WEEK) for start, end in search.windows)
    return replace(search, length=way.length, windows=windows)


def tried(search: Search, kept: dict[PersonId, tuple[Pair, ...]]) -> None:
    """Each way that is told fits once it is gone, but for what it says that it overlooks; cheap ones first."""
    ways = relaxing.relaxations(search, kept=kept, limit=99)
    assert not ways or not oracle.starts(search)
    assert [way.price for way in ways] == sorted(way.price for way in ways)
    rules = {one.person: one.rules for one in search.people}
    for way in ways:
        note(str(way))
        other = applied(search, way)
        assert oracle.causes(other, way.start) == way.overlooks
        assert judge.causes(other, way.start) == way.overlooks
        assert way.overlooks or (way.length, way.weeks) != (search.length, 0)
        for cause in way.overlooks:
            assert cause.person is not None
            end = way.start + way.length
            assert not any(oracle.is_over(one, way.start, end) for one in kept.get(cause.person, ()))
            if cause.code in (Code.HOURS, Code.OVERRIDE):
                assert rules[cause.person].outside != NONE


@SOME
@given(worlds(), st.integers(-30 * HOUR, 30 * HOUR))
def test_what_one_time_would_take_is_all_that_stands_against_it(search: Search, after: int) -> None:
    start = search.windows[0][0] + after // 60 * 60
    way = relaxing.around(search, start)
    causes = oracle.causes(search, start)
    is_nobodys = any(cause.person is None for cause in causes)

    assert (way is None) == (is_nobodys or start < search.now)
    assert way is None or way.overlooks == causes


def test_what_is_past_cannot_be_had_at_any_price() -> None:
    asker = Attendee(person=PersonId("ana"), rules=Rules(zone="Europe/Berlin", notice=timedelta(hours=2)))
    search = Search(now=9 * HOUR, length=HOUR, step=900, zone="UTC", windows=((8 * HOUR, 20 * HOUR),), people=(asker,))
    soon = relaxing.around(search, 10 * HOUR)

    assert soon is not None
    assert [cause.code for cause in soon.overlooks] == [Code.NOTICE]
    assert relaxing.around(search, 8 * HOUR) is None


@st.composite
def cramped(draw: st.DrawFn, grain: int) -> tuple[Search, dict[PersonId, tuple[Pair, ...]]]:
    """A world in which nothing fits as it is, and meetings of ours in it."""
    search = draw(worlds(grain=grain))
    assume(not finding.starts(search))
    people = tuple(
        replace(one, rules=replace(one.rules, outside=draw(st.sampled_from((None, None, NONE)))))
        for one in search.people
    )
    kept = {one.person: rows_of(one).hard[:1] for one in search.people if draw(st.booleans())}
    return replace(search, people=people), kept


@SOME
@given(cramped(5) | cramped(7))
def test_every_way_that_is_told_fits_once_it_is_gone(world: tuple[Search, dict[PersonId, tuple[Pair, ...]]]) -> None:
    tried(*world)


@pytest.mark.faults
@pytest.mark.parametrize("number", seeds(3))
def test_in_thousands_of_cramped_worlds_what_is_told_fits(number: int) -> None:
    """To have one again: SEEDS=number make faults ARGS='-k thousands_of_cramped'."""

    @seed(number)
    @settings(max_examples=250, database=None, suppress_health_check=SLOW, phases=(Phase.generate, Phase.shrink))
    @given(cramped(5) | cramped(7))
    def they_fit(world: tuple[Search, dict[PersonId, tuple[Pair, ...]]]) -> None:
        tried(*world)

    they_fit()
