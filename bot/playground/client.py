"""A small CalDAV client that is not the bot's: how the people of the demo change their calendars behind its back.

RFC 4791, as far as five verbs need it. Everything it changes keeps what else stands in the event.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urljoin
from zoneinfo import ZoneInfo

import httpx
import icalendar

Moment = datetime | date
"""A date is a whole day."""

TAG = "X-OVERLAP-MEETING"
_DAV, _CAL, _SERVER = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
_MARK = b"""<?xml version="1.0" encoding="utf-8"?>
<D:propfind xmlns:D="DAV:" xmlns:S="http://calendarserver.org/ns/"><D:prop><S:getctag/></D:prop></D:propfind>"""
_EVERYTHING = b"""<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><D:getetag/><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>
</C:calendar-query>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as the server itself reports it; an instance of a series that differs has its `instance`."""

    uid: str
    summary: str
    start: Moment
    end: Moment
    zone: str | None
    """The TZID that its start carries."""
    sequence: int
    status: str
    is_transparent: bool
    tag: str
    """What marks it as Overlap's: the id of its meeting; empty for everything else."""
    url: str
    description: str
    location: str
    rule: str
    instance: Moment | None

    @property
    def text(self) -> str:
        """Whatever a reader finds below its title."""
        return "\n".join(part for part in (self.location, self.url, self.description) if part)


@dataclass(frozen=True, slots=True)
class _Resource:
    """A file of the server: one UID, its master and its exceptions."""

    href: str
    etag: str
    calendar: Any


class CalDavClient:
    """One account, with the calendars it holds by name."""

    def __init__(self, *, base: str, user: str, password: str, zone: str, calendars: dict[str, str]) -> None:
        self._base = base
        self._user = user
        self._zone = ZoneInfo(zone)
        self._calendars = calendars
        self._http = httpx.Client(auth=(user, password), timeout=30)

    def replace_all(self, calendar: str, content: bytes) -> None:
        """Make this the whole calendar, in one request."""
        self._send("PUT", self._calendars[calendar], content)

    def export(self, calendar: str) -> bytes:
        """The whole calendar as one iCalendar object, as its server tells it."""
        return self._send("GET", self._calendars[calendar]).content

    def mark(self, calendar: str) -> str:
        """What is another word after every change of that calendar (its CTag), and costs its server little to say."""
        answer = self._send("PROPFIND", self._calendars[calendar], _MARK, depth="0")
        return ET.fromstring(answer.content).findtext(f".//{_SERVER}getctag") or ""

    def put(
        self,
        calendar: str,
        uid: str,
        title: str,
        start: Moment,
        end: Moment,
        *,
        is_free: bool = False,
        status: str = "CONFIRMED",
        rule: str = "",
    ) -> None:
        """Write an event, or write it anew."""
        there = self._find(calendar, uid)
        event = icalendar.Event()
        event.add("UID", uid)
        event.add("SUMMARY", title)
        event.add("DTSTAMP", datetime.now(UTC))
        event.add("DTSTART", self._here(start))
        event.add("DTEND", self._here(end))
        event.add("STATUS", status)
        event.add("TRANSP", "TRANSPARENT" if is_free else "OPAQUE")
        event.add("SEQUENCE", int(_master(there).get("SEQUENCE", 0)) + 1 if there else 0)
        if rule:
            event.add("RRULE", icalendar.vRecur.from_ical(rule))
        whole = icalendar.Calendar()
        whole.add("PRODID", "-//Overlap//Demo people//EN")
        whole.add("VERSION", "2.0")
        whole.add_component(event)
        href = there.href if there else urljoin(self._calendars[calendar], f"{quote(uid, safe='')}.ics")
        self._write(_Resource(href, there.etag if there else "", whole))

    def move(self, calendar: str, uid: str, start: Moment, *, instance: Moment | None = None) -> None:
        """Drag it elsewhere, as long as it was; with `instance`, only that one of a series."""
        there = self._got(calendar, uid)
        event = _master(there) if instance is None else self._exception(there, instance)
        lasting = event.decoded("DTEND") - event.decoded("DTSTART")
        _set(event, "DTSTART", self._here(start))
        _set(event, "DTEND", self._here(start) + lasting)
        self._touched(there, event)

    def decline(self, calendar: str, uid: str) -> None:
        """Say no to an invitation: the owner's PARTSTAT (RFC 5545 §3.2.12)."""
        there = self._got(calendar, uid)
        event = _master(there)
        owner = icalendar.vCalAddress(f"mailto:{self._user}")
        owner.params["PARTSTAT"] = "DECLINED"
        invited = event.get("ATTENDEE", [])
        others = [one for one in (invited if isinstance(invited, list) else [invited]) if str(one) != str(owner)]
        if "ORGANIZER" not in event:
            event.add("ORGANIZER", icalendar.vCalAddress("mailto:events@partner.example"))
        _set(event, "ATTENDEE", [owner, *others])
        self._touched(there, event)

    def delete(self, calendar: str, uid: str, *, instance: Moment | None = None) -> None:
        """Delete it, the whole series if it is one; with `instance`, only that one of it (EXDATE)."""
        there = self._got(calendar, uid)
        if instance is None:
            self._send("DELETE", there.href)
            return
        master, at = _master(there), self._here(instance)
        there.calendar.subcomponents = [
            one for one in there.calendar.subcomponents
            if "RECURRENCE-ID" not in one or one.decoded("RECURRENCE-ID") != at
        ]  # fmt: skip
        master.add("EXDATE", at)
        self._touched(there, master)

    def events(self, calendar: str) -> list[Event]:
        """Everything that stands there, by start; a series once, and each of its exceptions."""
        found = [event_of(one) for there in self._all(calendar) for one in there.calendar.walk("VEVENT")]
        return sorted(found, key=lambda event: (str(event.start), event.uid))

    def event(self, calendar: str, uid: str) -> Event | None:
        """The event with that UID, or None."""
        return next((one for one in self.events(calendar) if one.uid == uid and one.instance is None), None)

    def close(self) -> None:
        self._http.close()

    def _here(self, moment: Moment) -> Moment:
        return moment.astimezone(self._zone) if isinstance(moment, datetime) else moment

    def _got(self, calendar: str, uid: str) -> _Resource:
        there = self._find(calendar, uid)
        if there is None:
            raise LookupError(f"there is no event {uid} in “{calendar}”")
        return there

    def _find(self, calendar: str, uid: str) -> _Resource | None:
        return next((one for one in self._all(calendar) if str(_master(one).get("UID")) == uid), None)

    def _all(self, calendar: str) -> Iterator[_Resource]:
        answer = self._send("REPORT", self._calendars[calendar], _EVERYTHING, depth="1")
        for response in ET.fromstring(answer.content).iter(f"{_DAV}response"):
            content = response.findtext(f".//{_CAL}calendar-data")
            if content:
                yield _Resource(
                    urljoin(self._base, response.findtext(f"{_DAV}href", "")),
                    response.findtext(f".//{_DAV}getetag", ""),
                    icalendar.Calendar.from_ical(content.encode()),
                )

    def _exception(self, there: _Resource, instance: Moment) -> Any:
        """The exception for that instance, made from the series if there is none yet (RFC 5545 §3.8.4.4)."""
        master, at = _master(there), self._here(instance)
        for one in there.calendar.walk("VEVENT"):
            if "RECURRENCE-ID" in one and one.decoded("RECURRENCE-ID") == at:
                return one
        lasting = master.decoded("DTEND") - master.decoded("DTSTART")
        made = icalendar.Event.from_ical(master.to_ical())
        for series_only in ("RRULE", "RDATE", "EXDATE"):
            made.pop(series_only, None)
        made.add("RECURRENCE-ID", at)
        _set(made, "DTSTART", at)
        _set(made, "DTEND", at + lasting)
        there.calendar.add_component(made)
        return made

    def _touched(self, there: _Resource, event: Any) -> None:
        _set(event, "SEQUENCE", int(event.get("SEQUENCE", 0)) + 1)
        _set(event, "DTSTAMP", datetime.now(UTC))
        self._write(there)

    def _write(self, there: _Resource) -> None:
        there.calendar.add_missing_timezones()
        self._send("PUT", there.href, there.calendar.to_ical(), etag=there.etag)

    def _send(self, method: str, url: str, content: bytes = b"", *, depth: str = "", etag: str = "") -> httpx.Response:
        kind = "application/xml" if method in {"REPORT", "PROPFIND"} else "text/calendar; charset=utf-8"
        wanted = {"Content-Type": kind, "Depth": depth, "If-Match": etag}
        headers = {name: value for name, value in wanted.items() if value}
        return self._http.request(method, url, content=content, headers=headers).raise_for_status()


def _master(there: _Resource) -> Any:
    events = there.calendar.walk("VEVENT")
    return next((one for one in events if "RECURRENCE-ID" not in one), events[0])


def _set(event: Any, name: str, value: object) -> None:
    event.pop(name, None)
    event.add(name, value)


def event_of(event: Any) -> Event:
    """A VEVENT, as it is looked at here."""
    start = event["DTSTART"]
    end = event.decoded("DTEND") if "DTEND" in event else start.dt + event.decoded("DURATION", timedelta(0))
    return Event(
        uid=str(event.get("UID")),
        summary=str(event.get("SUMMARY", "")),
        start=start.dt,
        end=end,
        zone=start.params.get("TZID"),
        sequence=int(event.get("SEQUENCE", 0)),
        status=str(event.get("STATUS", "CONFIRMED")),
        is_transparent=str(event.get("TRANSP", "OPAQUE")) == "TRANSPARENT",
        tag=str(event.get(TAG, "")),
        url=str(event.get("URL", "")),
        description=str(event.get("DESCRIPTION", "")),
        location=str(event.get("LOCATION", "")),
        rule=event["RRULE"].to_ical().decode() if "RRULE" in event else "",
        instance=event.decoded("RECURRENCE-ID") if "RECURRENCE-ID" in event else None,
    )
