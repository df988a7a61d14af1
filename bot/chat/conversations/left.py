"""Somebody left the workspace, and meetings with others are theirs: the others are told once, in one message."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.cards import Card
from bot.chat.conversations.words import (
    LONGEST_NAME,
    first_name,
    listed,
    note,
    paragraph,
    platform,
    quoted,
    shorn,
    told,
)
from bot.core.clock import Clock
from bot.core.errors import InvalidInput
from bot.core.events import Response
from bot.core.ids import PersonId, TenantId
from bot.core.meetings import LIVE, Meeting
from bot.core.people import Person, Standing
from bot.core.text import Strong
from bot.language.wording import times
from bot.storage import meetings, people
from bot.storage.database import Database

MOST_NAMED = 10


@dataclass(frozen=True)
class LeftTalk:
    """Tells somebody which of their meetings have lost their organiser."""

    database: Database
    clock: Clock

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        now = self.clock.now()
        with self.database.reading() as tx:
            gone = people.person(tx, tenant, PersonId(subject))
            coming = meetings.of_person(tx, tenant, viewer.id, now, LIVE)
        theirs = [one for one in coming if one.organiser == gone.id and _comes(one, viewer.id)]
        if viewer.id == gone.id:
            return None
        name = shorn(gone.name, LONGEST_NAME)
        if gone.standing is not Standing.DEACTIVATED:
            return told(paragraph(f"{name} is back in {platform(viewer)}: their meetings stand as they did."))
        return _card(name, theirs, viewer)


def here(others: Sequence[Person], by: Person) -> Sequence[Person]:
    """The same people, or `InvalidInput` where one of them left, whom nobody can be offered a time with."""
    gone = [first_name(one) for one in others if one.standing is Standing.DEACTIVATED]
    if gone:
        raise InvalidInput(f"{listed(gone)} left {platform(by)}. Please ask again without them.")
    return others


def _comes(meeting: Meeting, viewer: PersonId) -> bool:
    mine = meeting.attendance(viewer)
    return mine is not None and mine.response is not Response.DECLINED


def _card(name: str, theirs: Sequence[Meeting], viewer: Person) -> Card:
    head = Strong(f"{name} has left {platform(viewer)}.")
    if not theirs:
        return told(paragraph(head, " No meeting of theirs with you is still to come."))
    named = [f"\n• {quoted(one.title)}, {times.stretch(one.when, viewer.zone)}" for one in theirs[:MOST_NAMED]]
    if len(theirs) > MOST_NAMED:
        named.append(f"\n• and {len(theirs) - MOST_NAMED} more")
    is_one = len(theirs) == 1
    which = "This meeting with you is theirs" if is_one else "These meetings with you are theirs"
    it, its = ("it", "its") if is_one else ("them", "their")
    return told(
        paragraph(head, f" {which}, and nobody else can move or cancel {it}:", *named),
        paragraph(f"If you no longer meet, decline in {its} own message here, and it leaves your calendar."),
        note("Whoever else comes is told the same."),
        line=f"{name} has left {platform(viewer)}.",
    )
