"""Push channels: which calendar each one tells of, how it proves itself, and when it must be renewed.

Of the path it posts to and of its secret only a hash is kept. What it says is a hint: the calendar is read again.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Integer,
    Row,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.core.ids import CalendarId, ConnectionId, TenantId
from bot.storage import due
from bot.storage.calendars import CALENDARS, CONNECTIONS
from bot.storage.database import METADATA, Tx, instant, instant_if_any, seconds

KIND = "channel"
"""The kind of its due rows; their subject is the calendar."""

CHANNELS = Table(
    "channel",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("calendar", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("renew_at", BigInteger, nullable=False),
    Column("rang_at", BigInteger),
    Column("number", BigInteger),
    Column("doubted_at", BigInteger),
    Column("silences", Integer, nullable=False, default=0),
    ForeignKeyConstraint(["tenant", "calendar"], ["calendar.tenant", "calendar.id"], ondelete="CASCADE"),
    Index("channel_path", "path", unique=True),
    Index("channel_service", "provider", "service"),
    Index("channel_calendar", "tenant", "calendar"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One channel, as we keep it."""

    tenant: TenantId
    id: str
    calendar: CalendarId
    provider: str
    base: str
    """Our own address when it was opened: under another one nobody hears it."""
    path: str
    """The hash of the last part of the address that it posts to."""
    secret: str
    """The hash of what it must say."""
    service: str
    """Its id at the service."""
    resource: str
    opened_at: datetime
    expires_at: datetime
    renew_at: datetime
    rang_at: datetime | None = None
    number: int | None = None
    """The highest number that one of its messages bore, where they bear any."""
    doubted_at: datetime | None = None
    """Since when something is known to have changed of which it has not told."""
    silences: int = 0
    """How many channels before it, one after the other, were given up because they did not tell."""


def new_token() -> str:
    """A path or a secret that nobody guesses; at most 64 characters, as Google wants of an id."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a path or a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def wanted(tx: Tx, tenant: TenantId, calendar: CalendarId, now: datetime) -> None:
    """Its channel is looked after at once: opened, renewed or closed."""
    due.mark(tx, tenant, KIND, calendar, now)


def every_wanted(tx: Tx, providers: Collection[str], now: datetime) -> None:
    """Every calendar of those services without a due row gets one: none is ever left silent because a row was lost."""
    its = and_(CONNECTIONS.c.tenant == CALENDARS.c.tenant, CONNECTIONS.c.id == CALENDARS.c.connection)
    waiting = and_(due.DUE.c.tenant == CALENDARS.c.tenant, due.DUE.c.subject == CALENDARS.c.id, due.DUE.c.kind == KIND)
    lost = (
        select(CALENDARS.c.tenant, CALENDARS.c.id)
        .join(CONNECTIONS, its)
        .outerjoin(due.DUE, waiting)
        .where(due.DUE.c.subject.is_(None), CONNECTIONS.c.provider.in_(providers))
        .where(CALENDARS.c.seen_by.is_(None), CALENDARS.c.counts | CALENDARS.c.receives)
    )
    for row in tx.execute(lost).all():
        wanted(tx, row.tenant, row.id, now)


def stranded(tx: Tx, base: str, providers: Collection[str], now: datetime) -> None:
    """We have another address now, or one that those services do not reach: what rings at the old one rings nobody."""
    its = and_(CHANNELS.c.tenant == CALENDARS.c.tenant, CHANNELS.c.calendar == CALENDARS.c.id)
    lost = or_(CHANNELS.c.base != base, CHANNELS.c.provider.not_in(providers))
    believed = CALENDARS.c.rings_until.is_not(None)
    for row in tx.execute(select(CALENDARS.c.tenant, CALENDARS.c.id).join(CHANNELS, its).where(lost, believed)).all():
        rings(tx, row.tenant, row.id, None)
        wanted(tx, row.tenant, row.id, now)
        due.mark(tx, row.tenant, "calendar", row.id, now)


def keep(tx: Tx, channel: Kept) -> None:
    """A channel was opened."""
    tx.execute(
        insert(CHANNELS).values(
            tenant=channel.tenant,
            id=channel.id,
            calendar=channel.calendar,
            provider=channel.provider,
            base=channel.base,
            path=channel.path,
            secret=channel.secret,
            service=channel.service,
            resource=channel.resource,
            opened_at=seconds(channel.opened_at),
            expires_at=seconds(channel.expires_at),
            renew_at=seconds(channel.renew_at),
            silences=channel.silences,
        )
    )


def renewed(tx: Tx, channel: Kept, expires_at: datetime, renew_at: datetime) -> None:
    """It rings for longer."""
    until = {"expires_at": seconds(expires_at), "renew_at": seconds(renew_at)}
    tx.execute(update(CHANNELS).where(*_its(channel)).values(until))


def drop(tx: Tx, channel: Kept) -> None:
    """It was closed, or its service no longer knows it."""
    tx.execute(delete(CHANNELS).where(*_its(channel)))


def of_calendar(tx: Tx, tenant: TenantId, calendar: CalendarId) -> list[Kept]:
    """Its channels, the one that rings longest first."""
    its = and_(CHANNELS.c.tenant == tenant, CHANNELS.c.calendar == calendar)
    rows = tx.execute(select(CHANNELS).where(its).order_by(CHANNELS.c.expires_at.desc(), CHANNELS.c.id))
    return [_as_kept(row) for row in rows]


def of_connection(tx: Tx, tenant: TenantId, connection: ConnectionId) -> list[Kept]:
    """Every channel of that account."""
    its = and_(CALENDARS.c.tenant == CHANNELS.c.tenant, CALENDARS.c.id == CHANNELS.c.calendar)
    theirs = and_(CHANNELS.c.tenant == tenant, CALENDARS.c.connection == connection)
    return [_as_kept(row) for row in tx.execute(select(CHANNELS).join(CALENDARS, its).where(theirs))]


def at_path(tx: Tx, provider: str, path: str) -> Kept | None:
    """The channel that posts to that path: whoever posts there is not known yet, so no tenant can be asked for."""
    there = and_(CHANNELS.c.path == hashed(path), CHANNELS.c.provider == provider)
    row = tx.execute(select(CHANNELS).where(there)).one_or_none()
    return None if row is None else _as_kept(row)


def named(tx: Tx, provider: str, service: Collection[str]) -> Sequence[Kept]:
    """The channels that a service calls so, in whatever workspaces: one post may tell of several."""
    those = and_(CHANNELS.c.provider == provider, CHANNELS.c.service.in_(service))
    return [_as_kept(row) for row in tx.execute(select(CHANNELS).where(those))]


def rang(tx: Tx, channel: Kept, now: datetime, number: int | None = None) -> None:
    """It told of a change, so it works."""
    told: dict[str, object] = {"rang_at": seconds(now), "doubted_at": None, "silences": 0}
    if number is not None:
        told["number"] = max(number, channel.number or 0)
    tx.execute(update(CHANNELS).where(*_its(channel)).values(told))


def renew_now(tx: Tx, channel: Kept, now: datetime) -> None:
    """Its service wants it renewed before its time."""
    tx.execute(update(CHANNELS).where(*_its(channel)).values(renew_at=seconds(now)))
    wanted(tx, channel.tenant, channel.calendar, now)


def anew(tx: Tx, tenant: TenantId, calendar: CalendarId, now: datetime) -> None:
    """Its owner signed in again: what rang by the old grant may have ended with it, and nobody would be told."""
    its = (CHANNELS.c.tenant == tenant, CHANNELS.c.calendar == calendar)
    tx.execute(update(CHANNELS).where(*its).values(renew_at=seconds(now)))
    wanted(tx, tenant, calendar, now)


def distrust(tx: Tx, tenant: TenantId, calendar: CalendarId, now: datetime) -> None:
    """Something changed of which no channel of that calendar has told: unless one does soon, they are given up."""
    its = (CHANNELS.c.tenant == tenant, CHANNELS.c.calendar == calendar)
    since = func.coalesce(CHANNELS.c.doubted_at, seconds(now))
    if tx.execute(update(CHANNELS).where(*its).values(doubted_at=since)).rowcount:
        wanted(tx, tenant, calendar, now)


def rings(tx: Tx, tenant: TenantId, calendar: CalendarId, until: datetime | None) -> None:
    """Until when silence of its service means that nothing changed; None: it means nothing."""
    its = (CALENDARS.c.tenant == tenant, CALENDARS.c.id == calendar)
    tx.execute(update(CALENDARS).where(*its).values(rings_until=None if until is None else seconds(until)))


def _its(channel: Kept) -> tuple[ColumnElement[bool], ...]:
    return CHANNELS.c.tenant == channel.tenant, CHANNELS.c.id == channel.id


def _as_kept(row: Row[Any]) -> Kept:
    return Kept(
        tenant=row.tenant,
        id=row.id,
        calendar=row.calendar,
        provider=row.provider,
        base=row.base,
        path=row.path,
        secret=row.secret,
        service=row.service,
        resource=row.resource,
        opened_at=instant(row.opened_at),
        expires_at=instant(row.expires_at),
        renew_at=instant(row.renew_at),
        rang_at=instant_if_any(row.rang_at),
        number=row.number,
        doubted_at=instant_if_any(row.doubted_at),
        silences=row.silences,
    )
