"""iCalendar text -> the instances that stand in a window: what blocks, how hard, and what is ours.

Almost every series is of a kind that arithmetic expands (`ical/series`). The odd ones are expanded by
`recurring-ical-events`, from a text that holds nothing but times (`ical/times`), in a process with limits
(`ical/guarded`). A series that cannot be expanded becomes one block where it starts; it never vanishes.
"""

import gc
import logging
import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.errors import InvalidInput, NotACalendar
from bot.core.events import Instance, Written, distinct
from bot.core.intervals import Interval
from bot.providers.ical.freebusy import busy
from bot.providers.ical.guarded import GUARDED, Occurrence, Overworked
from bot.providers.ical.lines import NEEDED, PEOPLE, Document, Event, document
from bot.providers.ical.moments import Found, Moments, seconds
from bot.providers.ical.rules import Incessant, Untamed
from bot.providers.ical.says import Said, answers, said
from bot.providers.ical.series import stepped
from bot.providers.ical.stamps import Odd, day_number
from bot.providers.ical.times import lies_far, moved_by, repeated, text
from bot.providers.ical.zones import Zones, known

log = logging.getLogger(__name__)

PAD = timedelta(days=2)
"""Around the window while expanding: days and zones are sorted out exactly afterwards."""
MOST_INSTANCES = 50_000
MOST_CPU = 20.0
_ESCAPED = re.compile(r"\\(.)")
Told = tuple[Said, Found]


@dataclass(slots=True)
class Patience:
    """What one reading of a whole calendar may still cost before series are no longer expanded."""

    left: float = MOST_CPU
    """Seconds of work."""
    room: int = MOST_INSTANCES


@dataclass(slots=True)
class Understood:
    """What a text came to, and what had to be guessed."""

    instances: list[Instance]
    series: int = 0
    odd: int = 0
    """Series that arithmetic does not expand."""
    guessed: int = 0
    """Series that could not be expanded, each shown as one block."""
    untold: int = 0
    """Events left out, because nothing says when they are."""
    zones: set[str] = field(default_factory=set)
    """The zones that times are given in."""
    assumed: set[str] = field(default_factory=set)
    """Those among them that nothing explains; the owner's zone stood in."""


def instances(
    data: bytes, window: Interval, zone: str, addresses: Collection[str], patience: Patience | None = None
) -> list[Instance]:
    """Everything in that text that blocks in the window, and everything that is ours wherever it stands.

    `zone` is where floating times and whole days are understood, `addresses` tell which ATTENDEE is the owner.
    """
    needed = NEEDED if addresses else NEEDED - PEOPLE
    with _uncollected():
        return understood(document(data, needed=needed), window, zone, addresses, patience).instances


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looks for cycles: nothing here makes any, and each look goes through all that was made so far."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def understood(
    doc: Document, window: Interval, zone: str, addresses: Collection[str], patience: Patience | None = None
) -> Understood:
    """The same, with what had to be guessed; `NotACalendar` where there is more than can be kept."""
    return _Reader(doc, window, zone, addresses, patience or Patience()).understood()


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
    """The VEVENT itself, by what it says to nobody in particular."""
    source, moments = said(event, ()), Moments(Zones(zone, doc.timezones), zone)
    found = _placed(event, source, moments)
    if found is not None:
        yield moments.instance("", source, *found)


def _placed(event: Event, source: Said, moments: Moments) -> Found | None:
    """Where the VEVENT stands, in the owner's zone where its own cannot be understood; None where it takes no time."""
    try:
        return moments.alone(event, source)
    except Odd:
        try:
            return Moments(Zones(moments.zones.owner, {}), moments.zone).alone(event, source)
        except (Odd, InvalidInput, OverflowError):
            return None


class _Reader:
    """One reading of one text."""

    def __init__(
        self, doc: Document, window: Interval, zone: str, addresses: Collection[str], patience: Patience
    ) -> None:
        owner = (doc.zone and known(doc.zone)) or zone
        self._doc = doc
        self._window = window
        self._since, self._until = seconds(window.start), seconds(window.end)
        self._addresses = addresses
        self._patience = patience
        self._zones = Zones(owner, doc.timezones)
        self._moments = Moments(self._zones, zone)
        self._found = Understood([])
        self._is_plain = True
        """Whether no two of them can be the same instance."""

    def understood(self) -> Understood:
        found = self._found
        kept, room = found.instances, self._patience.room
        for uid, events in self._series():
            props = events[0].props
            if len(events) == 1 and "RRULE" not in props and "RDATE" not in props:
                self._keep_one(uid, events[0])
            else:
                kept += self._of_one(uid, events)
            if len(kept) > room:
                raise NotACalendar("The calendar holds more than can be kept.")
        try:
            told = list(busy(self._doc, self._moments, self._since, self._until))
        except Odd:
            raise NotACalendar("The calendar says when somebody is busy in a way that cannot be read.") from None
        kept += [self._moments.instance(uid, source, *one) for uid, source, one in told]
        if told or not self._is_plain:
            found.instances = distinct(kept)
        self._patience.room -= len(found.instances)
        found.zones, found.assumed = set(filter(None, self._zones.found)), self._zones.assumed
        return found

    def _keep_one(self, uid: str, event: Event) -> None:
        """What most events are: one that stands once."""
        source = said(event, self._addresses)
        try:
            one = self._moments.alone(event, source)
        except (Odd, InvalidInput, OverflowError):
            self._found.instances += self._made(uid, self._singly([event], [source]))
            return
        if one is not None and self._counts(source, one):
            self._found.instances.append(self._moments.instance(uid, source, *one))

    def _made(self, uid: str, told: Iterable[Told]) -> list[Instance]:
        """Those of them that count."""
        return [self._moments.instance(uid, source, *one) for source, one in told if self._counts(source, one)]

    def _counts(self, source: Said, one: Found) -> bool:
        """Whether it is ours, or may block in the window."""
        its = source.may_block(all_day=one.all_day) and one.overlaps(self._since, self._until)
        return its or source.ours is not None

    def _series(self) -> Iterator[tuple[str, list[Event]]]:
        """The events by UID: a master and its exceptions belong together (RFC 4791 §4.1); a second master is alone."""
        found: dict[str, list[Event]] = {}
        further: list[tuple[str, list[Event]]] = []
        for number, event in enumerate(self._doc.events):
            rest = event.props.get("UID")
            uid = rest.rpartition(b":")[2].decode(errors="replace").strip() if rest else f"without-uid-{number}"
            others = found.get(uid)
            if others is None:
                found[uid] = [event]
            elif _is_master(event) and any(map(_is_master, others)):
                self._is_plain = False
                further.append((uid, [event]))
            else:
                others.append(event)
        yield from found.items()
        yield from further

    def _of_one(self, uid: str, events: list[Event]) -> list[Instance]:
        sources = [said(event, self._addresses) for event in events]
        if not any("RRULE" in event.props or "RDATE" in event.props for event in events):
            self._is_plain = False
            return self._made(uid, self._singly(events, sources))
        self._found.series += 1
        began = time.thread_time()
        try:
            if len(events) == 1 and sources[0].ours is None and lies_far(events[0], self._window, PAD):
                return []
            if self._patience.left < 0:
                raise Untamed("this calendar takes too long to expand")
            return stepped(uid, events, sources, self._moments, self._since, self._until)
        except Untamed as error:
            return self._made(uid, self._guessed(events, sources, error))
        except (Odd, OverflowError, ValueError, InvalidInput):
            return self._made(uid, self._oddly(events, sources))
        finally:
            self._patience.left -= time.thread_time() - began

    def _singly(self, events: Sequence[Event], sources: Sequence[Said]) -> Iterator[Told]:
        """Each VEVENT once, where it starts, whatever it says about recurrence."""
        for event, source in zip(events, sources, strict=True):
            try:
                found = self._moments.alone(event, source)
            except (Odd, InvalidInput, OverflowError):
                found = _placed(event, source, self._moments)
                if found is None:
                    # Nothing says when it is: there is no time to block.
                    self._found.untold += 1
                    log.warning("An event without a readable time is left out")
            if found is not None:
                yield source, found

    def _oddly(self, events: Sequence[Event], sources: Sequence[Said]) -> list[Told]:
        """Every instance of a series that arithmetic does not expand; one block where nothing does."""
        self._is_plain = False
        self._found.odd += 1
        try:
            return self._expanded(events, sources)
        except Exception as error:  # whatever a library stumbles over, the block must not vanish with it
            return self._guessed(events, sources, error)

    def _guessed(self, events: Sequence[Event], sources: Sequence[Said], error: Exception) -> list[Told]:
        log.warning("A series cannot be expanded (%s) and is shown as one block", type(error).__name__)
        self._is_plain = False
        self._found.guessed += 1
        found = list(self._singly(events, sources))
        return [(source, one.later(self._until)) for source, one in found] if isinstance(error, Incessant) else found

    def _expanded(self, events: Sequence[Event], sources: Sequence[Said]) -> list[Told]:
        zones = Zones(self._zones.owner, self._doc.timezones, assumed=self._zones.assumed)
        lines = [list(repeated(event, number, zones, self._window)) for number, event in enumerate(events)]
        moves = [None if (move := moved_by(event)) is None else move.total_seconds() for event in events]
        since, until = seconds(self._window.start - PAD), seconds(self._window.end + PAD)
        try:
            expanded = GUARDED.expand(text(lines, zones), moves, since, until)
        except Overworked as error:
            self._patience.left -= error.used
            raise
        self._patience.left -= expanded.used
        found = [told for one in expanded.occurrences for told in self._told(one, sources[one.number])]
        starts = {one.original for _, one in found}
        ours = (told for told in self._singly(events, sources) if told[0].ours and told[1].original not in starts)
        return [*found, *ours]

    def _told(self, one: Occurrence, source: Said) -> Iterator[Told]:
        """One instance; none where it takes no time at all, so that it cannot block."""
        begins, all_day = self._second(one.start), isinstance(one.start, str)
        if isinstance(one.start, str):
            after = max(day_number(str(one.end)), day_number(one.start) + 1)
            ends = self._moments.midnight(after)
        elif source.duration is not None and source.is_exact:
            ends = begins + int(source.duration.total_seconds())
        else:
            ends = self._second(one.end)
        if ends != begins or source.ours is not None:
            found = Found(self._second(one.original), min(begins, ends), max(begins, ends, begins + 1), all_day)
            yield source, found

    def _second(self, at: int | str) -> int:
        return self._moments.midnight(day_number(at)) if isinstance(at, str) else at


def _is_master(event: Event) -> bool:
    return "RECURRENCE-ID" not in event.props
