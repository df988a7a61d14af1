"""What the engine must answer, worked out one start after another in the plainest way, from the rules as they are told.

Nothing of the engine is used here but its types. Nothing is merged, prepared or cut short: whoever doubts an answer of
the engine reads the rule in question here.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from bot.availability.terms import Attendee, Cause, Code, Counted, Daily, Pair, Role, Rows, Search, State, WhoseHours
from bot.core.ids import PersonId
from bot.core.rules import DaySpan, Rules
from bot.core.zones import WallTime, local

A_DAY = timedelta(days=1)
WHOLE_DAY = DaySpan(time(0), time(0))


def starts(search: Search) -> list[int]:
    """Every feasible start: each minute of each window is tried."""
    minutes = {at for start, end in search.windows for at in range(-(-start // 60) * 60, end, 60)}
    return [at for at in sorted(minutes) if is_on_grid(search, at) and not causes(search, at)]


def shortlist(search: Search, feasible: list[int], most: int) -> list[int]:
    """Those of the feasible starts that the fewest of the optional people miss, of equals the soonest."""
    optional = [who for who in search.people if who.role is Role.OPTIONAL]
    missing = {at: sum(bool(list(against(search, who, at))) for who in optional) for at in feasible}
    return sorted(missing, key=lambda at: (missing[at], at))[:most]


def causes(search: Search, start: int) -> tuple[Cause, ...]:
    """Everything that stands against it: in the order of people, then of codes; then what nobody in particular asks."""
    unmet = {one for group in search.groups if not is_met(search, group.need, group.of, start) for one in group.of}
    found = [
        cause
        for who in search.people
        if who.role is Role.REQUIRED or who.person in unmet
        for cause in against(search, who, start)
    ]
    if not is_in_windows(search, start):
        found.append(Cause(person=None, code=Code.WINDOW))
    if not is_on_grid(search, start):
        found.append(Cause(person=None, code=Code.GRID))
    return tuple(found)


def states(search: Search, start: int) -> tuple[State, ...]:
    """How each stands to it, in the order of people."""
    return tuple(state(search, who, start) for who in search.people)


def chosen(search: Search, start: int) -> dict[str, tuple[PersonId, ...]]:
    """The first of each group that fit, as many as it needs."""
    people = {who.person: who for who in search.people}
    fit = {name for name, who in people.items() if not list(against(search, who, start))}
    return {group.id: tuple(one for one in group.of if one in fit)[: group.need] for group in search.groups}


def is_met(search: Search, need: int, of: tuple[PersonId, ...], start: int) -> bool:
    """Whether so many of these fit."""
    return sum(who.person in of and not list(against(search, who, start)) for who in search.people) >= need


def against(search: Search, who: Attendee, start: int) -> Iterator[Cause]:
    """All of this person's that stands against it, in the order of codes."""
    rules, end = who.rules, start + search.length
    hard, soft = near_hard(search, who, start), near_soft(search, who, start)
    unknown = [one for one in who.unknown if is_over(one, start, end)]
    is_busy = any(is_over(row, start, end) for row in hard)
    asks_hours = search.hours is WhoseHours.OVERLAP or (
        search.hours is WhoseHours.ORGANISER and who.person == search.people[0].person
    )
    if is_busy:
        yield Cause(person=who.person, code=Code.BUSY, until=latest(hard))
    if soft and not search.allow_soft:
        yield Cause(person=who.person, code=Code.SOFT, until=latest(soft))
    if unknown and not search.allow_unknown:
        yield Cause(person=who.person, code=Code.UNKNOWN, until=latest(unknown))
    if asks_hours and not is_working(rules, start, end):
        code = Code.OVERRIDE if is_overridden(rules, day_at(rules, start)) else Code.HOURS
        yield Cause(person=who.person, code=code)
    if hard and not is_busy:
        yield Cause(person=who.person, code=Code.BUFFER, until=latest(hard))
    if is_too_soon(search, rules, start):
        yield Cause(person=who.person, code=Code.NOTICE)
    if is_capped(search, who, start):
        yield Cause(person=who.person, code=Code.CAP)
    if takes_lunch(search, who, start):
        yield Cause(person=who.person, code=Code.LUNCH)


def state(search: Search, who: Attendee, start: int) -> State:
    """The first of the states that holds, whatever is allowed and whoever's hours are asked for."""
    end = start + search.length
    if near_hard(search, who, start) or is_capped(search, who, start) or takes_lunch(search, who, start):
        return State.BUSY
    if not is_working(who.rules, start, end) or is_too_soon(search, who.rules, start):
        return State.OUTSIDE
    if any(is_over(one, start, end) for one in who.unknown):
        return State.UNKNOWN
    return State.SOFT if near_soft(search, who, start) else State.FREE


def near_hard(search: Search, who: Attendee, start: int) -> list[Pair]:
    """What is hard and overlaps the slot widened by their buffers."""
    return [row for row in rows(who).hard if is_over(row, *widened(search, who.rules, start))]


def near_soft(search: Search, who: Attendee, start: int) -> list[Pair]:
    """What is soft and overlaps the slot widened by their buffers."""
    return [row for row in rows(who).soft if is_over(row, *widened(search, who.rules, start))]


def widened(search: Search, rules: Rules, start: int) -> Pair:
    before, after = int(rules.before.total_seconds()), int(rules.after.total_seconds())
    return start - before, start + search.length + after


def rows(who: Attendee) -> Rows:
    """Their rows: the oracle reads no bits."""
    assert isinstance(who.taken, Rows)
    return who.taken


def is_over(one: Pair, start: int, end: int) -> bool:
    """Whether they share a second; one without a length shares none."""
    return one[0] < one[1] and one[0] < end and start < one[1]


def latest(pairs: list[Pair]) -> int:
    return max(end for _, end in pairs)


def is_working(rules: Rules, start: int, end: int) -> bool:
    """Whether every moment of it lies in some span of some date."""
    if rules.days is None and not rules.overrides:
        return True
    spans = [stretch(day, span, zone_on(rules, day)) for day in dates_near(start, end) for span in spans_on(rules, day)]
    at = start
    while at < end:
        reach = max((ends for begins, ends in spans if begins <= at < ends), default=at)
        if reach == at:
            return False
        at = reach
    return True


def spans_on(rules: Rules, day: date) -> tuple[DaySpan, ...]:
    """The spans of that date: its own, or its weekday's, or all of it."""
    for override in rules.overrides:
        if override.day == day:
            return override.spans
    return (WHOLE_DAY,) if rules.days is None else rules.days[day.weekday()]


def is_overridden(rules: Rules, day: date) -> bool:
    return any(override.day == day for override in rules.overrides)


def is_too_soon(search: Search, rules: Rules, start: int) -> bool:
    return start < search.now + int(rules.notice.total_seconds())


def is_capped(search: Search, who: Attendee, start: int) -> bool:
    """Whether one more meeting of this length would be too many, or too much, for its day or its week."""
    rules, caps = who.rules, who.rules.caps
    if not caps:
        return False
    day = day_at(rules, start)
    first = day - ((day.weekday() - rules.week_start) % 7) * A_DAY
    today = [counted_on(who, day)]
    week = [counted_on(who, first + number * A_DAY) for number in range(7)]
    return (
        is_above(sum(one.meetings for one in today) + 1, caps.meetings_a_day)
        or is_above(sum(one.meetings for one in week) + 1, caps.meetings_a_week)
        or is_above(sum(one.seconds for one in today) + search.length, in_seconds(caps.minutes_a_day))
        or is_above(sum(one.seconds for one in week) + search.length, in_seconds(caps.minutes_a_week))
    )


def counted_on(who: Attendee, day: date) -> Counted:
    """How many hard instances start on that local day of theirs, and how long these are."""
    if who.counted is not None:
        return who.counted.get(day, Counted(0, 0))
    lengths = [end - start for start, end in rows(who).hard if start < end and day_at(who.rules, start) == day]
    return Counted(len(lengths), sum(lengths))


def is_above(amount: int, limit: int | None) -> bool:
    return limit is not None and amount > limit


def in_seconds(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * 60


def takes_lunch(search: Search, who: Attendee, start: int) -> bool:
    """Whether it overlaps the span of some date's lunch, and does not leave enough of it in one piece."""
    lunch, end = who.rules.lunch, start + search.length
    if lunch is None:
        return False
    spans = [stretch(day, lunch.span, zone_on(who.rules, day)) for day in dates_near(start, end)]
    taken = [(start, end), *rows(who).hard, *rows(who).soft]
    return any(is_over(span, start, end) and not has_room(span, lunch.minutes * 60, taken) for span in spans)


def has_room(span: Pair, length: int, taken: list[Pair]) -> bool:
    """Whether a stretch of that length is left in the span: if any is, then one that starts it or follows something."""
    begins = [span[0], *(end for start, end in taken if start < end and span[0] < end < span[1])]
    return any(
        at + length <= span[1] and not any(is_over(one, at, at + length) for one in taken) for at in sorted(begins)
    )


def is_in_windows(search: Search, start: int) -> bool:
    """Wholly inside one window, the horizon, and one daily span of one date."""
    end = start + search.length
    horizon = search.horizon or (start, end)
    return (
        any(begins <= start and end <= ends for begins, ends in search.windows)
        and (horizon[0] <= start and end <= horizon[1])
        and (not search.daily or any(is_in_daily(one, start, end) for one in search.daily))
    )


def is_in_daily(daily: Daily, start: int, end: int) -> bool:
    spans = (stretch(day, daily.span, daily.zone) for day in dates_near(start, end))
    return any(begins <= start and end <= ends for begins, ends in spans)


def is_on_grid(search: Search, start: int) -> bool:
    """Whether the wall clock reads whole minutes, and a multiple of the step past midnight."""
    wall = local(datetime.fromtimestamp(start, UTC), search.zone)
    return wall.second == 0 and (wall.hour * 60 + wall.minute) % (search.step // 60) == 0


def day_at(rules: Rules, at: int) -> date:
    """Their date then: by the first journey in whose zone it is one of its dates; else at home."""
    for away in rules.away:
        there = date_in(at, away.zone)
        if away.first <= there <= away.last:
            return there
    return date_in(at, rules.zone)


def zone_on(rules: Rules, day: date) -> str:
    """Where that date is lived."""
    return next((away.zone for away in rules.away if away.first <= day <= away.last), rules.zone)


@cache
def date_in(at: int, zone: str) -> date:
    return local(datetime.fromtimestamp(at, UTC), zone).date()


@cache
def stretch(day: date, span: DaySpan, zone: str) -> Pair:
    """The span of that date there; one that ends at or before its start ends on the next day."""
    last = day if span.start < span.end else day + A_DAY
    start, end = WallTime(day, span.start, zone).instant(), WallTime(last, span.end, zone).instant()
    return int(start.timestamp()), int(end.timestamp())


def dates_near(start: int, end: int) -> list[date]:
    """All dates of which a span could be near, wherever on Earth."""
    first = datetime.fromtimestamp(start, UTC).date() - 3 * A_DAY
    days = (end - start) // A_DAY.total_seconds() + 7
    return [first + number * A_DAY for number in range(int(days))]
