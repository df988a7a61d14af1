"""From a search back to the document that asks it, so that what the bot once answered can be asked again anywhere."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import msgspec

from bot.availability.document.world import (
    MOST,
    WEEKDAYS,
    Busy,
    Choice,
    DailySpan,
    Hours,
    Journey,
    LunchTime,
    Person,
    Request,
    Stretch,
    World,
)
from bot.availability.lines import runs
from bot.availability.terms import BIT, MONDAY, WEEK, Attendee, Counted, Daily, Pair, Rows, Search, Weeks
from bot.core.ids import PersonId
from bot.core.rules import DaySpan, Rules

MINUTE = timedelta(minutes=1)
NO_READINGS: Mapping[PersonId, int] = {}
NOTHING_HELD: Mapping[PersonId, tuple[Pair, ...]] = {}


def world_of(
    search: Search,
    *,
    limit: int,
    near: int | None = None,
    read_at: Mapping[PersonId, int] = NO_READINGS,
    held: Mapping[PersonId, tuple[Pair, ...]] = NOTHING_HELD,
) -> World:
    """The document of that search, whose answer is the same."""
    return World(
        now=_instant(search.now),
        horizon=None if search.horizon is None else _stretch(search.horizon),
        request=Request(
            duration_min=search.length // 60,
            step_min=search.step // 60,
            limit=limit,
            zone=search.zone,
            hours=search.hours,
            windows=tuple(map(_stretch, search.windows)),
            near=None if near is None else _instant(near),
            daily=tuple(map(_daily, search.daily)),
            allow_unknown=search.allow_unknown,
            allow_soft=search.allow_soft,
        ),
        people=tuple(_person(one, read_at.get(one.person), held.get(one.person, ())) for one in search.people),
        groups=tuple(Choice(id=one.id, need=one.need, of=one.of) for one in search.groups),
    )


def written(world: World) -> bytes:
    """As it is read again; one line for each person."""
    # A quote in a text is escaped, so what is looked for is never text.
    return msgspec.json.encode(world).replace(b'},{"id":', b'},\n{"id":')


def busy(taken: Rows | Weeks) -> tuple[Busy, ...]:
    """Taken time as it stands in a document: rows as they are, bits as the runs that they make."""
    if isinstance(taken, Weeks):
        base = MONDAY + taken.first * WEEK
        taken = Rows(hard=tuple(_runs(taken.hard, base)), soft=tuple(_runs(taken.soft, base)))
    hard = (Busy(start=_instant(start), end=_instant(end)) for start, end in taken.hard)
    soft = (Busy(start=_instant(start), end=_instant(end), kind="soft") for start, end in taken.soft)
    return (*hard, *soft)


def _runs(bits: int, base: int) -> Iterator[Pair]:
    for begin, after in runs(bits):
        yield base + begin * BIT, base + after * BIT


def _person(one: Attendee, read_at: int | None, held: Iterable[Pair]) -> Person:
    rules = one.rules
    return Person(
        id=one.person,
        role=one.role,
        room=one.is_room,
        zone=rules.zone,
        hours=None if rules.days is None else _hours(rules.days),
        overrides={it.day.isoformat(): _spans(it.spans) for it in rules.overrides},
        away=tuple(Journey(first=it.first.isoformat(), last=it.last.isoformat(), zone=it.zone) for it in rules.away),
        buffer_before_min=rules.before // MINUTE,
        buffer_after_min=rules.after // MINUTE,
        min_notice_min=rules.notice // MINUTE,
        max_outside_min=None if rules.outside is None else rules.outside // MINUTE,
        max_meetings_per_day=rules.caps.meetings_a_day,
        max_minutes_per_day=rules.caps.minutes_a_day,
        max_meetings_per_week=rules.caps.meetings_a_week,
        max_minutes_per_week=rules.caps.minutes_a_week,
        week_start=WEEKDAYS[rules.week_start],
        lunch=_lunch(rules),
        busy=busy(one.taken),
        held=tuple(map(_stretch, held)),
        unknown=tuple(map(_stretch, one.unknown)),
        counts=None if one.counted is None else _counts(one.counted),
        read_at=None if read_at is None else _instant(read_at),
    )


def _hours(days: tuple[tuple[DaySpan, ...], ...]) -> Hours:
    return Hours(**{name: _spans(spans) for name, spans in zip(WEEKDAYS, days, strict=True)})


def _lunch(rules: Rules) -> LunchTime | None:
    if rules.lunch is None:
        return None
    opens, closes = _span(rules.lunch.span)
    return LunchTime(opens=opens, closes=closes, minutes=rules.lunch.minutes)


def _daily(one: Daily) -> DailySpan:
    opens, closes = _span(one.span)
    return DailySpan(opens=opens, closes=closes, zone=one.zone)


def _counts(counted: Mapping[date, Counted]) -> dict[str, tuple[int, float]]:
    """No cap is above MOST, so that whatever is beyond it is refused all the same."""
    return {day.isoformat(): (min(one.meetings, MOST), min(one.seconds / 60, MOST)) for day, one in counted.items()}


def _spans(spans: Iterable[DaySpan]) -> tuple[tuple[str, str], ...]:
    return tuple(map(_span, spans))


@lru_cache(maxsize=512)
def _span(span: DaySpan) -> tuple[str, str]:
    return f"{span.start:%H:%M}", "24:00" if span.end == time(0) else f"{span.end:%H:%M}"


def _stretch(pair: Pair) -> Stretch:
    return Stretch(start=_instant(pair[0]), end=_instant(pair[1]))


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
