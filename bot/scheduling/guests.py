"""What those whom the organiser's service invites did with their invitation: answered it, or deleted it.

Only the organiser's event tells every answer; what a guest's own calendar adds is that they declined or deleted it
there. An answer is news when it is another one than was heard last: a service may tell an old one for a while after a
newer one was given in chat.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.calendars import Calendar
from bot.core.clock import Clock
from bot.core.errors import OverlapError, Stale, Taken
from bot.core.events import Busy, Response, Written
from bot.core.ids import PersonId, TenantId
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.scheduling.change import answer
from bot.scheduling.copies import OpenCalendar
from bot.scheduling.follow import is_copy
from bot.scheduling.saga_plan import changed
from bot.scheduling.saga_rows import KIND, told
from bot.storage import calendars, ledger, meetings, mirror, people
from bot.storage.database import Database, Tx

SOON, LATER = timedelta(seconds=2), timedelta(seconds=60)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One meeting with guests, and what is known of that person's own calendars."""

    meeting: Meeting
    owned: Sequence[Calendar]
    rows: Sequence[Busy]
    uids: Sequence[str]
    """By which their service may know it."""


@dataclass(frozen=True, slots=True)
class Guests:
    """Makes our meetings follow what their guests answered in their calendars."""

    database: Database
    clock: Clock
    open_calendar: OpenCalendar

    def look(self, tenant: TenantId, person: PersonId) -> datetime | None:
        """That person's calendars were read. Answers when to look again at what could not be asked, or None."""
        with self.database.reading() as tx:
            seen = _seen(tx, tenant, person, self.clock.now())
        again: list[datetime] = []
        for one in seen:
            try:
                self._hear(one.meeting)
                self._find(one, person)
            except Stale:
                again.append(self.clock.now() + SOON)
            except OverlapError as error:
                log.info("an event cannot be asked for its answers: %s", error.code, extra={"meeting": one.meeting.id})
                again.append(self.clock.now() + LATER)
        return min(again, default=None)

    def _hear(self, meeting: Meeting) -> None:
        """What the organiser's event says that its guests and rooms answered."""
        organiser = meeting.attendances[0]
        if organiser.calendar is None:
            return
        with self.open_calendar(meeting.tenant, organiser.calendar) as (provider, remote):
            stands = provider.get(remote, meeting.uid)
        if stands is None:
            return
        with self.database.transaction() as tx:
            now = self.clock.now()
            fresh = meetings.meeting(tx, meeting.tenant, meeting.id)
            if fresh.state is not MeetingState.BOOKED:
                raise Stale("The meeting is being changed: its answers are looked at again.")
            _take(tx, fresh, stands, now)

    def _find(self, one: _Seen, person: PersonId) -> None:
        """What became of their own invitation: where it stands, and whether they declined or deleted it there."""
        mine = one.meeting.attendance(person)
        if mine is None or mine.road is not Road.ATTENDEE or mine.to_answer is not None:
            return
        row = next((row for row in one.rows if is_copy(one.meeting, row.instance)), None)
        if row is None:
            if mine.response is not Response.DECLINED and self._is_deleted(one, mine):
                self._declined(one.meeting, mine)
            return
        place = next(each for each in one.owned if each.id == row.calendar)
        if row.instance.is_declined and mine.response is not Response.DECLINED and _is_newer(place, mine):
            self._declined(one.meeting, mine)
        elif mine.found != row.calendar:
            with self.database.transaction() as tx:
                fresh = meetings.meeting(tx, one.meeting.tenant, one.meeting.id)
                meetings.save(tx, changed(fresh, person, found=row.calendar))

    def _is_deleted(self, one: _Seen, mine: Attendance) -> bool:
        """Whether it was seen in a calendar of theirs and stands in none now, as those say themselves."""
        place = next((each for each in one.owned if each.id == mine.found), None)
        if place is None or not _is_newer(place, mine) or not _covers(place, one.meeting):
            return False
        for each in one.owned:
            with self.open_calendar(each.tenant, each.id) as (provider, remote):
                if any(provider.get(remote, uid) is not None for uid in one.uids):
                    return False
        return True

    def _declined(self, meeting: Meeting, mine: Attendance) -> None:
        with self.database.transaction() as tx:
            fresh = meetings.meeting(tx, meeting.tenant, meeting.id)
            current = fresh.attendance(mine.person)
            if current is None or replace(current, heard=mine.heard, found=mine.found) != mine:
                raise Stale("They answered otherwise meanwhile.")
            log.info("a guest declined in their calendar", extra={"meeting": meeting.id})
            answer(tx, changed(fresh, mine.person, found=None), mine.person, Response.DECLINED, self.clock.now())


def _seen(tx: Tx, tenant: TenantId, person: PersonId, now: datetime) -> list[_Seen]:
    """Their meetings with guests: those that they organise, and those to which they were invited so themselves."""
    owned = [one for one in calendars.of_person(tx, tenant, person) if one.problem is None and not one.is_static]
    rows = [Busy(calendar=one.id, instance=instance) for one in owned for instance in mirror.ours(tx, tenant, one.id)]
    return [
        _Seen(meeting=one, owned=owned, rows=rows, uids=(*meetings.aliases_of(tx, tenant, one.id), one.uid))
        for one in meetings.of_person(tx, tenant, person, now, (MeetingState.BOOKED,))
        if _concerns(one, person)
    ]


def _concerns(meeting: Meeting, person: PersonId) -> bool:
    guests = {one.person for one in meeting.attendances if one.road is Road.ATTENDEE}
    return person in guests or (meeting.organiser == person and bool(guests))


def _take(tx: Tx, meeting: Meeting, stands: Written, now: datetime) -> None:
    """Save every answer that is news; the same ones again change nothing."""
    everyone = {one: people.person(tx, meeting.tenant, one) for one in meeting.people}
    by_address = {one.email: person for person, one in everyone.items() if one.email is not None}
    rooms = {address: who for address, who in by_address.items() if _is_room(meeting, who)}
    after = told(stands, rooms)(tx, meeting, now)
    meeting = meeting if after == meeting else meetings.save(tx, after)
    for address, response in stands.answers:
        guest = None if address not in by_address else meeting.attendance(by_address[address])
        if guest is None or guest.road is not Road.ATTENDEE or guest.is_room or response is guest.heard:
            continue
        meeting = _answered(tx, meeting, guest, response, now)


def _answered(tx: Tx, meeting: Meeting, guest: Attendance, response: Response, now: datetime) -> Meeting:
    heard = changed(meeting, guest.person, heard=response)
    # No answer is not one, and one that is still on its way from chat to their calendar is newer than this.
    if response in (Response.NEEDS_ACTION, guest.response) or guest.to_answer is not None:
        return meetings.save(tx, heard)
    log.info("a guest answered in their calendar: %s", response, extra={"meeting": meeting.id})
    try:
        return answer(tx, heard, guest.person, response, now)
    except Taken:
        _invite(tx, meeting, guest.person, now)
        return answer(tx, changed(heard, guest.person, response=Response.NEEDS_ACTION), guest.person, response, now)


def _invite(tx: Tx, meeting: Meeting, person: PersonId, now: datetime) -> None:
    """They accepted what is not free for them any more: they come, without a claim on their time."""
    ledger.claim(
        tx,
        meeting.tenant,
        subject=meeting.id,
        cause=KIND,
        people=(person,),
        when=meeting.when,
        state="invited",
        now=now,
    )


def _is_room(meeting: Meeting, person: PersonId) -> bool:
    part = meeting.attendance(person)
    return part is not None and part.is_room


def _is_newer(calendar: Calendar, mine: Attendance) -> bool:
    """Whether it was read after we last changed anything there; seconds are all we keep."""
    return calendar.read_at is not None and (mine.written_at is None or calendar.read_at > mine.written_at)


def _covers(calendar: Calendar, meeting: Meeting) -> bool:
    return calendar.window is not None and calendar.window.contains(meeting.when)
