"""Worlds for the engine and its oracle: some people, their rules and calendars, near days on which clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from bot.availability import clock
from bot.availability.terms import (
    MONDAY,
    WEEK,
    Attendee,
    Counted,
    Daily,
    Group,
    Pair,
    Role,
    Rows,
    Search,
    Weeks,
    WhoseHours,
)
from bot.core.ids import PersonId
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override, Rules
from bot.core.weeks import bits_of

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Pacific/Apia",
    "Antarctica/Troll",
    "UTC",
)
CHANGES = (
    date(2011, 12, 29),
    date(2026, 9, 26),
    date(2026, 10, 3),
    date(2026, 10, 24),
    date(2026, 10, 31),
    date(2026, 12, 31),
    date(2027, 2, 6),
    date(2027, 3, 13),
    date(2027, 3, 27),
    date(2027, 4, 3),
)
"""Days before clocks change: by a whole day in Apia, then in Chatham, on Lord Howe, in Berlin, in New York, and back.

Between them a year ends, and Casablanca has its own.
"""

zones = st.sampled_from(ZONES)


@st.composite
def spans(draw: st.DrawFn, grain: int) -> DaySpan:
    """Hours of a day as people have them, at night and across midnight as well."""
    start = draw(st.integers(0, 24 * 60 // grain - 1)) * grain
    end = (start + draw(st.integers(1, 24 * 60 // grain - 1)) * grain) % (24 * 60)
    ordinary = (DaySpan(time(9), time(17)), DaySpan(time(0), time(0)), DaySpan(time(18), time(0)))
    drawn = DaySpan(time(start // 60, start % 60), time(end // 60, end % 60)) if start != end else ordinary[1]
    return draw(st.sampled_from((drawn, drawn, *ordinary)))


@st.composite
def rules(draw: st.DrawFn, day: date, grain: int) -> Rules:
    """One person's rules, most of which most people have not."""
    days = st.tuples(*[st.lists(spans(grain), max_size=2).map(tuple)] * 2).map(
        lambda two: (two[0],) * 5 + (two[1],) * 2
    )
    own = st.lists(spans(grain), max_size=2).map(tuple)
    overrides = st.dictionaries(st.integers(-1, 3), own, max_size=2)
    few = st.none() | st.integers(0, 8)
    minutes = st.none() | st.integers(0, 120).map(lambda many: many * grain)
    caps = st.builds(
        Caps,
        meetings_a_day=few,
        minutes_a_day=minutes,
        meetings_a_week=st.none() | st.integers(1, 7),
        minutes_a_week=minutes,
    )
    lunches = st.builds(
        Lunch, spans(grain) | st.just(DaySpan(time(12), time(14))), st.integers(1, 14).map(lambda n: n * grain)
    )
    return Rules(
        zone=draw(zones),
        days=draw(st.none() | st.none() | days),
        overrides=tuple(
            Override(day + timedelta(days=after), own_spans)
            for after, own_spans in draw(st.just({}) | overrides).items()
        ),
        away=draw(st.just(()) | journeys(day)),
        before=timedelta(minutes=draw(st.sampled_from((0, 0, 1, 2, 9))) * grain),
        after=timedelta(minutes=draw(st.sampled_from((0, 0, 1, 3))) * grain),
        notice=timedelta(minutes=draw(st.sampled_from((0, 0, 12, 60))) * grain),
        caps=draw(st.just(Caps()) | st.just(Caps()) | caps),
        week_start=draw(st.sampled_from((0, 5, 6, 6))),
        lunch=draw(st.none() | lunches),
    )


@st.composite
def journeys(draw: st.DrawFn, day: date) -> tuple[Away, ...]:
    """One or two, in either order, the second of which may start on the day after the first."""
    first = day + timedelta(days=draw(st.integers(-2, 2)))
    last = first + timedelta(days=draw(st.integers(0, 2)))
    next_first = last + timedelta(days=draw(st.integers(1, 2)))
    one, two = Away(first, last, draw(zones)), Away(next_first, next_first, draw(zones))
    return draw(st.sampled_from(((one,), (one, two), (two, one))))


@st.composite
def taken(draw: st.DrawFn, start: int, grain: int, most: int) -> tuple[Pair, ...]:
    """Rows by start: overlapping, doubled, without a length, of more than a week, and some that start crookedly."""
    a_day = 1440 // grain
    lengths = st.sampled_from((0, 1, 1, 3, 3, 6, 6, 6, 6, 12, 12, 24, a_day, 13 * a_day))
    places = st.integers(-2 * DAY // 60 // grain, 4 * DAY // 60 // grain)
    drawn = draw(st.lists(st.tuples(places, lengths), max_size=most))
    doubled = drawn + draw(st.sampled_from((drawn[:0], drawn[:1])))
    unit, aside = grain * MINUTE, draw(st.sampled_from((0, 0, 1, 240)))
    begin = start + aside
    return tuple(sorted((begin + place * unit, begin + (place + length) * unit) for place, length in doubled))


@st.composite
def counts(draw: st.DrawFn, day: date) -> dict[date, Counted]:
    """What was counted elsewhere, which no row here need tell of."""
    numbers = draw(st.dictionaries(st.integers(-4, 8), st.tuples(st.integers(0, 3), st.integers(0, 5000)), max_size=4))
    return {day + timedelta(days=after): Counted(*counted) for after, counted in numbers.items()}


@st.composite
def attendees(draw: st.DrawFn, name: str, role: Role, start: int, grain: int) -> Attendee:
    day = datetime.fromtimestamp(start, UTC).date()
    return Attendee(
        person=PersonId(name),
        role=role,
        rules=draw(rules(day, grain)),
        taken=Rows(hard=draw(taken(start, grain, draw(st.sampled_from((1, 4, 8))))), soft=draw(taken(start, grain, 2))),
        unknown=tuple(clock.merged(draw(taken(start, grain, draw(st.sampled_from((0, 1, 2))))))),
        counted=draw(st.none() | st.none() | counts(day)),
    )


@st.composite
def worlds(draw: st.DrawFn, grain: int = 5) -> Search:
    """A whole question; every wall time and length in it is a multiple of `grain` minutes."""
    start = int(datetime.combine(draw(st.sampled_from(CHANGES)), time(0), UTC).timestamp())
    roles = [Role.REQUIRED, *draw(st.lists(st.sampled_from((*Role, Role.MEMBER)), max_size=4))]
    people = tuple(draw(attendees(f"p{at}", role, start, grain)) for at, role in enumerate(roles))
    windows = [
        (start + begins * HOUR, start + (begins + hours) * HOUR)
        for begins, hours in draw(st.lists(st.tuples(st.integers(-4, 50), st.integers(1, 20)), min_size=1, max_size=3))
    ]
    crooked = draw(st.sampled_from((0, 0, 0, 0, 7, 60)))
    horizon = (start + draw(st.integers(-8, 20)) * HOUR, start + draw(st.integers(30, 90)) * HOUR + crooked)
    daily = st.lists(st.builds(Daily, spans(grain), zones), max_size=2).map(tuple)
    return Search(
        now=start + draw(st.sampled_from((-72, 0, 20))) * HOUR + draw(st.sampled_from((0, crooked, 13))),
        length=draw(st.sampled_from((1, 2, 6, 6, 12, 60))) * grain * MINUTE,
        step=draw(st.sampled_from((1, 2, 3, 6, 12))) * grain * MINUTE,
        zone=draw(zones),
        windows=tuple((begins + crooked, ends + crooked) for begins, ends in windows),
        horizon=draw(st.none() | st.just(horizon)),
        daily=draw(st.just(()) | daily),
        hours=draw(st.sampled_from(WhoseHours)),
        people=people,
        groups=draw(groups(people)),
        allow_unknown=draw(st.sampled_from((False, False, True))),
        allow_soft=draw(st.booleans()),
    )


@st.composite
def groups(draw: st.DrawFn, people: tuple[Attendee, ...]) -> tuple[Group, ...]:
    """Up to two, mostly of members; who is asked anyway may count as well."""
    members = [one.person for one in people if one.role is Role.MEMBER]
    if not members:
        return ()
    several = []
    for number in range(draw(st.integers(1, 2))):
        names = draw(st.permutations(members))
        if draw(st.booleans()):
            names = list(dict.fromkeys([*names, draw(st.sampled_from(people)).person]))
        several.append(Group(id=f"g{number}", need=draw(st.integers(1, len(names))), of=tuple(names)))
    return tuple(several)


def stored(search: Search) -> Search:
    """The same, had everybody's rows been kept as weeks of bits, and what caps count as counts."""
    first, last = _edges(search)
    return replace(search, people=tuple(_stored(one, first, last - first) for one in search.people))


def _stored(one: Attendee, first: int, count: int) -> Attendee:
    rows = rows_of(one)
    counted = clock.counted(one.rules, rows.hard) if one.counted is None else one.counted
    return replace(one, taken=bits_of(rows, first, count), counted=counted)


def as_bits_tell(search: Search) -> Search:
    """The same, with the rows that the stored weeks of `search` can tell: runs of five minutes, and the counts."""
    return replace(
        search,
        people=tuple(
            replace(one, taken=Rows(hard=_runs(one, "hard"), soft=_runs(one, "soft"))) for one in search.people
        ),
    )


def _edges(search: Search) -> Pair:
    """Weeks with more than enough around everything that is asked for."""
    points = [point for window in search.windows for point in window]
    return (min(points) - MONDAY) // WEEK - 3, (max(points) - MONDAY) // WEEK + 4


def rows_of(one: Attendee) -> Rows:
    assert isinstance(one.taken, Rows)
    return one.taken


def _runs(one: Attendee, kind: str) -> tuple[Pair, ...]:
    assert isinstance(one.taken, Weeks)
    text = f"{getattr(one.taken, kind):b}"[::-1]
    start = MONDAY + one.taken.first * WEEK
    bits = tuple((start + at * 300, start + (at + 1) * 300) for at, bit in enumerate(text) if bit == "1")
    return tuple(clock.merged(bits))
