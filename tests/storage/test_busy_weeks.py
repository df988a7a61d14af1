"""Taken time as weeks of bits, which tell what the rows tell after whatever happens to them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.events import Instance, Kind
from bot.core.ids import CalendarId, MeetingId, TenantId
from bot.core.intervals import Interval
from bot.core.weeks import Rows, Weeks, bits_of, week_of
from bot.storage import busy_weeks, calendars, mirror
from bot.storage.database import METADATA, Database, Tx, seconds
from tests.storage.test_calendars import ACCOUNT, HOME, NOW, TENANT, WORK

WINDOW = Interval(NOW - timedelta(days=1), NOW + timedelta(days=90))
FIRST, COUNT = week_of(seconds(WINDOW.start)), busy_weeks.REACH


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    kept = Database(f"sqlite:///{tmp_path_factory.mktemp('weeks') / 'overlap.db'}")
    METADATA.create_all(kept.engine)
    yield kept
    kept.close()


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    with database.transaction() as tx:
        begin(tx)
        yield tx
    database.close()


def begin(tx: Tx) -> None:
    """Two calendars of one account, and nothing in them, whatever was there before."""
    calendars.disconnect(tx, TENANT, ACCOUNT.id)
    calendars.add_connection(tx, ACCOUNT, b"sealed")
    calendars.add(tx, WORK)
    calendars.add(tx, HOME)


def instances() -> st.SearchStrategy[list[Instance]]:
    """What may stand around the window: on the grid and off it, of minutes and of months."""
    begins = st.integers(seconds(WINDOW.start) - 40 * 86400, seconds(WINDOW.end) + 400 * 86400)
    lengths = st.one_of(st.integers(1, 9000), st.just(1800), st.integers(1, 400 * 86400))
    made = st.builds(_instance, begins, lengths, st.sampled_from((1, 300)), st.sampled_from(Kind), st.booleans())
    return st.lists(made, max_size=8).map(lambda some: [replace(one, uid=str(at)) for at, one in enumerate(some)])


def _instance(begins: int, length: int, grid: int, kind: Kind, blocks: bool) -> Instance:
    start = datetime.fromtimestamp(begins - begins % grid, UTC)
    when = Interval(start, start + timedelta(seconds=max(length - length % grid, grid)))
    return Instance(uid="", starts=start, when=when, kind=kind, blocks=blocks)


def made_anew(tx: Tx, calendar: CalendarId, first: int = FIRST) -> Weeks:
    """The bits of the rows as they are."""
    pairs: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for one in mirror.everything(tx, TENANT, calendar):
        if one.blocks:
            pairs[one.kind is Kind.SOFT].append((seconds(one.when.start), seconds(one.when.end)))
    return bits_of(Rows(hard=tuple(pairs[False]), soft=tuple(pairs[True])), first, COUNT)


def loaded(tx: Tx, calendar: CalendarId, first: int = FIRST) -> Weeks:
    return busy_weeks.load(tx, TENANT, [calendar], first, COUNT)[calendar]


@given(instances(), instances(), st.integers(0, 30))
def test_bits_made_anew_from_the_rows_are_the_ones_that_are_kept(
    database: Database, before: list[Instance], after: list[Instance], days: int
) -> None:
    with database.transaction() as tx:
        begin(tx)
        for told in (before, after):
            mirror.replace(tx, TENANT, WORK.id, told, WINDOW, NOW)
            assert loaded(tx, WORK.id) == made_anew(tx, WORK.id)
        mirror.adopt(tx, TENANT, "0", MeetingId("m"))
        assert loaded(tx, WORK.id) == made_anew(tx, WORK.id)
        later = Interval(WINDOW.start + timedelta(days=days), WINDOW.end + timedelta(days=days))
        mirror.confirm(tx, TENANT, WORK.id, later, NOW)
        first = week_of(seconds(later.start))
        assert loaded(tx, WORK.id, first) == made_anew(tx, WORK.id, first)


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
