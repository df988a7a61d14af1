"""After a calendar was read: what its owner did to meetings of ours there becomes true for everyone.

The mirror says what may have happened. What would be taken from people who did nothing (a copy that is gone) is
asked of the calendars themselves once more: the copy may only have been dragged to another calendar, or beyond what
is read of this one.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.core.calendars import Calendar
from bot.core.clock import Clock
from bot.core.errors import InvalidInput, OverlapError, Stale, Taken
from bot.core.events import Busy, Instance, Kind, Response, Written
from bot.core.ids import CalendarId, PersonId, TenantId
from bot.core.meetings import LIVE, Attendance, Meeting, TimesForMove
from bot.scheduling.ask import offer, request
from bot.scheduling.change import answer, hand_to_saga, start_undo
from bot.scheduling.copies import OpenCalendar
from bot.scheduling.follow import Act, Answered, Asked, Deleted, Echo, Moved, copy_of, follow, may_judge
from bot.scheduling.guests import Guests
from bot.scheduling.overrule import overrule
from bot.scheduling.saga_plan import changed
from bot.storage import calendars, meetings, mirror
from bot.storage.database import Database, Tx

SOON, LATER = timedelta(seconds=2), timedelta(seconds=60)
"""How long until we look again at what is under way, or at a calendar that does not answer."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One of a person's meetings, beside the copy of it that stands in their calendars."""

    meeting: Meeting
    attendance: Attendance
    copy: Busy | None

    @property
    def act(self) -> Act:
        return follow(self.meeting, self.attendance, None if self.copy is None else self.copy.instance)

    @property
    def is_as_written(self) -> bool:
        return self.copy is not None and self.copy.calendar == self.attendance.calendar and self.act == Echo()


@dataclass(frozen=True, slots=True)
class Following:
    """Makes our meetings follow what was done to their copies."""

    database: Database
    clock: Clock
    open_calendar: OpenCalendar
    times_for_move: TimesForMove

    def look(self, tenant: TenantId, person: PersonId) -> datetime | None:
        """That person's calendars were read. Answers when to look again at what could not be told yet, or None."""
        with self.database.reading() as tx:
            now = self.clock.now()
            owned = {one.id: one for one in calendars.of_person(tx, tenant, person)}
            seen = _seen(tx, tenant, person, owned, now)
        guests = Guests(self.database, self.clock, self.open_calendar).look(tenant, person)
        agains: list[datetime] = [] if guests is None else [guests]
        for one in seen:
            assert one.attendance.calendar is not None
            if not may_judge(one.meeting, one.attendance, owned[one.attendance.calendar]):
                agains.append(now + _pause(one, now))
                continue
            try:
                self._do(self._confirmed(one, owned.values()))
            except Stale:
                agains.append(now + SOON)
            except OverlapError as error:
                log.info("a copy that is gone cannot be asked for: %s", error.code, extra={"meeting": one.meeting.id})
                agains.append(now + LATER)
        return min(agains, default=None)

    def _confirmed(self, one: Seen, owned: Iterable[Calendar]) -> Seen:
        """The same, with the copy that stands after all, if the mirror only lost sight of it."""
        if one.copy is not None:
            return one
        places = [calendar for calendar in owned if calendar.is_writable and not _is_lost(calendar)]
        for calendar in sorted(places, key=lambda place: place.id != one.attendance.calendar):
            with self.open_calendar(calendar.tenant, calendar.id) as (provider, remote):
                stands = provider.get(remote, one.meeting.uid)
            if stands is not None:
                return replace(one, copy=Busy(calendar=calendar.id, instance=_instance(stands)))
        return one

    def _do(self, one: Seen) -> None:
        """Make it true, if the meeting is still what was judged."""
        if one.is_as_written:
            return
        log.info("a calendar changed a meeting: %s", type(one.act).__name__, extra={"meeting": one.meeting.id})
        match one.act:
            case Asked(_):
                self._ask(one)
            case act:
                with self.database.transaction() as tx:
                    _apply(tx, _current(tx, one), act, self.clock.now())

    def _ask(self, one: Seen) -> None:
        """Their copy goes back to where the meeting is, and the organiser is asked for the time they wanted."""
        act = one.act
        assert isinstance(act, Asked)
        try:
            with self.database.transaction() as tx:
                now = self.clock.now()
                meeting = _put_back(tx, _current(tx, one), now)
                if meeting.when.start > now:
                    request(tx, meeting, one.attendance.person, act.wanted, now)
        except (Taken, InvalidInput):
            self._offer(one)

    def _offer(self, one: Seen) -> None:
        """The time they wanted is not free for everyone: they choose another, or none."""
        slots, is_known = self.times_for_move(one.meeting.tenant, one.meeting)
        with self.database.transaction() as tx:
            now = self.clock.now()
            meeting = _put_back(tx, _current(tx, one), now)
            offer(tx, meeting, one.attendance.person, slots, is_known=is_known, now=now)


def _seen(tx: Tx, tenant: TenantId, person: PersonId, owned: dict[CalendarId, Calendar], now: datetime) -> list[Seen]:
    """That person's meetings whose copy is not as we wrote it."""
    places = [one.id for one in owned.values() if one.is_writable]
    rows = [Busy(calendar=one, instance=instance) for one in places for instance in mirror.ours(tx, tenant, one)]
    seen: list[Seen] = []
    for meeting in meetings.of_person(tx, tenant, person, now, LIVE):
        attendance = meeting.attendance(person)
        assert attendance is not None
        if attendance.response is Response.DECLINED or attendance.calendar not in owned:
            continue
        one = Seen(meeting=meeting, attendance=attendance, copy=copy_of(meeting, attendance, rows))
        if not one.is_as_written:
            seen.append(one)
    return seen


def _pause(one: Seen, now: datetime) -> timedelta:
    """Until the saga is done, or its write has been read: the longer it takes already, the longer."""
    since = one.meeting.hindered_since or one.attendance.written_at or now
    return min(max(now - since, SOON), LATER)


def _current(tx: Tx, one: Seen) -> Seen:
    """The same, read again; `Stale` if the meeting changed since it was judged."""
    meeting = meetings.meeting(tx, one.meeting.tenant, one.meeting.id)
    if meeting.version != one.meeting.version:
        raise Stale("That meeting changed since its calendar was read.")
    return one


def _apply(tx: Tx, one: Seen, act: Echo | Moved | Deleted | Answered, now: datetime) -> None:
    meeting, person = _rehomed(one), one.attendance.person
    match act:
        case Echo():
            meetings.save(tx, meeting)
        case Moved(to):
            overrule(tx, meeting, to, now)
        case Deleted():
            start_undo(tx, meeting, now, reason="deleted")
        case Answered(response):
            answer(tx, meeting, person, response, now)
        case _:
            assert_never(act)


def _put_back(tx: Tx, one: Seen, now: datetime) -> Meeting:
    """The saga is to write their copy again."""
    return hand_to_saga(tx, changed(_rehomed(one), one.attendance.person, written_status=None), now)


def _rehomed(one: Seen) -> Meeting:
    """The meeting, with the copy known to be in the calendar to which its owner dragged it."""
    if one.copy is None or one.copy.calendar == one.attendance.calendar:
        return one.meeting
    return changed(one.meeting, one.attendance.person, calendar=one.copy.calendar)


def _is_lost(calendar: Calendar) -> bool:
    return calendar.problem is not None and calendar.problem.is_final


def _instance(stands: Written) -> Instance:
    return Instance(
        uid=stands.uid,
        starts=stands.when.start,
        when=stands.when,
        kind=Kind.HARD,
        ours=stands.meeting,
        status=stands.status,
        sequence=stands.sequence,
    )
