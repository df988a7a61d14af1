"""What a meeting still needs, from its rows alone: drafts of its copies, its end, how long to wait. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.errors import (
    ConsentNeeded,
    CursorExpired,
    Full,
    NotACalendar,
    NotFound,
    NotOffered,
    OurFault,
    OverlapError,
    SignInNeeded,
    Stale,
    TryLater,
)
from bot.core.events import Draft, Instance, Invitee, Kind, Response
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.core.people import Person
from bot.core.reasons import Code

PATIENCE = timedelta(seconds=30)
"""How long everybody waits for one participant's calendar; then the meeting stands, and that copy follows."""
COOL_OFF = timedelta(seconds=90)
"""How late a write whose answer was lost may still arrive: so long after the end, what was removed is removed again."""
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(seconds=64)
SLOWLY = timedelta(minutes=5)
LONG_AGO = timedelta(minutes=10)
AWAY = timedelta(minutes=15)
"""A service that asks us to come back no sooner takes nothing for now, and nobody waits for it."""
CONSENT = timedelta(minutes=15)
"""How long a claim is kept for an organiser who must first allow us to write to their calendar."""
ROOMS = timedelta(seconds=60)
"""How long everybody waits for a room to answer; then the meeting stands, and its answer follows."""
LINKS = timedelta(seconds=10)
"""How long everybody waits for a video link; then the meeting stands, and its link follows."""
OWED = timedelta(hours=1)
"""How long after the booking a video link is still looked for."""
LOOKS = timedelta(seconds=2)
"""How soon what the organiser's service owes is looked for again, at first."""
ON_ITS_WAY = timedelta(seconds=60)
DELIVERED = timedelta(minutes=10)
"""How long an invitation may take to its guest's calendar, in which it is to be answered."""
NO_CONSENT, ROOM_DECLINED, THEIRS = "no_consent", "room_declined", "theirs"
"""Reasons that no calendar gives: consent did not come, the room said no, another tool's event takes its place."""


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
        case SignInNeeded() | ConsentNeeded() | Full() | NotOffered() | OurFault() | NotFound():
            return Lasting(error.code)
        case _:
            return Lasting("refused")


def is_brief(trouble: Trouble) -> bool:
    """Whether it may pass while everybody waits."""
    return isinstance(trouble, Passing) and (trouble.after is None or trouble.after < AWAY)


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
        link=None if _makes_link(meeting, attendance) else meeting.link,
        description=_description(others, everyone),
        invitees=tuple(_invitee(other, attendance, everyone[other.person]) for other in others),
        wants_video=_makes_link(meeting, attendance),
    )


def _description(others: Collection[Attendance], everyone: Mapping[PersonId, Person]) -> str:
    people = ", ".join(everyone[one.person].name for one in others if not one.is_room)
    rooms = ", ".join(everyone[one.person].name for one in others if one.is_room)
    return " ".join([f"With {people}."] * bool(people) + [f"Room: {rooms}."] * bool(rooms))


def _makes_link(meeting: Meeting, attendance: Attendance) -> bool:
    """Only where it was made is it the service's own: other copies carry it as they would any link."""
    return meeting.wants_video and attendance.road is Road.ORGANISER


def _invitee(other: Attendance, owner: Attendance, person: Person) -> Invitee:
    """Only the organiser's event may invite: an ATTENDEE in anybody's own copy would be invited once more."""
    is_invited = owner.road is Road.ORGANISER and other.road is Road.ATTENDEE and person.email is not None
    email = person.email if is_invited else None
    return Invitee(name=person.name, email=email, is_invited=is_invited, is_room=other.is_room)


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
    if meeting.awaits_consent_until is not None and meeting.hindered_since is None:
        return iter(())  # nothing was written yet, and nothing may be asked of that calendar
    return (one for one in meeting.attendances if one.calendar is not None)


def attending(meeting: Meeting) -> list[PersonId]:
    """Those whose time it takes."""
    return [one.person for one in meeting.attendances if one.response is not Response.DECLINED]


def in_the_way(meeting: Meeting, when: Interval, instances: Iterable[Instance], known_as: Collection[str] = ()) -> bool:
    """Whether anything but the meeting stands in that time.

    A copy that a service delivered has no tag of ours; its UID is the meeting's, or one by which it is `known_as`.
    """
    own = {meeting.uid, *known_as}
    return any(
        one.blocks and one.ours != meeting.id and one.uid not in own and one.when.overlaps(when) for one in instances
    )


def held_against(meeting: Meeting, person: PersonId, instances: Iterable[Instance]) -> Iterator[Instance]:
    """What of somebody's stands against it: not what it was knowingly booked over."""
    attendance = meeting.attendance(person)
    overlooked = () if attendance is None else attendance.overlooks
    if Code.BUSY in overlooked:
        return
    yield from (one for one in instances if one.kind is not Kind.SOFT or Code.SOFT not in overlooked)


def owed(meeting: Meeting) -> bool:
    """Whether the organiser's service still owes something: the link it is to make, the answer of a room."""
    return (meeting.wants_video and meeting.link is None) or bool(unanswered(meeting))


def unanswered(meeting: Meeting) -> list[Attendance]:
    """The rooms that were invited and have not said yes or no."""
    settled = (Response.ACCEPTED, Response.DECLINED)
    return [one for one in meeting.attendances if one.is_room and one.response not in settled and _is_invited(one)]


def without_copy(meeting: Meeting) -> list[Attendance]:
    """Those who come, and whom no calendar of theirs tells so."""
    comes = (Response.ACCEPTED, Response.TENTATIVE)
    return [one for one in meeting.attendances if one.road is Road.NONE and one.response in comes and not one.is_room]


def has_declined(meeting: Meeting) -> bool:
    """Whether a room of it said no."""
    return any(one.is_room and one.response is Response.DECLINED for one in meeting.attendances)


def _is_invited(attendance: Attendance) -> bool:
    return attendance.road is Road.ATTENDEE


def linked(meeting: Meeting, link: str | None) -> Meeting:
    """The meeting with the link that its organiser's service made; copies that stand without it are written again."""
    if not meeting.wants_video or link is None or link == meeting.link:
        return meeting
    parts = (one if one.road is Road.ORGANISER else replace(one, written_status=None) for one in meeting.attendances)
    return replace(meeting, link=link, attendances=tuple(parts))


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
    """How long until the next try: as long as it has been hindered already, so that each wait doubles the last.

    A service that wants to be left alone for longer keeps nobody else's copy waiting.
    """
    passing = [one for one in troubles if isinstance(one, Passing)]
    hindered = timedelta(0) if meeting.hindered_since is None else now - meeting.hindered_since
    is_slow = hindered >= LONG_AGO or not passing
    chosen = SLOWLY if is_slow else min(max(hindered, SHORTEST), LONGEST)
    return min((max(chosen, one.after or chosen) for one in passing), default=chosen)
