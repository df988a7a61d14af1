"""Sign-ins that are under way at a service, and people who wait for their administrator's word.

Of a state only a hash is kept, and it is good once. The one that an administrator carries to another browser is found
by its token alone, as a link is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Row, Table, Text, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.calendars import Access
from bot.core.ids import ConnectionId, PersonId, TenantId
from bot.storage.database import METADATA, Tx, instant, seconds
from bot.storage.links import Session, hashed

SIGN_INS = Table(
    "sign_in",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("session", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("access", Text, nullable=False),
    Column("connection", Text),
    Column("flow", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

APPROVALS = Table(
    "approval",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Index("approval_state", "state", unique=True),
)

AWAITING = Table(
    "awaiting_approval",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in whose second half has not come."""

    tenant: TenantId
    provider: str
    access: Access
    """What was asked for."""
    connection: ConnectionId | None
    """The account that is signed in to again; None for a new one."""
    flow: bytes
    """Sealed."""
    expires_at: datetime


def begin(tx: Tx, session: Session, state: str, begun: Begun) -> None:
    """Keep the first half of a sign-in of that session."""
    row = {
        "tenant": begun.tenant,
        "state": hashed(state),
        "session": session.hash,
        "provider": begun.provider,
        "access": begun.access,
        "connection": begun.connection,
        "flow": begun.flow,
        "expires_at": seconds(begun.expires_at),
    }
    tx.execute(insert(SIGN_INS).values(row))


def take(tx: Tx, session: Session, provider: str, state: str, now: datetime) -> Begun | None:
    """What was begun in that session under that state, for the first who asks: whatever happens then, it is used."""
    its = (
        SIGN_INS.c.tenant == session.tenant,
        SIGN_INS.c.state == hashed(state),
        SIGN_INS.c.session == session.hash,
        SIGN_INS.c.provider == provider,
        SIGN_INS.c.expires_at > seconds(now),
    )
    row = tx.execute(delete(SIGN_INS).where(*its).returning(SIGN_INS)).one_or_none()
    return None if row is None else _begun(row)


def ask_approval(tx: Tx, tenant: TenantId, provider: str, state: str, expires_at: datetime) -> None:
    """An administrator is to be shown what is asked, under that state."""
    row = {"tenant": tenant, "state": hashed(state), "provider": provider, "expires_at": seconds(expires_at)}
    tx.execute(insert(APPROVALS).values(row))


def awaits_approval(tx: Tx, tenant: TenantId, provider: str, person: PersonId, now: datetime) -> None:
    """That person can go on once their administrator allows it."""
    row = {"tenant": tenant, "provider": provider, "person": person, "since": seconds(now)}
    tx.execute(upsert(AWAITING).values(row).on_conflict_do_nothing())


def approved(tx: Tx, provider: str, state: str, now: datetime) -> tuple[TenantId, list[PersonId]] | None:
    """Who waited for that administrator, and in which workspace; each is named once. None for a state that is dead."""
    its = (APPROVALS.c.state == hashed(state), APPROVALS.c.provider == provider, APPROVALS.c.expires_at > seconds(now))
    tenant = tx.execute(delete(APPROVALS).where(*its).returning(APPROVALS.c.tenant)).scalar()
    if tenant is None:
        return None
    waiting = (AWAITING.c.tenant == tenant, AWAITING.c.provider == provider)
    people = tx.execute(delete(AWAITING).where(*waiting).returning(AWAITING.c.person)).scalars()
    return TenantId(tenant), [PersonId(one) for one in people]


def waits(tx: Tx, tenant: TenantId, provider: str, person: PersonId) -> bool:
    """Whether that person waits for an administrator."""
    its = (AWAITING.c.tenant == tenant, AWAITING.c.provider == provider, AWAITING.c.person == person)
    return tx.execute(select(AWAITING.c.person).where(*its)).scalar() is not None


def waits_no_more(tx: Tx, tenant: TenantId, provider: str, person: PersonId) -> None:
    """They have signed in."""
    its = (AWAITING.c.tenant == tenant, AWAITING.c.provider == provider, AWAITING.c.person == person)
    tx.execute(delete(AWAITING).where(*its))


def forget(tx: Tx, now: datetime, *, waited_since: datetime) -> None:
    """What is over, and who has waited since before that."""
    tx.execute(delete(SIGN_INS).where(SIGN_INS.c.expires_at <= seconds(now)))
    tx.execute(delete(APPROVALS).where(APPROVALS.c.expires_at <= seconds(now)))
    tx.execute(delete(AWAITING).where(AWAITING.c.since < seconds(waited_since)))


def _begun(row: Row[Any]) -> Begun:
    return Begun(
        tenant=TenantId(row.tenant),
        provider=row.provider,
        access=Access(row.access),
        connection=None if row.connection is None else ConnectionId(row.connection),
        flow=bytes(row.flow),
        expires_at=instant(row.expires_at),
    )
