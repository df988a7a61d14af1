"""Somebody is asked to connect a calendar, because a proposal waits for it: the subject of that message."""

from dataclasses import dataclass

from bot.chat.answers import Answer, Says
from bot.chat.cards import Button, Buttons, Card, Look, Press
from bot.chat.conversations.words import names, note, paragraph, told
from bot.core.ids import ProposalId, TenantId
from bot.core.people import Person
from bot.core.proposals import Proposal, ProposalState
from bot.core.text import Strong
from bot.language.wording import times
from bot.scheduling.propose import INVITE
from bot.storage import messages, people, proposals
from bot.storage.database import Database


def _all(proposal: Proposal) -> str:
    return "you both" if len(proposal.people) == 2 else "everyone"


@dataclass(frozen=True)
class InviteTalk:
    """Asks, and takes "not now" for an answer."""

    database: Database

    def later(self, by: Person, press: Press) -> Answer:
        with self.database.transaction() as tx:
            messages.drop(tx, by.tenant, INVITE, press.subject, by.id)
        words = "All right, not now. You can connect a calendar whenever you like."
        again = Button(label="Connect a calendar", does=Press("connect.link"))
        return Says(card=told(paragraph(words), Buttons((again,))), replaces=True)

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        with self.database.reading() as tx:
            proposal = proposals.proposal(tx, tenant, ProposalId(subject))
            if viewer.id not in proposal.people or viewer.id == proposal.asker:
                return None
            asker = people.person(tx, tenant, proposal.asker)
        name = names([asker])[asker.id]
        request = proposal.request
        wanted = f"{times.length(request.length)} with you, {times.window(request.window)}"
        if viewer.id not in proposal.waiting_for:
            return told(paragraph(f"Thank you: your calendar is connected, and {name} gets times for {wanted}."))
        if proposal.state is not ProposalState.WAITING:
            return told(paragraph(f"{name} no longer waits for your calendar. It was about {wanted}."))
        return told(
            paragraph(Strong(f"{name} would like to find {wanted}.")),
            paragraph(f"Connect your calendar, and I find a time that is free for {_all(proposal)}."),
            note(f"{name} sees only which times are free for everyone, never what is in your calendar."),
            Buttons(
                (
                    Button(label="Connect my calendar", does=Press("connect.link", proposal.id), look=Look.PRIMARY),
                    Button(label="Not now", does=Press("connect.later", proposal.id)),
                )
            ),
        )
