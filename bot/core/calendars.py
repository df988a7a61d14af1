"""Connected accounts and their calendars, as we keep them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.ids import CalendarId, ConnectionId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.preferences import AllDay

A_WEEK, WITHIN = timedelta(days=7), timedelta(hours=2)
"""How long a grant of a client in "Testing" lasts; a sign-in waits for its owner's word for an hour at most."""
BEFORE_ITS_END = timedelta(days=3)


class Problem(StrEnum):
    """Why a calendar cannot be read as it should."""

    SIGN_IN_NEEDED = "sign_in_needed"
    """401: its owner must sign in again. Unknown at once."""
    REFUSED = "refused"
    """403: permission was taken away. Unknown at once."""
    GONE = "gone"
    """404: the calendar is no more. Unknown at once."""
    GARBAGE = "garbage"
    """It answers with something that is no calendar: the last good reading ages."""
    UNREACHABLE = "unreachable"
    """It does not answer: the last good reading ages."""
    DOUBTED = "doubted"
    """It suddenly tells something hard to believe: what was known stays, as soft, until its owner decides."""
    OURS = "ours"
    """Its service refuses Overlap itself: the operator can mend it, its owner cannot."""
    NOT_ALLOWED = "not_allowed"
    """Whoever runs Overlap no longer allows accounts of its kind or domain here: not asked, unknown at once."""

    @property
    def is_final(self) -> bool:
        """Whether nobody but its owner or the operator can mend it, so that it is unknown at once."""
        return self is Problem.NOT_ALLOWED or self.is_theirs

    @property
    def is_theirs(self) -> bool:
        """Whether only its owner can mend it."""
        return self in (Problem.SIGN_IN_NEEDED, Problem.REFUSED, Problem.GONE)


class Access(StrEnum):
    """What the owner of an account allows."""

    FULL = "full"
    """To see when they are busy, and to write meetings."""
    FREEBUSY = "freebusy"
    """Only to see when they are busy; the first booking that needs more asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One connected account of one person."""

    id: ConnectionId
    tenant: TenantId
    person: PersonId
    provider: str
    """Its name in `providers/registry`."""
    label: str
    """What its owner knows it by: user and host, never a secret."""
    connected_at: datetime
    access: Access = Access.FULL
    sees_colleagues: bool = False
    """Whether it may be asked for others' free/busy by their address."""
    problem: Problem | None = None
    broken_since: datetime | None = None
    """Since when its owner is known to have to mend it; None while they need not."""
    reminded: int = 0
    """How often they were reminded of it since then."""
    lapses: int = 0
    """How often its grant ended a week after it was given, as those of a client in "Testing" do."""
    ends_at: datetime | None = None
    """When what its owner allowed ends by itself, where its service set such a time."""
    is_end_told: bool = False
    """Whether its owner was reminded of that."""

    @property
    def is_of_testing(self) -> bool:
        """Whether it ends a week after it was given, as at Google while a client's publishing status is "Testing"."""
        return self.ends_at is not None and abs(self.ends_at - self.connected_at - A_WEEK) < WITHIN

    @property
    def warns_at(self) -> datetime | None:
        """When its owner is reminded that it ends: three days before, of a short one halfway. None: never, because it
        does not end, or because only the operator can mend that it does."""
        if self.ends_at is None or self.is_of_testing:
            return None
        return max(self.ends_at - BEFORE_ITS_END, self.connected_at + (self.ends_at - self.connected_at) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One calendar of a connected account."""

    id: CalendarId
    tenant: TenantId
    connection: ConnectionId
    person: PersonId
    remote: str
    """As its service names it."""
    name: str
    zone: str | None
    counts: bool
    """Its events count as busy."""
    receives: bool
    """It is where its owner wants bookings: one a person."""
    is_writable: bool
    invites: bool
    """Its service sends invitations itself."""
    is_static: bool
    """An import: adds busy time, never vouches."""
    cadence: timedelta
    is_granted: bool = True
    """Its owner has allowed writing there; where not (`Access.FREEBUSY`), the first booking asks them to."""
    seen_by: PersonId | None = None
    """None for a calendar that counts for everybody. Else it is what that one person's account may see of this person
    ("from the company calendar"), and it answers that person's requests alone."""
    rings_until: datetime | None = None
    """Until when its service is known to tell us of every change: while it does, silence is fresh."""
    reach: datetime | None = None
    """How far ahead somebody asked, where that is farther than everybody is read."""
    video: str | None = None
    """What its service calls the video link that it makes for an event there; None where it makes none."""
    copy_of: CalendarId | None = None
    """A feed or an import that holds what this synced calendar holds already: it is not counted twice."""
    all_day: AllDay = AllDay.AS_MARKED
    """What its all-day events are to a search."""
    read_at: datetime | None = None
    """Its last good reading, or the last time its service said that nothing changed."""
    window: Interval | None = None
    """What that reading covered: beyond it everything is unknown."""
    dirty_at: datetime | None = None
    """Since when it is known to have changed; None once read again."""
    problem: Problem | None = None


class DoubtState(StrEnum):
    """How far a reading that is hard to believe has come."""

    SEEN = "seen"
    """One reading says so: a second one must confirm it."""
    ASKED = "asked"
    """A second one did, and the calendar's owner is asked."""
    KEPT = "kept"
    """They said that it is wrong: it is ignored until it changes again."""
    TAKEN = "taken"
    """They said that it is right: the next reading is taken as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A complete reading that suddenly told something hard to believe."""

    state: DoubtState
    marks: frozenset[str]
    """Which events it held, each as a short hash: it is the same oddity while no other one stands there."""
    found: int
    """How many of `of` events it still held."""
    of: int
    moved: int = 0
    """By how many whole hours it moved everything; 0 where events are missing instead."""
    until: datetime
    """The end of what it covered: what comes into view beyond says nothing of it."""
