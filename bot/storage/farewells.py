"""Accounts that were disconnected here and of which something is still to be undone at their service.

Their secret outlives them only until then: `drop` takes it, and after a while nobody tries any more.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ColumnElement, LargeBinary, Table, Text, delete, insert, select

from bot.core.errors import NotFound
from bot.core.ids import TenantId
from bot.storage import due
from bot.storage.database import METADATA, Tx, instant, seconds

KIND = "farewell"
"""The kind of its due rows; their subject is the row's id."""

FAREWELLS = Table(
    "farewell",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("since", BigInteger, nullable=False),
)


def add(tx: Tx, tenant: TenantId, farewell: str, sealed: bytes, now: datetime) -> None:
    """Something is to be undone outside, with what is sealed here."""
    tx.execute(insert(FAREWELLS).values(tenant=tenant, id=farewell, sealed=sealed, since=seconds(now)))
    due.mark(tx, tenant, KIND, farewell, now)


def farewell(tx: Tx, tenant: TenantId, farewell_id: str) -> tuple[bytes, datetime]:
    """What it takes, sealed, and since when it waits."""
    row = tx.execute(select(FAREWELLS).where(*_its(tenant, farewell_id))).one_or_none()
    if row is None:
        raise NotFound("There is nothing to undo (any more).")
    return bytes(row.sealed), instant(row.since)


def drop(tx: Tx, tenant: TenantId, farewell_id: str) -> None:
    """It is undone, or nobody tries any more."""
    tx.execute(delete(FAREWELLS).where(*_its(tenant, farewell_id)))


def _its(tenant: TenantId, farewell_id: str) -> tuple[ColumnElement[bool], ...]:
    return FAREWELLS.c.tenant == tenant, FAREWELLS.c.id == farewell_id
