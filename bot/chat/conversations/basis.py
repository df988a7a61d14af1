"""What an offer rests on, in words: how many calendars, how old, and which of them cannot vouch.

A viewer reads the names of their own calendars only; somebody else's is "Kim's calendar".
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.chat.cards import Button, Look, Press
from bot.chat.conversations.words import ago, listed, quoted
from bot.core.ids import PersonId
from bot.core.people import Person
from bot.core.proposals import Basis, Vouching
from bot.language.wording import times

LONGEST_LIST = 4
"""Of one person's calendars: more are counted, not named."""

ALIKE = timedelta(minutes=1)
"""Ages that differ by no more are said once."""
MOST_NAMED = 2


def rests_on(basis: Sequence[Basis], viewer: Person, called: Mapping[PersonId, str], now: datetime) -> str:
    """4 of 4 calendars, read 20 s ago; or, where the ages differ: 4 of 4 calendars, read 2 s ago, Kim's 5 min ago."""
    known = sum(one.vouching is Vouching.KNOWN for one in basis)
    count = f"{known} of {len(basis)} calendars"
    ages = {person: age for person, theirs in _by_person(basis).items() if (age := _age(theirs, now)) is not None}
    if not ages:
        return f"{count}."
    youngest = min(ages.values())
    older = {person: age for person, age in ages.items() if age > youngest + ALIKE}
    together = max(age for person, age in ages.items() if person not in older)
    parts = [f"{count}, read {ago(together)}", *_older(older, viewer, called)]
    return f"{', '.join(parts)}."


def _older(ages: Mapping[PersonId, timedelta], viewer: Person, called: Mapping[PersonId, str]) -> list[str]:
    if len(ages) > MOST_NAMED:
        return [f"some {times.age(max(ages.values()))} ago"]
    return [f"{_whose(person, viewer, called)} {times.age(age)} ago" for person, age in ages.items()]


def reading(unread: Iterable[Basis], viewer: Person, called: Mapping[PersonId, str], now: datetime) -> str:
    """Reading Kim's calendar (40 s old)…"""
    parts = [
        f"{_calendars(person, theirs, viewer, called)} ({_old(theirs, now)})"
        for person, theirs in _by_person(unread).items()
    ]
    return f"Reading {listed(parts)}…"


def unknown(basis: Iterable[Basis], viewer: Person, called: Mapping[PersonId, str], now: datetime) -> list[str]:
    """What could not be read, whose turn it is, and what happens then."""
    lines = []
    for person, theirs in _by_person(basis).items():
        which = _calendars(person, theirs, viewer, called)
        if any(one.vouching is Vouching.BROKEN for one in theirs):
            then = "connect it again" if person == viewer.id else f"{called[person]} must connect it again and was told"
            lines.append(f"I can no longer read {which}: {then}.")
        else:
            lines.append(f"I could not read {which} just now ({_old(theirs, now)}); I keep trying.")
    lines.append("I offer no time that I don't know to be free. As soon as I know, the times come here or in our DM.")
    return lines


def mend(basis: Iterable[Basis], viewer: Person, resume: str) -> tuple[Button, ...]:
    """The way to connect again, where that is the viewer's turn."""
    is_own = any(one.person == viewer.id and one.vouching is Vouching.BROKEN for one in basis)
    button = Button(label="Connect it again", does=Press("connect.link", resume), look=Look.PRIMARY)
    return (button,) if is_own else ()


def _by_person(basis: Iterable[Basis]) -> dict[PersonId, list[Basis]]:
    found: dict[PersonId, list[Basis]] = {}
    for one in basis:
        found.setdefault(one.person, []).append(one)
    return found


def _calendars(person: PersonId, theirs: Sequence[Basis], viewer: Person, called: Mapping[PersonId, str]) -> str:
    plural = "calendar" if len(theirs) == 1 else "calendars"
    if person != viewer.id:
        return f"{called[person]}'s {plural}"
    if len(theirs) > LONGEST_LIST:
        return f"your {plural}"
    return f"your {plural} {listed([quoted(one.name) for one in theirs])}"


def _whose(person: PersonId, viewer: Person, called: Mapping[PersonId, str]) -> str:
    return "yours" if person == viewer.id else f"{called[person]}'s"


def _age(basis: Iterable[Basis], now: datetime) -> timedelta | None:
    """How old the oldest reading is; None where one was never read."""
    oldest = timedelta()
    for one in basis:
        if one.read_at is None:
            return None
        oldest = max(oldest, now - one.read_at)
    return oldest


def _old(basis: Iterable[Basis], now: datetime) -> str:
    age = _age(basis, now)
    return "not read yet" if age is None else f"{times.age(age)} old"
