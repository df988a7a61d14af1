"""Who was asked to connect a calendar, when and by whom, and who does not want to be; for all askers together."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, Table, Text, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.ids import PersonId, TenantId
from bot.storage.database import METADATA, Tx, instant_if_any, seconds

INVITATIONS = Table(
    "invitation",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("by", Text),
    Column("asked_at", BigInteger),
    Column("came_at", BigInteger),
    Column("is_unwanted", Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """How it stands between us and somebody who has no calendar connected."""

    by: PersonId | None = None
    """Who asked last."""
    asked_at: datetime | None = None
    came_at: datetime | None = None
    """When they connected one, after they had been asked."""
    is_unwanted: bool = False
    """They do not want to be asked, by anybody."""


def of(tx: Tx, tenant: TenantId, person: PersonId) -> Invitation:
    """Whether and when that person was asked."""
    row = tx.execute(select(INVITATIONS).where(*_same(tenant, person))).one_or_none()
    if row is None:
        return Invitation()
    return Invitation(
        by=None if row.by is None else PersonId(row.by),
        asked_at=instant_if_any(row.asked_at),
        came_at=instant_if_any(row.came_at),
        is_unwanted=row.is_unwanted,
    )


def ask(tx: Tx, tenant: TenantId, person: PersonId, by: PersonId, now: datetime) -> None:
    """They are asked now, on behalf of `by`."""
    _keep(tx, tenant, person, by=by, asked_at=seconds(now), came_at=None)


def reached(tx: Tx, tenant: TenantId, person: PersonId, now: datetime, *, is_reachable: bool) -> None:
    """Their chat took the message that asks, or refused it: whom nothing reached was not asked."""
    if is_reachable:
        first = (INVITATIONS.c.by.is_not(None), INVITATIONS.c.asked_at.is_(None))
        tx.execute(update(INVITATIONS).where(*_same(tenant, person), *first).values(asked_at=seconds(now)))
    else:
        tx.execute(update(INVITATIONS).where(*_same(tenant, person)).values(asked_at=None))


def unwanted(tx: Tx, tenant: TenantId, person: PersonId) -> None:
    """They do not want to be asked again."""
    _keep(tx, tenant, person, is_unwanted=True)


def came(tx: Tx, tenant: TenantId, person: PersonId, now: datetime) -> bool:
    """They have connected a calendar; whether that is news, and somebody had asked them."""
    waiting = (INVITATIONS.c.asked_at.is_not(None), INVITATIONS.c.came_at.is_(None))
    told = update(INVITATIONS).where(*_same(tenant, person), *waiting).values(came_at=seconds(now))
    return tx.execute(told).rowcount > 0


def _keep(tx: Tx, tenant: TenantId, person: PersonId, **values: object) -> None:
    row = insert(INVITATIONS).values({"tenant": tenant, "person": person, "is_unwanted": False, **values})
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "person"], set_=values))


def _same(tenant: TenantId, person: PersonId) -> tuple[ColumnElement[bool], ...]:
    return (INVITATIONS.c.tenant == tenant, INVITATIONS.c.person == person)
