"""Rules by the clock on the wall, where clocks change and where people travel."""

from datetime import UTC, date, datetime, time

import pytest

from bot.availability import clock
from bot.core.rules import Away, DaySpan, Override, Rules

NIGHT = DaySpan(time(22), time(6))
ALL_DAY = DaySpan(time(0), time(0))


def second(words: str) -> int:
    """`second("2026-12-01 09:00")`, in UTC."""
    return int(datetime.fromisoformat(words).replace(tzinfo=UTC).timestamp())


def rules(zone: str, *spans: DaySpan, away: tuple[Away, ...] = (), overrides: tuple[Override, ...] = ()) -> Rules:
    return Rules(zone=zone, days=(spans,) * 7, away=away, overrides=overrides)


@pytest.mark.parametrize(
    ("zone", "first", "last", "step", "count"),
    [
        pytest.param("Europe/Berlin", "2026-10-24 22:00", "2026-10-25 22:59", 3600, 25, id="an hour comes twice"),
        pytest.param("Europe/Berlin", "2026-03-28 23:00", "2026-03-29 21:59", 3600, 23, id="an hour is left out"),
        pytest.param("Asia/Kathmandu", "2026-12-01 00:00", "2026-12-01 02:59", 3600, 3, id="45 minutes off"),
        pytest.param("Australia/Lord_Howe", "2026-04-04 13:00", "2026-04-05 13:29", 1800, 49, id="half an hour twice"),
        pytest.param("UTC", "2026-12-01 00:00", "2026-12-01 23:59", 5 * 3600, 5, id="a step that does not part a day"),
    ],
)
def test_the_grid_is_read_from_the_wall(zone: str, first: str, last: str, step: int, count: int) -> None:
    found = list(clock.on_grid(second(first), second(last), step, zone))

    assert len(found) == count
    assert all(clock.is_on_grid(at, step, zone) for at in found)


def test_a_grid_after_a_change_of_half_an_hour_stands_on_the_new_wall() -> None:
    found = list(clock.on_grid(second("2026-10-03 14:00"), second("2026-10-03 17:00"), 3600, "Australia/Lord_Howe"))

    assert [clock.offset(at, "Australia/Lord_Howe") for at in found] == [37800, 39600, 39600]
    assert found == [second("2026-10-03 14:30"), second("2026-10-03 16:00"), second("2026-10-03 17:00")]


def test_a_night_of_work_belongs_to_the_date_on_which_it_began() -> None:
    only_friday = Rules(zone="Europe/Berlin", days=((),) * 4 + ((NIGHT,),) + ((),) * 2)
    found = clock.working(only_friday, second("2026-10-19 00:00"), second("2026-10-26 00:00"))

    assert found == [(second("2026-10-23 20:00"), second("2026-10-24 04:00"))]


def test_a_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    found = clock.working(rules("Europe/Berlin", NIGHT), second("2026-10-24 19:00"), second("2026-10-25 06:00"))

    assert found == [(second("2026-10-24 20:00"), second("2026-10-25 05:00"))]


def test_hours_that_touch_are_one() -> None:
    found = clock.working(
        rules("UTC", DaySpan(time(9), time(12)), DaySpan(time(12), time(17))),
        second("2026-12-01 00:00"),
        second("2026-12-02 00:00"),
    )

    assert found == [(second("2026-12-01 09:00"), second("2026-12-01 17:00"))]


def test_a_date_away_is_read_there_and_an_overridden_one_by_its_own_hours() -> None:
    there = (Away(date(2026, 12, 3), date(2026, 12, 4), "Asia/Tokyo"),)
    own = (Override(date(2026, 12, 4), (DaySpan(time(10), time(11)),)),)
    of = rules("Europe/Berlin", DaySpan(time(9), time(17)), away=there, overrides=own)

    assert clock.working(of, second("2026-12-02 12:00"), second("2026-12-05 12:00")) == [
        (second("2026-12-02 08:00"), second("2026-12-02 16:00")),
        (second("2026-12-03 00:00"), second("2026-12-03 08:00")),
        (second("2026-12-04 01:00"), second("2026-12-04 02:00")),
        (second("2026-12-05 08:00"), second("2026-12-05 16:00")),
    ]


def test_the_first_journey_whose_date_it_is_names_the_day() -> None:
    away = (Away(date(2026, 12, 3), date(2026, 12, 3), "Asia/Tokyo"),)
    of = rules("America/New_York", ALL_DAY, away=away)

    assert clock.day_at(of, second("2026-12-02 14:59")) == date(2026, 12, 2)
    assert clock.day_at(of, second("2026-12-02 15:00")) == date(2026, 12, 3)
    assert clock.day_at(of, second("2026-12-03 15:00")) == date(2026, 12, 3), "at home it is that date, too"
    assert clock.parts_of(of, date(2026, 12, 3)) == [
        (second("2026-12-02 15:00"), second("2026-12-03 15:00")),
        (second("2026-12-03 15:00"), second("2026-12-04 05:00")),
    ]


def test_a_week_begins_where_its_owner_says() -> None:
    sunday = Rules(zone="UTC", week_start=6)

    assert clock.week_of(sunday, date(2026, 12, 5))[0] == date(2026, 11, 29)
    assert clock.week_number(date(2026, 11, 28), 6) + 1 == clock.week_number(date(2026, 11, 29), 6)
    assert clock.week_number(date(2026, 11, 29), 6) == clock.week_number(date(2026, 12, 5), 6)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_clocks_go_on_at_both_ends_of_the_calendar(day: date) -> None:
    begins, ends = clock.stretch(day, ALL_DAY, "Pacific/Kiritimati")

    assert ends - begins == clock.DAY
    assert clock.day_at(Rules(zone="UTC"), begins + clock.DAY // 2) in (day, date(9999, 12, 30), date(1, 1, 1))
