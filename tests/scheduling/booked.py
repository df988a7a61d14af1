"""Meetings on their way to calendars, and calls that break where a test wants them to.

trip = Trip(tmp_path)                    # the town, with somebody who books and somebody who drives
meeting = trip.books()                   # Ana pressed Book on the first time that she and Ben have
trip.drives(meeting.id)                  # one drive; `trip.settles` drives until nothing is left to do
trip.break_at(3)                         # the process dies at the third point of what it does outside
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.events import Draft, Instance, Response, Written
from bot.core.ids import CalendarId, MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import Meeting
from bot.core.proposals import Proposal
from bot.providers.base import Abilities, CalendarProvider, Channels, Cursor, Directory, Reading, Remote, RemoteCalendar
from bot.scheduling.book import Booking
from bot.scheduling.saga import Saga
from bot.storage import meetings, people, proposals
from tests.builders import TENANT, TUESDAY, request
from tests.scheduling.town import Town

MOST_DRIVES = 20


class Died(Exception):
    """The process was killed here."""


class Points:
    """Counts the places at which a process may die, and dies at one of them."""

    def __init__(self) -> None:
        self.passed = 0
        self.fatal: int | None = None
        self.log: list[str] = []
        """What happened, in order."""
        self._lock = threading.Lock()

    def passing(self, what: str) -> None:
        with self._lock:
            self.passed += 1
            self.log.append(what)
            if self.passed == self.fatal:
                self.fatal = None
                raise Died


class Fragile:
    """An opened account around whose every call the process may die: before it, or after it took effect."""

    def __init__(self, provider: CalendarProvider, points: Points) -> None:
        self._provider = provider
        self._points = points

    @property
    def abilities(self) -> Abilities:
        return self._provider.abilities

    @property
    def addresses(self) -> Sequence[str]:
        return self._provider.addresses

    def calendars(self) -> Sequence[RemoteCalendar]:
        return self._provider.calendars()

    def changed(self, remote: Remote, since: Cursor) -> bool:
        return self._provider.changed(remote, since)

    def read(self, remote: Remote, window: Interval, zone: str) -> Reading:
        with self._around("read"):
            return self._provider.read(remote, window, zone)

    def put(self, remote: Remote, draft: Draft) -> Written:
        with self._around("put"):
            return self._provider.put(remote, draft)

    def get(self, remote: Remote, uid: str) -> Written | None:
        with self._around("get"):
            return self._provider.get(remote, uid)

    def remove(self, remote: Remote, uid: str) -> None:
        with self._around("remove"):
            self._provider.remove(remote, uid)

    def answer(self, remote: Remote, uid: str, response: Response) -> None:
        with self._around("answer to it"):
            self._provider.answer(remote, uid, response)

    @property
    def channels(self) -> Channels | None:
        return self._provider.channels

    @property
    def directory(self) -> Directory | None:
        return self._provider.directory

    def health(self) -> None:
        self._provider.health()

    def title(self, remote: Remote, uid: str, starts: datetime) -> str | None:
        return self._provider.title(remote, uid, starts)

    def close(self) -> None:
        self._provider.close()

    @contextmanager
    def _around(self, what: str) -> Iterator[None]:
        self._points.passing(what)
        yield
        self._points.passing("answer")


class Trip(Town):
    """A town in which meetings are booked, and driven to where they should be."""

    def __init__(self, folder: Path, abilities: Abilities | None = None) -> None:
        super().__init__(folder, abilities)
        self.points = Points()
        self.booking = Booking(self.database, self.clock)
        self.saga = Saga(self.database, self.clock, self.open_fragile)
        self.is_held = True

    @contextmanager
    def open_fragile(self, tenant: TenantId, calendar: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        self.points.log.append("open")
        with self.open_calendar(tenant, calendar) as (provider, remote):
            yield Fragile(provider, self.points), remote

    def asks(self, *others: PersonId) -> Proposal:
        """Ana asks for half an hour with Ben, or with those others, in these three days."""
        wanted = request("ben", last=TUESDAY + timedelta(days=2))
        with self.database.reading() as tx:
            ana, *rest = [people.person(tx, TENANT, one) for one in (self.ana, *(others or (self.ben,)))]
        return self.proposing.propose(wanted, ana, rest)

    def books(self, *others: PersonId) -> Meeting:
        """Ana pressed Book; nothing is written yet."""
        proposal = self.asks(*others)
        return self.booking.book(TENANT, proposal.id, proposal.slots[0].id, self.ana)

    def drives(self, meeting: MeetingId) -> datetime | None:
        """One drive, as a worker does it."""
        return self.saga.drive(TENANT, meeting, self.holds)

    def settles(self, meeting: MeetingId) -> Meeting:
        """Driven again whenever it wants to be, until it wants no more."""
        for _ in range(MOST_DRIVES):
            again = self.drives(meeting)
            if again is None:
                return self.now(meeting)
            self.clock.set(max(again, self.clock.now()))
        raise AssertionError("it never settles")

    def holds(self) -> bool:
        self.points.passing("holds")
        return self.is_held

    def break_at(self, point: int) -> None:
        """The process will die at that point, counted from here."""
        self.points.passed, self.points.fatal = 0, point

    def now(self, meeting: MeetingId) -> Meeting:
        """The meeting as it is kept now."""
        with self.database.reading() as tx:
            return meetings.meeting(tx, TENANT, meeting)

    def proposal(self, meeting: Meeting) -> Proposal:
        """The proposal that it came from, as it is kept now."""
        assert meeting.proposal is not None
        with self.database.reading() as tx:
            return proposals.proposal(tx, TENANT, meeting.proposal)

    def copies(self, meeting: Meeting, *whose: PersonId) -> list[list[Instance]]:
        """What stands of that meeting in each one's calendar."""
        return [[one for one in self.stands(person) if one.ours == meeting.id] for person in whose or meeting.people]
