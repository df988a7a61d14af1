"""Which services refuse Overlap's own registration at sign-ins, as its administrators are told."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Table, Text, and_, delete, select
from sqlalchemy.dialects.sqlite import insert

from bot.core.ids import TenantId
from bot.storage.database import METADATA, Tx, seconds

FAULTS = Table(
    "fault",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("met_at", BigInteger, nullable=False),
)


def met(tx: Tx, tenant: TenantId, provider: str, now: datetime) -> None:
    """A sign-in there was refused because of us."""
    row = insert(FAULTS).values(tenant=tenant, provider=provider, met_at=seconds(now))
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "provider"], set_={"met_at": seconds(now)}))


def mended(tx: Tx, tenant: TenantId, provider: str) -> None:
    """Somebody could sign in there."""
    tx.execute(delete(FAULTS).where(FAULTS.c.tenant == tenant, FAULTS.c.provider == provider))


def of(tx: Tx, tenant: TenantId, since: datetime) -> list[str]:
    """The services that have refused us since then, by name."""
    its = and_(FAULTS.c.tenant == tenant, FAULTS.c.met_at >= seconds(since))
    return list(tx.execute(select(FAULTS.c.provider).where(its).order_by(FAULTS.c.provider)).scalars())
