"""What one VEVENT says apart from its times: whether it blocks, how hard, and whether it is ours."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from bot.core.events import BusyCause, Kind, Response, Status, could_block
from bot.core.ids import MeetingId
from bot.providers.ical.lines import Event, Line, unfolded
from bot.providers.ical.stamps import duration

STATE = (
    "STATUS",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-MICROSOFT-CDO-INTENDEDSTATUS",
    "SEQUENCE",
    "X-OVERLAP-MEETING",
)
MOST_STATE = 300
STATUSES = {"CANCELLED": Status.CANCELLED, "TENTATIVE": Status.TENTATIVE}
BUSY = frozenset({"BUSY", "OOF"})
FREE = frozenset({"FREE", "WORKINGELSEWHERE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One VEVENT, understood."""

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
    cause: BusyCause

    def may_block(self, *, all_day: bool) -> bool:
        """Whether it blocks, or would by a choice of its owner's."""
        return self.blocks or could_block(self.cause, all_day)


def said(event: Event, addresses: Collection[str]) -> Said:
    """What it says to the person with these addresses; an unknown value blocks."""
    props = event.props
    answer = _answer(event, addresses) if addresses and "ATTENDEE" in props else ""
    written = tuple([props.get(name, b"") for name in STATE])
    lasts = props.get("DURATION", b"") if "DTEND" not in props else b""
    if "RDATE" in props or len(lasts) + sum(map(len, written)) > MOST_STATE:
        return _said(written, answer, lasts, has_periods=_has_periods(event))
    return _known(written, answer, lasts)


def _said(written: tuple[bytes, ...], answer: str, lasts: bytes, *, has_periods: bool = False) -> Said:
    state, transparent, shown, intended, sequence, tag = written
    status = STATUSES.get(_value(state), Status.CONFIRMED)
    outlook = _value(shown) or _value(intended)
    is_off = answer in ("DECLINED", "DELEGATED") or status is Status.CANCELLED
    is_free = (
        # What somebody accepted and their app shows as busy is busy, whatever the file was told besides.
        (_value(transparent) == "TRANSPARENT" and not (answer == "ACCEPTED" and outlook in BUSY)) or outlook in FREE
    )
    kind, cause = _kind(status, answer, outlook)
    length = duration(_value(lasts)) if lasts else None
    return Said(
        kind=kind,
        blocks=not (is_off or is_free),
        is_declined=answer == "DECLINED",
        status=status,
        sequence=number(_value(sequence)),
        ours=MeetingId(tag.partition(b":")[2].decode(errors="replace").strip()) if tag.strip(b": ") else None,
        duration=None if length is None else max(length, timedelta(0)),
        is_exact=length is not None and "T" in _value(lasts) and not has_periods,
        cause=BusyCause.PLAIN if is_off else _free(outlook) if is_free else cause,
    )


_known = lru_cache(maxsize=4096)(_said)
"""Most events say what another has said."""


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


def _kind(status: Status, answer: str, shown: str) -> tuple[Kind, BusyCause]:
    if answer == "NEEDS-ACTION":
        return Kind.SOFT, BusyCause.UNANSWERED
    if status is Status.TENTATIVE or answer == "TENTATIVE" or shown == "TENTATIVE":
        return Kind.SOFT, BusyCause.TENTATIVE
    return (Kind.AWAY, BusyCause.AWAY) if shown == "OOF" else (Kind.HARD, BusyCause.PLAIN)


def _free(shown: str) -> BusyCause:
    return BusyCause.ELSEWHERE if shown == "WORKINGELSEWHERE" else BusyCause.FREE


def _answer(event: Event, addresses: Collection[str]) -> str:
    """The owner's own PARTSTAT; nothing where they are no attendee."""
    written = unfolded(b"\n".join(event.raw("ATTENDEE"))).lower()
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


def free_busy(kind: Kind, cause: BusyCause) -> Said:
    """What a stretch says that is busy and nothing else."""
    return replace(_said((b"",) * len(STATE), "", b""), kind=kind, cause=cause)
