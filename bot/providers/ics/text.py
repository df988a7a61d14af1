"""A calendar as one text, wherever it came from: what it is called, what it comes to, and whether it has changed."""

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.core.addresses import spellings
from bot.core.errors import NotACalendar, Refused
from bot.core.events import Draft, Response, Written
from bot.core.intervals import Interval
from bot.providers.base import Account, Cursor, Reading, Remote, RemoteCalendar
from bot.providers.ical.lines import Document, document, evened
from bot.providers.ical.read import understood
from bot.providers.ical.stamps import duration
from bot.providers.ical.zones import known

LEAST, MOST = timedelta(minutes=5), timedelta(hours=24)
_STAMPS = re.compile(rb"\n(?i:DTSTAMP|PRODID)[;:][^\r\n]*(?:\r\n[ \t][^\r\n]*)*")
_ESCAPED = re.compile(r"\\(.)")
MOST_NAME = 100


class ReadOnly:
    """The half of the port that is the same for every text: it is only read, and nothing stands behind it."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def addresses(self) -> Sequence[str]:
        return spellings(self._account.addresses)

    def put(self, remote: Remote, draft: Draft) -> Written:
        raise _read_only()

    def remove(self, remote: Remote, uid: str) -> None:
        raise _read_only()

    def answer(self, remote: Remote, uid: str, response: Response) -> None:
        raise _read_only()

    @property
    def channels(self) -> None:
        """A text rings nobody."""
        return

    @property
    def directory(self) -> None:
        """No organisation is known behind it."""
        return


def _read_only() -> Refused:
    return Refused("This calendar can only be read. Choose another one to receive your meetings.")


def reading(
    doc: Document, window: Interval, zone: str, addresses: Collection[str], cursor: Cursor | None = None
) -> Reading:
    """Everything that stands in the window."""
    found = understood(doc, window, zone, addresses).instances
    return Reading(instances=tuple(found), window=window, cursor=cursor)


def calendar(doc: Document, remote: Remote, fallback: str) -> RemoteCalendar:
    """The one calendar that it is."""
    return RemoteCalendar(
        remote=remote, name=name(doc) or fallback, zone=known(doc.zone) if doc.zone else None, is_writable=False
    )


def name(doc: Document) -> str:
    """What it calls itself (NAME, RFC 7986 §5.1; X-WR-CALNAME of those who were before it)."""
    told = doc.about.get("X-WR-CALNAME") or doc.about.get("NAME")
    plain = "" if told is None else _ESCAPED.sub(lambda it: " " if it[1] in "nN" else it[1], told.value)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split())[:MOST_NAME]


def refresh(doc: Document) -> timedelta | None:
    """How often it asks to be fetched (RFC 7986 §5.7; X-PUBLISHED-TTL); None where it does not say."""
    told = doc.about.get("REFRESH-INTERVAL") or doc.about.get("X-PUBLISHED-TTL")
    return None if told is None else duration(told.value)


def clamped(every: timedelta) -> timedelta:
    return min(max(every, LEAST), MOST)


def digest(data: bytes) -> str:
    """The same as long as the calendar is: publishers stamp each answer anew, and many send no ETag."""
    return hashlib.sha256(_STAMPS.sub(b"", evened(data))).hexdigest()


def parsed(data: bytes) -> Document:
    """`NotACalendar` for whatever is none; its message names what came instead, and nothing of it."""
    start = data[:500].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if not start:
        raise NotACalendar("There is nothing at this address: the answer was empty.")
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        raise NotACalendar(
            "This is a web page and no calendar. Use the address of the calendar itself (it ends in .ics)."
        )
    return document(data)
