"""Whether much rests on how fresh somebody's calendars are: an open question, or a meeting of ours that is near."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Exists, and_, exists, or_, select, union

from bot.core.ids import PersonId, TenantId
from bot.core.meetings import LIVE
from bot.core.proposals import ProposalState
from bot.storage import due
from bot.storage.calendars import CALENDARS
from bot.storage.database import Tx, instant, seconds
from bot.storage.meetings import ATTENDANCES, MEETINGS
from bot.storage.proposals import PROPOSAL_PEOPLE, PROPOSALS

STANDING = (ProposalState.OPEN, ProposalState.WAITING)
NEAR = timedelta(hours=24)
SOON = timedelta(minutes=1)
PART = 5
"""Within this part of a calendar's cadence it is looked at, from when somebody asks."""


def is_hot(tx: Tx, tenant: TenantId, person: PersonId, now: datetime) -> bool:
    """Whether somebody asks for a time with them now, or they have a meeting of ours within a day."""
    return bool(tx.execute(select(or_(_asked(tenant, person), _meets(tenant, person, now)))).scalar())


def hot(tx: Tx, now: datetime) -> frozenset[tuple[TenantId, PersonId]]:
    """Everybody of whom `is_hot` is true, in every workspace: what a process begins with."""
    asked = (
        select(PROPOSAL_PEOPLE.c.tenant, PROPOSAL_PEOPLE.c.person)
        .join(PROPOSALS, _named())
        .where(PROPOSALS.c.state.in_(STANDING))
    )
    meet = select(ATTENDANCES.c.tenant, ATTENDANCES.c.person).join(MEETINGS, _its()).where(*_is_near(now))
    return frozenset((TenantId(row.tenant), PersonId(row.person)) for row in tx.execute(union(asked, meet)))


def rises(tx: Tx, tenant: TenantId, people: Collection[PersonId], now: datetime) -> None:
    """Somebody asks for a time with them: what counts of theirs is looked at soon, and often from then on.

    What could not be read last time has its own patience: a wrong password that knocks often locks its owner out.
    """
    theirs = and_(CALENDARS.c.tenant == tenant, CALENDARS.c.person.in_(people), CALENDARS.c.seen_by.is_(None))
    sound = and_(CALENDARS.c.counts, CALENDARS.c.is_static.is_(False), CALENDARS.c.problem.is_(None))
    for row in tx.execute(select(CALENDARS.c.id, CALENDARS.c.read_at, CALENDARS.c.cadence).where(theirs, sound)):
        soon = max(seconds(now + SOON), (row.read_at or 0) + row.cadence // PART)
        due.mark(tx, tenant, "calendar", row.id, instant(soon))


def _asked(tenant: TenantId, person: PersonId) -> Exists:
    return exists(
        select(PROPOSALS.c.id)
        .join(PROPOSAL_PEOPLE, _named())
        .where(PROPOSAL_PEOPLE.c.tenant == tenant, PROPOSAL_PEOPLE.c.person == person)
        .where(PROPOSALS.c.state.in_(STANDING))
    )


def _meets(tenant: TenantId, person: PersonId, now: datetime) -> Exists:
    return exists(
        select(MEETINGS.c.id)
        .join(ATTENDANCES, _its())
        .where(ATTENDANCES.c.tenant == tenant, ATTENDANCES.c.person == person, *_is_near(now))
    )


def _named() -> ColumnElement[bool]:
    return and_(PROPOSAL_PEOPLE.c.tenant == PROPOSALS.c.tenant, PROPOSAL_PEOPLE.c.proposal == PROPOSALS.c.id)


def _its() -> ColumnElement[bool]:
    return and_(ATTENDANCES.c.tenant == MEETINGS.c.tenant, ATTENDANCES.c.meeting == MEETINGS.c.id)


def _is_near(now: datetime) -> tuple[ColumnElement[bool], ...]:
    near = (MEETINGS.c.ends > seconds(now), MEETINGS.c.starts < seconds(now + NEAR))
    return MEETINGS.c.state.in_(LIVE), *near
