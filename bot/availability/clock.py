"""Rules by the clock on the wall as stretches of seconds: working time, local days, lunch, grids.

A date's spans are read in the zone in which that date is lived; `core/zones` alone turns a wall time into an instant.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache

from bot.availability.terms import Counted, Daily, Pair
from bot.core.rules import DaySpan, Rules
from bot.core.zones import WallTime, zone

DAY = 24 * 3600
FIRST, LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
EARLIEST, LATEST = int(FIRST.timestamp()), int(LAST.timestamp())
"""Beyond these no zone has a whole day on both sides."""
EPOCH, LAST_DAY = date(1970, 1, 1).toordinal(), date.max.toordinal()
NOTHING = Counted(0, 0)


@lru_cache(maxsize=65536)
def second(day: date, at: time, name: str, later: int = 0) -> int:
    """The second at which the clocks of that zone show it, so many days later: in a gap its end, in a fold the earlier.

    At the ends of the calendar, where no date is left on one side, clocks are taken to go on as they do.
    """
    number = day.toordinal() + later
    shown = (number - EPOCH) * DAY + at.hour * 3600 + at.minute * 60 + at.second
    if not EARLIEST <= shown <= LATEST:
        return shown - offset(shown, name)
    return int(WallTime(date.fromordinal(number), at, name).instant().timestamp())


def offset(at: int, name: str) -> int:
    """How far the clocks of that zone are ahead of UTC then, in seconds."""
    within = min(max(at, EARLIEST), LATEST)
    ahead = datetime.fromtimestamp(within, UTC).astimezone(zone(name)).utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds())


def date_at(at: int, name: str) -> date:
    """The date there."""
    return _date((at + offset(at, name)) // DAY + EPOCH)


def zone_on(rules: Rules, day: date) -> str:
    """Where that date is lived."""
    return next((one.zone for one in rules.away if one.first <= day <= one.last), rules.zone)


def day_at(rules: Rules, at: int) -> date:
    """Their local day: the date where they are away then, else the date at home."""
    for one in rules.away:
        if one.first <= (day := date_at(at, one.zone)) <= one.last:
            return day
    return date_at(at, rules.zone)


def zone_at(rules: Rules, at: int) -> str:
    """By which clocks they live then."""
    return next((one.zone for one in rules.away if one.first <= date_at(at, one.zone) <= one.last), rules.zone)


def parts_of(rules: Rules, day: date) -> list[Pair]:
    """All seconds whose local day that is: a journey takes its dates from home, and the first one from the next."""
    parts: list[Pair] = []
    before: list[Pair] = []
    for one in rules.away:
        if one.first <= day <= one.last:
            parts += minus(_whole(day, one.zone), before)
        before.append((second(one.first, time(0), one.zone), second(one.last, time(0), one.zone, 1)))
    return sorted([*parts, *minus(_whole(day, rules.zone), before)])


def spans_on(rules: Rules, day: date) -> tuple[DaySpan, ...]:
    """The hours of that date."""
    overridden = next((one for one in rules.overrides if one.day == day), None)
    if overridden is not None:
        return overridden.spans
    return rules.days[day.weekday()] if rules.days is not None else (DaySpan(time(0), time(0)),)


def is_overridden(rules: Rules, day: date) -> bool:
    """Whether that date has hours of its own."""
    return any(one.day == day for one in rules.overrides)


def stretch(day: date, span: DaySpan, name: str) -> Pair:
    """That span of that date; empty where the clocks jumped over it."""
    later = 0 if span.start < span.end else 1
    return second(day, span.start, name), second(day, span.end, name, later)


def works(rules: Rules) -> bool:
    """Whether there are hours at all; without any, every time is theirs."""
    return rules.days is not None or bool(rules.overrides)


def working(rules: Rules, start: int, end: int) -> list[Pair]:
    """Their working time that meets these seconds, what touches joined."""
    if rules.days is None and not rules.overrides:
        return [(start - DAY, end + DAY)]
    pieces = (
        stretch(day, span, zone_on(rules, day))
        for day in dates(start - 2 * DAY, end + DAY)
        for span in spans_on(rules, day)
    )
    return merged(one for one in pieces if one[1] > start and one[0] < end)


def daily_parts(daily: Iterable[Daily], start: int, end: int) -> list[Pair]:
    """Each day's hours that were asked for, none of them joined."""
    days = list(dates(start - 2 * DAY, end + DAY))
    pieces = (stretch(day, one.span, one.zone) for one in daily for day in days)
    return [one for one in pieces if one[0] < one[1] and one[1] > start and one[0] < end]


def lunches(rules: Rules, start: int, end: int) -> Iterator[Pair]:
    """The spans of the days in which lunch is kept free, those that meet these seconds."""
    if rules.lunch is None:
        return
    for day in dates(start - 2 * DAY, end + DAY):
        begins, ends = stretch(day, rules.lunch.span, zone_on(rules, day))
        if begins < ends and begins < end and start < ends:
            yield begins, ends


class Counts(dict[date, Counted]):
    """What a cap counts, by local day, and the same by week: that is summed up once."""

    def __init__(self, days: Mapping[date, Counted], week_start: int) -> None:
        super().__init__(days)
        self.week_start = week_start
        self.weeks = sums_of(days, week_start)


def counted(rules: Rules, hard: Iterable[Pair]) -> Mapping[date, Counted]:
    """What a cap counts, by local day."""
    found: dict[date, list[int]] = {}
    for start, end in hard:
        if start < end:
            one = found.setdefault(day_at(rules, start), [0, 0])
            one[0] += 1
            one[1] += end - start
    return Counts({day: Counted(*one) for day, one in found.items()}, rules.week_start)


def sums_of(days: Mapping[date, Counted], week_start: int) -> dict[int, Counted]:
    """The same by the number of the week."""
    weeks: dict[int, Counted] = {}
    for day, has in days.items():
        week = week_number(day, week_start)
        before = weeks.get(week, NOTHING)
        weeks[week] = Counted(before.meetings + has.meetings, before.seconds + has.seconds)
    return weeks


def week_number(day: date, week_start: int) -> int:
    """Which week since the year 1 it lies in; `toordinal` counts from a Monday, which is 1."""
    return (day.toordinal() - 1 - week_start) // 7


def week_of(rules: Rules, day: date) -> list[date]:
    """The seven days of their week that holds it."""
    first = day.toordinal() - (day.weekday() - rules.week_start) % 7
    return [date.fromordinal(number) for number in range(first, first + 7) if 1 <= number <= LAST_DAY]


def on_grid(start: int, end: int, step: int, name: str) -> Iterator[int]:
    """The seconds from `start` to `end`, both included, at which the clocks there show a multiple of the step."""
    at = start
    while at <= end:
        ahead = offset(at, name)
        shown = (at + ahead) % DAY
        found = at + min(-(-shown // step) * step, DAY) - shown
        if offset(found, name) != ahead:
            at = _change(at, found, name)
        elif found <= end:
            yield found
            at = found + 1
        else:
            return


def is_on_grid(at: int, step: int, name: str) -> bool:
    """Whether the clocks there show a multiple of the step."""
    return (at + offset(at, name)) % DAY % step == 0


def merged(pairs: Iterable[Pair]) -> list[Pair]:
    """The same seconds, sorted, in as few pairs as can be; empty ones go."""
    found: list[Pair] = []
    for start, end in sorted(pairs):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def minus(whole: Pair, taken: Iterable[Pair]) -> list[Pair]:
    """What is left of a stretch."""
    left: list[Pair] = []
    at = whole[0]
    for start, end in merged(taken):
        if start >= whole[1]:
            break
        if start > at:
            left.append((at, start))
        at = max(at, end)
    return [*left, (at, whole[1])] if at < whole[1] else left


def holds(pieces: list[Pair], start: int, end: int) -> bool:
    """Whether one of these sorted pieces holds that stretch."""
    at = bisect_left(pieces, (start + 1,)) - 1
    return at >= 0 and end <= pieces[at][1]


def _whole(day: date, name: str) -> Pair:
    return second(day, time(0), name), second(day, time(0), name, 1)


def dates(start: int, end: int) -> Iterator[date]:
    """Every date in UTC from one second to another."""
    for number in range(max(start // DAY + EPOCH, 1), min(end // DAY + EPOCH, LAST_DAY) + 1):
        yield date.fromordinal(number)


def _date(number: int) -> date:
    return date.fromordinal(min(max(number, 1), LAST_DAY))


def _change(before: int, after: int, name: str) -> int:
    """The first second of another offset, found by halving."""
    ahead = offset(before, name)
    while after - before > 1:
        middle = (before + after) // 2
        if offset(middle, name) == ahead:
            before = middle
        else:
            after = middle
    return after
