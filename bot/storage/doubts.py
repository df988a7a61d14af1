"""Readings that were hard to believe: one row for each calendar that told such a thing, until it is settled."""

from collections.abc import Collection

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from bot.core.calendars import Doubt, DoubtState
from bot.core.ids import CalendarId, TenantId
from bot.storage.database import METADATA, Tx, instant, seconds

DOUBTS = Table(
    "doubt",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("calendar", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("marks", Text, nullable=False),
    Column("found", Integer, nullable=False),
    Column("of", Integer, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
    ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
)


def doubt(tx: Tx, tenant: TenantId, calendar: CalendarId) -> Doubt | None:
    """What that calendar told that was hard to believe, if it is not settled."""
    row = tx.execute(select(DOUBTS).where(*_of(tenant, calendar))).one_or_none()
    if row is None:
        return None
    return Doubt(
        state=DoubtState(row.state),
        marks=frozenset(row.marks.split()),
        found=row.found,
        of=row.of,
        moved=row.moved,
        until=instant(row.until),
    )


def standing(tx: Tx, tenant: TenantId, calendars: Collection[CalendarId]) -> set[CalendarId]:
    """Which of them tell something now that is not believed, so that what is known of them counts beside it."""
    doubted = (DOUBTS.c.tenant == tenant, DOUBTS.c.calendar.in_(calendars), DOUBTS.c.state != DoubtState.TAKEN)
    return set(tx.execute(select(DOUBTS.c.calendar).where(*doubted)).scalars())


def keep(tx: Tx, tenant: TenantId, calendar: CalendarId, doubt: Doubt) -> None:
    """From now on this is what is doubted of it."""
    told = {
        "state": doubt.state,
        "marks": " ".join(sorted(doubt.marks)),
        "found": doubt.found,
        "of": doubt.of,
        "moved": doubt.moved,
        "until": seconds(doubt.until),
    }
    row = insert(DOUBTS).values(tenant=tenant, calendar=calendar, **told)
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "calendar"], set_=told))


def decided(tx: Tx, tenant: TenantId, calendar: CalendarId, state: DoubtState) -> bool:
    """Its owner said which it is; False where that is settled."""
    asked = (*_of(tenant, calendar), DOUBTS.c.state.in_((DoubtState.ASKED, DoubtState.KEPT)))
    return tx.execute(update(DOUBTS).where(*asked).values(state=state)).rowcount > 0


def settle(tx: Tx, tenant: TenantId, calendar: CalendarId) -> bool:
    """Nothing of it is doubted any more; whether anything was."""
    return tx.execute(delete(DOUBTS).where(*_of(tenant, calendar))).rowcount > 0


def _of(tenant: TenantId, calendar: CalendarId) -> tuple[ColumnElement[bool], ...]:
    return DOUBTS.c.tenant == tenant, DOUBTS.c.calendar == calendar
