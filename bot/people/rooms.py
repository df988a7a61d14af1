"""Rooms and equipment: an administrator adds them, names the accounts through which they are read, and lets them go."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.core.calendars import Calendar, Connection
from bot.core.errors import ConsentNeeded, NotAllowed, NotFound, OverlapError, Refused, SignInNeeded
from bot.core.ids import CalendarId, ConnectionId, PersonId, TenantId, new_id
from bot.core.intervals import Interval
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.core.rooms import MARK, Room, Source
from bot.core.rules import DaySpan, WorkingHours
from bot.people.connect import ADMIN, Connecting
from bot.people.keeping import receive_somewhere
from bot.people.room_book import Kept, Overview, accounts_of, every, handle
from bot.providers import base
from bot.storage import calendars, due, messages, people, rooms
from bot.storage.database import Tx
from bot.storage.links import Session

log = logging.getLogger(__name__)

OpenAccount = Callable[[TenantId, ConnectionId], AbstractContextManager[base.CalendarProvider]]

CADENCE = timedelta(minutes=10)
"""Until its first reading tells how often it can be read."""
GLANCE = timedelta(days=1)
"""What is read of a room to see whether an account may."""
DIRECTORIES = (Source.GOOGLE.value, Source.MICROSOFT.value)
"""Services that tell of a room by its address."""


class Unfit(StrEnum):
    """Why a room cannot be added so."""

    NO_ACCOUNT = "no_account"
    """That account is not connected (any more), or not theirs."""
    SIGN_IN = "sign_in"
    CONSENT = "consent"
    """The account may not list its organisation's rooms."""
    NO_DIRECTORY = "no_directory"
    NOT_SEEN = "not_seen"
    """The keeper's account may not see it, or there is no such room."""
    SECOND_NOT_SEEN = "second_not_seen"
    SAME = "same"
    """The second keeper is the first."""
    TAKEN = "taken"
    """That calendar is a room's already."""
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an administrator says of a room."""

    name: str
    capacity: int | None = None
    building: str = ""
    floor: str = ""
    features: tuple[str, ...] = ()
    is_equipment: bool = False
    zone: str
    open_from: time = time(0)
    open_to: time = time(0)
    """Both midnight: all day."""

    @property
    def hours(self) -> WorkingHours:
        """The same on every day of the week."""
        return WorkingHours(self.zone, ((DaySpan(self.open_from, self.open_to),),) * 7)


@dataclass(frozen=True)
class Rooms:
    """Keeps the rooms of each workspace."""

    connecting: Connecting
    open_account: OpenAccount
    admins: frozenset[str] = frozenset()
    """Chat ids of those who administer besides the platform's own administrators."""

    def is_admin(self, person: Person) -> bool:
        """Whether they administer: the platform says so, or whoever runs Overlap."""
        if person.standing is not Standing.MEMBER:
            return False
        return person.is_admin or person.identity.user in self.admins

    def link(self, person: Person) -> str:
        """A single-use address of the administrators' page; `NotAllowed` for anybody else."""
        if not self.is_admin(person):
            raise NotAllowed("Only an administrator of this workspace can change the rooms.")
        return self.connecting.link(person, purpose=ADMIN)

    def admin(self, session: Session) -> Person | None:
        """Who is at the page, while they administer."""
        if session.purpose != ADMIN:
            return None
        with self.connecting.database.reading() as tx:
            person = people.person(tx, session.tenant, session.person)
        return person if self.is_admin(person) else None

    def every(self, tenant: TenantId) -> tuple[Kept, ...]:
        """All rooms of that workspace."""
        with self.connecting.database.reading() as tx:
            return every(tx, tenant, accounts_of(tx, tenant))

    def overview(self, admin: Person) -> Overview:
        with self.connecting.database.reading() as tx:
            found = accounts_of(tx, admin.tenant)
            own = [one.connection.id for one in found.values() if one.owner.id == admin.id]
            return Overview(
                admin=admin,
                rooms=every(tx, admin.tenant, found),
                accounts=tuple(sorted(found.values(), key=lambda one: one.owner.id != admin.id)),
                calendars=tuple(
                    held
                    for held in calendars.of_person(tx, admin.tenant, admin.id)
                    if held.connection in own and found[held.connection].connection.provider == Source.CALDAV.value
                ),
            )

    def listed(self, admin: Person, connection: ConnectionId) -> Sequence[base.Room] | Unfit:
        """The rooms in the directory of that account's organisation; a call outside."""
        if not self._is_own(admin, connection):
            return Unfit.NO_ACCOUNT
        try:
            with self.open_account(admin.tenant, connection) as opened:
                return Unfit.NO_DIRECTORY if opened.directory is None else opened.directory.rooms()
        except OverlapError as error:
            return _unfit(error)

    def bring_in(
        self, admin: Person, connection: ConnectionId, second: ConnectionId | None, found: Sequence[base.Room]
    ) -> int | Unfit:
        """Keep those rooms of the directory; how many of them are new."""
        if not self._is_own(admin, connection):
            return Unfit.NO_ACCOUNT
        wrong = self._second(admin.tenant, connection, second, found[0].address) if found else None
        if wrong is not None:
            return wrong
        with self.connecting.database.transaction() as tx:
            account = calendars.connection(tx, admin.tenant, connection)
            known = rooms.every(tx, admin.tenant)
            zones = {one.building: people.person(tx, one.tenant, one.person).zone for one in known if one.building}
            held = {one.address for one in known}
            new = [one for one in found if one.address not in held]
            for one in new:
                details = Details(
                    name=one.name,
                    capacity=one.capacity,
                    building=one.building,
                    floor=one.floor,
                    features=one.features,
                    is_equipment=one.is_equipment,
                    zone=zones.get(one.building) or admin.zone,
                )
                self._add(tx, account, one.address, details, second)
        log.info("%s rooms were imported", len(new), extra={"tenant": admin.tenant, "person": admin.id})
        return len(new)

    def add_address(
        self, admin: Person, connection: ConnectionId, address: str, details: Details, second: ConnectionId | None
    ) -> PersonId | Unfit:
        """Keep the room with that address, once its keeper's account has shown that it may see it."""
        if not self._is_own(admin, connection):
            return Unfit.NO_ACCOUNT
        wrong = self._sees(admin.tenant, connection, address) or self._second(admin.tenant, connection, second, address)
        if wrong is not None:
            return wrong
        with self.connecting.database.transaction() as tx:
            account = calendars.connection(tx, admin.tenant, connection)
            return self._add(tx, account, address, details, second)

    def add_calendar(
        self, admin: Person, calendar: CalendarId, details: Details, second: ConnectionId | None
    ) -> PersonId | Unfit:
        """That calendar of the administrator's is a room's from now on, and nobody's own time."""
        with self.connecting.database.transaction() as tx:
            try:
                held = calendars.calendar(tx, admin.tenant, calendar)
            except NotFound:
                return Unfit.NO_ACCOUNT
            if held.person != admin.id:
                return Unfit.TAKEN
            if second == held.connection:
                return Unfit.SAME
            if second is not None and second not in rooms.holders(tx, admin.tenant, held.remote):
                return Unfit.SECOND_NOT_SEEN
            person = self._person(tx, admin.tenant, MARK + new_id(), None, details)
            rooms.give(tx, held, person.id, counts=True)
            receive_somewhere(tx, admin.tenant, admin.id)
            _set_aside(tx, held, second)
            self._keep(tx, person, Source.CALDAV, "", details, held.connection, second)
            self._look(tx, calendars.calendar(tx, admin.tenant, calendar))
            due.mark(tx, admin.tenant, "reading", admin.id, self._now())
            return person.id

    def change(
        self, admin: Person, room: PersonId, details: Details, keeper: ConnectionId | None, second: ConnectionId | None
    ) -> Unfit | None:
        """From now on that is what is known of it, and who keeps it."""
        with self.connecting.database.reading() as tx:
            its = rooms.room(tx, admin.tenant, room)
            allowed = {one.id for one in calendars.connections_of(tx, admin.tenant, admin.id)} | {
                its.keeper,
                its.second,
            }
        if keeper not in allowed:
            return Unfit.NO_ACCOUNT
        if keeper is not None and (wrong := self._may_keep(its, keeper, second)) is not None:
            return wrong
        with self.connecting.database.transaction() as tx:
            its = rooms.room(tx, admin.tenant, room)
            person = self._person(tx, admin.tenant, _user(tx, its), its.address or None, details)
            self._entrust(tx, its, person, keeper)
            lost_at = its.lost_at if keeper == its.keeper else None
            self._keep(
                tx, person, its.source, its.address, details, keeper, second, since=its.imported_at, lost=lost_at
            )
            for one in calendars.of_person(tx, admin.tenant, room):
                _set_aside(tx, one, second)
                if second != its.second:
                    self._look(tx, one)  # it takes over at once where the first is broken
        return None

    def remove(self, admin: Person, room: PersonId) -> None:
        """It is kept no longer; meetings in it stay as they are. Removing it twice is fine."""
        now = self._now()
        with self.connecting.database.transaction() as tx:
            try:
                its = rooms.room(tx, admin.tenant, room)
            except NotFound:
                return
            for one in calendars.of_person(tx, admin.tenant, room):
                if its.source is Source.CALDAV:
                    rooms.give(tx, one, calendars.connection(tx, one.tenant, one.connection).person, counts=False)
                else:
                    rooms.drop_calendar(tx, one)
            rooms.remove(tx, admin.tenant, room)
            people.leave(tx, admin.tenant, room, now)
            messages.changed(tx, admin.tenant, rooms.KIND, room, now)
            due.mark(tx, admin.tenant, "reading", room, now)
        log.info("a room is kept no longer", extra={"tenant": admin.tenant, "person": admin.id})

    def _add(
        self, tx: Tx, account: Connection, address: str, details: Details, second: ConnectionId | None
    ) -> PersonId:
        person = self._person(tx, account.tenant, MARK + address, address, details)
        its = calendars.of_person(tx, account.tenant, person.id)
        if not its:
            calendars.add(tx, self._calendar(account, person, address))
        for one in its:
            rooms.entrust(tx, one, account, self._now())
        self._keep(tx, person, Source(account.provider), address, details, account.id, second)
        for one in calendars.of_person(tx, account.tenant, person.id):
            self._look(tx, one)
        return person.id

    def _person(self, tx: Tx, tenant: TenantId, user: str, email: str | None, details: Details) -> Person:
        identity = ChatIdentity(tenant, user)
        told = Profile(
            identity=identity,
            name=details.name,
            zone=details.zone,
            standing=Standing.ROOM,
            email=email,
            handle=handle(tx, identity, details.name),
        )
        person = people.keep(tx, told, self._now())
        people.is_back(tx, tenant, person.id, Standing.ROOM)
        people.set_hours(tx, tenant, person.id, details.hours)
        return person

    def _keep(
        self,
        tx: Tx,
        person: Person,
        source: Source,
        address: str,
        details: Details,
        keeper: ConnectionId | None,
        second: ConnectionId | None,
        *,
        since: datetime | None = None,
        lost: datetime | None = None,
    ) -> None:
        now = self._now()
        rooms.keep(
            tx,
            Room(
                tenant=person.tenant,
                person=person.id,
                source=source,
                name=details.name,
                address=address,
                capacity=details.capacity,
                building=details.building,
                floor=details.floor,
                features=details.features,
                is_equipment=details.is_equipment,
                keeper=keeper,
                second=second,
                imported_at=since or now,
                lost_at=lost,
            ),
        )
        messages.changed(tx, person.tenant, rooms.KIND, person.id, now)
        due.mark(tx, person.tenant, "reading", person.id, now)

    def _calendar(self, account: Connection, person: Person, address: str) -> Calendar:
        return Calendar(
            id=CalendarId(new_id()),
            tenant=account.tenant,
            connection=account.id,
            person=person.id,
            remote=base.shared(address),
            name=person.name,
            zone=person.zone,
            counts=True,
            receives=False,
            is_writable=False,
            invites=False,
            is_static=False,
            cadence=self.connecting.cadence or CADENCE,
            is_granted=False,
        )

    def _look(self, tx: Tx, calendar: Calendar) -> None:
        calendars.dirty(tx, calendar.tenant, calendar.id, self._now())

    def _entrust(self, tx: Tx, its: Room, person: Person, keeper: ConnectionId | None) -> None:
        """Another account reads it from now on; a room that nobody kept gets its calendar again."""
        if keeper is None or keeper == its.keeper:
            return
        account = calendars.connection(tx, its.tenant, keeper)
        held = calendars.of_person(tx, its.tenant, its.person)
        for one in held:
            rooms.entrust(tx, one, account, self._now())
        if not held and its.address:
            calendars.add(tx, self._calendar(account, person, its.address))
            for one in calendars.of_person(tx, its.tenant, its.person):
                self._look(tx, one)

    def _may_keep(self, its: Room, keeper: ConnectionId, second: ConnectionId | None) -> Unfit | None:
        """What speaks against those two; a call outside where either is new to the room."""
        if keeper == second:
            return Unfit.SAME
        if its.source is Source.CALDAV:
            with self.connecting.database.reading() as tx:
                held = calendars.of_person(tx, its.tenant, its.person)
                able = set[ConnectionId]().union(*(rooms.holders(tx, its.tenant, one.remote) for one in held))
            if keeper not in able:
                return Unfit.NOT_SEEN
            return None if second is None or second in able else Unfit.SECOND_NOT_SEEN
        if keeper != its.keeper and (wrong := self._sees(its.tenant, keeper, its.address)) is not None:
            return wrong
        return None if second == its.second else self._second(its.tenant, keeper, second, its.address)

    def _second(
        self, tenant: TenantId, keeper: ConnectionId, second: ConnectionId | None, address: str
    ) -> Unfit | None:
        if second is None:
            return None
        if second == keeper:
            return Unfit.SAME
        with self.connecting.database.reading() as tx:
            try:
                both = [calendars.connection(tx, tenant, one).provider for one in (keeper, second)]
            except NotFound:
                return Unfit.SECOND_NOT_SEEN
        if len(set(both)) > 1 or self._sees(tenant, second, address) is not None:
            return Unfit.SECOND_NOT_SEEN
        return None

    def _sees(self, tenant: TenantId, connection: ConnectionId, address: str) -> Unfit | None:
        """One free/busy reading through that account; a call outside."""
        now = self._now().replace(second=0, microsecond=0)
        try:
            with self.open_account(tenant, connection) as opened:
                if not opened.abilities.sees_colleagues:
                    return Unfit.NOT_SEEN
                opened.read(base.shared(address), Interval(now, now + GLANCE), "UTC")
        except OverlapError as error:
            return _unfit(error)
        return None

    def _is_own(self, admin: Person, connection: ConnectionId) -> bool:
        with self.connecting.database.reading() as tx:
            own = calendars.connections_of(tx, admin.tenant, admin.id)
        return any(one.id == connection for one in own)

    def _now(self) -> datetime:
        return self.connecting.clock.now()


def _user(tx: Tx, its: Room) -> str:
    return people.person(tx, its.tenant, its.person).identity.user


def _set_aside(tx: Tx, calendar: Calendar, second: ConnectionId | None) -> None:
    """The second keeper's own row of that calendar is not their time either."""
    if second is None:
        return
    for one in calendars.of_connection(tx, calendar.tenant, second):
        if one.remote == calendar.remote and one.id != calendar.id:
            rooms.set_aside(tx, one)
            receive_somewhere(tx, one.tenant, one.person)


def _unfit(error: OverlapError) -> Unfit:
    match error:
        case ConsentNeeded():
            return Unfit.CONSENT
        case SignInNeeded():
            return Unfit.SIGN_IN
        case Refused() | NotFound():
            return Unfit.NOT_SEEN
        case _:
            return Unfit.UNREACHABLE
