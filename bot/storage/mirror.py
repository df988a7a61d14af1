"""The mirror: what stands in each calendar, one row per calendar and instance, never coalesced, never a title."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Row,
    Select,
    Table,
    Text,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)

from bot.core.events import Busy, BusyCause, Instance, Kind, Status
from bot.core.ids import CalendarId, MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.preferences import AllDay
from bot.core.weeks import Pair, Rows, week_of
from bot.storage import busy_weeks, calendars, progress
from bot.storage.calendars import CALENDARS
from bot.storage.choices import weighings
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
    Column("cause", Text, nullable=False, default=BusyCause.PLAIN.value),
    ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
    Index("mirror_by_time", "tenant", "calendar", "begins"),
)
_IS_FREE_DAY = and_(MIRROR.c.all_day, MIRROR.c.cause == BusyCause.FREE.value)
_MAY_BLOCK = or_(MIRROR.c.blocks, MIRROR.c.cause == BusyCause.ELSEWHERE.value, _IS_FREE_DAY)
"""As `core/events` has it."""
_C = MIRROR.c
MARKED = select(_C.calendar, _C.kind, _C.cause, _C.all_day, _C.blocks, _C.uid, _C.begins, _C.ends, _C.ours)
"""By what a row is weighed, which comes first, and which event it is, and when."""
MARKS = 5
"""So many columns say how hard a row blocks."""


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
    _keep_weeks(tx, tenant, calendar)


def confirm(tx: Tx, tenant: TenantId, calendar: CalendarId, window: Interval, now: datetime) -> None:
    """The calendar's rows are as they were, as read at `now` for that window."""
    before = calendars.calendar(tx, tenant, calendar).window
    progress.was_read(tx, tenant, calendar, window, now)
    if before is None or week_of(seconds(before.start)) != week_of(seconds(window.start)):
        _keep_weeks(tx, tenant, calendar)


def weigh_anew(tx: Tx, tenant: TenantId, person: PersonId) -> None:
    """They chose anew what counts as busy: their weeks of bits follow, also of what others' accounts see of them."""
    read = (CALENDARS.c.tenant == tenant, CALENDARS.c.person == person, CALENDARS.c.window_start.is_not(None))
    for calendar in tx.execute(select(CALENDARS.c.id).where(*read)).scalars().all():
        _keep_weeks(tx, tenant, calendar)


def choose_all_day(tx: Tx, tenant: TenantId, calendar: CalendarId, all_day: AllDay) -> None:
    """From now on this is what its all-day events are to a search."""
    its = (CALENDARS.c.tenant == tenant, CALENDARS.c.id == calendar)
    chosen = update(CALENDARS).where(*its, CALENDARS.c.all_day != all_day).values(all_day=all_day)
    if tx.execute(chosen).rowcount:
        _keep_weeks(tx, tenant, calendar)


def busy(tx: Tx, tenant: TenantId, calendar_ids: Collection[CalendarId], window: Interval) -> list[Busy]:
    """Everything that blocks in the window, in those calendars, by its beginning; as hard as was chosen."""
    meets = (MIRROR.c.begins < seconds(window.end), MIRROR.c.ends > seconds(window.start))
    rest = (_C.starts, _C.status, _C.sequence, _C.is_declined)
    found = MARKED.add_columns(*rest).where(*meets).order_by(_C.begins, _C.ends, _C.uid)
    return [
        Busy(calendar=row.calendar, instance=_as_instance(row, kind=kind))
        for row, kind in weighed(tx, tenant, calendar_ids, found)
    ]


class Marks(NamedTuple):
    """What of a row says how hard it blocks."""

    kind: Kind
    cause: BusyCause
    all_day: bool
    blocks: bool


def weighed(
    tx: Tx, tenant: TenantId, calendar_ids: Collection[CalendarId], rows: Select[Any]
) -> Iterator[tuple[Row[Any], Kind]]:
    """Those of these rows (`MARKED`), in these calendars, that block, and how hard, by what was chosen of each."""
    chosen = weighings(tx, tenant, calendar_ids)
    known: dict[tuple[Any, ...], Kind | None] = {}  # there are many rows, and few kinds of them
    its = (MIRROR.c.tenant == tenant, MIRROR.c.calendar.in_(calendar_ids), _MAY_BLOCK)
    for row in tx.execute(rows.where(*its)):
        marks = row[:MARKS]
        if marks not in known:
            calendar, kind, cause, all_day, blocks = marks
            known[marks] = chosen[calendar].of(Marks(Kind(kind), BusyCause(cause), all_day, blocks))
        kind = known[marks]
        if kind is not None:
            yield row, kind


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


def between(tx: Tx, tenant: TenantId, calendar: CalendarId, window: Interval) -> list[Instance]:
    """All that stands there in the window, whether it blocks or not."""
    its = (MIRROR.c.tenant == tenant, MIRROR.c.calendar == calendar)
    meets = (MIRROR.c.begins < seconds(window.end), MIRROR.c.ends > seconds(window.start))
    return [_as_instance(row) for row in tx.execute(select(MIRROR).where(*its, *meets).order_by(MIRROR.c.begins))]


def everything(tx: Tx, tenant: TenantId, calendar: CalendarId) -> list[Instance]:
    """All that is known of that calendar, in no order."""
    its = (MIRROR.c.tenant == tenant, MIRROR.c.calendar == calendar)
    return [_as_instance(row) for row in tx.execute(select(MIRROR).where(*its))]


def _keep_weeks(tx: Tx, tenant: TenantId, calendar: CalendarId) -> None:
    """Its weeks of bits say what its rows do."""
    window = calendars.calendar(tx, tenant, calendar).window
    if window is None:
        return
    hard: list[Pair] = []
    soft: list[Pair] = []
    for row, kind in weighed(tx, tenant, (calendar,), MARKED.order_by(_C.begins)):
        (soft if kind is Kind.SOFT else hard).append((row.begins, row.ends))
    rows = Rows(hard=tuple(hard), soft=tuple(soft))
    busy_weeks.keep(tx, tenant, calendar, rows, seconds(window.start))


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
        "cause": one.cause,
    }


def _as_instance(row: Row[Any], *, kind: Kind | None = None) -> Instance:
    """The instance as it stands there, or as it was weighed: then it blocks that hard."""
    return Instance(
        uid=row.uid,
        starts=instant(row.starts),
        when=Interval(instant(row.begins), instant(row.ends)),
        kind=kind or Kind(row.kind),
        all_day=row.all_day,
        ours=row.ours,
        status=Status(row.status),
        sequence=row.sequence,
        blocks=row.blocks or kind is not None,
        is_declined=row.is_declined,
        cause=BusyCause(row.cause),
    )
