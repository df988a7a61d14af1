"""What others still owe a meeting once it is written: a video link, the answers of rooms, an answer at an invitation.

Nothing here waits in a thread: each says when to look again, and a row remembers it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.clock import Clock
from bot.core.events import Response, Written
from bot.core.ids import PersonId
from bot.core.meetings import Attendance, Meeting
from bot.core.people import Person, Standing
from bot.scheduling import saga_plan, saga_rows
from bot.scheduling.copies import Copies
from bot.scheduling.saga_plan import Lasting, Passing
from bot.storage import calendars, meetings
from bot.storage.database import Database

Save = Callable[[Meeting, saga_rows.Change], Meeting]
"""Changes the meeting as it is by now; `Stale` if it is to go elsewhere."""


@dataclass(frozen=True)
class Owing:
    """Looks for what is owed, for one drive of one meeting."""

    database: Database
    clock: Clock
    copies: Copies
    everyone: dict[PersonId, Person]
    save: Save

    def paid(self, meeting: Meeting) -> Meeting | Lasting | datetime:
        """The organiser's service made its link and rooms have answered, or it is waited for no longer.

        A row waits, not a thread: this answers when to look again.
        """
        meeting = self._heard(meeting)
        now = self.clock.now()
        if saga_plan.has_declined(meeting):
            return Lasting(saga_plan.ROOM_DECLINED)
        if not saga_plan.owed(meeting):
            return meeting
        if meeting.waits_until is None:
            patience = saga_plan.ROOMS if saga_plan.unanswered(meeting) else saga_plan.LINKS
            meeting = self.save(meeting, saga_rows.waits(now + patience))
            assert meeting.waits_until is not None
        elif meeting.waits_until <= now:
            return meeting
        return min(now + self._since_written(meeting, now), meeting.waits_until)

    def follow(self, meeting: Meeting) -> Meeting | datetime | None:
        """The meeting with a link that has come, else when to look again, ever less often; None once all is there."""
        now = self.clock.now()
        booked = meeting.booked_at or now
        is_late = not saga_plan.unanswered(meeting) and now >= booked + saga_plan.OWED
        if not saga_plan.owed(meeting) or is_late:
            return None
        after = self._heard(meeting)
        if after.link != meeting.link:
            return after
        return now + self._since_written(after, now) if saga_plan.owed(after) else None

    def _since_written(self, meeting: Meeting, now: datetime) -> timedelta:
        since = meeting.attendances[0].written_at or now
        return min(max(now - since, saga_plan.LOOKS), saga_plan.SLOWLY)

    def _heard(self, meeting: Meeting) -> Meeting:
        """The meeting with what its organiser's event says by now, if anything is owed and it can be asked."""
        organiser = meeting.attendances[0]
        if not saga_plan.owed(meeting) or organiser.calendar is None:
            return meeting
        stands = self.copies.get(meeting, organiser.calendar)
        if not isinstance(stands, Written):
            return meeting
        return self.save(meeting, saga_rows.told(stands, self.rooms))

    def answers(self, meeting: Meeting) -> datetime | None:
        """What guests answered in chat goes to the invitations in their own calendars."""
        again: list[datetime] = []
        for attendance in meeting.attendances:
            if attendance.to_answer is None:
                continue
            done = self._answer(meeting, attendance, attendance.to_answer)
            if isinstance(done, datetime):
                again.append(done)
            else:
                meeting = done
        return min(again, default=None)

    def _answer(self, meeting: Meeting, attendance: Attendance, response: Response) -> Meeting | datetime:
        with self.database.reading() as tx:
            theirs = calendars.of_person(tx, meeting.tenant, attendance.person)
            uids = (*meetings.aliases_of(tx, meeting.tenant, meeting.id), meeting.uid)
        places = [one for one in theirs if one.is_writable and one.is_granted]
        places.sort(key=lambda one: (one.id != attendance.found, not one.receives))
        now = self.clock.now()
        match self.copies.answer(meeting, places, uids, response):
            case Passing(after):
                return now + max(after or saga_plan.SHORTEST, saga_plan.LOOKS)
            case None if places and now < (attendance.written_at or now) + saga_plan.DELIVERED:
                return now + saga_plan.ON_ITS_WAY
            case None | Lasting():
                return self.save(meeting, saga_rows.answered(attendance, None))
            case found:
                return self.save(meeting, saga_rows.answered(attendance, found))

    @property
    def rooms(self) -> dict[str, PersonId]:
        """The rooms that belong to it, by address."""
        named = ((one.email, one) for one in self.everyone.values() if one.standing is Standing.ROOM)
        return {email: one.id for email, one in named if email is not None}
