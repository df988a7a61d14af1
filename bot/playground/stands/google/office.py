"""What Google knows: accounts, their calendars, the events in them, and every guest's copy of an event.

Events are kept as Google tells them, but for what depends on who looks (`self`).
"""

import copy
import itertools
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.playground.stands.google.copies import blocks, copy_for, is_moved, make_video, merged
from bot.playground.stands.google.refusals import Refusal
from bot.playground.stands.google.series import FOR_EVER, Event, instances, instant

MEMORY = frozenset({"kind", "id", "iCalUID", "created", "creator", "organizer", "etag", "htmlLink", "updated"})


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody, or some room, with an account."""

    email: str
    name: str
    subject: str = field(default_factory=lambda: str(secrets.randbelow(10**21)))
    is_admin: bool = False
    room: dict[str, Any] | None = None
    """What the directory says of a room; None for people."""
    shows_freebusy: bool = True
    """Whether everybody of the same organisation sees when they are busy."""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


@dataclass(slots=True, kw_only=True)
class Calendar:
    """One calendar."""

    id: str
    owner: str
    summary: str
    zone: str
    roles: dict[str, str] = field(default_factory=dict)
    """What others than the owner may do there."""
    events: dict[str, Event] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    """At which change each event was last changed."""
    changes: int = 0
    oldest: int = 0
    """Sync tokens from before that change are forgotten."""
    rings: bool = True
    video: tuple[str, ...] = ("hangoutsMeet",)

    def role(self, email: str) -> str | None:
        return "owner" if email == self.owner else self.roles.get(email)


class Office:
    """All of it; the stand-in answers one request at a time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.users: dict[str, User] = {}
        self.calendars: dict[str, Calendar] = {}
        self.changed: list[Callable[[Calendar], None]] = []
        """Who is told of a change."""
        self.rooms_wait = False
        """Whether rooms answer only when they are told to."""
        self.meets_wait = False
        """Whether video links arrive only later."""
        self.mails: list[tuple[str, str, str]] = []
        """Who was written to, about which event, and why."""
        self._versions = itertools.count(3_000_000_000_000, 1000)

    def add(self, user: User, zone: str) -> None:
        """A new account with its own calendar, which has its address for an id."""
        self.users[user.email] = user
        self.calendars[user.email] = Calendar(id=user.email, owner=user.email, summary=user.name, zone=zone)

    def calendar(self, email: str, named: str) -> Calendar:
        """The calendar of that id as that user may know of it."""
        found = self.calendars.get(email if named == "primary" else named)
        if found is None or found.role(email) is None:
            raise Refusal(404, "notFound")
        return found

    def event(self, calendar: Calendar, named: str) -> Event:
        """The event, the exception or the instance of that id; a deleted one is still told of."""
        if named in calendar.events:
            return calendar.events[named]
        series, _, _ = named.rpartition("_")
        if series in calendar.events and "recurrence" in calendar.events[series]:
            for one in self.expanded(calendar, calendar.events[series]):
                if one["id"] == named:
                    return one
        raise Refusal(404, "notFound")

    def expanded(self, calendar: Calendar, event: Event, before: datetime | None = None) -> Iterator[Event]:
        """The event itself, or its instances when it is a series."""
        if "recurrence" not in event:
            yield event
            return
        exceptions = [one for one in calendar.events.values() if one.get("recurringEventId") == event["id"]]
        yield from instances(event, exceptions, before or self.now() + FOR_EVER, calendar.zone)

    def insert(self, calendar: Calendar, body: Event, *, by: str) -> Event:
        """A new event there, and in every guest's calendar."""
        now = self._stamp()
        named = body.get("id") or secrets.token_hex(13)
        event: Event = {
            **body,
            "kind": "calendar#event",
            "id": named,
            "iCalUID": body.get("iCalUID") or f"{named}@google.com",
            "status": body.get("status", "confirmed"),
            "sequence": body.get("sequence", 0),
            "eventType": body.get("eventType", "default"),
            "created": now,
            "creator": {"email": by},
            "organizer": body.get("organizer") or {"email": calendar.id},
            "htmlLink": f"https://www.google.com/calendar/event?eid={named}",
        }
        self._order_video(event)
        self.store(calendar, event)
        self.spread(calendar, event)
        return event

    def store(self, calendar: Calendar, event: Event) -> None:
        """The event there, exactly as given but for its version."""
        event["etag"] = f'"{next(self._versions)}"'
        event["updated"] = self._stamp()
        calendar.changes += 1
        calendar.events[event["id"]] = event
        calendar.touched[event["id"]] = calendar.changes
        for tell in self.changed:
            tell(calendar)

    def change(self, calendar: Calendar, event: Event, told: Event) -> Event:
        """What a PATCH does: objects are merged, lists replaced, null removes."""
        before = copy.deepcopy(event)
        after: Event = merged(event, {name: value for name, value in told.items() if name not in MEMORY})
        if is_moved(before, after, calendar.zone) and "sequence" not in told:
            after["sequence"] = before.get("sequence", 0) + 1
        if after.get("sequence", 0) < before.get("sequence", 0):
            raise Refusal(400, "invalid", "Invalid sequence value.")
        if "conferenceData" in told:
            after["conferenceData"] = copy.deepcopy(told["conferenceData"])
        self._order_video(after)
        self.store(calendar, after)
        self.spread(calendar, after, before)
        return after

    def answer(self, email: str, event: Event, response: str) -> None:
        """Somebody's answer, in every copy of the event."""
        for calendar in self.calendars.values():
            kept = calendar.events.get(event["id"])
            if kept is None or kept.get("iCalUID") != event["iCalUID"] or kept["status"] == "cancelled":
                continue
            answered = copy.deepcopy(kept)
            for guest in answered.get("attendees") or ():
                if guest["email"].lower() == email:
                    guest["responseStatus"] = response
            if answered != kept:
                self.store(calendar, answered)

    def delete(self, calendar: Calendar, event: Event) -> None:
        """Gone from there: of the organiser for everybody, of a guest for themselves, which declines it."""
        for one in [one for one in calendar.events.values() if one.get("recurringEventId") == event["id"]]:
            self.store(calendar, {**copy.deepcopy(one), "status": "cancelled"})
        gone = {**copy.deepcopy(event), "status": "cancelled"}
        if event["organizer"]["email"] == calendar.id:
            self.store(calendar, gone)
            self.spread(calendar, gone, event)
            return
        self.answer(calendar.owner, event, "declined")
        self.store(calendar, gone)

    def spread(self, calendar: Calendar, event: Event, before: Event | None = None) -> None:
        """Every guest's copy, as the organiser's now is; only what is a guest's own stays."""
        if event["organizer"]["email"] != calendar.id:
            return
        guests = {one["email"].lower() for one in event.get("attendees") or ()}
        asked = {one["email"].lower() for one in (before or {}).get("attendees") or ()}
        for email in guests | asked:
            there = self.calendars.get(email)
            if there is None or there is calendar:
                continue
            kept = there.events.get(event["id"])
            is_out = email not in guests or event["status"] == "cancelled"
            if kept is None and is_out:
                continue
            self.store(there, copy_for(event, kept, is_out=is_out))
        if not self.rooms_wait:
            self.rooms_answer()

    def rooms_answer(self) -> None:
        """Every room accepts what finds it free, and declines the rest."""
        for room in [one for one in self.users.values() if one.room is not None]:
            calendar = self.calendars[room.email]
            for event in list(calendar.events.values()):
                mine = [one for one in event.get("attendees") or () if one["email"].lower() == room.email]
                if event["status"] != "cancelled" and mine and mine[0].get("responseStatus") == "needsAction":
                    self.answer(room.email, event, "declined" if self._is_taken(calendar, event) else "accepted")

    def videos_arrive(self, state: str = "success") -> None:
        """Every video link that was ordered is made now, or fails."""
        for calendar in self.calendars.values():
            for event in list(calendar.events.values()):
                kept = (event.get("conferenceData") or {}).get("createRequest") or {}
                if (kept.get("status") or {}).get("statusCode") == "pending":
                    changed = copy.deepcopy(event)
                    make_video(changed, state)
                    self.store(calendar, changed)

    def _is_taken(self, calendar: Calendar, event: Event) -> bool:
        start, end = instant(event["start"], calendar.zone), instant(event["end"], calendar.zone)
        accepted = (
            one
            for one in calendar.events.values()
            if one["id"] != event["id"]
            and one["status"] != "cancelled"
            and any(
                it["email"].lower() == calendar.id and it["responseStatus"] == "accepted" for it in one["attendees"]
            )
        )
        return any(
            instant(one["start"], calendar.zone) < end and start < instant(one["end"], calendar.zone)
            for one in accepted
        )

    def _order_video(self, event: Event) -> None:
        order = (event.get("conferenceData") or {}).get("createRequest")
        if order is not None and "status" not in order:
            order["status"] = {"statusCode": "pending"}
            if not self.meets_wait:
                make_video(event, "success")

    def _stamp(self) -> str:
        return f"{self.now():%Y-%m-%dT%H:%M:%S}.000Z"


def busy(office: Office, calendar: Calendar, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When that calendar is busy, merged, as free/busy tells it."""
    found: list[tuple[datetime, datetime]] = []
    for event in list(calendar.events.values()):
        if "recurringEventId" in event and event["recurringEventId"] in calendar.events:
            continue
        for one in office.expanded(calendar, event, end):
            begins, ends = instant(one["start"], calendar.zone), instant(one["end"], calendar.zone)
            if begins < end and start < ends and blocks(one, calendar.id):
                found.append((max(begins, start), min(ends, end)))
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(found):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined
