"""What an offer rests on, in words: how many calendars, how old, which are less sure, and which cannot vouch.

A viewer reads the names of their own calendars only; somebody else's is "Kim's calendar".
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.chat.cards import Button, Look, Press
from bot.chat.conversations.words import ago, listed, quoted
from bot.core.ids import PersonId
from bot.core.people import Person
from bot.core.proposals import Basis, Origin, Vouching
from bot.core.zones import local
from bot.language.wording import times

LONGEST_LIST = 4
"""Of one person's calendars: more are counted, not named."""

ALIKE = timedelta(minutes=1)
"""Ages that differ by no more are said once."""
MOST_NAMED = 2
TELLS = (Vouching.KNOWN, Vouching.AHEAD)


def rests_on(basis: Sequence[Basis], viewer: Person, called: Mapping[PersonId, str], now: datetime) -> str:
    """4 of 4 calendars, read 20 s ago; where the ages differ: …, Kim's 5 min ago; and what is less sure than those."""
    parts = [_connected([one for one in basis if one.origin is Origin.OWN], viewer, called, now)]
    for origin in (Origin.COMPANY, Origin.FEED, Origin.IMPORT):
        theirs = _by_person(one for one in basis if one.origin is origin)
        if len(theirs) > MOST_NAMED:
            parts.append(f"{len(theirs)} people's {_source(origin, [one for each in theirs.values() for one in each])}")
            continue
        for person, each in theirs.items():
            parts.append(f"{_whose(person, viewer, called)} {_told(origin, each, viewer, now)}")
    return f"{'; '.join(part for part in parts if part)}."


def _connected(basis: Sequence[Basis], viewer: Person, called: Mapping[PersonId, str], now: datetime) -> str:
    """Calendars that people connected, and that are kept in sync."""
    known = sum(one.vouching in TELLS for one in basis)
    count = f"{known} of {len(basis)} {'calendar' if len(basis) == 1 else 'calendars'}"
    ages = {person: age for person, theirs in _by_person(basis).items() if (age := _age(theirs, now)) is not None}
    if not ages:
        return count if basis else ""
    youngest = min(ages.values())
    older = {person: age for person, age in ages.items() if age > youngest + ALIKE}
    together = max(age for person, age in ages.items() if person not in older)
    return ", ".join([f"{count}, read {ago(together)}", *_older(older, viewer, called)])


def _older(ages: Mapping[PersonId, timedelta], viewer: Person, called: Mapping[PersonId, str]) -> list[str]:
    if len(ages) > MOST_NAMED:
        return [f"some {times.age(max(ages.values()))} ago"]
    return [f"{_whose(person, viewer, called)} {times.age(age)} ago" for person, age in ages.items()]


def _told(origin: Origin, theirs: Sequence[Basis], viewer: Person, now: datetime) -> str:
    """from the company calendar, read 2 min ago; from an import as of Tue 3 Nov."""
    read = [one.read_at for one in theirs if one.read_at is not None]
    source = _source(origin, theirs)
    if not read:
        return f"{source}, not read yet"
    if origin is Origin.IMPORT:
        return f"{source} as of {times.day(local(min(read), viewer.zone).date())}"
    return f"{source}, read {ago(now - min(read))}"


def _source(origin: Origin, theirs: Sequence[Basis]) -> str:
    one = len(theirs) == 1
    match origin:
        case Origin.COMPANY:
            return "from the company calendar" if one else "from company calendars"
        case Origin.FEED:
            return "from a feed" if one else "from feeds"
        case Origin.IMPORT:
            return "also from an import" if one else "also from imports"
        case Origin.OWN:
            return "from calendars that are kept in sync"


def unread(basis: Iterable[Basis]) -> list[Basis]:
    """What is not known now and could be: an import tells all that it ever will."""
    return [one for one in basis if one.vouching is not Vouching.KNOWN and one.origin is not Origin.IMPORT]


def reading(unread: Iterable[Basis], viewer: Person, called: Mapping[PersonId, str], now: datetime) -> str:
    """Reading Kim's calendar (40 s old)…; Reading Kim's company calendar…; Reading further ahead…"""
    found = list(unread)
    near = _by_person(one for one in found if one.vouching is not Vouching.AHEAD)
    if found and not near:
        return "Reading further ahead…"
    parts = [f"{_calendars(person, theirs, viewer, called)}{_how_old(theirs, now)}" for person, theirs in near.items()]
    return f"Reading {listed(parts)}…"


def unknown(
    basis: Iterable[Basis],
    viewer: Person,
    called: Mapping[PersonId, str],
    now: datetime,
    rooms: Container[PersonId] = (),
) -> list[str]:
    """What could not be read, whose turn it is, and what happens then; rooms have nobody but who keeps them."""
    lines = []
    for person, theirs in _by_person(basis).items():
        which = _calendars(person, theirs, viewer, called)
        if any(one.vouching is Vouching.BROKEN for one in theirs):
            then = "connect it again" if person == viewer.id else f"{called[person]} must connect it again and was told"
            then = "whoever keeps this room was told" if person in rooms else then
            lines.append(f"I can no longer read {which}: {then}.")
        elif all(one.vouching is Vouching.AHEAD for one in theirs):
            lines.append(f"I could not read {which} that far ahead yet; I keep trying.")
        else:
            lines.append(f"I could not read {which} just now ({_old(theirs, now)}); I keep trying.")
    lines.append("I offer no time that I don't know to be free. As soon as I know, the times come here or in our DM.")
    return lines


def mend(basis: Iterable[Basis], viewer: Person, resume: str) -> tuple[Button, ...]:
    """The way to connect again, where that is the viewer's turn."""
    broken = [one.calendar for one in basis if one.person == viewer.id and one.vouching is Vouching.BROKEN]
    # Of several, the page tells which.
    does = Press("connect.again", broken[0], resume) if len(broken) == 1 else Press("connect.link", resume)
    return (Button(label="Connect it again", does=does, look=Look.PRIMARY),) if broken else ()


def _by_person(basis: Iterable[Basis]) -> dict[PersonId, list[Basis]]:
    found: dict[PersonId, list[Basis]] = {}
    for one in basis:
        found.setdefault(one.person, []).append(one)
    return found


def _calendars(person: PersonId, theirs: Sequence[Basis], viewer: Person, called: Mapping[PersonId, str]) -> str:
    plural = "calendar" if len(theirs) == 1 else "calendars"
    if person != viewer.id:
        company = "company " if _is_company(theirs) else ""
        return f"{called[person]}'s {company}{plural}"
    if len(theirs) > LONGEST_LIST:
        return f"your {plural}"
    return f"your {plural} {listed([quoted(one.name) for one in theirs])}"


def _is_company(theirs: Iterable[Basis]) -> bool:
    return any(one.origin is Origin.COMPANY for one in theirs)


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


def _how_old(theirs: Sequence[Basis], now: datetime) -> str:
    """Said of what was read before: somebody's company calendar is asked for the first time, as everybody expects."""
    return "" if _is_company(theirs) and _age(theirs, now) is None else f" ({_old(theirs, now)})"
