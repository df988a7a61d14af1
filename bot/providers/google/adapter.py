"""Google Calendar: the port, over Google's own client library.

Which road a reading takes follows from what its owner allowed: their events where they may be looked into, free/busy
where only that may be seen. How it is spoken to is in `api`, how it is signed in to in `signin`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from bot.core.calendars import Access
from bot.core.clients import GoogleClient
from bot.core.clock import Clock, SystemClock
from bot.core.errors import ConsentNeeded, CursorExpired, NotACalendar, Refused
from bot.core.events import Draft, Instance, Response, Written, distinct
from bot.core.intervals import Interval, subtract
from bot.providers.base import (
    SHARED,
    Abilities,
    Account,
    Cursor,
    Keeper,
    Loose,
    Reading,
    Remote,
    RemoteCalendar,
)
from bot.providers.fetch import Door
from bot.providers.google import detect
from bot.providers.google.api import Api, Transport
from bot.providers.google.busy import anonymous, busy
from bot.providers.google.channels import GoogleChannels
from bot.providers.google.directory import GoogleDirectory
from bot.providers.google.drafting import written
from bot.providers.google.grant import Tokens, loaded
from bot.providers.google.reading import (
    FIELDS,
    MOST,
    MOST_INSTANCES,
    PAGE,
    TAG,
    Page,
    instances,
    known_zone,
    pages,
)
from bot.providers.google.refusals import Unfit
from bot.providers.google.scopes import FREEBUSY, LIST, access
from bot.providers.google.writing import Writing
from bot.providers.pinned import GuardedSession

ABILITIES = Abilities(
    invites=True,
    cadence=timedelta(minutes=5),
    hot_cadence=timedelta(minutes=1),
    quiet_cadence=timedelta(minutes=30),
    video="Google Meet",
    keeps_uid=False,
)
BEHIND, AHEAD = timedelta(days=60), timedelta(days=2 * 366)
"""How far around the window a meeting of ours is looked for that somebody moved."""
WRITERS = frozenset({"owner", "writer", "writerWithoutPrivateAccess"})
BLIND = "freeBusyReader"


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """A calendar in its owner's list."""

    id: str
    summary: str = ""
    summary_override: str = ""
    time_zone: str | None = None
    access_role: str = ""
    deleted: bool = False


class Entries(msgspec.Struct, frozen=True, rename="camel"):
    """One page of the list."""

    items: list[Entry] = []
    next_page_token: str | None = None


ENTRY = msgspec.json.Decoder(Entry)
ENTRIES = msgspec.json.Decoder(Entries)


def connect(
    account: Account, client: GoogleClient, door: Door, keeper: Keeper | None = None, clock: Clock | None = None
) -> "Google":
    """Opens an account; Google is first spoken to at the first call."""
    session = GuardedSession(door)
    tokens = Tokens(client, session, keeper or Loose(account.grant), clock or SystemClock())
    return Google(account, Api(client, Transport(session, tokens)))


class Google:
    """One account at Google: the port. Used by one thread at a time."""

    def __init__(self, account: Account, api: Api) -> None:
        self._account = account
        self._api = api
        self._granted = loaded(account.grant).scopes
        # Google counts what the same person allowed us elsewhere; what they chose here is what is done here.
        self._access = account.access if access(self._granted) is Access.FULL else Access.FREEBUSY
        self._writing = Writing(api, account.user.lower(), lists=LIST in self._granted)
        self._zones: dict[Remote, str] = {}
        self._blind: set[Remote] = set()

    @property
    def abilities(self) -> Abilities:
        return replace(ABILITIES, sees_colleagues=FREEBUSY in self._granted)

    @property
    def addresses(self) -> Sequence[str]:
        return tuple(dict.fromkeys(one.lower() for one in (self._account.user, *self._account.addresses)))

    def calendars(self) -> Sequence[RemoteCalendar]:
        if LIST not in self._granted:
            # They unticked the list: their own calendar has their address for a name.
            return [RemoteCalendar(remote=Remote(self._account.user), name=self._account.user, is_writable=True)]
        found: list[RemoteCalendar] = []
        token: str | None = None
        for _ in range(detect.MOST_PAGES):
            told = {} if token is None else {"pageToken": token}
            fields = "nextPageToken,items(id,summary,summaryOverride,timeZone,accessRole,deleted)"
            asked = self._api.calendar_list.list(maxResults=250, showHidden=True, fields=fields, **told)
            page = self._api.ask(asked, ENTRIES)
            found.extend(self._listed(one) for one in page.items if not one.deleted)
            token = page.next_page_token
            if token is None:
                return found
        raise NotACalendar("Google does not come to an end with these calendars.")

    def changed(self, remote: Remote, since: Cursor) -> bool:
        if remote.startswith(SHARED):
            raise CursorExpired("Free/busy tells of no changes.")
        return detect.changed(self._api, remote, since)

    def read(self, remote: Remote, window: Interval, zone: str) -> Reading:
        if remote.startswith(SHARED):
            address = remote.removeprefix(SHARED)
            return Reading(instances=anonymous(address, self._busy(address, window)), window=window, cursor=None)
        if remote in self._blind:
            return self._blindly(remote, window)
        road = self._openly if self._access is Access.FULL else self._sparingly
        try:
            return road(remote, window, zone)
        except (ConsentNeeded, Unfit):
            raise
        except Refused as error:
            if not isinstance(error, _Blind) and not self._is_blind(remote):
                raise
            self._blind.add(remote)
            return self._blindly(remote, window)

    def put(self, remote: Remote, draft: Draft) -> Written:
        self._need_writing(remote)
        return self._writing.put(remote, draft, self._zones.get(remote, draft.zone))

    def get(self, remote: Remote, uid: str) -> Written | None:
        self._need_events(remote)
        found = self._writing.find(remote, uid)
        return None if found is None else written(found, self._zones.get(remote, "UTC"))

    def remove(self, remote: Remote, uid: str) -> None:
        self._need_writing(remote)
        self._writing.remove(remote, uid)

    def answer(self, remote: Remote, uid: str, response: Response) -> None:
        self._need_writing(remote)
        self._writing.answer(remote, uid, response)

    @property
    def channels(self) -> GoogleChannels:
        return GoogleChannels(self._api)

    @property
    def directory(self) -> GoogleDirectory:
        return GoogleDirectory(self._api)

    def health(self) -> None:
        if LIST in self._granted:
            self._api.bytes(self._api.calendar_list.list(maxResults=1, fields="nextPageToken"))
        else:
            self._api.bytes(self._api.events.list(calendarId="primary", maxResults=1, fields="timeZone"))

    def title(self, remote: Remote, uid: str, starts: datetime) -> str | None:
        if self._access is not Access.FULL or remote.startswith(SHARED):
            return None
        return self._writing.title(remote, uid, starts, self._zones.get(remote, "UTC"))

    def close(self) -> None:
        self._api.close()

    def _listed(self, one: Entry) -> RemoteCalendar:
        remote = Remote(one.id)
        zone = known_zone(one.time_zone, "") or None
        if zone is not None:
            self._zones[remote] = zone
        (self._blind.add if one.access_role == BLIND else self._blind.discard)(remote)
        name = one.summary_override or one.summary or one.id
        return RemoteCalendar(remote=remote, name=name, zone=zone, is_writable=one.access_role in WRITERS)

    def _openly(self, remote: Remote, window: Interval, zone: str) -> Reading:
        """Every event in the window, and ours wherever they stand."""
        cursor = detect.primed(self._api, remote, window.start)
        found = [
            *self._events(remote, window, window, zone),
            *self._ours(remote, window, zone),
        ]
        return Reading(instances=tuple(distinct(found)), window=window, cursor=cursor)

    def _sparingly(self, remote: Remote, window: Interval, zone: str) -> Reading:
        """Where only free/busy is allowed: that is the truth, and of events only our own are told apart in it.

        What else is left of an event under this permission is documented nowhere.
        """
        cursor = detect.primed(self._api, remote, window.start)
        ours = self._ours(remote, window, zone)
        taken = [one.when for one in ours if one.blocks]
        left = [part for one in self._busy(remote, window) for part in subtract(one, taken)]
        return Reading(instances=(*distinct(ours), *anonymous(remote, left)), window=window, cursor=cursor)

    def _blindly(self, remote: Remote, window: Interval) -> Reading:
        """A calendar that is shared with the account as free/busy only."""
        return Reading(instances=anonymous(remote, self._busy(remote, window)), window=window, cursor=None)

    def _is_blind(self, remote: Remote) -> bool:
        """Whether the list says so: a mere 403 is no reason to read less, for our own meetings would look deleted."""
        if LIST not in self._granted:
            return False
        asked = self._api.calendar_list.get(calendarId=remote, fields="id,accessRole")
        return self._api.ask(asked, ENTRY).access_role == BLIND

    def _ours(self, remote: Remote, window: Interval, zone: str) -> list[Instance]:
        around = Interval(window.start - BEHIND, window.end + AHEAD)
        found = self._events(remote, around, window, zone, sharedExtendedProperty=f"{TAG}=1")
        return [one for one in found if one.ours is not None]

    def _events(
        self, remote: Remote, between: Interval, window: Interval, zone: str, **narrowed: str
    ) -> list[Instance]:
        def asked(token: str | None) -> Page:
            told = narrowed if token is None else {**narrowed, "pageToken": token}
            request = self._api.events.list(
                calendarId=remote,
                singleEvents=True,
                maxAttendees=1,
                maxResults=MOST,
                timeMin=between.start.isoformat(),
                timeMax=between.end.isoformat(),
                fields=FIELDS,
                **told,
            )
            return self._api.ask(request, PAGE)

        found: list[Instance] = []
        for page in pages(asked):
            if page.access_role == BLIND:
                raise _Blind("This calendar is shared as free/busy only.")
            here = known_zone(page.time_zone, zone)
            self._zones[remote] = here
            try:
                found.extend(instances(page.items, window, here))
            except OverflowError as error:
                raise NotACalendar("An event at Google stands where no clock reaches.") from error
            if len(found) > MOST_INSTANCES:
                raise NotACalendar("This calendar at Google holds more than can be kept.")
        return found

    def _busy(self, address: str, window: Interval) -> list[Interval]:
        if FREEBUSY not in self._granted:
            raise ConsentNeeded("Its owner has not allowed to see free/busy at Google.")
        return busy(self._api, address, window)

    def _need_events(self, remote: Remote) -> None:
        if remote.startswith(SHARED):
            raise Refused("Of this calendar only free/busy can be seen.")

    def _need_writing(self, remote: Remote) -> None:
        self._need_events(remote)
        if self._access is not Access.FULL:
            raise ConsentNeeded("Its owner has not allowed to write there.")


class _Blind(Refused):
    """The calendar can be asked for its free/busy only."""
