"""iCalendar text -> the instances that stand in a window: what blocks, how hard, and what is ours.

Series are expanded by `recurring-ical-events`, from a text that holds nothing but times (`ical/times`). A series that
cannot be expanded becomes one block where it starts; it never vanishes.
"""

import logging
import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import recurring_ical_events

from bot.core.errors import InvalidInput
from bot.core.events import Instance, Written, distinct
from bot.core.intervals import Interval
from bot.core.zones import WallTime, midnight, whole_days
from bot.providers.ical.lines import NEEDED, Document, Event, document
from bot.providers.ical.rules import Incessant, Untamed
from bot.providers.ical.says import Said, answers, said
from bot.providers.ical.times import SOURCE, lies_far, moved_by, once, repeated, text
from bot.providers.ical.zones import Zones, known

log = logging.getLogger(__name__)

PAD = timedelta(days=2)
"""Around the window while expanding: days and zones are sorted out exactly afterwards."""
MOST_INSTANCES = 5_000
MOST_CPU = 20.0
_ESCAPED = re.compile(r"\\(.)")
Moment = date | datetime


@dataclass(slots=True)
class Patience:
    """How many seconds of work one reading of a whole calendar may still cost before series are no longer expanded."""

    left: float = MOST_CPU


def instances(
    data: bytes, window: Interval, zone: str, addresses: Collection[str], patience: Patience | None = None
) -> list[Instance]:
    """Everything in that text that blocks in the window, and everything that is ours wherever it stands.

    `zone` is where floating times and whole days are understood, `addresses` tell which ATTENDEE is the owner.
    """
    patience = patience or Patience()
    began = time.thread_time()
    found = distinct(_every(document(data), window, zone, addresses, patience))
    patience.left -= time.thread_time() - began
    return found


def holds(data: bytes, uid: str) -> bool:
    """Whether an event with that UID stands in the text."""
    return bool(_of(document(data), uid))


def written(data: bytes, uid: str, etag: str | None, zone: str) -> Written | None:
    """How the event with that UID stands in the text; None where there is none, or none with a time."""
    doc = document(data)
    masters = [event for event in _of(doc, uid) if event.first("RECURRENCE-ID") is None]
    found = next((one for event in masters for one in _alone(doc, event, zone)), None)
    if found is None:
        return None
    return Written(
        uid=uid,
        meeting=found.ours,
        when=found.when,
        sequence=found.sequence,
        status=found.status,
        etag=etag,
        answers=tuple(answer for event in masters[:1] for answer in answers(event)),
    )


def title(data: bytes, uid: str, starts: datetime, zone: str) -> str | None:
    """The title of one instance: its own where it has one, else its series'."""
    doc = document(data, needed=NEEDED | {"SUMMARY"})
    events = _of(doc, uid)
    moved = [event for event in events if event.first("RECURRENCE-ID") is not None]
    own = [event for event in moved if any(one.starts == starts for one in _alone(doc, event, zone))]
    lines = (event.first("SUMMARY") for event in (*own, *(event for event in events if event not in moved)))
    line = next((line for line in lines if line is not None), None)
    return None if line is None else _ESCAPED.sub(lambda it: " " if it[1] in "nN" else it[1], line.value).strip()


def _of(doc: Document, uid: str) -> list[Event]:
    return [event for event in doc.events if (line := event.first("UID")) is not None and line.value.strip() == uid]


def _alone(doc: Document, event: Event, zone: str) -> Iterator[Instance]:
    return _Reader([event], [said("", event, ())], Zones(zone, doc.timezones), zone).as_single_blocks()


def _every(
    doc: Document, window: Interval, zone: str, addresses: Collection[str], patience: Patience
) -> Iterator[Instance]:
    owner = (doc.zone and known(doc.zone)) or zone
    began = time.thread_time()
    for uid, events in _series(doc.events):
        sources = [said(uid, event, addresses) for event in events]
        is_ours = any(source.ours is not None for source in sources)
        if not is_ours and len(events) == 1 and lies_far(events[0], window, PAD):
            continue
        reader = _Reader(events, sources, Zones(owner, doc.timezones), zone)
        try:
            if time.thread_time() - began > patience.left:
                raise Untamed("this calendar takes too long to expand")
            found = reader.expanded(window)
        except Exception as error:  # whatever a library stumbles over, the block must not vanish with it
            log.warning("A series cannot be expanded (%s) and is shown as one block", type(error).__name__)
            found = list(reader.as_single_blocks())
            if isinstance(error, Incessant):
                found = [_stretched(one, window) for one in found]
        yield from (one for one in found if one.ours is not None or (one.blocks and one.when.overlaps(window)))


def _series(events: Iterable[Event]) -> Iterator[tuple[str, list[Event]]]:
    """The events by UID: a master and its overrides belong together (RFC 4791 §4.1); a second master stands alone."""
    found: dict[tuple[str, int], list[Event]] = {}
    for number, event in enumerate(events):
        uid = event.first("UID")
        named = uid.value.strip() if uid is not None else f"without-uid-{number}"
        is_master = event.first("RECURRENCE-ID") is None
        has_master = any(one.first("RECURRENCE-ID") is None for one in found.get((named, 0), ()))
        found.setdefault((named, number if is_master and has_master else 0), []).append(event)
    return ((uid, series) for (uid, _), series in found.items())


@dataclass(frozen=True, slots=True)
class _Reader:
    """One series: its VEVENTs, what they say, and the zones they are in."""

    events: Sequence[Event]
    sources: Sequence[Said]
    zones: Zones
    zone: str

    def expanded(self, window: Interval) -> list[Instance]:
        """Every instance in or near the window, and the VEVENTs of ours wherever they stand."""
        if not any(event.first(name) for event in self.events for name in ("RRULE", "RDATE")):
            return list(self.as_single_blocks())
        lines = [list(repeated(event, number, self.zones, window)) for number, event in enumerate(self.events)]
        query = recurring_ical_events.of(self._parsed(lines), components=("VEVENT",))
        found: list[Instance] = []
        for one in query.between(window.start - PAD, window.end + PAD):
            start, end = one["DTSTART"].dt, one["DTEND"].dt
            number = int(one[SOURCE])
            original = one["RECURRENCE-ID"].dt if "RECURRENCE-ID" in one else start
            if (move := moved_by(self.events[number])) is not None:
                original = start - move
            found.extend(self._instance(self.sources[number], original, start, end))
            if len(found) > MOST_INSTANCES:
                raise Untamed("more instances than can be kept")
        known_starts = {one.starts for one in found}
        ours = (one for one in self.as_single_blocks() if one.ours is not None and one.starts not in known_starts)
        return [*found, *ours]

    def as_single_blocks(self) -> Iterator[Instance]:
        """Each VEVENT once, where it starts, whatever it says about recurrence."""
        for event, source in zip(self.events, self.sources, strict=True):
            try:
                lines = once(event, self.zones)
                parsed = self._parsed([lines]).walk("VEVENT")[0]
                start = parsed["DTSTART"].dt
                original = parsed["RECURRENCE-ID"].dt if "RECURRENCE-ID" in parsed else start
                yield from self._instance(source, original, start, _end(parsed, start, source))
            except (KeyError, ValueError, TypeError, AttributeError, OverflowError, InvalidInput) as error:
                # Nothing says when it is: there is no time to block.
                log.warning("An event without a readable time is left out (%s)", type(error).__name__)

    def _parsed(self, lines: Iterable[Iterable[str]]) -> Any:
        lines = [list(event) for event in lines]
        with self.zones.ready():
            return icalendar.Calendar.from_ical(text(lines, self.zones))

    def _instance(self, source: Said, original: Moment, start: Moment, end: Moment) -> Iterator[Instance]:
        """One occurrence; none where it takes no time at all, so that it cannot block."""
        if isinstance(start, datetime):
            begins = self._instant(start)
            is_exact = source.duration is not None and source.is_exact
            ends = begins + source.duration if is_exact and source.duration is not None else self._instant(end)
            if ends == begins and source.ours is None:
                return
            when = Interval(min(begins, ends), max(begins, ends, begins + timedelta(seconds=1)))
        else:
            last = end.date() if isinstance(end, datetime) else end
            when = whole_days(start, max(last, start + timedelta(days=1)), self.zone)
        yield Instance(
            uid=source.uid,
            starts=self._instant(original),
            when=when,
            kind=source.kind,
            all_day=not isinstance(start, datetime),
            ours=source.ours,
            status=source.status,
            sequence=source.sequence,
            blocks=source.blocks,
            is_declined=source.is_declined,
        )

    def _instant(self, at: Moment) -> datetime:
        """The instant in UTC of a parsed time; a date is the midnight that begins it."""
        if not isinstance(at, datetime):
            return midnight(at, self.zone)
        if at.tzinfo is None:
            return WallTime(at.date(), at.time(), self.zone).instant()
        return at.astimezone(UTC).replace(microsecond=0)


def _end(parsed: Any, start: Moment, source: Said) -> Moment:
    if "DTEND" in parsed:
        end: Moment = parsed["DTEND"].dt
        return end
    if source.duration is not None:
        return start + source.duration
    # RFC 5545 §3.6.1: a date alone lasts that day, a time alone takes no time.
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _stretched(one: Instance, window: Interval) -> Instance:
    return replace(one, when=Interval(one.when.start, max(one.when.end, window.end)))
