"""The week that somebody's choices make, as a picture of plain shapes, and the same in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from bot.people.week import MINUTES_A_DAY, Day, Stretch, Week
from bot.web.forms import DAYS

COLUMN = 100
"""How wide a day is; the height of the picture is the minutes that it shows."""
GAP = 4
USUAL = (8 * 60, 18 * 60)
"""Shown in any case, whatever the hours."""
LAYERS = ("works", "offered", "lunch", "unknown", "soft", "hard")
"""What is drawn, the lowest first; each is a field of a day and a class of the style sheet."""


@dataclass(frozen=True, slots=True)
class Block:
    """One shape of the picture."""

    kind: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day as the picture heads it and as it is said."""

    name: str
    number: int
    is_away: bool
    is_overridden: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that the page draws of a week."""

    title: str
    before: str
    after: str
    """Days of the week before and of the one after it, as a form sends them."""
    shown: str
    width: int
    height: int
    lines: tuple[int, ...]
    """Where a full hour is marked."""
    hours: tuple[str, ...]
    blocks: tuple[Block, ...]
    columns: tuple[Column, ...]
    kinds: frozenset[str]
    """What there is to be explained."""


def picture(week: Week) -> Picture:
    """The week, drawn."""
    top, end = _range(week.days)
    blocks = tuple(block for number, day in enumerate(week.days) for block in _blocks(day, number * COLUMN, top, end))
    first, last = week.days[0].day, week.days[-1].day
    month = "" if first.month == last.month else f" {first:%B}"
    step = 60 if end - top <= 12 * 60 else 120
    marks = range(top, end + 1, step)
    return Picture(
        title=f"{first.day}{month} – {last.day} {last:%B %Y}",
        before=_moved(week, -7),
        after=_moved(week, 7),
        shown=first.isoformat(),
        width=7 * COLUMN,
        height=end - top,
        lines=tuple(mark - top for mark in marks),
        hours=tuple(f"{mark // 60:02d}:00" for mark in marks),
        blocks=blocks,
        columns=tuple(_column(week, day) for day in week.days),
        kinds=frozenset(block.kind for block in blocks),
    )


def _range(days: Sequence[Day]) -> Stretch:
    """From which full hour to which the picture reaches: as far as anybody works, an hour more on both sides."""
    found = list(chain.from_iterable((*day.works, *day.lunch, *day.offered) for day in days))
    start = min([USUAL[0], *(one[0] for one in found)])
    end = max([USUAL[1], *(one[1] for one in found)])
    whole = (max(start // 60 * 60 - 60, 0), min(-(-end // 60) * 60 + 60, MINUTES_A_DAY))
    return whole if (whole[1] - whole[0]) <= 12 * 60 else (whole[0] // 120 * 120, -(-whole[1] // 120) * 120)


def _blocks(day: Day, x: int, top: int, end: int) -> Iterator[Block]:
    for kind in LAYERS:
        stretches: tuple[Stretch, ...] = getattr(day, kind)
        for start, until in stretches:
            begins, ends = max(start, top), min(until, end)
            if begins < ends:
                yield Block(kind, x + GAP, begins - top, COLUMN - 2 * GAP, ends - begins)


def _column(week: Week, day: Day) -> Column:
    return Column(
        name=DAYS[day.day.weekday()],
        number=day.day.day,
        is_away=day.is_away,
        is_overridden=day.is_overridden,
        words=_words(week, day),
    )


def _words(week: Week, day: Day) -> str:
    """Monday 30 November: works 09:00–17:00. Busy 10:00–11:00. …"""
    own = " (its own hours)" if day.is_overridden else ""
    said = [f"works {_told(day.works)}{own}" if day.works else f"no hours{own}"]
    if day.is_away:
        said.append(f"by the clocks of {place(day.zone)}")
    if day.lunch and week.rules.lunch is not None:
        said.append(f"{week.rules.lunch.minutes} minutes kept free within {_told(day.lunch)}")
    said += [f"{name} {_told(its)}" for name, its in (("busy", day.hard), ("perhaps busy", day.soft)) if its]
    if day.unknown:
        said.append("not known" if day.unknown == ((0, MINUTES_A_DAY),) else f"not known {_told(day.unknown)}")
    said.append(f"offered {_told(day.offered)}" if day.offered else "nothing is offered")
    return f"{DAYS[day.day.weekday()]} {day.day.day} {day.day:%B}: {'; '.join(said)}."


def place(zone: str) -> str:
    """Asia/Tokyo is Tokyo."""
    return zone.rpartition("/")[2].replace("_", " ")


def _told(stretches: Sequence[Stretch]) -> str:
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in stretches)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _moved(week: Week, days: int) -> str:
    return (week.first + timedelta(days=days)).isoformat()
