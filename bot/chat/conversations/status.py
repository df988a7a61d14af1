"""How somebody's own calendars are: what counts, by which road it is known and how old, what is wrong, what to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.availability import known
from bot.chat.answers import Answer, Says
from bot.chat.cards import Block, Button, Buttons, Card, Heading, Look, Press, Rule
from bot.chat.conversations.connection import FEED, can_reconnect, ends, reconnect, wrong
from bot.chat.conversations.words import ago, everyone, listed, names, note, paragraph, quoted, shorn, told
from bot.core.calendars import Calendar, Connection
from bot.core.clock import Clock
from bot.core.ids import CalendarId, PersonId
from bot.core.people import Person
from bot.core.proposals import Vouching
from bot.core.rules import WorkingHours
from bot.core.text import Strong, Text, say
from bot.core.zones import local
from bot.language.wording import operating, times
from bot.people.operating import Kind, Matter, matters
from bot.storage import calendars
from bot.storage.database import Database

LONGEST_NAME = 80
MOST_SHOWN = 12
"""Calendars of one account; those that count come first."""
MOST_PARTINGS = 3
LONGEST_PARTING = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """Everything that one person has connected."""

    person: Person
    connections: tuple[Connection, ...]
    calendars: tuple[Calendar, ...]
    colleagues: Mapping[PersonId, str]
    """Whose time their own account tells them, by name."""
    now: datetime

    def of(self, connection: Connection) -> list[Calendar]:
        its = [one for one in self.calendars if one.connection == connection.id]
        return sorted(its, key=lambda one: (not one.receives, not one.counts))

    def name(self, calendar: CalendarId) -> str | None:
        return next((one.name for one in self.calendars if one.id == calendar), None)


@dataclass(frozen=True)
class StatusTalk:
    """Answers `status`; `limits` are what our own address keeps from working."""

    database: Database
    clock: Clock
    limits: Sequence[str] = ()
    is_admin: Callable[[Person], bool] = lambda _person: False

    def typed(self, by: Person) -> Answer:
        with self.database.reading() as tx:
            connections = calendars.connections_of(tx, by.tenant, by.id)
            theirs = calendars.of_person(tx, by.tenant, by.id)
            seen = calendars.seen_by(tx, by.tenant, by.id)
            colleagues = everyone(tx, by.tenant, dict.fromkeys(one.person for one in seen))
        now = self.clock.now()
        mend = matters(self.database, by.tenant, now) if self.is_admin(by) else ()
        remarks = [*_limited(self.limits), *map(_matter, mend)]
        if not connections:
            return Says(card=_nothing(remarks))
        whole = Theirs(
            person=by,
            connections=tuple(connections),
            calendars=tuple(theirs),
            colleagues=names(list(colleagues.values())),
            now=now,
        )
        return Says(card=_card(whole, remarks))


def _nothing(remarks: Sequence[Block]) -> Card:
    connect = Button(label="Connect a calendar", does=Press("connect.link"), look=Look.PRIMARY)
    words = "You have no calendar connected, so nobody can be offered a time with you, and you can't ask for one."
    return told(paragraph(words), *remarks, Buttons((connect,)))


def _card(whole: Theirs, remarks: Sequence[Block]) -> Card:
    blocks: list[Block] = [Heading("Your calendars")]
    for connection in whole.connections:
        blocks.append(paragraph(_account(connection, whole)))
        if can_reconnect(connection, whole.now):
            blocks.append(Buttons((reconnect(connection, _called(connection, whole)),)))
        blocks.append(Rule())
    if whole.colleagues:
        who = listed(list(whole.colleagues.values()))
        blocks.append(note(f"From the company calendar, for your requests alone: when {who} can meet."))
    hours = whole.person.hours
    blocks.append(note(f"Working hours: {_hours(hours)} ({times.place(hours.zone)} time)."))
    blocks += remarks
    open_all = Button(label="Open my calendars", does=Press("connect.link"))
    blocks.append(Buttons((open_all, *_partings(whole.connections))))
    return told(*blocks)


def _called(account: Connection, whole: Theirs) -> str:
    """What tells it from other accounts that are to be connected again; nothing where it is the only one."""
    broken = [one for one in whole.connections if can_reconnect(one, whole.now)]
    if len(broken) == 1:
        return ""
    name = shorn(account.label, LONGEST_PARTING)
    alike = [one.id for one in broken if shorn(one.label, LONGEST_PARTING) == name]
    return name if len(alike) == 1 else f"{name} ({alike.index(account.id) + 1})"


def _partings(accounts: Sequence[Connection]) -> tuple[Button, ...]:
    """A way to disconnect each account; of many, or of some that are called alike, it is on the page alone."""
    names = [shorn(one.label, LONGEST_PARTING) for one in accounts]
    if len(accounts) > MOST_PARTINGS or len(set(names)) < len(names):
        return ()
    return tuple(
        Button(label=f"Disconnect {name}" if len(accounts) > 1 else "Disconnect", does=Press("account.part", one.id))
        for one, name in zip(accounts, names, strict=True)
    )


def _limited(limits: Sequence[str]) -> list[Block]:
    if not limits:
        return []
    return [note(f"Overlap cannot be reached from the internet, so these do not work: {', '.join(limits)}.")]


def _matter(found: Matter) -> Block:
    """What an administrator can have mended."""
    words = operating.refused if found.kind is Kind.REFUSED else operating.testing
    return paragraph(Strong("For administrators:"), f" {words(found.provider, found.accounts)}")


def _account(connection: Connection, whole: Theirs) -> Text:
    """The account, what is wrong with it, and a line for each of its calendars."""
    said = ends(connection, whole.person)
    if connection.problem is not None:
        said = wrong(connection.problem, connection)
    trouble = f" – {said}." if said else ""
    its = whole.of(connection)
    lines = [f"\n• {_line(one, connection, whole)}" for one in its[:MOST_SHOWN]]
    if len(its) > MOST_SHOWN:
        lines.append(f"\n• and {len(its) - MOST_SHOWN} more")
    return say(Strong(shorn(connection.label, LONGEST_NAME)), trouble, *lines)


def _line(calendar: Calendar, connection: Connection, whole: Theirs) -> str:
    """Work: counts as busy, receives bookings. Read 20 s ago; I look every 10 min."""
    name = f"{shorn(calendar.name, LONGEST_NAME)}: "
    road = _road(calendar, connection, whole)
    if not calendar.counts and not calendar.receives:
        return f"{name}does not count."
    roles = ["counts as busy"] if calendar.counts else ["does not count as busy"]
    if calendar.receives:
        roles.append("receives bookings")
    original = whole.name(calendar.copy_of) if calendar.copy_of is not None else None
    copy = f" It is a copy of {quoted(original)} and not counted twice." if original is not None else ""
    return f"{name}{', '.join(roles)}. {road}{copy}{_trouble(calendar, connection, whole.now)}"


def _road(calendar: Calendar, connection: Connection, whole: Theirs) -> str:
    """How old it is, and how it comes to us."""
    if calendar.is_static:
        on = times.day(local(connection.connected_at, whole.person.zone).date())
        return f"Imported on {on}, not updating."
    read = "Not read yet" if calendar.read_at is None else f"Read {ago(whole.now - calendar.read_at)}"
    if calendar.rings_until is not None and calendar.rings_until > whole.now:
        return f"{read}; it tells me of changes at once."
    what = "a feed, which I look at" if connection.provider == FEED else "I look"
    return f"{read}; {what} every {times.age(calendar.cadence)}."


def _trouble(calendar: Calendar, connection: Connection, now: datetime) -> str:
    """What is wrong with that one, where the account does not say it already."""
    if calendar.problem is not None:
        if calendar.problem is connection.problem:
            return " I can't read it."
        words = wrong(calendar.problem, connection)
        return f" {words[:1].upper()}{words[1:]}."
    if not calendar.counts or calendar.is_static or known.vouching(calendar, now) is not Vouching.READING:
        return ""
    return " I am reading it now." if calendar.read_at is None else " Too old to go by: I am reading it again."


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
