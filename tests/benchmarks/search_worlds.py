"""What the searches of the benchmarks look for: full calendars that leave the same two hours a week."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from bot.availability import clock
from bot.availability.terms import Attendee, Role, Search
from bot.core.ids import PersonId
from bot.core.rules import Caps, DaySpan, Lunch, Override, Rules
from bot.core.weeks import BIT, MONDAY, WEEK, Pair, Rows, bits_of, week_of

WEEKS = 8
START = MONDAY + week_of(int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())) * WEEK
END = START + WEEKS * WEEK
FIRST, COUNT = week_of(START) - 1, WEEKS + 2
HOUR, MINUTE = 3600, timedelta(minutes=1)
DAY = 24 * HOUR
QUIET = ((1 * DAY + 12 * HOUR, 1 * DAY + 13 * HOUR), (3 * DAY + 14 * HOUR, 3 * DAY + 15 * HOUR))
"""When nobody has anything: an hour on Tuesdays and on Thursdays."""
ZONES = ("Europe/Berlin", "Europe/London", "Africa/Lagos", "Europe/Lisbon", "Asia/Jerusalem")


def rules(number: int) -> Rules:
    """Hours in a zone of their own, and one of two buffers."""
    day = (DaySpan(time(8), time(18, 30)),)
    return Rules(
        zone=ZONES[number % len(ZONES)],
        days=(day,) * 5 + ((),) * 2,
        before=5 * MINUTE,
        after=5 * (number % 2) * MINUTE,
    )


def with_everything(who: Attendee) -> Attendee:
    """The same person with caps, a lunch, notice and dates of their own."""
    off = tuple(Override(date(2026, 12, day)) for day in (24, 25, 31))
    all_on = replace(
        who.rules,
        notice=300 * MINUTE,
        caps=Caps(meetings_a_day=26, minutes_a_day=1500, meetings_a_week=160, minutes_a_week=12_000),
        lunch=Lunch(DaySpan(time(12), time(14)), 30),
        overrides=(*off, Override(date(2026, 12, 15), (DaySpan(time(9), time(13)),))),
    )
    assert isinstance(who.taken, Rows)
    return replace(who, rules=all_on, counted=clock.counted(all_on, who.taken.hard))


def full(number: int, rows: int) -> Attendee:
    """Somebody with so many rows; the first one's leave nothing but the quiet hours, however few they are."""
    dice = random.Random(number * 100_003 + rows)
    hard = _whole(rows, dice) if number == 0 else tuple(sorted(_one(dice) for _ in range(rows)))
    return Attendee(
        person=PersonId(f"p{number}"),
        rules=rules(number),
        taken=Rows(hard=tuple(set(hard) - set(hard[::10])), soft=hard[::10]) if number else Rows(hard=hard),
    )


@lru_cache(maxsize=1)
def _blocked() -> tuple[Pair, ...]:
    quiet = [
        (START + week * WEEK + begins, START + week * WEEK + ends) for week in range(WEEKS) for begins, ends in QUIET
    ]
    return tuple(clock.minus((START, END), quiet))


def _whole(rows: int, dice: random.Random) -> tuple[Pair, ...]:
    """All but the quiet hours, cut into so many."""
    edges = [at for begins, ends in _blocked() for at in range(begins + BIT, ends, BIT)]
    cuts = set(dice.sample(edges, rows - len(_blocked())))
    pieces: list[Pair] = []
    for begins, ends in _blocked():
        at = [begins, *sorted(cut for cut in cuts if begins < cut < ends), ends]
        pieces += pairwise(at)
    return tuple(pieces)


def _one(dice: random.Random) -> Pair:
    while True:
        begins = START + dice.randrange(WEEKS * WEEK // BIT - 12) * BIT
        ends = begins + dice.choice((3, 6, 6, 12)) * BIT
        if any(low + BIT <= begins and ends <= high for low, high in _blocked()):
            return begins, ends


def by_rows(people: tuple[Attendee, ...]) -> Search:
    """Half an hour on the quarters, somewhere in the eight weeks."""
    return Search(
        now=START - HOUR, length=30 * 60, step=15 * 60, zone="Europe/Berlin", windows=((START, END),), people=people
    )


def by_bits(search: Search) -> Search:
    """The same one over the bits that storage keeps."""
    people = tuple(
        replace(one, taken=bits_of(one.taken, FIRST, COUNT)) for one in search.people if isinstance(one.taken, Rows)
    )
    return replace(search, people=people)


def optional(search: Search, since: int) -> Search:
    """The same one, in which all but the first so many need not come."""
    people = tuple(
        one if number < since else replace(one, role=Role.OPTIONAL) for number, one in enumerate(search.people)
    )
    return replace(search, people=people)
