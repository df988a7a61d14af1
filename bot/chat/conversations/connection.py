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
from bot.core.meetings import LIVE
from bot.core.people import Person
from bot.core.text import Strong
from bot.core.zones import local
from bot.language.wording import times
from bot.storage import calendars, meetings, proposals
from bot.storage.database import Database, Tx

KIND = "connection"

LONGEST_LABEL = 80
MOST_NAMED = 5


FEED = "ics"
BY_GRANT = ("google", "microsoft")
"""The providers whose accounts are opened by a permission, not by a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What of somebody's the trouble with an account touches."""

    calendars: tuple[str, ...]
    requests: int
    meetings: int


@dataclass(frozen=True)
class ConnectionTalk:
    """Tells an owner how their account is."""

    database: Database
    clock: Clock

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        now = self.clock.now()
        with self.database.reading() as tx:
            try:
                connection = calendars.connection(tx, tenant, ConnectionId(subject))
            except NotFound:
                return _disconnected()
            if connection.person != viewer.id:
                return None
            held = calendars.of_connection(tx, tenant, connection.id)
            its = [one for one in held if one.person == viewer.id]  # a room's is nobody's
            touched = None if connection.problem is None else _touched(tx, connection, its, now)
        if connection.problem is None or touched is None:
            warns_at = connection.warns_at
            is_ending = warns_at is not None and now >= warns_at
            return _ending(connection, viewer) if is_ending else _connected(connection, its)
        return _broken(connection, connection.problem, its, touched, viewer, now)


def reconnect(account: Connection, name: str = "") -> Button:
    """The way to connect that very account again; `name` tells it from others of which there is a button too."""
    label = f"Reconnect {name}" if name else "Reconnect"
    return Button(label=label, does=Press("connect.again", account.id), look=Look.PRIMARY)


def can_reconnect(account: Connection, now: datetime) -> bool:
    """Whether it is its owner's turn: only they can mend it, or what they allowed ends soon."""
    if account.problem is not None:
        return account.problem.is_theirs
    return account.warns_at is not None and now >= account.warns_at


def named(account: Connection) -> str:
    """“ana@acme.example · Google”."""
    return quoted(shorn(account.label, LONGEST_LABEL))


def ends(account: Connection, viewer: Person) -> str:
    """my permission there ends on Fri 4 Dec; empty where it does not."""
    if account.warns_at is None or account.ends_at is None:
        return ""
    return f"my permission there ends on {times.day(local(account.ends_at, viewer.zone).date())}"


def _disconnected() -> Card:
    return told(
        paragraph(Strong("Disconnected:"), " this calendar account is no longer connected."),
        paragraph("I read and write nothing there any more."),
    )


def wrong(problem: Problem, account: Connection) -> str:
    """What is wrong, and whose turn it is."""
    if account.provider == FEED and problem.is_theirs:
        return "its link no longer opens it. Give me the new one"
    return _wrong(problem, account)


def _wrong(problem: Problem, account: Connection) -> str:
    match problem:
        case Problem.SIGN_IN_NEEDED if account.lapses:
            return (
                "Google ended my permission after a week, because Overlap's registration there is still in testing."
                " Whoever runs Overlap can mend that for good, and has been told. Reconnecting helps for another week"
            )
        case Problem.SIGN_IN_NEEDED if account.provider in BY_GRANT:
            return "my permission there has ended or was taken back. Connect it again"
        case Problem.SIGN_IN_NEEDED:
            return "it no longer accepts the password. Connect it again"
        case Problem.REFUSED if account.provider in BY_GRANT:
            return "it no longer lets me read it: a permission is missing. Connect it again, and leave every box ticked"
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
        case Problem.NOT_ALLOWED:
            return "whoever runs Overlap no longer allows such accounts here, so I do not ask it. Nothing was deleted"
        case _:
            assert_never(problem)


def _touched(tx: Tx, account: Connection, its: Sequence[Calendar], now: datetime) -> Touched:
    """Which calendars that count or receive, how many requests with times on offer, how many coming meetings."""
    used = [one for one in its if (one.counts or one.receives) and one.problem is not None]
    there = {one.id for one in its}
    coming = meetings.of_person(tx, account.tenant, account.person, now, LIVE)
    parts = [one.attendance(account.person) for one in coming]
    return Touched(
        calendars=tuple(quoted(one.name) for one in used),
        requests=len(proposals.open_for(tx, account.tenant, account.person)) if used else 0,
        meetings=sum(part is not None and part.calendar in there for part in parts),
    )


def _touches(touched: Touched) -> str:
    """It touches “Work”, 2 open requests and 1 coming meeting."""
    calendars = [*touched.calendars[:MOST_NAMED]]
    if len(touched.calendars) > MOST_NAMED:
        calendars.append(f"{len(touched.calendars) - MOST_NAMED} more")
    counted = [_counted(touched.requests, "open request"), _counted(touched.meetings, "coming meeting")]
    parts = [*calendars, *(one for one in counted if one)]
    return f"It touches {listed(parts)}." if parts else ""


def _counted(count: int, what: str) -> str:
    return "" if not count else f"{count} {what}{'' if count == 1 else 's'}"


def _broken(
    account: Connection, problem: Problem, its: Sequence[Calendar], touched: Touched, viewer: Person, now: datetime
) -> Card:
    label = named(account)
    still, since = "", ""
    if account.broken_since is not None and account.reminded:
        still, since = "still ", f" since {times.day(local(account.broken_since, viewer.zone).date())}"
    if problem.is_final:
        then = "Until then nobody is offered a time with you, because I don't know which are free."
    else:
        then = f"Until it is back I go by what I read last{_ago(its, now)}, and mark it as old."
    touches = [paragraph(words)] if (words := _touches(touched)) else []
    button = reconnect(account) if problem.is_theirs else Button(label="Open my calendars", does=Press("connect.link"))
    gone = [one for one in its if one.problem is Problem.GONE and (one.counts or one.receives)]
    if problem is Problem.GONE and account.provider != FEED and len(gone) < len(its):
        # Somebody deleted one calendar of several: the account is well.
        which = listed([quoted(one.name) for one in gone[:MOST_NAMED]]) or "One of your calendars"
        verb = "are" if len(gone) > 1 else "is"
        first = Strong(f"{which} {verb} no longer in your calendar account {label}")
        return told(
            paragraph(first, f"{since}. Choose what counts instead, or bring it back there."),
            *touches,
            paragraph(then),
            Buttons((Button(label="Open my calendars", does=Press("connect.link"), look=Look.PRIMARY),)),
            line=f"There was trouble with your calendar account {label}.",
        )
    return told(
        paragraph(Strong(f"I {still}can't read your calendar account {label}"), f"{since}: {wrong(problem, account)}."),
        *touches,
        paragraph(then),
        Buttons((button,)),
        line=f"There was trouble with your calendar account {label}.",
    )


def _ending(account: Connection, viewer: Person) -> Card:
    """It still works: its owner set a time at the sign-in, and can set a new one before it is over."""
    return told(
        paragraph(Strong(f"Soon I can't read {named(account)} any more:"), f" {ends(account, viewer)}, as you chose."),
        paragraph("Reconnect it before then, and nothing is missed."),
        Buttons((reconnect(account),)),
        line=f"My permission for your calendar account {named(account)} was about to end.",
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
        paragraph(Strong(f"Connected: {named(connection)}."), " It can be read."),
        paragraph(f"{counts or 'None of its calendars counts as busy.'}{receives}"),
        note("Was it not you? Open your calendars and disconnect it."),
        Buttons((Button(label="Open my calendars", does=Press("connect.link")),)),
        line=f"Your calendar account {named(connection)} was connected.",
    )
