"""Events as Exchange holds and tells them."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

Json = dict[str, Any]
NEVER = "0001-01-01T00:00:00Z"
GLOBAL = "040000008200E00074C5B7101A82E008"
FOREIGN = b"vCal-Uid\x01\x00\x00\x00"
TEAMS_BLOCK = (
    '<br><div id="meeting-block" style="width:100%">________________<br>Microsoft Teams '
    '<a href="{url}">Join the meeting now</a></div>'
)


@dataclass(slots=True, kw_only=True)
class Held:
    """One event, or one instance of a series."""

    calendar: str
    start: datetime
    end: datetime
    subject: str = "Something"
    id: str = field(default_factory=lambda: f"AAkALg{secrets.token_urlsafe(24)}=")
    ical_uid: str = field(default_factory=lambda: GLOBAL + "00000000" + secrets.token_hex(28).upper())
    days: tuple[date, date] | None = None
    """Of an all-day event: its first day, and the day after its last."""
    show_as: str = "busy"
    response: str = "none"
    is_cancelled: bool = False
    organizer: str = ""
    is_organizer: bool = True
    attendees: list[Json] = field(default_factory=list)
    body: str = ""
    location: str = ""
    locations: list[Json] = field(default_factory=list)
    type: str = "singleInstance"
    series: str | None = None
    original_start: datetime | None = None
    sensitivity: str = "normal"
    properties: dict[str, str] = field(default_factory=dict)
    transaction: str | None = None
    created: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    version: int = 1
    is_online: bool = False
    join_url: str = ""
    asked_at: float = 0.0
    """When its rooms were asked."""

    def changed(self, **fields: Any) -> "Held":
        return replace(self, version=self.version + 1, **fields)

    @property
    def etag(self) -> str:
        return f'W/"{self.id[:8]}.{self.version}"'

    def overlaps(self, start: datetime, end: datetime) -> bool:
        own = self.start, self.end
        return own[0] < end and (start < own[1] or own[0] == own[1] >= start)


def told(event: Held, *, has_links: bool = True) -> Json:
    """The whole of it, as JSON, in UTC."""
    is_linked = event.is_online and event.join_url and has_links
    return {
        "@odata.etag": event.etag,
        "id": event.id,
        "iCalUId": event.ical_uid,
        "subject": event.subject,
        "body": {"contentType": "html", "content": f"<html><head></head><body>{event.body}</body></html>"},
        "bodyPreview": "",
        "start": at(event.start if event.days is None else midnight(event.days[0])),
        "end": at(event.end if event.days is None else midnight(event.days[1])),
        "isAllDay": event.days is not None,
        "showAs": event.show_as,
        "isCancelled": event.is_cancelled,
        "isOrganizer": event.is_organizer,
        "responseStatus": {"response": event.response, "time": NEVER},
        "type": event.type,
        "seriesMasterId": event.series,
        "originalStart": None if event.original_start is None else f"{event.original_start:%Y-%m-%dT%H:%M:%SZ}",
        "sensitivity": event.sensitivity,
        "importance": "normal",
        "attendees": event.attendees,
        "organizer": {"emailAddress": {"address": event.organizer, "name": event.organizer}},
        "location": {"displayName": event.location, "locationType": "default"},
        "locations": event.locations,
        "isOnlineMeeting": event.is_online,
        "onlineMeetingProvider": "teamsForBusiness" if event.is_online else "unknown",
        "onlineMeeting": {"joinUrl": event.join_url} if is_linked else None,
        "transactionId": event.transaction,
        "createdDateTime": f"{event.created:%Y-%m-%dT%H:%M:%S.0000000Z}",
        "lastModifiedDateTime": f"{event.created:%Y-%m-%dT%H:%M:%S.0000000Z}",
        "changeKey": str(event.version),
        "categories": [],
        "webLink": "",
        "allowNewTimeProposals": True,
        "hideAttendees": False,
        "responseRequested": True,
        "originalStartTimeZone": "tzone://Microsoft/Custom",
        "recurrence": None,
    }


def selected(whole: Json, select: Iterable[str]) -> Json:
    """What was selected of it; the ETag always comes along."""
    names = tuple(select)
    return whole if not names else {"@odata.etag": whole["@odata.etag"], **{name: whole[name] for name in names}}


def at(when: datetime) -> Json:
    return {"dateTime": f"{when:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}


def midnight(day: date) -> datetime:
    """A whole day is told as midnights of the zone it is told in, which is UTC for us."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def instance_uid(series_uid: str, day: date) -> str:
    """The iCalUId of one instance: the series' own with its day written in ([MS-OXOCAL] 2.2.1.27)."""
    stamp = f"{day.year:04X}{day.month:02X}{day.day:02X}"
    if series_uid.upper().startswith(GLOBAL):
        return f"{GLOBAL}{stamp}{series_uid[len(GLOBAL) + 8 :]}"
    held = FOREIGN + series_uid.encode() + b"\x00"
    return (
        f"{GLOBAL}{stamp}{bytes(16).hex().upper()}{len(held).to_bytes(4, 'little').hex().upper()}{held.hex().upper()}"
    )


def answered(attendees: list[Json], address: str, response: str) -> list[Json]:
    """The same list, in which that one has answered."""
    return [
        one | {"status": {"response": response, "time": NEVER}}
        if one["emailAddress"]["address"].lower() == address.lower()
        else one
        for one in attendees
    ]


def series(
    calendar: str, uid: str, instances: Iterable[tuple[datetime, datetime, datetime]], **fields: Any
) -> list[Held]:
    """A master and its instances, each as (original start, start, end)."""
    every = sorted(instances)
    first = every[0]
    master = Held(
        calendar=calendar, start=first[1], end=first[2], ical_uid=uid, type="seriesMaster", **{**fields, "days": None}
    )
    made = [master]
    for original, start, end in every:
        days = None
        if fields.get("days") is not None:
            days = (original.date(), original.date() + timedelta(days=(end - start).days or 1))
        made.append(
            Held(
                calendar=calendar,
                start=start,
                end=end,
                ical_uid=instance_uid(uid, original.date()),
                type="occurrence" if original == start else "exception",
                series=master.id,
                original_start=original,
                **{**fields, "days": days},
            )
        )
    return made
