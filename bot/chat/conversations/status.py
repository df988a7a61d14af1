"""How somebody's own calendars are: what counts, how old it is, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.availability import known
from bot.chat.answers import Answer, Says
from bot.chat.cards import Block, Button, Buttons, Card, Heading, Look, Press, Rule
from bot.chat.conversations.connection import wrong
from bot.chat.conversations.words import ago, note, paragraph, shorn, told
from bot.core.calendars import Calendar, Connection
from bot.core.clock import Clock
from bot.core.people import Person
from bot.core.proposals import Vouching
from bot.core.rules import WorkingHours
from bot.core.text import Strong
from bot.language.wording import times
from bot.storage import calendars
from bot.storage.database import Database

LONGEST_NAME = 80


@dataclass(frozen=True)
class StatusTalk:
    """Answers `status`."""

    database: Database
    clock: Clock

    def typed(self, by: Person) -> Answer:
        with self.database.reading() as tx:
            connections = calendars.connections_of(tx, by.tenant, by.id)
            theirs = calendars.of_person(tx, by.tenant, by.id)
        if not connections:
            return Says(card=_nothing())
        return Says(card=_card(by, connections, theirs, self.clock.now()))


def _nothing() -> Card:
    connect = Button(label="Connect a calendar", does=Press("connect.link"), look=Look.PRIMARY)
    words = "You have no calendar connected, so nobody can be offered a time with you, and you can't ask for one."
    return told(paragraph(words), Buttons((connect,)))


def _card(by: Person, connections: Sequence[Connection], theirs: Sequence[Calendar], now: datetime) -> Card:
    blocks: list[Block] = [Heading("Your calendars")]
    for connection in connections:
        blocks.append(paragraph(Strong(shorn(connection.label, LONGEST_NAME)), _trouble(connection)))
        blocks += [paragraph(_line(one, now)) for one in theirs if one.connection == connection.id]
        blocks.append(Rule())
    blocks.append(note(f"Working hours: {_hours(by.hours)} ({times.place(by.hours.zone)} time)."))
    blocks.append(Buttons((Button(label="Open my calendars", does=Press("connect.link")),)))
    return told(*blocks)


def _trouble(connection: Connection) -> str:
    return f": {wrong(connection.problem)}." if connection.problem is not None else ""


def _line(calendar: Calendar, now: datetime) -> str:
    """Work: read 20 s ago, counts as busy, receives bookings."""
    age = "not read yet" if calendar.read_at is None else f"read {ago(now - calendar.read_at)}"
    parts = [age, "counts as busy" if calendar.counts else "does not count"]
    if calendar.receives:
        parts.append("receives bookings")
    if calendar.problem is not None:
        parts.append(wrong(calendar.problem))
    elif calendar.counts and known.vouching(calendar, now) is Vouching.READING:
        parts.append("being read again")
    return f"{shorn(calendar.name, LONGEST_NAME)}: {', '.join(parts)}."


def _hours(hours: WorkingHours) -> str:
    """Mon 09:00–17:00, Tue 09:00–17:00, …; days alike in a row are said once."""
    said: list[tuple[str, str, str]] = []
    for name, spans in zip(times.WEEKDAYS, hours.days, strict=True):
        words = " and ".join(f"{times.clock(one.start)}–{times.clock(one.end)}" for one in spans)
        if said and said[-1][2] == words:
            said[-1] = (said[-1][0], name[:3], words)
        else:
            said.append((name[:3], name[:3], words))
    days = [(first if first == last else f"{first}–{last}", words) for first, last, words in said if words]
    return ", ".join(f"{day} {words}" for day, words in days) or "none"
