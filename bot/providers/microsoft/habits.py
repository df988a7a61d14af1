"""When the owner of a mailbox works, as they set it in Outlook.

https://learn.microsoft.com/graph/api/resources/workinghours
"""

from datetime import time

from bot.core.errors import InvalidInput
from bot.core.rules import DaySpan, WorkingHours
from bot.providers.ical.zones import known
from bot.providers.microsoft.shapes import Settings

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CUSTOM = "customized time zone"
"""A zone that somebody made up: the mailbox's own one goes for it."""


def zone_of(settings: Settings) -> str | None:
    """The zone of the mailbox, where it is one that is known."""
    return known(settings.time_zone or "")


def hours_of(settings: Settings) -> WorkingHours | None:
    """The same span on each of their days; None where it is not told, or is none of a day (a night shift)."""
    told = settings.working_hours
    if told is None or not told.days_of_week:
        return None
    named = (told.time_zone.name if told.time_zone is not None else "").strip()
    zone = zone_of(settings) if not named or named.lower() == CUSTOM else known(named)
    try:
        span = (DaySpan(_time(told.start_time), _time(told.end_time)),)
    except (ValueError, InvalidInput):
        return None
    theirs = {one.lower() for one in told.days_of_week}
    return None if zone is None else WorkingHours(zone, tuple(span if day in theirs else () for day in DAYS))


def _time(told: str) -> time:
    """08:00:00.0000000: more digits than Python takes."""
    return time.fromisoformat(told.partition(".")[0]).replace(second=0)
