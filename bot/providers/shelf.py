"""One calendar collection as it is read: what changed, what is in it, and what that comes to.

Whole objects are read and expanded here: what servers answer to time ranges, above all about recurring and all-day
events, differs too much between them to be the truth. Whether anything changed is asked by sync-token (RFC 6578),
else by ctag, else by ETags.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urljoin
from xml.sax.saxutils import escape

from bot.core.errors import CursorExpired, NotACalendar, NotFound, SignInNeeded, Stale, TryLater
from bot.core.events import Instance, distinct
from bot.core.intervals import Interval
from bot.providers.base import Cursor, Reading, Remote
from bot.providers.dav import CS, NAMESPACES, Broken, C, D, Dav, Member, Unsupported, asked, place
from bot.providers.ical.read import Patience, holds, instances
from bot.providers.pinned import TooLarge

BATCH = 100
TOKEN, CTAG, ETAGS = "token ", "ctag ", "etags "
"""What a cursor begins with: which detector it belongs to."""
SYNC_TOKEN, GETCTAG, GETETAG, DATA = f"{D}sync-token", f"{CS}getctag", f"{D}getetag", f"{C}calendar-data"
TYPE, REPORTS = f"{D}resourcetype", f"{D}supported-report-set"
GONE = frozenset({404, 410})
CUT = 507


@dataclass(frozen=True, slots=True)
class Object:
    """One stored object of a calendar."""

    url: str
    data: bytes
    etag: str | None
    schedule_tag: str | None = None

    @property
    def condition(self) -> dict[str, str]:
        """Under which it may be overwritten; a weak ETag never satisfies If-Match (RFC 9110 §13.1.1)."""
        return {} if self.etag is None or self.etag.startswith("W/") else {"If-Match": self.etag}

    @property
    def answering(self) -> dict[str, str]:
        """Under which an invitation may be answered: its Schedule-Tag stays the same while only others answer, too
        (RFC 6638 §3.2.10)."""
        return self.condition if self.schedule_tag is None else {"If-Schedule-Tag-Match": self.schedule_tag}


@dataclass(frozen=True, slots=True)
class _Expanded:
    """What one object came to, in whole days around the window; good while its ETag is."""

    etag: str
    covers: Interval
    zone: str
    instances: tuple[Instance, ...]


class Shelf:
    """The objects of one calendar, and what they came to last time."""

    def __init__(self, dav: Dav, url: Remote) -> None:
        self.url = url
        self._dav = dav
        self._expanded: dict[str, _Expanded] = {}

    def address(self, uid: str) -> str:
        """Where we put the event with that UID."""
        return urljoin(self.url, f"{quote(uid, safe='')}.ics")

    def changed(self, since: Cursor) -> bool:
        """Whether anything may have changed since."""
        for mark, ask in ((TOKEN, self._token_changed), (CTAG, self._ctag_changed), (ETAGS, self._etags_changed)):
            if since.startswith(mark):
                return ask(since.removeprefix(mark))
        raise CursorExpired("This is no cursor of a CalDAV server.")

    def read(self, window: Interval, zone: str, addresses: Collection[str]) -> Reading:
        """Everything in the window, complete."""
        cursor = self._cursor()
        etags = self._etags()
        found = self._instances(etags, self._around(window, zone), zone, addresses)
        standing = (one for one in found if one.ours is not None or (one.may_block and one.when.overlaps(window)))
        return Reading(
            instances=tuple(distinct(standing)), window=window, cursor=cursor or Cursor(ETAGS + _digest(etags))
        )

    def find(self, uid: str) -> Object | None:
        """The object with that UID: where we put it, else wherever a calendar app has put it since."""
        url = self.address(uid)
        try:
            found = Object(url, *self._dav.get(url))
        except NotFound:
            return self._by_uid(uid)
        return found if holds(found.data, uid) else self._by_uid(uid)

    def _cursor(self) -> Cursor | None:
        """Where the best detector of this server stands; None where only ETags are left."""
        here = self._here(SYNC_TOKEN, GETCTAG, REPORTS, TYPE)
        if TYPE in here.props and f"{C}calendar" not in here.names(TYPE):
            raise NotFound("What stands at this address is a calendar no more.")
        token, ctag = here.text(SYNC_TOKEN), here.text(GETCTAG)
        if token is not None and f"{D}sync-collection" in here.names(REPORTS):
            return Cursor(TOKEN + token)
        return None if ctag is None else Cursor(CTAG + ctag)

    def _here(self, *names: str) -> Member:
        """What the server says of the calendar itself."""
        found = next(iter(self._dav.propfind(self.url, *names)), None)
        if found is None:
            raise NotACalendar("The calendar server says nothing about this calendar.")
        if found.status in GONE:  # some servers say it in a 207
            raise NotFound("This calendar is not there (any more).")
        _require(found)
        return found

    def _token_changed(self, token: str) -> bool:
        # Never with a limit: some servers cut there, say nothing, and hand out the newest token.
        body = (
            f"<D:sync-collection {NAMESPACES}><D:sync-token>{escape(token)}</D:sync-token>"
            f"<D:sync-level>1</D:sync-level>{asked(GETETAG)}</D:sync-collection>"
        )
        try:
            members = self._dav.report(self.url, body)
        except (Stale, Broken, Unsupported) as error:
            # What RFC 6578 calls valid-sync-token, other servers say with 412 or 500.
            raise CursorExpired("The calendar server does not accept its own sync-token.") from error
        # A server that cuts its answer says so with a 507 for the collection itself (RFC 6578 §3.6).
        return any(one.status == CUT or place(one.href) != place(self.url) for one in members)

    def _ctag_changed(self, ctag: str) -> bool:
        return self._here(GETCTAG).text(GETCTAG) != ctag

    def _etags_changed(self, digest: str) -> bool:
        return _digest(self._etags()) != digest

    def _etags(self) -> dict[str, str]:
        """The ETag of every object, by href; an object without one has an empty one."""
        members = self._dav.propfind(self.url, GETETAG, TYPE, depth=1)
        if not members:
            raise NotACalendar("The calendar server lists nothing, not even the calendar itself.")
        found: dict[str, str] = {}
        for one in members:
            if (place(one.href) == place(self.url) and one.status < 300) or f"{D}collection" in one.names(TYPE):
                continue
            if one.status not in GONE:
                _require(one, GETETAG)
                found[one.href] = one.text(GETETAG) or ""
        return found

    def _around(self, window: Interval, zone: str) -> Interval:
        """What to expand for that window: what was expanded before where it will do, else whole days to spare."""
        before = (one for one in self._expanded.values() if one.zone == zone and one.covers.contains(window))
        known = next((one.covers for one in before), None)
        return known or _whole_days(window)

    def _instances(
        self, etags: Mapping[str, str], covers: Interval, zone: str, addresses: Collection[str]
    ) -> list[Instance]:
        """What every object comes to, read anew where its ETag is another than last time."""
        kept: dict[str, _Expanded] = {}
        for href, etag in etags.items():
            known = self._expanded.get(href)
            if known is not None and (known.etag, known.covers, known.zone) == (etag, covers, zone):
                kept[href] = known
        patience = Patience()
        for href, data in self._objects([href for href in etags if href not in kept]):
            found = tuple(instances(data, covers, zone, addresses, patience))
            kept[href] = _Expanded(_strong(etags[href]), covers, zone, found)
        self._expanded = {href: one for href, one in kept.items() if one.etag}
        return [one for expanded in kept.values() for one in expanded.instances]

    def _objects(self, hrefs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """The objects with these hrefs; those deleted meanwhile are left out, anything else missing is an error."""
        for at in range(0, len(hrefs), BATCH):
            missing = {place(href): href for href in hrefs[at : at + BATCH]}
            for one in self._members(list(missing.values())):
                href = missing.pop(place(one.href), None)
                if href is None or one.status in GONE:
                    continue
                data = one.text(DATA)
                yield from ((href, data.encode()),) if data is not None else self._again(href, one)
            if missing:
                raise TryLater("The calendar server's answer lacks some of the events.")

    def _members(self, hrefs: Sequence[str]) -> list[Member]:
        links = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
        body = f"<C:calendar-multiget {NAMESPACES}>{asked(GETETAG, DATA)}{links}</C:calendar-multiget>"
        try:
            return self._dav.report(self.url, body)
        except TooLarge:
            if len(hrefs) == 1:
                raise
            half = len(hrefs) // 2
            return self._members(hrefs[:half]) + self._members(hrefs[half:])

    def _again(self, href: str, refused: Member) -> Iterator[tuple[str, bytes]]:
        """An object that came without its data: asked for once more by itself."""
        _require(refused, DATA)
        try:
            data, _, _ = self._dav.get(urljoin(self.url, href))
        except NotFound:
            return
        yield href, data

    def _by_uid(self, uid: str) -> Object | None:
        body = (
            f"<C:calendar-query {NAMESPACES}>{asked(GETETAG, DATA)}<C:filter>"
            '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID">'
            f'<C:text-match collation="i;octet">{escape(uid)}</C:text-match>'
            "</C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
        )
        for one in self._dav.report(self.url, body, depth=1):
            data = (one.text(DATA) or "").encode()
            if data and holds(data, uid):
                return Object(urljoin(self.url, one.href), data, one.text(GETETAG))
        return None


def _require(member: Member, name: str = "") -> None:
    """Half of an answer is no answer: a member that the server could not tell about spoils the whole."""
    status = member.status if member.status >= 300 else member.refused.get(name, 200)
    if status == 401:
        raise SignInNeeded("The calendar server does not accept this user and password.")
    if status >= 500:
        raise TryLater(f"The calendar server could not tell about every event ({status}).")


def _strong(etag: str) -> str:
    """An ETag by which an object is known to be the same to the last letter, or nothing."""
    return "" if etag.startswith("W/") else etag


def _digest(etags: Mapping[str, str]) -> str:
    told = "\n".join(f"{href} {etag}" for href, etag in sorted(etags.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def _whole_days(window: Interval) -> Interval:
    """The window in whole days with one to spare: what is expanded now serves the readings of a day."""
    start = window.start.replace(hour=0, minute=0, second=0, microsecond=0)
    end = window.end.replace(hour=0, minute=0, second=0, microsecond=0)
    return Interval(start, end + timedelta(days=2))
