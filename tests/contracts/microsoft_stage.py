"""The Microsoft adapter on a stage of its own: before the stand-in for Entra and Graph, over TLS.

What the suite places as iCalendar text is placed as Exchange would hold it: masters, and every instance by itself.
"""

import itertools
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import msgspec
import recurring_ical_events

from bot.core.calendars import Access
from bot.core.clients import MicrosoftClient
from bot.core.events import Response
from bot.core.intervals import Interval
from bot.playground.stands.microsoft.directory import MicrosoftRoom, MicrosoftUser
from bot.playground.stands.microsoft.events import Held, midnight, series
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.microsoft.grant import kept
from bot.providers.registry import Services, providers, sign_ins

TENANT = "3b0f6f7e-3f0c-4d55-9a3c-0f5a0c1b2d3e"
CALLBACK = "https://overlap.example.org/connect/microsoft/callback"
ANSWERS = {
    Response.NEEDS_ACTION: "notResponded",
    Response.ACCEPTED: "accepted",
    Response.TENTATIVE: "tentativelyAccepted",
    Response.DECLINED: "declined",
}
SHOWN = {"FREE": "free", "TENTATIVE": "tentative", "BUSY": "busy", "OOF": "oof", "WORKINGELSEWHERE": "workingElsewhere"}
YEAR = (datetime(2026, 8, 1, tzinfo=UTC), datetime(2027, 8, 1, tzinfo=UTC))


def client(stand: MicrosoftStand) -> MicrosoftClient:
    told = stand.environment
    return MicrosoftClient(
        client_id=told["OVERLAP_MICROSOFT_CLIENT_ID"],
        client_secret=told["OVERLAP_MICROSOFT_CLIENT_SECRET"],
        graph_url=told["OVERLAP_GRAPH_URL"],
        authority=told["OVERLAP_MICROSOFT_AUTHORITY"],
    )


def services(stand: MicrosoftStand) -> Services:
    """What the operator of a house set up who uses this Microsoft."""
    return Services(microsoft=client(stand), ca_file=stand.ca_file)


def signed_in(stand: MicrosoftStand, email: str, access: Access = Access.FULL) -> Account:
    """That account, signed in to on the page."""
    signing = sign_ins(services(stand))["microsoft"]
    begun = signing.begin(state="state", redirect_uri=CALLBACK, access=access, hint=email)
    _, answered = stand.decide(begun.url, email)
    return signing.finish(begun.flow, answered)


class OnMicrosoft:
    """One new account at a stand-in that several stages share."""

    keeps_cancelled = True
    numbers = itertools.count()

    def __init__(self, stand: MicrosoftStand) -> None:
        self.stand = stand
        stand.push.assumed.add("https://overlap.example.org/")
        self.email = self._somebody("ana")
        self._account = signed_in(stand, self.email)

    def open(self, password: str | None = None) -> CalendarProvider:
        wrong = replace(self._account, grant=dead(self._account.grant))
        return providers(services(self.stand))["microsoft"](self._account if password is None else wrong)

    def new_calendar(self, name: str) -> Remote:
        return Remote(self.stand.calendar(self.email, name))

    def place(self, remote: Remote, uid: str, data: bytes) -> None:
        for event in held(remote, data):
            self.stand.mailboxes.put(event, "created")

    def shift(self, remote: Remote, uid: str, to: Interval) -> None:
        moved = self.stand.move(self._named(remote, uid), to.start)
        self.stand.mailboxes.put(moved.changed(end=to.end))

    def drop(self, remote: Remote, uid: str) -> None:
        master = self._named(remote, uid)
        for one in self.stand.events(remote):
            if master.id in (one.id, one.series):
                self.stand.mailboxes.drop(one)

    def down(self) -> AbstractContextManager[None]:
        return self.stand.down()

    def missing(self, remote: Remote) -> Remote:
        return Remote(f"missing-{remote}")

    def colleague(self, name: str, busy: Interval | None = None) -> str:
        address = self._somebody(name)
        theirs = self.stand.calendar(address)
        if busy is not None:
            self.stand.place(theirs, busy.start, busy.end)
        return address

    def answers(self, address: str, uid: str, response: Response) -> None:
        events = self.stand.mailboxes.events.values()
        ours = next(one for one in events if uid in one.properties.values() and one.organizer == self.email)
        theirs = self.stand.events(self.stand.calendar(address))
        (copy,) = [one for one in theirs if one.ical_uid == ours.ical_uid]
        self.stand.mailboxes.answer(copy, ANSWERS[response])

    def room(self, name: str) -> str:
        address = f"{name}{next(self.numbers)}@acme.example"
        self.stand.directory.add([], [MicrosoftRoom(name=name.title(), email=address, tenant=TENANT)])
        return address

    def let_links_wait(self) -> None:
        self.stand.mailboxes.links_wait = True

    def let_links_arrive(self) -> None:
        self.stand.mailboxes.links_wait = False

    def _somebody(self, name: str) -> str:
        address = f"{name}{next(self.numbers)}@acme.example"
        self.stand.directory.add([MicrosoftUser(name=name.title(), email=address, tenant=TENANT)])
        return address

    def _named(self, remote: Remote, uid: str) -> Held:
        return next(
            one
            for one in self.stand.events(remote)
            if one.series is None and (one.ical_uid == uid or uid in one.properties.values())
        )


def held(calendar: str, data: bytes) -> Iterator[Held]:
    """The events of that text as Exchange holds them; whoever owns the corpus owns the calendar."""
    document = icalendar.Calendar.from_ical(data)
    for uid, events in itertools.groupby(document.walk("VEVENT"), key=lambda one: str(one["UID"])):
        first, *others = events
        if "RRULE" not in first and not others:
            start, end, days = _when(first)
            yield Held(calendar=calendar, start=start, end=end, days=days, ical_uid=uid, **_fields(first))
            continue
        expanded = recurring_ical_events.of(document).between(*YEAR)
        instances = [
            (_utc(one["RECURRENCE-ID"].dt), *_when(one)[:2])
            for one in expanded
            if str(one["UID"]) == uid and str(one.get("STATUS", "")) != "CANCELLED"
        ]
        yield from series(calendar, uid, instances, **_fields(first))


def _when(event: Any) -> tuple[datetime, datetime, tuple[date, date] | None]:
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start + timedelta(days=1)
    if isinstance(start, datetime):
        return _utc(start), _utc(end), None
    return midnight(start), midnight(end), (start, end)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _fields(event: Any) -> dict[str, Any]:
    attendees = event.get("ATTENDEE", [])
    mine = [one for one in (attendees if isinstance(attendees, list) else [attendees]) if "ana@" in one.lower()]
    response = Response(str(mine[0].params.get("PARTSTAT", "NEEDS-ACTION")).lower()) if mine else None
    is_unsure = response in (Response.NEEDS_ACTION, Response.TENTATIVE) or event.get("STATUS") == "TENTATIVE"
    told = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "TENTATIVE" if is_unsure else "BUSY"))
    return {
        "subject": str(event.get("SUMMARY", "")),
        "show_as": "free" if event.get("TRANSP") == "TRANSPARENT" else SHOWN.get(told, "unknown"),
        "response": ANSWERS[response] if response else "none",
        "is_organizer": response is None,
        "is_cancelled": event.get("STATUS") == "CANCELLED",
    }


def dead(grant: str) -> str:
    """A grant whose owner has taken it back."""
    told = kept(grant)
    cache = json.loads(told.cache)
    for kind in ("AccessToken", "RefreshToken"):
        for one in cache[kind].values():
            one["secret"] = "dead"
    return msgspec.structs.replace(told, cache=json.dumps(cache)).words
