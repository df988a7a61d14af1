"""The week that somebody's rules make, by the clocks of where each day is lived."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.availability.terms import Rows
from bot.core.ids import PersonId
from bot.core.preferences import Preferences
from bot.core.rules import Away, DaySpan, Lunch, Override, Rules, office_hours
from bot.people.week import MINUTES_A_DAY, Week, first_of_week, week

ANA = PersonId("ana")
BERLIN = Preferences(rules=Rules.of(office_hours("Europe/Berlin")))
NOTHING = Rows()
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def a_week(first: date, rules: Rules = BERLIN.rules, rows: Rows = NOTHING) -> Week:
    return week(ANA, replace(BERLIN, rules=rules), first, rows, (), now=int(LONG_AGO.timestamp()))


def at(hour: int, day: int = 30, month: int = 11) -> int:
    return int(datetime(2026, month, day, hour, tzinfo=UTC).timestamp())


def hours(*spans: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple((start * 60, end * 60) for start, end in spans)


def test_a_free_week_is_offered_wherever_there_are_hours() -> None:
    found = a_week(date(2026, 11, 30))
    assert [one.works for one in found.days] == [hours((9, 17))] * 5 + [()] * 2
    assert [one.offered for one in found.days] == [one.works for one in found.days]


def test_what_is_busy_or_perhaps_busy_is_not_offered() -> None:
    rows = Rows(hard=((at(9), at(10)), (at(9), at(10))), soft=((at(12), at(13)), (at(9), at(10))))
    monday = a_week(date(2026, 11, 30), rows=rows).days[0]
    assert (monday.hard, monday.soft) == (hours((10, 11)), hours((13, 14)))
    assert monday.offered == hours((9, 10), (11, 13), (14, 17))


def test_a_night_lies_in_both_its_days() -> None:
    nights = replace(BERLIN.rules, days=((DaySpan(time(22), time(6)),),) + ((),) * 6)
    monday, tuesday, *_ = a_week(date(2026, 11, 30), nights).days
    assert (monday.works, tuesday.works) == (hours((22, 24)), hours((0, 6)))
    assert monday.works[0][1] == MINUTES_A_DAY


def test_a_journey_and_a_date_of_its_own_are_read_there() -> None:
    away = (Away(date(2026, 12, 1), date(2026, 12, 1), "Asia/Tokyo"),)
    off = (Override(date(2026, 12, 2)),)
    rows = Rows(hard=((at(1, 1, 12), at(2, 1, 12)),))
    _, tuesday, wednesday, *_ = a_week(date(2026, 11, 30), replace(BERLIN.rules, away=away, overrides=off), rows).days
    assert (tuesday.zone, tuesday.is_away) == ("Asia/Tokyo", True)
    assert tuesday.works == hours((0, 1), (9, 17))  # the last hour of Monday in Berlin, too
    assert tuesday.hard == hours((10, 11))
    assert (wednesday.is_overridden, wednesday.works, wednesday.offered) == (True, (), ())


def test_lunch_is_drawn_where_there_are_hours() -> None:
    lunch = Lunch(DaySpan(time(12), time(14)), 30)
    found = a_week(date(2026, 11, 30), replace(BERLIN.rules, lunch=lunch))
    assert [bool(one.lunch) for one in found.days] == [True] * 5 + [False] * 2


@pytest.mark.parametrize("first", [date(2026, 3, 23), date(2026, 10, 19)])
def test_a_day_on_which_clocks_change_is_told_by_its_clocks(first: date) -> None:
    rules = replace(BERLIN.rules, days=((DaySpan(time(0), time(0)),),) * 7)
    sunday = a_week(first, rules).days[6]
    assert (sunday.works, sunday.offered) == (hours((0, 24)), hours((0, 24)))


@pytest.mark.parametrize(
    ("starts", "first"), [(0, date(2026, 11, 30)), (6, date(2026, 11, 29)), (2, date(2026, 12, 2))]
)
def test_a_week_starts_where_its_owner_says(starts: int, first: date) -> None:
    assert first_of_week(date(2026, 12, 3), replace(BERLIN.rules, week_start=starts)) == first
    assert first + timedelta(days=7) > date(2026, 12, 3)
