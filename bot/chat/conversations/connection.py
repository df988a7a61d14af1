"""A connected account, as its owner is told of it: connected, broken and what to do, mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.chat.cards import Button, Buttons, Card, Look, Press
from bot.chat.conversations.words import listed, note, paragraph, quoted, shorn, told
from bot.core.calendars import Calendar, Connection, Problem
from bot.core.clock import Clock
from bot.core.errors import NotFound
from bot.core.ids import ConnectionId, TenantId
from bot.core.people import Person
from bot.core.text import Strong
from bot.language.wording import times
from bot.storage import calendars
from bot.storage.database import Database

KIND = "connection"

LONGEST_LABEL = 80


@dataclass(frozen=True)
class ConnectionTalk:
    """Tells an owner how their account is."""

    database: Database
    clock: Clock

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        with self.database.reading() as tx:
            try:
                connection = calendars.connection(tx, tenant, ConnectionId(subject))
            except NotFound:
                return _disconnected()
            if connection.person != viewer.id:
                return None
            its = calendars.of_connection(tx, tenant, connection.id)
        if connection.problem is not None:
            return _broken(connection, connection.problem, its, self.clock.now())
        return _connected(connection, its)


def _disconnected() -> Card:
    return told(
        paragraph(Strong("Disconnected:"), " this calendar account is no longer connected."),
        paragraph("I read and write nothing there any more."),
    )


def wrong(problem: Problem) -> str:
    """What is wrong, and whose turn it is."""
    match problem:
        case Problem.SIGN_IN_NEEDED:
            return "it no longer accepts the password. Connect it again"
        case Problem.REFUSED:
            return "it no longer lets me read it. Allow it there, or connect it again"
        case Problem.GONE:
            return "it is no longer there. Connect another one"
        case Problem.GARBAGE:
            return "it answers with something that is no calendar. I keep trying"
        case Problem.UNREACHABLE:
            return "it does not answer. I keep trying"
        case Problem.DOUBTED:
            return "it suddenly tells something that is hard to believe. I wait for your word"
        case Problem.OURS:
            return "its service refuses Overlap itself, which only whoever runs Overlap can mend. They have been told"
        case _:
            assert_never(problem)


def _broken(connection: Connection, problem: Problem, its: Sequence[Calendar], now: datetime) -> Card:
    label = quoted(shorn(connection.label, LONGEST_LABEL))
    named = [quoted(one.name) for one in its if one.problem is not None]
    which = f" This is about {listed(named)}." if named else ""
    if problem.is_final:
        then = "Until then nobody is offered a time with you, because I don't know which are free."
    else:
        then = f"Until it is back I go by what I read last{_ago(its, now)}, and mark it as old."
    button = Button(label="Open my calendars", does=Press("connect.link"), look=Look.PRIMARY)
    return told(
        paragraph(Strong(f"I can't read your calendar account {label}"), f": {wrong(problem)}.{which}"),
        paragraph(then),
        Buttons((button,)),
        line=f"There was trouble with your calendar account {label}.",
    )


def _ago(its: Sequence[Calendar], now: datetime) -> str:
    read = [one.read_at for one in its if one.read_at is not None and one.problem is not None]
    return f", {times.age(now - min(read))} ago" if read else ""


def _connected(connection: Connection, its: Sequence[Calendar]) -> Card:
    counting = [quoted(one.name) for one in its if one.counts]
    receiving = [quoted(one.name) for one in its if one.receives]
    counts = f"{listed(counting)} {'counts' if len(counting) == 1 else 'count'} as busy." if counting else ""
    receives = f" Bookings go to {receiving[0]}." if receiving else ""
    return told(
        paragraph(Strong(f"Connected: {quoted(shorn(connection.label, LONGEST_LABEL))}."), " It can be read."),
        paragraph(f"{counts or 'None of its calendars counts as busy.'}{receives}"),
        note("Was it not you? Open your calendars and disconnect it."),
        Buttons((Button(label="Open my calendars", does=Press("connect.link")),)),
        line=f"Your calendar account {quoted(shorn(connection.label, LONGEST_LABEL))} was connected.",
    )
