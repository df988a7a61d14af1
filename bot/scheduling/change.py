"""What people do to a meeting that stands: its organiser moves it or takes it back, the others answer."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.clock import Clock
from bot.core.errors import InvalidInput, NotAllowed, Stale, Taken
from bot.core.events import Response
from bot.core.ids import MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import LIVE, AskState, Attendance, Meeting, MeetingState, Road
from bot.core.rivals import RivalState
from bot.scheduling.asked import settle_agreed, withdraw_asks
from bot.scheduling.book import claim_all
from bot.scheduling.saga_plan import THEIRS, attending, changed
from bot.scheduling.saga_rows import KIND, redraw
from bot.scheduling.sight import sight
from bot.storage import due, ledger, meetings, people, rivals
from bot.storage.database import Database, Tx


@dataclass(frozen=True, slots=True)
class Changing:
    """Changes a meeting on its people's behalf, and leaves its calendars to the saga."""

    database: Database
    clock: Clock

    def move(self, tenant: TenantId, meeting_id: MeetingId, to: Interval, by: PersonId) -> Meeting:
        """The organiser wants it at another time: claimed for everyone now, written by the saga.

        `NotAllowed` for anyone else, `Taken` when somebody is no longer free, `Stale` while it is being changed.
        Asked for twice it moves once.
        """
        with self.database.transaction() as tx:
            now = self.clock.now()
            meeting = meetings.meeting(tx, tenant, meeting_id)
            _only_organiser(meeting, by, "move it. You can suggest another time.")
            if _is_there_already(meeting, to):
                return meeting
            _only_standing(meeting, now)
            withdraw_asks(tx, meeting, now)
            return start_move(tx, meeting, to, now)

    def undo(self, tenant: TenantId, meeting_id: MeetingId, by: PersonId) -> Meeting:
        """The organiser takes it back: it goes from every calendar, and its time is free again once it is gone."""
        with self.database.transaction() as tx:
            now = self.clock.now()
            meeting = meetings.meeting(tx, tenant, meeting_id)
            _only_organiser(meeting, by, "take it back. You can decline.")
            if meeting.state not in LIVE:
                return meeting
            if meeting.when.end <= now:
                raise NotAllowed("That meeting is over.")
            return start_undo(tx, meeting, now)

    def hand_over(self, tenant: TenantId, meeting_id: MeetingId, by: PersonId) -> Meeting:
        """Another scheduler's event is the meeting from now on: ours goes from every calendar."""
        with self.database.transaction() as tx:
            now = self.clock.now()
            meeting = meetings.meeting(tx, tenant, meeting_id)
            _only_organiser(meeting, by, "hand it over.")
            rival = rivals.of_meeting(tx, tenant, meeting_id)
            if rival is None or rival.state is not RivalState.OPEN:
                return meeting
            _only_standing(meeting, now)
            rivals.keep(tx, replace(rival, state=RivalState.THEIRS))
            return start_undo(tx, meeting, now, reason=THEIRS)

    def respond(self, tenant: TenantId, meeting_id: MeetingId, person: PersonId, response: Response) -> Meeting:
        """A participant's answer; their copy follows, a decline frees their time, a change of mind claims it again.

        `Taken` when it is no longer free by then.
        """
        with self.database.transaction() as tx:
            now = self.clock.now()
            meeting = meetings.meeting(tx, tenant, meeting_id)
            _only_participant(meeting, person)
            if meeting.state not in LIVE or meeting.when.end <= now:
                raise Stale("That meeting is over, or was cancelled.")
            if attendance_of(meeting, person).road is Road.ATTENDEE:
                meeting = changed(meeting, person, to_answer=response)
            return answer(tx, meeting, person, response, now)


def start_move(tx: Tx, meeting: Meeting, to: Interval, now: datetime) -> Meeting:
    """Claim the new time for everyone who must be there, and hand the meeting to the saga; `Taken` if it is not free.

    What an ask holds of it is the meeting's own and does not refuse it.
    """
    if to.start <= now:
        raise InvalidInput("That time is past. Please pick another one.")
    who = attending(meeting)
    check_free(tx, meeting, who, to, now)
    claim(tx, meeting, who, to, now)
    return hand_to_saga(tx, moving(meeting, to), now)


def moving(meeting: Meeting, to: Interval) -> Meeting:
    """The meeting on its way to that time, with fresh patience for calendars that do not answer.

    What it was knowingly booked over stands at the old time; at the new one all are free, or are told of it.
    """
    return replace(at_no_price(meeting), state=MeetingState.MOVING, moving_to=to, reason="", hindered_since=None)


def at_no_price(meeting: Meeting) -> Meeting:
    """The same, booked over nothing of anybody's."""
    return replace(meeting, attendances=tuple(replace(one, overlooks=()) for one in meeting.attendances))


def start_undo(tx: Tx, meeting: Meeting, now: datetime, *, reason: str = "") -> Meeting:
    """From here on it is only taken away; nobody needs to answer an ask about it any more."""
    withdraw_asks(tx, meeting, now)
    settle_agreed(tx, meeting, AskState.WITHDRAWN, now)
    for person in meeting.people:
        due.mark(tx, meeting.tenant, "reading", person, now)  # nothing conflicts with it any more
    return hand_to_saga(tx, replace(meeting, state=MeetingState.UNDOING, moving_to=None, reason=reason), now)


def attendance_of(meeting: Meeting, person: PersonId) -> Attendance:
    """Their part in it, of somebody who is known to have one."""
    attendance = meeting.attendance(person)
    assert attendance is not None
    return attendance


def answer(tx: Tx, meeting: Meeting, person: PersonId, response: Response, now: datetime) -> Meeting:
    """Save a participant's answer, with what it does to their claim; the same answer again changes nothing."""
    attendance = attendance_of(meeting, person)
    if attendance.response is response:
        return meeting
    if response is Response.DECLINED:
        ledger.release(tx, meeting.tenant, meeting.id, cause=KIND, people=(person,))
        withdraw_asks(tx, meeting, now, by=person)
    elif attendance.response is Response.DECLINED:
        _claim_again(tx, meeting, person, now)
    due.mark(tx, meeting.tenant, "reading", person, now)  # what they declined conflicts with nothing any more
    return hand_to_saga(tx, changed(meeting, person, response=response), now)


def hand_to_saga(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
    """Save it, let the saga make its calendars follow, and redraw what people see of it."""
    due.mark(tx, meeting.tenant, KIND, meeting.id, now)
    redraw(tx, meeting, now)
    return meetings.save(tx, meeting)


def check_free(tx: Tx, meeting: Meeting, who: Collection[PersonId], when: Interval, now: datetime) -> None:
    """`Taken` if anything but this meeting is known to stand in that time, in their calendars or claims."""
    everyone = [people.person(tx, meeting.tenant, one) for one in who]
    busy = sight(tx, meeting.tenant, everyone, when, when.length, now, besides=meeting.id).busy(when)
    if busy:
        raise Taken("That time is taken now. Please pick another one.", busy)


def claim(tx: Tx, meeting: Meeting, who: Collection[PersonId], when: Interval, now: datetime) -> None:
    """That time of all these people is the meeting's; `Taken` names whose the database refused."""
    claim_all(tx, meeting if when == meeting.when else at_no_price(meeting), who, when, now)


def _claim_again(tx: Tx, meeting: Meeting, person: PersonId, now: datetime) -> None:
    for when in (meeting.when, meeting.moving_to):
        if when is not None:
            claim(tx, meeting, (person,), when, now)


def _is_there_already(meeting: Meeting, to: Interval) -> bool:
    if meeting.state is MeetingState.MOVING:
        return meeting.moving_to == to
    return meeting.state is MeetingState.BOOKED and meeting.when == to


def _only_organiser(meeting: Meeting, by: PersonId, otherwise: str) -> None:
    if by != meeting.organiser:
        raise NotAllowed(f"Only the meeting's organiser can {otherwise}")


def _only_participant(meeting: Meeting, person: PersonId) -> None:
    if meeting.attendance(person) is None:
        raise NotAllowed("That is not a meeting of yours.")
    if person == meeting.organiser:
        raise NotAllowed("You organise this meeting: move it or take it back.")


def _only_standing(meeting: Meeting, now: datetime) -> None:
    if meeting.state in (MeetingState.BOOKING, MeetingState.MOVING):
        raise Stale("That meeting is being changed right now. Please try again in a moment.")
    if meeting.state is not MeetingState.BOOKED or meeting.when.end <= now:
        raise Stale("That meeting is over, or was cancelled.")
