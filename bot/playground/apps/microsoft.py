"""Somebody's Microsoft calendar in the demo: what its owner does there, and what stands there."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import icalendar
from dateutil.rrule import rrulestr

from bot.playground.apps.port import listed, written
from bot.playground.client import TAG, Event, Moment
from bot.playground.people import Resident
from bot.playground.stands.microsoft.events import Held, series
from bot.playground.stands.microsoft.stand import MicrosoftStand

SERIES_WEEKS = 30
"""For so long the instances of a series are written down: Exchange holds a row for each."""
MASTER = "seriesMaster"
ANSWERS = {"declined": "DECLINED", "tentativelyAccepted": "TENTATIVE", "accepted": "ACCEPTED"}


class MicrosoftApp:
    """One account with its own calendar, at the stand-in itself."""

    def __init__(self, stand: MicrosoftStand, who: Resident) -> None:
        self.stand = stand
        self._who = who
        self._calendar = stand.calendar(who.microsoft)

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
        self._is_up()
        told: dict[str, Any] = {
            "show_as": "free" if is_free else "tentative" if status == "TENTATIVE" else "busy",
            "is_organizer": True,
            "organizer": self._who.microsoft,
        }
        there = next((one for one in self._kept() if _uid(one) == uid), None)
        if there is not None:
            times = {"start": _utc(start), "end": _utc(end), "days": _days(start, end)}
            self.stand.mailboxes.put(there.changed(**times, subject=title, **told))
        elif rule:
            self._put_series(uid, title, start, end, rule, told)
        elif isinstance(start, datetime) and isinstance(end, datetime):
            self.stand.place(self._calendar, _utc(start), _utc(end), title, ical_uid=uid, **told)
        else:
            self.stand.place_days(self._calendar, start, end, title, ical_uid=uid, **told)

    def move(self, calendar: str, uid: str, start: Moment, *, instance: Moment | None = None) -> None:
        """Drag it elsewhere, as long as it was; with `instance`, only that one of a series."""
        there = self._got(uid, instance)
        if there.series is not None or there.days is not None:
            length = there.end - there.start
            days = None if there.days is None else _days(start, start + length)
            kind = there.type if there.series is None else "exception"
            begins = _utc(start)
            self.stand.mailboxes.put(there.changed(start=begins, end=begins + length, days=days, type=kind))
        else:
            self.stand.move(there, _utc(start))

    def decline(self, calendar: str, uid: str) -> None:
        """Say no to an invitation."""
        self.stand.decline(self._got(uid, None))

    def delete(self, calendar: str, uid: str, *, instance: Moment | None = None) -> None:
        """Delete it, the whole series if it is one; with `instance`, only that one of it."""
        there = self._got(uid, instance)
        if there.series is not None:
            self.stand.mailboxes.drop(there)
        else:
            self.stand.delete(there)

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
        """What is another word after every change of that mailbox."""
        self._is_up()
        return str(len(self.stand.mailboxes.log))

    def close(self) -> None:
        """Nothing is kept open."""

    def _is_up(self) -> None:
        if self.stand.graph.is_down:
            raise httpx.ConnectError("the stand-in for Microsoft is stopped")

    def _kept(self) -> list[Held]:
        return self.stand.events(self._calendar)

    def _got(self, uid: str, instance: Moment | None) -> Held:
        self._is_up()
        kept = self._kept()
        found = next((one for one in kept if _uid(one) == uid and one.series is None), None)
        if found is not None and instance is not None:
            at = _utc(instance)
            found = next((one for one in kept if one.series == found.id and one.original_start == at), None)
        if found is None:
            raise LookupError(f"there is no event {uid}")
        return found

    def _put_series(self, uid: str, title: str, start: Any, end: Any, rule: str, told: dict[str, Any]) -> None:
        """Every instance at its own wall time, over changes of the clocks too."""
        zone = ZoneInfo(self._who.zone)
        first = start.astimezone(zone).replace(tzinfo=None)
        until = first + timedelta(weeks=SERIES_WEEKS)
        starts = [
            at.replace(tzinfo=zone).astimezone(UTC)
            for at in rrulestr(rule, dtstart=first).between(first, until, inc=True)
        ]
        every = [(at, at, at + (end - start)) for at in starts]
        for one in series(self._calendar, uid, every, subject=title, **told):
            self.stand.mailboxes.put(one, "created")

    def _written(self) -> Iterator[Any]:
        kept = self._kept()
        for one in kept:
            if one.series is not None:
                continue
            if one.type != MASTER:
                yield self._event(one)
                continue
            instances = [each for each in kept if each.series == one.id]
            if instances:
                yield from self._series(one, sorted(instances, key=_original))

    def _series(self, master: Held, instances: list[Held]) -> Iterator[Any]:
        """A series by the dates that are left of it, then what stands elsewhere."""
        event = self._event(master)
        first, length = _original(instances[0]), master.end - master.start
        event["DTSTART"] = icalendar.vDDDTypes(first)
        event["DTEND"] = icalendar.vDDDTypes(first + length)
        event.add("RDATE", [_original(one) for one in instances])
        yield event
        for one in instances:
            if one.type == "exception":
                exception = self._event(one)
                exception["UID"] = icalendar.vText(_uid(master))
                exception.add("RECURRENCE-ID", _original(one))
                yield exception

    def _event(self, one: Held) -> Any:
        event = icalendar.Event()
        start, end = one.days or (one.start, one.end)
        event.add("UID", _uid(one))
        event.add("SUMMARY", one.subject)
        event.add("DTSTAMP", datetime.now(UTC))
        event.add("DTSTART", start)
        event.add("DTEND", end)
        event.add(
            "STATUS", "CANCELLED" if one.is_cancelled else "TENTATIVE" if one.show_as == "tentative" else "CONFIRMED"
        )
        event.add("TRANSP", "TRANSPARENT" if one.show_as == "free" else "OPAQUE")
        event.add("SEQUENCE", one.version)
        for name, words in (
            ("LOCATION", one.location),
            ("DESCRIPTION", one.body),
            ("URL", one.join_url),
            (TAG, _meeting(one)),
        ):
            if words:
                event.add(name, words)
        if one.response in ANSWERS:
            owner = icalendar.vCalAddress(f"mailto:{self._who.email}")
            owner.params["PARTSTAT"] = ANSWERS[one.response]
            event.add("ATTENDEE", owner, encode=False)
        return event


def _property(one: Held, name: str) -> str:
    """What an extended property of Overlap's holds; Outlook shows it to nobody."""
    return next((value for key, value in one.properties.items() if key.endswith(f" Name {name}")), "")


def _meeting(one: Held) -> str:
    told = _property(one, "OverlapTag")
    return str(json.loads(told)["meeting"]) if told else ""


def _uid(one: Held) -> str:
    return _property(one, "OverlapUid") or one.ical_uid


def _original(one: Held) -> datetime:
    return one.original_start or one.start


def _days(start: Any, end: Any) -> Any:
    return None if isinstance(start, datetime) else (start, end)


def _utc(at: Moment) -> datetime:
    return at.astimezone(UTC) if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)
