"""What came in and waits for an answer: kept before the ack, once for each delivery of the platform."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.errors import NotFound
from bot.core.ids import TenantId
from bot.storage import due
from bot.storage.database import METADATA, Tx, seconds

KIND = "incoming"
"""The kind of due row that an incoming thing is."""

INBOX = Table(
    "incoming",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("delivery", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", BigInteger, nullable=False, index=True),
    Column("answered_at", BigInteger),
    Index("incoming_delivery", "tenant", "delivery", unique=True),
)

_KEEP = insert(INBOX).on_conflict_do_nothing(index_elements=["tenant", "delivery"])
"""Written once: it is on the way of every ack, and wording it anew takes longer than running it."""


def keep(
    tx: Tx, tenant: TenantId, key: str, sealed: bytes, incoming_id: str, now: datetime, *, is_due: bool = True
) -> bool:
    """Keep it and mark it due; False, and nothing kept, when that delivery was kept before.

    It is not due where the call itself answers it.
    """
    row = {"tenant": tenant, "id": incoming_id, "delivery": key, "sealed": sealed, "received_at": seconds(now)}
    is_new = tx.execute(_KEEP, row).rowcount == 1
    if is_new and is_due:
        due.mark(tx, tenant, KIND, incoming_id, now)
    return is_new


def sealed(tx: Tx, tenant: TenantId, incoming_id: str) -> bytes:
    """What was kept, still sealed."""
    where = (INBOX.c.tenant == tenant, INBOX.c.id == incoming_id)
    found: bytes | None = tx.execute(select(INBOX.c.sealed).where(*where)).scalar()
    if found is None:
        raise NotFound("That message was answered and forgotten.")
    return found


def was_answered(tx: Tx, tenant: TenantId, incoming_id: str) -> bool:
    """Whether it has its answer: a worker that died between that and its due row would do it all again."""
    where = (INBOX.c.tenant == tenant, INBOX.c.id == incoming_id)
    return tx.execute(select(INBOX.c.answered_at).where(*where)).scalar() is not None


def answered(tx: Tx, tenant: TenantId, incoming_id: str, now: datetime) -> None:
    """It has its answer."""
    where = (INBOX.c.tenant == tenant, INBOX.c.id == incoming_id)
    tx.execute(update(INBOX).where(*where).values(answered_at=seconds(now)))


def forget(tx: Tx, before: datetime) -> int:
    """Drop what was answered before then; how many. Keep a day: platforms deliver again within hours."""
    where = (INBOX.c.answered_at.is_not(None), INBOX.c.received_at < seconds(before))
    return tx.execute(delete(INBOX).where(*where)).rowcount
