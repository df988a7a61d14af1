"""How a time reads when several people look at it, and the rows of a card in which one is chosen."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.chat.cards import Button, Look, Press, Row
from bot.chat.conversations.words import listed, shorn
from bot.core.ids import PersonId, derived
from bot.core.intervals import Interval
from bot.core.people import Person, Standing
from bot.core.requests import Window
from bot.core.text import Strong, say
from bot.core.zones import local
from bot.language.wording import times

MOST_NOT_CHECKED = 4
"""Of more, a row says only how many."""
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
    return moment(when.start, zone)


def moment(at: datetime, zone: str) -> str:
    """Tue 1 Dec 16:00."""
    here = local(at, zone)
    return f"{times.day(here.date())} {times.clock(here.time())}"


def short(when: Interval, zone: str) -> str:
    """Tue 16:00."""
    begins = local(when.start, zone)
    return f"{times.WEEKDAYS[begins.weekday()][:3]} {times.clock(begins.time())}"


def in_zone(when: Interval, zone: str) -> str:
    """Tue 1 Dec 16:00–16:30 (Berlin time)."""
    return f"{times.stretch(when, zone)} ({times.place(zone)} time)"


def for_others(when: Interval, viewer: Person, others: Iterable[Person], called: Mapping[PersonId, str]) -> str:
    """` · 10:00 for Alex and Sam`: when it starts for the people whose clocks or dates differ from the viewer's."""
    mine = local(when.start, viewer.zone).replace(tzinfo=None)
    groups: dict[str, list[str]] = {}
    for one in others:
        theirs = local(when.start, one.zone).replace(tzinfo=None)
        if theirs != mine and one.standing is not Standing.ROOM:
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
    unseen: Sequence[str] = (),
    asks: Sequence[Sequence[str]] = (),
) -> tuple[Row, ...]:
    """A row for each time, with a button `verb Tue 16:00`; two of one label carry their dates instead.

    Each says whose calendars (`unseen`) nobody looked at, and what it `asks` of whom, if anything.
    """
    labels = _labels(verb, [when for when, _ in slots], viewer.zone)
    return tuple(
        Row(
            say(
                Strong(times.stretch(when, viewer.zone)),
                for_others(when, viewer, others, called),
                not_checked(unseen),
                "".join(f" · {words}" for words in (asks[place] if asks else ())),
            ),
            Button(
                label=label,
                does=press,
                hint=hint(verb, when, viewer.zone),
                look=Look.PRIMARY if place == 0 else Look.PLAIN,
            ),
        )
        for place, ((when, press), label) in enumerate(zip(slots, labels, strict=True))
    )


def not_checked(unseen: Sequence[str]) -> str:
    """` · Alex not checked`."""
    if len(unseen) > MOST_NOT_CHECKED:
        return f" · {len(unseen)} people not checked"
    return f" · {listed(unseen)} not checked" if unseen else ""


def is_asked(when: Interval, window: Window, zone: str) -> bool:
    """Whether it is the very time that a request for one exact time names."""
    begins = local(when.start, zone)
    return (begins.date(), begins.time().replace(tzinfo=None)) == (window.first, window.from_time)


def hint(verb: str, when: Interval, zone: str) -> str:
    """Book Tuesday 1 December 2026, 16:00–16:30 CET."""
    return shorn(f"{verb} {times.long_stretch(when, zone)}", LONGEST_HINT)


def _labels(verb: str, slots: Sequence[Interval], zone: str) -> list[str]:
    """No two alike: Book Tue 16:00; Book Tue 1 Dec 16:00; with the zone's mark in the hour that the clocks repeat."""
    labels = [f"{verb} {short(when, zone)}" for when in slots]
    dated = [f"{verb} {start(when, zone)}" for when in slots]
    marked = [f"{label} {times.zone_mark(when.start, zone)}" for label, when in zip(dated, slots, strict=True)]
    for longer in (dated, marked):
        taken = list(labels)
        labels = [long if taken.count(label) > 1 else label for label, long in zip(labels, longer, strict=True)]
    return labels
