"""The methods of Google's Calendar API and of its directory of rooms, as far as they are used.

https://developers.google.com/workspace/calendar/api/v3/reference
"""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.playground.stands.google.calls import Call, Json
from bot.playground.stands.google.lists import Lists
from bot.playground.stands.google.office import Calendar, Office, busy
from bot.playground.stands.google.push import Pushes
from bot.playground.stands.google.refusals import Refusal, sin
from bot.playground.stands.google.series import Event

WRITERS = frozenset({"owner", "writer", "writerWithoutPrivateAccess"})
ID = re.compile(r"[0-9a-v]{5,1024}")
LONGEST_QUESTION = timedelta(days=92)
READ_ONLY = frozenset({"self", "organizer", "id"})
"""Of a guest: told by Google, and ignored when it is told to it."""


@dataclass(slots=True)
class Service:
    """Does what is asked, or refuses."""

    office: Office
    lists: Lists
    pushes: Pushes
    silent: set[str] = field(default_factory=set)
    """Whose free/busy cannot be told just now."""

    def methods(self) -> Mapping[str, Callable[[Call], Json | None]]:
        """By the names that Google's description gives them."""
        return {
            "calendar.calendarList.list": self._calendars,
            "calendar.calendarList.get": self._calendar,
            "calendar.events.list": self.lists.answer,
            "calendar.events.get": self._get,
            "calendar.events.instances": self._instances,
            "calendar.events.insert": self._insert,
            "calendar.events.patch": self._patch,
            "calendar.events.delete": self._delete,
            "calendar.events.watch": self._watch,
            "calendar.channels.stop": self._stop,
            "calendar.freebusy.query": self._freebusy,
            "directory.resources.calendars.list": self._rooms,
        }

    def _calendars(self, call: Call) -> Json:
        mine = [one for one in self.office.calendars.values() if one.role(call.by) is not None]
        size = min(call.asked.get("maxResults", 100), self.lists.page_size or 250)
        at = int(call.asked.get("pageToken", 0))
        told: Json = {"kind": "calendar#calendarList", "items": [_entry(one, call.by) for one in mine[at : at + size]]}
        return {**told, "nextPageToken": str(at + size)} if len(mine) > at + size else told

    def _calendar(self, call: Call) -> Json:
        return _entry(self.office.calendar(call.by, call.calendar), call.by)

    def _get(self, call: Call) -> Json:
        calendar = self.office.calendar(call.by, call.calendar)
        return self.lists.shown(call, calendar, self.office.event(calendar, call.path["eventId"]))

    def _instances(self, call: Call) -> Json:
        calendar = self.office.calendar(call.by, call.calendar)
        found = self.office.expanded(calendar, self.office.event(calendar, call.path["eventId"]))
        told = [self.lists.shown(call, calendar, one) for one in found if one["status"] != "cancelled"]
        return {"kind": "calendar#events", "timeZone": calendar.zone, "items": told}

    def _insert(self, call: Call) -> Json:
        calendar = self._writable(call)
        body = _taken(call)
        named = body.get("id")
        if named is not None and not ID.fullmatch(named):
            raise sin("Invalid resource id value.", "invalid")
        if named is not None and "iCalUID" in body:
            raise sin("id and iCalUID together", "invalid")
        if named in calendar.events:
            raise Refusal(409, "duplicate")
        if not body.get("start") or not body.get("end"):
            raise sin("Missing end time.", "required")
        if any(one.get("responseStatus", "needsAction") != "needsAction" for one in body.get("attendees") or ()):
            raise sin("an answer in somebody else's name", "invalid")
        event = self.office.insert(calendar, body, by=call.by)
        self._mail(call, event, "invited")
        return self.lists.shown(call, calendar, event)

    def _patch(self, call: Call) -> Json:
        calendar = self._writable(call)
        event = self._unchanged(call, calendar)
        body = _taken(call)
        if body.pop("attendeesOmitted", False):
            (mine,) = body.pop("attendees")
            self._answered(call, calendar, event, mine)
            return self.lists.shown(call, calendar, calendar.events[event["id"]])
        is_guest = event["organizer"]["email"] != calendar.id
        if is_guest and ((body.get("extendedProperties") or {}).get("shared") or {}):
            raise Refusal(403, "forbiddenForNonOrganizer")
        for guest in body.get("attendees") or ():
            kept = [one for one in event.get("attendees") or () if one["email"].lower() == guest["email"].lower()]
            if kept and kept[0].get("resource") is not True and guest.get("resource"):
                raise sin("resource can only be set when the guest is added", "invalid")
            if not kept and guest.get("responseStatus", "needsAction") != "needsAction":
                raise sin("an answer in somebody else's name", "invalid")
        changed = self.office.change(calendar, event, body)
        self._mail(call, changed, "cancelled" if changed["status"] == "cancelled" else "changed")
        return self.lists.shown(call, calendar, changed)

    def _answered(self, call: Call, calendar: Calendar, event: Event, mine: Event) -> None:
        if mine["email"].lower() != calendar.id:
            raise sin("somebody else's answer", "invalid")
        self.office.answer(calendar.id, event, mine["responseStatus"])
        if call.asked.get("sendUpdates") == "all":
            self.office.mails.append((event["organizer"]["email"], event["id"], mine["responseStatus"]))

    def _delete(self, call: Call) -> None:
        calendar = self._writable(call)
        event = self._unchanged(call, calendar)
        if event["status"] == "cancelled":
            raise Refusal(410, "deleted")
        self.office.delete(calendar, event)
        self._mail(call, event, "cancelled")

    def _watch(self, call: Call) -> Json:
        calendar = self.office.calendar(call.by, call.calendar)
        if not calendar.rings:
            raise Refusal(400, "pushNotSupportedForRequestedResource")
        return self.pushes.open(call, calendar)

    def _stop(self, call: Call) -> None:
        self.pushes.stop(call)

    def _freebusy(self, call: Call) -> Json:
        start, end = (datetime.fromisoformat(call.body[name]) for name in ("timeMin", "timeMax"))
        if end - start > LONGEST_QUESTION:
            raise Refusal(400, "timeRangeTooLong", is_sin=True)
        if len(call.body.get("items") or ()) > 50:
            raise Refusal(400, "tooManyCalendarsRequested", is_sin=True)
        told = {one["id"]: self._told(call.by, one["id"], start, end) for one in call.body["items"]}
        return {
            "kind": "calendar#freeBusy",
            "timeMin": call.body["timeMin"],
            "timeMax": call.body["timeMax"],
            "calendars": told,
        }

    def _told(self, by: str, address: str, start: datetime, end: datetime) -> Json:
        """Of a calendar that may not be seen, an error, and a list of busy times that is empty."""
        calendar = self.office.calendars.get(by if address == "primary" else address.lower())
        if address in self.silent:
            return {"errors": [{"domain": "global", "reason": "internalError"}], "busy": []}
        if calendar is None or not self._sees(by, calendar):
            return {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
        found = busy(self.office, calendar, start, end)
        return {"busy": [{"start": _utc(begins), "end": _utc(ends)} for begins, ends in found]}

    def _sees(self, by: str, calendar: Calendar) -> bool:
        if calendar.role(by) is not None:
            return True
        user = self.office.users.get(calendar.id)
        if user is None or not user.shows_freebusy:
            return False
        # All rooms have addresses at resource.calendar.google.com, and the stand-in plays one organisation.
        return user.room is not None or user.domain == by.rpartition("@")[2]

    def _rooms(self, call: Call) -> Json:
        if not self.office.users[call.by].is_admin:
            raise Refusal(403, "forbidden", "Not Authorized to access this resource/api")
        rooms = [one.room for one in self.office.users.values() if one.room is not None]
        size, at = (
            min(call.asked.get("maxResults", 100), self.lists.page_size or 500),
            int(call.asked.get("pageToken", 0)),
        )
        told: Json = {
            "kind": "admin#directory#resources#calendars#calendarResourcesList",
            "items": rooms[at : at + size],
        }
        return {**told, "nextPageToken": str(at + size)} if len(rooms) > at + size else told

    def _writable(self, call: Call) -> Calendar:
        calendar = self.office.calendar(call.by, call.calendar)
        if calendar.role(call.by) not in WRITERS:
            raise Refusal(403, "requiredAccessLevel")
        return calendar

    def _unchanged(self, call: Call, calendar: Calendar) -> Event:
        event = self.office.event(calendar, call.path["eventId"])
        if call.if_match is not None and call.if_match != event["etag"]:
            raise Refusal(412, "conditionNotMet")
        return event

    def _mail(self, call: Call, event: Event, why: str) -> None:
        if call.asked.get("sendUpdates") == "all":
            for guest in event.get("attendees") or ():
                if guest["email"] != event["organizer"]["email"]:
                    self.office.mails.append((guest["email"], event["id"], why))


def _taken(call: Call) -> Event:
    """The body as Google takes it: without what is not the caller's to say, and video only with its version named."""
    body = copy.deepcopy(call.body)
    if call.asked.get("conferenceDataVersion", 0) < 1:
        body.pop("conferenceData", None)
    for guest in body.get("attendees") or ():
        for name in READ_ONLY:
            guest.pop(name, None)
    return body


def _entry(calendar: Calendar, by: str) -> Json:
    return {
        "kind": "calendar#calendarListEntry",
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.zone,
        "accessRole": calendar.role(by),
        "primary": calendar.id == by,
        "selected": True,
        "conferenceProperties": {"allowedConferenceSolutionTypes": list(calendar.video)},
        "dataOwner": calendar.owner,
    }


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
