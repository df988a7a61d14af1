"""Keeps an account that its owner confirmed: as a connection with every calendar that its service listed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from bot.core.calendars import Access, Calendar, Connection
from bot.core.ids import CalendarId, ConnectionId, PersonId, TenantId, new_id
from bot.core.people import Person
from bot.core.proposals import ProposalState
from bot.people.grants import sealed
from bot.people.pending import Pending, identity, label
from bot.providers.base import Abilities, Account, RemoteCalendar
from bot.storage import accounts, calendars, channels, due, habits, meetings, messages, proposals, signins
from bot.storage.database import Tx, instant
from bot.storage.vault import Vault

CHOOSING = timedelta(minutes=2)
"""What waits for a calendar goes on after this, should its owner close the page without choosing."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Makes rows of accounts; `cadence` replaces what each service says about how often it is read."""

    vault: Vault
    cadence: timedelta | None

    def keep(self, tx: Tx, owner: Person, new: Pending, now: datetime) -> Connection:
        """The same account again takes its own place: its calendars stay, with what was chosen for them."""
        tenant = owner.tenant
        connection = self._connection(tx, owner, new, now)
        calendars.may_see(tx, tenant, connection.id, colleagues=new.abilities.sees_colleagues)
        habits.tell(tx, tenant, connection.id, next((one.hours for one in new.calendars if one.hours), None))
        known = {place(connection, one.remote) for one in calendars.of_connection(tx, tenant, connection.id)}
        counting = _counting(new.calendars)
        for remote in new.calendars:
            if place(connection, remote.remote) not in known:
                calendars.add(tx, self.calendar(connection, remote, new.abilities, counts=remote in counting))
        receive_somewhere(tx, tenant, owner.id, [one.remote for one in new.calendars])
        for one in calendars.of_connection(tx, tenant, connection.id):
            calendars.dirty(tx, tenant, one.id, now)
            if new.abilities.quiet_cadence is not None:
                channels.anew(tx, tenant, one.id, now)
        go_on(tx, tenant, owner.id, now + CHOOSING)
        if new.account.access is Access.FULL:
            for meeting in meetings.awaiting_consent(tx, tenant, owner.id):
                due.mark(tx, tenant, "meeting", meeting, now)
        signins.waits_no_more(tx, tenant, new.account.provider, owner.id)
        messages.show(tx, tenant, kind="connection", subject=connection.id, person=owner.id, now=now, ring=True)
        return connection

    def _connection(self, tx: Tx, owner: Person, new: Pending, now: datetime) -> Connection:
        account, tenant = new.account, owner.tenant
        known = calendars.of_account(tx, tenant, owner.id, identity(account))
        if known is not None:
            calendars.replace_account(tx, tenant, known.id, sealed(tx, self.vault, tenant, known.id, account))
            calendars.blame(tx, tenant, known.id, None)
            calendars.granted(tx, tenant, known.id, account.access)
            calendars.signed_in(tx, tenant, known.id, now)
            accounts.is_now(tx, tenant, known.id, identity(account), label(account))
            return self._until(tx, known, account, now)
        connection = Connection(
            id=ConnectionId(new_id()),
            tenant=tenant,
            person=owner.id,
            provider=account.provider,
            label=label(account),
            connected_at=now,
            access=account.access,
            sees_colleagues=new.abilities.sees_colleagues,
        )
        kept = sealed(tx, self.vault, tenant, connection.id, account)
        calendars.add_connection(tx, connection, kept, identity(account))
        return self._until(tx, connection, account, now)

    def _until(self, tx: Tx, connection: Connection, account: Account, now: datetime) -> Connection:
        """With when what was allowed ends: its owner is reminded in time."""
        at = None if account.ends_at is None else instant(account.ends_at)
        accounts.ends(tx, connection.tenant, connection.id, at)
        if at is not None:
            due.mark(tx, connection.tenant, "connection", connection.id, now)
        return calendars.connection(tx, connection.tenant, connection.id)

    def calendar(
        self, connection: Connection, remote: RemoteCalendar, abilities: Abilities, *, counts: bool
    ) -> Calendar:
        """A calendar of that account as it begins; it receives nothing yet."""
        return Calendar(
            id=CalendarId(new_id()),
            tenant=connection.tenant,
            connection=connection.id,
            person=connection.person,
            remote=remote.remote,
            name=remote.name,
            zone=remote.zone,
            counts=counts,
            receives=False,
            is_writable=remote.is_writable and abilities.can_write,
            is_granted=connection.access is Access.FULL,
            invites=abilities.invites,
            is_static=abilities.is_static,
            cadence=self.cadence or abilities.cadence,
            video=abilities.video,
        )


def place(account: Connection, remote: str) -> str:
    """What is the same for one calendar of that account at every listing: a CalDAV service may move accounts from one
    of its hosts to another (iCloud's partitions do), and then every calendar has a new address and its old path."""
    return unquote(urlsplit(remote).path).rstrip("/") if account.provider == "caldav" else remote


def receive_somewhere(tx: Tx, tenant: TenantId, person: PersonId, listed: Sequence[str] = ()) -> None:
    """Bookings go to the first calendar that counts and can take them, until their owner says where.

    One in which writing is allowed goes before one whose owner would have to allow it first.
    """
    theirs = calendars.of_person(tx, tenant, person)
    if any(one.receives for one in theirs):
        return

    def fitness(one: Calendar) -> tuple[bool, bool, int]:
        at = listed.index(one.remote) if one.remote in listed else len(listed)
        return not one.counts, not one.is_granted, at

    able = sorted((one for one in theirs if one.is_writable), key=fitness)
    counts = {one.id for one in theirs if one.counts}
    calendars.choose(tx, tenant, person, counts, able[0].id if able else None)


def go_on(tx: Tx, tenant: TenantId, person: PersonId, at: datetime) -> None:
    """What rests on this person's calendars is looked at again, and what waited for one goes on."""
    due.mark(tx, tenant, "reading", person, at)
    for one in proposals.open_for(tx, tenant, person):
        if one.state is ProposalState.WAITING:
            due.mark(tx, tenant, "proposal", one.id, at)


def _counting(found: Sequence[RemoteCalendar]) -> Collection[RemoteCalendar]:
    """The calendars that count until their owner says otherwise: their own ones, or all where none is writable."""
    opaque = [one for one in found if not one.is_transparent]
    return [one for one in opaque if one.is_writable] or opaque or found
