"""Somebody is asked to connect a calendar, because a proposal waits for it: the subject of that message."""

from dataclasses import dataclass

from bot.chat.answers import Answer, Says
from bot.chat.cards import Button, Buttons, Card, Look, Press
from bot.chat.conversations.words import names, note, paragraph, quoted, told
from bot.core.ids import ProposalId, TenantId
from bot.core.people import Person
from bot.core.proposals import Proposal, ProposalState
from bot.core.text import Strong
from bot.language.wording import times
from bot.scheduling.inviting import Inviting
from bot.scheduling.sight import unconnected
from bot.storage import people, proposals
from bot.storage.database import Database

WAITING = (ProposalState.WAITING, ProposalState.OPEN)


def _all(proposal: Proposal) -> str:
    return "you both" if len(proposal.people) == 2 else "everyone"


@dataclass(frozen=True)
class InviteTalk:
    """Asks, and takes "not now" and "never ask" for answers."""

    database: Database
    inviting: Inviting

    def later(self, by: Person, press: Press) -> Answer:
        self.inviting.later(by.tenant, ProposalId(press.subject), by.id)
        return _left("All right, not now. You can connect a calendar whenever you like.")

    def never(self, by: Person, press: Press) -> Answer:
        self.inviting.never(by.tenant, ProposalId(press.subject), by.id)
        return _left("All right, I never ask you again. You can still connect a calendar whenever you like.")

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        with self.database.reading() as tx:
            proposal = proposals.proposal(tx, tenant, ProposalId(subject))
            if viewer.id not in proposal.people or viewer.id == proposal.asker:
                return None
            asker = people.person(tx, tenant, proposal.asker)
            is_connected = not unconnected(tx, tenant, (viewer.id,))
        return _card(proposal, names([asker])[asker.id], is_connected=is_connected)


def _card(proposal: Proposal, name: str, *, is_connected: bool) -> Card:
    request = proposal.request
    wanted = f"{times.length(request.length)} with you, {times.window(request.window)}"
    if is_connected:
        then = f"{name} gets times for" if proposal.state in WAITING else f"{name} was told. It was about"
        return told(paragraph(f"Thank you: your calendar is connected, and {then} {wanted}."))
    if proposal.state not in WAITING:
        return told(paragraph(f"{name} no longer waits for your calendar. It was about {wanted}."))
    about = f" It is about {quoted(request.title)}." if request.title else ""
    return told(
        paragraph(Strong(f"{name} would like to find {wanted}."), about),
        paragraph(f"Connect your calendar, and I find a time that is free for {_all(proposal)}."),
        note(f"{name} sees only which times are free for everyone, never what is in your calendar."),
        Buttons(
            (
                Button(label="Connect my calendar", does=Press("connect.link", proposal.id), look=Look.PRIMARY),
                Button(label="Not now", does=Press("connect.later", proposal.id)),
                Button(label="Never ask", does=Press("connect.never", proposal.id)),
            )
        ),
    )


def _left(words: str) -> Answer:
    again = Button(label="Connect a calendar", does=Press("connect.link"))
    return Says(card=told(paragraph(words), Buttons((again,))), replaces=True)
