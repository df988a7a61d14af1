"""What overlaps whose meeting: one row per person, meeting and instance of the other event, never with its title."""

from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Row, Table, Text, select, update

from bot.core.conflicts import Conflict, ConflictState
from bot.core.errors import NotFound, Stale
from bot.core.ids import CalendarId, ConflictId, MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.storage.database import METADATA, Tx, instant, kept_stretches, seconds, stretches

CONFLICTS = Table(
    "conflict",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("meeting", Text, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("uid", Text, nullable=False),
    Column("starts", BigInteger, nullable=False),
    Column("begins", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("slots", Text, nullable=False),
    Column("is_known", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("conflict_once", "tenant", "meeting", "person", "uid", "starts", unique=True),
    Index("conflict_by_person", "tenant", "person", "state"),
)


def insert(tx: Tx, conflict: Conflict) -> None:
    """A new conflict; the database refuses a second one of the same meeting and instance."""
    tx.execute(CONFLICTS.insert().values(_columns(conflict)))


def save(tx: Tx, conflict: Conflict) -> Conflict:
    """The conflict as it is now, one version on; `Stale` if it changed since it was read."""
    newer = replace(conflict, version=conflict.version + 1)
    same = (CONFLICTS.c.tenant == conflict.tenant, CONFLICTS.c.id == conflict.id)
    changed = tx.execute(
        update(CONFLICTS).where(*same, CONFLICTS.c.version == conflict.version).values(_columns(newer))
    )
    if changed.rowcount == 0:
        raise Stale("That changed meanwhile. Please look again.")
    return newer


def conflict(tx: Tx, tenant: TenantId, conflict_id: ConflictId) -> Conflict:
    """The conflict with that id; `NotFound` where none is."""
    row = tx.execute(select(CONFLICTS).where(CONFLICTS.c.tenant == tenant, CONFLICTS.c.id == conflict_id)).one_or_none()
    if row is None:
        raise NotFound("Nothing clashes there any more.")
    return _whole(row)


def open_of_person(tx: Tx, tenant: TenantId, person: PersonId) -> list[Conflict]:
    """What that person was told of and has not answered, the earliest first."""
    rows = tx.execute(
        select(CONFLICTS)
        .where(CONFLICTS.c.tenant == tenant, CONFLICTS.c.person == person, CONFLICTS.c.state == ConflictState.OPEN)
        .order_by(CONFLICTS.c.begins, CONFLICTS.c.id)
    )
    return [_whole(row) for row in rows]


def of_meeting(tx: Tx, tenant: TenantId, meeting_id: MeetingId) -> list[Conflict]:
    """Everybody's conflicts of that meeting, in whatever state."""
    rows = tx.execute(
        select(CONFLICTS)
        .where(CONFLICTS.c.tenant == tenant, CONFLICTS.c.meeting == meeting_id)
        .order_by(CONFLICTS.c.begins, CONFLICTS.c.id)
    )
    return [_whole(row) for row in rows]


def _columns(conflict: Conflict) -> dict[str, Any]:
    return {
        "tenant": conflict.tenant,
        "id": conflict.id,
        "person": conflict.person,
        "meeting": conflict.meeting,
        "calendar": conflict.calendar,
        "uid": conflict.uid,
        "starts": seconds(conflict.starts),
        "begins": seconds(conflict.when.start),
        "ends": seconds(conflict.when.end),
        "state": conflict.state,
        "slots": kept_stretches(conflict.slots),
        "is_known": conflict.is_known,
        "version": conflict.version,
    }


def _whole(row: Row[Any]) -> Conflict:
    return Conflict(
        id=ConflictId(row.id),
        tenant=TenantId(row.tenant),
        person=PersonId(row.person),
        meeting=MeetingId(row.meeting),
        calendar=CalendarId(row.calendar),
        uid=row.uid,
        starts=instant(row.starts),
        when=Interval(instant(row.begins), instant(row.ends)),
        state=ConflictState(row.state),
        slots=stretches(row.slots),
        is_known=row.is_known,
        version=row.version,
    )
