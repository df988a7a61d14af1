"""From a document to the search that it asks for; every contradiction in it is found here, with its place."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from itertools import pairwise

from bot.availability.document import instants
from bot.availability.document.world import MOST_PEOPLE, WEEKDAYS, Busy, Choice, Person, Stretch, World
from bot.availability.document.wrong import Fault, Wrong
from bot.availability.terms import Attendee, Counted, Daily, Group, Pair, Role, Rows, Search
from bot.core.errors import InvalidInput
from bot.core.ids import PersonId
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override, Rules
from bot.core.zones import zone

MOST_DAYS = 800
"""From the start of the first window to the end of the last one."""
DAY = 24 * 3600
FIRST_DATE, LAST_DATE = date(2, 1, 1), date(9998, 12, 31)
"""No search meets a date outside of these."""


def search_of(world: World) -> Search:
    """What the engine is asked; `Wrong` where the document cannot be meant."""
    _cast(world)
    near_of(world)
    held_of(world)
    asked = world.request
    _known_zone(asked.zone, "request.zone")
    horizon = None if world.horizon is None else _inwards(world.horizon, "horizon")
    daily = []
    for at, one in enumerate(asked.daily):
        field = f"request.daily[{at}]"
        span = _span(one.opens, one.closes, field)
        daily.append(Daily(span, _known_zone(one.zone or asked.zone, f"{field}.zone")))
    return Search(
        now=instants.searchable(instants.up(world.now, "now"), "now"),
        length=asked.duration_min * 60,
        step=asked.step_min * 60,
        zone=asked.zone,
        windows=_windows(world, horizon),
        horizon=horizon,
        daily=tuple(daily),
        hours=asked.hours,
        people=tuple(_attendee(one, asked.zone, f"people[{at}]") for at, one in enumerate(world.people)),
        groups=tuple(Group(id=one.id, need=one.need, of=tuple(map(PersonId, one.of))) for one in world.groups),
        allow_unknown=asked.allow_unknown,
        allow_soft=asked.allow_soft,
    )


def near_of(world: World) -> int | None:
    """The start whose neighbours are wanted, where one is."""
    near = world.request.near
    return None if near is None else instants.searchable(instants.up(near, "request.near"), "request.near")


def held_of(world: World) -> dict[PersonId, tuple[Pair, ...]]:
    """What of everybody's time no relaxation may take."""
    return {PersonId(one.id): tuple(_held(one, f"people[{at}]")) for at, one in enumerate(world.people) if one.held}


def _held(one: Person, field: str) -> Iterator[Pair]:
    for at, it in enumerate(one.held):
        if (pair := _outwards(it, f"{field}.held[{at}]", one.id)) is not None:
            yield pair


def _cast(world: World) -> None:
    """Who takes part, and in which groups."""
    if not world.people:
        raise Wrong(Fault.MISSING_KEY, "people", "A search needs somebody: name a person.")
    if len(world.people) > MOST_PEOPLE:
        raise Wrong(Fault.TOO_LARGE, "people", f"There are more than {MOST_PEOPLE:,} people.")
    if world.people[0].role is not Role.REQUIRED:
        message = "The first person organises, and must be required."
        raise Wrong(Fault.CONTRADICTION, "people[0].role", message, world.people[0].id)
    _once((one.id for one in world.people), "people[{}].id", is_person=True)
    _once((one.id for one in world.groups), "groups[{}].id")
    known = {one.id for one in world.people}
    for at, one in enumerate(world.groups):
        _group(one, f"groups[{at}]", known)
    members = {member for one in world.groups for member in one.of}
    for at, person in enumerate(world.people):
        if person.role is Role.MEMBER and person.id not in members:
            message = "A member belongs to a group; no group names this one."
            raise Wrong(Fault.CONTRADICTION, f"people[{at}].role", message, person.id)


def _group(one: Choice, field: str, known: set[str]) -> None:
    _once(one.of, f"{field}.of[{{}}]", is_person=True)
    for at, member in enumerate(one.of):
        if member not in known:
            raise Wrong(Fault.UNKNOWN_PERSON, f"{field}.of[{at}]", "Nobody among the people has this id.", member)
    if one.need > len(one.of):
        raise Wrong(Fault.CONTRADICTION, f"{field}.need", f"It needs {one.need} of {len(one.of)}.")


def _once(ids: Iterable[str], field: str, *, is_person: bool = False) -> None:
    seen: set[str] = set()
    for at, one in enumerate(ids):
        if one in seen:
            message = "The same id is here twice."
            raise Wrong(Fault.CONTRADICTION, field.format(at), message, one if is_person else None)
        seen.add(one)


def _windows(world: World, horizon: Pair | None) -> tuple[Pair, ...]:
    """Those of the request as far as the horizon goes; where it has none, the horizon."""
    if world.request.windows is None:
        if horizon is None:
            raise Wrong(Fault.MISSING_KEY, "request.windows", "Say when it may be: give windows, or a horizon.")
        found = [horizon]
    else:
        whole = [_inwards(one, f"request.windows[{at}]") for at, one in enumerate(world.request.windows)]
        low, high = horizon or (instants.FIRST, instants.AFTER)
        clipped = ((max(start, low), min(end, high)) for start, end in whole)
        found = [one for one in clipped if one[0] < one[1]]
    for at, (start, end) in enumerate(found):
        instants.searchable(start, f"request.windows[{at}].start")
        instants.searchable(end, f"request.windows[{at}].end")
    if found and max(end for _, end in found) - min(start for start, _ in found) > MOST_DAYS * DAY:
        raise Wrong(Fault.TOO_LARGE, "request.windows", f"From first to last there are more than {MOST_DAYS:,} days.")
    return tuple(found)


def _inwards(one: Stretch, field: str) -> Pair:
    if one.end <= one.start:
        raise Wrong(Fault.INVALID_INTERVAL, field, "It must end after it starts.")
    return instants.up(one.start, f"{field}.start"), instants.down(one.end, f"{field}.end")


def _attendee(one: Person, usual: str, field: str) -> Attendee:
    busy = [(_outwards(it, f"{field}.busy[{at}]", one.id), it.kind) for at, it in enumerate(one.busy)]
    unknown = (_outwards(it, f"{field}.unknown[{at}]", one.id) for at, it in enumerate(one.unknown))
    if one.read_at is not None:
        instants.down(one.read_at, f"{field}.read_at", one.id)
    return Attendee(
        person=PersonId(one.id),
        rules=_rules(one, usual, field),
        role=one.role,
        taken=Rows(
            hard=tuple(sorted(pair for pair, kind in busy if pair is not None and kind == "hard")),
            soft=tuple(sorted(pair for pair, kind in busy if pair is not None and kind == "soft")),
        ),
        unknown=tuple(_joined(sorted(pair for pair in unknown if pair is not None))),
        counted=_counted(one, field),
        is_room=one.room,
    )


def _outwards(one: Busy | Stretch, field: str, person: str) -> Pair | None:
    """In whole seconds, never less than it was; None where it has no length."""
    if one.end < one.start:
        raise Wrong(Fault.INVALID_INTERVAL, field, "It ends before it starts.", person)
    start, end = instants.down(one.start, f"{field}.start", person), instants.up(one.end, f"{field}.end", person)
    return None if one.end == one.start else instants.near(start, end)


def _joined(pairs: Sequence[Pair]) -> Iterator[Pair]:
    at = 0
    while at < len(pairs):
        start, end = pairs[at]
        at += 1
        while at < len(pairs) and pairs[at][0] <= end:
            end = max(end, pairs[at][1])
            at += 1
        yield start, end


def _counted(one: Person, field: str) -> dict[date, Counted] | None:
    if one.counts is None:
        return None
    return {
        it: Counted(meetings, round(minutes * 60))
        for day, (meetings, minutes) in one.counts.items()
        if FIRST_DATE <= (it := _date(day, f"{field}.counts.{day}", one.id)) <= LAST_DATE
    }


def _rules(one: Person, usual: str, field: str) -> Rules:
    lunch = None
    if one.lunch is not None:
        span = _span(one.lunch.opens, one.lunch.closes, f"{field}.lunch", one.id)
        lunch = Lunch(span, one.lunch.minutes)
    return Rules(
        zone=_known_zone(one.zone or usual, f"{field}.zone", one.id),
        days=None if one.hours is None else tuple(_days(one, field)),
        overrides=tuple(
            Override(it, _spans(spans, f"{field}.overrides.{day}", one.id))
            for day, spans in one.overrides.items()
            if FIRST_DATE <= (it := _date(day, f"{field}.overrides.{day}", one.id)) <= LAST_DATE
        ),
        away=_away(one, field),
        before=timedelta(minutes=one.buffer_before_min),
        after=timedelta(minutes=one.buffer_after_min),
        notice=timedelta(minutes=one.min_notice_min),
        caps=Caps(
            meetings_a_day=one.max_meetings_per_day,
            minutes_a_day=one.max_minutes_per_day,
            meetings_a_week=one.max_meetings_per_week,
            minutes_a_week=one.max_minutes_per_week,
        ),
        week_start=WEEKDAYS.index(one.week_start),
        lunch=lunch,
        outside=None if one.max_outside_min is None else timedelta(minutes=one.max_outside_min),
    )


def _days(one: Person, field: str) -> Iterator[tuple[DaySpan, ...]]:
    for weekday in WEEKDAYS:
        spans: tuple[tuple[str, str], ...] = getattr(one.hours, weekday)
        yield _spans(spans, f"{field}.hours.{weekday}", one.id)


def _away(one: Person, field: str) -> tuple[Away, ...]:
    found: list[tuple[Away, str]] = []
    for at, it in enumerate(one.away):
        here = f"{field}.away[{at}]"
        first, last = _date(it.first, f"{here}.from", one.id), _date(it.last, f"{here}.to", one.id)
        if last < first:
            raise Wrong(Fault.INVALID_INTERVAL, here, "It ends before it starts.", one.id)
        elsewhere = _known_zone(it.zone, f"{here}.zone", one.id)
        if first <= LAST_DATE and last >= FIRST_DATE:
            found.append((Away(max(first, FIRST_DATE), min(last, LAST_DATE), elsewhere), here))
    for (earlier, _), (later, here) in pairwise(sorted(found, key=lambda it: it[0].first)):
        if later.first <= earlier.last:
            raise Wrong(Fault.CONTRADICTION, here, "It overlaps another one: nobody is in two zones at once.", one.id)
    return tuple(it for it, _ in found)


def _spans(spans: Sequence[tuple[str, str]], field: str, person: str) -> tuple[DaySpan, ...]:
    return tuple(_span(opens, closes, f"{field}[{at}]", person) for at, (opens, closes) in enumerate(spans))


def _span(opens: str, closes: str, field: str, person: str | None = None) -> DaySpan:
    try:
        return DaySpan(_clock(opens), _clock(closes))
    except InvalidInput as error:
        raise Wrong(Fault.INVALID_INTERVAL, field, "It must end at another time than it starts.", person) from error


def _clock(shown: str) -> time:
    """What the clock shows; 24:00 is the midnight that ends the day, as 00:00 is at the end of a span."""
    return time(int(shown[:2]) % 24, int(shown[3:]))


def _date(told: str, field: str, person: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError as error:
        raise Wrong(Fault.INVALID_TIME, field, "There is no such date.", person) from error


def _known_zone(name: str, field: str, person: str | None = None) -> str:
    try:
        zone(name)
    except InvalidInput as error:
        raise Wrong(Fault.UNKNOWN_ZONE, field, str(error), person) from error
    return name
