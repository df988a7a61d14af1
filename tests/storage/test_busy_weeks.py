"""Taken time as weeks of bits, which tell what the rows tell after whatever happens to them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.events import BusyCause, Instance, Kind
from bot.core.ids import CalendarId, MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.people import ChatIdentity, Profile
from bot.core.preferences import AllDay, Choices, Counts, Preferences
from bot.core.rules import Rules
from bot.core.weeks import MONDAY, WEEK, Rows, Weeks, bits_of, week_of
from bot.core.weighing import Weighing
from bot.storage import busy_weeks, calendars, mirror, people, rules, taken
from bot.storage.database import METADATA, Database, Tx, seconds
from tests.storage.test_calendars import ACCOUNT, HOME, NOW, TENANT, WORK

WINDOW = Interval(NOW - timedelta(days=1), NOW + timedelta(days=90))
FIRST, COUNT = week_of(seconds(WINDOW.start)), busy_weeks.REACH
HELD_BACK = (BusyCause.FREE, BusyCause.ELSEWHERE)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    kept = Database(f"sqlite:///{tmp_path_factory.mktemp('weeks') / 'overlap.db'}")
    METADATA.create_all(kept.engine)
    yield kept
    kept.close()


@pytest.fixture
def tx(database: Database) -> Iterator[Tx]:
    with database.transaction() as tx:
        begin(tx)
        yield tx


def begin(tx: Tx) -> PersonId:
    """Two calendars of one account of one person, and nothing in them, whatever was there before."""
    calendars.disconnect(tx, TENANT, ACCOUNT.id)
    ana = people.keep(tx, Profile(identity=ChatIdentity(TENANT, "U1"), name="Ana", zone="Europe/Berlin"), NOW).id
    rules.save(tx, TENANT, ana, Preferences(rules=Rules(zone="Europe/Berlin")))
    calendars.add_connection(tx, ACCOUNT, b"sealed")
    for one in (WORK, HOME):
        calendars.add(tx, replace(one, person=ana))
    return ana


def instances() -> st.SearchStrategy[list[Instance]]:
    """What may stand around the window: on the grid and off it, of minutes and of months, whatever it is marked as."""
    begins = st.integers(seconds(WINDOW.start) - 40 * 86400, seconds(WINDOW.end) + 400 * 86400)
    lengths = st.one_of(st.integers(1, 9000), st.just(1800), st.integers(1, 400 * 86400))
    marks = (st.sampled_from(Kind), st.sampled_from(BusyCause), st.booleans())
    made = st.builds(_instance, begins, lengths, st.sampled_from((1, 300)), *marks)
    return st.lists(made, max_size=8).map(lambda some: [replace(one, uid=str(at)) for at, one in enumerate(some)])


def _instance(begins: int, length: int, grid: int, kind: Kind, cause: BusyCause, all_day: bool) -> Instance:
    start = datetime.fromtimestamp(begins - begins % grid, UTC)
    when = Interval(start, start + timedelta(seconds=max(length - length % grid, grid)))
    blocks = cause not in HELD_BACK
    return Instance(uid="", starts=start, when=when, kind=kind, cause=cause, all_day=all_day, blocks=blocks)


def choices() -> st.SearchStrategy[Choices]:
    counts = st.sampled_from(Counts)
    return st.builds(Choices, unanswered=counts, tentative=counts, elsewhere=counts)


def made_anew(tx: Tx, calendar: CalendarId, weighing: Weighing, first: int = FIRST) -> Weeks:
    """The bits of the rows as they are."""
    pairs: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for one in weighing.counted(mirror.everything(tx, TENANT, calendar)):
        pairs[one.kind is Kind.SOFT].append((seconds(one.when.start), seconds(one.when.end)))
    return bits_of(Rows(hard=tuple(pairs[False]), soft=tuple(pairs[True])), first, COUNT)


def loaded(tx: Tx, calendar: CalendarId, first: int = FIRST) -> Weeks:
    return busy_weeks.load(tx, TENANT, [calendar], first, COUNT)[calendar]


@given(instances(), instances(), choices(), st.sampled_from(AllDay), st.integers(0, 30))
def test_bits_made_anew_from_the_rows_are_the_ones_that_are_kept(
    database: Database, before: list[Instance], after: list[Instance], chosen: Choices, all_day: AllDay, days: int
) -> None:
    with database.transaction() as tx:
        ana, weighing = begin(tx), Weighing()
        mirror.replace(tx, TENANT, WORK.id, before, WINDOW, NOW)
        assert loaded(tx, WORK.id) == made_anew(tx, WORK.id, weighing)
        rules.save(tx, TENANT, ana, Preferences(rules=Rules(zone="Europe/Berlin"), choices=chosen))
        weighing = Weighing(chosen)
        assert loaded(tx, WORK.id) == made_anew(tx, WORK.id, weighing)
        mirror.choose_all_day(tx, TENANT, WORK.id, all_day)
        weighing = Weighing(chosen, all_day)
        assert loaded(tx, WORK.id) == made_anew(tx, WORK.id, weighing)
        mirror.replace(tx, TENANT, WORK.id, after, WINDOW, NOW)
        assert loaded(tx, WORK.id) == made_anew(tx, WORK.id, weighing)
        mirror.adopt(tx, TENANT, "0", MeetingId("m"))
        assert loaded(tx, WORK.id) == made_anew(tx, WORK.id, weighing)
        later = Interval(WINDOW.start + timedelta(days=days), WINDOW.end + timedelta(days=days))
        mirror.confirm(tx, TENANT, WORK.id, later, NOW)
        first = week_of(seconds(later.start))
        assert loaded(tx, WORK.id, first) == made_anew(tx, WORK.id, weighing, first)


@given(instances(), choices(), st.sampled_from(AllDay))
def test_rows_take_the_time_that_the_bits_say(
    database: Database, told: list[Instance], chosen: Choices, all_day: AllDay
) -> None:
    with database.transaction() as tx:
        ana = begin(tx)
        rules.save(tx, TENANT, ana, Preferences(rules=Rules(zone="Europe/Berlin"), choices=chosen))
        mirror.choose_all_day(tx, TENANT, WORK.id, all_day)
        mirror.replace(tx, TENANT, WORK.id, told[:5], WINDOW, NOW)
        mirror.replace(tx, TENANT, HOME.id, told[3:], WINDOW, NOW)
        since, until = MONDAY + FIRST * WEEK, MONDAY + (FIRST + COUNT) * WEEK
        rows = taken.rows(tx, TENANT, {WORK.id: ana, HOME.id: ana}, since, until)[ana]
        bits, work, home = bits_of(rows, FIRST, COUNT), loaded(tx, WORK.id), loaded(tx, HOME.id)
        assert bits.hard == work.hard | home.hard
        assert bits.hard | bits.soft == work.hard | work.soft | home.hard | home.soft


def test_weeks_are_told_of_every_calendar_that_is_asked_about(tx: Tx) -> None:
    start = datetime(2026, 11, 30, 9, tzinfo=UTC)
    call = Instance(uid="call", starts=start, when=Interval(start, start + timedelta(minutes=5)), kind=Kind.AWAY)
    mirror.replace(tx, TENANT, WORK.id, [call], WINDOW, NOW)
    week = week_of(seconds(start))
    nothing = Weeks(first=week, count=1, is_exact=True)
    assert busy_weeks.load(tx, TENANT, [WORK.id, HOME.id], week, 1) == {
        WORK.id: replace(nothing, hard=1 << 9 * 12),
        HOME.id: nothing,
    }


def test_disconnecting_takes_the_weeks_along(tx: Tx) -> None:
    start = datetime(2026, 11, 30, 9, tzinfo=UTC)
    call = Instance(uid="call", starts=start, when=Interval(start, start + timedelta(minutes=5)), kind=Kind.HARD)
    mirror.replace(tx, TENANT, WORK.id, [call], WINDOW, NOW)
    calendars.disconnect(tx, TENANT, ACCOUNT.id)
    assert not loaded(tx, WORK.id).hard


def test_another_tenant_is_told_of_nothing(tx: Tx) -> None:
    start = datetime(2026, 11, 30, 9, tzinfo=UTC)
    call = Instance(uid="call", starts=start, when=Interval(start, start + timedelta(minutes=5)), kind=Kind.HARD)
    mirror.replace(tx, TENANT, WORK.id, [call], WINDOW, NOW)
    assert not busy_weeks.load(tx, TenantId("memory:other"), [WORK.id], FIRST, COUNT)[WORK.id].hard
