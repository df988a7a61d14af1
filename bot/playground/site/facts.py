"""What there is to see since the visitor came: what people were shown, what the servers hold, what was switched off."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.playground.site.behind import Behind
from bot.playground.site.calendars import Calendars, Copy
from bot.playground.site.chat import Chat, Used
from bot.playground.site.ghosts import times
from bot.playground.site.switches import Outage, Switches
from bot.playground.site.week import DAYS, Weeks
from bot.playground.stands.slack.messages import Message
from bot.playground.stands.slack.people import BOT

WEEKS = 4
"""How far ahead it is noticed that something went."""

Standing = dict[str, dict[str, Copy]]
"""Overlap's meetings by tag, and in each the copies by whose they are."""
Stretch = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """A stretch of somebody's time that something went from, and how much had been written by then."""

    who: str
    stretch: Stretch
    after: int


@dataclass
class Facts:
    """Collected at every look; the judging is done in `happened`."""

    chat: Chat
    calendars: Calendars
    weeks: Weeks
    switches: Switches
    behind: Behind
    since: int = 0
    """How much of the workspace's history is older than the visitor."""
    ever: Standing = field(default_factory=dict)
    """Every copy that ever stood somewhere, as it stood last."""
    first: Standing = field(default_factory=dict)
    """And as it stood first."""
    born: dict[str, float] = field(default_factory=dict)
    """When each meeting was first seen on a server."""
    now: Standing = field(default_factory=dict)
    freed: list[Freed] = field(default_factory=list)
    _taken: dict[str, tuple[date, frozenset[Stretch]]] = field(default_factory=dict)

    def look(self) -> None:
        """Take in what the calendars hold now."""
        self.now = {}
        for who in self.chat.handles:
            for copy in self.calendars.copies(who):
                self.now.setdefault(copy.tag, {})[who] = copy
                self.ever.setdefault(copy.tag, {})[who] = copy
                self.first.setdefault(copy.tag, {}).setdefault(who, copy)
                self.born.setdefault(copy.tag, time.time())
        self._look_for_room()

    @property
    def used(self) -> list[Used]:
        return list(self.chat.used)

    @property
    def outages(self) -> list[Outage]:
        return list(self.switches.outages)

    @property
    def dragged(self) -> set[str]:
        """The UIDs of what was dragged by hand."""
        return {uid for _, uid in list(self.behind.moved)}

    def messages(self, first: int = 0, last: int | None = None) -> list[Message]:
        """All that the app showed anybody, each edit too; between two lengths of the history, if they are given."""
        written = list(self.chat.slack.workspace.history)[max(first, self.since) : last]
        return [one for one in written if one.by == BOT]

    def lives(self) -> Iterator[list[Message]]:
        """Each message with all its edits."""
        found: dict[tuple[str, str], list[Message]] = {}
        for one in self.messages():
            found.setdefault((one.channel, one.ts), []).append(one)
        yield from found.values()

    def offered(self, first: int) -> Iterator[tuple[str, Message, list[Stretch]]]:
        """What has been offered since, to whom, and when it would be."""
        for message in self.messages(first):
            for who in self.chat.handles:
                person = self.chat.person(who)
                if message.only_for == person.id or message.channel == self.chat.slack.home(who):
                    found = [(one["start"], one["end"]) for one in times(message, person.tz or "UTC")]
                    yield who, message, found

    def _look_for_room(self) -> None:
        written, first = len(self.chat.slack.workspace.history), datetime.now().astimezone().date()
        people = [self.weeks.people(first + timedelta(days=DAYS * number)) for number in range(WEEKS)]
        for number, who in enumerate(self.chat.handles):
            stretches = frozenset(
                (event["start"], event["end"]) for week in people for event in week[number]["events"] if _blocks(event)
            )
            day, before = self._taken.get(who, (first, stretches))
            if day == first:
                gone = before - stretches
                self.freed += [Freed(who=who, stretch=one, after=written) for one in sorted(gone)]
            self._taken[who] = first, stretches


def _blocks(event: dict[str, object]) -> bool:
    return not any(event[name] for name in ("isFree", "isDeclined", "isOurs", "allDay"))
