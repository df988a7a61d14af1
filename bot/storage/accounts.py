"""What is known of a connected account besides its calendars: which one it is, and when what was allowed ends."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from bot.core.calendars import Calendar, Connection
from bot.core.ids import ConnectionId, TenantId
from bot.storage import calendars
from bot.storage.calendars import CALENDARS, CONNECTIONS
from bot.storage.database import Tx, seconds
from bot.storage.due import DUE

LISTED = "listed"
"""The kind of the due rows that look which calendars an account holds; their subject is the connection."""


def is_now(tx: Tx, tenant: TenantId, connection: ConnectionId, identity: str, label: str) -> None:
    """From now on it is that account, which its owner knows by that name."""
    told = {"identity": identity, "label": label}
    tx.execute(update(CONNECTIONS).where(*_its(tenant, connection)).values(told))


def ends(tx: Tx, tenant: TenantId, connection: ConnectionId, at: datetime | None) -> None:
    """When what its owner allowed ends by itself; None where it does not. They are to be reminded of it anew."""
    told = {"ends_at": None if at is None else seconds(at), "is_end_told": False}
    tx.execute(update(CONNECTIONS).where(*_its(tenant, connection)).values(told))


def end_told(tx: Tx, tenant: TenantId, connection: ConnectionId) -> None:
    """Its owner was reminded that it ends."""
    tx.execute(update(CONNECTIONS).where(*_its(tenant, connection)).values(is_end_told=True))


def renew(tx: Tx, calendar: Calendar, *, name: str, zone: str | None, is_writable: bool) -> None:
    """Its service calls it so now, and lets it be written to or not."""
    its = and_(CALENDARS.c.tenant == calendar.tenant, CALENDARS.c.id == calendar.id)
    tx.execute(update(CALENDARS).where(its).values(name=name, zone=zone, is_writable=is_writable))


def every(tx: Tx, tenant: TenantId) -> Iterator[Connection]:
    """All connected accounts of that workspace."""
    rows = tx.execute(select(CONNECTIONS.c.id).where(CONNECTIONS.c.tenant == tenant).order_by(CONNECTIONS.c.id))
    for found in rows.scalars().all():
        yield calendars.connection(tx, tenant, ConnectionId(found))


def unlisted(tx: Tx, providers: frozenset[str]) -> list[tuple[TenantId, ConnectionId]]:
    """Accounts of those services of which nothing is due that would look which calendars they hold."""
    its = and_(DUE.c.tenant == CONNECTIONS.c.tenant, DUE.c.subject == CONNECTIONS.c.id, DUE.c.kind == LISTED)
    lost = select(CONNECTIONS.c.tenant, CONNECTIONS.c.id).outerjoin(DUE, its)
    rows = tx.execute(lost.where(DUE.c.subject.is_(None), CONNECTIONS.c.provider.in_(providers)))
    return [(TenantId(row.tenant), ConnectionId(row.id)) for row in rows]


def _its(tenant: TenantId, connection: ConnectionId) -> tuple[ColumnElement[bool], ...]:
    return CONNECTIONS.c.tenant == tenant, CONNECTIONS.c.id == connection
