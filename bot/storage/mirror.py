"""The mirror: what stands in each calendar, one row per calendar and instance, never coalesced, never a title."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from bot.core.events import Busy, Instance, Kind, Status
from bot.core.ids import CalendarId, MeetingId, TenantId
from bot.core.intervals import Interval
from bot.core.weeks import Pair, Rows, week_of
from bot.storage import busy_weeks, calendars, progress
from bot.storage.database import METADATA, Tx, instant, seconds

MIRROR = Table(
    "mirror",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("calendar", Text, primary_key=True),
    Column("uid", Text, primary_key=True),
    Column("starts", BigInteger, primary_key=True),
    Column("begins", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("all_day", Boolean, nullable=False),
    Column("ours", Text),
    Column("status", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("blocks", Boolean, nullable=False),
    Column("is_declined", Boolean, nullable=False),
    ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
    Index("mirror_by_time", "tenant", "calendar", "begins"),
)


def replace(
    tx: Tx,
    tenant: TenantId,
    calendar: CalendarId,
    instances: Iterable[Instance],
    window: Interval,
    now: datetime,
) -> None:
    """From now on the calendar's rows are these, as read at `now` for that window."""
    tx.execute(delete(MIRROR).where(MIRROR.c.tenant == tenant, MIRROR.c.calendar == calendar))
    rows = [_as_row(tenant, calendar, one) for one in instances]
    if rows:
        tx.execute(insert(MIRROR), rows)
    progress.was_read(tx, tenant, calendar, window, now)
    _keep_weeks(tx, tenant, calendar, window)


def confirm(tx: Tx, tenant: TenantId, calendar: CalendarId, window: Interval, now: datetime) -> None:
    """The calendar's rows are as they were, as read at `now` for that window."""
    before = calendars.calendar(tx, tenant, calendar).window
    progress.was_read(tx, tenant, calendar, window, now)
    if before is None or week_of(seconds(before.start)) != week_of(seconds(window.start)):
        _keep_weeks(tx, tenant, calendar, window)


def busy(tx: Tx, tenant: TenantId, calendar_ids: Collection[CalendarId], window: Interval) -> list[Busy]:
    """Everything that blocks in the window, in those calendars, by its beginning."""
    there = (
        MIRROR.c.tenant == tenant,
        MIRROR.c.calendar.in_(calendar_ids),
        MIRROR.c.begins < seconds(window.end),
        MIRROR.c.ends > seconds(window.start),
        MIRROR.c.blocks,
    )
    rows = tx.execute(select(MIRROR).where(*there).order_by(MIRROR.c.begins, MIRROR.c.ends, MIRROR.c.uid))
    return [Busy(calendar=row.calendar, instance=_as_instance(row)) for row in rows]


def adopt(tx: Tx, tenant: TenantId, uid: str, meeting: MeetingId) -> None:
    """What was read under that UID turns out to be a copy of ours."""
    its = (MIRROR.c.tenant == tenant, MIRROR.c.uid == uid, MIRROR.c.ours.is_(None))
    tx.execute(update(MIRROR).where(*its).values(ours=meeting))


def ours(tx: Tx, tenant: TenantId, calendar: CalendarId) -> list[Instance]:
    """The copies of our meetings that stand there, whatever their status."""
    its = (MIRROR.c.tenant == tenant, MIRROR.c.calendar == calendar, MIRROR.c.ours.is_not(None))
    return [_as_instance(row) for row in tx.execute(select(MIRROR).where(*its).order_by(MIRROR.c.begins))]


def coming(tx: Tx, tenant: TenantId, calendar: CalendarId, now: datetime) -> set[str]:
    """The UIDs of what is still to come there."""
    still = (MIRROR.c.tenant == tenant, MIRROR.c.calendar == calendar, MIRROR.c.begins > seconds(now))
    return set(tx.execute(select(MIRROR.c.uid).where(*still).distinct()).scalars())


def everything(tx: Tx, tenant: TenantId, calendar: CalendarId) -> list[Instance]:
    """All that is known of that calendar, in no order."""
    its = (MIRROR.c.tenant == tenant, MIRROR.c.calendar == calendar)
    return [_as_instance(row) for row in tx.execute(select(MIRROR).where(*its))]


def _keep_weeks(tx: Tx, tenant: TenantId, calendar: CalendarId, window: Interval) -> None:
    """Its weeks of bits say what its rows do."""
    busy_weeks.keep(tx, tenant, calendar, taken(tx, tenant, calendar), seconds(window.start))


def taken(tx: Tx, tenant: TenantId, calendar: CalendarId) -> Rows:
    """All that is taken of that calendar, as a search counts it."""
    its = (MIRROR.c.tenant == tenant, MIRROR.c.calendar == calendar, MIRROR.c.blocks)
    found = select(MIRROR.c.begins, MIRROR.c.ends, MIRROR.c.kind).where(*its).order_by(MIRROR.c.begins)
    pairs: dict[bool, list[Pair]] = {True: [], False: []}
    for begins, ends, kind in tx.execute(found):
        pairs[kind == Kind.SOFT].append((begins, ends))
    return Rows(hard=tuple(pairs[False]), soft=tuple(pairs[True]))


def _as_row(tenant: TenantId, calendar: CalendarId, one: Instance) -> dict[str, object]:
    return {
        "tenant": tenant,
        "calendar": calendar,
        "uid": one.uid,
        "starts": seconds(one.starts),
        "begins": seconds(one.when.start),
        "ends": seconds(one.when.end),
        "kind": one.kind,
        "all_day": one.all_day,
        "ours": one.ours,
        "status": one.status,
        "sequence": one.sequence,
        "blocks": one.blocks,
        "is_declined": one.is_declined,
    }


def _as_instance(row: Row[Any]) -> Instance:
    return Instance(
        uid=row.uid,
        starts=instant(row.starts),
        when=Interval(instant(row.begins), instant(row.ends)),
        kind=Kind(row.kind),
        all_day=row.all_day,
        ours=row.ours,
        status=Status(row.status),
        sequence=row.sequence,
        blocks=row.blocks,
        is_declined=row.is_declined,
    )
