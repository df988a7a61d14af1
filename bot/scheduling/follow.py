"""What a person did to a meeting of ours in their own calendar, told from the copy that stands there now.

Pure. The organiser's copy is the meeting: where it stands, the meeting is, and without it there is none. A
participant's copy only answers: moved it asks for that time, deleted it declines, tentative it is tentative.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.calendars import Calendar
from bot.core.events import Busy, Instance, Response, Status
from bot.core.intervals import Interval
from bot.core.meetings import Attendance, Meeting, MeetingState
from bot.scheduling.saga_plan import target


@dataclass(frozen=True, slots=True)
class Echo:
    """It stands as we wrote it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The organiser moved it: the meeting follows."""

    to: Interval


@dataclass(frozen=True, slots=True)
class Deleted:
    """The organiser took it away: the meeting is cancelled."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A participant moved theirs: they ask for that time."""

    wanted: Interval


@dataclass(frozen=True, slots=True)
class Answered:
    """A participant answered: by STATUS, by declining, by deleting."""

    response: Response


Act = Echo | Moved | Deleted | Asked | Answered


def follow(meeting: Meeting, attendance: Attendance, copy: Instance | None) -> Act:
    """What that person did, if their copy is now this, or gone."""
    is_organiser = attendance.person == meeting.organiser
    if copy is None or copy.status is Status.CANCELLED:
        return Deleted() if is_organiser else Answered(Response.DECLINED)
    if is_organiser:
        return Echo() if copy.when == meeting.when else Moved(copy.when)
    if copy.is_declined:
        return Answered(Response.DECLINED)
    if copy.when != meeting.when:
        return Asked(copy.when)
    if copy.status is not attendance.written_status:
        return Answered(Response.TENTATIVE if copy.status is Status.TENTATIVE else Response.ACCEPTED)
    return Echo()


def copy_of(meeting: Meeting, attendance: Attendance, rows: Iterable[Busy]) -> Busy | None:
    """The one of these rows that is that person's copy.

    The tag survives "duplicate" in most calendar apps, and a weekly rule makes many of one: the event with our UID
    goes first, then the calendar we wrote to, then whatever still stands where it should.
    """

    def likeness(row: Busy) -> tuple[bool, bool, bool, datetime]:
        one = row.instance
        return (
            one.uid != meeting.uid,
            row.calendar != attendance.calendar,
            one.when != meeting.when,
            one.when.start,
        )

    return min((row for row in rows if is_copy(meeting, row.instance)), key=likeness, default=None)


def is_copy(meeting: Meeting, instance: Instance) -> bool:
    """Whether that instance is a copy of the meeting, by its tag or, where a client lost the tag, by its UID."""
    return instance.ours == meeting.id or instance.uid == meeting.uid


def may_judge(meeting: Meeting, attendance: Attendance, calendar: Calendar) -> bool:
    """Whether what was read of that calendar tells what its owner did, and not how far we got ourselves.

    Only a reading that began after our write was confirmed knows of it; seconds are all we keep, so an equal one may
    have come first.
    """
    if meeting.state is not MeetingState.BOOKED or attendance.is_behind(target(meeting)):
        return False
    if attendance.written_at is None or calendar.read_at is None or calendar.problem is not None:
        return False
    is_covered = calendar.window is not None and calendar.window.contains(meeting.when)
    return is_covered and calendar.read_at > attendance.written_at
