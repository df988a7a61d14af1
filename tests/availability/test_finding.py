"""When bits do, and when rows are read."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.availability import sweep
from bot.availability.finding import needs_rows, shortlist, starts
from bot.availability.terms import Attendee, Counted, Search
from bot.core.errors import InvalidInput
from bot.core.ids import PersonId
from bot.core.rules import Away, Caps, DaySpan, Lunch, Rules
from bot.core.weeks import Rows, Weeks, bits_of, week_of

NOON = int(datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp())
HOUR, MINUTE = 3600, timedelta(minutes=1)
FIRST = week_of(NOON) - 1
LUNCH = Lunch(DaySpan(time(12), time(14)), 30)
ACROSS = (Away(date(2026, 12, 2), date(2026, 12, 2), "Pacific/Kiritimati"),)


def asked(rules: Rules, taken: Rows | Weeks, *, length: int = 1800, step: int = 900, zone: str = "UTC") -> Search:
    one = Attendee(person=PersonId("ana"), rules=rules, taken=taken)
    windows = ((NOON - 4 * HOUR, NOON + 30 * HOUR),)
    return Search(now=NOON - 5 * HOUR, length=length, step=step, zone=zone, windows=windows, people=(one,))


def bits(*rows: tuple[int, int]) -> Weeks:
    return bits_of(Rows(hard=rows), FIRST, 3)


PLAIN = Rules(zone="UTC")
EXACT, WIDENED = bits((NOON, NOON + HOUR)), bits((NOON + 60, NOON + HOUR))


@pytest.mark.parametrize(
    ("search", "needs"),
    [
        pytest.param(asked(PLAIN, WIDENED), False, id="what was widened, without a lunch"),
        pytest.param(asked(PLAIN, EXACT, length=1500), False, id="25 minutes"),
        pytest.param(asked(PLAIN, EXACT, length=1740), True, id="29 minutes"),
        pytest.param(asked(PLAIN, EXACT, step=600), False, id="a step of ten minutes"),
        pytest.param(asked(PLAIN, EXACT, step=420), True, id="a step of seven minutes"),
        pytest.param(asked(replace(PLAIN, before=3 * MINUTE), EXACT), True, id="a buffer of three minutes"),
        pytest.param(asked(replace(PLAIN, after=1500 * MINUTE), EXACT), True, id="a buffer of more than a day"),
        pytest.param(asked(replace(PLAIN, notice=7 * MINUTE), EXACT), False, id="a notice of seven minutes"),
        pytest.param(asked(replace(PLAIN, lunch=LUNCH), EXACT), False, id="a lunch, and nothing was widened"),
        pytest.param(asked(replace(PLAIN, lunch=LUNCH), WIDENED), True, id="a lunch, and something was widened"),
        pytest.param(asked(replace(PLAIN, lunch=Lunch(LUNCH.span, 32)), EXACT), True, id="a lunch of 32 minutes"),
        pytest.param(
            asked(replace(PLAIN, zone="Pacific/Midway", lunch=LUNCH, away=ACROSS), EXACT),
            True,
            id="two lunches at once",
        ),
        pytest.param(asked(replace(PLAIN, caps=Caps(meetings_a_day=3)), EXACT), True, id="a cap, and nothing counted"),
        pytest.param(asked(PLAIN, EXACT, zone="Asia/Kathmandu"), False, id="a zone 45 minutes off"),
    ],
)
def test_rows_are_needed_where_bits_cannot_tell(search: Search, needs: bool) -> None:
    assert needs_rows(search) is needs
    if needs:
        with pytest.raises(InvalidInput):
            starts(search)
    else:
        assert starts(search)


def test_a_cap_is_answered_from_bits_once_it_is_counted() -> None:
    search = asked(replace(PLAIN, caps=Caps(meetings_a_day=1)), EXACT)
    (one,) = search.people
    counted = replace(one, counted={date(2026, 12, 1): Counted(1, HOUR)})
    search = replace(search, people=(counted,))

    assert not needs_rows(search)
    assert min(starts(search)) == NOON + 12 * HOUR


def test_two_lunches_at_once_are_told_apart_by_rows() -> None:
    rules = replace(PLAIN, zone="Pacific/Midway", lunch=LUNCH, away=ACROSS)
    search = asked(rules, Rows(hard=((NOON + 11 * HOUR, NOON + 13 * HOUR),)))

    assert starts(search) == sweep.starts(search)


def test_without_a_window_there_is_no_time() -> None:
    search = replace(asked(PLAIN, EXACT), windows=())

    assert (starts(search), shortlist(search, 5), needs_rows(search)) == ([], [], False)
