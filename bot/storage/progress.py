"""What the sync engine remembers of a calendar between two readings, and what came of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from bot.core.calendars import Doubt, Problem
from bot.core.errors import NotFound
from bot.core.ids import CalendarId, TenantId
from bot.core.intervals import Interval
from bot.storage import doubts
from bot.storage.calendars import CALENDARS
from bot.storage.database import Tx, instant_if_any, seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the sync engine remembers of a calendar between two readings."""

    cursor: bytes | None
    """Where its change detector stands, sealed."""
    rows_at: datetime | None
    """When its rows were last read whole, not only found unchanged."""
    doubt: Doubt | None
    """What a reading told that was hard to believe, until it is settled."""
    dirty_marks: int
    """How often it was marked dirty, ever: tells a mark made during a reading."""
    failures: int
    """How often it could not be read since it last could."""
    reach_asked_at: datetime | None = None
    """When somebody last asked about a time beyond what is read of everybody."""


def of(tx: Tx, tenant: TenantId, calendar_id: CalendarId) -> Progress:
    """What the sync engine remembered of it."""
    row = tx.execute(select(CALENDARS).where(*_calendar(tenant, calendar_id))).one_or_none()
    if row is None:
        raise NotFound("That calendar is not connected (any more).")
    return Progress(
        cursor=row.cursor,
        rows_at=instant_if_any(row.rows_at),
        doubt=doubts.doubt(tx, tenant, calendar_id),
        dirty_marks=row.dirty_marks,
        failures=row.failures,
        reach_asked_at=instant_if_any(row.reach_asked_at),
    )


def has_failed(tx: Tx, tenant: TenantId, calendar_id: CalendarId) -> bool:
    """Whether it could not be read when that was tried last."""
    return bool(tx.execute(select(CALENDARS.c.failures).where(*_calendar(tenant, calendar_id))).scalar())


def was_read(tx: Tx, tenant: TenantId, calendar_id: CalendarId, window: Interval, now: datetime) -> None:
    """Its rows tell what stood in that window at `now`."""
    tx.execute(
        update(CALENDARS)
        .where(*_calendar(tenant, calendar_id))
        .values(
            read_at=seconds(now),
            rows_at=seconds(now),
            window_start=seconds(window.start),
            window_end=seconds(window.end),
            problem=None,
            failures=0,
        )
    )


def was_unchanged(tx: Tx, tenant: TenantId, calendar_id: CalendarId, now: datetime) -> None:
    """Its service said at `now` that nothing changed since the last reading."""
    tx.execute(
        update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(read_at=seconds(now), problem=None, failures=0)
    )


def was_kept(tx: Tx, tenant: TenantId, calendar_id: CalendarId, now: datetime) -> None:
    """Its owner stands by its rows, whatever its service told at `now`."""
    known = {"read_at": seconds(now), "rows_at": seconds(now), "problem": None, "failures": 0}
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(known))


def in_doubt(tx: Tx, tenant: TenantId, calendar_id: CalendarId) -> None:
    """What it tells is not believed until its owner decides; what was known stays, and ages."""
    doubted = {"problem": Problem.DOUBTED, "failures": 0}
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(doubted))


def has_problem(tx: Tx, tenant: TenantId, calendar_id: CalendarId, problem: Problem) -> None:
    """It could not be read, once more, and why."""
    failed = {"problem": problem, "failures": CALENDARS.c.failures + 1}
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(failed))


def stands_at(tx: Tx, tenant: TenantId, calendar_id: CalendarId, sealed: bytes | None) -> None:
    """Where its change detector stands now, as the vault sealed it."""
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(cursor=sealed))


def forget_cursor(tx: Tx, tenant: TenantId, calendar_id: CalendarId) -> None:
    """Whatever its change detector would say, it is read whole."""
    stands_at(tx, tenant, calendar_id, None)


def clean(tx: Tx, tenant: TenantId, calendar_id: CalendarId, marks: int) -> None:
    """No longer dirty, unless it was marked again after `marks` was looked at."""
    unmarked = CALENDARS.c.dirty_marks == marks
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id), unmarked).values(dirty_at=None))


def paced(tx: Tx, tenant: TenantId, calendar_id: CalendarId, cadence: timedelta) -> None:
    """How often it is read from now on."""
    every = int(cadence.total_seconds())
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(cadence=every))


def draw_in(tx: Tx, tenant: TenantId, calendar_id: CalendarId) -> None:
    """Nobody asks any more about a time beyond what is read of everybody."""
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(reach=None, reach_asked_at=None))


def _calendar(tenant: TenantId, calendar_id: CalendarId) -> tuple[ColumnElement[bool], ...]:
    return CALENDARS.c.tenant == tenant, CALENDARS.c.id == calendar_id
