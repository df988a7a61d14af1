"""Somebody's Google calendar in the demo: what its owner does there, and what stands there."""

import copy
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import icalendar

from bot.playground.apps.port import listed, written
from bot.playground.client import TAG, Event, Moment
from bot.playground.people import Resident
from bot.playground.stands.google.stand import GoogleStand

Json = dict[str, Any]
STATES = {"CONFIRMED": "confirmed", "TENTATIVE": "tentative"}


class GoogleApp:
    """One account with its one calendar, at the stand-in itself."""

    def __init__(self, stand: GoogleStand, who: Resident) -> None:
        self.stand = stand
        self._who = who
        self._email = who.google

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
    ) -> None:
        """Write an event, or write it anew."""
        body: Json = {
            "summary": title,
            "start": self._moment(start),
            "end": self._moment(end),
            "status": STATES[status],
            "transparency": "transparent" if is_free else "opaque",
        }
        if rule:
            body["recurrence"] = [f"RRULE:{rule}"]
        self._is_up()
        there = next((one for one in self._kept() if _uid(one) == uid and "recurringEventId" not in one), None)
        if there is not None:
            self.stand.edit(self._email, there["id"], **body)
        else:
            for side in ("start", "end"):
                body[side] = {name: value for name, value in body[side].items() if value is not None}
            self.stand.keep(self._email, {**body, "iCalUID": uid, "organizer": {"email": self._email}})

    def move(self, calendar: str, uid: str, start: Moment, *, instance: Moment | None = None) -> None:
        """Drag it elsewhere, as long as it was; with `instance`, only that one of a series."""
        there = self._got(uid, instance)
        lasting = _when(there["end"]) - _when(there["start"])
        self.stand.edit(self._email, there["id"], start=self._moment(start), end=self._moment(start + lasting))

    def decline(self, calendar: str, uid: str) -> None:
        """Say no to an invitation."""
        there = self._got(uid, None)
        others = [one for one in there.get("attendees") or () if one["email"].lower() != self._email]
        mine = {"email": self._email, "responseStatus": "declined"}
        self.stand.edit(self._email, there["id"], attendees=[mine, *others])

    def delete(self, calendar: str, uid: str, *, instance: Moment | None = None) -> None:
        """Delete it, the whole series if it is one; with `instance`, only that one of it."""
        self.stand.delete(self._email, self._got(uid, instance)["id"])

    def events(self, calendar: str) -> list[Event]:
        """Everything that stands there, by start; a series once, and each of its exceptions."""
        return listed(self.export(calendar))

    def event(self, calendar: str, uid: str) -> Event | None:
        """The event with that UID, or None."""
        return next((one for one in self.events(calendar) if one.uid == uid and one.instance is None), None)

    def export(self, calendar: str) -> bytes:
        """The whole calendar as one iCalendar object."""
        self._is_up()
        return written(self._written())

    def mark(self, calendar: str) -> str:
        """What is another word after every change of that calendar."""
        self._is_up()
        return str(self.stand.office.calendars[self._email].changes)

    def close(self) -> None:
        """Nothing is kept open."""

    def _is_up(self) -> None:
        if not self.stand.is_up:
            raise httpx.ConnectError("the stand-in for Google is stopped")

    def _kept(self) -> list[Json]:
        """All that is there, the deleted too: of a series they say which instance is not."""
        return copy.deepcopy(list(self.stand.office.calendars[self._email].events.values()))

    def _got(self, uid: str, instance: Moment | None) -> Json:
        self._is_up()
        office = self.stand.office
        mine = office.calendars[self._email]
        for one in self._kept():
            if _uid(one) != uid or one["status"] == "cancelled" or "recurringEventId" in one:
                continue
            if instance is None:
                return one
            for each in office.expanded(mine, one, _utc(instance) + timedelta(days=2)):
                if _utc(_when(each["originalStartTime"])) == _utc(instance) and each["status"] != "cancelled":
                    return copy.deepcopy(each)
        raise LookupError(f"there is no event {uid}")

    def _moment(self, at: Moment) -> Json:
        if not isinstance(at, datetime):
            return {"date": at.isoformat(), "dateTime": None}
        return {"dateTime": at.astimezone(ZoneInfo(self._who.zone)).isoformat(), "timeZone": self._who.zone}

    def _written(self) -> Iterator[Any]:
        kept = self._kept()
        masters = {one["id"]: one for one in kept if "recurrence" in one and one["status"] != "cancelled"}
        for one in kept:
            if one["status"] == "cancelled" or one.get("recurringEventId", "") not in {"", *masters}:
                continue
            event = self._event(one)
            if "recurringEventId" in one:
                event["UID"] = icalendar.vText(_uid(masters[one["recurringEventId"]]))
                event.add("RECURRENCE-ID", _when(one["originalStartTime"]))
            for line in one.get("recurrence", ()):
                event.add("RRULE", icalendar.vRecur.from_ical(line.removeprefix("RRULE:")))
            for gone in kept:
                if gone.get("recurringEventId") == one["id"] and gone["status"] == "cancelled":
                    event.add("EXDATE", _when(gone["originalStartTime"]))
            yield event

    def _event(self, one: Json) -> Any:
        event = icalendar.Event()
        event.add("UID", _uid(one))
        event.add("SUMMARY", one.get("summary", ""))
        event.add("DTSTAMP", datetime.now(UTC))
        event.add("DTSTART", _when(one["start"]))
        event.add("DTEND", _when(one["end"]))
        event.add("STATUS", one["status"].upper())
        event.add("TRANSP", "TRANSPARENT" if one.get("transparency") == "transparent" else "OPAQUE")
        event.add("SEQUENCE", one.get("sequence", 0))
        for name, words in (
            ("LOCATION", one.get("location")),
            ("DESCRIPTION", one.get("description")),
            ("URL", one.get("hangoutLink")),
            (TAG, _mark(one, "overlapMeeting")),
        ):
            if words:
                event.add(name, words)
        for guest in one.get("attendees") or ():
            if guest["email"].lower() == self._email:
                owner = icalendar.vCalAddress(f"mailto:{self._who.email}")
                owner.params["PARTSTAT"] = guest.get("responseStatus", "needsAction").upper()
                event.add("ATTENDEE", owner, encode=False)
        return event


def _mark(one: Json, name: str) -> str:
    """What a tag of Overlap's says: it stands in the properties that its guests see too."""
    return str(one.get("extendedProperties", {}).get("shared", {}).get(name, ""))


def _uid(one: Json) -> str:
    return _mark(one, "overlapUid") or str(one["iCalUID"])


def _when(told: Json) -> Any:
    """A moment of Google's, as the people of the demo have it."""
    if told.get("date"):
        return date.fromisoformat(told["date"])
    at = datetime.fromisoformat(told["dateTime"])
    return at.astimezone(ZoneInfo(told["timeZone"])) if told.get("timeZone") else at


def _utc(at: Moment) -> datetime:
    return at.astimezone(UTC) if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)
