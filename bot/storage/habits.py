"""When somebody works, as their connected accounts tell: a suggestion, until they say it themselves."""

import json

from sqlalchemy import select, update

from bot.core.ids import ConnectionId, PersonId, TenantId
from bot.core.rules import WorkingHours
from bot.storage.calendars import CONNECTIONS
from bot.storage.database import Tx
from bot.storage.people import PEOPLE, hours_kept, hours_read


def tell(tx: Tx, tenant: TenantId, connection: ConnectionId, hours: WorkingHours | None) -> None:
    """What that account's service says; None: nothing (any more)."""
    its = (CONNECTIONS.c.tenant == tenant, CONNECTIONS.c.id == connection)
    kept = None if hours is None else json.dumps(hours_kept(hours))
    tx.execute(update(CONNECTIONS).where(*its).values(hours=kept))


def told(tx: Tx, tenant: TenantId, person: PersonId) -> list[tuple[str, WorkingHours]]:
    """By which provider, and what; the account that was connected last comes first."""
    theirs = (CONNECTIONS.c.tenant == tenant, CONNECTIONS.c.person == person, CONNECTIONS.c.hours.is_not(None))
    rows = tx.execute(
        select(CONNECTIONS.c.provider, CONNECTIONS.c.hours)
        .where(*theirs)
        .order_by(CONNECTIONS.c.connected_at.desc(), CONNECTIONS.c.id)
    )
    return [(row.provider, hours_read(json.loads(row.hours))) for row in rows]


def are_chosen(tx: Tx, tenant: TenantId, person: PersonId) -> bool:
    """Whether they have said themselves when they work."""
    theirs = (PEOPLE.c.tenant == tenant, PEOPLE.c.id == person)
    return tx.execute(select(PEOPLE.c.hours).where(*theirs)).scalar() is not None
