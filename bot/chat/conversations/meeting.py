"""A meeting: its message to each of its people, and what they press there."""

from dataclasses import dataclass

from bot.chat.answers import Answer, Shows
from bot.chat.cards import Card, Press
from bot.chat.conversations import agreed, attended, organised
from bot.chat.conversations.left import here
from bot.chat.conversations.words import everyone, first_name, platform
from bot.core.clock import Clock
from bot.core.errors import InvalidInput, NotAllowed, NotFound
from bot.core.events import Response
from bot.core.ids import MeetingId, TenantId
from bot.core.meetings import Meeting, MeetingState
from bot.core.people import Person, Standing
from bot.core.proposals import Proposal
from bot.scheduling.ask import Asking
from bot.scheduling.change import Changing
from bot.scheduling.propose import Proposing
from bot.storage import meetings, people, proposals
from bot.storage.database import Database, Tx

KIND = "meeting"


@dataclass(frozen=True)
class MeetingTalk:
    """Takes a meeting back for its organiser, and takes the answers of the others."""

    database: Database
    clock: Clock
    changing: Changing
    asking: Asking
    proposing: Proposing

    def undo(self, by: Person, press: Press) -> Answer:
        self.changing.undo(by.tenant, MeetingId(press.subject), by.id)
        return Shows(kind=KIND, subject=press.subject)

    def accept(self, by: Person, press: Press) -> Answer:
        return self._respond(by, press, Response.ACCEPTED)

    def tentative(self, by: Person, press: Press) -> Answer:
        return self._respond(by, press, Response.TENTATIVE)

    def decline(self, by: Person, press: Press) -> Answer:
        return self._respond(by, press, Response.DECLINED)

    def suggest(self, by: Person, press: Press) -> Answer:
        """Times to choose from, in a message of their own."""
        with self.database.reading() as tx:
            meeting = meetings.meeting(tx, by.tenant, MeetingId(press.subject))
            organiser = people.person(tx, by.tenant, meeting.organiser)
        if organiser.standing is Standing.DEACTIVATED:
            who = first_name(organiser)
            raise InvalidInput(f"{who}, whose meeting this is, left {platform(by)}: nobody can move it here any more.")
        ask = self.asking.open(by.tenant, meeting.id, by.id)
        return Shows(kind="ask", subject=ask.id)

    def again(self, by: Person, press: Press) -> Answer:
        """It was not booked: the request that it came from once more."""
        with self.database.reading() as tx:
            meeting = self._organised(meetings.meeting(tx, by.tenant, MeetingId(press.subject)), by)
            assert meeting.proposal is not None
            request = proposals.proposal(tx, by.tenant, meeting.proposal).request
            others = [one for one in everyone(tx, by.tenant, meeting.people).values() if one.id != by.id]
        return Shows(kind="proposal", subject=self.proposing.propose(request, by, here(others, by)).id)

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        with self.database.reading() as tx:
            meeting = meetings.meeting(tx, tenant, MeetingId(subject))
            shown = agreed.scene(tx, meeting, viewer, self.clock.now())
            if viewer.id != meeting.organiser:
                return attended.card(shown)
            return organised.card(shown, _proposal(tx, meeting) if meeting.state is MeetingState.FAILED else None)

    def _respond(self, by: Person, press: Press, response: Response) -> Answer:
        self.changing.respond(by.tenant, MeetingId(press.subject), by.id, response)
        return Shows(kind=KIND, subject=press.subject)

    def _organised(self, meeting: Meeting, by: Person) -> Meeting:
        if meeting.organiser != by.id:
            raise NotAllowed("Only the meeting's organiser can look for other times.")
        return meeting


def _proposal(tx: Tx, meeting: Meeting) -> Proposal | None:
    """What it was booked of, as that stands now."""
    if meeting.proposal is None:
        return None
    try:
        return proposals.proposal(tx, meeting.tenant, meeting.proposal)
    except NotFound:
        return None
