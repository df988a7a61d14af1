"""Another time wanted by somebody who is not the organiser, from the choice to the answer."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Row, Table, Text, select, update

from bot.core.errors import NotFound, Stale
from bot.core.ids import AskId, MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import OPEN_ASKS, Ask, AskState
from bot.storage.database import METADATA, Tx, instant, instant_if_any, kept_stretches, seconds, stretches

ASKS = Table(
    "ask",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("meeting", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("slots", Text, nullable=False),
    Column("is_known", Boolean, nullable=False),
    Column("wanted_starts", BigInteger),
    Column("wanted_ends", BigInteger),
    Column("expires_at", BigInteger),
    Column("version", Integer, nullable=False),
    Index("ask_by_meeting", "tenant", "meeting"),
)


def insert(tx: Tx, ask: Ask) -> None:
    """A new ask."""
    tx.execute(ASKS.insert().values(_columns(ask)))


def save(tx: Tx, ask: Ask) -> Ask:
    """The ask as it is now, one version on; `Stale` if it changed since it was read."""
    newer = replace(ask, version=ask.version + 1)
    changed = tx.execute(
        update(ASKS)
        .where(ASKS.c.tenant == ask.tenant, ASKS.c.id == ask.id, ASKS.c.version == ask.version)
        .values(_columns(newer))
    )
    if changed.rowcount == 0:
        raise Stale("That changed meanwhile. Please look again.")
    return newer


def ask(tx: Tx, tenant: TenantId, ask_id: AskId) -> Ask:
    """The ask with that id; `NotFound` where none is."""
    row = tx.execute(select(ASKS).where(ASKS.c.tenant == tenant, ASKS.c.id == ask_id)).one_or_none()
    if row is None:
        raise NotFound("Nobody asks for that any more.")
    return _whole(row)


def open_of_meeting(tx: Tx, tenant: TenantId, meeting_id: MeetingId) -> list[Ask]:
    """The asks about that meeting that still wait for somebody."""
    return _of_meeting(tx, tenant, meeting_id, OPEN_ASKS)


def agreed_of_meeting(tx: Tx, tenant: TenantId, meeting_id: MeetingId) -> list[Ask]:
    """The asks for which that meeting is on its way."""
    return _of_meeting(tx, tenant, meeting_id, (AskState.AGREED,))


def _of_meeting(tx: Tx, tenant: TenantId, meeting_id: MeetingId, states: Collection[AskState]) -> list[Ask]:
    rows = tx.execute(
        select(ASKS)
        .where(ASKS.c.tenant == tenant, ASKS.c.meeting == meeting_id, ASKS.c.state.in_(states))
        .order_by(ASKS.c.id)
    )
    return [_whole(row) for row in rows]


def _columns(ask: Ask) -> dict[str, Any]:
    return {
        "tenant": ask.tenant,
        "id": ask.id,
        "meeting": ask.meeting,
        "by": ask.by,
        "state": ask.state,
        "slots": kept_stretches(ask.slots),
        "is_known": ask.is_known,
        "wanted_starts": None if ask.wanted is None else seconds(ask.wanted.start),
        "wanted_ends": None if ask.wanted is None else seconds(ask.wanted.end),
        "expires_at": None if ask.expires_at is None else seconds(ask.expires_at),
        "version": ask.version,
    }


def _whole(row: Row[Any]) -> Ask:
    is_wanted = row.wanted_starts is not None
    return Ask(
        id=AskId(row.id),
        tenant=TenantId(row.tenant),
        meeting=MeetingId(row.meeting),
        by=PersonId(row.by),
        state=AskState(row.state),
        slots=stretches(row.slots),
        is_known=row.is_known,
        wanted=Interval(instant(row.wanted_starts), instant(row.wanted_ends)) if is_wanted else None,
        expires_at=instant_if_any(row.expires_at),
        version=row.version,
    )
