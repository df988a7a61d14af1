"""Series at Google: RRULE and its companions, expanded as `singleEvents` shows them.

https://developers.google.com/workspace/calendar/api/concepts/events-calendars#recurring_events
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

Event = dict[str, Any]
_UNTIL = re.compile(r"UNTIL=(\d{8}T\d{6})Z")
_DATED = re.compile(r"(EXDATE|RDATE)([^:]*):(.*)")


def instant(moment: Any, zone: str) -> datetime:
    """A start or an end, in UTC; a date is midnight in the calendar's zone."""
    if moment.get("date"):
        return _aware(datetime.fromisoformat(moment["date"]), zone)
    at = datetime.fromisoformat(moment["dateTime"])
    return _aware(at, moment.get("timeZone") or zone) if at.tzinfo is None else at.astimezone(UTC)


def instances(event: Event, exceptions: Iterable[Event], before: datetime, zone: str) -> Iterator[Event]:
    """Every instance that starts before then, exceptions in their places; a cancelled one is there as cancelled."""
    changed = {instant(one["originalStartTime"], zone): one for one in exceptions}
    for at in _starts(event, before, zone):
        one = _instance(event, at, zone)
        yield changed.pop(instant(one["originalStartTime"], zone), one)
    yield from changed.values()


def _starts(event: Event, before: datetime, zone: str) -> Iterator[datetime]:
    """The wall times at which it starts."""
    here = _zone(event, zone)
    first = _wall(event["start"], here)
    every = rruleset()
    every.rdate(first)
    for line in event["recurrence"]:
        dated = _DATED.fullmatch(line)
        if dated is None:
            ruled = _UNTIL.sub(lambda it: f"UNTIL={_local(it[1], here)}", line)
            every.rrule(rrulestr(ruled, dtstart=first))
        else:
            add = every.exdate if dated[1] == "EXDATE" else every.rdate
            for told in dated[3].split(","):
                add(_dated(told, dated[2], here, first))
    for at in every:
        if _aware(at, here) >= before:
            return
        yield at


def _instance(event: Event, at: datetime, zone: str) -> Event:
    here = _zone(event, zone)
    length = _wall(event["end"], here) - _wall(event["start"], here)
    one = {name: value for name, value in event.items() if name != "recurrence"}
    one["recurringEventId"] = event["id"]
    if event["start"].get("date"):
        one["id"] = f"{event['id']}_{at:%Y%m%d}"
        one["start"] = {"date": at.date().isoformat()}
        one["end"] = {"date": (at + length).date().isoformat()}
    else:
        begins = _aware(at, here)
        exact = instant(event["end"], zone) - instant(event["start"], zone)
        one["id"] = f"{event['id']}_{begins:%Y%m%dT%H%M%SZ}"
        one["start"] = moment(begins, here)
        one["end"] = moment(begins + exact, here)
    one["originalStartTime"] = one["start"]
    return one


def moment(at: datetime, zone: str) -> Event:
    """An instant as Google tells it."""
    return {"dateTime": at.astimezone(ZoneInfo(zone)).isoformat(), "timeZone": zone}


def _zone(event: Event, zone: str) -> str:
    return str(event["start"].get("timeZone") or zone)


def _wall(moment: Any, zone: str) -> datetime:
    if moment.get("date"):
        return datetime.fromisoformat(moment["date"])
    return instant(moment, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _aware(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _local(told: str, zone: str) -> str:
    at = datetime.fromisoformat(told).replace(tzinfo=UTC)
    return f"{at.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"


def _dated(told: str, params: str, zone: str, first: datetime) -> datetime:
    at = datetime.fromisoformat(told)
    if "T" not in told:
        return datetime.combine(at.date(), first.time())
    if at.tzinfo is None:
        named = re.search(r"TZID=([^;:]+)", params)
        at = at.replace(tzinfo=ZoneInfo(named[1] if named else zone))
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


FOR_EVER = timedelta(days=3 * 366)
"""How far ahead Google shows an endless series to those who name no end."""
