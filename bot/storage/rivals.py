"""Which meetings another scheduler wrote, too, and what their organisers said: a row a meeting, never with a title."""

from collections.abc import Collection

from sqlalchemy import Column, Table, Text, select
from sqlalchemy.dialects.sqlite import insert

from bot.core.ids import MeetingId, TenantId
from bot.core.rivals import Rival, RivalState
from bot.storage.database import METADATA, Tx

RIVALS = Table(
    "rival",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("meeting", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("state", Text, nullable=False),
)


def keep(tx: Tx, rival: Rival) -> None:
    """From now on it stands so."""
    told = {"uid": rival.uid, "state": rival.state.value}
    row = insert(RIVALS).values(tenant=rival.tenant, meeting=rival.meeting, **told)
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "meeting"], set_=told))


def of_meetings(tx: Tx, tenant: TenantId, meetings: Collection[MeetingId]) -> dict[MeetingId, Rival]:
    """The rivals of those of them that have one."""
    rows = tx.execute(select(RIVALS).where(RIVALS.c.tenant == tenant, RIVALS.c.meeting.in_(meetings)))
    return {
        MeetingId(row.meeting): Rival(
            tenant=TenantId(row.tenant), meeting=MeetingId(row.meeting), uid=row.uid, state=RivalState(row.state)
        )
        for row in rows
    }


def of_meeting(tx: Tx, tenant: TenantId, meeting: MeetingId) -> Rival | None:
    """That meeting's rival, if it has one."""
    return of_meetings(tx, tenant, (meeting,)).get(meeting)
