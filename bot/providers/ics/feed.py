"""A calendar that somebody publishes as iCalendar text at an address: fetched again and again, and only read.

The address is a secret: whoever knows it reads the calendar. It is kept as a password is, and no error bears it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn

import requests

from bot.core.errors import CursorExpired, NotFound, OverlapError, Refused, SignInNeeded, TryLater
from bot.core.events import Written
from bot.core.intervals import Interval
from bot.providers.base import Abilities, Account, Cursor, Reading, Remote, RemoteCalendar
from bot.providers.fetch import Door
from bot.providers.ical.lines import Document
from bot.providers.ical.read import title, written
from bot.providers.ics import text
from bot.providers.pinned import GuardedSession

FEED = Remote("feed")
USUAL = timedelta(minutes=15)
"""Between two fetches, where the publisher says nothing."""
NOT_MODIFIED = 304
MOST_HEADER = 500
DAY = 86_400
_MAX_AGE = re.compile(r"max-age=(\d{1,9})")
SCHEMES = {"webcal": "https", "webcals": "https"}


def connect(account: Account, door: Door) -> "Feed":
    """Opens a feed; it is first fetched at the first call."""
    return Feed(account, address(account.password), door)


def address(typed: str) -> str:
    """Where to fetch what somebody typed: `webcal` is a name that apps have for https."""
    scheme, mark, rest = typed.strip().partition("://")
    return f"{SCHEMES.get(scheme.lower(), scheme)}{mark}{rest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """Where the detector stands: what the last fetch told."""

    etag: str = ""
    modified: str = ""
    digest: str = ""
    every: int = int(USUAL.total_seconds())

    def cursor(self) -> Cursor:
        return Cursor(json.dumps([self.etag, self.modified, self.digest, self.every]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetched:
    """One complete answer."""

    data: bytes
    doc: Document
    mark: _Mark


class Feed(text.ReadOnly):
    """One published calendar: the port. Used by one thread at a time."""

    def __init__(self, account: Account, url: str, door: Door) -> None:
        super().__init__(account)
        self._url = url
        self._door = door
        self._session = GuardedSession(door)
        self._every = USUAL
        self._fetched: _Fetched | None = None
        """What was fetched and not read yet: one fetch serves the question and the answer."""

    @property
    def abilities(self) -> Abilities:
        return Abilities(can_write=False, cadence=2 * self._every)

    def calendars(self) -> Sequence[RemoteCalendar]:
        self._fetched = self._fetch()
        return [text.calendar(self._fetched.doc, FEED, self._account.user)]

    def changed(self, remote: Remote, since: Cursor) -> bool:
        _only(remote)
        mark = _mark(since)
        self._every = text.clamped(timedelta(seconds=mark.every))
        self._fetched = self._fetch_since(mark)
        return self._fetched is not None and self._fetched.mark.digest != mark.digest

    def read(self, remote: Remote, window: Interval, zone: str) -> Reading:
        _only(remote)
        fetched, self._fetched = self._fetched or self._fetch(), None
        return text.reading(fetched.doc, window, zone, self.addresses, fetched.mark.cursor())

    def get(self, remote: Remote, uid: str) -> Written | None:
        _only(remote)
        return written(self._fetch().data, uid, None, "UTC")

    def health(self) -> None:
        self._fetched = self._fetch()

    def title(self, remote: Remote, uid: str, starts: datetime) -> str | None:
        fetched = self._fetch()
        return title(fetched.data, uid, starts, fetched.doc.zone or "UTC")

    def close(self) -> None:
        self._session.close()

    def _fetch(self) -> _Fetched:
        """All of it, now."""
        answer = self._asked({})
        if answer.status_code == NOT_MODIFIED:
            raise TryLater("The calendar's publisher answers a question that was not asked.")
        return self._understood(answer)

    def _fetch_since(self, mark: _Mark) -> _Fetched | None:
        """All of it, unless the publisher says that nothing changed."""
        conditions = {"If-None-Match": mark.etag, "If-Modified-Since": mark.modified}
        answer = self._asked({name: value for name, value in conditions.items() if value})
        return None if answer.status_code == NOT_MODIFIED else self._understood(answer)

    def _asked(self, conditions: dict[str, str]) -> requests.Response:
        self._door.target(self._url)
        try:
            answer = self._session.get(self._url, headers={"Accept": "text/calendar, */*;q=0.1", **conditions})
        except OverlapError as error:
            raise error from None  # what caused it names the address, and a traceback would show it
        if answer.status_code not in (200, NOT_MODIFIED):
            _judge(answer)
        return answer

    def _understood(self, answer: requests.Response) -> _Fetched:
        doc = text.parsed(answer.content)
        self._every = text.clamped(text.refresh(doc) or _max_age(answer) or USUAL)
        mark = _Mark(
            etag=answer.headers.get("ETag", "")[:MOST_HEADER],
            modified=answer.headers.get("Last-Modified", "")[:MOST_HEADER],
            digest=text.digest(answer.content),
            every=int(self._every.total_seconds()),
        )
        return _Fetched(data=answer.content, doc=doc, mark=mark)


def _only(remote: Remote) -> None:
    if remote != FEED:
        raise NotFound("This feed holds one calendar, and not that one.")


def _mark(cursor: Cursor) -> _Mark:
    try:
        etag, modified, digest, every = json.loads(cursor)
        return _Mark(etag=str(etag), modified=str(modified), digest=str(digest), every=int(every))
    except (ValueError, TypeError) as error:
        raise CursorExpired("This is no cursor of a feed.") from error


def _judge(answer: requests.Response) -> NoReturn:
    match answer.status_code:
        case 401 | 407:
            raise SignInNeeded(
                "The publisher of this calendar asks for a password. A feed needs an address that works alone."
            )
        case 403:
            raise Refused("The publisher of this calendar does not let it be read at this address (any more).")
        case 404 | 410:
            raise NotFound("There is no calendar at this address (any more).")
        case status:
            raise TryLater(f"The calendar's publisher cannot answer now ({status}).", _retry_after(answer))


def _max_age(answer: requests.Response) -> timedelta | None:
    """Cache-Control: max-age (RFC 9111 §5.2.2.1)."""
    found = _MAX_AGE.search(answer.headers.get("Cache-Control", "").lower())
    return timedelta(seconds=int(found[1])) if found else None


def _retry_after(answer: requests.Response) -> timedelta | None:
    """Retry-After in either form (RFC 9110 §10.2.3); a date is taken against the server's own clock."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return timedelta(seconds=min(int(told[:9]), DAY))
    try:
        until, now = parsedate_to_datetime(told), parsedate_to_datetime(answer.headers.get("Date", ""))
        return min(max(until - now, timedelta(0)), timedelta(seconds=DAY))
    except (ValueError, TypeError):
        return None
