"""What a meeting still needs, from its rows alone: drafts of its copies, its end, how long to wait. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.errors import CursorExpired, NotACalendar, OverlapError, SignInNeeded, Stale, TryLater
from bot.core.events import Draft, Instance, Invitee, Response
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.core.people import Person

PATIENCE = timedelta(seconds=30)
"""How long everybody waits for one participant's calendar; then the meeting stands, and that copy follows."""
COOL_OFF = timedelta(seconds=90)
"""How late a write whose answer was lost may still arrive: so long after the end, what was removed is removed again."""
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(seconds=64)
SLOWLY = timedelta(minutes=5)
LONG_AGO = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Passing:
    """It did not work this time."""

    after: timedelta | None = None
    """The service's own word on when to come back."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """It will not work until somebody does something about it."""

    reason: str


Trouble = Passing | Lasting


def trouble(error: OverlapError) -> Trouble:
    """What a failed call means for the copy it was about."""
    match error:
        case TryLater():
            return Passing(error.after)
        case Stale() | NotACalendar() | CursorExpired():
            return Passing()
        case SignInNeeded():
            return Lasting("sign_in_needed")
        case _:
            return Lasting("refused")


def draft(meeting: Meeting, attendance: Attendance, everyone: Mapping[PersonId, Person]) -> Draft:
    """That person's copy as it should stand, at the time that the meeting has or is moving to."""
    others = [one for one in meeting.attendances if one.person != attendance.person]
    return Draft(
        uid=meeting.uid,
        meeting=meeting.id,
        title=meeting.title,
        when=meeting.moving_to or meeting.when,
        zone=everyone[attendance.person].zone,
        sequence=target(meeting),
        status=attendance.status,
        link=meeting.link,
        description=f"With {', '.join(everyone[other.person].name for other in others)}." if others else "",
        invitees=tuple(_invitee(other, attendance, everyone[other.person]) for other in others),
    )


def _invitee(other: Attendance, owner: Attendance, person: Person) -> Invitee:
    """Only the organiser's event may invite: an ATTENDEE in anybody's own copy would be invited once more."""
    is_invited = owner.road is Road.ORGANISER and other.road is Road.ATTENDEE and person.email is not None
    return Invitee(name=person.name, email=person.email if is_invited else None, is_invited=is_invited)


def target(meeting: Meeting) -> int:
    """The SEQUENCE that its copies should have: one higher while it moves (RFC 5545 §3.8.7.4).

    Never lower than what the organiser's calendar made of it: an app raises it by itself when somebody moves the event.
    """
    raised = meeting.sequence + (meeting.moving_to is not None)
    return max(raised, *(one.written or 0 for one in meeting.attendances if one.road is Road.ORGANISER))


def behind(meeting: Meeting) -> list[Attendance]:
    """The parts whose own copy is not as it should be, the organiser's first."""
    return [one for one in meeting.attendances if one.is_behind(target(meeting))]


def standing(meeting: Meeting) -> Iterator[Attendance]:
    """The parts whose copy stands, or may stand because an answer was lost."""
    return (one for one in meeting.attendances if one.calendar is not None)


def attending(meeting: Meeting) -> list[PersonId]:
    """Those whose time it takes."""
    return [one.person for one in meeting.attendances if one.response is not Response.DECLINED]


def in_the_way(meeting: Meeting, when: Interval, instances: Iterable[Instance]) -> bool:
    """Whether anything but the meeting stands in that time; a copy that a service delivered has no tag of ours."""
    return any(
        one.blocks and one.ours != meeting.id and one.uid != meeting.uid and one.when.overlaps(when)
        for one in instances
    )


def end(meeting: Meeting) -> MeetingState:
    """How it ends once it is off every calendar."""
    if meeting.reason == "deleted":
        return MeetingState.CANCELLED
    return MeetingState.FAILED if meeting.reason and meeting.booked_at is None else MeetingState.UNDONE


def changed(meeting: Meeting, person: PersonId, **different: object) -> Meeting:
    """The meeting with that person's part in it changed."""
    parts = (
        replace(one, **different) if one.person == person else one  # type: ignore[arg-type]
        for one in meeting.attendances
    )
    return replace(meeting, attendances=tuple(parts))


def without_copies(meeting: Meeting, left: Iterable[PersonId]) -> Meeting:
    """The meeting once its copies are removed, but for those that are `left` and may still stand."""
    ended = meeting
    for one in standing(meeting):
        if one.person in left:
            ended = changed(ended, one.person, written=meeting.sequence if one.written is None else one.written)
        else:
            ended = changed(ended, one.person, written=None, written_status=None, written_at=None)
    return ended


def is_patient(meeting: Meeting, now: datetime) -> bool:
    """Whether everybody still waits for the calendars that did not answer."""
    return meeting.hindered_since is None or now < meeting.hindered_since + PATIENCE


def wait(meeting: Meeting, now: datetime, troubles: Iterable[Trouble]) -> timedelta:
    """How long until the next try: as long as it has been hindered already, so that each wait doubles the last."""
    passing = [one for one in troubles if isinstance(one, Passing)]
    hindered = timedelta(0) if meeting.hindered_since is None else now - meeting.hindered_since
    is_slow = hindered >= LONG_AGO or not passing
    chosen = SLOWLY if is_slow else min(max(hindered, SHORTEST), LONGEST)
    return max([chosen, *(one.after for one in passing if one.after is not None)])
