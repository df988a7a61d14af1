"""A meeting that something else now overlaps, for its whole life."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.ids import CalendarId, ConflictId, MeetingId, PersonId, TenantId
from bot.core.intervals import Interval


class ConflictState(StrEnum):
    """Where a conflict stands."""

    OPEN = "open"
    GONE = "gone"
    """It went away by itself."""
    MOVED = "moved"
    """The meeting was moved out of it."""
    KEPT = "kept"
    """Its person chose to keep both."""
    ENDED = "ended"
    """The meeting is no more, or is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One person's meeting and the event (by calendar, UID and instance, never by title) that overlaps it."""

    id: ConflictId
    tenant: TenantId
    person: PersonId
    meeting: MeetingId
    calendar: CalendarId
    uid: str
    starts: datetime
    """Which instance of the other event."""
    when: Interval
    """Where the other event stands."""
    state: ConflictState
    slots: tuple[Interval, ...] = ()
    """Times that worked for everyone when it was last looked at."""
    is_known: bool = True
    """Whether every calendar vouched then: only so does "no times" mean that none works."""
    version: int = 1
