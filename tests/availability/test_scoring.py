"""What speaks against a time, as points."""

from datetime import time

import pytest

from bot.availability import scoring
from bot.availability.terms import Attendee, Role, State
from bot.core.ids import PersonId
from bot.core.reasons import Why
from bot.core.rules import DaySpan, Rules, office_hours

KIM = PersonId("kim")
OFFICE = Rules.of(office_hours("Europe/Berlin"))
ANY_TIME = Rules(zone="Europe/Berlin")
SHIFTS = Rules(zone="Europe/Berlin", days=((DaySpan(time(7), time(15)),),) * 7)
NIGHTS = Rules(zone="Europe/Berlin", days=((DaySpan(time(20), time(2)),),) * 7)
DAY = 24 * 60


def bit(clock: str, *, day: int = 0) -> int:
    hour, minute = clock.split(":")
    return (day * DAY + int(hour) * 60 + int(minute)) // 5


def whys(rules: Rules, clock: str, *, minutes: int = 30, day: int = 0) -> set[Why]:
    return {point.why for point in scoring.of_clock(rules, bit(clock, day=day), minutes * 60, (KIM,))}


@pytest.mark.parametrize(
    ("rules", "clock", "asks"),
    [
        pytest.param(OFFICE, "10:00", set(), id="the middle of the morning asks nothing"),
        pytest.param(OFFICE, "09:00", {Why.EDGE}, id="the first half hour of the day"),
        pytest.param(OFFICE, "16:45", {Why.LATE}, id="into the evening"),
        pytest.param(OFFICE, "16:30", {Why.EDGE}, id="the last half hour of the day"),
        pytest.param(OFFICE, "07:00", {Why.EARLY}, id="before the day"),
        pytest.param(OFFICE, "12:00", {Why.LUNCH}, id="noon"),
        pytest.param(OFFICE, "11:30", set(), id="up to noon"),
        pytest.param(ANY_TIME, "03:00", {Why.EARLY}, id="the night of somebody without hours"),
        pytest.param(SHIFTS, "07:45", set(), id="early for others, but these are their hours"),
        pytest.param(SHIFTS, "15:30", {Why.LATE}, id="after an early shift"),
        pytest.param(NIGHTS, "23:00", set(), id="the middle of a night shift"),
    ],
)
def test_what_a_clock_asks(rules: Rules, clock: str, asks: set[Why]) -> None:
    assert whys(rules, clock) == asks


def test_a_weekend_asks_unless_they_work_then() -> None:
    assert Why.DAY_OFF in whys(OFFICE, "10:00", day=5)
    assert Why.DAY_OFF not in whys(SHIFTS, "10:00", day=5)


def test_the_earlier_the_more_it_asks() -> None:
    eight, seven = (scoring.of_clock(OFFICE, bit(clock), 1800, (KIM,)) for clock in ("08:00", "07:00"))

    assert scoring.total(eight) < scoring.total(seven)
    assert (eight[0].amount, seven[0].amount) == (60, 120)


@pytest.mark.parametrize("rules", [OFFICE, ANY_TIME, SHIFTS, NIGHTS])
def test_the_table_is_the_sum_of_the_points(rules: Rules) -> None:
    table = scoring.by_clock(rules.days, 45 * 60)

    assert all(table[at] == scoring.total(scoring.of_clock(rules, at, 45 * 60)) for at in range(0, len(table), 7))


@pytest.mark.parametrize(
    ("role", "state", "why"),
    [
        pytest.param(Role.REQUIRED, State.FREE, None, id="free"),
        pytest.param(Role.REQUIRED, State.SOFT, Why.SOFT, id="tentative"),
        pytest.param(Role.REQUIRED, State.UNKNOWN, Why.UNSEEN, id="unknown"),
        pytest.param(Role.REQUIRED, State.OUTSIDE, Why.OUTSIDE, id="outside hours"),
        pytest.param(Role.OPTIONAL, State.BUSY, Why.MISSES, id="optional and busy"),
        pytest.param(Role.OPTIONAL, State.UNKNOWN, Why.MISSES, id="optional and unknown"),
        pytest.param(Role.OPTIONAL, State.SOFT, Why.SOFT, id="optional and tentative"),
        pytest.param(Role.MEMBER, State.BUSY, None, id="a member who was not chosen"),
    ],
)
def test_what_a_state_costs(role: Role, state: State, why: Why | None) -> None:
    point = scoring.of_state(Attendee(person=KIM, rules=OFFICE, role=role), state)

    assert (point.why if point else None) is why


def test_days_later_count_no_further_than_two_weeks() -> None:
    assert scoring.of_wait(0) == []
    assert scoring.of_wait(1)[0].points < scoring.of_wait(14)[0].points == scoring.of_wait(40)[0].points
