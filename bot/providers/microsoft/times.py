"""Start and end of an event as they are written: on the clocks of its owner's zone, by a name that Exchange knows.

https://learn.microsoft.com/graph/api/resources/datetimetimezone
"""

from datetime import datetime
from typing import Any

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from bot.core.events import Draft
from bot.core.zones import local
from bot.providers.microsoft.api import Misunderstood

_WINDOWS = {olson: windows for windows, olson in reversed(WINDOWS_TO_OLSON.items())}


def times(draft: Draft) -> dict[str, Any]:
    """Start and end on the clocks of the owner's zone, named: in UTC some would be shown UTC."""
    zone = _WINDOWS.get(draft.zone, draft.zone)
    return {name: _shown(at, draft.zone, zone) for name, at in (("start", draft.when.start), ("end", draft.when.end))}


def _shown(at: datetime, zone: str, name: str) -> dict[str, Any]:
    there = local(at, zone)
    if there.fold:  # the clocks show it twice, and it is the second time
        return _utc(at)
    return {"dateTime": f"{there:%Y-%m-%dT%H:%M:%S}", "timeZone": name}


def in_utc(draft: Draft) -> dict[str, Any]:
    """The same in UTC, for a mailbox that does not know the zone's name."""
    return {"start": _utc(draft.when.start), "end": _utc(draft.when.end)}


def is_about_zone(error: Misunderstood) -> bool:
    """Whether it was the zone's name that Exchange does not know."""
    return "timezone" in error.reason.lower()


def _utc(at: datetime) -> dict[str, Any]:
    return {"dateTime": f"{at:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}
