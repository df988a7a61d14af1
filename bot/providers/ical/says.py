"""What one VEVENT says apart from its times: whether it blocks, how hard, and whether it is ours."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from icalendar.prop import vDuration

from bot.core.events import Kind, Response, Status
from bot.core.ids import MeetingId
from bot.providers.ical.lines import Event, Line

FREE = frozenset({"FREE", "WORKINGELSEWHERE"})
UNSURE = frozenset({"TENTATIVE", "NEEDS-ACTION"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One VEVENT, understood."""

    uid: str
    kind: Kind
    blocks: bool
    is_declined: bool
    status: Status
    sequence: int
    ours: MeetingId | None
    duration: timedelta | None
    """DURATION, where it stands instead of DTEND."""
    is_exact: bool
    """Whether the duration is in hours, which are exact, and not in days, which follow the clock (RFC 5545 §3.3.6)."""


def said(uid: str, event: Event, addresses: Collection[str]) -> Said:
    """What it says to the person with these addresses; an unknown value blocks."""
    status = _status(event)
    answer = _answer(event, addresses)
    shown = event.value("X-MICROSOFT-CDO-BUSYSTATUS") or event.value("X-MICROSOFT-CDO-INTENDEDSTATUS")
    is_free = (
        answer in ("DECLINED", "DELEGATED")
        or status is Status.CANCELLED
        or event.value("TRANSP") == "TRANSPARENT"
        or shown in FREE
    )
    tag = event.first("X-OVERLAP-MEETING")
    has_periods = any(line.params.get("VALUE", "").upper() == "PERIOD" for line in event.every("RDATE"))
    return Said(
        uid=uid,
        kind=_kind(status, answer, shown),
        blocks=not is_free,
        is_declined=answer == "DECLINED",
        status=status,
        sequence=number(event.value("SEQUENCE")),
        ours=MeetingId(tag.value.strip()) if tag is not None and tag.value.strip() else None,
        duration=_duration(event),
        is_exact="T" in event.value("DURATION") and not has_periods,
    )


def answers(event: Event) -> Iterator[tuple[str, Response]]:
    """What each ATTENDEE has answered, by address; an answer that we do not know is none."""
    for line in event.every("ATTENDEE"):
        told = line.params.get("PARTSTAT", Response.NEEDS_ACTION).lower()
        known = told if told in frozenset(Response) else Response.NEEDS_ACTION
        yield line.value.strip().lower().removeprefix("mailto:"), Response(known)


def number(value: str) -> int:
    """A SEQUENCE; nothing, and nonsense, count as 0 (RFC 5545 §3.8.7.4)."""
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _status(event: Event) -> Status:
    match event.value("STATUS"):
        case "CANCELLED":
            return Status.CANCELLED
        case "TENTATIVE":
            return Status.TENTATIVE
        case _:
            return Status.CONFIRMED


def _kind(status: Status, answer: str, shown: str) -> Kind:
    if status is Status.TENTATIVE or answer in UNSURE or shown == "TENTATIVE":
        return Kind.SOFT
    return Kind.AWAY if shown == "OOF" else Kind.HARD


def _duration(event: Event) -> timedelta | None:
    given = event.first("DURATION")
    if given is None or event.first("DTEND") is not None:
        return None
    try:
        length: timedelta = vDuration.from_ical(given.value.strip())
    except ValueError:
        return None
    return max(length, timedelta(0))


def _answer(event: Event, addresses: Collection[str]) -> str:
    """The owner's own PARTSTAT; nothing where they are no attendee."""
    mine = next((line for line in event.every("ATTENDEE") if _is_one_of(line, addresses)), None)
    if mine is None:
        return ""
    answer = mine.params.get("PARTSTAT", "NEEDS-ACTION").upper()
    is_host = any(_is_one_of(line, addresses) for line in event.every("ORGANIZER"))
    # Who invites others need not answer their own invitation: some apps list them, unanswered, among the guests.
    return "" if is_host and answer == "NEEDS-ACTION" else answer


def _is_one_of(line: Line, addresses: Collection[str]) -> bool:
    told = {line.value.strip().lower().removeprefix("mailto:"), line.params.get("EMAIL", "").lower()}
    return any(address in told for address in addresses)
