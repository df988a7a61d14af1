"""Connected accounts and their calendars: what they are, what their owner chose, and how well they can be read."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.core.calendars import Access, Calendar, Connection, Problem
from bot.core.errors import NotFound
from bot.core.ids import CalendarId, ConnectionId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.preferences import AllDay
from bot.storage import due
from bot.storage.database import METADATA, Tx, instant, instant_if_any, seconds

FARTHEST = timedelta(days=366)
"""Nobody is read farther ahead than this."""

CONNECTIONS = Table(
    "connection",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("connected_at", BigInteger, nullable=False),
    Column("access", Text, nullable=False),
    Column("sees_colleagues", Boolean, nullable=False, default=False),
    Column("problem", Text),
    Column("broken_since", BigInteger),
    Column("reminded", Integer, nullable=False, default=0),
    Column("lapses", Integer, nullable=False, default=0),
    Column("identity", Text, nullable=False, default="", index=True),
    Column("hours", Text),
    Column("ends_at", BigInteger),
    Column("is_end_told", Boolean, nullable=False, default=False),
    Column("account", LargeBinary, nullable=False),
    Index("connection_by_person", "tenant", "person"),
)

CALENDARS = Table(
    "calendar",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("connection", Text, nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("remote", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("zone", Text),
    Column("counts", Boolean, nullable=False),
    Column("receives", Boolean, nullable=False),
    Column("is_writable", Boolean, nullable=False),
    Column("invites", Boolean, nullable=False),
    Column("is_static", Boolean, nullable=False),
    Column("cadence", Integer, nullable=False),
    Column("is_granted", Boolean, nullable=False),
    Column("seen_by", Text),
    Column("rings_until", BigInteger),
    Column("reach", BigInteger),
    Column("reach_asked_at", BigInteger),
    Column("video", Text),
    Column("copy_of", Text),
    Column("all_day", Text, nullable=False, default=AllDay.AS_MARKED.value),
    Column("read_at", BigInteger),
    Column("window_start", BigInteger),
    Column("window_end", BigInteger),
    Column("dirty_at", BigInteger),
    Column("dirty_marks", Integer, nullable=False, default=0),
    Column("problem", Text),
    Column("cursor", LargeBinary),
    Column("rows_at", BigInteger),
    Column("failures", Integer, nullable=False, default=0),
)


def add_connection(tx: Tx, connection: Connection, sealed: bytes, identity: str = "") -> None:
    """Keep a new connection, with its account as the vault sealed it; `identity` is a hash of which account it is."""
    tx.execute(
        insert(CONNECTIONS).values(
            tenant=connection.tenant,
            id=connection.id,
            person=connection.person,
            provider=connection.provider,
            label=connection.label,
            connected_at=seconds(connection.connected_at),
            access=connection.access,
            sees_colleagues=connection.sees_colleagues,
            problem=connection.problem,
            identity=identity,
            account=sealed,
        )
    )


def connection(tx: Tx, tenant: TenantId, connection_id: ConnectionId) -> Connection:
    row = tx.execute(select(CONNECTIONS).where(*_connection(tenant, connection_id))).one_or_none()
    if row is None:
        raise NotFound("That calendar account is not connected (any more).")
    return _as_connection(row)


def connections_of(tx: Tx, tenant: TenantId, person: PersonId) -> list[Connection]:
    """Everything that person connected, the oldest first."""
    theirs = and_(CONNECTIONS.c.tenant == tenant, CONNECTIONS.c.person == person)
    rows = tx.execute(select(CONNECTIONS).where(theirs).order_by(CONNECTIONS.c.connected_at, CONNECTIONS.c.id))
    return [_as_connection(row) for row in rows]


def of_account(tx: Tx, tenant: TenantId, person: PersonId, identity: str) -> Connection | None:
    """That person's connection of that very account."""
    its = (CONNECTIONS.c.tenant == tenant, CONNECTIONS.c.person == person, CONNECTIONS.c.identity == identity)
    row = tx.execute(select(CONNECTIONS).where(*its).limit(1)).one_or_none()
    return None if row is None else _as_connection(row)


def is_that(tx: Tx, tenant: TenantId, connection_id: ConnectionId, identity: str) -> bool:
    """Whether that connection is of that very account."""
    its = (*_connection(tenant, connection_id), CONNECTIONS.c.identity == identity)
    return tx.execute(select(CONNECTIONS.c.id).where(*its)).scalar() is not None


def is_held(tx: Tx, identity: str) -> bool:
    """Whether anybody still has that account connected, in any workspace: a service that takes back one grant of ours
    takes back all that it gave for that account, so this, alone here, asks beyond the tenant."""
    its = CONNECTIONS.c.identity == identity
    return tx.execute(select(CONNECTIONS.c.id).where(its).limit(1)).scalar() is not None


def sealed_account(tx: Tx, tenant: TenantId, connection_id: ConnectionId) -> bytes:
    """What opens it, sealed."""
    sealed = tx.execute(select(CONNECTIONS.c.account).where(*_connection(tenant, connection_id))).scalar()
    if sealed is None:
        raise NotFound("That calendar account is not connected (any more).")
    return bytes(sealed)


def replace_account(tx: Tx, tenant: TenantId, connection_id: ConnectionId, sealed: bytes) -> None:
    """Its owner signed in again, or a key was changed."""
    tx.execute(update(CONNECTIONS).where(*_connection(tenant, connection_id)).values(account=sealed))


def granted(tx: Tx, tenant: TenantId, connection_id: ConnectionId, access: Access) -> None:
    """What its owner allows from now on, for the account and every calendar in it."""
    tx.execute(update(CONNECTIONS).where(*_connection(tenant, connection_id)).values(access=access))
    its = and_(CALENDARS.c.tenant == tenant, CALENDARS.c.connection == connection_id)
    tx.execute(update(CALENDARS).where(its).values(is_granted=access is Access.FULL))


def may_see(tx: Tx, tenant: TenantId, connection_id: ConnectionId, *, colleagues: bool) -> None:
    """Whether that account may be asked for others' free/busy."""
    told = {"sees_colleagues": colleagues}
    tx.execute(update(CONNECTIONS).where(*_connection(tenant, connection_id)).values(told))


def blame(
    tx: Tx,
    tenant: TenantId,
    connection_id: ConnectionId,
    problem: Problem | None,
    *,
    since: datetime | None = None,
) -> None:
    """What its owner is told to be wrong with the whole account, and since when they must mend it; None: nothing is."""
    told: dict[str, object] = {"problem": problem, "broken_since": None if since is None else seconds(since)}
    if since is None:
        told["reminded"] = 0
    tx.execute(update(CONNECTIONS).where(*_connection(tenant, connection_id)).values(told))


def was_reminded(tx: Tx, tenant: TenantId, connection_id: ConnectionId, times: int) -> None:
    """How often its owner was reminded that they must mend it."""
    tx.execute(update(CONNECTIONS).where(*_connection(tenant, connection_id)).values(reminded=times))


def lapsed(tx: Tx, tenant: TenantId, connection_id: ConnectionId) -> None:
    """Its grant ended a week after it was given, once more."""
    once_more = {"lapses": CONNECTIONS.c.lapses + 1}
    tx.execute(update(CONNECTIONS).where(*_connection(tenant, connection_id)).values(once_more))


def signed_in(tx: Tx, tenant: TenantId, connection_id: ConnectionId, now: datetime) -> None:
    """Its owner signed in to it again."""
    tx.execute(update(CONNECTIONS).where(*_connection(tenant, connection_id)).values(connected_at=seconds(now)))


def disconnect(tx: Tx, tenant: TenantId, connection_id: ConnectionId) -> None:
    """Forget the account, its secret, its calendars and all that was read from them."""
    tx.execute(delete(CALENDARS).where(CALENDARS.c.tenant == tenant, CALENDARS.c.connection == connection_id))
    tx.execute(delete(CONNECTIONS).where(*_connection(tenant, connection_id)))


def add(tx: Tx, calendar: Calendar) -> None:
    """Keep a new calendar of a connected account."""
    tx.execute(
        insert(CALENDARS).values(
            tenant=calendar.tenant,
            id=calendar.id,
            connection=calendar.connection,
            person=calendar.person,
            remote=calendar.remote,
            name=calendar.name,
            zone=calendar.zone,
            counts=calendar.counts,
            receives=calendar.receives,
            is_writable=calendar.is_writable,
            invites=calendar.invites,
            is_static=calendar.is_static,
            cadence=int(calendar.cadence.total_seconds()),
            is_granted=calendar.is_granted,
            seen_by=calendar.seen_by,
            rings_until=None if calendar.rings_until is None else seconds(calendar.rings_until),
            reach=None if calendar.reach is None else seconds(calendar.reach),
            video=calendar.video,
            copy_of=calendar.copy_of,
            all_day=calendar.all_day,
            read_at=None if calendar.read_at is None else seconds(calendar.read_at),
            window_start=None if calendar.window is None else seconds(calendar.window.start),
            window_end=None if calendar.window is None else seconds(calendar.window.end),
            dirty_at=None if calendar.dirty_at is None else seconds(calendar.dirty_at),
            problem=calendar.problem,
        )
    )


def calendar(tx: Tx, tenant: TenantId, calendar_id: CalendarId) -> Calendar:
    row = tx.execute(select(CALENDARS).where(*_calendar(tenant, calendar_id))).one_or_none()
    if row is None:
        raise NotFound("That calendar is not connected (any more).")
    return _as_calendar(row)


def of_person(tx: Tx, tenant: TenantId, person: PersonId) -> list[Calendar]:
    """Every calendar of that person, counting or not, by name."""
    return of_people(tx, tenant, (person,))


def of_people(
    tx: Tx, tenant: TenantId, people: Collection[PersonId], *, asker: PersonId | None = None
) -> list[Calendar]:
    """Every calendar of those people, counting or not, by name; and what `asker` alone may see of them."""
    seen = CALENDARS.c.seen_by.is_(None) if asker is None else func.coalesce(CALENDARS.c.seen_by, asker) == asker
    theirs = and_(CALENDARS.c.tenant == tenant, CALENDARS.c.person.in_(people), seen)
    rows = tx.execute(select(CALENDARS).where(theirs).order_by(CALENDARS.c.name, CALENDARS.c.id))
    return [_as_calendar(row) for row in rows]


def seen_by(tx: Tx, tenant: TenantId, asker: PersonId) -> list[Calendar]:
    """What that person's own account tells them alone of others' time."""
    seen = and_(CALENDARS.c.tenant == tenant, CALENDARS.c.seen_by == asker)
    return [_as_calendar(row) for row in tx.execute(select(CALENDARS).where(seen).order_by(CALENDARS.c.name))]


def of_connection(tx: Tx, tenant: TenantId, connection_id: ConnectionId) -> list[Calendar]:
    """Every calendar of that account; not what it may see of others."""
    held = and_(CALENDARS.c.connection == connection_id, CALENDARS.c.seen_by.is_(None))
    its = and_(CALENDARS.c.tenant == tenant, held)
    return [_as_calendar(row) for row in tx.execute(select(CALENDARS).where(its).order_by(CALENDARS.c.name))]


def receiving(tx: Tx, tenant: TenantId, person: PersonId) -> Calendar | None:
    """The calendar in which that person wants their bookings."""
    return next((one for one in of_person(tx, tenant, person) if one.receives), None)


def choose(
    tx: Tx, tenant: TenantId, person: PersonId, counts: Collection[CalendarId], receives: CalendarId | None
) -> None:
    """Which of a person's calendars count as busy, and which one receives bookings."""
    for one in of_person(tx, tenant, person):
        tx.execute(
            update(CALENDARS)
            .where(*_calendar(tenant, one.id))
            .values(counts=one.id in counts, receives=one.id == receives)
        )


def dirty(tx: Tx, tenant: TenantId, calendar_id: CalendarId, now: datetime, *, read_at: datetime | None = None) -> None:
    """It is known, or feared, to have changed: it is read at once, or at `read_at`, when more may have come."""
    row = tx.execute(select(CALENDARS.c.dirty_at).where(*_calendar(tenant, calendar_id))).one_or_none()
    if row is None:
        return
    since = seconds(now) if row.dirty_at is None else row.dirty_at
    marked = {"dirty_at": since, "dirty_marks": CALENDARS.c.dirty_marks + 1}
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(marked))
    due.mark(tx, tenant, "calendar", calendar_id, read_at or now)


def reach(tx: Tx, tenant: TenantId, calendar_id: CalendarId, until: datetime, now: datetime) -> None:
    """Somebody asks about a time beyond what is read of it: it is read up to there at once, at most for a year."""
    row = tx.execute(select(CALENDARS.c.reach).where(*_calendar(tenant, calendar_id))).one_or_none()
    if row is None:
        return
    wanted = min(seconds(until), seconds(now + FARTHEST))
    farther = {"reach": max(row.reach or 0, wanted), "reach_asked_at": seconds(now)}
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(farther))
    due.mark(tx, tenant, "calendar", calendar_id, now)


def copies(tx: Tx, tenant: TenantId, calendar_id: CalendarId, original: CalendarId | None) -> None:
    """It holds what `original` holds already; None where it does not (any more)."""
    tx.execute(update(CALENDARS).where(*_calendar(tenant, calendar_id)).values(copy_of=original))


def _connection(tenant: TenantId, connection_id: ConnectionId) -> tuple[ColumnElement[bool], ...]:
    return CONNECTIONS.c.tenant == tenant, CONNECTIONS.c.id == connection_id


def _calendar(tenant: TenantId, calendar_id: CalendarId) -> tuple[ColumnElement[bool], ...]:
    return CALENDARS.c.tenant == tenant, CALENDARS.c.id == calendar_id


def _as_connection(row: Row[Any]) -> Connection:
    return Connection(
        id=row.id,
        tenant=row.tenant,
        person=row.person,
        provider=row.provider,
        label=row.label,
        connected_at=instant(row.connected_at),
        access=Access(row.access),
        sees_colleagues=row.sees_colleagues,
        problem=None if row.problem is None else Problem(row.problem),
        broken_since=instant_if_any(row.broken_since),
        reminded=row.reminded,
        lapses=row.lapses,
        ends_at=instant_if_any(row.ends_at),
        is_end_told=row.is_end_told,
    )


def _as_calendar(row: Row[Any]) -> Calendar:
    covered = row.window_start is not None and row.window_end is not None
    return Calendar(
        id=row.id,
        tenant=row.tenant,
        connection=row.connection,
        person=row.person,
        remote=row.remote,
        name=row.name,
        zone=row.zone,
        counts=row.counts,
        receives=row.receives,
        is_writable=row.is_writable,
        invites=row.invites,
        is_static=row.is_static,
        cadence=timedelta(seconds=row.cadence),
        is_granted=row.is_granted,
        seen_by=row.seen_by,
        rings_until=instant_if_any(row.rings_until),
        reach=instant_if_any(row.reach),
        video=row.video,
        copy_of=row.copy_of,
        all_day=AllDay(row.all_day),
        read_at=instant_if_any(row.read_at),
        window=Interval(instant(row.window_start), instant(row.window_end)) if covered else None,
        dirty_at=instant_if_any(row.dirty_at),
        problem=None if row.problem is None else Problem(row.problem),
    )
