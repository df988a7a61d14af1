"""What one VEVENT says apart from its times: whether it blocks, how hard, and whether it is ours."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from bot.core.events import Kind, Response, Status
from bot.core.ids import MeetingId
from bot.providers.ical.lines import Event, Line
from bot.providers.ical.stamps import duration

STATE = ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS")
MOST_STATE = 200
STATUSES = {"CANCELLED": Status.CANCELLED, "TENTATIVE": Status.TENTATIVE}
BUSY = frozenset({"BUSY", "OOF"})
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
    props = event.props
    status, shown, is_transparent = _state(*(props.get(name, b"")[:MOST_STATE] for name in STATE))
    answer = _answer(event, addresses) if addresses and "ATTENDEE" in props else ""
    is_free = (
        answer in ("DECLINED", "DELEGATED")
        or status is Status.CANCELLED
        # What somebody accepted and their app shows as busy is busy, whatever the file was told besides.
        or (is_transparent and not (answer == "ACCEPTED" and shown in BUSY))
        or shown in FREE
    )
    tag = event.first("X-OVERLAP-MEETING")
    lasts = _duration(event) if "DURATION" in props else None
    return Said(
        uid=uid,
        kind=_kind(status, answer, shown),
        blocks=not is_free,
        is_declined=answer == "DECLINED",
        status=status,
        sequence=number(event.value("SEQUENCE")) if "SEQUENCE" in props else 0,
        ours=MeetingId(tag.value.strip()) if tag is not None and tag.value.strip() else None,
        duration=lasts,
        is_exact=lasts is not None and "T" in event.value("DURATION") and not _has_periods(event),
    )


@lru_cache(maxsize=1024)
def _state(status: bytes, transparent: bytes, shown: bytes, intended: bytes) -> tuple[Status, str, bool]:
    """What the event's own state is, what Outlook shows it as, and whether it is marked as free."""
    outlook = _value(shown) or _value(intended)
    return STATUSES.get(_value(status), Status.CONFIRMED), outlook, _value(transparent) == "TRANSPARENT"


def _value(rest: bytes) -> str:
    return rest.rpartition(b":")[2].decode(errors="replace").strip().upper()


def _has_periods(event: Event) -> bool:
    return any(line.params.get("VALUE", "").upper() == "PERIOD" for line in event.every("RDATE"))


def answers(event: Event) -> Iterator[tuple[str, Response]]:
    """What each ATTENDEE has answered, by address; an answer that we do not know is none."""
    for line in event.every("ATTENDEE"):
        told = line.params.get("PARTSTAT", Response.NEEDS_ACTION).lower()
        known = told if told in frozenset(Response) else Response.NEEDS_ACTION
        yield line.value.strip().lower().removeprefix("mailto:"), Response(known)


def number(value: str) -> int:
    """A SEQUENCE; nothing, and nonsense, count as 0 (RFC 5545 §3.8.7.4)."""
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _kind(status: Status, answer: str, shown: str) -> Kind:
    if status is Status.TENTATIVE or answer in UNSURE or shown == "TENTATIVE":
        return Kind.SOFT
    return Kind.AWAY if shown == "OOF" else Kind.HARD


def _duration(event: Event) -> timedelta | None:
    given = event.first("DURATION")
    if given is None or event.first("DTEND") is not None:
        return None
    length = duration(given.value)
    return None if length is None else max(length, timedelta(0))


def _answer(event: Event, addresses: Collection[str]) -> str:
    """The owner's own PARTSTAT; nothing where they are no attendee."""
    written = b"\n".join(event.raw("ATTENDEE")).lower()
    if not any(address.encode() in written for address in addresses):
        return ""
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


def free_busy(uid: str, kind: Kind) -> Said:
    """What a stretch says that is busy and nothing else."""
    return Said(
        uid=uid,
        kind=kind,
        blocks=True,
        is_declined=False,
        status=Status.CONFIRMED,
        sequence=0,
        ours=None,
        duration=None,
        is_exact=False,
    )
