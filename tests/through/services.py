"""Three services side by side, as calendar apps see them: Google, Microsoft and a CalDAV server.

Whatever is asked or done here goes past the bot: it is what people find in their calendars, and what they do there.
"""

import itertools
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import icalendar

from bot.core.calendars import Access
from bot.core.intervals import Interval
from bot.playground.stands.google.stand import FULL, GoogleStand
from bot.playground.stands.microsoft.directory import MicrosoftRoom, MicrosoftUser
from bot.playground.stands.microsoft.events import Held
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.base import Account
from bot.providers.registry import Services
from tests.contracts import google_stage, microsoft_stage
from tests.contracts.microsoft_stage import TENANT
from tests.servers import USER, Server, radicale

NUMBERS = itertools.count()
SEEING = (
    "openid",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/calendar.events.freebusy",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An event as its owner finds it."""

    when: Interval
    title: str
    whole: str
    """All of it, as its service has it."""

    def says(self, words: str) -> bool:
        return words in self.whole


class App(Protocol):
    """One person's calendar, in an app."""

    email: str
    account: Account
    calendar: str
    """As its service names it."""

    def events(self) -> list[Standing]: ...

    def move(self, to: Interval) -> None:
        """The one event that stands there, by hand."""
        ...

    def delete(self) -> None: ...

    def place(self, when: Interval) -> None:
        """Something of their own."""
        ...


class GoogleApp:
    """A Google calendar."""

    def __init__(self, stand: GoogleStand, name: str, access: Access = Access.FULL) -> None:
        self.stand = stand
        self.email = f"{name}{next(NUMBERS)}@gmail.example"
        self.calendar = self.email
        stand.add(self.email, name.title(), zone="UTC")
        self.account = self.sign_in(access)

    def sign_in(self, access: Access) -> Account:
        scopes = FULL if access is Access.FULL else SEEING
        return google_stage.account(self.stand, self.email, scopes, access)

    def events(self) -> list[Standing]:
        return [
            Standing(when=_google(one), title=one.get("summary", ""), whole=str(one))
            for one in self.stand.events(self.email)
        ]

    def move(self, to: Interval) -> None:
        self.stand.move(self.email, self.only, start=to.start, end=to.end)

    def delete(self) -> None:
        self.stand.delete(self.email, self.only)

    def answer(self, word: str) -> None:
        self.stand.answer(self.email, self.only, word)

    def place(self, when: Interval) -> None:
        self.stand.place(self.email, start=when.start, end=when.end)

    def answers(self) -> dict[str, str]:
        """What each guest of the one event has answered, as this calendar has it."""
        (event,) = self.stand.events(self.email)
        return {one["email"]: one.get("responseStatus", "") for one in event.get("attendees", [])}

    @property
    def only(self) -> str:
        (event,) = self.stand.events(self.email)
        return str(event["id"])


class MicrosoftApp:
    """An Outlook calendar."""

    def __init__(self, stand: MicrosoftStand, name: str, access: Access = Access.FULL) -> None:
        self.stand = stand
        self.email = f"{name}{next(NUMBERS)}@acme.example"
        stand.directory.add([MicrosoftUser(name=name.title(), email=self.email, tenant=TENANT)])
        self.calendar = stand.calendar(self.email)
        self.account = self.sign_in(access)

    def sign_in(self, access: Access) -> Account:
        return microsoft_stage.signed_in(self.stand, self.email, access)

    def held(self) -> list[Held]:
        return [one for one in self.stand.events(self.calendar) if not one.is_cancelled]

    def events(self) -> list[Standing]:
        return [Standing(when=Interval(one.start, one.end), title=one.subject, whole=str(one)) for one in self.held()]

    def move(self, to: Interval) -> None:
        self.stand.move(self.only, to.start)

    def delete(self) -> None:
        self.stand.delete(self.only)

    def answer(self, word: str) -> None:
        self.stand.mailboxes.answer(self.only, word)

    def place(self, when: Interval) -> None:
        self.stand.place(self.calendar, when.start, when.end)

    def answers(self) -> dict[str, str]:
        """What each guest of the one event has answered, as this calendar has it."""
        return {
            one["emailAddress"]["address"].lower(): (one.get("status") or {}).get("response", "none")
            for one in self.only.attendees
        }

    @property
    def only(self) -> Held:
        (event,) = self.held()
        return event


class DavApp:
    """A calendar on the CalDAV server."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.email = f"{name}{next(NUMBERS)}@dav.example"
        self.calendar = server.new_calendar(name)
        self.account = Account(
            provider="caldav", url=self.calendar, user=USER, password=server.password, addresses=(self.email,)
        )

    def events(self) -> list[Standing]:
        return [
            Standing(when=_dav(one), title=str(one.get("SUMMARY", "")), whole=one.to_ical().decode())
            for _, one in self._objects()
            if str(one.get("STATUS", "")) != "CANCELLED"
        ]

    def move(self, to: Interval) -> None:
        ((href, _event),) = self._objects()
        data = self._get(href)
        for name, at in (("DTSTART", to.start), ("DTEND", to.end)):
            inner = data.partition(b"BEGIN:VEVENT")
            moved = re.sub(rf"{name}[;:][^\r\n]*".encode(), f"{name}:{at:%Y%m%dT%H%M%SZ}".encode(), inner[2])
            data = inner[0] + inner[1] + moved
        with self.server.client() as client:
            client.put(href, content=data, headers={"Content-Type": "text/calendar"}).raise_for_status()

    def delete(self) -> None:
        ((href, _),) = self._objects()
        with self.server.client() as client:
            client.delete(href).raise_for_status()

    def place(self, when: Interval) -> None:
        uid = secrets.token_hex(6)
        told = icalendar.Calendar()
        told.add("prodid", "-//an app//")
        told.add("version", "2.0")
        event = icalendar.Event()
        for name, value in (("uid", uid), ("dtstamp", when.start), ("dtstart", when.start), ("dtend", when.end)):
            event.add(name, value)
        told.add_component(event)
        self.server.place(self.calendar, uid, told.to_ical())

    def _objects(self) -> list[tuple[str, Any]]:
        with self.server.client() as client:
            told = client.request("PROPFIND", self.calendar, headers={"Depth": "1"}).raise_for_status().text
            hrefs = sorted(set(re.findall(r"<(?:\w+:)?href>([^<]*\.ics)</", told)))
        base = self.server.url.rstrip("/")
        found = [(f"{base}{href}", self._get(f"{base}{href}")) for href in hrefs]
        return [(href, icalendar.Calendar.from_ical(data).walk("VEVENT")[0]) for href, data in found]

    def _get(self, href: str) -> bytes:
        with self.server.client() as client:
            return client.get(href).raise_for_status().content.replace(b"\r\n ", b"")


@dataclass
class World:
    """All three, running."""

    google: GoogleStand
    microsoft: MicrosoftStand
    server: Server

    def app(self, at: str, name: str, access: Access = Access.FULL) -> App:
        """A new person's own calendar at that service."""
        if at == "google":
            return GoogleApp(self.google, name, access)
        return MicrosoftApp(self.microsoft, name, access) if at == "microsoft" else DavApp(self.server, name)

    def signs_in(self, app: App, access: Access = Access.FULL) -> Account:
        """Their owner goes to the service's own page again."""
        assert isinstance(app, GoogleApp | MicrosoftApp)
        return app.sign_in(access)

    def room(self, at: str, name: str) -> str:
        """A new room at that service; its address."""
        if at == "google":
            address = f"{name}{next(NUMBERS)}@resource.calendar.google.com"
            self.google.add_room(address, name.title(), zone="UTC")
            return address
        address = f"{name}{next(NUMBERS)}@acme.example"
        self.microsoft.directory.add([], [MicrosoftRoom(name=name.title(), email=address, tenant=TENANT)])
        return address

    @property
    def services(self) -> Services:
        """What the operator of the house set up."""
        return Services(
            private_hosts=frozenset({self.server.host}),
            ca_file=self.microsoft.ca_file,
            google=google_stage.client(self.google),
            microsoft=microsoft_stage.client(self.microsoft),
        )

    def mend(self) -> None:
        """Whatever a test made wait or fail is as it was."""
        self.google.faults.clear()
        self.google.meanwhile.clear()
        self.google.office.meets_wait = self.google.office.rooms_wait = False
        self.google.lists.page_size, self.google.lists.empty_pages = None, 0
        self.microsoft.graph.mend()
        self.microsoft.mailboxes.links_wait, self.microsoft.mailboxes.room_seconds = False, 0.0
        self.microsoft.office.page_limit = 1000


@contextmanager
def world(folder: Path) -> Iterator[World]:
    with radicale(folder) as server, GoogleStand() as google, MicrosoftStand([]) as microsoft:
        yield World(google, microsoft, server)


def _google(event: dict[str, Any]) -> Interval:
    start, end = (datetime.fromisoformat(event[side]["dateTime"]).astimezone(UTC) for side in ("start", "end"))
    return Interval(start, end)


def _dav(event: Any) -> Interval:
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start + timedelta(days=1)
    return Interval(start.astimezone(UTC), end.astimezone(UTC))
