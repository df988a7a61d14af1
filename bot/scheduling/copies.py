"""The calls that a meeting makes outside: a copy put, removed or looked at, and the last look before it is written.

Each call is made only while the loan of the meeting's due row holds: who lost it must not write any more, because
somebody else is at it already.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from queue import Empty, SimpleQueue
from typing import TypeVar

from bot.core.calendars import Calendar
from bot.core.errors import NotFound, OurFault, OverlapError, Stale, TryLater
from bot.core.events import Draft, Instance, Response, Written
from bot.core.ids import CalendarId, PersonId, TenantId
from bot.core.intervals import Interval, subtract
from bot.core.meetings import Meeting, MeetingState
from bot.core.people import Person
from bot.providers.base import SHARED, CalendarProvider, Remote
from bot.scheduling.colleagues import telling
from bot.scheduling.saga_plan import Trouble, attending, held_against, in_the_way, trouble
from bot.storage import calendars, doubts, meetings, mirror, people
from bot.storage.choices import weighings
from bot.storage.database import Database

log = logging.getLogger(__name__)

OpenCalendar = Callable[[TenantId, CalendarId], AbstractContextManager[tuple[CalendarProvider, Remote]]]
"""Lends the opened account that holds a calendar."""

Holds = Callable[[], bool]
"""Whether the loan of the due row still holds long enough for one more call outside."""

LOOK = timedelta(seconds=2)
"""How long the last look may take, for all calendars together: somebody waits for "booked"."""


_Answer = TypeVar("_Answer")


class _LetGo(Stale):
    """The loan is over: whoever has it now goes on."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look found."""

    taken: list[CalendarId]
    """The calendars in which something else stands."""
    went_by: dict[PersonId, datetime]
    """Whose calendars did not answer, and when what is known of them was read."""


@dataclass(frozen=True, slots=True)
class Copies:
    """One meeting's calls outside, under one loan."""

    database: Database
    open_calendar: OpenCalendar
    holds: Holds
    look: timedelta = LOOK

    def put(self, meeting: Meeting, calendar: CalendarId, draft: Draft) -> Written | Trouble:
        """The copy as it stands now, read back; or why it does not stand as drafted."""

        def put(provider: CalendarProvider, remote: Remote) -> Written:
            written = provider.put(remote, draft)
            if written.when != draft.when:
                raise TryLater("The calendar keeps another time than it was given.")
            return written

        return self._call(meeting.tenant, calendar, put)

    def get(self, meeting: Meeting, calendar: CalendarId) -> Written | Trouble | None:
        """The copy as it stands, or None."""
        return self._call(meeting.tenant, calendar, lambda provider, remote: provider.get(remote, meeting.uid))

    def remove(self, meeting: Meeting, calendar: CalendarId) -> Trouble | None:
        """None once no copy of it stands there, as the calendar says itself; a calendar that is gone holds none."""

        def remove(provider: CalendarProvider, remote: Remote) -> None:
            provider.remove(remote, meeting.uid)
            self._guard()
            left = provider.get(remote, meeting.uid)
            if left is not None and left.meeting == meeting.id:
                raise TryLater("The calendar still shows what was removed from it.")

        try:
            return self._call(meeting.tenant, calendar, remove, also=(NotFound,))
        except NotFound:
            return None

    def answer(
        self, meeting: Meeting, places: Iterable[Calendar], uids: Sequence[str], response: Response
    ) -> CalendarId | Trouble | None:
        """In which of these calendars the invitation stood and is answered now; None where it stands in none."""
        for place, uid in product(places, uids):
            try:
                answered = self._call(meeting.tenant, place.id, _answer(uid, response), also=(NotFound,))
            except NotFound:
                continue
            return place.id if answered is None else answered
        return None

    def look_at(self, meeting: Meeting, when: Interval) -> Look:
        """What else stands in everybody's calendars at that time: looked at live, all at once.

        Where one does not answer in time, the mirror's word is taken for it; a clash that it did not know yet is then
        found by its next reading.
        """
        with self.database.reading() as tx:
            coming = attending(meeting)
            owners = {one: people.person(tx, meeting.tenant, one) for one in coming}
            asker = meeting.organiser if _is_unwritten(meeting) else None
            held = calendars.of_people(tx, meeting.tenant, coming, asker=asker)
            counting = telling([one for one in held if one.counts])
            ids = [one.id for one in counting]
            known = mirror.busy(tx, meeting.tenant, ids, when)
            chosen = weighings(tx, meeting.tenant, ids)
            known_as = meetings.aliases_of(tx, meeting.tenant, meeting.id)
            doubted = doubts.standing(tx, meeting.tenant, ids)
        seen = {one: list(chosen[one].counted(told)) for one, told in self._seen(counting, owners, when).items()}
        for calendar_id in doubted & seen.keys():  # what it suddenly lacks blocks until its owner says that it is right
            seen[calendar_id] = [*seen[calendar_id], *(one.instance for one in known if one.calendar == calendar_id)]
        silent = [one for one in counting if one.id not in seen]
        for calendar in silent:
            log.info("looked at the mirror only", extra={"meeting": meeting.id, "calendar": calendar.id})
            seen[calendar.id] = [one.instance for one in known if one.calendar == calendar.id]
        shared = {one.id for one in counting if one.remote.startswith(SHARED)}
        owner_of = {one.id: one.person for one in counting}
        taken = [
            calendar
            for calendar, instances in seen.items()
            if in_the_way(meeting, when, held_against(meeting, owner_of[calendar], instances), known_as)
            and not (calendar in shared and _is_only_itself(meeting, when, instances))
        ]
        return Look(taken=taken, went_by=_oldest(silent))

    def _seen(
        self, counting: Iterable[Calendar], owners: dict[PersonId, Person], when: Interval
    ) -> dict[CalendarId, Iterable[Instance]]:
        """What stands there now, of those that answered in time."""
        answers: SimpleQueue[tuple[CalendarId, Iterable[Instance] | BaseException]] = SimpleQueue()

        def look(calendar: Calendar, zone: str) -> None:
            try:
                with self.open_calendar(calendar.tenant, calendar.id) as (provider, remote):
                    answers.put((calendar.id, provider.read(remote, when, zone).instances))
            except BaseException as error:  # whatever it is belongs to the one who waits for it
                answers.put((calendar.id, error))

        waiting = 0
        for calendar in counting:
            self._guard()
            # A daemon: a server that never answers must not keep the process from ending.
            threading.Thread(target=look, args=(calendar, owners[calendar.person].zone), daemon=True).start()
            waiting += 1
        return _collected(answers, waiting, self.look)

    def _call(
        self,
        tenant: TenantId,
        calendar: CalendarId,
        call: Callable[[CalendarProvider, Remote], _Answer],
        *,
        also: tuple[type[OverlapError], ...] = (),
    ) -> _Answer | Trouble:
        self._guard()
        try:
            with self.open_calendar(tenant, calendar) as (provider, remote):
                self._guard()
                return call(provider, remote)
        except OverlapError as error:
            if isinstance(error, (_LetGo, *also)):
                raise
            level = logging.ERROR if isinstance(error, OurFault) else logging.INFO
            log.log(level, "a call to a calendar failed: %s", error.code, extra={"calendar": calendar})
            return trouble(error)

    def _guard(self) -> None:
        if not self.holds():
            raise _LetGo("Somebody else works on this meeting now.")


def _is_unwritten(meeting: Meeting) -> bool:
    """Whether it surely stands nowhere yet. Later a company calendar may show it, and tells no event from another."""
    is_first = meeting.state is MeetingState.BOOKING and meeting.hindered_since is None
    return is_first and all(one.written is None for one in meeting.attendances)


def _answer(uid: str, response: Response) -> Callable[[CalendarProvider, Remote], None]:
    return lambda provider, remote: provider.answer(remote, uid, response)


def _is_only_itself(meeting: Meeting, when: Interval, instances: Iterable[Instance]) -> bool:
    """What is seen by address alone has no UID: once the meeting stands, the time that it takes is its own."""
    if meeting.attendances[0].written is None:
        return False
    left = subtract(when, (meeting.when,))
    return not any(one.blocks and one.when.overlaps(free) for one in instances for free in left)


def _oldest(silent: Iterable[Calendar]) -> dict[PersonId, datetime]:
    known: dict[PersonId, datetime] = {}
    for one in silent:
        if one.read_at is not None:
            known[one.person] = min(one.read_at, known.get(one.person, one.read_at))
    return known


def _collected(
    answers: SimpleQueue[tuple[CalendarId, Iterable[Instance] | BaseException]], waiting: int, most: timedelta
) -> dict[CalendarId, Iterable[Instance]]:
    until = time.monotonic() + most.total_seconds()
    seen: dict[CalendarId, Iterable[Instance]] = {}
    for _ in range(waiting):
        try:
            calendar, answer = answers.get(timeout=max(until - time.monotonic(), 0))
        except Empty:
            break
        match answer:
            case OverlapError():
                continue
            case BaseException():
                raise answer
            case instances:
                seen[calendar] = instances
    return seen
