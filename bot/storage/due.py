"""What waits to be done, and who may work on it: a row per subject, lent under a lease with a fencing number.

A row is marked due in the transaction of its cause. `take` lends it; `done` and `later` count only while the lease is
still the one that was lent (`fence`), and a mark that arrives meanwhile is never lost (`marks`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, ColumnElement, Integer, Table, Text, and_, case, func, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from bot.core.ids import TenantId
from bot.storage.database import METADATA, Tx, seconds

DUE = Table(
    "due",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("next_at", BigInteger, nullable=False, index=True),
    Column("marks", Integer, nullable=False, default=1),
    Column("attempts", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0),
    Column("lease_until", BigInteger, nullable=False, default=0),
)


@dataclass(frozen=True, slots=True)
class Due:
    """One row, lent."""

    tenant: TenantId
    kind: str
    subject: str
    attempts: int
    """How often it was tried before, since it last succeeded."""
    fence: int
    marks: int


def mark(tx: Tx, tenant: TenantId, kind: str, subject: str, at: datetime) -> None:
    """It is due at `at`, or earlier if it was due earlier already."""
    tx.execute(_MARK, {"tenant": tenant, "kind": kind, "subject": subject, "next_at": seconds(at), "marks": 1})


def postpone(tx: Tx, tenant: TenantId, kind: str, subject: str, at: datetime) -> None:
    """If it is due, it waits until `at`, or until it is marked again; who works on it now is not disturbed."""
    same = (DUE.c.tenant == tenant, DUE.c.kind == kind, DUE.c.subject == subject)
    tx.execute(update(DUE).where(*same).values(next_at=seconds(at)))


def take(tx: Tx, now: datetime, *, kinds: Collection[str], limit: int, lease: timedelta) -> list[Due]:
    """Up to `limit` rows that are due and lent to nobody, the longest waiting first; now lent to the caller."""
    free = and_(DUE.c.kind.in_(kinds), DUE.c.next_at <= seconds(now), DUE.c.lease_until <= seconds(now))
    rows = tx.execute(select(DUE).where(free).order_by(DUE.c.next_at).limit(limit)).all()
    until = seconds(now + lease)
    for row in rows:
        tx.execute(
            update(DUE)
            .where(DUE.c.tenant == row.tenant, DUE.c.kind == row.kind, DUE.c.subject == row.subject)
            .values(fence=row.fence + 1, lease_until=until)
        )
    return [Due(TenantId(row.tenant), row.kind, row.subject, row.attempts, row.fence + 1, row.marks) for row in rows]


def waiting(tx: Tx, kinds: Collection[str], now: datetime) -> list[str]:
    """Those kinds of which a row is due and lent to nobody, in the order given: a look that costs no write."""
    free = (DUE.c.kind.in_(kinds), DUE.c.next_at <= seconds(now), DUE.c.lease_until <= seconds(now))
    found = set(tx.execute(select(DUE.c.kind).where(*free).distinct()).scalars())
    return [kind for kind in kinds if kind in found]


def is_mine(tx: Tx, due: Due, now: datetime, *, left: timedelta) -> bool:
    """Whether the loan still holds for at least `left`: ask right before a call that must not happen twice."""
    row = tx.execute(select(DUE.c.fence, DUE.c.lease_until).where(*_same(due))).one_or_none()
    return row is not None and row.fence == due.fence and row.lease_until >= seconds(now + left)


def done(tx: Tx, due: Due) -> None:
    """It is done: the row goes, unless it was marked again meanwhile, in which case it is due at once."""
    gone = tx.execute(DUE.delete().where(*_mine(due), DUE.c.marks == due.marks))
    if gone.rowcount == 0:
        tx.execute(update(DUE).where(*_mine(due)).values(lease_until=0, attempts=0))


def later(tx: Tx, due: Due, at: datetime, *, failed: bool, was_tried: bool = True) -> None:
    """Not done: again at `at`, or at once if it was marked again meanwhile; `failed` counts it as an attempt. What was
    not even tried has neither failed nor succeeded."""
    attempts = (due.attempts + 1 if failed else 0) if was_tried else due.attempts
    again = case((DUE.c.marks == due.marks, seconds(at)), else_=func.min(DUE.c.next_at, seconds(at)))
    tx.execute(update(DUE).where(*_mine(due)).values(next_at=again, lease_until=0, attempts=attempts))


def release_all(tx: Tx) -> None:
    """Nobody works on anything: for the start of a process that is alone with its database."""
    tx.execute(update(DUE).values(lease_until=0))


def next_at(tx: Tx, kinds: Collection[str]) -> int | None:
    """When the next row of these kinds is due, in seconds since 1970."""
    return tx.execute(
        select(DUE.c.next_at).where(DUE.c.kind.in_(kinds), DUE.c.lease_until == 0).order_by(DUE.c.next_at).limit(1)
    ).scalar()


def _mark() -> Insert:
    row = insert(DUE)
    return row.on_conflict_do_update(
        index_elements=["tenant", "kind", "subject"],
        set_={
            "next_at": func.min(DUE.c.next_at, row.excluded.next_at),
            "marks": DUE.c.marks + 1,
        },
    )


_MARK = _mark()
"""Written once: it is on the way of every ack, and wording it anew takes longer than running it."""


def _same(due: Due) -> tuple[ColumnElement[bool], ...]:
    return (DUE.c.tenant == due.tenant, DUE.c.kind == due.kind, DUE.c.subject == due.subject)


def _mine(due: Due) -> tuple[ColumnElement[bool], ...]:
    return (*_same(due), DUE.c.fence == due.fence)
