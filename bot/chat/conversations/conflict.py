"""A conflict: one person is told, and nobody else, that something now overlaps a meeting of theirs.

The title of the other event is theirs: it is read live for this message and stands in no row and no log.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.chat.answers import Answer, Shows
from bot.chat.cards import Block, Button, Buttons, Card, Press
from bot.chat.conversations import agreed, slots
from bot.chat.conversations.agreed import Scene
from bot.chat.conversations.words import note, paragraph, quoted, told
from bot.conflicts.watch import Watching
from bot.core.clock import Clock
from bot.core.conflicts import Conflict, ConflictState
from bot.core.errors import InvalidInput, NotAllowed
from bot.core.ids import CalendarId, ConflictId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import LIVE
from bot.core.people import Person
from bot.core.text import Strong
from bot.language.wording import times
from bot.scheduling.ask import Asking
from bot.scheduling.change import Changing
from bot.storage import asks, conflicts, meetings
from bot.storage.database import Database

KIND = "conflict"

OwnTitle = Callable[[TenantId, CalendarId, str, datetime], str | None]
"""The title of one event (by UID and original start) in a calendar of the viewer's own, read now; None if it cannot."""


@dataclass(frozen=True)
class ConflictTalk:
    """Tells of a conflict, and moves the meeting out of it, asks for that, or leaves it."""

    database: Database
    clock: Clock
    changing: Changing
    asking: Asking
    watching: Watching
    own_title: OwnTitle

    def move(self, by: Person, press: Press) -> Answer:
        """The organiser moves the meeting to one of the times on offer."""
        conflict, to = self._choice(by, press)
        self.changing.move(by.tenant, conflict.meeting, to, by.id)
        return Shows(kind=KIND, subject=conflict.id)

    def ask(self, by: Person, press: Press) -> Answer:
        """A participant asks the organiser for one of the times on offer."""
        conflict, to = self._choice(by, press)
        self.asking.ask(by.tenant, conflict.meeting, by.id, to)
        return Shows(kind=KIND, subject=conflict.id)

    def keep(self, by: Person, press: Press) -> Answer:
        self.watching.keep(by.tenant, ConflictId(press.subject), by.id)
        return Shows(kind=KIND, subject=press.subject)

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        return self._view(tenant, subject, viewer, self.own_title)

    def view_in_call(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        """From rows alone: the title, which only a calendar knows, comes with the edit that follows."""
        return self._view(tenant, subject, viewer, _no_title)

    def _view(self, tenant: TenantId, subject: str, viewer: Person, own_title: OwnTitle) -> Card | None:
        with self.database.reading() as tx:
            conflict = conflicts.conflict(tx, tenant, ConflictId(subject))
            if viewer.id != conflict.person:
                return None
            meeting = meetings.meeting(tx, tenant, conflict.meeting)
            shown = agreed.scene(tx, meeting, viewer, self.clock.now())
            asked = [one for one in asks.open_of_meeting(tx, tenant, meeting.id) if one.by == viewer.id and one.wanted]
        if conflict.state is not ConflictState.OPEN:
            return _closed(conflict, shown)
        if meeting.moving_to is not None:
            return _moving(shown)
        if asked:
            return _open(conflict, shown, "another event in your calendar", asked[0].wanted)
        title = own_title(tenant, conflict.calendar, conflict.uid, conflict.starts)
        return _open(
            conflict, shown, f"your event {quoted(title)}" if title else "another event in your calendar", None
        )

    def _choice(self, by: Person, press: Press) -> tuple[Conflict, Interval]:
        with self.database.reading() as tx:
            conflict = conflicts.conflict(tx, by.tenant, ConflictId(press.subject))
        if conflict.person != by.id:
            raise NotAllowed("That is not a clash of yours. Nothing was done.")
        to = slots.named(press.choice, conflict.slots)
        if to is None:
            raise InvalidInput("That time is no longer on offer. The message shows the times of now.")
        return conflict, to


def _no_title(_tenant: TenantId, _calendar: CalendarId, _uid: str, _starts: datetime) -> str | None:
    return None


def _open(conflict: Conflict, shown: Scene, event: str, wanted: Interval | None) -> Card:
    other = times.stretch(conflict.when, shown.viewer.zone)
    keep = Buttons((Button(label="Keep both", does=Press("conflict.keep", conflict.id)),))
    asked = [paragraph(f"You asked {shown.organiser} for {shown.when(wanted)} instead.")] if wanted else []
    return told(
        paragraph(
            Strong(f"Clash: {event}"),
            f", {other}, now overlaps {shown.title} with {shown.who}, {shown.when()}.",
        ),
        *asked,
        *_ways_out(conflict, shown),
        keep,
        line=f"{shown.title}, {shown.when()}: there is a newer message about this clash.",
    )


def _moving(shown: Scene) -> Card:
    return told(paragraph(f"Moving {shown.title} out of the clash… {shown.move}."))


def _ways_out(conflict: Conflict, shown: Scene) -> tuple[Block, ...]:
    if not conflict.slots:
        why = "No other time works for everyone." if conflict.is_known else "I don't know yet which time would work."
        return (paragraph(why),)
    is_organiser = shown.viewer.id == shown.meeting.organiser
    verb, label = ("conflict.move", "Move to") if is_organiser else ("conflict.ask", "Ask to move to")
    presses = [(one, Press(verb, conflict.id, slots.name_of(one))) for one in conflict.slots]
    decides = f"{shown.who} will be told" if is_organiser else f"{shown.organiser} decides"
    small = f"{shown.each_is_free}; {decides}. Times are in your zone ({times.place(shown.viewer.zone)})."
    return (*slots.rows(label, presses, shown.viewer, shown.others, shown.called, shown.not_checked), note(small))


def _closed(conflict: Conflict, shown: Scene) -> Card:
    what = f"{shown.title}, {shown.when()}"
    if shown.meeting.state not in LIVE:
        return told(paragraph(f"No clash any more: {what}, no longer takes place."))
    match conflict.state:
        case ConflictState.GONE | ConflictState.OPEN:
            return told(paragraph(f"No clash any more: {what}. Nothing to do."))
        case ConflictState.MOVED:
            return told(paragraph(f"No clash any more: {shown.title} is now {shown.when()}."))
        case ConflictState.KEPT:
            return told(paragraph(f"You keep both: {what}, and the other event."))
        case ConflictState.ENDED:
            why = f"{what}, is over" if shown.is_over else f"you no longer come to {what}"
            return told(paragraph(f"No clash any more: {why}."))
        case _:
            assert_never(conflict.state)
