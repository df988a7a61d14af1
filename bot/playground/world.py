"""The world around the bot: four people, and their calendars on real CalDAV servers on loopback.

It knows nothing of the bot. Everything it makes is made again from today's date and a seed, but for ports and
passwords, and `stop` leaves neither a process nor a file.
"""

import atexit
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.playground import believable
from bot.playground.apps.google import GoogleApp
from bot.playground.apps.microsoft import MicrosoftApp
from bot.playground.apps.port import CalendarApp
from bot.playground.client import CalDavClient, Event, Moment
from bot.playground.people import RESIDENTS, Resident
from bot.playground.servers import CalendarServer
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.directory import MicrosoftUser
from bot.playground.stands.microsoft.stand import MicrosoftStand

WORK, PERSONAL = "work", "personal"
GOOGLE, MICROSOFT = "google", "microsoft"
OUTLOOK_ZONES = {"America/New_York": "Eastern Standard Time"}
"""What Outlook calls the zones of those who have it."""


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
    """The address of each calendar: `work`, `personal`, and, of those who have one, `google` or `microsoft`."""
    client: CalDavClient
    apps: Mapping[str, CalendarApp] = field(default_factory=dict)
    """What they look at their calendars elsewhere with, by calendar."""

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
        self.app(calendar).put(calendar, uid, title, start, end, is_free=is_free, status=status, rule=rule)
        return uid

    def app(self, calendar: str) -> CalendarApp:
        """What they look at that calendar with."""
        return self.apps.get(calendar, self.client)

    def move(self, calendar: str, uid: str, start: Moment, *, instance: Moment | None = None) -> None:
        """Drag an event elsewhere; with `instance`, only that one of its series."""
        self.app(calendar).move(calendar, uid, start, instance=instance)

    def decline(self, calendar: str, uid: str) -> None:
        """Say no to an invitation."""
        self.app(calendar).decline(calendar, uid)

    def delete(self, calendar: str, uid: str, *, instance: Moment | None = None) -> None:
        """Delete an event; with `instance`, only that one of its series."""
        self.app(calendar).delete(calendar, uid, instance=instance)

    def events(self, calendar: str = WORK) -> list[Event]:
        """Everything that stands in that calendar, as its server reports it."""
        return self.app(calendar).events(calendar)

    def event(self, calendar: str, uid: str) -> Event | None:
        """The event with that UID, or None."""
        return self.app(calendar).event(calendar, uid)

    def our_copies(self) -> list[Event]:
        """What is tagged as Overlap's, in all of their calendars, by start."""
        found = [event for name in self.calendars for event in self.events(name) if event.tag]
        return sorted(found, key=lambda event: str(event.start))


class World:
    """Starts and stops it all; also `with World() as world`."""

    def __init__(self, *, today: date | None = None, seed: int = 1) -> None:
        self.today = today or datetime.now(ZoneInfo("Europe/Berlin")).date()
        self.seed = seed
        self.accounts: dict[str, Account] = {}
        """By handle."""
        self.google = GoogleStand()
        self._microsoft: MicrosoftStand | None = None
        self._servers: dict[str, CalendarServer] = {}
        self._standing = ExitStack()
        self._down = ExitStack()
        """What ends the outage of the stand-in for Microsoft."""

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
        self._standing.close()
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
        return {
            **{name: server.is_running for name, server in self._servers.items()},
            GOOGLE: self.google.is_up,
            MICROSOFT: not self.microsoft.graph.is_down,
        }

    @property
    def microsoft(self) -> MicrosoftStand:
        """The stand-in for Microsoft, once it has started."""
        assert self._microsoft is not None
        return self._microsoft

    @property
    def environment(self) -> dict[str, str]:
        """What a bot needs to be told to talk to Google and Microsoft here."""
        return {**self.google.environment, **self.microsoft.environment}

    def stop_server(self, handle: str) -> None:
        """The server that holds this person's first calendars stops answering; what stands in them stays."""
        self.turn(self.accounts[handle].server, is_up=False)

    def start_server(self, handle: str) -> None:
        """It answers again, at the same address."""
        self.turn(self.accounts[handle].server, is_up=True)

    def turn(self, name: str, *, is_up: bool) -> None:
        """Stop or start that one of the servers."""
        if self.servers[name] is is_up:
            return
        if name == GOOGLE:
            (self.google.start if is_up else self.google.stop)()
        elif name == MICROSOFT and is_up:
            self._down.close()
        elif name == MICROSOFT:
            self._down.enter_context(self.microsoft.down())
        elif is_up:
            self._servers[name].launch()
            self._servers[name].wait()
        else:
            self._servers[name].stop()

    def _launch(self) -> None:
        """While the servers come up, so do the stand-ins."""
        for server in self._servers.values():
            server.launch()
        users = [_outlook_user(who) for who in RESIDENTS if who.microsoft]
        folder = next(iter(self._servers.values())).folder
        self._microsoft = MicrosoftStand(users, folder=folder, has_plain_page=True)
        self._standing.enter_context(self.google)
        self._standing.enter_context(self._microsoft)
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
        apps = self._apps(who)
        return Account(
            who=who,
            server=who.server,
            url=server.url,
            user=who.email,
            password=password,
            calendars=calendars | {name: self._address(name) for name in apps},
            client=client,
            apps=apps,
        )

    def _apps(self, who: Resident) -> dict[str, CalendarApp]:
        """What they have elsewhere, with what stands in it."""
        apps: dict[str, CalendarApp] = {}
        if who.google:
            self.google.add(who.google, who.name, zone=who.zone)
            apps[GOOGLE] = GoogleApp(self.google, who)
        if who.microsoft:
            apps[MICROSOFT] = MicrosoftApp(self.microsoft, who)
        for name, app in apps.items():
            for entry in believable.elsewhere(who, self.today):
                start, end = entry.when(who.zone)
                uid = f"{entry.slug}-{self.seed}-{who.email}"
                app.put(
                    name,
                    uid,
                    entry.title,
                    start,
                    end,
                    is_free=entry.is_transparent,
                    status=entry.status,
                    rule=entry.rule,
                )
        return apps

    def _address(self, calendar: str) -> str:
        return self.google.url if calendar == GOOGLE else self.microsoft.url


def _outlook_user(who: Resident) -> MicrosoftUser:
    """Outlook there keeps the hours that its owner keeps everywhere else."""
    return MicrosoftUser(name=who.name, email=who.microsoft, zone=OUTLOOK_ZONES[who.zone], works=("09:00", "17:00"))
