"""Somebody who hands over a calendar file, and anew after every change: for the promises that reading it makes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from bot.core.intervals import Interval
from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.ics.imported import IMPORT
from bot.providers.registry import Services, providers
from tests.contracts.feed_stage import ADDRESS, EMPTY


class OnImport:
    """The adapter of imports. Nothing stands behind a file: what changes is the file that is handed over next."""

    keeps_cancelled = True

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def open(self, password: str | None = None) -> CalendarProvider:
        return cast(CalendarProvider, Newest(self))

    def handed_over(self) -> CalendarProvider:
        """The newest file, opened."""
        text = b"".join(self._objects.values()) or EMPTY
        account = Account(provider="import", url="", user="w.ics", addresses=(ADDRESS,), grant=text.decode())
        return providers(Services())["import"](account)

    def new_calendar(self, name: str) -> Remote:
        self._objects.clear()
        return IMPORT

    def place(self, remote: Remote, uid: str, data: bytes) -> None:
        self._objects[uid] = data

    def shift(self, remote: Remote, uid: str, to: Interval) -> None:
        raise NotImplementedError("nothing of ours stands in an import")

    def drop(self, remote: Remote, uid: str) -> None:
        del self._objects[uid]

    @contextmanager
    def down(self) -> Iterator[None]:
        raise NotImplementedError("an import asks no service")
        yield

    def missing(self, remote: Remote) -> Remote:
        return Remote(f"{remote}-missing")


class Newest:
    """Whichever file was handed over last: a file that is open already never changes."""

    def __init__(self, stage: OnImport) -> None:
        self._stage = stage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stage.handed_over(), name)
