"""What speaks against a time that fits, as points with their reason: how much it asks of each, and of whom.

Every weight stands in one table, every point names its reason, and the sum of a time's points is its score: the fewer
the better. Nothing here says no; that is the search's.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.availability.terms import BIT, BITS_A_WEEK, Attendee, Role
from bot.core.ids import PersonId
from bot.core.reasons import Point, State, Why
from bot.core.rules import DaySpan, Rules

WEIGHTS: Mapping[Why, int] = {
    Why.MISSES: 40,
    Why.UNSEEN: 30,
    Why.OUTSIDE: 25,
    Why.SOFT: 20,
    Why.DAY_OFF: 20,
    Why.EARLY: 10,
    Why.LATE: 10,
    Why.BREAKS: 6,
    Why.EDGE: 4,
    Why.LUNCH: 3,
    Why.CROOKED: 3,
    Why.LATER: 2,
    Why.SAME_DAY: 6,
    Why.SAME_HALF: 3,
}
PER_QUARTER = 1
"""On top of EARLY and LATE, for each quarter of an hour."""
MOST_DAYS = 14
"""More days than these are no later."""

NINE, FIVE, NOON, ONE = 9 * 60, 17 * 60, 12 * 60, 13 * 60
A_DAY = 24 * 60
LONG_DAY = 12 * 60
"""Hours of more than that are no day that anybody likes to fill: nine to five counts as it then."""
EDGE = 30

STATES: Mapping[State, Why] = {State.OUTSIDE: Why.OUTSIDE, State.UNKNOWN: Why.UNSEEN, State.SOFT: Why.SOFT}


def of_state(who: Attendee, state: State) -> Point | None:
    """What it costs that they are not simply free then; of a group, whoever is not chosen costs nothing."""
    if who.role is Role.OPTIONAL and state is not State.FREE and state is not State.SOFT:
        return Point(Why.MISSES, WEIGHTS[Why.MISSES], (who.person,))
    why = STATES.get(state)
    return None if why is None else Point(why, WEIGHTS[why], (who.person,))


def of_clock(rules: Rules, local_bit: int, length: int, people: tuple[PersonId, ...] = ()) -> list[Point]:
    """What a start asks of people by their clock: `local_bit` counts five minutes from Monday 00:00 on their wall."""
    weekday, begins = divmod(local_bit * BIT // 60, A_DAY)
    ends = begins + length // 60
    spans = rules.days[weekday] if rules.days is not None else ()
    opens, closes = _comfort(spans)
    points = []
    early, late = max(opens - begins, 0), max(ends - closes, 0)
    for why, minutes in ((Why.EARLY, early), (Why.LATE, late)):
        if minutes:
            points.append(Point(why, WEIGHTS[why] + PER_QUARTER * round(minutes / 15), people, minutes))
    if not early and not late and (begins < opens + EDGE or ends > closes - EDGE):
        points.append(Point(Why.EDGE, WEIGHTS[Why.EDGE], people))
    if begins < ONE and ends > NOON:
        points.append(Point(Why.LUNCH, WEIGHTS[Why.LUNCH], people))
    if weekday >= 5 and not spans:
        points.append(Point(Why.DAY_OFF, WEIGHTS[Why.DAY_OFF], people))
    return points


@lru_cache(maxsize=256)
def by_clock(days: tuple[tuple[DaySpan, ...], ...] | None, length: int) -> tuple[int, ...]:
    """The sum of `of_clock` for every five minutes of a week on the wall: one look instead of many."""
    rules = Rules(zone="UTC", days=days)
    return tuple(sum(one.points for one in of_clock(rules, bit, length)) for bit in range(BITS_A_WEEK))


def of_minute(minute: int) -> list[Point]:
    """What a start asks by the minute that the asker's clock shows."""
    return [] if minute in (0, 30) else [Point(Why.CROOKED, WEIGHTS[Why.CROOKED])]


def of_wait(days: int) -> list[Point]:
    """What it costs to come so many days after the first possible one."""
    return [Point(Why.LATER, WEIGHTS[Why.LATER] * min(days, MOST_DAYS), amount=days)] if days > 0 else []


def of_page(on_that_day: int, lean: int) -> list[Point]:
    """What it costs to stand beside others that day, and to lean to one half of the day by so many."""
    points = []
    if on_that_day:
        points.append(Point(Why.SAME_DAY, WEIGHTS[Why.SAME_DAY] * on_that_day, amount=on_that_day))
    if lean > 0:
        points.append(Point(Why.SAME_HALF, WEIGHTS[Why.SAME_HALF] * lean * lean, amount=lean))
    return points


def total(points: Sequence[Point]) -> int:
    """The score: the fewer the better."""
    return sum(one.points for one in points)


def _comfort(spans: tuple[DaySpan, ...]) -> tuple[int, int]:
    """From and until when, in minutes of the day, nothing is early or late for them."""
    if not spans:
        return NINE, FIVE
    opens = min(_minute(span.start.hour, span.start.minute) for span in spans)
    closes = max(_closes(span) for span in spans)
    return (NINE, FIVE) if closes - opens > LONG_DAY else (opens, closes)


def _closes(span: DaySpan) -> int:
    ends = _minute(span.end.hour, span.end.minute)
    return ends if span.start < span.end else ends + A_DAY


def _minute(hour: int, minute: int) -> int:
    return hour * 60 + minute
