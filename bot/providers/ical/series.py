"""A series of the common kind, stepped by arithmetic: a master with a rule and its exceptions (RFC 5545 §3.8.5).

`Odd` for every other series: which one that is, is decided before anything of it is answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.providers.ical import steps
from bot.providers.ical.lines import Event
from bot.providers.ical.moments import Found, Moments
from bot.providers.ical.offsets import DAY, Offsets
from bot.providers.ical.says import Said
from bot.providers.ical.stamps import Odd

OFTEN = frozenset({"ATTENDEE", "ORGANIZER", "RDATE", "EXDATE"})
"""What one event may say several times."""
SLACK = 2 * DAY
"""Around the window: wall seconds are compared with instants there."""


@dataclass(frozen=True, slots=True)
class _Master:
    """What repeats: when it first begins on the wall, how long it lasts, and whether that is by the clock."""

    wall: int
    offsets: Offsets | None
    length: int
    is_exact: bool


def stepped(
    events: Sequence[Event], sources: Sequence[Said], moments: Moments, since: int, until: int
) -> Iterator[tuple[Said, Found]]:
    """Every instance of the series that reaches into `since` … `until`, with what the VEVENT that it is of says."""
    number = _only_master(events)
    event, said = events[number], sources[number]
    master = _master(event, said, moments)
    excluded = {_key(at) for rest in event.raw("EXDATE") for at in _alike(moments, rest, master)}
    moved: dict[int, Found | None] = {}
    found: list[tuple[Said, Found]] = []
    for other, source in zip(events, sources, strict=True):
        if other is not event:
            at = _original(other, moments, master)
            if at in moved:
                raise Odd("two exceptions of one instance")
            moved[at] = one = moments.alone(other, source)
            if one is not None and at not in excluded and source.blocks and one.overlaps(since, until):
                found.append((source, one))
    yield from found
    if not said.blocks:
        return
    for wall in _walls(event, master, moments, since, until):
        key = wall if master.offsets is None else master.offsets.utc(wall)
        if key not in excluded and key not in moved:
            one = _stands(wall, key, master, moments)
            if one is not None and one.overlaps(since, until):
                yield said, one


def _only_master(events: Sequence[Event]) -> int:
    """The one VEVENT that repeats, where every other is an exception of one instance."""
    masters = [number for number, event in enumerate(events) if "RECURRENCE-ID" not in event.props]
    if len(masters) != 1:
        raise Odd("no master, or several")
    for event in events:
        if any(name not in OFTEN for name, _ in event.more) or "X-OVERLAP-MEETING" in event.props:
            raise Odd("a property that stands there twice, or a series of ours")
        if "RECURRENCE-ID" in event.props and ("RRULE" in event.props or "RDATE" in event.props):
            raise Odd("an exception that repeats")
    return masters[0]


def _master(event: Event, said: Said, moments: Moments) -> _Master:
    start, end = event.props.get("DTSTART"), event.props.get("DTEND")
    if start is None or ("DURATION" in event.props and said.duration is None):
        raise Odd("no start, or two ends")
    wall, offsets = moments.wall(start)
    if end is not None:
        after, clocks = moments.wall(end)
        if clocks is not offsets:
            raise Odd("two zones in one event")
        length = after - wall
    elif said.duration is not None:
        length = int(said.duration.total_seconds())
    else:
        length = DAY if offsets is None else 0
    if length < 0 or (offsets is None and length % DAY):
        raise Odd("an end before the start, or whole days that are none")
    return _Master(wall, offsets, length or (DAY if offsets is None else 0), said.is_exact)


def _walls(event: Event, master: _Master, moments: Moments, since: int, until: int) -> Iterator[int]:
    """When it begins on the wall, each once."""
    second = master.wall % DAY
    last: int | None = None
    found: set[int] = set()
    if "RRULE" in event.props:
        rule = steps.rule(event.props["RRULE"].rpartition(b":")[2].decode(errors="replace"))
        if rule is None:
            raise Odd("a rule in an uncommon form")
        last = _last(rule, master, moments)
        begin, end = (since - master.length - SLACK) // DAY, (until + SLACK) // DAY
        if last is not None:
            end = min(end, (last + SLACK) // DAY)
        found.update(day * DAY + second for day in rule.days(master.wall // DAY, max(begin, steps.FIRST), end))
    # DTSTART is the first of them, whatever the rule says (RFC 5545 §3.8.2.4).
    found.add(master.wall)
    if last is not None:
        found = {wall for wall in found if (wall if master.offsets is None else master.offsets.utc(wall)) <= last}
    for rest in event.raw("RDATE"):
        found.update(wall for wall, _ in _alike(moments, rest, master, is_exact=master.is_exact))
    yield from sorted(found)


def _last(rule: steps.Rule, master: _Master, moments: Moments) -> int | None:
    """The last second of UNTIL; a bare date includes that whole day, as its author meant it."""
    if rule.until is None:
        return None
    try:
        wall, clocks = moments.wall(b":" + rule.until[:8].encode() if master.offsets is None else _value(rule.until))
    except Odd:
        return None
    if master.offsets is None:
        return wall
    if clocks is None:
        return master.offsets.utc(wall + DAY - 1)
    return wall if rule.until.endswith("Z") else master.offsets.utc(wall)


def _value(until: str) -> bytes:
    return b":" + until.encode()


def _original(event: Event, moments: Moments, master: _Master) -> int:
    rest = event.props["RECURRENCE-ID"]
    if b"RANGE" in rest.upper():
        raise Odd("an exception of this instance and all after it")
    (at,) = _alike(moments, rest, master)
    return _key(at)


def _alike(
    moments: Moments, rest: bytes, master: _Master, *, is_exact: bool = True
) -> Iterator[tuple[int, Offsets | None]]:
    """The times of a property, which are whole days where the master is one; in its zone, where that matters."""
    for wall, clocks in moments.every(rest):
        if (clocks is None) is not (master.offsets is None) or not (is_exact or clocks is master.offsets):
            raise Odd("times of another kind than the start")
        yield wall, clocks


def _key(at: tuple[int, Offsets | None]) -> int:
    wall, clocks = at
    return wall if clocks is None else clocks.utc(wall)


def _stands(wall: int, key: int, master: _Master, moments: Moments) -> Found | None:
    if master.offsets is None:
        begins = moments.midnight(wall // DAY)
        return Found(begins, begins, moments.midnight((wall + master.length) // DAY), True)
    ends = key + master.length if master.is_exact else master.offsets.utc(wall + master.length)
    return Found(key, key, ends) if ends > key else None
