"""What is offered, and to whom: proposals, each with the people whose calendars it rests on."""

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Row, Table, Text, func, select, update

from bot.core.errors import NotFound, Stale
from bot.core.ids import CalendarId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.proposals import Basis, Origin, Proposal, ProposalState, Vouching
from bot.core.requests import Named, Request, Source, Window
from bot.storage import offers
from bot.storage.database import METADATA, Tx, instant, instant_if_any, seconds

PROPOSALS = Table(
    "proposal",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("asker", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("request", Text, nullable=False),
    Column("slots", Text, nullable=False),
    Column("ways", Text, nullable=False),
    Column("is_beside", Boolean, nullable=False, default=False),
    Column("confirming", Text),
    Column("page", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    Column("waiting_for", Text, nullable=False),
    Column("without", Text, nullable=False),
    Column("unseen", Text, nullable=False),
    Column("opened_at", BigInteger),
    Column("reading_until", BigInteger),
    Column("meeting", Text),
    Column("failed", Text),
    Column("version", Integer, nullable=False),
)

PROPOSAL_PEOPLE = Table(
    "proposal_person",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("proposal", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Index("proposal_person_by_person", "tenant", "person"),
)


def insert(tx: Tx, proposal: Proposal) -> None:
    """A new proposal; who takes part never changes."""
    tx.execute(PROPOSALS.insert().values(_columns(proposal)))
    tx.execute(
        PROPOSAL_PEOPLE.insert(),
        [
            {"tenant": proposal.tenant, "proposal": proposal.id, "person": person, "position": position}
            for position, person in enumerate(proposal.people)
        ],
    )


def save(tx: Tx, proposal: Proposal) -> Proposal:
    """The proposal as it is now, one version on; `Stale` if it changed since it was read."""
    newer = replace(proposal, version=proposal.version + 1)
    changed = tx.execute(
        update(PROPOSALS)
        .where(
            PROPOSALS.c.tenant == proposal.tenant,
            PROPOSALS.c.id == proposal.id,
            PROPOSALS.c.version == proposal.version,
        )
        .values(_columns(newer))
    )
    if changed.rowcount == 0:
        raise Stale("Those times changed meanwhile. Please look again.")
    return newer


def proposal(tx: Tx, tenant: TenantId, proposal_id: ProposalId) -> Proposal:
    """The proposal with that id; `NotFound` where none is."""
    row = tx.execute(select(PROPOSALS).where(PROPOSALS.c.tenant == tenant, PROPOSALS.c.id == proposal_id)).one_or_none()
    if row is None:
        raise NotFound("Those times are no longer on offer. Please ask again.")
    return _whole(tx, row)


def open_for(tx: Tx, tenant: TenantId, person: PersonId) -> list[Proposal]:
    """The open and waiting proposals of or with that person, the oldest first."""
    rows = tx.execute(
        select(PROPOSALS)
        .join(
            PROPOSAL_PEOPLE,
            (PROPOSAL_PEOPLE.c.tenant == PROPOSALS.c.tenant) & (PROPOSAL_PEOPLE.c.proposal == PROPOSALS.c.id),
        )
        .where(
            PROPOSALS.c.tenant == tenant,
            PROPOSAL_PEOPLE.c.person == person,
            PROPOSALS.c.state.in_((ProposalState.OPEN, ProposalState.WAITING)),
        )
        .order_by(PROPOSALS.c.created_at, PROPOSALS.c.id)
    ).all()
    return [_whole(tx, row) for row in rows]


def last(tx: Tx, tenant: TenantId, asker: PersonId) -> Proposal | None:
    """What that person asked for last, whatever became of it; None where they never asked."""
    theirs = (PROPOSALS.c.tenant == tenant, PROPOSALS.c.asker == asker)
    newest = select(PROPOSALS).where(*theirs).order_by(PROPOSALS.c.created_at.desc(), PROPOSALS.c.id.desc()).limit(1)
    row = tx.execute(newest).one_or_none()
    return None if row is None else _whole(tx, row)


def missed_for(tx: Tx, tenant: TenantId, person: PersonId, since: datetime) -> list[Proposal]:
    """What was asked after `since` and let go because no calendar of that person told, the oldest first."""
    rows = tx.execute(
        select(PROPOSALS)
        .join(
            PROPOSAL_PEOPLE,
            (PROPOSAL_PEOPLE.c.tenant == PROPOSALS.c.tenant) & (PROPOSAL_PEOPLE.c.proposal == PROPOSALS.c.id),
        )
        .where(
            PROPOSALS.c.tenant == tenant,
            PROPOSAL_PEOPLE.c.person == person,
            PROPOSALS.c.state == ProposalState.EXPIRED,
            PROPOSALS.c.created_at > seconds(since),
        )
        .order_by(PROPOSALS.c.created_at, PROPOSALS.c.id)
    ).all()
    return [one for one in (_whole(tx, row) for row in rows) if person in one.waiting_for]


def asked_between(tx: Tx, tenant: TenantId, asker: PersonId, person: PersonId) -> tuple[bool, datetime | None]:
    """Whether that asker has a proposal with that person open, and when the last of all of them was made."""
    with_them = (PROPOSAL_PEOPLE.c.tenant == PROPOSALS.c.tenant) & (PROPOSAL_PEOPLE.c.proposal == PROPOSALS.c.id)
    rows = tx.execute(
        select(PROPOSALS.c.state, func.max(PROPOSALS.c.created_at).label("at"))
        .join(PROPOSAL_PEOPLE, with_them)
        .where(PROPOSALS.c.tenant == tenant, PROPOSALS.c.asker == asker, PROPOSAL_PEOPLE.c.person == person)
        .group_by(PROPOSALS.c.state)
    ).all()
    is_open = any(row.state in (ProposalState.OPEN, ProposalState.WAITING) for row in rows)
    return is_open, max((instant(row.at) for row in rows), default=None)


def _columns(proposal: Proposal) -> dict[str, Any]:
    return {
        "tenant": proposal.tenant,
        "id": proposal.id,
        "asker": proposal.asker,
        "state": proposal.state,
        "created_at": seconds(proposal.created_at),
        "request": json.dumps(_kept_request(proposal.request)),
        "slots": offers.slots_kept(proposal.slots),
        "ways": offers.ways_kept(proposal.ways),
        "is_beside": proposal.is_beside,
        "confirming": proposal.confirming,
        "page": proposal.page,
        "basis": json.dumps([_kept_basis(one) for one in proposal.basis]),
        "waiting_for": json.dumps(proposal.waiting_for),
        "without": json.dumps(proposal.without),
        "unseen": json.dumps(proposal.unseen),
        "opened_at": None if proposal.opened_at is None else seconds(proposal.opened_at),
        "reading_until": None if proposal.reading_until is None else seconds(proposal.reading_until),
        "meeting": proposal.meeting,
        "failed": proposal.failed,
        "version": proposal.version,
    }


def _whole(tx: Tx, row: Row[Any]) -> Proposal:
    people = tx.execute(
        select(PROPOSAL_PEOPLE.c.person)
        .where(PROPOSAL_PEOPLE.c.tenant == row.tenant, PROPOSAL_PEOPLE.c.proposal == row.id)
        .order_by(PROPOSAL_PEOPLE.c.position)
    ).scalars()
    return Proposal(
        id=ProposalId(row.id),
        tenant=TenantId(row.tenant),
        asker=PersonId(row.asker),
        people=tuple(PersonId(person) for person in people),
        request=_request(json.loads(row.request)),
        state=ProposalState(row.state),
        created_at=instant(row.created_at),
        slots=offers.slots_read(row.slots),
        ways=offers.ways_read(row.ways),
        is_beside=row.is_beside,
        confirming=row.confirming,
        page=row.page,
        basis=tuple(_basis(one) for one in json.loads(row.basis)),
        waiting_for=tuple(PersonId(person) for person in json.loads(row.waiting_for)),
        without=tuple(PersonId(person) for person in json.loads(row.without)),
        unseen=tuple(PersonId(person) for person in json.loads(row.unseen)),
        opened_at=instant_if_any(row.opened_at),
        reading_until=instant_if_any(row.reading_until),
        meeting=None if row.meeting is None else MeetingId(row.meeting),
        failed=None if row.failed is None else MeetingId(row.failed),
        version=row.version,
    )


def _kept_request(request: Request) -> dict[str, Any]:
    return {
        "people": [(named.source, named.value, named.shown) for named in request.people],
        "length": int(request.length.total_seconds()),
        "first": request.window.first.isoformat(),
        "last": request.window.last.isoformat(),
        "from": request.window.from_time.isoformat(),
        "to": request.window.to_time.isoformat(),
        "when": request.when_words,
        "title": request.title,
    }


def _request(kept: dict[str, Any]) -> Request:
    return Request(
        people=tuple(Named(Source(source), value, shown) for source, value, shown in kept["people"]),
        length=timedelta(seconds=kept["length"]),
        window=Window(
            first=date.fromisoformat(kept["first"]),
            last=date.fromisoformat(kept["last"]),
            from_time=time.fromisoformat(kept["from"]),
            to_time=time.fromisoformat(kept["to"]),
        ),
        when_words=kept["when"],
        title=kept["title"],
    )


def _kept_basis(one: Basis) -> tuple[str, str, str, int | None, str, str]:
    read_at = None if one.read_at is None else seconds(one.read_at)
    return (one.person, one.calendar, one.name, read_at, one.vouching, one.origin)


def _basis(kept: tuple[str, str, str, int | None, str, str]) -> Basis:
    person, calendar, name, read_at, vouching, origin = kept
    return Basis(
        person=PersonId(person),
        calendar=CalendarId(calendar),
        name=name,
        read_at=None if read_at is None else instant(read_at),
        vouching=Vouching(vouching),
        origin=Origin(origin),
    )
