"""Rooms: what is known of each, which account keeps it, and who takes over when that no longer can.

A room's calendar is a row like any other, whose connection is its keeper's and whose person is the room.
"""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    Table,
    Text,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from bot.core.calendars import Access, Calendar, Connection
from bot.core.errors import NotFound
from bot.core.ids import CalendarId, ConnectionId, PersonId, TenantId
from bot.core.rooms import Room, Source
from bot.storage import calendars, due, messages
from bot.storage.calendars import CALENDARS, CONNECTIONS
from bot.storage.database import METADATA, Tx, instant, instant_if_any, seconds

KIND = "room"
"""The kind of the messages about who keeps a room; their subject is the room's person."""

ROOMS = Table(
    "room",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("capacity", Integer),
    Column("building", Text, nullable=False),
    Column("floor", Text, nullable=False),
    Column("features", Text, nullable=False),
    Column("is_equipment", Boolean, nullable=False),
    Column("keeper", Text),
    Column("second", Text),
    Column("imported_at", BigInteger, nullable=False),
    Column("lost_at", BigInteger),
    Index("room_by_keeper", "tenant", "keeper"),
)


def keep(tx: Tx, room: Room) -> None:
    """That room as it is now, new or known."""
    told = {
        "source": room.source.value,
        "name": room.name,
        "address": room.address,
        "capacity": room.capacity,
        "building": room.building,
        "floor": room.floor,
        "features": json.dumps(room.features),
        "is_equipment": room.is_equipment,
        "keeper": room.keeper,
        "second": room.second,
        "imported_at": seconds(room.imported_at),
        "lost_at": None if room.lost_at is None else seconds(room.lost_at),
    }
    row = insert(ROOMS).values(tenant=room.tenant, person=room.person, **told)
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "person"], set_=told))


def room(tx: Tx, tenant: TenantId, person: PersonId) -> Room:
    found = of(tx, tenant, (person,)).get(person)
    if found is None:
        raise NotFound("That room is not kept here (any more).")
    return found


def of(tx: Tx, tenant: TenantId, people: Collection[PersonId]) -> dict[PersonId, Room]:
    """Those of them that are rooms."""
    rows = tx.execute(select(ROOMS).where(ROOMS.c.tenant == tenant, ROOMS.c.person.in_(people)))
    return {PersonId(row.person): _room(row) for row in rows}


def every(tx: Tx, tenant: TenantId) -> list[Room]:
    """All rooms of that workspace, by building and name; equipment last."""
    its = select(ROOMS).where(ROOMS.c.tenant == tenant)
    rows = tx.execute(its.order_by(ROOMS.c.is_equipment, ROOMS.c.building, ROOMS.c.name, ROOMS.c.person))
    return [_room(row) for row in rows]


def remove(tx: Tx, tenant: TenantId, person: PersonId) -> None:
    """It is kept no longer."""
    tx.execute(delete(ROOMS).where(*_its(tenant, person)))


def accounts(tx: Tx, tenant: TenantId) -> list[Connection]:
    """Every connected account of that workspace, whoever it is of."""
    rows = tx.execute(select(CONNECTIONS.c.id).where(CONNECTIONS.c.tenant == tenant).order_by(CONNECTIONS.c.label))
    return [calendars.connection(tx, tenant, ConnectionId(one)) for one in rows.scalars().all()]


def holders(tx: Tx, tenant: TenantId, remote: str) -> set[ConnectionId]:
    """The accounts that hold that very calendar."""
    held = select(CALENDARS.c.connection).where(CALENDARS.c.tenant == tenant, CALENDARS.c.remote == remote)
    return {ConnectionId(one) for one in tx.execute(held).scalars()}


def give(tx: Tx, calendar: Calendar, person: PersonId, *, counts: bool) -> None:
    """From now on that calendar tells of this person's time; as long as it counts, it receives what may be written."""
    told = {"person": person, "counts": counts, "receives": counts and calendar.is_writable}
    tx.execute(update(CALENDARS).where(*_calendar(calendar)).values(told))


def set_aside(tx: Tx, calendar: Calendar) -> None:
    """It does not tell of its holder's time: it is a room's."""
    tx.execute(update(CALENDARS).where(*_calendar(calendar)).values(counts=False, receives=False))


def drop_calendar(tx: Tx, calendar: Calendar) -> None:
    """Forget it, with all that was read from it."""
    tx.execute(delete(CALENDARS).where(*_calendar(calendar)))


def entrust(tx: Tx, calendar: Calendar, keeper: Connection, now: datetime) -> None:
    """From now on it is read through that account; what was known stays until it was."""
    held = (CALENDARS.c.tenant == calendar.tenant, CALENDARS.c.connection == keeper.id)
    theirs = select(CALENDARS.c.is_writable).where(*held, CALENDARS.c.remote == calendar.remote)
    is_writable = tx.execute(theirs.limit(1)).scalar()
    told: dict[str, object] = {
        "connection": keeper.id,
        "is_granted": keeper.access is Access.FULL,
        "problem": None,
        "failures": 0,
        "cursor": None,
        "rings_until": None,
    }
    if is_writable is not None:
        told |= {"is_writable": is_writable, "receives": calendar.receives and is_writable}
    tx.execute(update(CALENDARS).where(*_calendar(calendar)).values(told))
    due.mark(tx, calendar.tenant, "calendar", calendar.id, now)


def fails(tx: Tx, calendar: Calendar, now: datetime) -> bool:
    """The keeper's account can no longer read that calendar. Whether a second keeper takes over, if it is a room's.

    Those who keep it are told, once; with nobody left its time is unknown.
    """
    its = of(tx, calendar.tenant, (calendar.person,)).get(calendar.person)
    if its is None or its.keeper != calendar.connection:
        return False
    told = _owners(tx, its)
    second = _able(tx, its)
    if second is not None:
        entrust(tx, calendar, second, now)
        keep(tx, replace(its, keeper=second.id, second=None, lost_at=None))
    elif its.lost_at is None:
        keep(tx, replace(its, lost_at=now))
    else:
        return False
    _tell(tx, its, told, now)
    return second is not None


def is_read(tx: Tx, calendar: Calendar, now: datetime) -> None:
    """It can be read (again)."""
    its = of(tx, calendar.tenant, (calendar.person,)).get(calendar.person)
    if its is not None and its.lost_at is not None:
        keep(tx, replace(its, lost_at=None))
        messages.changed(tx, its.tenant, KIND, its.person, now)


def leaves(tx: Tx, tenant: TenantId, connection: ConnectionId, now: datetime) -> None:
    """That account is about to be disconnected: its rooms go to their second keepers, as far as they have one."""
    those = or_(ROOMS.c.keeper == connection, ROOMS.c.second == connection)
    for row in tx.execute(select(ROOMS).where(ROOMS.c.tenant == tenant, those)).all():
        its = _room(row)
        if its.keeper != connection:
            keep(tx, replace(its, second=None))
            continue
        told, second = _owners(tx, its), _able(tx, its)
        if second is None:
            keep(tx, replace(its, keeper=None, second=None, lost_at=its.lost_at or now))
            due.mark(tx, tenant, "reading", its.person, now)
        else:
            for one in calendars.of_person(tx, tenant, its.person):
                entrust(tx, one, second, now)
            keep(tx, replace(its, keeper=second.id, second=None, lost_at=None))
        _tell(tx, its, told, now)


def _able(tx: Tx, its: Room) -> Connection | None:
    """The second keeper's account, while it opens."""
    if its.second is None:
        return None
    try:
        second = calendars.connection(tx, its.tenant, its.second)
    except NotFound:
        return None
    return None if second.problem is not None and second.problem.is_final else second


def _owners(tx: Tx, its: Room) -> set[PersonId]:
    """Whose accounts keep it."""
    these = (CONNECTIONS.c.tenant == its.tenant, CONNECTIONS.c.id.in_([its.keeper, its.second]))
    return {PersonId(one) for one in tx.execute(select(CONNECTIONS.c.person).where(*these)).scalars()}


def _tell(tx: Tx, its: Room, people: Collection[PersonId], now: datetime) -> None:
    for person in people:
        messages.show(tx, its.tenant, kind=KIND, subject=its.person, person=person, now=now, ring=True)


def _its(tenant: TenantId, person: PersonId) -> tuple[ColumnElement[bool], ...]:
    return ROOMS.c.tenant == tenant, ROOMS.c.person == person


def _calendar(calendar: Calendar) -> tuple[ColumnElement[bool], ...]:
    return CALENDARS.c.tenant == calendar.tenant, CALENDARS.c.id == CalendarId(calendar.id)


def _room(row: Row[Any]) -> Room:
    return Room(
        tenant=TenantId(row.tenant),
        person=PersonId(row.person),
        source=Source(row.source),
        name=row.name,
        address=row.address,
        capacity=row.capacity,
        building=row.building,
        floor=row.floor,
        features=tuple(json.loads(row.features)),
        is_equipment=row.is_equipment,
        keeper=None if row.keeper is None else ConnectionId(row.keeper),
        second=None if row.second is None else ConnectionId(row.second),
        imported_at=instant(row.imported_at),
        lost_at=instant_if_any(row.lost_at),
    )
