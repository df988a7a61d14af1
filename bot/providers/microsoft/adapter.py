"""Microsoft 365 and Outlook.com: the adapter to calendars, over Graph.

How Graph is spoken is in `api`, how tokens come in `grant`, and each thing that the port promises in a file of its own.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.calendars import Access
from bot.core.clients import MicrosoftClient
from bot.core.clock import Clock, SystemClock
from bot.core.errors import ConsentNeeded, CursorExpired, NotFound, Refused
from bot.core.events import Draft, Response, Written
from bot.core.intervals import Interval
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
from bot.providers.microsoft import answering
from bot.providers.microsoft.api import Graph
from bot.providers.microsoft.busy import schedule
from bot.providers.microsoft.channels import Subscriptions
from bot.providers.microsoft.detect import Detector
from bot.providers.microsoft.grant import MAILBOX, Grant, kept
from bot.providers.microsoft.habits import hours_of, zone_of
from bot.providers.microsoft.reading import (
    BASIC,
    found_by_ical_uid,
    found_by_uid,
    window_read,
    written,
)
from bot.providers.microsoft.rooms import Places
from bot.providers.microsoft.shapes import Calendar, Named, Settings
from bot.providers.microsoft.titles import instance_title
from bot.providers.microsoft.writing import Writing
from bot.providers.pinned import GuardedSession

CADENCE, HOT, QUIET = timedelta(minutes=5), timedelta(minutes=1), timedelta(minutes=30)
VIDEO = "Microsoft Teams"


def connect(
    account: Account, client: MicrosoftClient, door: Door, keeper: Keeper | None = None, clock: Clock | None = None
) -> "Microsoft":
    """Opens an account; Graph is first spoken to at the first call."""
    clock = clock or SystemClock()
    session = GuardedSession(door)
    grant = Grant(client, session, keeper or Loose(account.grant), clock)
    return Microsoft(account, Graph(client.graph_url, door, grant), session, clock)


class Microsoft:
    """One account at Microsoft: the port. Used by one thread at a time."""

    def __init__(self, account: Account, graph: Graph, signing: GuardedSession, clock: Clock) -> None:
        self._account = account
        self._graph = graph
        self._signing = signing
        own = kept(account.grant)
        self._is_work, self._has_video = own.is_work, own.has_video
        self._reads_settings = MAILBOX in own.scopes
        self._addresses = tuple(dict.fromkeys(one.lower() for one in (*account.addresses, account.user) if "@" in one))
        self._detector = Detector(graph)
        self._writing = Writing(graph, clock, self._addresses)

    @property
    def abilities(self) -> Abilities:
        is_full = self._is_full
        return Abilities(
            invites=True,
            cadence=CADENCE,
            hot_cadence=HOT,
            quiet_cadence=QUIET if is_full else None,
            video=VIDEO if self._has_video else None,
            sees_colleagues=self._is_work,
            keeps_uid=False,
        )

    @property
    def addresses(self) -> Sequence[str]:
        return self._addresses

    def calendars(self) -> Sequence[RemoteCalendar]:
        settings = self._settings()
        zone, hours = zone_of(settings), hours_of(settings)
        query = {"$select": "id,name,canEdit", "$top": "100"}
        return [
            RemoteCalendar(
                remote=Remote(one.id),
                name=one.name or "Calendar",
                zone=zone,
                is_writable=one.can_edit is not False,
                hours=hours,
            )
            for page in self._graph.pages("/me/calendars", Calendar, query)
            for one in page.value
        ]

    def changed(self, remote: Remote, since: Cursor) -> bool:
        if remote.startswith(SHARED):
            raise CursorExpired("Somebody's free/busy is read, and never followed.")
        return self._detector.changed(remote, since)

    def read(self, remote: Remote, window: Interval, zone: str) -> Reading:
        if remote.startswith(SHARED):
            return self._seen(remote.removeprefix(SHARED), window)
        cursor = self._detector.cursor(remote, window)
        instances = window_read(self._graph, remote, window, zone, with_ours=self._is_full)
        return Reading(instances=instances, window=window, cursor=cursor)

    def put(self, remote: Remote, draft: Draft) -> Written:
        self._must_write(remote)
        return self._writing.put(remote, draft)

    def get(self, remote: Remote, uid: str) -> Written | None:
        if remote.startswith(SHARED):
            raise Refused("Somebody's free/busy can only be read.")
        if self._is_full:
            return self._writing.get(remote, uid)
        found = found_by_ical_uid(self._graph, remote, uid, BASIC)
        return None if found is None else written(found, uid)

    def remove(self, remote: Remote, uid: str) -> None:
        self._must_write(remote)
        self._writing.remove(remote, uid)

    def answer(self, remote: Remote, uid: str, response: Response) -> None:
        self._must_write(remote)
        answering.answer(self._graph, remote, uid, response)

    @property
    def channels(self) -> Subscriptions | None:
        return Subscriptions(self._graph) if self._is_full else None

    @property
    def directory(self) -> Places | None:
        return Places(self._graph) if self._is_work else None

    def health(self) -> None:
        self._graph.get("/me/calendar", Named, {"$select": "id"})

    def title(self, remote: Remote, uid: str, starts: datetime) -> str | None:
        if remote.startswith(SHARED):
            return None
        own = found_by_uid(self._graph, remote, uid) if self._is_full else None
        return own.subject if own is not None else instance_title(self._graph, remote, uid, starts)

    def close(self) -> None:
        self._graph.close()
        self._signing.close()

    @property
    def _is_full(self) -> bool:
        return self._account.access is Access.FULL

    def _must_write(self, remote: Remote) -> None:
        if remote.startswith(SHARED):
            raise Refused("Somebody's free/busy can only be read.")
        if not self._is_full:
            raise ConsentNeeded("This account lets us see when its owner is busy, and no more.")

    def _seen(self, address: str, window: Interval) -> Reading:
        if not self._is_work:
            raise Refused("A personal account sees nobody else's free/busy.")
        return Reading(instances=schedule(self._graph, address, window), window=window, cursor=None)

    def _settings(self) -> Settings:
        """When its owner works and in which zone; nothing of it where they did not allow that."""
        if not self._reads_settings:
            return Settings()
        try:
            return self._graph.get("/me/mailboxSettings", Settings, {"$select": "timeZone,workingHours"})
        except (Refused, NotFound):
            return Settings()
