"""When a calendar may vouch for free time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.availability import known
from bot.core.calendars import Problem
from bot.core.ids import CalendarId
from bot.core.proposals import Vouching
from tests.builders import NOW, calendar, span

MINUTE = timedelta(minutes=1)
KNOWN, READING, BROKEN = Vouching.KNOWN, Vouching.READING, Vouching.BROKEN


@pytest.mark.parametrize(
    ("read", "dirty", "problem", "expected"),
    [
        pytest.param(0, None, None, KNOWN, id="read just now"),
        pytest.param(29, None, None, KNOWN, id="younger than three cadences"),
        pytest.param(30, None, None, READING, id="three cadences old"),
        pytest.param(5, 9, None, KNOWN, id="dirty for less than one cadence"),
        pytest.param(5, 10, None, READING, id="dirty for one cadence"),
        pytest.param(30, 1, None, READING, id="old, and dirty since a moment ago"),
        pytest.param(None, None, None, READING, id="never read"),
        pytest.param(1, None, Problem.SIGN_IN_NEEDED, BROKEN, id="401 makes it unknown at once"),
        pytest.param(1, None, Problem.REFUSED, BROKEN, id="403 makes it unknown at once"),
        pytest.param(1, None, Problem.GONE, BROKEN, id="404 makes it unknown at once"),
        pytest.param(29, None, Problem.UNREACHABLE, KNOWN, id="a server that is down only lets it age"),
        pytest.param(30, None, Problem.UNREACHABLE, READING, id="until it is too old"),
        pytest.param(1, None, Problem.GARBAGE, KNOWN, id="garbage keeps the last good reading"),
    ],
)
def test_vouching(read: int | None, dirty: int | None, problem: Problem | None, expected: Vouching) -> None:
    """`read` and `dirty` are minutes ago; the cadence is ten minutes."""
    one = calendar(
        read_at=None if read is None else NOW - read * MINUTE,
        dirty_at=None if dirty is None else NOW - dirty * MINUTE,
        problem=problem,
    )

    assert known.vouching(one, NOW) is expected


@pytest.mark.parametrize(
    ("read", "rings", "dirty", "problem", "expected"),
    [
        pytest.param(60, 600, None, None, KNOWN, id="silence is fresh"),
        pytest.param(90, 600, None, None, READING, id="unless no look has confirmed it for long"),
        pytest.param(60, -1, None, None, READING, id="once it rings no more"),
        pytest.param(5, -1, None, None, KNOWN, id="it rings no more, and was read just now"),
        pytest.param(60, 600, 9, None, KNOWN, id="it rang less than one cadence ago"),
        pytest.param(60, 600, 10, None, READING, id="it rang one cadence ago and was not read"),
        pytest.param(60, 600, None, Problem.UNREACHABLE, READING, id="a service that is down cannot ring"),
        pytest.param(60, 600, None, Problem.REFUSED, BROKEN, id="403 makes it unknown at once"),
    ],
)
def test_vouching_while_it_rings(
    read: int, rings: int, dirty: int | None, problem: Problem | None, expected: Vouching
) -> None:
    """`read` and `dirty` are minutes ago, `rings` minutes ahead."""
    one = replace(
        calendar(
            read_at=NOW - read * MINUTE,
            dirty_at=None if dirty is None else NOW - dirty * MINUTE,
            problem=problem,
        ),
        rings_until=NOW + rings * MINUTE,
    )
    assert known.vouching(one, NOW) is expected


def test_an_import_never_vouches() -> None:
    assert known.vouching(calendar(is_static=True), NOW) is not KNOWN
    assert known.until(calendar(is_static=True)) is None


def test_until_is_the_instant_at_which_vouching_ends() -> None:
    one = calendar(dirty_at=NOW - 4 * MINUTE)
    end = known.until(one)

    assert end == NOW + 6 * MINUTE
    assert known.vouching(one, end - MINUTE) is KNOWN
    assert known.vouching(one, end) is READING


def test_a_person_is_known_where_every_calendar_was_read() -> None:
    work = calendar("ana-work", window=span("08:00-20:00"))
    personal = calendar("ana-personal", window=span("06:00-18:00"))

    assert known.stretch([work, personal], NOW) == span("08:00-18:00")


def test_one_calendar_that_does_not_vouch_makes_its_person_unknown() -> None:
    old = calendar("ana-personal", read_at=NOW - timedelta(hours=1))

    assert known.stretch([calendar("ana-work"), old], NOW) is None


def test_a_person_without_calendars_is_unknown() -> None:
    assert known.stretch([], NOW) is None


def test_calendars_that_do_not_count_are_not_asked() -> None:
    broken = calendar("ana-birthdays", counts=False, problem=Problem.GONE)

    assert known.stretch([calendar("ana-work"), broken], NOW) is not None
    assert known.stretch([broken], NOW) is None


def test_an_import_beside_a_live_calendar_takes_nothing_away() -> None:
    assert known.stretch([calendar("ana-work"), calendar("ana-import", is_static=True)], NOW) is not None


def test_an_import_alone_leaves_its_person_unknown() -> None:
    assert known.stretch([calendar("ana-import", is_static=True)], NOW) is None


def test_windows_that_never_meet_leave_nothing_known() -> None:
    work = calendar("ana-work", window=span("08:00-10:00"))
    personal = calendar("ana-personal", window=span("10:00-12:00"))

    assert known.stretch([work, personal], NOW) is None


def test_a_copy_is_not_asked_beside_its_original() -> None:
    work, feed = calendar("ana-work"), replace(calendar("ana-feed", read_at=None), copy_of=CalendarId("ana-work"))

    assert known.vouchers([work, feed]) == [work]
    assert known.stretch([work, feed], NOW) is not None
    assert known.vouchers([feed]) == [feed], "alone it is all there is"


def test_a_calendar_in_doubt_vouches_no_longer_than_it_would_have() -> None:
    doubted = replace(calendar("ana-work", problem=Problem.DOUBTED), rings_until=NOW + timedelta(days=1), dirty_at=NOW)

    assert known.vouching(doubted, NOW) is Vouching.KNOWN
    assert known.vouching(doubted, NOW + timedelta(hours=1)) is Vouching.READING, "although its service rings"


def test_what_is_in_doubt_or_a_feed_grown_old_is_no_proof() -> None:
    feed = replace(calendar("ana-feed"), remote="feed")

    assert known.is_proof(calendar("ana-work", read_at=NOW - timedelta(days=9)), NOW)
    assert not known.is_proof(calendar("ana-work", problem=Problem.DOUBTED), NOW)
    assert known.is_proof(feed, NOW)
    assert not known.is_proof(replace(feed, read_at=NOW - timedelta(days=9)), NOW)
