"""What one person's account may see of a colleague who connected nothing: a calendar that answers that person alone."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select

from bot.core.calendars import Calendar, Connection
from bot.core.ids import CalendarId, ConnectionId, PersonId, TenantId, derived
from bot.core.people import Person
from bot.storage import calendars
from bot.storage.calendars import CALENDARS, CONNECTIONS
from bot.storage.database import Tx

CADENCE = timedelta(minutes=5)
"""Until its first reading tells how often it can be read."""


def id_of(connection: ConnectionId, person: PersonId) -> CalendarId:
    """The calendar's id, the same whenever it is made."""
    return CalendarId(derived("seen", connection, person)[:24])


def add(tx: Tx, account: Connection, colleague: Person, remote: str) -> Calendar:
    """From now on what that account may see of the colleague is read, for the account's owner alone."""
    made = Calendar(
        id=id_of(account.id, colleague.id),
        tenant=account.tenant,
        connection=account.id,
        person=colleague.id,
        remote=remote,
        name=colleague.name,
        zone=colleague.zone or None,
        counts=True,
        receives=False,
        is_writable=False,
        invites=False,
        is_static=False,
        cadence=CADENCE,
        is_granted=False,
        seen_by=account.person,
    )
    calendars.add(tx, made)
    return made


def remove(tx: Tx, calendar: Calendar) -> None:
    """Forget what was seen."""
    tx.execute(delete(CALENDARS).where(CALENDARS.c.tenant == calendar.tenant, CALENDARS.c.id == calendar.id))


def services(tx: Tx, tenant: TenantId, connections: Collection[ConnectionId]) -> dict[ConnectionId, str]:
    """Which provider each of these accounts is of."""
    these = (CONNECTIONS.c.tenant == tenant, CONNECTIONS.c.id.in_(connections))
    rows = tx.execute(select(CONNECTIONS.c.id, CONNECTIONS.c.provider).where(*these))
    return {ConnectionId(row.id): row.provider for row in rows}
