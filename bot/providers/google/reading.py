"""A page of Google's events -> what blocks in a window, and what is ours.

Google expands series itself (`singleEvents`), and tells of the guests only the calendar's owner (`maxAttendees=1`).
What it will invent tomorrow blocks: an unknown kind of event is no reason to call somebody free.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import msgspec

from bot.core.errors import InvalidInput, NotACalendar
from bot.core.events import BusyCause, Instance, Kind, Status
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.core.zones import WallTime, midnight, whole_days
from bot.core.zones import zone as zone_named
from bot.providers import filled

log = logging.getLogger(__name__)

TAG = "overlap"
MEETING = "overlapMeeting"
UID = "overlapUid"
FIELDS = (
    "accessRole,nextPageToken,timeZone,items(id,iCalUID,status,start,end,originalStartTime,transparency,eventType,"
    "sequence,attendees(self,organizer,responseStatus),extendedProperties)"
)
MOST = 2500
MOST_PAGES = 200
MOST_INSTANCES = 50_000
"""Of one calendar in a window: nobody meets so often."""
NO_MARKS: Mapping[str, str] = {}
IGNORED = frozenset({"workingLocation", "birthday"})
SURE = frozenset({"", "accepted"})
SOFT = frozenset({"tentative", "needsAction"})
PLAIN = (Kind.HARD, BusyCause.PLAIN)
SECOND = timedelta(seconds=1)


class Moment(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A date, or an instant."""

    day: date | None = msgspec.field(default=None, name="date")
    at: datetime | None = msgspec.field(default=None, name="dateTime")
    time_zone: str | None = None


class Guest(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The calendar's owner among the guests."""

    is_self: bool = msgspec.field(default=False, name="self")
    organizer: bool = False
    response_status: str = ""


class Properties(msgspec.Struct, frozen=True, gc=False):
    """What applications hung on it."""

    shared: dict[str, str] | None = None
    private: dict[str, str] | None = None


class Event(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An event, as far as it decides whether somebody is busy."""

    id: str = ""
    ical_uid: str = msgspec.field(default="", name="iCalUID")
    status: str = "confirmed"
    start: Moment | None = None
    end: Moment | None = None
    original_start_time: Moment | None = None
    transparency: str = "opaque"
    event_type: str = "default"
    sequence: int = 0
    attendees: list[Guest] | None = None
    extended_properties: Properties | None = None


class Page(msgspec.Struct, frozen=True, rename="camel"):
    """One page of a list of events."""

    items: list[Event] = []
    next_page_token: str | None = None
    time_zone: str | None = None
    access_role: str | None = None


PAGE = msgspec.json.Decoder(Page)


def instances(events: Iterable[Event], window: Interval, zone: str) -> Iterator[Instance]:
    """What blocks in the window, and what is ours wherever it stands; `zone` is where whole days are understood."""
    opens, closes = window.start, window.end
    for event in events:
        marks = NO_MARKS if event.extended_properties is None else tagged(event.extended_properties)
        ours = marks.get(MEETING) or None
        answer = "" if event.attendees is None else _own_answer(event.attendees)
        is_off, is_free = event.status == "cancelled" or answer == "declined", event.transparency == "transparent"
        start, end = event.start, event.end or event.start
        if start is None or end is None:
            continue
        # Whole days that are shown as free stay known: some calendars count them all the same.
        is_none = is_off or (is_free and start.day is None) or event.event_type in IGNORED
        if ours is None and is_none:
            continue
        begins, ends = instant(start, zone), instant(end, zone)
        if ours is None and (begins >= closes or ends <= opens or (begins == ends and start.day is None)):
            continue
        original = event.original_start_time
        # Of most there is nothing to think of; a calendar is read whole at every change, so this is worth its line.
        is_plain = event.event_type == "default" and event.status == "confirmed" and event.transparency == "opaque"
        kind, cause = PLAIN if is_plain and answer in SURE else _kind(event, answer)
        yield filled.instance(
            marks.get(UID) or event.ical_uid or event.id,
            begins if original is None or original == start else instant(original, zone),
            filled.interval(begins, ends) if begins < ends else stretch(start, end, zone),
            kind,
            start.day is not None,
            None if ours is None else MeetingId(ours),
            Status.CONFIRMED if is_plain else status(event.status),
            event.sequence,
            not (is_off or is_free),
            answer == "declined",
            BusyCause.PLAIN if is_off else BusyCause.FREE if is_free else cause,
        )


def tagged(told: Properties) -> Mapping[str, str]:
    """Our own marks on it; its organiser's, which every guest's copy has, go first."""
    for marks in (told.shared, told.private):
        if marks and MEETING in marks:
            return marks
    return NO_MARKS


def instant(moment: Moment, zone: str) -> datetime:
    """The instant in UTC; a date is the midnight that begins it."""
    at = moment.at
    if at is not None and at.tzinfo is not None:
        at = at.astimezone(UTC)
        return at.replace(microsecond=0) if at.microsecond else at
    if at is not None:
        return WallTime(at.date(), at.time(), known_zone(moment.time_zone, zone)).instant()
    if moment.day is not None:
        return _midnight(moment.day, zone)
    raise NotACalendar("An event at Google has no time.")


_midnight = lru_cache(maxsize=4096)(midnight)
"""The same days come again at every reading."""


def stretch(start: Moment, end: Moment, zone: str) -> Interval:
    """From start to end, at least a second."""
    if start.day is not None:
        last = end.day or start.day
        return whole_days(start.day, max(last, start.day + timedelta(days=1)), zone)
    begins, ends = instant(start, zone), instant(end, zone)
    return Interval(begins, max(ends, begins + SECOND))


def known_zone(told: str | None, otherwise: str) -> str:
    """The zone that Google names, where it is one that is known here."""
    try:
        return zone_named(told).key if told else otherwise
    except InvalidInput:
        log.warning("A calendar at Google has an unknown time zone")
        return otherwise


def status(told: str) -> Status:
    """STATUS; an unknown one is a confirmed one."""
    match told:
        case "cancelled":
            return Status.CANCELLED
        case "tentative":
            return Status.TENTATIVE
        case "confirmed":
            return Status.CONFIRMED
        case _:
            log.warning("An event at Google has the unknown status “%s”: it blocks", told[:40])
            return Status.CONFIRMED


def _own_answer(guests: Sequence[Guest]) -> str:
    """The owner's answer; nothing where they are no guest, or invited the others and need not answer themselves."""
    for guest in guests:
        if guest.is_self:
            return "" if guest.organizer and guest.response_status == "needsAction" else guest.response_status
    return ""


def _kind(event: Event, answer: str) -> tuple[Kind, BusyCause]:
    match event.event_type:
        case "outOfOffice":
            return Kind.AWAY, BusyCause.AWAY
        case "focusTime":
            return Kind.SOFT, BusyCause.FOCUS
        case "default" | "fromGmail" | "workingLocation" | "birthday":
            pass
        case unknown:
            log.warning("Google has the new kind of event “%s”: it blocks", unknown[:40])
    if event.transparency not in ("opaque", "transparent"):
        log.warning("An event at Google has the unknown transparency “%s”: it blocks", event.transparency[:40])
    if answer not in ("", "accepted", "declined", *SOFT):
        log.warning("An event at Google has the unknown answer “%s”: it blocks", answer[:40])
    if answer == "needsAction":
        return Kind.SOFT, BusyCause.UNANSWERED
    is_unsure = event.status == "tentative" or answer in SOFT
    return (Kind.SOFT, BusyCause.TENTATIVE) if is_unsure else PLAIN


def pages(ask: Callable[[str | None], Page]) -> Iterator[Page]:
    """Every page of a list, however short or empty the ones before the last are."""
    token: str | None = None
    for _ in range(MOST_PAGES):
        page = ask(token)
        yield page
        if page.next_page_token is None:
            return
        if page.next_page_token == token:
            break
        token = page.next_page_token
    raise NotACalendar("Google does not come to an end with this calendar.")
