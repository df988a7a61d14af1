"""What each answer to a request rested on, as it was: kept for a week, so that anybody's doubt can be looked into.

Nothing in one names anybody but by our own id. It goes with the calendars behind it: when an account that told of one
of its people is disconnected, and when one of them leaves.
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, ColumnElement, LargeBinary, Table, Text, delete, select, union
from sqlalchemy.dialects.sqlite import insert

from bot.core.errors import NotFound
from bot.core.ids import ConnectionId, PersonId, ProposalId, TenantId
from bot.storage.calendars import CALENDARS, CONNECTIONS
from bot.storage.database import METADATA, Tx, seconds
from bot.storage.proposals import PROPOSAL_PEOPLE

KEPT_FOR = timedelta(days=7)

RECORDINGS = Table(
    "recording",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("proposal", Text, primary_key=True),
    Column("taken_at", BigInteger, nullable=False, index=True),
    Column("kept", LargeBinary, nullable=False),
)
_C = RECORDINGS.c
_NEW = insert(RECORDINGS)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=["tenant", "proposal"], set_={"taken_at": _NEW.excluded.taken_at, "kept": _NEW.excluded.kept}
)
"""Made once: every answer is on its way."""


def keep(tx: Tx, tenant: TenantId, proposal: ProposalId, kept: bytes, now: datetime) -> None:
    """The newest answer takes the place of the one before."""
    tx.execute(_KEEP, {"tenant": tenant, "proposal": proposal, "taken_at": seconds(now), "kept": kept})


def recording(tx: Tx, proposal: ProposalId) -> bytes:
    """What `keep` kept of that proposal; whoever runs the command has its id and nothing else, and no two are alike."""
    found: bytes | None = tx.execute(select(_C.kept).where(_C.proposal == proposal)).scalar()
    if found is None:
        raise NotFound("Nothing is recorded of that proposal (any more).")
    return found


def forget(tx: Tx, now: datetime) -> None:
    """Drop those of more than a week ago."""
    tx.execute(delete(RECORDINGS).where(_C.taken_at < seconds(now - KEPT_FOR)))


def forget_with(tx: Tx, tenant: TenantId, person: PersonId) -> None:
    """Drop those in which that person takes part."""
    _forget(tx, tenant, PROPOSAL_PEOPLE.c.person == person)


def forget_behind(tx: Tx, tenant: TenantId, connection: ConnectionId) -> None:
    """Drop those in which anybody takes part whose time that account told: its owner, a room, a colleague."""
    owner = select(CONNECTIONS.c.person).where(CONNECTIONS.c.tenant == tenant, CONNECTIONS.c.id == connection)
    told = select(CALENDARS.c.person).where(CALENDARS.c.tenant == tenant, CALENDARS.c.connection == connection)
    _forget(tx, tenant, PROPOSAL_PEOPLE.c.person.in_(union(owner, told)))


def _forget(tx: Tx, tenant: TenantId, whose: ColumnElement[bool]) -> None:
    theirs = select(PROPOSAL_PEOPLE.c.proposal).where(PROPOSAL_PEOPLE.c.tenant == tenant, whose)
    tx.execute(delete(RECORDINGS).where(_C.tenant == tenant, _C.proposal.in_(theirs)))
