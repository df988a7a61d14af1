"""Whether much rests on how fresh somebody's calendars are: an open question, or a meeting of ours that is near."""

from datetime import datetime, timedelta

from sqlalchemy import Exists, and_, exists, or_, select

from bot.core.ids import PersonId, TenantId
from bot.core.meetings import LIVE
from bot.core.proposals import ProposalState
from bot.storage.database import Tx, seconds
from bot.storage.meetings import ATTENDANCES, MEETINGS
from bot.storage.proposals import PROPOSAL_PEOPLE, PROPOSALS

NEAR = timedelta(hours=24)


def is_hot(tx: Tx, tenant: TenantId, person: PersonId, now: datetime) -> bool:
    """Whether somebody asks for a time with them now, or they have a meeting of ours within a day."""
    return bool(tx.execute(select(or_(_asked(tenant, person), _meets(tenant, person, now)))).scalar())


def _asked(tenant: TenantId, person: PersonId) -> Exists:
    named = and_(PROPOSAL_PEOPLE.c.tenant == PROPOSALS.c.tenant, PROPOSAL_PEOPLE.c.proposal == PROPOSALS.c.id)
    return exists(
        select(PROPOSALS.c.id)
        .join(PROPOSAL_PEOPLE, named)
        .where(PROPOSAL_PEOPLE.c.tenant == tenant, PROPOSAL_PEOPLE.c.person == person)
        .where(PROPOSALS.c.state.in_((ProposalState.OPEN, ProposalState.WAITING)))
    )


def _meets(tenant: TenantId, person: PersonId, now: datetime) -> Exists:
    its = and_(ATTENDANCES.c.tenant == MEETINGS.c.tenant, ATTENDANCES.c.meeting == MEETINGS.c.id)
    return exists(
        select(MEETINGS.c.id)
        .join(ATTENDANCES, its)
        .where(ATTENDANCES.c.tenant == tenant, ATTENDANCES.c.person == person, MEETINGS.c.state.in_(LIVE))
        .where(MEETINGS.c.ends > seconds(now), MEETINGS.c.starts < seconds(now + NEAR))
    )
