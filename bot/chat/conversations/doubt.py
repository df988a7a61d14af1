"""A reading that is hard to believe: its owner says whether it is right, and nothing changes before they do."""

from dataclasses import dataclass
from typing import assert_never

from bot.chat.answers import Answer, Shows
from bot.chat.cards import Button, Buttons, Card, Look, Press
from bot.chat.conversations.words import note, paragraph, quoted, told
from bot.core.calendars import Doubt, DoubtState
from bot.core.clock import Clock
from bot.core.errors import NotAllowed, NotFound
from bot.core.ids import CalendarId, TenantId
from bot.core.people import Person
from bot.core.text import Strong
from bot.storage import calendars, doubts, due
from bot.storage.database import Database

KIND = "doubt"


@dataclass(frozen=True)
class DoubtTalk:
    """Asks the owner of a calendar, and has it read again as they say."""

    database: Database
    clock: Clock

    def take(self, by: Person, press: Press) -> Answer:
        """It is right: the next reading is taken as it is."""
        return self._decided(by, press, DoubtState.TAKEN)

    def keep(self, by: Person, press: Press) -> Answer:
        """It is wrong: what was there stays, until something else is told."""
        return self._decided(by, press, DoubtState.KEPT)

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        with self.database.reading() as tx:
            try:
                calendar = calendars.calendar(tx, tenant, CalendarId(subject))
            except NotFound:
                return told(paragraph("That calendar is no longer connected. Nothing to do."))
            doubt = doubts.doubt(tx, tenant, calendar.id)
            owner = calendars.connection(tx, tenant, calendar.connection).person
        name = quoted(calendar.name)
        # Of a room, whoever keeps it is asked.
        whose = f"your calendar {name}" if calendar.person == owner else f"the calendar of the room {name}"
        return _card(name, whose, doubt, subject) if owner == viewer.id else None

    def _decided(self, by: Person, press: Press, state: DoubtState) -> Answer:
        now = self.clock.now()
        with self.database.transaction() as tx:
            calendar = calendars.calendar(tx, by.tenant, CalendarId(press.subject))
            if calendars.connection(tx, by.tenant, calendar.connection).person != by.id:
                raise NotAllowed("That is not a calendar of yours. Nothing was done.")
            if doubts.decided(tx, by.tenant, calendar.id, state):
                due.mark(tx, by.tenant, "calendar", calendar.id, now)
        return Shows(kind=KIND, subject=calendar.id)


def _card(name: str, whose: str, doubt: Doubt | None, subject: str) -> Card:
    line = f"I asked about {whose}."
    take = Button(label="Yes, take it", does=Press("doubt.take", subject), look=Look.PRIMARY)
    keep = Button(label="No, keep what was there", does=Press("doubt.keep", subject))
    if doubt is None:
        return told(paragraph(f"{_capital(whose)} is clear again: I go by what it tells. Nothing to do."), line=line)
    match doubt.state:
        case DoubtState.SEEN | DoubtState.ASKED:
            return told(
                paragraph(Strong(_odd(whose, doubt)), " Is that right?"),
                note("Until you say, what was there before still blocks, and I trust none of its gaps for long."),
                Buttons((take, keep)),
                line=line,
            )
        case DoubtState.KEPT:
            after_all = Button(label="Take it after all", does=Press("doubt.take", subject))
            return told(
                paragraph(f"All right: I keep what was in {name} before. Should it tell something else, I look again."),
                Buttons((after_all,)),
                line=line,
            )
        case DoubtState.TAKEN:
            return told(paragraph(f"Thank you. I take {name} as it is now, and read it again…"), line=line)
        case _:
            assert_never(doubt.state)


def _odd(whose: str, doubt: Doubt) -> str:
    """What it tells that is hard to believe."""
    if doubt.moved:
        hours = "one hour" if abs(doubt.moved) == 1 else f"{abs(doubt.moved)} hours"
        way = "later" if doubt.moved > 0 else "earlier"
        return f"Everything in {whose} suddenly stands {hours} {way}."
    found = "none" if doubt.found == 0 else str(doubt.found)
    return f"{_capital(whose)} suddenly shows {found} of its {doubt.of} events."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
