"""Every adapter to calendars on a stage of its own, so that one suite can hold them all to the port's promises.

A stage is the world behind an adapter: what a calendar app does there, and what goes wrong there.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.core.errors import TryLater
from bot.core.events import Instance, Kind
from bot.core.intervals import Interval
from bot.providers import memory
from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.ical.read import instances
from bot.providers.registry import Services, providers
from tests.servers import USER, Server

ADDRESS = "ana@example.org"
ZONE = "Europe/Berlin"


class Stage(Protocol):
    """The world behind one adapter, with one account."""

    @property
    def keeps_cancelled(self) -> bool:
        """Whether a cancelled event is still there; where not, to cancel is to delete."""
        ...

    def open(self, password: str | None = None) -> CalendarProvider: ...

    def new_calendar(self, name: str) -> Remote: ...

    def place(self, remote: Remote, uid: str, data: bytes) -> None:
        """Somebody puts this iCalendar object there with an app."""
        ...

    def shift(self, remote: Remote, uid: str, to: Interval) -> None:
        """Its owner moves it by hand."""
        ...

    def drop(self, remote: Remote, uid: str) -> None: ...

    def down(self) -> AbstractContextManager[None]:
        """Within the block the service is not there."""
        ...

    def missing(self, remote: Remote) -> Remote:
        """The name of a calendar that is not there."""
        ...


class InMemory:
    """The twin."""

    keeps_cancelled = True

    def __init__(self, window: Interval) -> None:
        self._service = memory.Service()
        self._window = window

    def open(self, password: str | None = None) -> CalendarProvider:
        account = self._service.account(USER)
        return self._service.connect(account if password is None else replace(account, password=password))

    def new_calendar(self, name: str) -> Remote:
        return self._service.calendar(USER, name)

    def place(self, remote: Remote, uid: str, data: bytes) -> None:
        found = instances(data, self._window, ZONE, [ADDRESS])
        named = re.search(rb"SUMMARY:(.*)", data)
        told = "" if named is None else named[1].decode().strip()
        self._service.store(remote, found or [self._nothing(uid)], told)

    def shift(self, remote: Remote, uid: str, to: Interval) -> None:
        self._service.shift(remote, uid, to)

    def drop(self, remote: Remote, uid: str) -> None:
        self._service.drop(remote, uid)

    @contextmanager
    def down(self) -> Iterator[None]:
        self._service.trouble(USER, TryLater("The service is down."))
        yield
        self._service.trouble(USER, None)

    def missing(self, remote: Remote) -> Remote:
        return Remote(f"{remote}-missing")

    def _nothing(self, uid: str) -> Instance:
        start = self._window.start
        return Instance(uid=uid, starts=start, when=self._window, kind=Kind.HARD, blocks=False)


class OnServer:
    """The CalDAV adapter, before a real server."""

    keeps_cancelled = True

    def __init__(self, server: Server) -> None:
        self._server = server

    def open(self, password: str | None = None) -> CalendarProvider:
        account = Account(
            provider="caldav",
            url=self._server.url,
            user=USER,
            password=self._server.password if password is None else password,
            addresses=(ADDRESS,),
        )
        services = Services(private_hosts=frozenset({self._server.host}), ca_file=self._server.ca_file)
        return providers(services)["caldav"](account)

    def new_calendar(self, name: str) -> Remote:
        return Remote(self._server.new_calendar(name))

    def place(self, remote: Remote, uid: str, data: bytes) -> None:
        self._server.place(remote, uid, data)

    def shift(self, remote: Remote, uid: str, to: Interval) -> None:
        data = self._server.stored(remote, uid)
        for name, at in (("DTSTART", to.start), ("DTEND", to.end)):
            data = re.sub(rf"{name}[;:][^\r\n]*".encode(), f"{name}:{_utc(at)}".encode(), data.replace(b"\r\n ", b""))
        self._server.place(remote, uid, data)

    def drop(self, remote: Remote, uid: str) -> None:
        self._server.drop(remote, uid)

    def down(self) -> AbstractContextManager[None]:
        return self._server.down()

    def missing(self, remote: Remote) -> Remote:
        return Remote(f"{remote.rstrip('/')}-missing/")


def _utc(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"
