"""Answer a request with times at which everyone is free, and keep the answer true until one is booked.

Nothing here calls a calendar service: it reads what was synced, so it is fast, and works while a service is down. A
calendar that does not vouch is asked to be read at once, and its reading makes us look again.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.availability.pages import PAGE
from bot.core.clock import Clock
from bot.core.errors import NotAllowed, Stale
from bot.core.events import Response
from bot.core.ids import PersonId, ProposalId, TenantId, new_id
from bot.core.intervals import Interval
from bot.core.meetings import Meeting
from bot.core.people import Person
from bot.core.proposals import Proposal, ProposalState
from bot.core.requests import Request
from bot.core.zones import local, midnight
from bot.language.wording.reasons import SAID_OF_A_TIME
from bot.scheduling.answering import answered, last_page, left_of, sight_of
from bot.scheduling.sight import sight, unconnected
from bot.storage import due, invitations, messages, people, proposals, stake
from bot.storage.database import Database, Tx

log = logging.getLogger(__name__)

WAITS = timedelta(hours=24)
"""How long a request waits for somebody to connect a calendar."""
WAITS_FOR_ASKED = timedelta(days=14)
"""And how long for somebody who was asked to; never longer than the time that it asks about."""
STANDS = timedelta(hours=48)
"""How long times stay on offer."""
AROUND = timedelta(days=7)
"""Where a meeting may move to first; twice that, if there is too little."""

KIND = "proposal"
"""The kind of its due rows and of its messages."""
INVITE = "invite"
"""The kind of the messages that ask somebody to connect a calendar, so that it need not wait."""


@dataclass(frozen=True)
class Proposing:
    """Finds the times, and looks again whenever something that they rest on has changed."""

    database: Database
    clock: Clock

    def propose(self, request: Request, asker: Person, people: Sequence[Person]) -> Proposal:
        """The answer to a request, kept: with times, or waiting for a reading or for somebody to connect."""
        now = self.clock.now()
        everyone = dict.fromkeys((asker.id, *(one.id for one in people)))
        asked = Proposal(
            id=ProposalId(new_id()),
            tenant=asker.tenant,
            asker=asker.id,
            people=tuple(everyone),
            request=request,
            state=ProposalState.OPEN,
            created_at=now,
        )
        with self.database.transaction() as tx:
            proposal = answered(tx, asked, now)
            proposals.insert(tx, proposal)
            stake.rises(tx, proposal.tenant, proposal.people, now)
            if (wake := _wake(tx, proposal)) is not None:
                due.mark(tx, proposal.tenant, KIND, proposal.id, wake)
        log.info("a request was answered", extra={"tenant": proposal.tenant, "proposal": proposal.id})
        return proposal

    def settle(self, tenant: TenantId, proposal_id: ProposalId) -> datetime | None:
        """A proposal came due: what it waited for is over, or is there. Answers when to look again."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            proposal = _looked_at(tx, proposals.proposal(tx, tenant, proposal_id), now)
            return _wake(tx, proposal)

    def look(self, tenant: TenantId, person: PersonId) -> None:
        """That person's calendars told something new: the proposals that rest on them are looked at again."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            for before in proposals.open_for(tx, tenant, person):
                after = _looked_at(tx, before, now)
                wake = _wake(tx, after)
                if wake is not None and (after.state, after.reading_until) != (before.state, before.reading_until):
                    due.mark(tx, tenant, KIND, after.id, wake)
            if not unconnected(tx, tenant, (person,)) and invitations.came(tx, tenant, person, now):
                _tell_missed(tx, tenant, person, now)

    def unseen(self, tenant: TenantId, proposal_id: ProposalId, by: PersonId) -> Proposal:
        """The asker books without seeing those calendars that do not tell: times that are free for all the others."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            before = _still(asked_by(proposals.proposal(tx, tenant, proposal_id), by))
            known = sight_of(tx, before, left_of(tx, before, now), now)
            dark = {*known.dark, *known.unseen}
            blind = tuple(one for one in before.people if one in dark and one != by)
            after = proposals.save(tx, answered(tx, replace(before, without=blind, page=0), now))
            if (wake := _wake(tx, after)) is not None:
                due.mark(tx, tenant, KIND, after.id, wake)
            redraw(tx, after, now)
            messages.changed(tx, tenant, INVITE, after.id, now)
        return after

    def more(self, tenant: TenantId, proposal_id: ProposalId, by: PersonId) -> Proposal:
        """The next page of times; the first again after the last."""
        return self._changed(tenant, proposal_id, by, lambda one: replace(one, page=_page(one, one.page + 1)))

    def back(self, tenant: TenantId, proposal_id: ProposalId, by: PersonId) -> Proposal:
        """The page of times before this one."""
        return self._changed(tenant, proposal_id, by, lambda one: replace(one, page=max(one.page - 1, 0)))

    def confirm(self, tenant: TenantId, proposal_id: ProposalId, way: str | None, by: PersonId) -> Proposal:
        """Its asker is asked whether others shall pay for that way; None: they are asked no more."""
        return self._changed(tenant, proposal_id, by, lambda one: replace(one, confirming=way))

    def dismiss(self, tenant: TenantId, proposal_id: ProposalId, by: PersonId) -> Proposal:
        """Not now: nothing of it is offered any more."""
        return self._changed(tenant, proposal_id, by, lambda one: replace(one, state=ProposalState.DISMISSED))

    def times_for_move(
        self, tenant: TenantId, meeting: Meeting, limit: int = PAGE
    ) -> tuple[tuple[Interval, ...], bool]:
        """Other times at which all who come are free, and whether every calendar vouched, so that none means none."""
        now = self.clock.now()
        coming = [one.person for one in meeting.attendances if one.response is not Response.DECLINED]
        with self.database.reading() as tx:
            everyone = [people.person(tx, tenant, one) for one in coming]
            zone = people.person(tx, tenant, meeting.organiser).zone
            day = midnight(local(meeting.when.start, zone).date(), zone)
            far = Interval(min(now, day), max(now, day) + 2 * AROUND)
            # What a company shows its organiser alone is not for the others to read; whom it was booked without, no
            # calendar tells of now either.
            known = sight(
                tx,
                tenant,
                everyone,
                far,
                meeting.when.length,
                now,
                besides=meeting.id,
                taken=(meeting.when,),
                skips_unconnected=True,
            )
        near = Interval(max(now, day), max(now, day) + AROUND)
        for within in (near, Interval(now, far.end)):
            found = known.best([within], limit)
            if len(found) == limit:
                break
        starts = [datetime.fromtimestamp(one.start, UTC) for one in found]
        return tuple(Interval(start, start + meeting.when.length) for start in starts), known.is_known

    def _changed(
        self, tenant: TenantId, proposal_id: ProposalId, by: PersonId, change: Callable[[Proposal], Proposal]
    ) -> Proposal:
        now = self.clock.now()
        with self.database.transaction() as tx:
            proposal = _still(asked_by(proposals.proposal(tx, tenant, proposal_id), by))
            saved = proposals.save(tx, change(proposal))
            redraw(tx, proposal, now)
            messages.changed(tx, tenant, INVITE, proposal_id, now)
        return saved


def asked_by(proposal: Proposal, by: PersonId) -> Proposal:
    """The proposal, for the one who asked; `NotAllowed` for anybody else."""
    if proposal.asker != by:
        raise NotAllowed("Only the person who asked for these times can do that.")
    return proposal


def _still(proposal: Proposal) -> Proposal:
    if proposal.state not in (ProposalState.OPEN, ProposalState.WAITING):
        raise Stale("Those times are no longer on offer. Please ask again.")
    return proposal


def reopen(tx: Tx, meeting: Meeting, now: datetime) -> None:
    """A meeting failed: its proposal is open again, with fresh times, but not that one before it was read anew."""
    if meeting.proposal is None:
        return
    proposal = proposals.proposal(tx, meeting.tenant, meeting.proposal)
    if proposal.state is not ProposalState.BOOKED or proposal.meeting != meeting.id:
        return
    again = replace(proposal, meeting=None, failed=meeting.id, page=0)
    fresh = answered(tx, again, now, taken=(meeting.when,))
    proposals.save(tx, fresh)
    due.mark(tx, meeting.tenant, KIND, proposal.id, _wake(tx, fresh) or now)
    redraw(tx, fresh, now)


def was_asked(tx: Tx, proposal: Proposal, person: PersonId) -> bool:
    """Whether that person was asked to connect a calendar on behalf of this very proposal."""
    return messages.shown(tx, proposal.tenant, messages.id_of(INVITE, proposal.id, person)) is not None


def redraw(tx: Tx, proposal: Proposal, now: datetime) -> None:
    """Whoever sees its times sees them as they are: in its own message, and in that of a meeting that failed."""
    messages.changed(tx, proposal.tenant, KIND, proposal.id, now)
    if proposal.failed is not None:
        messages.changed(tx, proposal.tenant, "meeting", proposal.failed, now)


def _looked_at(tx: Tx, before: Proposal, now: datetime) -> Proposal:
    """The proposal as it is now, saved and its message due if anybody can see a difference."""
    if before.state not in (ProposalState.OPEN, ProposalState.WAITING):
        return before
    after = answered(tx, before, now)
    if before.state is ProposalState.WAITING and after.state is ProposalState.OPEN:
        after = replace(after, opened_at=now)
    if _end(tx, after) <= now:
        after = replace(after, state=ProposalState.EXPIRED, slots=(), reading_until=None)
    if after == before:
        return before
    saved = proposals.save(tx, after)
    if after.waiting_for != before.waiting_for or after.state is not before.state:
        messages.changed(tx, after.tenant, INVITE, after.id, now)
    has_waited = before.state is ProposalState.WAITING and after.state is not ProposalState.WAITING
    arrived = [one for one in before.waiting_for if one not in after.waiting_for]
    if has_waited or any(was_asked(tx, before, one) for one in arrived):
        # The one who asked left long ago: what became of it is told in their DM, and rings if there are times.
        ring = after.state is ProposalState.OPEN
        messages.show(tx, after.tenant, kind=KIND, subject=after.id, person=after.asker, now=now, ring=ring)
    elif _seen(after) != _seen(before):
        redraw(tx, after, now)
    return saved


def _seen(proposal: Proposal) -> tuple[object, ...]:
    """What its card shows of it, but for the age of the readings, which nobody needs an edit for."""
    start = proposal.page * PAGE
    vouching = tuple((one.calendar, one.vouching) for one in proposal.basis)
    times = tuple(
        (one.when, tuple(it for it in one.points if it.why in SAID_OF_A_TIME))
        for one in proposal.slots[start : start + PAGE]
    )
    shown = (times, proposal.page, last_page(proposal), proposal.ways, proposal.is_beside, proposal.confirming)
    people_missing = (proposal.waiting_for, proposal.unseen)
    return (proposal.state, *people_missing, proposal.reading_until, vouching, *shown)


def _wake(tx: Tx, proposal: Proposal) -> datetime | None:
    """When it must be looked at although nothing happened; None once it is settled."""
    if proposal.state not in (ProposalState.OPEN, ProposalState.WAITING):
        return None
    end = _end(tx, proposal)
    return end if proposal.reading_until is None else min(end, proposal.reading_until)


def _end(tx: Tx, proposal: Proposal) -> datetime:
    """When it expires: its patience is over, or all the time that it asked for has passed."""
    if proposal.state is ProposalState.WAITING:
        patience = proposal.created_at + _waits(tx, proposal)
    else:
        patience = (proposal.opened_at or proposal.created_at) + STANDS
    return min([patience, *(window.end for window in left_of(tx, proposal, proposal.created_at)[-1:])])


def _waits(tx: Tx, proposal: Proposal) -> timedelta:
    """How long it waits for calendars: longer once somebody who was asked may connect one at any time."""
    told = [invitations.of(tx, proposal.tenant, one) for one in proposal.waiting_for if one != proposal.asker]
    is_asked = any(one.asked_at is not None and one.came_at is None and not one.is_unwanted for one in told)
    return WAITS_FOR_ASKED if is_asked and proposal.asker not in proposal.waiting_for else WAITS


def _tell_missed(tx: Tx, tenant: TenantId, person: PersonId, now: datetime) -> None:
    """Who asked for a time that is past by now hears that the calendar which was missing is there."""
    newest = {one.asker: one for one in proposals.missed_for(tx, tenant, person, now - WAITS_FOR_ASKED)}
    for missed in newest.values():
        messages.show(tx, tenant, kind=KIND, subject=missed.id, person=missed.asker, now=now, ring=True)
        messages.changed(tx, tenant, INVITE, missed.id, now)


def _page(proposal: Proposal, page: int) -> int:
    return page if page <= last_page(proposal) else 0
