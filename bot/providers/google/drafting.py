"""Drafts -> what is to stand in an event at Google, and back.

Only what differs is written (PATCH), so that whatever people or other applications added stays. Our marks stand in
the shared properties, which every guest's copy has, and in the private ones, which are the organiser's own.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bot.core.events import Draft, Invitee, Response, Status, Written
from bot.core.ids import MeetingId
from bot.core.zones import local
from bot.providers.google.reading import MEETING, TAG, UID, Moment, instant, status, stretch

Event = dict[str, Any]
"""An event as Google tells it, with all that we do not know."""

LINK = "overlapLink"
GUESTS = "overlapGuests"
"""Whom we invited, as fingerprints: somebody whom the owner added by hand is not ours to remove."""
LONGEST_MARK = 1024
MEET = "hangoutsMeet"
_BROKEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ANSWERS = {
    "needsAction": Response.NEEDS_ACTION,
    "accepted": Response.ACCEPTED,
    "tentative": Response.TENTATIVE,
    "declined": Response.DECLINED,
}
ANSWERS = {response: told for told, response in _ANSWERS.items()}


def event_id(uid: str, generation: int) -> str:
    """The id that our event has at Google: the same for the same UID, and another once an event of that id was deleted.

    A deleted event keeps its id for ever (https://developers.google.com/workspace/calendar/api/v3/reference/events/insert).
    """
    kept = hashlib.sha256(f"{uid}\x1f{generation}".encode()).digest()
    return base64.b32hexencode(kept).decode().rstrip("=").lower()


def created(draft: Draft, *, generation: int, owner: str) -> Event:
    """A new event, as drafted."""
    event = changes(draft, {})
    event["id"] = event_id(draft.uid, generation)
    event["reminders"] = {"useDefault": True}
    if any(one.is_invited for one in draft.invitees):
        event |= {"guestsCanModify": False, "guestsCanInviteOthers": False}
        event["guestsCanSeeOtherGuests"] = not _is_of_strangers(draft.invitees, owner)
    return event


def changes(draft: Draft, stands: Mapping[str, Any]) -> Event:
    """What must be written so that what stands there is as drafted; nothing where it already is."""
    told = _told(draft, stands)
    changed = {name: value for name, value in told.items() if not _same(name, stands.get(name), value)}
    # Of a move that does not name it, Google raises the SEQUENCE itself, which is ours to count.
    return {**changed, "sequence": told["sequence"]} if changed else {}


def wants_conference(draft: Draft, stands: Mapping[str, Any]) -> bool:
    """Whether a video link is to be made: there is none, and none is being made."""
    kept = stands.get("conferenceData") or {}
    return draft.wants_video and not kept.get("entryPoints") and _conference_state(kept) != "pending"


def conference(draft: Draft, stands: Mapping[str, Any]) -> Event:
    """The order of a video link. Google ignores an order that it had before, so one after a failure has a new name."""
    before = ((stands.get("conferenceData") or {}).get("createRequest") or {}).get("requestId", "")
    return {
        "createRequest": {
            "requestId": hashlib.sha256(f"{draft.uid}\x1f{before}".encode()).hexdigest()[:32],
            "conferenceSolutionKey": {"type": MEET},
        }
    }


def written(event: Mapping[str, Any], zone: str) -> Written:
    """How it stands there."""
    start, end = moment(event.get("start")), moment(event.get("end"))
    marks = tags(event)
    return Written(
        uid=marks.get(UID) or str(event.get("iCalUID", "")),
        meeting=MeetingId(marks[MEETING]) if marks.get(MEETING) else None,
        when=stretch(start, end, zone),
        sequence=int(event.get("sequence") or 0),
        status=status(str(event.get("status") or "confirmed")),
        etag=event.get("etag"),
        ical_uid=event.get("iCalUID"),
        link=video(event),
        answers=tuple(
            (str(guest["email"]).lower(), _ANSWERS.get(str(guest.get("responseStatus")), Response.NEEDS_ACTION))
            for guest in event.get("attendees") or ()
            if guest.get("email") and not guest.get("organizer")
        ),
    )


def video(event: Mapping[str, Any]) -> str | None:
    """The video link that Google made; None while it makes one, and where it made none."""
    kept = event.get("conferenceData") or {}
    if _conference_state(kept) in ("pending", "failure"):
        return None
    ways = kept.get("entryPoints") or ()
    found = next((way.get("uri") for way in ways if way.get("entryPointType") == "video"), None)
    return found or event.get("hangoutLink")


def tags(event: Mapping[str, Any]) -> Mapping[str, str]:
    """Our own marks on it."""
    kept = event.get("extendedProperties") or {}
    for marks in (kept.get("shared"), kept.get("private")):
        if marks and marks.get(MEETING):
            found: Mapping[str, str] = marks
            return found
    return {}


def moment(told: Any) -> Moment:
    """A date or an instant, as Google tells it."""
    return msgspec.convert(told or {}, Moment)


def invited(event: Mapping[str, Any]) -> bool:
    """Whether there is anybody to be told of a change."""
    return any(not guest.get("self") for guest in event.get("attendees") or ())


def _told(draft: Draft, stands: Mapping[str, Any]) -> Event:
    """Everything a draft has to say of an event; what it says nothing of is not there."""
    event: Event = {
        "summary": clean(draft.title),
        "start": _shown(draft.when.start, draft.zone, stands.get("start")),
        "end": _shown(draft.when.end, draft.zone, stands.get("end")),
        "sequence": max(draft.sequence, int(stands.get("sequence") or 0)),
        "status": draft.status.value,
        "transparency": "opaque",
        "extendedProperties": _marks(draft),
    }
    if draft.description:
        event["description"] = clean(draft.description)
    if draft.link is not None and stands.get("location", "") in ("", _own_marks(stands).get(LINK)):
        event["location"] = draft.link  # a room that somebody filled in stays
    guests = _guests(draft, stands)
    if guests or stands.get("attendees"):
        event["attendees"] = guests
    return event


def _marks(draft: Draft) -> Event:
    shared = {TAG: "1", MEETING: draft.meeting, UID: draft.uid}
    private = {**shared, LINK: (draft.link or "")[:LONGEST_MARK]}
    asked = " ".join(sorted(map(_fingerprint, _asked(draft))))
    private[GUESTS] = asked if len(asked) <= LONGEST_MARK else ""
    return {"shared": shared, "private": private}


def _guests(draft: Draft, stands: Mapping[str, Any]) -> list[Event]:
    """Whom it is to invite: those who stand there keep their answers, and everything else that is known of them."""
    asked = _asked(draft)
    ours = set(_own_marks(stands).get(GUESTS, "").split())
    kept = [
        guest
        for guest in stands.get("attendees") or ()
        if str(guest.get("email", "")).lower() in asked or _fingerprint(str(guest.get("email", "")).lower()) not in ours
    ]
    known = {str(guest.get("email", "")).lower() for guest in kept}
    return [*kept, *(_guest(address, one) for address, one in asked.items() if address not in known)]


def _guest(address: str, one: Invitee) -> Event:
    """A guest who is asked for the first time, and has answered nothing."""
    guest: Event = {"email": address, "displayName": clean(one.name), "responseStatus": "needsAction"}
    return {**guest, "resource": True} if one.is_room else guest


def _asked(draft: Draft) -> dict[str, Invitee]:
    return {one.email.lower(): one for one in draft.invitees if one.is_invited and one.email}


def _own_marks(stands: Mapping[str, Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = (stands.get("extendedProperties") or {}).get("private") or {}
    return found


def _fingerprint(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:8]


def _shown(at: datetime, zone: str, stands: Any) -> Event:
    """The time with its zone named: in UTC some apps would show UTC to people."""
    shown: Event = {"dateTime": local(at, zone).isoformat(), "timeZone": zone}
    return {**shown, "date": None} if (stands or {}).get("date") else shown


def _same(name: str, stands: Any, wanted: Any) -> bool:
    match name:
        case "start" | "end":
            then, now = moment(stands), moment(wanted)
            if then.at is None or then.time_zone != now.time_zone:
                return False
            return instant(then, "UTC") == instant(now, "UTC")
        case "extendedProperties":
            # Others' properties stay where they are: a PATCH merges them.
            kept = stands or {}
            return all((kept.get(side) or {}).items() >= marks.items() for side, marks in wanted.items())
        case "transparency" | "status" | "sequence":
            absent = {"transparency": "opaque", "status": Status.CONFIRMED.value, "sequence": 0}
            return bool((absent[name] if stands is None else stands) == wanted)
        case _:
            return bool(stands == wanted)


def _conference_state(kept: Mapping[str, Any]) -> str:
    return str(((kept.get("createRequest") or {}).get("status") or {}).get("statusCode", ""))


def _is_of_strangers(invitees: Sequence[Invitee], owner: str) -> bool:
    """Whether guests of other organisations would see each other's addresses."""
    addresses = [one.email.lower() for one in invitees if one.is_invited and one.email and not one.is_room]
    return len(addresses) > 1 and any(one.rpartition("@")[2] != owner.rpartition("@")[2] for one in addresses)


def clean(words: str) -> str:
    """Without control characters; line breaks stay."""
    return _BROKEN.sub(" ", words.replace("\r\n", "\n").replace("\r", "\n"))
