"""The switches: calendar servers that stop and start, and a bot that is killed and brought back."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.process import DidNotStart
from bot.playground.site.calm import Calm
from bot.playground.stage import Stage

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Outage:
    """Something was off: since when, and how much had been written in the chat when it went and when it came back."""

    what: str
    began: float
    first: int
    last: int | None = None


@dataclass
class Switches:
    """Turns things off and on, one turn at a time: of two tabs, the second finds it done."""

    stage: Stage
    tell: Callable[[], None]
    outages: list[Outage] = field(default_factory=list)
    _is_starting: bool = False
    _bot: threading.Lock = field(default_factory=threading.Lock)
    _servers: threading.Lock = field(default_factory=threading.Lock)

    def servers(self) -> list[Json]:
        """Each calendar server, whose calendars it holds, and whether it runs."""
        people: dict[str, list[str]] = {}
        for account in self.stage.world.accounts.values():
            for name in (account.server, *account.apps):
                people.setdefault(name, []).append(account.handle)
        return [
            {"name": name, "people": people.get(name, []), "isUp": is_up}
            for name, is_up in self.stage.world.servers.items()
        ]

    def bot(self) -> Json:
        """Whether it is up, and whether it is on its way."""
        process = self.stage.bot.process
        is_alive = process is not None and process.poll() is None
        return {"isUp": is_alive and not self._is_starting, "isStarting": self._is_starting}

    def turn_server(self, name: str, *, is_up: bool) -> None:
        """Stop or start that calendar server; what stands in it stays."""
        with self._servers:
            server = next((one for one in self.servers() if one["name"] == name), None)
            if server is None:
                raise Calm(404, "There is no such server.")
            if server["isUp"] is is_up:
                return
            try:
                self.stage.world.turn(name, is_up=is_up)
                if is_up:
                    self._ended(name)
                else:
                    self._begins(name)
            except DidNotStart as error:
                raise Calm(500, "The calendar server did not start. Try again.") from error
            finally:
                self.tell()

    def turn_bot(self, *, is_up: bool) -> None:
        """`kill -9`, or bring it back; the latter returns once it is ready."""
        with self._bot:
            if self.bot()["isUp"] is is_up:
                return
            if is_up:
                self._start()
            else:
                self.stage.bot.kill()
                self._begins("bot")
                self.tell()

    def _start(self) -> None:
        self._is_starting = True
        self.tell()
        try:
            self.stage.bot.kill()  # nothing if it is gone already; one that is only half there must not hold the port
            self.stage.bot.start()
            self._ended("bot")
        except DidNotStart as error:
            raise Calm(500, "The bot did not start. Try again.") from error
        finally:
            self._is_starting = False
            self.tell()

    def _begins(self, what: str) -> None:
        self.outages.append(Outage(what=what, began=time.time(), first=self._written))

    def _ended(self, what: str) -> None:
        for outage in self.outages:
            if outage.what == what and outage.last is None:
                outage.last = self._written

    @property
    def _written(self) -> int:
        return len(self.stage.slack.workspace.history)
