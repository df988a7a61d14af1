"""Something else wrote a meeting of ours, too: its organiser says which one should write."""

from dataclasses import dataclass
from typing import assert_never

from bot.chat.answers import Answer, Shows
from bot.chat.cards import Button, Buttons, Card, Look, Press
from bot.chat.conversations import agreed
from bot.chat.conversations.agreed import Scene
from bot.chat.conversations.words import note, paragraph, told
from bot.conflicts.rivals import KIND, Rivals
from bot.core.clock import Clock
from bot.core.ids import MeetingId, TenantId
from bot.core.meetings import LIVE
from bot.core.people import Person
from bot.core.rivals import RivalState
from bot.core.text import Strong
from bot.scheduling.change import Changing
from bot.storage import meetings, rivals
from bot.storage.database import Database


@dataclass(frozen=True)
class RivalTalk:
    """Asks the organiser once, and does as they say."""

    database: Database
    clock: Clock
    rivals: Rivals
    changing: Changing

    def ours(self, by: Person, press: Press) -> Answer:
        self.rivals.ours(by.tenant, MeetingId(press.subject), by.id)
        return Shows(kind=KIND, subject=press.subject)

    def theirs(self, by: Person, press: Press) -> Answer:
        self.changing.hand_over(by.tenant, MeetingId(press.subject), by.id)
        return Shows(kind=KIND, subject=press.subject)

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        with self.database.reading() as tx:
            meeting = meetings.meeting(tx, tenant, MeetingId(subject))
            rival = rivals.of_meeting(tx, tenant, meeting.id)
            if rival is None or viewer.id != meeting.organiser:
                return None
            shown = agreed.scene(tx, meeting, viewer, self.clock.now())
        return _card(shown, rival.state)


def _card(shown: Scene, state: RivalState) -> Card:
    what = f"{shown.title}, {shown.when()}, with {shown.who}"
    match state:
        case RivalState.THEIRS:
            return told(paragraph(f"The other event is the meeting now: {what}. I take my copies off every calendar."))
        case RivalState.GONE:
            return told(paragraph(f"Only one event is left: {what}. Nothing to do."))
        case _ if shown.meeting.state not in LIVE or shown.is_over:
            return told(paragraph(f"Nothing to do any more: {what}, is over or was taken back."))
        case RivalState.OURS:
            return told(paragraph(f"Overlap writes {what}. Please delete the other event in your calendar."))
        case RivalState.OPEN:
            return _asked(shown, what)
        case _:
            assert_never(state)


def _asked(shown: Scene, what: str) -> Card:
    ours = Button(label="Overlap writes", does=Press("rival.ours", shown.meeting.id), look=Look.PRIMARY)
    theirs = Button(label="The other one", does=Press("rival.theirs", shown.meeting.id))
    return told(
        paragraph(Strong("Something else also wrote this meeting:"), f" {what}."),
        paragraph(
            "A second event stands at the same time in the calendars of the same people. Which one should write?"
        ),
        note("If Overlap writes, the other event is yours to delete. If the other one does, I remove my copies."),
        Buttons((ours, theirs)),
        until=shown.until,
    )
