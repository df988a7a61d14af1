"""What somebody's free/busy looks like from this account: `getSchedule`, for colleagues and rooms.

https://learn.microsoft.com/graph/api/calendar-getschedule
"""

import hashlib
import logging
from collections.abc import Iterator
from datetime import timedelta

from bot.core.errors import NotACalendar, NotFound, OverlapError, Refused, Untold
from bot.core.events import BusyCause, Instance, Kind, distinct
from bot.core.intervals import Interval, subtract
from bot.providers.microsoft.api import Graph
from bot.providers.microsoft.shapes import Page, Schedule

log = logging.getLogger(__name__)

LONGEST = timedelta(days=62)
SLOT = timedelta(minutes=15)
_TENTATIVE, _BUSY, _AWAY = (Kind.SOFT, BusyCause.TENTATIVE), (Kind.HARD, BusyCause.PLAIN), (Kind.AWAY, BusyCause.AWAY)
_ELSEWHERE = (Kind.SOFT, BusyCause.ELSEWHERE)
_STATUS = {"tentative": _TENTATIVE, "busy": _BUSY, "oof": _AWAY, "workingElsewhere": _ELSEWHERE}
_DIGITS = {"1": _TENTATIVE, "2": _BUSY, "3": _AWAY, "4": _ELSEWHERE}
_FREE = frozenset({"free", "0"})
_UNKNOWN_MAILBOX = frozenset({"errormailrecipientnotfound", "errorinvalidsmtpaddress", "erroritemnotfound"})
_CLOSED = frozenset({"errornofreebusyaccess", "erroraccessdenied", "errorpublicfolderrequestprocessingfailed"})
_TOO_MANY = frozenset({"5006", "errorexceededmaxresults", "errortimeintervaltoobig", "errordatasizelimitexceeded"})


def schedule(graph: Graph, address: str, window: Interval) -> tuple[Instance, ...]:
    """All that is busy there in the window; an error of that one schedule is an error, never an empty answer."""
    found: list[Instance] = []
    start = window.start
    while start < window.end:
        chunk = Interval(start, min(start + LONGEST, window.end))
        found += _told(graph, address, chunk)
        start = chunk.end
    return tuple(one for one in distinct(found) if one.when.overlaps(window))


def _told(graph: Graph, address: str, chunk: Interval) -> Iterator[Instance]:
    asked = {
        "schedules": [address],
        "startTime": {"dateTime": f"{chunk.start:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
        "endTime": {"dateTime": f"{chunk.end:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
        "availabilityViewInterval": int(SLOT.total_seconds()) // 60,
    }
    answer = graph.post("/me/calendar/getSchedule", asked, Page[Schedule])
    if len(answer.value) != 1:
        raise NotACalendar("Microsoft did not tell of whom it was asked.")
    (one,) = answer.value
    code = "" if one.error is None else (one.error.response_code or "").lower()
    if one.error is not None and code in _TOO_MANY and chunk.length > timedelta(days=1):
        middle = chunk.start + timedelta(days=max(chunk.length.days // 2, 1))
        yield from _told(graph, address, Interval(chunk.start, middle))
        yield from _told(graph, address, Interval(middle, chunk.end))
        return
    if one.error is not None:
        raise _refusal(code)
    if one.schedule_items is None and not one.availability_view:
        raise NotACalendar("Microsoft told nothing of this schedule.")
    yield from _instances(address, one, chunk)


def _instances(address: str, one: Schedule, chunk: Interval) -> Iterator[Instance]:
    """Items where they are told, and what the coarser view has beyond them: whichever knows more."""
    covered: list[Interval] = []
    for item in one.schedule_items or ():
        start, end = item.start.instant, item.end.instant
        if start >= end:
            continue
        covered.append(Interval(start, end).widened(SLOT))
        shown = _shown(item.status or "", _STATUS)
        if shown is not None:
            yield _busy(address, Interval(start, end), *shown)
    for slot, digit in enumerate(one.availability_view or ""):
        shown = _shown(digit, _DIGITS)
        start = chunk.start + slot * SLOT
        if shown is not None and start < chunk.end:
            for left in subtract(Interval(start, start + SLOT), covered):
                yield _busy(address, left, *shown)


def _shown(told: str, known: dict[str, tuple[Kind, BusyCause]]) -> tuple[Kind, BusyCause] | None:
    if told in _FREE:
        return None
    if told not in known and told != "unknown":
        log.warning("Microsoft tells of a schedule in a way that I don't know; it counts as busy")
    return known.get(told, _BUSY)


def _busy(address: str, when: Interval, kind: Kind, cause: BusyCause) -> Instance:
    named = f"{address}|{when.start.isoformat()}|{when.end.isoformat()}|{kind}"
    return Instance(
        uid=f"freebusy-{hashlib.sha256(named.encode()).hexdigest()[:32]}",
        starts=when.start,
        when=when,
        kind=kind,
        blocks=cause is not BusyCause.ELSEWHERE,
        cause=cause,
    )


def _refusal(code: str) -> OverlapError:
    if code in _UNKNOWN_MAILBOX:
        return NotFound("Microsoft knows no mailbox of that address.")
    if code in _CLOSED:
        return Refused("This account may not see when they are busy.")
    return Untold("Microsoft could not tell of this schedule now.")
