"""A calendar file that somebody handed over once: it never changes, adds busy time and never vouches for free time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.core.errors import CursorExpired, NotFound
from bot.core.events import Written
from bot.core.intervals import Interval
from bot.providers.base import Abilities, Account, Cursor, Reading, Remote, RemoteCalendar
from bot.providers.ical.lines import Document, Event
from bot.providers.ical.read import title, written
from bot.providers.ical.says import number
from bot.providers.ics import text

IMPORT = Remote("import")
CURSOR = Cursor("imported")


def connect(account: Account) -> "Imported":
    """Opens the file that the account carries."""
    return Imported(account)


class Imported(text.ReadOnly):
    """One file: the port. Nothing is fetched."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._data = account.grant.encode()

    @property
    def abilities(self) -> Abilities:
        return Abilities(can_write=False, is_static=True, cadence=text.MOST)

    def calendars(self) -> Sequence[RemoteCalendar]:
        return [text.calendar(text.parsed(self._data), IMPORT, self._account.user)]

    def changed(self, remote: Remote, since: Cursor) -> bool:
        _only(remote)
        if since != CURSOR:
            raise CursorExpired("This is no cursor of an import.")
        return False

    def read(self, remote: Remote, window: Interval, zone: str) -> Reading:
        _only(remote)
        return text.reading(newest(text.parsed(self._data)), window, zone, self.addresses, CURSOR)

    def get(self, remote: Remote, uid: str) -> Written | None:
        _only(remote)
        return written(self._data, uid, None, "UTC")

    def health(self) -> None:
        text.parsed(self._data)

    def title(self, remote: Remote, uid: str, starts: datetime) -> str | None:
        return title(self._data, uid, starts, "UTC")

    def close(self) -> None:
        pass


def newest(doc: Document) -> Document:
    """Of each event and each exception only the highest SEQUENCE: exports hold several states of one event.

    What METHOD:CANCEL takes back is gone, with its exceptions. Where two are equally new both stay, so that the time
    of neither is lost.
    """
    highest: dict[tuple[bytes, bytes], int] = {}
    cancelled: dict[bytes, int] = {}
    for event in doc.events:
        key, sequence = _key(event), _sequence(event)
        highest[key] = max(highest.get(key, -1), sequence)
        if not key[1] and event.value("STATUS") == "CANCELLED":
            cancelled[key[0]] = max(cancelled.get(key[0], -1), sequence)
    doc.events = list(_kept(doc.events, highest, cancelled))
    return doc


def _kept(
    events: Iterable[Event], highest: dict[tuple[bytes, bytes], int], cancelled: dict[bytes, int]
) -> Iterable[Event]:
    for event in events:
        key, sequence = _key(event), _sequence(event)
        is_taken_back = key[0] in cancelled and cancelled[key[0]] >= sequence
        if not key[0] or (highest[key] == sequence and not is_taken_back):
            yield event


def _key(event: Event) -> tuple[bytes, bytes]:
    return event.props.get("UID", b"").strip(), event.props.get("RECURRENCE-ID", b"").strip()


def _sequence(event: Event) -> int:
    return number(event.value("SEQUENCE"))


def _only(remote: Remote) -> None:
    if remote != IMPORT:
        raise NotFound("This import holds one calendar, and not that one.")
