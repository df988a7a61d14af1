"""CalDAV (RFC 4791): the adapter to calendar servers, over the `caldav` package.

How it is spoken is in `providers/dav`, where an account's calendars are in `providers/discovery`, how one is read in
`providers/shelf`; here is the port, and how our own events are written.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.core.addresses import spellings
from bot.core.clock import Clock, SystemClock
from bot.core.errors import NotFound, OverlapError, Refused, Stale, TryLater
from bot.core.events import Draft, Response, Written
from bot.core.intervals import Interval
from bot.providers import discovery
from bot.providers.base import Abilities, Account, Cursor, Reading, Remote, RemoteCalendar
from bot.providers.dav import Dav, is_many_hosted
from bot.providers.discovery import Owner
from bot.providers.fetch import Door
from bot.providers.ical.read import title, written
from bot.providers.ical.reply import replied
from bot.providers.ical.write import drafted
from bot.providers.shelf import Object, Shelf

Answer = TypeVar("Answer")

CADENCE, HOT = timedelta(minutes=10), timedelta(minutes=2)
ICLOUD_CADENCE, ICLOUD_HOT = timedelta(minutes=5), timedelta(minutes=1)
ICLOUD_PATIENCE = timedelta(seconds=30)
"""For one answer: it is slower than others are."""


def connect(account: Account, door: Door, clock: Clock | None = None) -> "CalDav":
    """Opens an account; its server is first spoken to at the first call."""
    door.target(account.url)
    if is_many_hosted(account.url):
        door = replace(door, read_within=max(door.read_within, ICLOUD_PATIENCE))
    return CalDav(account, Dav(account, door), clock or SystemClock())


class CalDav:
    """One account on a CalDAV server: the port. Used by one thread at a time."""

    def __init__(self, account: Account, dav: Dav, clock: Clock) -> None:
        self._account = account
        self._dav = dav
        self._clock = clock
        self._owner: Owner | None = None
        self._invites = False
        self._shelves: dict[Remote, Shelf] = {}

    @property
    def abilities(self) -> Abilities:
        # Nobody else rings of iCloud's changes, and its owners expect them at once.
        often = (ICLOUD_CADENCE, ICLOUD_HOT) if is_many_hosted(self._account.url) else (CADENCE, HOT)
        return Abilities(invites=self._invites, cadence=often[0], hot_cadence=often[1])

    @property
    def addresses(self) -> Sequence[str]:
        user = (self._account.user.lower(),) if "@" in self._account.user else ()
        found = () if self._owner is None else self._owner.addresses
        return spellings((*found, *self._account.addresses, *user))

    def calendars(self) -> Sequence[RemoteCalendar]:
        owner = self._known_owner()
        try:
            self._invites = "calendar-auto-schedule" in self._dav.features(owner.homes[0])
        except (NotFound, Refused):
            self._invites = False  # it does not say: then we count on nothing
        return discovery.calendars(self._dav, owner)

    def changed(self, remote: Remote, since: Cursor) -> bool:
        return self._reached(remote, lambda shelf: shelf.changed(since))

    def read(self, remote: Remote, window: Interval, zone: str) -> Reading:
        self._learn_addresses()
        return self._reached(remote, lambda shelf: shelf.read(window, zone, self.addresses))

    def put(self, remote: Remote, draft: Draft) -> Written:
        stands = self._find(remote, draft.uid)
        if stands is None:
            stands = self._create(remote, draft)
        if stands is not None:
            self._rewrite(stands, draft)
        read_back = self.get(remote, draft.uid)
        if read_back is None:
            raise TryLater("The calendar server took the event and does not show it yet.")
        return read_back

    def get(self, remote: Remote, uid: str) -> Written | None:
        found = self._find(remote, uid)
        return None if found is None else written(found.data, uid, found.etag, "UTC")

    def remove(self, remote: Remote, uid: str) -> None:
        found = self._find(remote, uid)
        stands = None if found is None else written(found.data, uid, found.etag, "UTC")
        if found is None or stands is None or stands.meeting is None:
            return
        try:
            self._dav.delete(found.url, found.condition)
        except NotFound:
            return

    def answer(self, remote: Remote, uid: str, response: Response) -> None:
        self._learn_addresses()
        found = self._find(remote, uid)
        answered = None if found is None else replied(found.data, uid, self.addresses, response)
        if found is None or answered is None:
            raise NotFound("This invitation is not in the calendar (any more).")
        if answered != found.data:
            self._dav.put(found.url, answered, found.answering)

    def title(self, remote: Remote, uid: str, starts: datetime) -> str | None:
        found = self._find(remote, uid)
        return None if found is None else title(found.data, uid, starts, "UTC")

    @property
    def channels(self) -> None:
        """CalDAV rings nobody."""
        return

    @property
    def directory(self) -> None:
        """No organisation is known behind an account."""
        return

    def health(self) -> None:
        self._dav.features(self._account.url)

    def close(self) -> None:
        self._dav.close()

    def _shelf(self, remote: Remote) -> Shelf:
        return self._shelves.setdefault(remote, Shelf(self._dav, remote))

    def _find(self, remote: Remote, uid: str) -> Object | None:
        return self._reached(remote, lambda shelf: shelf.find(uid))

    def _reached(self, remote: Remote, ask: Callable[[Shelf], Answer]) -> Answer:
        """The answer of that calendar, where it stands today: iCloud moves accounts from one host to another."""
        try:
            return ask(self._shelf(remote))
        except (NotFound, Refused, TryLater):
            moved = self._moved(remote)
            if moved is None:
                raise
            self._shelves[remote] = Shelf(self._dav, moved)
            return ask(self._shelves[remote])

    def _moved(self, remote: Remote) -> Remote | None:
        if not is_many_hosted(self._account.url):
            return None
        try:
            self._owner = discovery.owner(self._dav, self._account.url)
        except OverlapError:
            return None
        return discovery.moved(remote, self._owner.homes)

    def _known_owner(self) -> Owner:
        if self._owner is None:
            self._owner = discovery.owner(self._dav, self._account.url)
        return self._owner

    def _learn_addresses(self) -> None:
        """A calendar can be read although its server no longer says whose it is."""
        try:
            self._known_owner()
        except NotFound:
            self._owner = Owner((), ())

    def _create(self, remote: Remote, draft: Draft) -> Object | None:
        """Puts a new object; what stands there instead, if somebody, perhaps we, was there before."""
        data = drafted(draft, self._clock.now(), organiser=self._organiser(draft))
        try:
            self._dav.put(self._shelf(remote).address(draft.uid), data or b"", {"If-None-Match": "*"})
        except Stale:
            stands = self._find(remote, draft.uid)
            if stands is None:
                raise
            return stands
        return None

    def _rewrite(self, stands: Object, draft: Draft) -> None:
        now = written(stands.data, draft.uid, stands.etag, draft.zone)
        if now is None or now.meeting != draft.meeting:
            raise Stale("Somebody else's event has this UID.")
        organiser = self._organiser(draft)
        data = drafted(draft, self._clock.now(), organiser=organiser, existing=stands.data)
        if data is not None:
            self._dav.put(stands.url, data, stands.condition)

    def _organiser(self, draft: Draft) -> str | None:
        """The owner's own address, which must be one that their server knows, or it invites nobody (RFC 6638 §3.1)."""
        if not any(one.is_invited for one in draft.invitees):
            return None
        self._known_owner()
        return next(iter(self.addresses), None)
