"""What to do with a reading, and when to look again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.calendars import Problem
from bot.core.errors import (
    AddressRefused,
    InvalidInput,
    NotACalendar,
    NotFound,
    OverlapError,
    Refused,
    SignInNeeded,
    TryLater,
)
from bot.core.events import Instance
from bot.core.intervals import Interval
from bot.storage.calendars import Progress
from bot.sync import plan
from bot.sync.plan import Verdict
from tests.builders import NOW, calendar, instance

WORK = replace(calendar("ana-work"), window=plan.window(NOW))
GOOD = Progress(cursor="7", rows_at=NOW, doubted=None, dirty_marks=0, failures=0)
MINUTE = timedelta(minutes=1)


def events(count: int, *, day: int = 2) -> list[Instance]:
    return [instance("09:00-10:00", uid=f"e{number}", day=f"2026-12-{day:02}") for number in range(count)]


def verdict(known: list[Instance], read: list[Instance], doubted: int | None = None) -> Verdict:
    return plan.judged(known, read, plan.window(NOW), doubted).verdict


@pytest.mark.parametrize(
    ("progress", "at", "must"),
    [
        pytest.param(GOOD, NOW + MINUTE, False, id="read a minute ago"),
        pytest.param(replace(GOOD, cursor=None), NOW + MINUTE, True, id="no cursor"),
        pytest.param(replace(GOOD, rows_at=None), NOW + MINUTE, True, id="never read"),
        pytest.param(replace(GOOD, doubted=3), NOW + MINUTE, True, id="the last reading was doubted"),
        pytest.param(GOOD, NOW + timedelta(days=1), True, id="the rows are a day old"),
        pytest.param(replace(GOOD, rows_at=NOW + timedelta(days=20)), NOW + timedelta(days=20), True, id="window near"),
    ],
)
def test_when_a_calendar_is_read_whole_without_asking(progress: Progress, at: datetime, must: bool) -> None:
    assert plan.must_read(WORK, progress, at) is must


def test_after_garbage_the_detector_is_not_believed() -> None:
    assert plan.must_read(replace(WORK, problem=Problem.GARBAGE), GOOD, NOW + MINUTE)
    assert not plan.must_read(replace(WORK, problem=Problem.UNREACHABLE), GOOD, NOW + MINUTE)


@pytest.mark.parametrize(
    ("known", "read", "expected"),
    [
        pytest.param(events(3), events(3)[::-1], Verdict.SAME, id="the same in another order"),
        pytest.param(events(3), events(2), Verdict.CHANGED, id="one gone"),
        pytest.param(events(3), [], Verdict.CHANGED, id="few gone at once"),
        pytest.param([], [], Verdict.SAME, id="nothing as before"),
        pytest.param([], events(30), Verdict.CHANGED, id="many come"),
        pytest.param(events(11), events(5), Verdict.DOUBTED, id="more than half of many gone"),
        pytest.param(events(12), events(6), Verdict.CHANGED, id="half of many gone"),
        pytest.param(events(10), [], Verdict.CHANGED, id="ten are not many"),
    ],
)
def test_what_a_reading_means(known: list[Instance], read: list[Instance], expected: Verdict) -> None:
    assert verdict(known, read) is expected


def test_a_second_small_reading_is_believed() -> None:
    assert verdict(events(20), [], doubted=0) is Verdict.CHANGED


def test_rows_that_the_window_has_left_behind_are_not_missed() -> None:
    known = [instance("09:00-10:00", uid=f"e{number}", day="2026-11-01") for number in range(20)]
    assert verdict(known, []) is Verdict.CHANGED


def test_one_instance_told_twice_is_one_row() -> None:
    one, longer = instance("09:00-10:00"), replace(instance("09:30-11:00"), starts=instance("09:00-10:00").starts)
    (row,) = plan.judged([], [one, longer, one], plan.window(NOW), None).rows
    assert row.when == Interval(one.when.start, longer.when.end)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SignInNeeded("x"), Problem.SIGN_IN_NEEDED),
        (Refused("x"), Problem.REFUSED),
        (AddressRefused("x"), Problem.REFUSED),
        (NotFound("x"), Problem.GONE),
        (NotACalendar("x"), Problem.GARBAGE),
        (TryLater("x"), Problem.UNREACHABLE),
        (InvalidInput("x"), Problem.UNREACHABLE),
    ],
)
def test_every_failure_is_a_problem(error: OverlapError, expected: Problem) -> None:
    assert plan.problem(error) is expected


def test_being_unreachable_mends_nothing_that_only_the_owner_can() -> None:
    assert plan.lasting(Problem.SIGN_IN_NEEDED, Problem.UNREACHABLE) is Problem.SIGN_IN_NEEDED
    assert plan.lasting(Problem.GARBAGE, Problem.UNREACHABLE) is Problem.UNREACHABLE
    assert plan.lasting(Problem.SIGN_IN_NEEDED, Problem.GONE) is Problem.GONE


def test_healthy_calendars_spread_around_their_cadence() -> None:
    assert plan.soon(10 * MINUTE, 0.0) == 8 * MINUTE
    assert plan.soon(10 * MINUTE, 1.0) == 12 * MINUTE


@pytest.mark.parametrize(
    ("kind", "failures", "cadence", "error", "expected"),
    [
        pytest.param(Problem.UNREACHABLE, 1, 10 * MINUTE, TryLater("x"), timedelta(seconds=1), id="at once"),
        pytest.param(Problem.UNREACHABLE, 5, 10 * MINUTE, TryLater("x"), timedelta(seconds=16), id="doubling"),
        pytest.param(Problem.UNREACHABLE, 99, 10 * MINUTE, TryLater("x"), 10 * MINUTE, id="never above ten minutes"),
        pytest.param(
            Problem.UNREACHABLE, 99, timedelta(seconds=2), TryLater("x"), timedelta(seconds=4), id="nor two cadences"
        ),
        pytest.param(
            Problem.UNREACHABLE,
            1,
            timedelta(seconds=2),
            TryLater("x", timedelta(hours=1)),
            timedelta(hours=1),
            id="the service's word is a floor",
        ),
        pytest.param(Problem.GONE, 99, timedelta(seconds=2), NotFound("x"), 10 * MINUTE, id="gone is not hurried"),
        pytest.param(Problem.SIGN_IN_NEEDED, 2, MINUTE, SignInNeeded("x"), timedelta(seconds=2), id="a second knock"),
        pytest.param(Problem.SIGN_IN_NEEDED, 3, MINUTE, SignInNeeded("x"), timedelta(hours=6), id="no third one"),
    ],
)
def test_how_long_to_wait_at_most(
    kind: Problem, failures: int, cadence: timedelta, error: OverlapError, expected: timedelta
) -> None:
    assert plan.wait(kind, failures, cadence, error, 1.0) == expected
