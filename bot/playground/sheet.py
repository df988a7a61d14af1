"""A calendar as it is written down before it is loaded: events in wall time, and the iCalendar that they make."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

STAMP = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When everything was last written: always the same, so that the same day makes the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event of the demo."""

    slug: str
    title: str
    day: date
    at: str = ""
    """ "09:30-10:00" by the clock of its owner; empty for a whole day."""
    days: int = 1
    """How many, for a whole-day event."""
    rule: str = ""
    skipped: tuple[date, ...] = ()
    """Days on which the series does not take place (EXDATE)."""
    moved: dict[date, tuple[date, str]] = field(default_factory=dict)
    """Instances that stand elsewhere: from which day, to which day and hours (RECURRENCE-ID)."""
    status: str = "CONFIRMED"
    is_transparent: bool = False
    invited: str = ""
    """The owner's PARTSTAT, where somebody else invited them."""
    place: str = ""

    def when(self, zone: str) -> tuple[datetime | date, datetime | date]:
        """When it stands there, on the clocks of that zone."""
        return _when(zone, self.day, self.at, self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All of one calendar."""

    name: str
    owner: str
    """Their address."""
    zone: str
    entries: tuple[Entry, ...]

    def ical(self) -> bytes:
        """The whole calendar, as one iCalendar object (RFC 5545)."""
        calendar = icalendar.Calendar()
        calendar.add("PRODID", "-//Overlap//Demo people//EN")
        calendar.add("VERSION", "2.0")
        calendar.add("X-WR-CALNAME", self.name)
        for entry in self.entries:
            for event in self._events(entry):
                calendar.add_component(event)
        days = [entry.day for entry in self.entries]
        calendar.add_missing_timezones(
            first_date=min(days) - timedelta(days=400), last_date=max(days) + timedelta(days=900)
        )
        content: bytes = calendar.to_ical()
        return content

    def _events(self, entry: Entry) -> Iterable[Any]:
        master = self._event(entry, entry.day, entry.at)
        if entry.rule:
            master.add("RRULE", icalendar.vRecur.from_ical(entry.rule))
        for day in entry.skipped:
            master.add("EXDATE", self._when(day, entry.at)[0])
        yield master
        for original, (day, hours) in entry.moved.items():
            exception = self._event(entry, day, hours)
            exception.add("RECURRENCE-ID", self._when(original, entry.at)[0])
            yield exception

    def _event(self, entry: Entry, day: date, hours: str) -> Any:
        start, end = self._when(day, hours, entry.days)
        event = icalendar.Event()
        event.add("UID", f"{entry.slug}-{self.owner}")
        event.add("DTSTAMP", STAMP)
        event.add("SUMMARY", entry.title)
        event.add("DTSTART", start)
        event.add("DTEND", end)
        event.add("STATUS", entry.status)
        event.add("TRANSP", "TRANSPARENT" if entry.is_transparent else "OPAQUE")
        event.add("SEQUENCE", 0)
        if entry.place:
            event.add("LOCATION", entry.place)
        if entry.invited:
            event.add("ORGANIZER", icalendar.vCalAddress("mailto:events@partner.example"))
            owner = icalendar.vCalAddress(f"mailto:{self.owner}")
            owner.params["PARTSTAT"] = entry.invited
            event.add("ATTENDEE", owner, encode=False)
        return event

    def _when(self, day: date, hours: str, days: int = 1) -> tuple[datetime | date, datetime | date]:
        return _when(self.zone, day, hours, days)


def _when(zone: str, day: date, hours: str, days: int) -> tuple[datetime | date, datetime | date]:
    if not hours:
        return day, day + timedelta(days=days)
    start, end = (time.fromisoformat(one) for one in hours.split("-"))
    return datetime.combine(day, start, ZoneInfo(zone)), datetime.combine(day, end, ZoneInfo(zone))
