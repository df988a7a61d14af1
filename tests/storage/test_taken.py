"""What rows take of people's time, in numbers."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.events import BusyCause, Instance, Kind
from bot.core.ids import CalendarId, MeetingId
from bot.core.intervals import Interval
from bot.core.preferences import AllDay
from bot.core.weeks import Rows
from bot.core.zones import whole_days
from bot.storage import calendars, mirror, taken
from bot.storage.database import METADATA, Database, Tx, seconds
from tests.builders import at, instance, span
from tests.storage.test_calendars import ACCOUNT, ANA, HOME, TENANT, WORK

NOW = at("08:00")
WINDOW = Interval(NOW - timedelta(days=1), NOW + timedelta(days=90))
OWNERS = {WORK.id: ANA, HOME.id: ANA}
BERLIN = "Europe/Berlin"


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    with database.transaction() as tx:
        calendars.add_connection(tx, ACCOUNT, b"sealed")
        calendars.add(tx, WORK)
        calendars.add(tx, HOME)
        yield tx
    database.close()


def keep(tx: Tx, *told: Instance, calendar: CalendarId = WORK.id) -> None:
    mirror.replace(tx, TENANT, calendar, told, WINDOW, NOW)


def found(tx: Tx, besides: MeetingId | None = None) -> Rows:
    """All of it that Ana's two calendars take."""
    ends = seconds(WINDOW.start), seconds(WINDOW.end)
    return taken.rows(tx, TENANT, OWNERS, *ends, besides=besides)[ANA]


def pair(words: str) -> tuple[int, int]:
    when = span(words)
    return seconds(when.start), seconds(when.end)


def off(first: str, after: str, *, cause: BusyCause = BusyCause.PLAIN) -> Instance:
    """Whole days in Berlin, shown as free where that is their cause."""
    when = whole_days(date.fromisoformat(first), date.fromisoformat(after), BERLIN)
    blocks = cause is not BusyCause.FREE
    return Instance(uid=first, starts=when.start, when=when, kind=Kind.HARD, all_day=True, cause=cause, blocks=blocks)


def test_rows_are_told_by_start_and_never_merged(tx: Tx) -> None:
    keep(tx, instance("10:00-11:00", uid="a"), instance("09:00-10:30", uid="b"), instance("10:00-11:00", uid="c"))
    assert found(tx) == Rows(hard=(pair("09:00-10:30"), pair("10:00-11:00"), pair("10:00-11:00")))


def test_an_event_in_two_calendars_is_taken_once_and_by_the_later_end(tx: Tx) -> None:
    keep(tx, instance("09:00-10:00"))
    keep(tx, instance("09:00-10:30"), calendar=HOME.id)
    assert found(tx) == Rows(hard=(pair("09:00-10:30"),))


def test_the_harder_of_two_copies_counts_for_as_long_as_it_lasts(tx: Tx) -> None:
    keep(tx, instance("09:00-10:00"))
    keep(tx, instance("09:00-10:30", kind=Kind.SOFT), calendar=HOME.id)
    assert found(tx) == Rows(hard=(pair("09:00-10:00"),), soft=(pair("09:00-10:30"),))


def test_a_meeting_that_is_about_to_move_is_no_obstacle_wherever_it_stands(tx: Tx) -> None:
    keep(tx, instance("09:00-10:00", uid="m", ours="m"), instance("11:00-12:00"))
    keep(tx, instance("09:00-10:00", uid="m"), calendar=HOME.id)
    assert found(tx, MeetingId("m")) == Rows(hard=(pair("11:00-12:00"),))


def test_what_only_touches_the_stretch_is_not_told(tx: Tx) -> None:
    keep(tx, instance("09:00-10:00"))
    asked = (seconds(at("10:00")), seconds(at("12:00")))
    assert taken.rows(tx, TENANT, OWNERS, *asked) == {ANA: Rows()}


@pytest.mark.parametrize(
    ("told", "marked", "always"),
    [
        pytest.param([off("2026-12-05", "2026-12-08")], 3, 3, id="a long weekend"),
        pytest.param([off("2026-12-05", "2026-12-08"), off("2026-12-07", "2026-12-09")], 4, 4, id="two that overlap"),
        pytest.param([off("2026-11-20", "2026-12-03")], 2, 2, id="one that is under way"),
        pytest.param([off("2026-12-27", "2027-01-07")], 2, 2, id="one that lasts beyond four weeks"),
        pytest.param([off("2026-12-24", "2026-12-26", cause=BusyCause.FREE)], 0, 2, id="shown as free"),
        pytest.param([instance("09:00-17:00")], 0, 0, id="no whole day"),
        pytest.param([off("2027-01-04", "2027-01-05")], 0, 0, id="too far ahead"),
    ],
)
def test_how_many_days_the_all_day_events_of_a_calendar_block(
    tx: Tx, told: list[Instance], marked: int, always: int
) -> None:
    keep(tx, *told)
    assert taken.whole_days(tx, TENANT, WORK.id, BERLIN, NOW) == {
        AllDay.AS_MARKED: marked,
        AllDay.NEVER: 0,
        AllDay.ALWAYS: always,
    }


def test_what_a_search_reads_goes_by_the_calendars_choice(tx: Tx) -> None:
    keep(tx, off("2026-12-05", "2026-12-06"), off("2026-12-07", "2026-12-08", cause=BusyCause.FREE))
    standing: dict[AllDay, list[str]] = {}
    for choice in AllDay:
        mirror.choose_all_day(tx, TENANT, WORK.id, choice)
        standing[choice] = [row.instance.uid for row in mirror.busy(tx, TENANT, [WORK.id], WINDOW)]
        assert calendars.calendar(tx, TENANT, WORK.id).all_day is choice
    assert standing == {
        AllDay.AS_MARKED: ["2026-12-05"],
        AllDay.NEVER: [],
        AllDay.ALWAYS: ["2026-12-05", "2026-12-07"],
    }
