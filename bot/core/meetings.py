"""What is agreed: a meeting, its people, its copies in calendars, and what is asked of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.events import Response, Status
from bot.core.ids import AskId, CalendarId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.intervals import Interval
from bot.core.reasons import Code


class MeetingState(StrEnum):
    """Where a meeting stands; the saga drives every state but the last four to one of those."""

    BOOKING = "booking"
    """Claimed, not yet on every calendar."""
    MOVING = "moving"
    """Booked at `when`, being moved to `moving_to`."""
    UNDOING = "undoing"
    """Being taken off every calendar."""
    BOOKED = "booked"
    UNDONE = "undone"
    """Taken back by its organiser in chat."""
    CANCELLED = "cancelled"
    """Deleted by its organiser in a calendar."""
    FAILED = "failed"
    """Never came to be: `reason` says why."""


LIVE = (MeetingState.BOOKING, MeetingState.BOOKED, MeetingState.MOVING)
"""The states in which there is a meeting, or will be."""


class Road(StrEnum):
    """How somebody gets their one copy of a meeting."""

    ORGANISER = "organiser"
    """The event itself, in the organiser's calendar."""
    OWN_COPY = "own-copy"
    """Our own tagged event in the calendar they chose."""
    ATTENDEE = "attendee"
    """The organiser's provider invites them natively."""
    NONE = "none"
    """No invitation can reach them: chat alone tells them, and the card says so before Book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One person's part in a meeting."""

    person: PersonId
    road: Road
    response: Response = Response.NEEDS_ACTION
    calendar: CalendarId | None = None
    """Where their copy stands; None for ATTENDEE and NONE."""
    written: int | None = None
    """The SEQUENCE at which their copy was last written and read back; None while none stands."""
    written_status: Status | None = None
    """The STATUS it was given then; None asks for it to be written again."""
    written_at: datetime | None = None
    """When that was confirmed: a reading that began no later knows nothing of it."""
    went_by: datetime | None = None
    """When what we know of their time was read, where a calendar of theirs did not answer the last look; else None."""
    is_reachable: bool = True
    """False once their chat refused a message (they do not have the app)."""
    is_room: bool = False
    """A room or equipment: it is asked by invitation and answers by itself, and nobody writes to it in chat."""
    found: CalendarId | None = None
    """In which calendar of theirs the organiser's invitation was seen (ATTENDEE); gone from there, it was deleted."""
    heard: Response = Response.NEEDS_ACTION
    """What the organiser's event last said that they answer: only another word than this one is news."""
    to_answer: Response | None = None
    """What they answered in chat and their own calendar does not know yet (ATTENDEE)."""
    why: str = ""
    """Why their calendar did not take its copy, as `Meeting.reason` says it; empty where none was refused."""
    is_unseen: bool = False
    """It was booked although no calendar told whether they are free, because the organiser wanted it so."""
    overlooks: tuple[Code, ...] = ()
    """What of theirs it was knowingly booked over; they were told so first."""

    @property
    def is_claimed(self) -> bool:
        """Whether their time is the meeting's; else they are only invited."""
        return not self.is_unseen and not {Code.BUSY, Code.UNKNOWN} & set(self.overlooks)

    @property
    def status(self) -> Status:
        """The STATUS that their own copy should carry."""
        return Status.TENTATIVE if self.response is Response.TENTATIVE else Status.CONFIRMED

    def is_behind(self, sequence: int) -> bool:
        """Whether their own copy is still to be written or removed, at that SEQUENCE of the meeting."""
        if self.calendar is None:
            return False
        if self.response is Response.DECLINED:
            return self.written is not None
        return self.written != sequence or self.written_status is not self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting of ours."""

    id: MeetingId
    tenant: TenantId
    uid: str
    """One UID in every CalDAV calendar and mail."""
    organiser: PersonId
    title: str
    when: Interval
    state: MeetingState
    attendances: tuple[Attendance, ...]
    """The organiser first."""
    sequence: int = 0
    link: str | None = None
    proposal: ProposalId | None = None
    moving_to: Interval | None = None
    was: Interval | None = None
    """Where it stood before its last move, for the message that tells."""
    reason: str = ""
    """Why it failed, or did not move: `taken`, `late`, `no_consent`, `room_declined`, or what the organiser's calendar
    said (`scheduling/saga_plan.trouble`). While UNDOING, `deleted` says that its organiser deleted it in a calendar, so
    that it ends as CANCELLED, and `theirs` that another tool's event takes its place. Else empty."""
    booked_at: datetime | None = None
    """When it first stood on its calendars and its people were told; None before."""
    wants_video: bool = False
    """The organiser's service is to make the link; `link` is empty until it has."""
    awaits_consent_until: datetime | None = None
    """Until when its organiser may still allow us to write to their calendar; nothing is written before."""
    waits_until: datetime | None = None
    """Until when the booking waits for what the organiser's service still owes: a room's answer, a video link."""
    hindered_since: datetime | None = None
    """Since when a calendar of it cannot be written, for the patience of the saga; None while all goes well."""
    version: int = 1

    @property
    def people(self) -> tuple[PersonId, ...]:
        return tuple(attendance.person for attendance in self.attendances)

    def attendance(self, person: PersonId) -> Attendance | None:
        return next((one for one in self.attendances if one.person == person), None)


TimesForMove = Callable[[TenantId, Meeting], tuple[tuple[Interval, ...], bool]]
"""Other times that work for everyone, best first, and whether every calendar vouched, so that none means none."""


class AskState(StrEnum):
    """Where an ask stands."""

    CHOOSING = "choosing"
    """The asking person sees times and has picked none."""
    OPEN = "open"
    """The time is held; the organiser answers Move or Keep."""
    AGREED = "agreed"
    """The organiser moves the meeting there, and it is on its way."""
    MOVED = "moved"
    """It stands there."""
    STAYED = "stayed"
    """The organiser agreed, and it could not move there."""
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN_ASKS = (AskState.CHOOSING, AskState.OPEN)
"""The states in which an ask still waits for somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Another time wanted by somebody who is not the organiser."""

    id: AskId
    tenant: TenantId
    meeting: MeetingId
    by: PersonId
    state: AskState
    slots: tuple[Interval, ...] = ()
    """The times shown to the asking person, checked for all."""
    is_known: bool = True
    """Whether every calendar vouched then: only so does "no times" mean that none works."""
    wanted: Interval | None = None
    expires_at: datetime | None = None
    version: int = 1
