"""Which calendars an account holds, looked at once a day: a new one is kept and does not count, a lost one is read.

That a calendar is on the list no more may mean that it was hidden: only reading it tells whether it is gone.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.core.calendars import Calendar, Connection
from bot.core.clock import Clock
from bot.core.errors import NotFound, OverlapError, TryLater
from bot.core.ids import ConnectionId, TenantId
from bot.core.people import Standing
from bot.people.connect import MOST_CALENDARS
from bot.people.keeping import Keeping, place
from bot.providers.base import SHARED, Abilities, CalendarProvider, RemoteCalendar
from bot.storage import accounts, calendars, due, messages, people
from bot.storage.database import Database, Tx

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
SOON = timedelta(hours=1)
"""When it is tried again after a passing fault, unless the service names a longer time."""
LISTED = frozenset({"google", "microsoft", "caldav"})
"""Services whose accounts hold several calendars."""

OpenAccount = Callable[[TenantId, ConnectionId], AbstractContextManager[CalendarProvider]]


@dataclass(frozen=True)
class Listing:
    """Keeps the list of every account's calendars as its service tells it."""

    database: Database
    clock: Clock
    open_account: OpenAccount
    keeping: Keeping

    def look(self, tenant: TenantId, connection: ConnectionId) -> datetime | None:
        """Its row came due: ask its service. When to look again, None once it is disconnected."""
        now = self.clock.now()
        with self.database.reading() as tx:
            try:
                account = calendars.connection(tx, tenant, connection)
            except NotFound:
                return None
            owner = people.person(tx, tenant, account.person)
        is_broken = account.problem is not None and account.problem.is_final
        if is_broken or owner.standing is Standing.DEACTIVATED:
            return now + EVERY  # signing in again lists them, too
        try:
            with self.open_account(tenant, connection) as provider:
                found, abilities = provider.calendars(), provider.abilities
        except TryLater as error:
            return now + max(error.after or SOON, SOON)
        except OverlapError:
            return now + EVERY  # a reading meets the same, and tells it
        with self.database.transaction() as tx:
            self._keep(tx, tenant, connection, found[:MOST_CALENDARS], abilities)
        return now + EVERY

    def look_after(self) -> None:
        """Every account of several calendars is looked at some time within a day."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            for tenant, connection in accounts.unlisted(tx, LISTED):
                due.mark(tx, tenant, accounts.LISTED, connection, now + _part(tenant, connection) * EVERY)

    def _keep(
        self,
        tx: Tx,
        tenant: TenantId,
        connection: ConnectionId,
        found: Sequence[RemoteCalendar],
        abilities: Abilities,
    ) -> None:
        try:
            account = calendars.connection(tx, tenant, connection)
        except NotFound:
            return  # disconnected meanwhile
        now = self.clock.now()
        held = {place(account, one.remote): one for one in calendars.of_connection(tx, tenant, connection)}
        listed, is_news = {place(account, one.remote): one for one in found}, False
        for at, told in listed.items():
            if at in held:
                is_news |= _renew(tx, account, held[at], told, abilities)
            elif len(held) < MOST_CALENDARS:
                new = self.keeping.calendar(account, told, abilities, counts=False)
                calendars.add(tx, new)
                calendars.dirty(tx, tenant, new.id, now)
                is_news = True
                log.info("a new calendar of an account is kept and does not count", extra=_ids(account))
        for at, lost in held.items():
            if at not in listed and not lost.remote.startswith(SHARED) and lost.problem is None:
                calendars.dirty(tx, tenant, lost.id, now)
        if is_news:
            messages.changed(tx, tenant, "connection", connection, now)


def _renew(tx: Tx, account: Connection, held: Calendar, told: RemoteCalendar, abilities: Abilities) -> bool:
    """What its service calls it now, and whether it may be written to; a room's calendar is its administrators'."""
    is_writable = told.is_writable and abilities.can_write
    zone = told.zone or held.zone
    if held.person != account.person or (held.name, held.zone, held.is_writable) == (told.name, zone, is_writable):
        return False
    accounts.renew(tx, held, name=told.name, zone=zone, is_writable=is_writable)
    return True


def _part(tenant: TenantId, connection: ConnectionId) -> float:
    """From nothing to all of it, the same for the same account."""
    return int.from_bytes(blake2b(f"{tenant} {connection}".encode(), digest_size=4).digest()) / 2**32


def _ids(account: Connection) -> dict[str, str]:
    return {"tenant": account.tenant, "connection": account.id}
