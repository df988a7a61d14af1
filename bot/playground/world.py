"""The world around the bot: four people, and their calendars on real CalDAV servers on loopback.

It knows nothing of the bot. Everything it makes is made again from today's date and a seed, but for ports and
passwords, and `stop` leaves neither a process nor a file.
"""

import atexit
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.playground import believable
from bot.playground.client import CalDavClient, Event, Moment
from bot.playground.people import RESIDENTS, Resident
from bot.playground.servers import CalendarServer

WORK, PERSONAL = "work", "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person, their calendar account, and a client of their own that is not the bot."""

    who: Resident
    server: str
    url: str
    """What they type into the connect page."""
    user: str
    password: str
    calendars: Mapping[str, str]
    """The address of each calendar: `work`, `personal`."""
    client: CalDavClient

    @property
    def handle(self) -> str:
        return self.who.handle

    @property
    def name(self) -> str:
        return self.who.name

    @property
    def zone(self) -> str:
        return self.who.zone

    @property
    def email(self) -> str:
        return self.who.email

    @property
    def slack_id(self) -> str:
        return self.who.slack_id

    def put(
        self,
        calendar: str,
        title: str,
        start: Moment,
        end: Moment,
        *,
        uid: str | None = None,
        is_free: bool = False,
        status: str = "CONFIRMED",
        rule: str = "",
    ) -> str:
        """Write an event behind the bot's back, or write it anew; its UID."""
        uid = uid or f"{secrets.token_hex(8)}-{self.email}"
        self.client.put(calendar, uid, title, start, end, is_free=is_free, status=status, rule=rule)
        return uid

    def move(self, calendar: str, uid: str, start: Moment, *, instance: Moment | None = None) -> None:
        """Drag an event elsewhere; with `instance`, only that one of its series."""
        self.client.move(calendar, uid, start, instance=instance)

    def decline(self, calendar: str, uid: str) -> None:
        """Say no to an invitation."""
        self.client.decline(calendar, uid)

    def delete(self, calendar: str, uid: str) -> None:
        """Delete an event."""
        self.client.delete(calendar, uid)

    def events(self, calendar: str = WORK) -> list[Event]:
        """Everything that stands in that calendar, as its server reports it."""
        return self.client.events(calendar)

    def event(self, calendar: str, uid: str) -> Event | None:
        """The event with that UID, or None."""
        return self.client.event(calendar, uid)

    def our_copies(self) -> list[Event]:
        """What is tagged as Overlap's, in all of their calendars, by start."""
        found = [event for name in self.calendars for event in self.client.events(name) if event.tag]
        return sorted(found, key=lambda event: str(event.start))


class World:
    """Starts and stops it all; also `with World() as world`."""

    def __init__(self, *, today: date | None = None, seed: int = 1) -> None:
        self.today = today or datetime.now(ZoneInfo("Europe/Berlin")).date()
        self.seed = seed
        self.accounts: dict[str, Account] = {}
        """By handle."""
        self._servers: dict[str, CalendarServer] = {}

    def start(self) -> None:
        """Start the servers and load every calendar, each with one request."""
        atexit.register(self.stop)
        passwords = {who.email: secrets.token_urlsafe(18) for who in RESIDENTS}
        for name in dict.fromkeys(who.server for who in RESIDENTS):
            served = {who.email: passwords[who.email] for who in RESIDENTS if who.server == name}
            self._servers[name] = CalendarServer(name, served)
        try:
            self._launch()
            for who in RESIDENTS:
                self.accounts[who.handle] = self._moved_in(who, passwords[who.email])
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything and forget everything; a second time does nothing."""
        atexit.unregister(self.stop)
        for account in self.accounts.values():
            account.client.close()
        self.accounts = {}
        servers, self._servers = self._servers, {}
        for server in servers.values():
            server.remove()

    def __enter__(self) -> "World":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def hosts(self) -> list[str]:
        """The servers as `name:port`: loopback hosts that the bot must be allowed to contact."""
        return [server.host for server in self._servers.values()]

    def account(self, handle: str) -> Account:
        return self.accounts[handle]

    def our_copies(self, handle: str) -> list[Event]:
        """What is tagged as Overlap's in this person's calendars."""
        return self.accounts[handle].our_copies()

    @property
    def servers(self) -> dict[str, bool]:
        """The calendar servers by name, and whether each runs."""
        return {name: server.is_running for name, server in self._servers.items()}

    def stop_server(self, handle: str) -> None:
        """The server that holds this person's calendars stops answering; what stands in them stays."""
        self._server(handle).stop()

    def start_server(self, handle: str) -> None:
        """It answers again, at the same address."""
        server = self._server(handle)
        server.launch()
        server.wait()

    def _server(self, handle: str) -> CalendarServer:
        return self._servers[self.accounts[handle].server]

    def _launch(self) -> None:
        for server in self._servers.values():
            server.launch()
        for server in self._servers.values():
            server.wait()

    def _moved_in(self, who: Resident, password: str) -> Account:
        server = self._servers[who.server]
        home = f"{server.url}{quote(who.email)}/"
        calendars = {WORK: f"{home}{WORK}/", PERSONAL: f"{home}{PERSONAL}/"}
        client = CalDavClient(
            base=server.url, user=who.email, password=password, zone=who.zone, calendars=dict(calendars)
        )
        for sheet in believable.sheets(who, self.today, self.seed):
            client.replace_all(sheet.name.lower(), sheet.ical())
        return Account(
            who=who,
            server=who.server,
            url=server.url,
            user=who.email,
            password=password,
            calendars=calendars,
            client=client,
        )
