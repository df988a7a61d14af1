"""A publisher of one calendar, and the feed that reads it: for the promises that reading makes."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.intervals import Interval
from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.ics.feed import FEED
from bot.providers.registry import Services, providers
from tests.providers.publisher import Publisher

EMPTY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//feed//EN\r\nEND:VCALENDAR\r\n"
ADDRESS = "ana@example.org"


class OnFeed:
    """The feed adapter, before a web server. Its owner's app publishes anew with every change."""

    keeps_cancelled = True

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._objects: dict[str, bytes] = {}

    def open(self, password: str | None = None) -> CalendarProvider:
        url = self._publisher.url if password is None else password
        account = Account(provider="ics", url="", user="Feed", password=url, addresses=(ADDRESS,))
        return providers(Services(private_hosts=self._publisher.allowed))["ics"](account)

    def new_calendar(self, name: str) -> Remote:
        self._objects.clear()
        self._publish()
        return FEED

    def place(self, remote: Remote, uid: str, data: bytes) -> None:
        self._objects[uid] = data
        self._publish()

    def shift(self, remote: Remote, uid: str, to: Interval) -> None:
        raise NotImplementedError("nothing of ours stands in a feed")

    def drop(self, remote: Remote, uid: str) -> None:
        del self._objects[uid]
        self._publish()

    @contextmanager
    def down(self) -> Iterator[None]:
        self._publisher.says(b"", status=503)
        yield
        self._publish()

    def missing(self, remote: Remote) -> Remote:
        return Remote(f"{remote}-missing")

    def _publish(self) -> None:
        self._publisher.says(b"".join(self._objects.values()) or EMPTY)
