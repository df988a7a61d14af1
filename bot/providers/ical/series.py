"""A series of the common kind, stepped by arithmetic: a master with a rule and its exceptions (RFC 5545 §3.8.5).

`Odd` for every other series: which one that is, is decided before anything of it is answered.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.events import Instance
from bot.providers.ical import steps
from bot.providers.ical.lines import Event
from bot.providers.ical.moments import Moments
from bot.providers.ical.offsets import DAY, UNIVERSAL, Offsets
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
    uid: str, events: Sequence[Event], sources: Sequence[Said], moments: Moments, since: int, until: int
) -> list[Instance]:
    """Every instance of the series that reaches into `since` … `until`."""
    number = _only_master(events)
    event, said = events[number], sources[number]
    master = _master(event, said, moments)
    excluded = {at for rest in event.raw("EXDATE") for at in _named(moments, rest, master)}
    moved: set[int] = set()
    found: list[Instance] = []
    for other, source in zip(events, sources, strict=True):
        if other is not event:
            at = _original(other, moments, master)
            if at in moved:
                raise Odd("two exceptions of one instance")
            moved.add(at)
            one = moments.alone(other, source)
            if one is None or at in excluded or not source.may_block(all_day=one.all_day):
                continue
            if one.overlaps(since, until):
                original = one.original if master.offsets is None else at
                found.append(moments.instance(uid, source, original, one.begins, one.ends, one.all_day))
    if said.may_block(all_day=master.offsets is None):
        walls = _walls(event, master, moments, since, until)
        standing = (_days if master.offsets is None else _times)(walls, master, moments, excluded | moved)
        inside = (one for one in standing if since < one[1] > one[0] < until)
        found += moments.repeated(uid, said, inside, all_day=master.offsets is None)
    return found


def _times(walls: Iterable[int], master: _Master, _: Moments, without: set[int]) -> Iterator[tuple[int, int]]:
    """Those that begin at these times."""
    offsets, length = master.offsets or UNIVERSAL, master.length
    utc, steady = offsets.utc, offsets.steady
    is_within = master.wall % DAY + length < DAY
    if not length:
        return
    for wall in walls:
        offset = steady(wall // DAY) if is_within else None
        if offset is not None:
            # Most are of this kind: the clocks do not change on the day on which it begins and ends.
            begins = wall - offset
            ends = begins + length
        else:
            begins = utc(wall)
            ends = begins + length if master.is_exact else utc(wall + length)
            if ends <= begins:
                # Not later, where it begins in an hour that the clocks skip: it lasts as long as it always does.
                ends = begins + length
        if begins not in without:
            yield begins, ends


def _days(walls: Iterable[int], master: _Master, moments: Moments, without: set[int]) -> Iterator[tuple[int, int]]:
    """Those that begin on these days."""
    for wall in walls:
        if wall not in without:
            begins = moments.midnight(wall // DAY)
            yield begins, moments.midnight((wall + master.length) // DAY)


def _only_master(events: Sequence[Event]) -> int:
    """The one VEVENT that repeats, where every other is an exception of one instance."""
    masters = [number for number, event in enumerate(events) if "RECURRENCE-ID" not in event.props]
    if len(masters) != 1:
        raise Odd("no master, or several")
    for event in events:
        if any(name not in OFTEN for name, _ in event.more or ()) or "X-OVERLAP-MEETING" in event.props:
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


def _walls(event: Event, master: _Master, moments: Moments, since: int, until: int) -> list[int]:
    """When it begins on the wall, each once, for all that may reach into the window."""
    # DTSTART is the first of them, whatever the rule says (RFC 5545 §3.8.2.4).
    found = [master.wall]
    if "RRULE" in event.props:
        rule = steps.rule(event.props["RRULE"].rpartition(b":")[2].decode(errors="replace"))
        if rule is None:
            raise Odd("a rule in an uncommon form")
        last = _last(rule, master, moments)
        begin, end = (since - master.length - SLACK) // DAY, (until + SLACK) // DAY
        second = master.wall % DAY
        days = rule.days(
            master.wall // DAY, max(begin, steps.FIRST), end if last is None else min(end, last // DAY + 2)
        )
        found = [day * DAY + second for day in days]
        if not found or found[0] != master.wall:
            found.insert(0, master.wall)
        while last is not None and found and _key((found[-1], master.offsets)) > last:
            found.pop()
    if "RDATE" in event.props:
        found = sorted({*found, *(at for rest in event.raw("RDATE") for at in _added(moments, rest, master))})
    return found


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
    named = list(_named(moments, rest, master))
    if len(named) != 1:
        raise Odd("an exception of no instance, or of several")
    return named[0]


def _named(moments: Moments, rest: bytes, master: _Master) -> Iterator[int]:
    """Which instances a property names: each by its instant, and whole days by their wall second."""
    for at in moments.every(rest):
        wall, clocks = at
        if master.offsets is None and clocks is not None:
            raise Odd("a time where the start is a whole day")
        if master.offsets is not None and clocks is None:
            # A date names the instance of that day.
            at = wall + master.wall % DAY, master.offsets  # noqa: PLW2901 - it is the same one
        yield _key(at)


def _added(moments: Moments, rest: bytes, master: _Master) -> Iterator[int]:
    """The wall seconds of an RDATE, which are in the zone of the start, or whole days where it is one."""
    for wall, clocks in moments.every(rest):
        if clocks is not master.offsets:
            raise Odd("times of another kind than the start")
        yield wall


def _key(at: tuple[int, Offsets | None]) -> int:
    wall, clocks = at
    return wall if clocks is None else clocks.utc(wall)
