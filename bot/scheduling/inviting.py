"""Ask somebody to connect a calendar: by one message, at most one a person in fourteen days over all who would ask."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.clock import Clock
from bot.core.ids import PersonId, ProposalId, TenantId
from bot.core.proposals import Proposal
from bot.scheduling.propose import INVITE, KIND, asked_by
from bot.storage import due, invitations, messages, proposals
from bot.storage.database import Database
from bot.storage.invitations import Invitation

AGAIN = timedelta(days=14)


def may_be_asked(told: Invitation, now: datetime) -> bool:
    """Whether nobody asked them lately, and they did not say that nobody is to."""
    return not told.is_unwanted and (told.asked_at is None or told.came_at is not None or told.asked_at + AGAIN <= now)


@dataclass(frozen=True)
class Inviting:
    """Asks on behalf of whoever waits for a calendar, and takes "not now" and "never" for an answer."""

    database: Database
    clock: Clock

    def ask(self, tenant: TenantId, proposal_id: ProposalId, person: PersonId, by: PersonId) -> Proposal:
        """That person is asked, unless somebody did lately; pressed twice, they are told once."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            proposal = asked_by(proposals.proposal(tx, tenant, proposal_id), by)
            told = invitations.of(tx, tenant, person)
            if person in proposal.waiting_for and person != by and may_be_asked(told, now):
                invitations.ask(tx, tenant, person, by, now)
                messages.show(tx, tenant, kind=INVITE, subject=proposal.id, person=person, now=now, ring=False)
                due.mark(tx, tenant, KIND, proposal.id, now)  # it may wait longer from now on
            messages.changed(tx, tenant, KIND, proposal.id, now)
        return proposal

    def later(self, tenant: TenantId, proposal_id: ProposalId, person: PersonId) -> None:
        """Not now: nothing more is shown of it to them."""
        with self.database.transaction() as tx:
            messages.drop(tx, tenant, INVITE, proposal_id, person)

    def never(self, tenant: TenantId, proposal_id: ProposalId, person: PersonId) -> None:
        """They are not asked again, by anybody; who waits for them sees that they do not want to be."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            invitations.unwanted(tx, tenant, person)
            messages.drop(tx, tenant, INVITE, proposal_id, person)
            for waiting in proposals.open_for(tx, tenant, person):
                messages.changed(tx, tenant, KIND, waiting.id, now)
