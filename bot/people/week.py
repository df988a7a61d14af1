"""The week that somebody's rules make: when they work, what is taken, and what others would be offered of it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from bot.availability.clock import holds, is_overridden, lunches, merged, stretch, working, zone_on
from bot.availability.finding import starts
from bot.availability.terms import Attendee, Pair, Rows, Search
from bot.core.ids import PersonId
from bot.core.preferences import Preferences
from bot.core.rules import DaySpan, Rules
from bot.core.zones import local

LENGTH = timedelta(minutes=30)
"""So long is the meeting for which a week is shown."""
ONE_DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60
ALL_DAY = DaySpan(time(0), time(0))

Stretch: TypeAlias = tuple[int, int]
"""From and to, in minutes of the clock on the wall since that day's midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of it, by the clocks of where it is lived."""

    day: date
    zone: str
    is_away: bool
    is_overridden: bool
    works: tuple[Stretch, ...]
    lunch: tuple[Stretch, ...]
    """The span within which lunch is kept free, where it meets hours."""
    hard: tuple[Stretch, ...]
    soft: tuple[Stretch, ...]
    unknown: tuple[Stretch, ...]
    offered: tuple[Stretch, ...]
    """Where a meeting of `LENGTH` may lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days, from the one on which their week starts."""

    rules: Rules
    days: tuple[Day, ...]

    @property
    def first(self) -> date:
        return self.days[0].day


def first_of_week(day: date, rules: Rules) -> date:
    """The day on which the week that holds that date starts for them."""
    return day - timedelta(days=(day.weekday() - rules.week_start) % 7)


def whole(first: date, rules: Rules) -> Pair:
    """All seconds of those seven days, wherever each is lived."""
    days = (first + count * ONE_DAY for count in range(7))
    parts = [stretch(day, ALL_DAY, zone_on(rules, day)) for day in days]
    return min(start for start, _ in parts), max(end for _, end in parts)


def week(person: PersonId, wanted: Preferences, first: date, rows: Rows, unknown: Iterable[Pair], *, now: int) -> Week:
    """The week from that date on by these wishes, with these rows in their calendars."""
    rules, (start, end) = wanted.rules, whole(first, wanted.rules)
    dark = merged(unknown)
    search = Search(
        now=now,
        length=int(LENGTH.total_seconds()),
        step=int(wanted.step.total_seconds()),
        zone=rules.zone,
        windows=((start, end),),
        people=(Attendee(person=person, rules=rules, taken=rows, unknown=tuple(dark)),),
    )
    offered = merged((one, one + search.length) for one in starts(search))
    pieces = working(rules, start, end)
    return Week(
        rules=rules,
        days=tuple(
            _day(rules, day, pieces, rows, dark, offered) for day in (first + count * ONE_DAY for count in range(7))
        ),
    )


def _day(rules: Rules, day: date, works: list[Pair], rows: Rows, dark: list[Pair], offered: list[Pair]) -> Day:
    zone = zone_on(rules, day)
    begins, ends = stretch(day, ALL_DAY, zone)

    def its(pairs: Iterable[Pair]) -> tuple[Stretch, ...]:
        """What of them lies in that day, by its clocks."""
        met = ((max(start, begins), min(end, ends)) for start, end in pairs if start < ends and end > begins)
        on_the_wall = (
            (_minute(start, zone), MINUTES_A_DAY if end == ends else _minute(end, zone)) for start, end in met
        )
        return tuple(one for one in on_the_wall if one[0] < one[1])

    hours = its(works)
    return Day(
        day=day,
        zone=zone,
        is_away=any(one.first <= day <= one.last for one in rules.away),
        is_overridden=is_overridden(rules, day),
        works=hours,
        lunch=tuple(one for one in its(lunches(rules, begins, ends)) if any(_meet(one, other) for other in hours)),
        hard=its(merged(rows.hard)),
        soft=its(merged(one for one in rows.soft if not holds(merged(rows.hard), *one))),
        unknown=its(dark),
        offered=its(offered),
    )


def _meet(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _minute(at: int, zone: str) -> int:
    clock = local(datetime.fromtimestamp(at, UTC), zone)
    return clock.hour * 60 + clock.minute
