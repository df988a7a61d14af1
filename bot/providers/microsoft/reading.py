"""Reading a window: `calendarView`, which expands series; what each event there means for its owner's time.

https://learn.microsoft.com/graph/api/calendar-list-calendarview
"""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from bot.core.errors import NotACalendar
from bot.core.events import BusyCause, Instance, Kind, Response, Status, Written, distinct
from bot.core.intervals import Interval
from bot.core.zones import whole_days
from bot.providers.base import Remote
from bot.providers.microsoft.api import Graph
from bot.providers.microsoft.shapes import Attendee, Event, instant
from bot.providers.microsoft.tags import EXPAND, IS_OURS, Tag, has_uid, meeting, quoted, tagged

log = logging.getLogger(__name__)

PAGE = "250"
MOST_INSTANCES = 50_000
"""Of one calendar in a window: nobody meets so often."""
WHEN = "id,iCalUId,start,end,isAllDay,showAs,isCancelled,responseStatus,type,seriesMasterId,originalStart"
"""What a reading asks for: no subject, no attendee."""
WHOLE = (
    f"{WHEN},subject,body,location,attendees,isOrganizer,isOnlineMeeting,onlineMeeting,createdDateTime,transactionId"
)
BASIC = f"{WHEN},subject,isOrganizer"
"""What `Calendars.ReadBasic` shows."""
BEHIND = timedelta(days=31)
"""How far behind the window ours are still looked for."""
_EDGE = timedelta(days=1)
"""Whole days reach over the edges of the window, by the zone in which they are understood."""
_GLOBAL = "040000008200E00074C5B7101A82E008"
_SERIES = re.compile(rf"({_GLOBAL})([0-9A-F]{{8}})([0-9A-F]*)", re.IGNORECASE)
_FOREIGN = b"vCal-Uid\x01\x00\x00\x00"
_PLAIN = (Kind.HARD, BusyCause.PLAIN)
_KINDS = {
    "busy": _PLAIN,
    "oof": (Kind.AWAY, BusyCause.AWAY),
    "tentative": (Kind.SOFT, BusyCause.TENTATIVE),
    "unknown": _PLAIN,
}
_FREE = {"free": BusyCause.FREE, "workingElsewhere": BusyCause.ELSEWHERE}
_UNSURE = {"notResponded": BusyCause.UNANSWERED, "tentativelyAccepted": BusyCause.TENTATIVE}
_RESPONSES = {
    "accepted": Response.ACCEPTED,
    "tentativelyAccepted": Response.TENTATIVE,
    "declined": Response.DECLINED,
    "organizer": Response.ACCEPTED,
}


def path(remote: Remote) -> str:
    """Where a calendar is."""
    return f"/me/calendars/{quote(remote, safe='')}"


def event_path(event: str) -> str:
    """Where an event is, whichever calendar holds it."""
    return f"/me/events/{quote(event, safe='')}"


def window_read(graph: Graph, remote: Remote, window: Interval, zone: str, *, with_ours: bool) -> tuple[Instance, ...]:
    """Everything that blocks in the window, and ours wherever they are."""
    ours = {event.id: event for event in _ours(graph, remote, window)} if with_ours else {}
    wide = window.widened(_EDGE)
    query = {"startDateTime": literal(wide.start), "endDateTime": literal(wide.end), "$select": WHEN, "$top": PAGE}
    found: list[Instance] = []
    for page in graph.pages(f"{path(remote)}/calendarView", Event, query):
        for event in page.value:
            if event.id in ours or event.series_master_id in ours:
                continue
            one = instance(event, zone)
            if one is not None and one.may_block and one.when.overlaps(window):
                found.append(one)
        if len(found) > MOST_INSTANCES:
            raise NotACalendar("This calendar at Microsoft holds more than can be kept.")
    found += [one for one in (instance(event, zone) for event in ours.values()) if one is not None]
    return tuple(distinct(found))


def _ours(graph: Graph, remote: Remote, window: Interval) -> Iterator[Event]:
    since = f"end/dateTime ge '{literal(window.start - BEHIND).removesuffix('Z')}'"
    query = {"$filter": f"{since} and {IS_OURS}", "$expand": EXPAND, "$select": WHEN, "$top": PAGE}
    for page in graph.pages(f"{path(remote)}/events", Event, query):
        yield from (event for event in page.value if tagged(event) is not None)


def found_by_uid(graph: Graph, remote: Remote, uid: str) -> Event | None:
    """The event of ours with that UID; of two, which must not be, always the same one."""
    return min(all_by_uid(graph, remote, uid), key=lambda one: one.id, default=None)


def all_by_uid(graph: Graph, remote: Remote, uid: str) -> list[Event]:
    """Every event of ours with that UID."""
    query = {"$filter": has_uid(uid), "$expand": EXPAND, "$select": WHOLE}
    pages = graph.pages(f"{path(remote)}/events", Event, query)
    return [event for page in pages for event in page.value if tagged(event) is not None]


def found_by_ical_uid(graph: Graph, remote: Remote, uid: str, select: str = WHOLE) -> Event | None:
    """Somebody else's event, by the UID under which its service knows it: a single one, or a series."""
    names = (uid,) if _SERIES.fullmatch(uid) else (uid, _wrapped(uid))
    query = {"$filter": " or ".join(f"iCalUId eq '{quoted(name)}'" for name in names), "$select": select}
    found = [event for page in graph.pages(f"{path(remote)}/events", Event, query) for event in page.value]
    return min(found, key=lambda one: one.id, default=None)


def _wrapped(uid: str) -> str:
    """How Exchange may show a UID that came from elsewhere ([MS-OXCICAL] 2.1.3.1.1.20.26)."""
    told = _FOREIGN + uid.encode() + b"\x00"
    return f"{_GLOBAL}00000000{(bytes(16) + len(told).to_bytes(4, 'little') + told).hex().upper()}"


def literal(at: datetime) -> str:
    """An instant as a query names it: with its offset, else Graph would guess."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def instance(event: Event, zone: str) -> Instance | None:
    """What an event means for its owner's time; None where it is no stretch of time at all."""
    try:
        when = stretch(event, zone)
    except OverflowError as error:
        raise NotACalendar("An event at Microsoft stands where no clock reaches.") from error
    if when is None or event.type == "seriesMaster":
        return None
    known = tagged(event)
    uid = known[0] if known else series_uid(event.i_cal_u_id or event.id)
    is_declined = event.answer == "declined"
    is_off = bool(event.is_cancelled) or is_declined
    kind, cause = _kind(event)
    return Instance(
        uid=uid,
        starts=_original(event, when),
        when=when,
        kind=kind,
        all_day=bool(event.is_all_day),
        ours=meeting(known[1]) if known else None,
        status=status(event, known[1] if known else None),
        sequence=known[1].sequence if known else 0,
        blocks=not is_off and event.show_as not in _FREE,
        is_declined=is_declined,
        cause=BusyCause.PLAIN if is_off else cause,
    )


def _original(event: Event, when: Interval) -> datetime:
    if event.type not in ("occurrence", "exception") or (event.is_all_day and event.type == "occurrence"):
        return when.start
    return instant(event.original_start) or when.start


def stretch(event: Event, zone: str) -> Interval | None:
    """Where it stands; a whole day is a date, which begins when it begins in its owner's zone."""
    if event.is_all_day:
        first, after = event.start.day, event.end.day
        return whole_days(first, max(after, first + timedelta(days=1)), zone)
    start, end = event.start.instant, event.end.instant
    return None if start == end else Interval(min(start, end), max(start, end))


def _kind(event: Event) -> tuple[Kind, BusyCause]:
    shown = event.show_as or ""
    if shown in _FREE:
        return Kind.SOFT, _FREE[shown]
    if shown not in _KINDS:
        log.warning("Microsoft shows time in a way that I don't know; it counts as busy")
    if event.answer in _UNSURE:
        return Kind.SOFT, _UNSURE[event.answer]
    return _KINDS.get(shown, _PLAIN)


def status(event: Event, tag: Tag | None) -> Status:
    """Its STATUS; what Graph cannot hold of an event of ours, the tag does."""
    if event.is_cancelled or (tag is not None and tag.status == Status.CANCELLED and event.show_as == "free"):
        return Status.CANCELLED
    return Status.TENTATIVE if event.show_as == "tentative" else Status.CONFIRMED


def series_uid(ical_uid: str) -> str:
    """The UID that all instances of a series share: Exchange writes the day of each into a copy of it.

    [MS-OXOCAL] 2.2.1.27 and 2.2.1.28; a UID that came from elsewhere is kept within, [MS-OXCICAL] 2.1.3.1.1.20.26.
    """
    told = _SERIES.fullmatch(ical_uid)
    if told is None:
        return ical_uid
    if len(told[3]) % 2 == 0:
        _, mark, foreign = bytes.fromhex(told[3]).partition(_FOREIGN)
        if mark and foreign.rstrip(b"\x00"):
            return foreign.rstrip(b"\x00").decode(errors="replace")
    return f"{told[1]}00000000{told[3]}"


def written(event: Event, uid: str) -> Written | None:
    """An event as it stands, ours or not."""
    when = stretch(event, "UTC")
    if when is None:
        return None
    known = tagged(event)
    return Written(
        uid=uid,
        meeting=meeting(known[1]) if known else None,
        when=when,
        sequence=known[1].sequence if known else 0,
        status=status(event, known[1] if known else None),
        etag=event.etag,
        ical_uid=series_uid(event.i_cal_u_id) if event.i_cal_u_id else None,
        link=event.online_meeting.join_url if event.online_meeting else None,
        answers=tuple(sorted(_answers(event.attendees or ()))),
    )


def _answers(attendees: "list[Attendee] | tuple[()]") -> Iterator[tuple[str, Response]]:
    for one in attendees:
        if one.email_address.address:
            told = (one.status.response if one.status else None) or ""
            yield one.email_address.address.lower(), _RESPONSES.get(told, Response.NEEDS_ACTION)
