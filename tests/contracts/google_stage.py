"""The Google adapter on a stage of its own: before the stand-in for Google, over HTTP.

What the suite places as iCalendar text is placed as Google would hold it after an import.
"""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar

from bot.core.calendars import Access
from bot.core.clients import GoogleClient
from bot.core.events import Response
from bot.core.intervals import Interval
from bot.playground.stands.google.stand import FULL, GoogleStand
from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.registry import Services, providers

ANSWERS = {"NEEDS-ACTION": "needsAction", "ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}
SERIES = ("RRULE", "EXDATE", "RDATE")


def account(stand: GoogleStand, email: str, scopes: tuple[str, ...] = FULL, access: Access = Access.FULL) -> Account:
    """That account, signed in to without the page."""
    tokens = stand.grant(email, scopes)
    grant = {**tokens, "expiry": _naive(stand.now() + timedelta(hours=1)), "scopes": list(scopes)}
    return Account(
        provider="google",
        url="",
        user=email,
        addresses=(email,),
        subject=stand.office.users[email].subject,
        access=access,
        grant=json.dumps(grant),
    )


def services(stand: GoogleStand) -> Services:
    """What the operator of a house set up who uses this Google."""
    return Services(google=client(stand))


def client(stand: GoogleStand) -> GoogleClient:
    return GoogleClient(
        client_id=stand.client_id, client_secret=stand.client_secret, api_url=stand.url, oauth_url=stand.url
    )


class OnGoogle:
    """One new account at a stand-in that several stages share."""

    keeps_cancelled = False
    """To cancel an event is to delete it there."""
    numbers = itertools.count()

    def __init__(self, stand: GoogleStand) -> None:
        self.stand = stand
        self.email = f"ana{next(self.numbers)}@example.org"
        stand.add(self.email, "Ana")
        self._account = account(stand, self.email)

    def open(self, password: str | None = None) -> CalendarProvider:
        wrong = replace(self._account, grant=json.dumps(_dead(self._account.grant)))
        return providers(services(self.stand))["google"](self._account if password is None else wrong)

    def new_calendar(self, name: str) -> Remote:
        return Remote(self.stand.new_calendar(self.email, name))

    def place(self, remote: Remote, uid: str, data: bytes) -> None:
        for event in held(data, remote):
            self.stand.keep(remote, event)

    def shift(self, remote: Remote, uid: str, to: Interval) -> None:
        self.stand.move(remote, self._named(remote, uid), start=to.start, end=to.end)

    def drop(self, remote: Remote, uid: str) -> None:
        self.stand.delete(remote, self._named(remote, uid))

    @contextmanager
    def down(self) -> Iterator[None]:
        self.stand.stop()
        try:
            yield
        finally:
            self.stand.start()

    def missing(self, remote: Remote) -> Remote:
        return Remote(f"missing-{remote}")

    def colleague(self, name: str, busy: Interval | None = None) -> str:
        address = f"{name}{next(self.numbers)}@example.org"
        self.stand.add(address, name.title())
        if busy is not None:
            self.stand.place(address, start=busy.start, end=busy.end)
        return address

    def answers(self, address: str, uid: str, response: Response) -> None:
        self.stand.answer(address, self._named(Remote(address), uid), ANSWERS[response.upper()])

    def room(self, name: str) -> str:
        address = f"{name}{next(self.numbers)}@resource.calendar.google.com"
        self.stand.add_room(address, name.title())
        return address

    def let_links_wait(self) -> None:
        self.stand.office.meets_wait = True

    def let_links_arrive(self) -> None:
        self.stand.office.meets_wait = False
        self.stand.office.videos_arrive()

    def _named(self, remote: Remote, uid: str) -> str:
        for event in self.stand.events(remote):
            marks = event.get("extendedProperties", {}).get("shared", {})
            if uid in (event["iCalUID"], marks.get("overlapUid")) and "recurringEventId" not in event:
                return str(event["id"])
        raise LookupError(uid)


def held(data: bytes, calendar: str) -> Iterator[dict[str, Any]]:
    """The VEVENTs of that text as Google holds them; whoever owns the corpus owns the calendar."""
    masters: dict[str, str] = {}
    for number, event in enumerate(icalendar.Calendar.from_ical(data).walk("VEVENT")):
        uid = str(event["UID"])
        named = masters.setdefault(uid, f"imported{uid.encode().hex()}{number}")
        told: dict[str, Any] = {
            "iCalUID": uid,
            "id": named,
            "summary": str(event.get("SUMMARY", "")),
            "status": str(event.get("STATUS", "CONFIRMED")).lower(),
            "sequence": int(event.get("SEQUENCE", 0)),
            "transparency": str(event.get("TRANSP", "OPAQUE")).lower(),
            "start": _moment(event["DTSTART"].dt),
            "end": _moment(event["DTEND"].dt if "DTEND" in event else event["DTSTART"].dt + timedelta(days=1)),
            "organizer": {"email": _organiser(event, calendar)},
            "attendees": _guests(event, calendar),
        }
        if lines := [line for line in event.to_ical().decode().splitlines() if line.startswith(SERIES)]:
            told["recurrence"] = lines
        if "RECURRENCE-ID" in event:
            original = event["RECURRENCE-ID"].dt
            told |= {"recurringEventId": named, "originalStartTime": _moment(original)}
            told["id"] = f"{named}_{original.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield {name: value for name, value in told.items() if value != []}


def _organiser(event: Any, calendar: str) -> str:
    told = str(event.get("ORGANIZER", "")).lower().removeprefix("mailto:")
    return told if told and "ana@" not in told else calendar


def _guests(event: Any, calendar: str) -> list[dict[str, Any]]:
    found = event.get("ATTENDEE", [])
    return [
        {
            "email": calendar if "ana@" in str(one).lower() else str(one).lower().removeprefix("mailto:"),
            "responseStatus": ANSWERS.get(str(one.params.get("PARTSTAT", "NEEDS-ACTION")), "needsAction"),
        }
        for one in (found if isinstance(found, list) else [found])
    ]


def _moment(at: date) -> dict[str, str]:
    if not isinstance(at, datetime):
        return {"date": at.isoformat()}
    zone = getattr(at.tzinfo, "key", None) or "UTC"
    return {"dateTime": at.isoformat(), "timeZone": zone}


def _dead(grant: str) -> dict[str, Any]:
    """A grant whose owner has taken it back."""
    return {**json.loads(grant), "access_token": "ya29.dead", "refresh_token": "1//dead"}


def _naive(at: datetime) -> str:
    return at.replace(tzinfo=None, microsecond=0).isoformat()
