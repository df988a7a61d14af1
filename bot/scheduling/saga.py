"""Bring a meeting's calendars to where its rows say they should be, over every crash and outage.

The rows are the truth, each effect is harmless to repeat, and each is saved before the next: whoever drives a meeting,
for the first time or after a crash, goes on from what is kept. People are told in the transaction that makes it so,
never before; time is given back only once no copy stands in it any more.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.core.clock import Clock
from bot.core.errors import Stale
from bot.core.events import Response, Written
from bot.core.ids import MeetingId, PersonId, TenantId
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.core.people import Person
from bot.scheduling import saga_plan, saga_rows
from bot.scheduling.copies import Copies, Holds, OpenCalendar
from bot.scheduling.owed import Owing
from bot.scheduling.saga_plan import Lasting, Passing, Trouble
from bot.storage import calendars, meetings, people
from bot.storage.database import Database


@dataclass(frozen=True)
class Saga:
    """Drives meetings; one at a time for each, which the loan of its due row sees to."""

    database: Database
    clock: Clock
    open_calendar: OpenCalendar

    def drive(self, tenant: TenantId, meeting_id: MeetingId, holds: Holds) -> datetime | None:
        """Do what can be done now; answers when to go on, or None once nothing is left to do.

        `holds` is asked right before each call outside; when it says no, `Stale` is raised and nothing more is done.
        """
        with self.database.reading() as tx:
            meeting = meetings.meeting(tx, tenant, meeting_id)
            everyone = {one: people.person(tx, tenant, one) for one in meeting.people}
        run = _Run(self.database, self.clock, Copies(self.database, self.open_calendar, holds), everyone)
        match meeting.state:
            case MeetingState.BOOKING:
                return run.book(meeting)
            case MeetingState.MOVING:
                return run.move(meeting)
            case MeetingState.UNDOING:
                return run.undo(meeting)
            case MeetingState.BOOKED:
                return run.tend(meeting)
            case MeetingState.UNDONE | MeetingState.CANCELLED | MeetingState.FAILED:
                return run.sweep(meeting)


@dataclass(frozen=True)
class _Run:
    """One drive of one meeting, with everything that it may touch."""

    database: Database
    clock: Clock
    copies: Copies
    everyone: dict[PersonId, Person]

    @property
    def owing(self) -> Owing:
        return Owing(self.database, self.clock, self.copies, self.everyone, self._save)

    def book(self, meeting: Meeting) -> datetime | None:
        """Write every copy, or take back all of it; only then is anybody told."""
        now = self.clock.now()
        if meeting.when.start <= now:
            return self._take_back(meeting, "late")
        if meeting.awaits_consent_until is not None:
            if not self._may_write(meeting):
                is_over = meeting.awaits_consent_until <= now
                return self._take_back(meeting, saga_plan.NO_CONSENT) if is_over else meeting.awaits_consent_until
            meeting = self._save(meeting, saga_rows.consented)
        if self._is_taken(meeting):
            known = self._recognised(meeting)
            if known is None or self._is_taken(known):
                return self._take_back(meeting, "taken")
            meeting = known
        first: Meeting | Trouble | datetime = self._organiser(meeting)
        if isinstance(first, Meeting):
            first = self.owing.paid(first)
        match first:
            case datetime():
                return first
            case Lasting("consent_needed"):
                return self._save(meeting, saga_rows.awaits_consent).awaits_consent_until
            case Lasting(reason):
                return self._take_back(meeting, reason)
            case Passing() if not saga_plan.is_brief(first):
                return self._take_back(meeting, "away")
            case _:
                return self._finish(first, meeting, saga_rows.booked)

    def move(self, meeting: Meeting) -> datetime | None:
        """Write every copy at the new time; once the organiser's stands there, so does the meeting."""
        first = self._moved_first(meeting)
        if isinstance(first, Passing) and not saga_plan.is_brief(first):
            first = Lasting("away")
        if isinstance(first, Lasting):
            return self.tend(self._save(meeting, saga_rows.stayed(first.reason)))
        return self._finish(first, meeting, saga_rows.moved)

    def undo(self, meeting: Meeting) -> datetime | None:
        """Take it off every calendar; what cannot be removed now is removed as soon as it can."""
        left = self._removed(meeting)
        if any(saga_plan.is_brief(one) for one in left.values()) and self._is_patient(meeting):
            return min(self._later(meeting, *left.values()), self._patient_until(meeting))
        return self._next_sweep(self._save(meeting, saga_rows.ended(left.keys())), left)

    def tend(self, meeting: Meeting) -> datetime | None:
        """It is booked: copies follow what their people answered, and what a server missed is made good."""
        if meeting.when.end <= self.clock.now():
            return None
        meeting = self._taken_up(meeting)
        waiting: list[Trouble] = []
        for attendance in saga_plan.behind(meeting):
            tended = self._follow(meeting, attendance)
            if isinstance(tended, Meeting):
                meeting = tended
            else:
                waiting.append(tended)
        if waiting:
            return self._later(meeting, *waiting)
        if meeting.hindered_since is not None:
            meeting = self._save(meeting, saga_rows.unhindered)
        again = self.owing.answers(meeting)
        owed = self.owing.follow(meeting)
        if isinstance(owed, Meeting):
            return self.tend(owed)
        return min((at for at in (again, owed) if at is not None), default=None)

    def sweep(self, meeting: Meeting) -> datetime | None:
        """It is over; what could not be removed, or was written by a call that we thought lost, is removed now."""
        if meeting.hindered_since is None:
            return None
        left = self._removed(meeting) if meeting.when.end > self.clock.now() else {}
        return self._next_sweep(self._save(meeting, saga_rows.swept(left.keys())), left)

    def _taken_up(self, meeting: Meeting) -> Meeting:
        """Whoever accepted and had no calendar that could take it gets their copy where they have one by now."""
        for one in saga_plan.without_copy(meeting):
            with self.database.reading() as tx:
                place = calendars.receiving(tx, meeting.tenant, one.person)
            if place is not None and place.is_writable and place.is_granted and place.problem is None:
                meeting = self._save(meeting, saga_rows.given_road(one, place.id))
        return meeting

    def _may_write(self, meeting: Meeting) -> bool:
        """Whether the organiser has allowed us to write to their calendar by now."""
        calendar = meeting.attendances[0].calendar
        assert calendar is not None
        with self.database.reading() as tx:
            return calendars.calendar(tx, meeting.tenant, calendar).is_granted

    def _finish(self, first: Meeting | Passing, meeting: Meeting, done: saga_rows.Change) -> datetime | None:
        """The organiser's copy stands, or is waited for; then come the others, then everybody is told."""
        if isinstance(first, Passing):
            return self._later(meeting, first)
        meeting, waiting = self._others(first)
        brief = [one for one in waiting if saga_plan.is_brief(one)]
        if brief and self._is_patient(meeting):
            return min(self._later(meeting, *brief), self._patient_until(meeting))
        meeting = self._save(meeting, done)
        return self._later(meeting, *waiting) if waiting else self.tend(meeting)

    def _is_taken(self, meeting: Meeting) -> bool:
        """Whether anything else stands there; the mirror does not know of it yet, so it is to be read at once."""
        look = self.copies.look_at(meeting, meeting.moving_to or meeting.when)
        if look.taken:
            with self.database.transaction() as tx:
                for calendar in look.taken:
                    calendars.dirty(tx, meeting.tenant, calendar, self.clock.now())
        elif look.went_by != {one.person: one.went_by for one in meeting.attendances if one.went_by}:
            self._save(meeting, saga_rows.went_by(look.went_by))
        return bool(look.taken)

    def _recognised(self, meeting: Meeting) -> Meeting | None:
        """The meeting with the copy of its organiser's that a try left there of which we never heard; None without one.

        What guests and rooms show in that time is then the meeting itself, under a UID that only this copy tells.
        """
        organiser = meeting.attendances[0]
        invites = any(one.road is Road.ATTENDEE for one in meeting.attendances)
        if not invites or organiser.written is not None or organiser.calendar is None:
            return None
        stands = self.copies.get(meeting, organiser.calendar)
        if not isinstance(stands, Written) or (stands.meeting, stands.when) != (meeting.id, meeting.when):
            return None
        return self._save(meeting, saga_rows.written(organiser, stands.sequence, stands, self.owing.rooms))

    def _organiser(self, meeting: Meeting) -> Meeting | Trouble:
        """The organiser's copy stands as it should."""
        organiser = meeting.attendances[0]
        return self._put(meeting, organiser) if organiser.is_behind(saga_plan.target(meeting)) else meeting

    def _moved_first(self, meeting: Meeting) -> Meeting | Trouble:
        """The organiser's copy stands at the new time: by our hand if that is free, or by theirs, whatever it is."""
        organiser = meeting.attendances[0]
        if not organiser.is_behind(saga_plan.target(meeting)):
            return meeting
        assert organiser.calendar is not None
        assert meeting.moving_to is not None
        stands = self.copies.get(meeting, organiser.calendar)
        if not isinstance(stands, Written) or stands.when != meeting.moving_to:
            if meeting.moving_to.start <= self.clock.now():
                return Lasting("late")
            if isinstance(stands, Passing | Lasting):
                return stands
            if self._is_taken(meeting):
                return Lasting("taken")
        return self._put(meeting, organiser)

    def _others(self, meeting: Meeting) -> tuple[Meeting, list[Trouble]]:
        """Every other copy that can be written; the rest is waited for, or there is no road to them."""
        waiting: list[Trouble] = []
        for attendance in saga_plan.behind(meeting):
            if attendance.road is Road.ORGANISER or attendance.response is Response.DECLINED:
                continue
            put = self._put_other(meeting, attendance)
            if isinstance(put, Meeting):
                meeting = put
            else:
                waiting.append(put)
        return meeting, waiting

    def _put_other(self, meeting: Meeting, attendance: Attendance) -> Meeting | Trouble:
        put = self._put(meeting, attendance)
        if isinstance(put, Lasting) and attendance.written is None:
            return self._save(meeting, saga_rows.without_road(attendance, put.reason))
        return put

    def _put(self, meeting: Meeting, attendance: Attendance) -> Meeting | Trouble:
        """That copy stands as it should, and the meeting knows it."""
        assert attendance.calendar is not None
        draft = saga_plan.draft(meeting, attendance, self.everyone)
        written = self.copies.put(meeting, attendance.calendar, draft)
        if isinstance(written, Passing | Lasting):
            return written
        # An app raises the SEQUENCE of the copy that its user touches; only the organiser's counts for the meeting.
        is_organiser = attendance.road is Road.ORGANISER
        sequence = max(draft.sequence, written.sequence) if is_organiser else draft.sequence
        return self._save(meeting, saga_rows.written(attendance, sequence, written, self.owing.rooms))

    def _follow(self, meeting: Meeting, attendance: Attendance) -> Meeting | Trouble:
        """One copy of a booked meeting as its person's answer wants it."""
        if attendance.response is not Response.DECLINED:
            return self._put_other(meeting, attendance)
        assert attendance.calendar is not None
        trouble = self.copies.remove(meeting, attendance.calendar)
        return self._save(meeting, saga_rows.freed(attendance)) if trouble is None else trouble

    def _removed(self, meeting: Meeting) -> dict[PersonId, Trouble]:
        """Every copy is removed, also one of whose writing we never heard; whose could not be, and why."""
        left: dict[PersonId, Trouble] = {}
        for attendance in saga_plan.standing(meeting):
            assert attendance.calendar is not None
            trouble = self.copies.remove(meeting, attendance.calendar)
            if trouble is not None:
                left[attendance.person] = trouble
        return left

    def _take_back(self, meeting: Meeting, reason: str) -> datetime | None:
        return self.undo(self._save(meeting, saga_rows.given_up(reason)))

    def _next_sweep(self, meeting: Meeting, left: dict[PersonId, Trouble]) -> datetime | None:
        now = self.clock.now()
        if meeting.hindered_since is None:
            return None
        return now + saga_plan.SLOWLY if left else max(meeting.hindered_since + saga_plan.COOL_OFF, now)

    def _is_patient(self, meeting: Meeting) -> bool:
        return saga_plan.is_patient(meeting, self.clock.now())

    def _patient_until(self, meeting: Meeting) -> datetime:
        return (meeting.hindered_since or self.clock.now()) + saga_plan.PATIENCE

    def _later(self, meeting: Meeting, *waiting: Trouble) -> datetime:
        """Try again when it may have passed; the first time it is noted since when we wait."""
        if meeting.hindered_since is None:
            meeting = self._save(meeting, saga_rows.hindered)
        now = self.clock.now()
        return now + saga_plan.wait(meeting, now, waiting)

    def _save(self, meeting: Meeting, change: saga_rows.Change) -> Meeting:
        """Change the meeting as it is by now: people answer while we write. `Stale` if it is to go elsewhere."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            fresh = meetings.meeting(tx, meeting.tenant, meeting.id)
            if (fresh.state, fresh.moving_to, fresh.sequence) != (meeting.state, meeting.moving_to, meeting.sequence):
                raise Stale("The meeting changed while its calendars were being written.")
            return meetings.save(tx, change(tx, fresh, now))
