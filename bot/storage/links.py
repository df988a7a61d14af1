"""Single-use links to our pages, and the web sessions that they open: of both only a hash is kept.

A token is 256 random bits, so its hash needs no salt and may be looked up. A link is found by its token alone, because
whoever opens it brings nothing else: here, and only here, the tenant is what a query answers and not what it is given.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)

from bot.core.errors import NotFound
from bot.core.ids import ConnectionId, PersonId, ProposalId, TenantId
from bot.storage.database import METADATA, Tx, instant, instant_if_any, seconds

LINKS = Table(
    "link",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("resume", Text),
    Column("consent", Text),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
    Column("renewed_at", BigInteger),
    Index("link_hash", "hash", unique=True),
)

SESSIONS = Table(
    "web_session",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("link", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("resume", Text),
    Column("consent", Text),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("tries", Integer, nullable=False, default=0),
    Column("pending", LargeBinary),
    Column("pending_of", Text),
    Index("web_session_hash", "hash", unique=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that was handed out."""

    hash: str
    tenant: TenantId
    person: PersonId
    purpose: str
    resume: ProposalId | None
    """The proposal that waits for what the link is for."""
    consent: ConnectionId | None = None
    """The account of which its owner is to allow more."""
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody at our pages, for an hour at most."""

    hash: str
    link: str
    """The hash of the link that opened it."""
    tenant: TenantId
    person: PersonId
    purpose: str
    """What the link that opened it was for."""
    resume: ProposalId | None
    consent: ConnectionId | None = None
    expires_at: datetime


def new_token() -> str:
    """256 random bits, as 43 letters, digits, dashes and underscores."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def add(tx: Tx, link: Link) -> None:
    """Keep a link that is about to be handed out."""
    row = {
        "tenant": link.tenant,
        "hash": link.hash,
        "person": link.person,
        "purpose": link.purpose,
        "resume": link.resume,
        "consent": link.consent,
        "expires_at": seconds(link.expires_at),
    }
    tx.execute(insert(LINKS).values(row))


def link(tx: Tx, token: str) -> Link | None:
    """The link with that token, dead or alive."""
    row = tx.execute(select(LINKS).where(LINKS.c.hash == hashed(token))).one_or_none()
    return None if row is None else _link(row)


def consume(tx: Tx, token: str, purpose: str, now: datetime) -> Link | None:
    """The link, if it was alive until this call, which alone of all calls gets it: one statement decides."""
    alive = (LINKS.c.purpose == purpose, LINKS.c.used_at.is_(None), LINKS.c.expires_at > seconds(now))
    used = update(LINKS).where(LINKS.c.hash == hashed(token), *alive).values(used_at=seconds(now))
    row = tx.execute(used.returning(LINKS)).one_or_none()
    return None if row is None else _link(row)


def renew(tx: Tx, token: str, now: datetime, *, not_since: datetime) -> Link | None:
    """The link whose holder wants a new one, unless that was asked through it after `not_since`."""
    quiet = or_(LINKS.c.renewed_at.is_(None), LINKS.c.renewed_at <= seconds(not_since))
    asked = update(LINKS).where(LINKS.c.hash == hashed(token), quiet).values(renewed_at=seconds(now))
    row = tx.execute(asked.returning(LINKS)).one_or_none()
    return None if row is None else _link(row)


def open_session(tx: Tx, token: str, link: Link, expires_at: datetime) -> Session:
    """A session for whom the link was bound to."""
    opened = Session(
        hash=hashed(token),
        link=link.hash,
        tenant=link.tenant,
        person=link.person,
        purpose=link.purpose,
        resume=link.resume,
        consent=link.consent,
        expires_at=expires_at,
    )
    row = {
        "tenant": opened.tenant,
        "hash": opened.hash,
        "link": opened.link,
        "person": opened.person,
        "purpose": opened.purpose,
        "resume": opened.resume,
        "consent": opened.consent,
        "expires_at": seconds(expires_at),
    }
    tx.execute(insert(SESSIONS).values(row))
    return opened


def session(tx: Tx, token: str, now: datetime) -> Session | None:
    """The session with that token, while its hour lasts."""
    alive = (SESSIONS.c.hash == hashed(token), SESSIONS.c.expires_at > seconds(now))
    row = tx.execute(select(SESSIONS).where(*alive)).one_or_none()
    return None if row is None else _session(row)


def try_once(tx: Tx, session: Session) -> int:
    """Count one more sign-in tried in that session; how many there were, with this one."""
    counted = update(SESSIONS).where(*_mine(session)).values(tries=SESSIONS.c.tries + 1).returning(SESSIONS.c.tries)
    return int(tx.execute(counted).scalar_one())


def set_pending(tx: Tx, session: Session, sealed: bytes | None, identity: str | None = None) -> None:
    """An account that waits for its owner's word in that session, and a hash of which it is; None: none does (any
    more)."""
    tx.execute(update(SESSIONS).where(*_mine(session)).values(pending=sealed, pending_of=identity))


def pending(tx: Tx, session: Session) -> bytes:
    """What `set_pending` kept."""
    kept = tx.execute(select(SESSIONS.c.pending).where(*_mine(session))).scalar()
    if kept is None:
        raise NotFound("No account waits here (any more).")
    return bytes(kept)


def consent_given(tx: Tx, session: Session) -> None:
    """What was to be allowed has been, or its owner wants something else."""
    tx.execute(update(SESSIONS).where(*_mine(session)).values(consent=None))


def unconfirmed(tx: Tx, now: datetime) -> list[Session]:
    """Sessions that are over and in which an account still waits: nobody can say yes or no to it any more."""
    over = (SESSIONS.c.expires_at <= seconds(now), SESSIONS.c.pending.is_not(None))
    return [_session(row) for row in tx.execute(select(SESSIONS).where(*over))]


def is_waiting(tx: Tx, identity: str) -> bool:
    """Whether that account waits for somebody's word, in any workspace: like `calendars.is_held`, for the same reason,
    it asks beyond the tenant."""
    its = SESSIONS.c.pending_of == identity
    return tx.execute(select(SESSIONS.c.hash).where(its).limit(1)).scalar() is not None


def forget(tx: Tx, before: datetime) -> None:
    """Links and sessions that were over before that; not one in which an account waits that is to be given back."""
    tx.execute(delete(LINKS).where(LINKS.c.expires_at < seconds(before)))
    tx.execute(delete(SESSIONS).where(SESSIONS.c.expires_at < seconds(before), SESSIONS.c.pending.is_(None)))


def _mine(session: Session) -> tuple[ColumnElement[bool], ...]:
    return SESSIONS.c.tenant == session.tenant, SESSIONS.c.hash == session.hash


def _link(row: Row[Any]) -> Link:
    return Link(
        hash=row.hash,
        tenant=TenantId(row.tenant),
        person=PersonId(row.person),
        purpose=row.purpose,
        resume=None if row.resume is None else ProposalId(row.resume),
        consent=None if row.consent is None else ConnectionId(row.consent),
        expires_at=instant(row.expires_at),
        used_at=instant_if_any(row.used_at),
    )


def _session(row: Row[Any]) -> Session:
    return Session(
        hash=row.hash,
        link=row.link,
        tenant=TenantId(row.tenant),
        person=PersonId(row.person),
        purpose=row.purpose,
        resume=None if row.resume is None else ProposalId(row.resume),
        consent=None if row.consent is None else ConnectionId(row.consent),
        expires_at=instant(row.expires_at),
    )
