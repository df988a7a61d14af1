"""The rooms of a workspace with everything that pages and cards show of them."""

import re
from dataclasses import dataclass

from bot.core.calendars import Calendar, Connection
from bot.core.ids import ConnectionId, TenantId
from bot.core.people import ChatIdentity, Person
from bot.core.rooms import Room
from bot.storage import calendars, people, rooms
from bot.storage.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account that could keep a room, and whose it is."""

    connection: Connection
    owner: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A room with everything that the pages show of it."""

    room: Room
    person: Person
    handle: str
    calendar: Calendar | None
    keeper: Account | None
    second: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All rooms of a workspace, and what could keep another."""

    admin: Person
    rooms: tuple[Kept, ...]
    accounts: tuple[Account, ...]
    """Of everybody; the administrator's own first."""
    calendars: tuple[Calendar, ...]
    """Of the administrator's own CalDAV accounts: each could be a room's."""

    @property
    def own(self) -> tuple[Account, ...]:
        """The administrator's own accounts."""
        return tuple(one for one in self.accounts if one.owner.id == self.admin.id)

    def account(self, connection: str) -> Account | None:
        return next((one for one in self.accounts if one.connection.id == connection), None)

    def kept(self, person: str) -> Kept | None:
        return next((one for one in self.rooms if one.person.id == person), None)


def accounts_of(tx: Tx, tenant: TenantId) -> dict[ConnectionId, Account]:
    return {
        one.id: Account(connection=one, owner=people.person(tx, tenant, one.person))
        for one in rooms.accounts(tx, tenant)
    }


def every(tx: Tx, tenant: TenantId, accounts: dict[ConnectionId, Account]) -> tuple[Kept, ...]:
    found = rooms.every(tx, tenant)
    held = {one.person: one for one in calendars.of_people(tx, tenant, [one.person for one in found])}
    return tuple(
        Kept(
            room=one,
            person=people.person(tx, tenant, one.person),
            handle=people.handle(tx, tenant, one.person) or slug(one.name),
            calendar=held.get(one.person),
            keeper=None if one.keeper is None else accounts.get(one.keeper),
            second=None if one.second is None else accounts.get(one.second),
        )
        for one in found
    )


def slug(name: str) -> str:
    """The name as it is typed behind an @: `Elbe 2` is `elbe-2`."""
    return re.sub(r"[^\w.]+", "-", name.casefold()).strip("-._") or "room"


def handle(tx: Tx, identity: ChatIdentity, name: str) -> str:
    """The slug; with a number where another room goes by it."""
    wanted = slug(name)
    known = people.by_identity(tx, identity)
    taken = {
        people.handle(tx, one.tenant, one.person)
        for one in rooms.every(tx, identity.tenant)
        if known is None or one.person != known.id
    }
    numbered = (wanted if count == 1 else f"{wanted}-{count}" for count in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)
