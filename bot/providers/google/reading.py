"""A page of Google's events -> what blocks in a window, and what is ours.

Google expands series itself (`singleEvents`), and tells of the guests only the calendar's owner (`maxAttendees=1`).
What it will invent tomorrow blocks: an unknown kind of event is no reason to call somebody free.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import msgspec

from bot.core.errors import InvalidInput, NotACalendar
from bot.core.events import Instance, Kind, Status
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.core.zones import WallTime, midnight, whole_days
from bot.core.zones import zone as zone_named

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
IGNORED = frozenset({"workingLocation", "birthday"})
SOFT = frozenset({"tentative", "needsAction"})
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


class Properties(msgspec.Struct, frozen=True):
    """What applications hung on it."""

    shared: dict[str, str] | None = None
    private: dict[str, str] | None = None


class Event(msgspec.Struct, frozen=True, rename="camel"):
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
    for event in events:
        tags = tagged(event)
        ours = tags.get(MEETING) or None
        if event.event_type in IGNORED and ours is None:
            continue
        answer = _own_answer(event)
        blocks = event.transparency != "transparent" and event.status != "cancelled" and answer != "declined"
        if ours is None and not blocks:
            continue
        when = _stretch(event, zone, ours is not None)
        if when is None or (ours is None and not (when.start < window.end and window.start < when.end)):
            continue
        start = event.start
        yield Instance(
            uid=tags.get(UID) or event.ical_uid or event.id,
            starts=when.start if event.original_start_time is None else instant(event.original_start_time, zone),
            when=when,
            kind=_kind(event, answer),
            all_day=start is not None and start.day is not None,
            ours=None if ours is None else MeetingId(ours),
            status=status(event.status),
            sequence=event.sequence,
            blocks=blocks,
            is_declined=answer == "declined",
        )


def tagged(event: Event) -> Mapping[str, str]:
    """Our own marks on it; its organiser's, which every guest's copy has, go first."""
    told = event.extended_properties
    if told is None:
        return {}
    for marks in (told.shared, told.private):
        if marks and MEETING in marks:
            return marks
    return {}


def instant(moment: Moment, zone: str) -> datetime:
    """The instant in UTC; a date is the midnight that begins it."""
    at = moment.at
    if at is None:
        if moment.day is None:
            raise InvalidInput("an event at Google has no time")
        return midnight(moment.day, zone)
    if at.microsecond:
        at = at.replace(microsecond=0)
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        return WallTime(at.date(), at.time(), known_zone(moment.time_zone, zone)).instant()
    return at.astimezone(UTC)


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


def _stretch(event: Event, zone: str, is_ours: bool) -> Interval | None:
    """When it is; None where it takes no time, or says none."""
    start, end = event.start, event.end or event.start
    if start is None or end is None:
        return None
    if not is_ours and start.day is None and start.at == end.at:
        return None
    return stretch(start, end, zone)


def _own_answer(event: Event) -> str:
    """The owner's answer; nothing where they are no guest, or invited the others and need not answer themselves."""
    for guest in event.attendees or ():
        if guest.is_self:
            return "" if guest.organizer and guest.response_status == "needsAction" else guest.response_status
    return ""


def _kind(event: Event, answer: str) -> Kind:
    match event.event_type:
        case "outOfOffice":
            return Kind.AWAY
        case "focusTime":
            return Kind.SOFT
        case "default" | "fromGmail" | "workingLocation" | "birthday":
            pass
        case unknown:
            log.warning("Google has the new kind of event “%s”: it blocks", unknown[:40])
    if event.transparency not in ("opaque", "transparent"):
        log.warning("An event at Google has the unknown transparency “%s”: it blocks", event.transparency[:40])
    if answer not in ("", "accepted", "declined", *SOFT):
        log.warning("An event at Google has the unknown answer “%s”: it blocks", answer[:40])
    return Kind.SOFT if event.status == "tentative" or answer in SOFT else Kind.HARD


def pages(ask: Callable[[str | None], Page]) -> Iterator[Page]:
    """Every page of a list, however short or empty the ones before the last are."""
    token: str | None = None
    for _ in range(MOST_PAGES):
        page = ask(token)
        yield page
        token = page.next_page_token
        if token is None:
            return
    raise NotACalendar("Google does not come to an end with this calendar.")
