"""What stands in calendars: what blocks, what is ours, and what we want to write."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.errors import InvalidInput
from bot.core.ids import CalendarId, MeetingId
from bot.core.intervals import Interval


class Kind(StrEnum):
    """How hard a stretch blocks. What is free or ignored is no row at all."""

    HARD = "hard"
    SOFT = "soft"
    """Tentative, unanswered, focus time: blocks at this stage, named as soft."""
    AWAY = "away"
    """Out of office: blocks as hard does."""


class BusyCause(StrEnum):
    """Why an instance blocks as hard as it does, or not at all: what its owner's choices go by (`core/choices`)."""

    PLAIN = "plain"
    TENTATIVE = "tentative"
    """Its owner said "maybe", or its organiser did."""
    UNANSWERED = "unanswered"
    """Its owner has not answered the invitation."""
    FOCUS = "focus"
    AWAY = "away"
    """Out of office."""
    ELSEWHERE = "elsewhere"
    """Working elsewhere."""
    FREE = "free"
    """Shown as free. Kept where it fills whole days: some calendars count those, however they are shown."""


class Status(StrEnum):
    """The STATUS of an event (RFC 5545 §3.8.1.11)."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Response(StrEnum):
    """Somebody's answer to a meeting (PARTSTAT, RFC 5545 §3.2.12)."""

    NEEDS_ACTION = "needs-action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance of one event, as a calendar tells it: never with its title."""

    uid: str
    starts: datetime
    """Which instance of the series: its original start, UTC (RECURRENCE-ID)."""
    when: Interval
    """Where it stands now."""
    kind: Kind
    all_day: bool = False
    ours: MeetingId | None = None
    """The meeting of ours that this is a copy of, by its tag."""
    status: Status = Status.CONFIRMED
    sequence: int = 0
    blocks: bool = True
    """False: free, declined or cancelled, and known at all only because it is ours, or because it `may_block`."""
    is_declined: bool = False
    """Its owner declined it (their own PARTSTAT)."""
    cause: BusyCause = BusyCause.PLAIN

    @property
    def may_block(self) -> bool:
        """Whether it blocks, or would by a choice of its owner's."""
        return self.blocks or could_block(self.cause, self.all_day)


def could_block(cause: BusyCause, all_day: bool) -> bool:
    """Whether what does not block could by a choice of its owner's: time elsewhere, and whole days shown as free."""
    return cause is BusyCause.ELSEWHERE or (all_day and cause is BusyCause.FREE)


def distinct(found: Iterable[Instance]) -> list[Instance]:
    """One for each UID and instance; where two claim to be the same one, the time of neither is lost."""
    kept: dict[tuple[str, datetime], Instance] = {}
    for one in found:
        other = kept.get((one.uid, one.starts))
        if other is not None and one.may_block and other.may_block and not one.when.overlaps(other.when):
            one = replace(one, starts=one.when.start)  # noqa: PLW2901 - the same instance at two times is two
            other = kept.get((one.uid, one.starts))
        key = (one.uid, one.starts)
        if other is None or (one.blocks and not other.blocks):
            kept[key] = one
        elif one.blocks:
            hull = Interval(min(one.when.start, other.when.start), max(one.when.end, other.when.end))
            kept[key] = replace(max(other, one, key=lambda it: it.sequence), when=hull)
    return list(kept.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """A row of the mirror: an instance, in one of our calendars."""

    calendar: CalendarId
    instance: Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """Somebody who belongs to an event: named in it, and invited by address where the road says so."""

    name: str
    email: str | None = None
    is_invited: bool = False
    """True makes them an ATTENDEE, so that the provider invites; False only names them in the description."""
    is_room: bool = False
    """A room or equipment: an ATTENDEE of its own kind (CUTYPE=ROOM, `resource`), which answers by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event of ours as it should stand in one calendar; writing it twice is writing it once."""

    uid: str
    meeting: MeetingId
    title: str
    when: Interval
    zone: str
    """The zone of the calendar's owner: DTSTART carries it."""
    sequence: int
    status: Status = Status.CONFIRMED
    link: str | None = None
    description: str = ""
    invitees: tuple[Invitee, ...] = ()
    wants_video: bool = False
    """The service makes a video link of its own, where it can (`Abilities.video`); it may arrive later."""

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InvalidInput("an event needs a title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An event of ours as the calendar says it stands."""

    uid: str
    meeting: MeetingId | None
    when: Interval
    sequence: int
    status: Status
    etag: str | None
    """None where the server gave none (or a weak one, which never satisfies If-Match)."""
    ical_uid: str | None = None
    """The UID under which its service shows it to others, where that is not ours to choose (Google, Graph)."""
    link: str | None = None
    """The video link that the service made; None while it makes one, and where it makes none."""
    answers: tuple[tuple[str, Response], ...] = ()
    """What each ATTENDEE (lower-case address) has answered there, rooms too."""
