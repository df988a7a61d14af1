"""A proposal: what is asked, and the presses on what is offered."""

from dataclasses import dataclass

from bot.chat.answers import Answer, Says, Shows
from bot.chat.cards import Card, Press
from bot.chat.conversations import offer, strangers
from bot.chat.conversations.left import here
from bot.chat.conversations.words import everyone, names
from bot.core.clock import Clock
from bot.core.errors import NotAllowed
from bot.core.ids import MeetingId, PersonId, ProposalId, TenantId
from bot.core.people import Person
from bot.core.proposals import Proposal
from bot.core.requests import Request
from bot.people.who import Who
from bot.scheduling.book import Booking
from bot.scheduling.inviting import Inviting
from bot.scheduling.propose import KIND, Proposing
from bot.storage import meetings, people, proposals
from bot.storage.database import Database


@dataclass(frozen=True)
class ProposalTalk:
    """Asks for times, and does what is pressed on them."""

    database: Database
    clock: Clock
    who: Who
    proposing: Proposing
    booking: Booking
    inviting: Inviting

    def ask(self, asker: Person, request: Request) -> Answer:
        """A request was typed: the times, or what is wrong with the people it names."""
        found = self.who.people(asker, request.people)
        if found.problems:
            return Says(card=strangers.card(asker, request, found))
        return Shows(kind=KIND, subject=self.proposing.propose(request, asker, found.people).id)

    def book(self, by: Person, press: Press) -> Answer:
        proposal = self.own(by, press.subject)
        self.booking.book(by.tenant, proposal.id, press.choice, by.id)
        return Shows(kind=KIND, subject=proposal.id)

    def anyway(self, by: Person, press: Press) -> Answer:
        """A time that does not fit as it was asked for: booked at once where it costs nobody else, else confirmed."""
        proposal = self.own(by, press.subject)
        way = proposal.way(press.choice)
        if way is not None and any(one != by.id for one in way.relaxation.payers):
            self.proposing.confirm(by.tenant, proposal.id, way.id, by.id)
        else:
            self.booking.book(by.tenant, proposal.id, press.choice, by.id)
        return Shows(kind=KIND, subject=proposal.id)

    def agreed(self, by: Person, press: Press) -> Answer:
        """Its asker knows who pays what, and wants it."""
        return self.book(by, press)

    def unsure(self, by: Person, press: Press) -> Answer:
        """Back from the question to the choices."""
        proposal = self.own(by, press.subject)
        return Shows(kind=KIND, subject=self.proposing.confirm(by.tenant, proposal.id, None, by.id).id)

    def instead(self, by: Person, press: Press) -> Answer:
        """Another time in the place of one that could not be booked: the press names the meeting that failed."""
        with self.database.reading() as tx:
            meeting = meetings.meeting(tx, by.tenant, MeetingId(press.subject))
        self.booking.book(by.tenant, self.own(by, meeting.proposal or "").id, press.choice, by.id)
        return Shows(kind="meeting", subject=meeting.id)

    def more(self, by: Person, press: Press) -> Answer:
        return Shows(kind=KIND, subject=self.proposing.more(by.tenant, self.own(by, press.subject).id, by.id).id)

    def back(self, by: Person, press: Press) -> Answer:
        return Shows(kind=KIND, subject=self.proposing.back(by.tenant, self.own(by, press.subject).id, by.id).id)

    def dismiss(self, by: Person, press: Press) -> Answer:
        return Shows(kind=KIND, subject=self.proposing.dismiss(by.tenant, self.own(by, press.subject).id, by.id).id)

    def again(self, by: Person, press: Press) -> Answer:
        """The same request once more, with the times of now."""
        before = self.own(by, press.subject)
        with self.database.reading() as tx:
            others = [one for one in everyone(tx, by.tenant, before.people).values() if one.id != by.id]
        return Shows(kind=KIND, subject=self.proposing.propose(before.request, by, here(others, by)).id)

    def invite(self, by: Person, press: Press) -> Answer:
        """Ask somebody to connect a calendar; pressed twice, they are told once."""
        proposal = self.own(by, press.subject)
        self.inviting.ask(by.tenant, proposal.id, PersonId(press.choice), by.id)
        return Shows(kind=KIND, subject=proposal.id)

    def unseen(self, by: Person, press: Press) -> Answer:
        """Times that are free for all whose calendars tell; the others are not checked."""
        return Shows(kind=KIND, subject=self.proposing.unseen(by.tenant, self.own(by, press.subject).id, by.id).id)

    def own(self, by: Person, subject: str) -> Proposal:
        """The proposal, for the one who asked; anybody else is told whose it is."""
        with self.database.reading() as tx:
            proposal = proposals.proposal(tx, by.tenant, ProposalId(subject))
            asker = people.person(tx, by.tenant, proposal.asker)
        if asker.id != by.id:
            name = names([asker])[asker.id]
            raise NotAllowed(f"Only {name}, who asked for these times, can choose here. Nothing was done.")
        return proposal

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        with self.database.reading() as tx:
            proposal = proposals.proposal(tx, tenant, ProposalId(subject))
            if viewer.id != proposal.asker:
                return None
            return offer.card(tx, offer.scene(tx, proposal, viewer, self.clock.now()))
