"""Whose time is claimed, and for what: the database itself refuses two claims of one person's time.

SQLite has no exclusion constraint, so triggers stand in for one: they hold whatever the code above them forgets. A
claim is held (until it expires) or booked; `invited` rows say that somebody was asked to come although not free, and
stand outside. Claims of one subject never refuse each other, because a meeting that moves holds both its times.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    Table,
    Text,
    and_,
    delete,
    event,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from bot.core.errors import Taken
from bot.core.ids import PersonId, TenantId
from bot.core.intervals import Interval
from bot.storage.database import METADATA, Tx, instant, seconds

ClaimState = Literal["held", "booked", "invited"]

LEDGER = Table(
    "ledger",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("cause", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("starts", BigInteger, primary_key=True),
    Column("ends", BigInteger, primary_key=True),
    Column("state", Text, nullable=False),
    Column("claimed_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    CheckConstraint("starts < ends", name="ledger_order"),
    CheckConstraint("state IN ('held', 'booked', 'invited')", name="ledger_state"),
    Index("ledger_by_person", "tenant", "person", "starts"),
)

_REFUSES = "overlap: the time is taken"

_SAME_TIME = f"""
BEGIN
    SELECT RAISE(ABORT, '{_REFUSES}') WHERE EXISTS (
        SELECT 1 FROM ledger AS other
        WHERE other.tenant = NEW.tenant AND other.person = NEW.person AND other.subject <> NEW.subject
            AND other.starts < NEW.ends AND NEW.starts < other.ends
            AND (other.state = 'booked' OR (other.state = 'held'
                AND (other.expires_at IS NULL OR other.expires_at > NEW.claimed_at)))
    );
END
"""  # noqa: S608 - a constant of ours, and no value of anybody's

TRIGGERS: dict[str, str] = {
    "ledger_one_claim": "CREATE TRIGGER ledger_one_claim BEFORE INSERT ON ledger\n"
    f"WHEN NEW.state IN ('held', 'booked'){_SAME_TIME}",
    "ledger_one_claim_still": "CREATE TRIGGER ledger_one_claim_still BEFORE UPDATE ON ledger\n"
    f"WHEN NEW.state IN ('held', 'booked'){_SAME_TIME}",
}
"""The constraint, by the names of its triggers; a migration executes the same words."""

for _words in TRIGGERS.values():
    event.listen(LEDGER, "after_create", DDL(_words).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]


def claim(
    tx: Tx,
    tenant: TenantId,
    *,
    subject: str,
    cause: str,
    people: Iterable[PersonId],
    when: Interval,
    state: ClaimState,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """That time of all these people, or of none: `Taken` names whose time it is that the database refused."""
    refused: list[PersonId] = []
    whole = tx.begin_nested()
    for person in sorted(set(people)):
        row = insert(LEDGER).values(
            tenant=tenant,
            subject=subject,
            cause=cause,
            person=person,
            starts=seconds(when.start),
            ends=seconds(when.end),
            state=state,
            claimed_at=seconds(now),
            expires_at=None if expires_at is None else seconds(expires_at),
        )
        again = {name: row.excluded[name] for name in ("state", "claimed_at", "expires_at")}
        try:
            tx.execute(row.on_conflict_do_update(index_elements=list(LEDGER.primary_key), set_=again))
        except IntegrityError as error:
            if _REFUSES not in str(error.orig):
                raise
            refused.append(person)
    if refused:
        whole.rollback()
        raise Taken("That time is taken. Please pick another one.", tuple(refused))
    whole.commit()


def book(tx: Tx, tenant: TenantId, subject: str, cause: str) -> None:
    """What was held for that cause is booked; `Taken` if it expired and somebody else has the time now."""
    mine = and_(LEDGER.c.tenant == tenant, LEDGER.c.subject == subject, LEDGER.c.cause == cause)
    try:
        with tx.begin_nested():
            tx.execute(update(LEDGER).where(mine, LEDGER.c.state == "held").values(state="booked", expires_at=None))
    except IntegrityError as error:
        if _REFUSES not in str(error.orig):
            raise
        raise Taken("That time was held too long ago and is taken now. Please pick another one.") from error


def release(
    tx: Tx,
    tenant: TenantId,
    subject: str,
    *,
    cause: str | None = None,
    people: Collection[PersonId] | None = None,
    when: Interval | None = None,
) -> None:
    """The claims of that subject are given back: all of them, or those of a cause, of people, of one time."""
    which: list[ColumnElement[bool]] = [LEDGER.c.tenant == tenant, LEDGER.c.subject == subject]
    if cause is not None:
        which.append(LEDGER.c.cause == cause)
    if people is not None:
        which.append(LEDGER.c.person.in_(people))
    if when is not None:
        which += [LEDGER.c.starts == seconds(when.start), LEDGER.c.ends == seconds(when.end)]
    tx.execute(delete(LEDGER).where(*which))


def expire(tx: Tx, now: datetime) -> None:
    """Holds that ran out are forgotten, in every tenant; they refuse nobody already."""
    tx.execute(delete(LEDGER).where(LEDGER.c.state == "held", LEDGER.c.expires_at <= seconds(now)))


def taken(
    tx: Tx,
    tenant: TenantId,
    people: Collection[PersonId],
    window: Interval,
    now: datetime,
    *,
    besides: str | None,
) -> list[tuple[PersonId, Interval]]:
    """What is claimed of these people's time in the window, apart from the claims of the subject `besides`."""
    active = or_(
        LEDGER.c.state == "booked",
        and_(
            LEDGER.c.state == "held",
            or_(LEDGER.c.expires_at.is_(None), LEDGER.c.expires_at > seconds(now)),
        ),
    )
    rows = tx.execute(
        select(LEDGER.c.person, LEDGER.c.starts, LEDGER.c.ends)
        .where(
            LEDGER.c.tenant == tenant,
            LEDGER.c.person.in_(people),
            LEDGER.c.starts < seconds(window.end),
            LEDGER.c.ends > seconds(window.start),
            LEDGER.c.subject != (besides or ""),
            active,
        )
        .order_by(LEDGER.c.person, LEDGER.c.starts)
        .distinct()
    )
    return [(PersonId(row.person), Interval(instant(row.starts), instant(row.ends))) for row in rows]
