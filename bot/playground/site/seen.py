"""How it shows that something of the story has happened: in what people were shown, and in what the servers hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from bot.playground.site.calendars import Calendars, Copy
from bot.playground.site.chat import Chat
from bot.playground.site.switches import Switches
from bot.playground.stands.slack.messages import Message
from bot.playground.stands.slack.people import BOT

KILL_SECONDS = 60.0
"""A kill so soon after a press counts as in the middle of it."""
Standing = dict[str, dict[str, Copy]]
"""Overlap's meetings by tag, and in each the copies by whose they are."""


@dataclass
class Facts:
    """What there is to see, from when the visitor came on."""

    chat: Chat
    calendars: Calendars
    switches: Switches
    since: int = 0
    """How much of the history is older than the visitor."""
    ever: Standing = field(default_factory=dict)
    """Every copy that ever stood somewhere, as it stood last."""
    first: Standing = field(default_factory=dict)
    """And as it stood first."""
    freed: list[tuple[float, str, str]] = field(default_factory=list)
    """When something went from a time, and that stretch."""
    _before: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def look(self) -> None:
        """Take in what the calendars hold now."""
        for tag, copies in self.now().items():
            for who, copy in copies.items():
                self.ever.setdefault(tag, {})[who] = copy
                self.first.setdefault(tag, {}).setdefault(who, copy)

    def now(self) -> Standing:
        """What stands now."""
        standing: Standing = {}
        for who in self.chat.handles:
            for copy in self.calendars.copies(who):
                standing.setdefault(copy.tag, {})[who] = copy
        return standing

    def messages(self) -> list[Message]:
        """All that the app ever showed anybody, each edit too."""
        return [one for one in list(self.chat.slack.workspace.history)[self.since :] if one.by == BOT]

    def lives(self) -> Iterator[list[Message]]:
        """Each message with all its edits."""
        found: dict[tuple[str, str], list[Message]] = {}
        for one in self.messages():
            found.setdefault((one.channel, one.ts), []).append(one)
        yield from found.values()


def offers(message: Message) -> list[str]:
    """The times that can be booked in it."""
    return [label for label in message.labels if label.startswith("Book ")]


def _has(message: Message, *words: str) -> bool:
    return all(word in message.words for word in words)


def offer(facts: Facts) -> bool:
    return any(offers(one) for one in facts.messages())


def pages(facts: Facts) -> bool:
    """Others came in place, and some were put away."""
    turned = away = False
    put_away = {(one.channel, one.ts) for one in facts.chat.used if one.value.startswith("proposal.dismiss")}
    for life in facts.lives():
        turned |= any(offers(one) and offers(two) and offers(one) != offers(two) for one, two in pairwise(life))
        away |= (life[-1].channel, life[-1].ts) in put_away and not life[-1].buttons
    return turned and away


def booking(facts: Facts) -> bool:
    """The servers hold it for two people, under one UID."""
    return any(len(copies) > 1 and len({one.uid for one in copies.values()}) == 1 for copies in facts.now().values())


def answer(facts: Facts) -> bool:
    """An edit of the organiser's message tells an answer that was still open in it."""
    return any(
        _has(one, "no answer yet") and (_has(two, ": accepted") or _has(two, ": maybe") or _has(two, ": tentative"))
        for life in facts.lives()
        for one, two in pairwise(life)
    )


def suggestion(facts: Facts) -> bool:
    """It was asked for, and the one who asked was told what became of it."""
    asked = any(_has(one, "asks to move") for one in facts.messages())
    return asked and any(_has(one, "keeps") or _has(one, "Now", "Before:") for one in facts.messages())


def undoing(facts: Facts) -> bool:
    """Nothing is left on the servers of what stood there for two, and somebody was told."""
    gone = [tag for tag, copies in facts.ever.items() if len(copies) > 1 and tag not in facts.now()]
    return bool(gone) and any(_has(one, "took back") for one in facts.messages())


def declining(facts: Facts) -> bool:
    """One copy is gone, the organiser's stands, and its message says so."""
    left = any(len(copies) < len(facts.ever[tag]) for tag, copies in facts.now().items() if tag in facts.ever)
    return left and any(_has(one, ": declined") for one in facts.messages())


def clash(facts: Facts) -> bool:
    """It was told with a way out, the way was taken, and the servers hold the meeting elsewhere."""
    told = any(
        _has(life[0], "Clash") and any(label.startswith("Move to") for label in life[0].labels) and not life[-1].buttons
        for life in facts.lives()
    )
    return told and any(
        one.sequence > facts.first[tag][who].sequence and one.start != facts.first[tag][who].start
        for tag, copies in facts.ever.items()
        for who, one in copies.items()
    )


def clash_of_other(facts: Facts) -> bool:
    """Somebody who is not the organiser was told, and asked."""
    told = any(any(label.startswith("Ask to move") for label in one.labels) for one in facts.messages())
    return told and any(_has(one, "asks to move") for one in facts.messages())


def room(facts: Facts) -> bool:
    return False


def outage(facts: Facts) -> bool:
    """While a server was silent somebody read what is not known; afterwards there were times again."""
    for gap in facts.switches.outages:
        if gap.what == "bot" or gap.ended is None:
            continue
        during = [one for one in facts.messages() if gap.began <= float(one.ts) <= gap.ended]
        unknown = any(not offers(one) and _has(one, "Reading ") for one in during)
        after = facts.messages()[-1:]
        if unknown and after and any(offers(one) for one in facts.messages() if float(one.ts) >= gap.began):
            return True
    return False


def status(facts: Facts) -> bool:
    return any(one.is_ephemeral and _has(one, "Work", "Personal") for one in facts.messages())


def killing(facts: Facts) -> bool:
    """Killed soon after a press, back again, and the meeting stands once on each calendar."""
    presses = [one for one in facts.chat.used if one.value.startswith("proposal.book")]
    for gap in facts.switches.outages:
        if gap.what != "bot" or gap.ended is None:
            continue
        if any(0 <= gap.began - one.at <= KILL_SECONDS for one in presses) and booking(facts):
            return True
    return False
