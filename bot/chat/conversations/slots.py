"""How a time reads when several people look at it, and the rows of a card in which one is chosen."""

from collections.abc import Iterable, Mapping, Sequence

from bot.chat.cards import Button, Look, Press, Row
from bot.chat.conversations.words import listed, shorn
from bot.core.ids import PersonId, derived
from bot.core.intervals import Interval
from bot.core.people import Person
from bot.core.text import Strong, say
from bot.core.zones import local
from bot.language.wording import times

LONGEST_HINT = 75
"""What Slack takes as an accessibility label."""


def name_of(when: Interval) -> str:
    """A word for that time in a button: it names the same time however the list around it changed meanwhile."""
    return derived("slot", when.start.isoformat(), when.end.isoformat())[:16]


def named(name: str, slots: Iterable[Interval]) -> Interval | None:
    """The time among these with that name."""
    return next((when for when in slots if name_of(when) == name), None)


def start(when: Interval, zone: str) -> str:
    """Tue 1 Dec 16:00."""
    begins = local(when.start, zone)
    return f"{times.day(begins.date())} {times.clock(begins.time())}"


def in_zone(when: Interval, zone: str) -> str:
    """Tue 1 Dec 16:00–16:30 (Berlin time)."""
    return f"{times.stretch(when, zone)} ({times.place(zone)} time)"


def for_others(when: Interval, viewer: Person, others: Iterable[Person], called: Mapping[PersonId, str]) -> str:
    """` · 10:00 for Alex and Sam`: when it starts for those whose clocks or dates differ from the viewer's."""
    mine = local(when.start, viewer.zone).replace(tzinfo=None)
    groups: dict[str, list[str]] = {}
    for one in others:
        theirs = local(when.start, one.zone).replace(tzinfo=None)
        if theirs != mine:
            is_same_day = theirs.date() == mine.date()
            groups.setdefault(times.clock(theirs.time()) if is_same_day else start(when, one.zone), []).append(
                called[one.id]
            )
    return "".join(f" · {begins} for {listed(group)}" for begins, group in groups.items())


def rows(
    verb: str,
    slots: Sequence[tuple[Interval, Press]],
    viewer: Person,
    others: Sequence[Person],
    called: Mapping[PersonId, str],
) -> tuple[Row, ...]:
    """A row for each time, with a button `verb Tue 16:00`; two of one label carry their dates instead."""
    short = [f"{verb} {_short(when, viewer.zone)}" for when, _ in slots]
    return tuple(
        Row(
            say(Strong(times.stretch(when, viewer.zone)), for_others(when, viewer, others, called)),
            Button(
                label=label if short.count(label) == 1 else f"{verb} {start(when, viewer.zone)}",
                does=press,
                hint=hint(verb, when, viewer.zone),
                look=Look.PRIMARY if place == 0 else Look.PLAIN,
            ),
        )
        for place, ((when, press), label) in enumerate(zip(slots, short, strict=True))
    )


def hint(verb: str, when: Interval, zone: str) -> str:
    """Book Tuesday 1 December 2026, 16:00–16:30 CET."""
    return shorn(f"{verb} {times.long_stretch(when, zone)}", LONGEST_HINT)


def _short(when: Interval, zone: str) -> str:
    begins = local(when.start, zone)
    return f"{times.WEEKDAYS[begins.weekday()][:3]} {times.clock(begins.time())}"
