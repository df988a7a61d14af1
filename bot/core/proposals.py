"""What is offered: slots, who they are for, and what they rest on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.core.ids import CalendarId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.intervals import Interval
from bot.core.reasons import Code, Point, Relaxation
from bot.core.requests import Request


class ProposalState(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    """For a person in `waiting_for` to connect a calendar; kept 24 hours."""
    OPEN = "open"
    BOOKED = "booked"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


class Vouching(StrEnum):
    """Whether a calendar may vouch for free time (house: "Known, stale, unknown")."""

    KNOWN = "known"
    AHEAD = "ahead"
    """It vouches for what it has read, and is being read further ahead."""
    READING = "reading"
    """Too old or known to be dirty; its reading has been asked for."""
    BROKEN = "broken"
    """It cannot be read until its owner acts (401, 403, 404)."""


class Origin(StrEnum):
    """Where what is known of somebody's time comes from, the surest first."""

    OWN = "own"
    """A calendar that they connected, kept in sync."""
    COMPANY = "company"
    """What their company's calendar shows of them to the one who asks."""
    FEED = "feed"
    """A published feed: as fresh as its publisher makes it."""
    IMPORT = "import"
    """Read once from a file: it adds busy time and proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One calendar that an offer rests on."""

    person: PersonId
    calendar: CalendarId
    name: str
    """Shown to the calendar's own owner only."""
    read_at: datetime | None
    vouching: Vouching
    origin: Origin = Origin.OWN


@dataclass(frozen=True, slots=True)
class Slot:
    """One time on offer; `id` is stable for the life of the proposal."""

    id: str
    when: Interval
    points: tuple[Point, ...] = ()
    """What it asks of whom, where it stands."""


@dataclass(frozen=True, slots=True)
class Way:
    """A time that would do, were something else than what was asked for allowed; `id` is that of its time."""

    id: str
    relaxation: Relaxation

    @property
    def when(self) -> Interval:
        start = datetime.fromtimestamp(self.relaxation.start, UTC)
        return Interval(start, start + timedelta(seconds=self.relaxation.length))

    def costs(self, person: PersonId) -> tuple[Code, ...]:
        """What of theirs it overlooks."""
        return tuple(cause.code for cause in self.relaxation.overlooks if cause.person == person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An answer to a request: what was understood, the times, and what they rest on."""

    id: ProposalId
    tenant: TenantId
    asker: PersonId
    people: tuple[PersonId, ...]
    """Everyone who must be there, the asker first."""
    request: Request
    state: ProposalState
    created_at: datetime
    slots: tuple[Slot, ...] = ()
    """In rank order, all pages."""
    ways: tuple[Way, ...] = ()
    """Where nothing fits: what would, the cheapest first."""
    is_beside: bool = False
    """One exact time was asked for and does not fit: the slots are the nearest that do, and the first way is it."""
    confirming: str | None = None
    """The way that its asker was told the price of, and has not said yes to."""
    page: int = 0
    basis: tuple[Basis, ...] = ()
    waiting_for: tuple[PersonId, ...] = ()
    """People of whom no calendar tells."""
    without: tuple[PersonId, ...] = ()
    """People whom the asker would book without seeing their calendar."""
    unseen: tuple[PersonId, ...] = ()
    """Those of them whose time is not known now: every slot is offered without it, and says so."""
    opened_at: datetime | None = None
    """When it had its first times, where it had to wait for them."""
    reading_until: datetime | None = None
    """While set, a reading was asked for, and until then "nothing fits" is not said."""
    meeting: MeetingId | None = None
    failed: MeetingId | None = None
    """The meeting that was booked of it last and failed: its message shows these times too."""
    version: int = 1

    def slot(self, slot_id: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.id == slot_id), None)

    def way(self, way_id: str | None) -> Way | None:
        return next((way for way in self.ways if way.id == way_id), None)
