"""The mailboxes: calendars, events, what Exchange does by itself, and everything that changed."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.playground.stands.microsoft.directory import Directory, MicrosoftRoom, MicrosoftUser
from bot.playground.stands.microsoft.events import TEAMS_BLOCK, Held, Json, answered
from bot.playground.stands.microsoft.strict import Refused


@dataclass(slots=True, kw_only=True)
class Shelf:
    """One calendar."""

    owner: str
    """Of whom, by oid."""
    name: str
    id: str = field(default_factory=lambda: f"AAMkAD{secrets.token_urlsafe(24)}=")
    can_edit: bool = True
    is_default: bool = False
    has_teams: bool = True


@dataclass(frozen=True, slots=True)
class Mail:
    """Something that Exchange sent by itself."""

    kind: str
    """`invited`, `updated`, `cancelled`, `accepted`, `declined`, `tentativelyAccepted`."""
    to: str
    ical_uid: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to an event."""

    calendar: str
    event: str
    kind: str
    """`created`, `updated`, `deleted`."""


@dataclass
class Mailboxes:
    """All of them. Every change goes through `put` and `drop`."""

    directory: Directory
    now: Callable[[], float] = time.time
    shelves: dict[str, Shelf] = field(default_factory=dict)
    events: dict[str, Held] = field(default_factory=dict)
    transactions: dict[tuple[str, str], Held] = field(default_factory=dict)
    """By owner and transactionId: what was first made, deleted or not."""
    log: list[Change] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    listeners: list[Callable[[Change], None]] = field(default_factory=list)
    room_seconds: float = 0.0
    """How long a room takes to answer."""
    links_wait: bool = False
    """Whether Teams links are still being made."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def shelf(self, owner: str, named: str) -> Shelf:
        """That calendar of theirs."""
        found = self.shelves.get(named)
        if found is None or found.owner != owner:
            raise Refused(404, "ErrorItemNotFound", "The specified object was not found.", is_mistake=False)
        return found

    def default(self, user: MicrosoftUser) -> Shelf:
        found = next((one for one in self.shelves.values() if one.owner == user.oid and one.is_default), None)
        return found or self.add(user, "Calendar", is_default=True)

    def add(self, user: MicrosoftUser, name: str, *, is_default: bool = False, can_edit: bool = True) -> Shelf:
        made = Shelf(owner=user.oid, name=name, is_default=is_default, can_edit=can_edit, has_teams=user.is_work)
        with self.lock:
            self.shelves[made.id] = made
        return made

    def of(self, calendar: str) -> list[Held]:
        """Every event of a calendar, with what has happened to it meanwhile."""
        with self.lock:
            self._settle()
            return [one for one in self.events.values() if one.calendar == calendar]

    def event(self, owner: str, named: str) -> Held:
        with self.lock:
            self._settle()
            found = self.events.get(named)
            if found is None or self.shelves[found.calendar].owner != owner:
                raise Refused(404, "ErrorItemNotFound", "The specified object was not found.", is_mistake=False)
            return found

    def put(self, event: Held, kind: str = "updated") -> Held:
        with self.lock:
            self.events[event.id] = event
            self._note(Change(event.calendar, event.id, kind))
        return event

    def drop(self, event: Held) -> None:
        with self.lock:
            if self.events.pop(event.id, None) is not None:
                self._note(Change(event.calendar, event.id, "deleted"))

    def make(self, event: Held) -> Held:
        """A new event by its organiser: invitations go out, a Teams link comes."""
        if event.is_online:
            url = f"https://teams.microsoft.com/l/meetup-join/{secrets.token_urlsafe(18)}"
            event.join_url = url
            event.body += TEAMS_BLOCK.format(url=url)
        event.asked_at = self.now()
        self.put(event, "created")
        for one in event.attendees:
            self._invite(event, one["emailAddress"]["address"], "invited")
        return self.events[event.id]

    def change(self, before: Held, after: Held, *, is_moved: bool) -> Held:
        """Its organiser changed it: everybody who is invited is told."""
        if after.is_online and not before.is_online:
            url = f"https://teams.microsoft.com/l/meetup-join/{secrets.token_urlsafe(18)}"
            after.join_url = url
            after.body += TEAMS_BLOCK.format(url=url)
        elif before.is_online and before.join_url not in after.body:
            after.join_url = ""  # whoever writes over the Teams block has lost the way in
        if is_moved:
            after.asked_at = self.now()
            after.attendees = [one | {"status": {"response": "none", "time": ""}} for one in after.attendees]
        self.put(after)
        here = {one["emailAddress"]["address"].lower() for one in after.attendees}
        there = {one["emailAddress"]["address"].lower() for one in before.attendees}
        for address in here:
            self._invite(after, address, "invited" if address not in there else "updated")
        for address in there - here:
            self._uninvite(after, address)
        return self.events[after.id]

    def cancel(self, event: Held) -> None:
        """Its organiser takes it away."""
        self.drop(event)
        for one in event.attendees:
            self._uninvite(event, one["emailAddress"]["address"])

    def answer(self, event: Held, response: str) -> None:
        """An invited one answers: the organiser's event hears of it."""
        owner = self.directory.by_oid(self.shelves[event.calendar].owner)
        shown = {"accepted": "busy", "tentativelyAccepted": "tentative", "declined": "free"}[response]
        with self.lock:
            self.put(event.changed(response=response, show_as=shown))
            self.mails.append(Mail(response, event.organizer, event.ical_uid))
            original = self._organised(event.ical_uid)
            if original is not None:
                attendees = answered(original.attendees, owner.email, response)
                self.put(original.changed(attendees=attendees))

    def busy(self, owner: MicrosoftUser | MicrosoftRoom) -> list[tuple[datetime, datetime, str]]:
        """What their default calendar shows, or what a room is booked for."""
        if isinstance(owner, MicrosoftRoom):
            booked = (
                one
                for one in list(self.events.values())
                if one.is_organizer and _answer_of(one, owner.email) == "accepted" and not one.is_cancelled
            )
            return [(one.start, one.end, "busy") for one in booked]
        return [
            (one.start, one.end, one.show_as)
            for one in self.of(self.default(owner).id)
            if one.type != "seriesMaster" and not one.is_cancelled and one.response != "declined"
        ]

    def _note(self, change: Change) -> None:
        self.log.append(change)
        for one in list(self.listeners):
            one(change)

    def _invite(self, event: Held, address: str, kind: str) -> None:
        self.mails.append(Mail(kind, address.lower(), event.ical_uid))
        who = self._colleague(event, address)
        if who is None:
            return
        shelf = self.default(who)
        standing = next((one for one in self.of(shelf.id) if one.ical_uid == event.ical_uid), None)
        shared = {
            "start": event.start,
            "end": event.end,
            "days": event.days,
            "subject": event.subject,
            "body": event.body,
            "attendees": event.attendees,
            "location": event.location,
            "is_online": event.is_online,
            "join_url": event.join_url,
        }
        if standing is None:
            # Of the organiser's extended properties nothing travels.
            copy = Held(
                calendar=shelf.id,
                ical_uid=event.ical_uid,
                show_as="tentative",
                response="notResponded",
                organizer=event.organizer,
                is_organizer=False,
                **shared,  # type: ignore[arg-type]
            )
            self.put(copy, "created")
        elif (standing.start, standing.end) != (event.start, event.end):
            self.put(standing.changed(**shared, response="notResponded", show_as="tentative", is_cancelled=False))
        else:
            self.put(standing.changed(**shared))

    def _uninvite(self, event: Held, address: str) -> None:
        self.mails.append(Mail("cancelled", address.lower(), event.ical_uid))
        who = self._colleague(event, address)
        for one in [] if who is None else self.of(self.default(who).id):
            if one.ical_uid == event.ical_uid and not one.is_organizer:
                self.put(one.changed(is_cancelled=True, show_as="free", subject=f"Canceled: {one.subject}"))

    def _colleague(self, event: Held, address: str) -> MicrosoftUser | None:
        """Whoever's mailbox is in the same tenant, so that the copy comes by itself."""
        who = self.directory.users.get(address.lower())
        owner = self.directory.by_oid(self.shelves[event.calendar].owner)
        same = who is not None and who.is_work and who.tenant == owner.tenant and who.oid != owner.oid
        return who if same else None

    def _organised(self, ical_uid: str) -> Held | None:
        return next((one for one in self.events.values() if one.ical_uid == ical_uid and one.is_organizer), None)

    def _settle(self) -> None:
        """Rooms that were asked long enough ago have answered."""
        for event in list(self.events.values()):
            waiting = [
                one["emailAddress"]["address"]
                for one in event.attendees
                if one["emailAddress"]["address"].lower() in self.directory.rooms
                and (one.get("status") or {}).get("response", "none") == "none"
            ]
            if event.is_organizer and waiting and event.asked_at + self.room_seconds <= self.now():
                attendees: list[Json] = event.attendees
                for address in waiting:
                    room = self.directory.rooms[address.lower()]
                    is_free = not any(start < event.end and event.start < end for start, end, _ in self.busy(room))
                    attendees = answered(attendees, address, "accepted" if is_free else "declined")
                self.put(event.changed(attendees=attendees))


def _answer_of(event: Held, address: str) -> str:
    for one in event.attendees:
        if one["emailAddress"]["address"].lower() == address.lower():
            return str((one.get("status") or {}).get("response", "none"))
    return ""


def utc(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC).replace(microsecond=0)
