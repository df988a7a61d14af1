"""What to do with a reading, and when to look again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.calendars import Doubt, DoubtState, Problem
from bot.core.errors import (
    AddressRefused,
    InvalidInput,
    NotACalendar,
    NotFound,
    OurFault,
    OverlapError,
    Refused,
    SignInNeeded,
    TryLater,
)
from bot.core.events import Instance
from bot.core.ids import CalendarId
from bot.core.intervals import Interval
from bot.storage.progress import Progress
from bot.sync import plan
from bot.sync.plan import Judged, Verdict
from tests.builders import NOW, calendar, instance

WORK = replace(calendar("ana-work"), window=plan.window(NOW))
GOOD = Progress(cursor=b"7", rows_at=NOW, doubt=None, dirty_marks=0, failures=0)
ODD = Doubt(state=DoubtState.SEEN, marks=frozenset(), found=3, of=40, until=NOW + timedelta(days=90))
MINUTE = timedelta(minutes=1)


def events(count: int, *, day: int = 2) -> list[Instance]:
    return [instance("09:00-10:00", uid=f"e{number}", day=f"2026-12-{day:02}") for number in range(count)]


def judged(known: list[Instance], read: list[Instance], doubt: Doubt | None = None) -> Judged:
    return plan.judged(known, read, plan.window(NOW), doubt)


def verdict(known: list[Instance], read: list[Instance], doubt: Doubt | None = None) -> Verdict:
    return judged(known, read, doubt).verdict


def series(*uids: str, hours: int = 0, days: int = 20) -> list[Instance]:
    """One event a day each, from ten o'clock on, all moved by so many hours."""
    return [
        instance(f"{10 + hours:02}:00-{11 + hours:02}:00", uid=uid, day=f"2026-12-{day:02}")
        for uid in uids
        for day in range(3, 3 + days)
    ]


@pytest.mark.parametrize(
    ("progress", "at", "must"),
    [
        pytest.param(GOOD, NOW + MINUTE, False, id="read a minute ago"),
        pytest.param(replace(GOOD, cursor=None), NOW + MINUTE, True, id="no cursor"),
        pytest.param(replace(GOOD, rows_at=None), NOW + MINUTE, True, id="never read"),
        pytest.param(replace(GOOD, doubt=ODD), NOW + MINUTE, True, id="the last reading was doubted"),
        pytest.param(
            replace(GOOD, doubt=replace(ODD, state=DoubtState.TAKEN)),
            NOW + MINUTE,
            True,
            id="its owner says it is right",
        ),
        pytest.param(
            replace(GOOD, doubt=replace(ODD, state=DoubtState.KEPT)),
            NOW + MINUTE,
            False,
            id="its owner says it is wrong",
        ),
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
        pytest.param(events(40), events(3), Verdict.DOUBTED, id="nearly all of many gone"),
        pytest.param(events(11), [], Verdict.DOUBTED, id="eleven are many"),
        pytest.param(events(10), [], Verdict.CHANGED, id="ten are not many"),
        pytest.param(events(15), events(5), Verdict.CHANGED, id="ten gone, most of them"),
        pytest.param(events(40), events(20), Verdict.CHANGED, id="half of many gone"),
        pytest.param(events(40), events(19), Verdict.DOUBTED, id="more than half of many gone"),
        pytest.param(
            series("a", "b", "c"), series("a", "b", "c", hours=1), Verdict.DOUBTED, id="all moved by one hour"
        ),
        pytest.param(
            series("a", "b", "c"), series("a", "b", "c", hours=-6), Verdict.DOUBTED, id="all moved by six hours back"
        ),
        pytest.param(
            series("a", "b", "c"), [*series("a", "b", "c", hours=1), *events(1)], Verdict.DOUBTED, id="and one came"
        ),
        pytest.param(series("a", "b"), series("a", "b", hours=1), Verdict.CHANGED, id="two series are moved by hand"),
        pytest.param(
            series("a", "b", "c"), [*series("a", "b", hours=1), *series("c")], Verdict.CHANGED, id="one stayed"
        ),
    ],
)
def test_what_a_reading_means(known: list[Instance], read: list[Instance], expected: Verdict) -> None:
    assert verdict(known, read) is expected


def test_a_second_reading_that_says_the_same_asks_the_owner() -> None:
    told = judged(events(40), events(3), doubt=ODD)
    assert told.verdict is Verdict.ASKED
    assert told.doubt is not None
    assert (told.doubt.state, told.doubt.found, told.doubt.of) == (DoubtState.ASKED, 3, 40)


def test_a_second_reading_that_says_otherwise_is_taken() -> None:
    assert verdict(events(40), events(39), doubt=ODD) is Verdict.CHANGED


def test_what_the_owner_calls_right_is_taken() -> None:
    assert verdict(events(40), [], doubt=replace(ODD, state=DoubtState.TAKEN)) is Verdict.CHANGED


def test_what_the_owner_calls_wrong_is_ignored_until_something_new_stands_there() -> None:
    first = judged(events(40), events(3)).doubt
    assert first is not None
    wrong = replace(first, state=DoubtState.KEPT)
    assert verdict(events(40), events(3), doubt=wrong) is Verdict.KEPT
    assert verdict(events(40), events(2), doubt=wrong) is Verdict.KEPT, "time passes, and with it an event"
    new = instance("15:00-16:00", uid="new")
    assert verdict(events(40), [*events(3), new], doubt=wrong) is Verdict.DOUBTED
    beyond = instance("15:00-16:00", uid="beyond", day="2027-03-20")
    assert verdict(events(40), [*events(3), beyond], doubt=wrong) is Verdict.KEPT, "it only came into view"


def test_the_hours_by_which_everything_moved_are_told() -> None:
    told = judged(series("a", "b", "c"), series("a", "b", "c", hours=-6)).doubt
    assert told is not None
    assert told.moved == -6


def test_what_recurs_every_hour_did_not_move() -> None:
    hourly = [one for hours in range(12) for one in series("a", "b", "c", hours=hours)]
    assert verdict(hourly, [*hourly, *events(1)]) is Verdict.CHANGED


def test_whole_days_do_not_move_by_hours() -> None:
    days = [replace(one, all_day=True) for one in series("a", "b", "c")]
    moved = [replace(one, all_day=True) for one in series("a", "b", "c", hours=1)]
    assert verdict(days, moved) is Verdict.CHANGED


def test_a_farther_window_is_read_while_somebody_asks() -> None:
    far = NOW + timedelta(days=200)
    asked = replace(WORK, reach=far)
    progress = replace(GOOD, reach_asked_at=NOW)
    assert plan.window(NOW, plan.reach(asked, progress, NOW)).end == far
    assert plan.must_read(asked, progress, NOW + MINUTE)
    assert plan.reach(asked, progress, NOW + timedelta(days=7)) is None, "nobody asked for a week"
    assert plan.reach(asked, progress, far) is None, "it is over"
    assert plan.window(NOW, NOW + timedelta(days=3)) == plan.window(NOW)


@pytest.mark.parametrize(
    ("events_of_feed", "copy"),
    [
        pytest.param("abcde", "work", id="all of them"),
        pytest.param("abcdx", "work", id="four of five"),
        pytest.param("abcxy", None, id="three of five"),
        pytest.param("ab", None, id="too few to tell"),
    ],
)
def test_a_feed_that_holds_what_a_calendar_holds_is_its_copy(events_of_feed: str, copy: str | None) -> None:
    others = {CalendarId("work"): set("abcdef"), CalendarId("home"): set("ab")}
    assert plan.copied(set(events_of_feed), others) == copy


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
        (OurFault("x"), Problem.OURS),
    ],
)
def test_every_failure_is_a_problem(error: OverlapError, expected: Problem) -> None:
    assert plan.problem(error) is expected


def test_being_unreachable_mends_nothing_that_only_the_owner_can() -> None:
    assert plan.lasting(Problem.SIGN_IN_NEEDED, Problem.UNREACHABLE) is Problem.SIGN_IN_NEEDED
    assert plan.lasting(Problem.DOUBTED, Problem.UNREACHABLE) is Problem.DOUBTED
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
