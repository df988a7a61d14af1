"""The mirror of calendars."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.events import Busy, Instance, Kind, Status
from bot.core.ids import CalendarId, MeetingId, TenantId
from bot.core.intervals import Interval
from bot.storage import calendars, mirror
from bot.storage.database import METADATA, Database, Tx
from tests.storage.test_calendars import ACCOUNT, HOME, NOW, TENANT, WORK

DAY = Interval(datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC))


def standing(uid: str, hour: int) -> Instance:
    start = datetime(2026, 11, 25, hour, tzinfo=UTC)
    return Instance(uid=uid, starts=start, when=Interval(start, start + timedelta(hours=1)), kind=Kind.HARD)


LUNCH = standing("lunch", 12)
CALL = replace(standing("call", 12), kind=Kind.SOFT, status=Status.TENTATIVE)
COPY = replace(standing("copy", 15), ours=MeetingId("m"), sequence=2)


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


def keep(tx: Tx, *instances: Instance, calendar: CalendarId = WORK.id) -> None:
    mirror.replace(tx, TENANT, calendar, instances, DAY, NOW)


def test_rows_are_replaced_whole_and_never_coalesced(tx: Tx) -> None:
    keep(tx, LUNCH, CALL)
    keep(tx, CALL, COPY)
    assert mirror.busy(tx, TENANT, [WORK.id], DAY) == [Busy(calendar=WORK.id, instance=one) for one in (CALL, COPY)]


def test_other_calendars_keep_their_rows(tx: Tx) -> None:
    keep(tx, LUNCH, calendar=HOME.id)
    keep(tx, CALL)
    keep(tx)
    assert [row.calendar for row in mirror.busy(tx, TENANT, [WORK.id, HOME.id], DAY)] == [HOME.id]


def test_an_event_that_touches_the_window_is_not_in_it(tx: Tx) -> None:
    keep(tx, LUNCH)
    afternoon = Interval(LUNCH.when.end, DAY.end)
    assert mirror.busy(tx, TENANT, [WORK.id], afternoon) == []
    assert len(mirror.busy(tx, TENANT, [WORK.id], Interval(LUNCH.when.start, LUNCH.when.end))) == 1


def test_a_cancelled_copy_of_ours_is_known_and_blocks_nothing(tx: Tx) -> None:
    cancelled = replace(COPY, status=Status.CANCELLED, blocks=False)
    keep(tx, cancelled, LUNCH)
    assert mirror.ours(tx, TENANT, WORK.id) == [cancelled]
    assert [row.instance.uid for row in mirror.busy(tx, TENANT, [WORK.id], DAY)] == ["lunch"]


def test_replacing_says_when_the_calendar_was_read(tx: Tx) -> None:
    keep(tx, LUNCH)
    read = calendars.calendar(tx, TENANT, WORK.id)
    assert (read.read_at, read.window) == (NOW, DAY)


def test_disconnecting_takes_the_rows_along(tx: Tx) -> None:
    keep(tx, LUNCH)
    calendars.disconnect(tx, TENANT, ACCOUNT.id)
    assert mirror.everything(tx, TENANT, WORK.id) == []


def test_another_tenant_sees_nothing(tx: Tx) -> None:
    keep(tx, COPY)
    other = TenantId("memory:other")
    assert mirror.busy(tx, other, [WORK.id], DAY) == []
    assert mirror.ours(tx, other, WORK.id) == []
