"""What the people of the demo can do in a calendar app, whichever service keeps the calendar."""

from collections.abc import Iterable
from typing import Any, Protocol

import icalendar

from bot.playground.client import Event, Moment, event_of


class CalendarApp(Protocol):
    """One account in a calendar app that is not the bot: its calendars go by the names that the demo gives them."""

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
    ) -> None: ...

    def move(self, calendar: str, uid: str, start: Moment, *, instance: Moment | None = None) -> None: ...

    def decline(self, calendar: str, uid: str) -> None: ...

    def delete(self, calendar: str, uid: str, *, instance: Moment | None = None) -> None: ...

    def events(self, calendar: str) -> list[Event]: ...

    def event(self, calendar: str, uid: str) -> Event | None: ...

    def export(self, calendar: str) -> bytes: ...

    def mark(self, calendar: str) -> str: ...

    def close(self) -> None: ...


def written(events: Iterable[Any]) -> bytes:
    """Events as one iCalendar object: in this shape everybody's calendars are looked at here."""
    calendar = icalendar.Calendar()
    calendar.add("PRODID", "-//Overlap//Demo people//EN")
    calendar.add("VERSION", "2.0")
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def listed(content: bytes) -> list[Event]:
    """Everything in such an object, by start; a series once, and each of its exceptions."""
    found = [event_of(one) for one in icalendar.Calendar.from_ical(content).walk("VEVENT")]
    return sorted(found, key=lambda event: (str(event.start), event.uid))
