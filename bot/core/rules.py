"""The hours in which a person may be booked."""

from dataclasses import dataclass
from datetime import time

from bot.core.errors import InvalidInput
from bot.core.zones import zone


@dataclass(frozen=True, slots=True, order=True)
class DaySpan:
    """A stretch of one day by the clock on the wall; an end of 00:00 means midnight that ends the day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.end != time(0) and self.start >= self.end:
            raise InvalidInput(f"hours must end after they start: {self.start:%H:%M}–{self.end:%H:%M}")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Spans for each weekday, Monday first, in the person's own zone."""

    zone: str
    days: tuple[tuple[DaySpan, ...], ...]

    def __post_init__(self) -> None:
        zone(self.zone)
        if len(self.days) != 7:
            raise InvalidInput("working hours name seven days, Monday first")

    def on(self, weekday: int) -> tuple[DaySpan, ...]:
        """The spans of that weekday, Monday being 0."""
        return self.days[weekday]


def office_hours(zone_name: str) -> WorkingHours:
    """Monday to Friday, nine to five: what holds until a person says otherwise."""
    day = (DaySpan(time(9), time(17)),)
    return WorkingHours(zone_name, (day,) * 5 + ((),) * 2)
