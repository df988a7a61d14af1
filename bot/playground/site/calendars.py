"""The calendars as their servers tell them, read again when a cheap look says that something has changed."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import httpx
import icalendar

from bot.playground.client import TAG
from bot.playground.world import Account, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One calendar as it was read last."""

    mark: str
    content: Any
    """All of it, parsed."""
    read: int
    """Which reading this is: another number after every change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An event of Overlap's own in somebody's calendar."""

    uid: str
    tag: str
    calendar: str
    """Which of its owner's calendars it stands in."""
    start: datetime | date
    sequence: int
    status: str


@dataclass
class Calendars:
    """Everybody's, by handle and name; looking is safe from any thread."""

    world: World
    shelves: dict[tuple[str, str], Shelf] = field(default_factory=dict)
    unreachable: frozenset[str] = frozenset()
    """Whose server did not answer at the last look."""
    _looked: float = 0.0
    _readings: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, *, unless_within: float = 0.0) -> bool:
        """Ask every server for what has changed, and read that; whether anything had, or came or went."""
        with self._lock:
            if time.monotonic() - self._looked < unless_within:
                return False
            before, silent = (self._readings, self.unreachable), set[str]()
            for handle, account in self.world.accounts.items():
                try:
                    self._look_at(handle, account)
                except (httpx.HTTPError, ValueError):
                    silent.add(handle)
            self.unreachable = frozenset(silent)
            self._looked = time.monotonic()
            return before != (self._readings, self.unreachable)

    def of(self, handle: str) -> Iterator[tuple[str, Shelf]]:
        """Their calendars by name, as read last, however long ago."""
        for name in self.world.account(handle).calendars:
            shelf = self.shelves.get((handle, name))
            if shelf is not None:
                yield name, shelf

    def copies(self, handle: str) -> list[Copy]:
        """What is tagged as Overlap's there."""
        return [
            _copy(one, name) for name, shelf in self.of(handle) for one in shelf.content.walk("VEVENT") if one.get(TAG)
        ]

    def _look_at(self, handle: str, account: Account) -> None:
        for name in account.calendars:
            mark = account.app(name).mark(name)
            known = self.shelves.get((handle, name))
            if known is None or known.mark != mark or not mark:
                content = icalendar.Calendar.from_ical(account.app(name).export(name))
                self._readings += 1
                self.shelves[handle, name] = Shelf(mark=mark, content=content, read=self._readings)


def _copy(event: Any, calendar: str) -> Copy:
    return Copy(
        uid=str(event.get("UID")),
        tag=str(event.get(TAG)),
        calendar=calendar,
        start=event.decoded("DTSTART"),
        sequence=int(event.get("SEQUENCE", 0)),
        status=str(event.get("STATUS", "CONFIRMED")),
    )
