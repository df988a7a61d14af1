"""What one VEVENT says apart from its times: whether it blocks, how hard, and whether it is ours."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from bot.core.addresses import GMAIL, folded
from bot.core.events import BusyCause, Kind, Response, Status, could_block
from bot.core.ids import MeetingId
from bot.providers.ical.lines import Event, line, unfolded
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
_FOLDS = re.compile(rb"\+|@(?:%s)" % b"|".join(map(re.escape, map(str.encode, GMAIL))))
"""What makes one mailbox of several addresses."""


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


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom an ATTENDEE or ORGANIZER names, and their PARTSTAT."""

    addresses: tuple[str, ...]
    answer: str


def said(event: Event, addresses: Collection[str]) -> Said:
    """What it says to the person with these addresses; an unknown value blocks."""
    props = event.props
    answer = _answer(event, addresses) if addresses and "ATTENDEE" in props else ""
    written = tuple([props.get(name, b"") for name in STATE])
    lasts = props.get("DURATION", b"") if "DTEND" not in props else b""
    if "RDATE" in props or len(lasts) + len(b"".join(written)) > MOST_STATE:
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
    return any(one.params.get("VALUE", "").upper() == "PERIOD" for one in event.every("RDATE"))


def answers(event: Event) -> Iterator[tuple[str, Response]]:
    """What each ATTENDEE has answered, by address; an answer that we do not know is none."""
    for one in event.every("ATTENDEE"):
        told = one.params.get("PARTSTAT", Response.NEEDS_ACTION).lower()
        known = told if told in frozenset(Response) else Response.NEEDS_ACTION
        yield one.value.strip().lower().removeprefix("mailto:"), Response(known)


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
    mine = _named(event, "ATTENDEE", addresses)
    if mine is None:
        return ""
    # Who invites others need not answer their own invitation: some apps list them, unanswered, among the guests.
    is_open = mine.answer == "NEEDS-ACTION"
    return "" if is_open and _named(event, "ORGANIZER", addresses) is not None else mine.answer


def _named(event: Event, name: str, addresses: Collection[str]) -> Guest | None:
    """The line of that name that names the owner: by an address as it is, or else by one that reaches their mailbox."""
    written = unfolded(b"\n".join(event.raw(name))).lower()
    for address in addresses:
        wanted = address.encode()
        at = written.find(wanted)
        while at >= 0:
            # Of some hundred guests only this line is taken apart.
            ends = written.find(b"\n", at)
            guest = _guest(written[written.rfind(b"\n", 0, at) + 1 : ends if ends >= 0 else len(written)])
            if address in guest.addresses:
                return guest
            at = written.find(wanted, ends) if ends >= 0 else -1
    return _tagged(written, addresses) if _FOLDS.search(written) else None


def _tagged(written: bytes, addresses: Collection[str]) -> Guest | None:
    mailboxes = set(map(folded, addresses))
    guests = (_guest(line) for line in written.split(b"\n") if _FOLDS.search(line))
    return next((guest for guest in guests if not mailboxes.isdisjoint(map(folded, guest.addresses))), None)


@lru_cache(maxsize=1024)
def _guest(rest: bytes) -> Guest:
    """What stands in such a line, unfolded and in lower case, after its name."""
    told = line("ATTENDEE" + rest.decode(errors="replace"))
    named = (told.value.strip().removeprefix("mailto:"), told.params.get("EMAIL", ""))
    return Guest(tuple(filter(None, named)), told.params.get("PARTSTAT", "NEEDS-ACTION").upper())


def free_busy(kind: Kind, cause: BusyCause) -> Said:
    """What a stretch says that is busy and nothing else."""
    return replace(_said((b"",) * len(STATE), "", b""), kind=kind, cause=cause)
