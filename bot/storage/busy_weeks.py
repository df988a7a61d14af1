"""The same taken time as the mirror's rows tell, as five-minute bits of weeks: what most searches read instead of them.

They are made in the transaction that changes the rows, so that the two never tell of different times.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)

from bot.core.ids import CalendarId, TenantId
from bot.core.weeks import Rows, Week, Weeks, encoded, joined, week_of
from bot.storage.database import METADATA, Tx

REACH = 60
"""So many weeks are kept: nobody may ask about a time farther ahead than a year, and they begin anew every week."""

BUSY_WEEKS = Table(
    "busy_week",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("calendar", Text, primary_key=True),
    Column("week", Integer, primary_key=True),
    Column("hard", LargeBinary, nullable=False),
    Column("soft", LargeBinary, nullable=False),
    Column("is_exact", Boolean, nullable=False),
    ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,  # the weeks of a calendar lie side by side
)
_C = BUSY_WEEKS.c
_ASKED = (
    select(_C.calendar, _C.week, _C.hard, _C.soft, _C.is_exact)
    .where(
        _C.tenant == bindparam("tenant"),
        _C.calendar.in_(bindparam("calendars", expanding=True)),
        _C.week.between(bindparam("first"), bindparam("last")),
    )
    .order_by(_C.calendar, _C.week)
)
"""Made once: a statement that is composed anew costs more than it takes to run."""


def keep(tx: Tx, tenant: TenantId, calendar: CalendarId, rows: Rows, since: int) -> None:
    """From now on the calendar's weeks say these rows, from the week of that second on."""
    tx.execute(delete(BUSY_WEEKS).where(_C.tenant == tenant, _C.calendar == calendar))
    kept = [
        {"tenant": tenant, "calendar": calendar, "week": week, "hard": hard, "soft": soft, "is_exact": is_exact}
        for week, hard, soft, is_exact in encoded(rows, week_of(since), REACH)
    ]
    if kept:
        tx.execute(insert(BUSY_WEEKS), kept)


def load(
    tx: Tx, tenant: TenantId, calendar_ids: Collection[CalendarId], first: int, count: int
) -> Mapping[CalendarId, Weeks]:
    """What is taken in `count` weeks, by calendar, in one statement; every calendar that is asked about is there."""
    asked = {"tenant": tenant, "calendars": list(calendar_ids), "first": first, "last": first + count - 1}
    found: dict[CalendarId, list[Week]] = {calendar: [] for calendar in calendar_ids}
    for calendar, *week in tx.execute(_ASKED, asked):
        found[calendar].append(Week(*week))
    return {calendar: joined(weeks, first, count) for calendar, weeks in found.items()}
