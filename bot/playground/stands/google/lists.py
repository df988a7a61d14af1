"""Lists of events at Google: windows, sync tokens, and pages that may be short or empty.

https://developers.google.com/workspace/calendar/api/v3/reference/events/list
"""

import copy
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.playground.stands.google.calls import Call
from bot.playground.stands.google.office import Calendar, Office
from bot.playground.stands.google.refusals import Refusal
from bot.playground.stands.google.series import FOR_EVER, Event, instant

ALONE = frozenset(
    {"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"}
)
"""What cannot be asked together with a sync token."""
VARYING = frozenset({"pageToken", "syncToken", "timeMin", "timeMax", "fields", "prettyPrint", "quotaUser", "key"})
SHOWN_BY_FREEBUSY = frozenset(
    {"kind", "etag", "id", "iCalUID", "status", "start", "end", "originalStartTime", "recurringEventId", "recurrence"}
)
PRIVATE_TO_OWNER = frozenset(
    {"summary", "description", "location", "attendees", "extendedProperties", "conferenceData"}
)


@dataclass(frozen=True, slots=True)
class Left:
    """What a page token still has to give."""

    question: str
    found: list[Event]
    sync: str | None
    page: int


@dataclass(slots=True)
class Lists:
    """Answers lists of events."""

    office: Office
    page_size: int | None = None
    """The most on one page, however many were asked for."""
    empty_pages: int = 0
    """How many empty pages come before the first one with something on it."""
    expires_at_page: int | None = None
    """At which page of the next sync the token turns out to be too old."""
    shows_properties: bool = True
    """Whether shared properties survive under the free/busy permission; Google does not say."""
    left: dict[str, Left] = field(default_factory=dict)
    tokens: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Sync tokens: of which calendar, for which question, since which change."""

    def answer(self, call: Call) -> dict[str, Any]:
        """One page."""
        calendar = self.office.calendar(call.by, call.calendar)
        question = repr(sorted((name, value) for name, value in call.asked.items() if name not in VARYING))
        if "pageToken" in call.asked:
            left = self.left.pop(call.asked["pageToken"], None)
            if left is None or left.question != question:
                raise Refusal(400, "invalid", "Invalid page token value.")
        elif "syncToken" in call.asked:
            left = self._since(call, calendar, question)
        else:
            left = Left(question, list(self._found(call, calendar)), self._token(call, calendar, question), 0)
        if self.expires_at_page is not None and "syncToken" in call.asked and left.page >= self.expires_at_page:
            self.expires_at_page = None
            raise Refusal(410, "fullSyncRequired")
        return self._page(call, calendar, left)

    def forget(self) -> None:
        """Every sync token given so far is too old."""
        for calendar in self.office.calendars.values():
            calendar.changes += 1
            calendar.oldest = calendar.changes

    def shown(self, call: Call, calendar: Calendar, event: Event) -> Event:
        """The event as this caller sees it."""
        shown = copy.deepcopy(event)
        for guest in shown.get("attendees") or ():
            if guest["email"].lower() == calendar.id:
                guest["self"] = True
            if guest["email"].lower() == shown["organizer"]["email"].lower():
                guest["organizer"] = True
        for side in ("organizer", "creator"):
            if shown.get(side, {}).get("email") == calendar.id:
                shown[side]["self"] = True
        self._omit_guests(shown, call.asked.get("maxAttendees"))
        role = calendar.role(call.by)
        if call.sees_only_freebusy() or role == "freeBusyReader":
            kept = SHOWN_BY_FREEBUSY | ({"extendedProperties"} if self.shows_properties else set())
            shown = {name: value for name, value in shown.items() if name in kept}
            shown.get("extendedProperties", {}).pop("private", None)
        elif shown.get("visibility") in ("private", "confidential") and role == "reader":
            shown = {name: value for name, value in shown.items() if name not in PRIVATE_TO_OWNER}
        return shown

    def _omit_guests(self, shown: Event, most: int | None) -> None:
        guests = shown.get("attendees")
        if most is not None and guests is not None and len(guests) > most:
            shown["attendees"] = [one for one in guests if one.get("self")]
            shown["attendeesOmitted"] = True

    def _since(self, call: Call, calendar: Calendar, question: str) -> Left:
        if wrong := ALONE & call.asked.keys():
            raise Refusal(400, "invalid", f"Sync token cannot be used with {sorted(wrong)}", is_sin=True)
        if call.asked.get("showDeleted") is False:
            raise Refusal(400, "invalid", "Sync token requires showDeleted", is_sin=True)
        kept = self.tokens.get(call.asked["syncToken"])
        if kept is None or kept[0] != calendar.id:
            raise Refusal(400, "invalid", "Invalid sync token value.")
        if kept[1] != question:
            raise Refusal(400, "invalid", "The sync token is for another question.", is_sin=True)
        if kept[2] < calendar.oldest:
            raise Refusal(410, "fullSyncRequired")
        changed = [event for name, event in calendar.events.items() if calendar.touched[name] > kept[2]]
        found = [self._gone(one) if one["status"] == "cancelled" else one for one in changed]
        return Left(question, found, self._token(call, calendar, question), 0)

    def _gone(self, event: Event) -> Event:
        """Of what was deleted, only this is sure to be told."""
        sure = ("kind", "id", "status", "recurringEventId", "originalStartTime", "organizer", "iCalUID")
        return {name: event[name] for name in sure if name in event}

    def _found(self, call: Call, calendar: Calendar) -> Iterator[Event]:
        asked = call.asked
        low = datetime.fromisoformat(asked["timeMin"]) if "timeMin" in asked else None
        high = datetime.fromisoformat(asked["timeMax"]) if "timeMax" in asked else self.office.now() + FOR_EVER
        for event in calendar.events.values():
            is_exception = event.get("recurringEventId") in calendar.events
            if asked.get("singleEvents") and is_exception:
                continue
            every = self.office.expanded(calendar, event, high) if asked.get("singleEvents") else iter([event])
            for one in every:
                if one["status"] == "cancelled" and not asked.get("showDeleted"):
                    continue
                if not _is_asked_for(one, asked):
                    continue
                starts, ends = instant(one["start"], calendar.zone), instant(one["end"], calendar.zone)
                is_series = "recurrence" in one
                if is_series or ((low is None or ends > low) and ("timeMax" not in asked or starts < high)):
                    yield one

    def _token(self, call: Call, calendar: Calendar, question: str) -> str | None:
        if "orderBy" in call.asked or (ALONE - {"timeMin"}) & call.asked.keys():
            return None
        token = secrets.token_urlsafe(12)
        self.tokens[token] = (calendar.id, question, calendar.changes)
        return token

    def _page(self, call: Call, calendar: Calendar, left: Left) -> dict[str, Any]:
        size = min(call.asked.get("maxResults", 250), self.page_size or 2500)
        is_empty = left.page < self.empty_pages
        now, later = ([], left.found) if is_empty else (left.found[:size], left.found[size:])
        told: dict[str, Any] = {
            "kind": "calendar#events",
            "summary": calendar.summary,
            "timeZone": calendar.zone,
            "accessRole": calendar.role(call.by),
            "defaultReminders": [],
            "items": [self.shown(call, calendar, one) for one in now],
        }
        if later or is_empty:
            told["nextPageToken"] = secrets.token_urlsafe(9)
            self.left[told["nextPageToken"]] = Left(left.question, later, left.sync, left.page + 1)
        elif left.sync is not None:
            told["nextSyncToken"] = left.sync
        return told


def _is_asked_for(event: Event, asked: dict[str, Any]) -> bool:
    if "iCalUID" in asked and event["iCalUID"] != asked["iCalUID"]:
        return False
    if "eventTypes" in asked and event.get("eventType") not in asked["eventTypes"]:
        return False
    kept = event.get("extendedProperties") or {}
    for side in ("private", "shared"):
        for told in asked.get(f"{side}ExtendedProperty", ()):
            name, _, value = told.partition("=")
            if (kept.get(side) or {}).get(name) != value:
                return False
    return True
