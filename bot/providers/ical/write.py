"""Drafts -> VEVENTs.

A new object carries its zone (times in UTC make some apps show UTC to people) and the VTIMEZONE for it. An existing
object is edited in place: alarms, categories and everything else that its owner or their app added stays.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import icalendar
from icalendar.prop import vCalAddress, vText, vUri

from bot.core.errors import NotACalendar
from bot.core.events import Draft, Invitee
from bot.core.zones import local
from bot.providers.ical.lines import document
from bot.providers.ical.vtimezone import described
from bot.providers.ical.zones import known

PRODUCT = "-//Overlap//Overlap//EN"
TAG = "X-OVERLAP-MEETING"
STAMPS = frozenset({"DTSTAMP", "LAST-MODIFIED"})
_ROOM = {"CUTYPE": "ROOM", "ROLE": "NON-PARTICIPANT"}
_BROKEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def drafted(draft: Draft, now: datetime, *, organiser: str | None, existing: bytes | None = None) -> bytes | None:
    """The object that stands as drafted; None when `existing` already does.

    `organiser` is the owner's own address, for servers that invite.
    """
    calendar = _new() if existing is None else _parsed(existing)
    event = _master(calendar, draft.uid)
    before = _told(event)
    _fill(event, draft, organiser)
    if existing is not None and _told(event) == before:
        return None
    for name in STAMPS:
        _set(event, name, now.replace(microsecond=0))
    _describe_zone(calendar, draft)
    data: bytes = calendar.to_ical()
    return data


def _new() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    return calendar


def _parsed(data: bytes) -> icalendar.Calendar:
    document(data)
    try:
        return icalendar.Calendar.from_ical(data)
    except (ValueError, KeyError) as error:
        raise NotACalendar("The event that stands there cannot be read.") from error


def _master(calendar: icalendar.Calendar, uid: str) -> Any:
    for event in calendar.walk("VEVENT"):
        if str(event.get("UID", "")).strip() == uid and "RECURRENCE-ID" not in event:
            return event
    event = icalendar.Event()
    event.add("UID", uid)
    calendar.add_component(event)
    return event


def _fill(event: Any, draft: Draft, organiser: str | None) -> None:
    start, end = _shown(draft.when.start, draft.zone), _shown(draft.when.end, draft.zone)
    kept = int(event.get("SEQUENCE", 0) or 0)
    _set(event, "DTSTART", start)
    event.pop("DURATION", None)
    _set(event, "DTEND", end)
    _set(event, "SUMMARY", _clean(draft.title))
    _set(event, "SEQUENCE", max(kept, draft.sequence))
    _set(event, "STATUS", draft.status.value.upper())
    _set(event, "TRANSP", "OPAQUE")
    event[TAG] = vText(draft.meeting)
    if draft.description:
        _set(event, "DESCRIPTION", _clean(draft.description))
    if draft.link is not None:
        _link(event, draft.link)
    _invite(event, [one for one in draft.invitees if one.is_invited and one.email], organiser)


def _shown(at: datetime, zone: str) -> datetime:
    """The time as the clocks of that zone show it; in UTC where they show it twice, and it is the second time."""
    there = local(at, zone)
    return there if there.replace(fold=0).astimezone(UTC) == at else at


def _link(event: Any, link: str) -> None:
    """The link where apps look for it: CONFERENCE (RFC 7986 §5.11), and the places that older ones know."""
    old = str(event.get("URL", ""))
    conference = vUri(link)
    conference.params["VALUE"], conference.params["FEATURE"] = "URI", "VIDEO"
    event["CONFERENCE"] = conference
    event["URL"] = vUri(link)
    if str(event.get("LOCATION", "")) in ("", old):  # a room that somebody filled in stays
        _set(event, "LOCATION", link)


def _invite(event: Any, invitees: Sequence[Invitee], organiser: str | None) -> None:
    """ATTENDEE lines for those the server is to invite, keeping what they answered; nobody else is ever named."""
    standing = event.get("ATTENDEE", [])
    known_lines = {_address(one): one for one in (standing if isinstance(standing, list) else [standing])}
    event.pop("ATTENDEE", None)
    if not invitees or organiser is None:
        event.pop("ORGANIZER", None)
        return
    _set(event, "ORGANIZER", vCalAddress(f"mailto:{organiser}"))
    for one in invitees:
        address = (one.email or "").lower()
        line = known_lines.get(address)
        if line is None:
            line = vCalAddress(f"mailto:{address}")
            line.params.update({"CN": _clean(one.name).replace('"', "'"), "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
            line.params.update(_ROOM if one.is_room else {"ROLE": "REQ-PARTICIPANT"})
        event.add("ATTENDEE", line, encode=0)


def _address(line: object) -> str:
    return str(line).strip().lower().removeprefix("mailto:")


def _set(event: Any, name: str, value: Any) -> None:
    event.pop(name, None)
    event.add(name, value)


def _clean(words: str) -> str:
    """Without control characters; line breaks stay, and are escaped where they are written."""
    return _BROKEN.sub(" ", words.replace("\r\n", "\n").replace("\r", "\n"))


def _told(event: Any) -> bytes:
    """Everything the event says but when it was written."""
    lines: bytes = event.to_ical()
    stamps = tuple(name.encode() for name in STAMPS)
    return b"\n".join(sorted(line for line in lines.splitlines() if not line.startswith(stamps)))


def _describe_zone(calendar: icalendar.Calendar, draft: Draft) -> None:
    if draft.zone == "UTC" or any(known(str(one.get("TZID", ""))) == draft.zone for one in calendar.walk("VTIMEZONE")):
        return
    year = draft.when.start.year
    lines = described(draft.zone, year - 1, year + 3)
    calendar.subcomponents.insert(0, icalendar.Timezone.from_ical("\r\n".join(lines).encode()))
