"""A week of everybody's calendars, as the page draws it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events

from bot.playground.client import TAG
from bot.playground.site.calendars import Calendars, Shelf
from bot.playground.world import Account

Json = dict[str, Any]

DAYS = 7
MARGIN = timedelta(days=1)
"""Wherever on earth the week is looked at, its first and last hours are in it."""
KEPT = 200


@dataclass
class Weeks:
    """Expands series into the weeks that are asked for; each calendar's week once, until that calendar changes."""

    calendars: Calendars
    _expanded: dict[tuple[str, str, date], tuple[int, list[Json]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def people(self, first: date) -> list[Json]:
        """Everybody with what stands in their calendars in the seven days from that one on."""
        return [self._person(account, first) for account in self.calendars.world.accounts.values()]

    def _person(self, account: Account, first: date) -> Json:
        return {
            "handle": account.handle,
            "name": account.name,
            "zone": account.zone,
            "calendars": [{"id": name, "name": name.capitalize()} for name in account.calendars],
            "isUp": account.handle not in self.calendars.unreachable,
            "events": [
                event
                for name, shelf in self.calendars.of(account.handle)
                for event in self._events(account, name, shelf, first)
            ],
        }

    def _events(self, account: Account, name: str, shelf: Shelf, first: date) -> list[Json]:
        key = (account.handle, name, first)
        with self._lock:
            read, events = self._expanded.get(key, (0, []))
            if read != shelf.read:
                events = sorted(_expanded(account, name, shelf, first), key=lambda one: (one["start"], one["uid"]))
                if len(self._expanded) > KEPT:
                    self._expanded.clear()
                self._expanded[key] = shelf.read, events
            return events


def _expanded(account: Account, name: str, shelf: Shelf, first: date) -> Iterator[Json]:
    series = {str(one.get("UID")) for one in shelf.content.walk("VEVENT") if "RRULE" in one or "RDATE" in one}
    begins = datetime.combine(first, time(0), UTC) - MARGIN
    ends = begins + timedelta(days=DAYS) + 2 * MARGIN
    for one in recurring_ical_events.of(shelf.content).between(begins, ends):
        if str(one.get("STATUS")) != "CANCELLED":
            yield event(one, account, name, is_series=str(one.get("UID")) in series)


def event(one: Any, account: Account, calendar: str, *, is_series: bool) -> Json:
    """An event, or one of a series, in instants; a whole day also by its first and last date."""
    start = one.decoded("DTSTART")
    end = _end(one, start)
    is_all_day = not isinstance(start, datetime)
    last = end - timedelta(days=1) if is_all_day else None
    return {
        "uid": str(one.get("UID")),
        "instance": instant(one.decoded("RECURRENCE-ID"), account.zone, is_date_kept=True) if is_series else None,
        "calendar": calendar,
        "title": str(one.get("SUMMARY", "")),
        "start": instant(start, account.zone),
        "end": instant(end, account.zone),
        "allDay": is_all_day,
        "first": start.isoformat() if is_all_day else None,
        "last": max(start, last).isoformat() if last is not None else None,
        "isFree": str(one.get("TRANSP", "OPAQUE")) == "TRANSPARENT",
        "isDeclined": _answer(one, account) == "DECLINED",
        "isTentative": str(one.get("STATUS")) == "TENTATIVE" or _answer(one, account) == "TENTATIVE",
        "isOurs": bool(one.get(TAG)),
        "isSeries": is_series,
        "place": str(one.get("LOCATION", "")),
    }


def instant(at: datetime | date, zone: str, *, is_date_kept: bool = False) -> str:
    """In UTC; a date as its midnight on those clocks, or as it is; wall time without a zone on those clocks too."""
    if not isinstance(at, datetime):
        if is_date_kept:
            return at.isoformat()
        at = datetime.combine(at, time(0), ZoneInfo(zone))
    at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _end(one: Any, start: datetime | date) -> Any:
    if "DTEND" in one:
        return one.decoded("DTEND")
    whole_day = timedelta(0) if isinstance(start, datetime) else timedelta(days=1)
    return start + (one.decoded("DURATION") if "DURATION" in one else whole_day)


def _answer(one: Any, account: Account) -> str:
    """The owner's own answer to an invitation (RFC 5545 §3.2.12)."""
    invited = one.get("ATTENDEE", [])
    for attendee in invited if isinstance(invited, list) else [invited]:
        if str(attendee).lower() == f"mailto:{account.email}":
            return str(attendee.params.get("PARTSTAT", ""))
    return ""
