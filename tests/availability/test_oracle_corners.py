"""Corners that chance seldom finds, where the engine and its oracle agree all the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.availability import finding, judge
from bot.availability.terms import Attendee, Counted, Pair, Rows, Search
from bot.core.ids import PersonId
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override, Rules
from tests.availability import oracle
from tests.availability.worlds import DAY, HOUR, stored

START = int(datetime(2026, 10, 24, tzinfo=UTC).timestamp())
TILL_MONDAY = Away(date(2026, 10, 24), date(2026, 10, 26), "Pacific/Honolulu")
FROM_TUESDAY = Away(date(2026, 10, 27), date(2026, 10, 29), "Asia/Tokyo")
"""While it is still Monday on Hawaii, it is already Tuesday in Tokyo."""


def question(rules: Rules, *, length: int = 900, unknown: tuple[Pair, ...] = (), is_counted: bool = False) -> Search:
    hard = tuple((START + day * DAY + 11 * HOUR, START + day * DAY + 12 * HOUR) for day in range(7))
    counted = {date(2026, 10, day): Counted(day % 2, 3600) for day in range(20, 32)} if is_counted else None
    who = Attendee(person=PersonId("ana"), rules=rules, taken=Rows(hard=hard), unknown=unknown, counted=counted)
    window = (START, START + 6 * DAY)
    return Search(now=START, length=length, step=900, zone="UTC", windows=(window,), people=(who,))


def agree(search: Search) -> None:
    """Over bits, over rows, and one by one."""
    found = oracle.starts(search)
    assert found
    assert finding.starts(search) == found
    by_weeks = stored(search)
    if not finding.needs_rows(by_weeks):
        assert finding.starts(by_weeks) == found
    for start in range(START, START + 6 * DAY, HOUR):
        assert judge.causes(search, start) == oracle.causes(search, start)
        assert judge.states(search, start) == oracle.states(search, start)


@pytest.mark.parametrize("at", [1, 298, 299, 599])
def test_one_second_that_is_unknown_hides_the_slots_over_it(at: int) -> None:
    begins = START + 30 * HOUR + at
    agree(question(Rules(zone="UTC"), length=300, unknown=((begins, begins + 1),)))
    agree(question(Rules(zone="UTC"), length=900, unknown=((begins, begins + 700),)))


@pytest.mark.parametrize("journeys", [(TILL_MONDAY, FROM_TUESDAY), (FROM_TUESDAY, TILL_MONDAY)])
@pytest.mark.parametrize("is_counted", [True, False])
def test_where_two_journeys_hold_one_moment_the_first_one_tells_the_day(
    journeys: tuple[Away, ...], is_counted: bool
) -> None:
    caps = Caps(meetings_a_day=1 if is_counted else 2, minutes_a_day=100)
    overrides = (Override(date(2026, 10, 27), (DaySpan(time(9), time(10)),)),)
    agree(question(Rules(zone="Europe/Berlin", away=journeys, caps=caps), is_counted=is_counted))
    agree(question(Rules(zone="Europe/Berlin", away=journeys, caps=caps, overrides=overrides), is_counted=is_counted))


@pytest.mark.parametrize("hours", [1, 5, 9, 14])
@pytest.mark.parametrize("span", [DaySpan(time(2), time(23)), DaySpan(time(20), time(19)), DaySpan(time(0), time(0))])
def test_lunches_so_wide_that_one_slot_is_near_two_of_them(span: DaySpan, hours: int) -> None:
    agree(question(Rules(zone="Europe/Berlin", lunch=Lunch(span, 45)), length=hours * HOUR))


@pytest.mark.parametrize("hours", [1, 3, 9])
def test_a_wide_lunch_that_is_lost_is_not_found_again_in_the_next_one(hours: int) -> None:
    search = question(Rules(zone="UTC", lunch=Lunch(DaySpan(time(2), time(23)), 45)), length=hours * HOUR)
    day = (START + 2 * DAY, START + 3 * DAY - 2 * HOUR)
    who = replace(search.people[0], taken=Rows(soft=(day,)))
    agree(replace(search, people=(who,), allow_soft=True))


def test_a_lunch_when_the_clocks_go_back_lasts_an_hour_longer() -> None:
    agree(question(Rules(zone="Europe/Berlin", lunch=Lunch(DaySpan(time(1), time(3, 30)), 150)), length=HOUR))
