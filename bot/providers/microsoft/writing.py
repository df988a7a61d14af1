"""Writing an event of ours: found by its tag before anything is made, changed in place, read back.

https://learn.microsoft.com/graph/api/calendar-post-events and /event-update
"""

import re
import uuid
from collections.abc import Collection
from datetime import timedelta
from html import escape
from typing import Any

from bot.core.clock import Clock
from bot.core.errors import NotFound, Refused, Stale, TryLater
from bot.core.events import Draft, Status, Written
from bot.core.intervals import Interval
from bot.providers.base import Remote
from bot.providers.microsoft.api import Graph, Misunderstood
from bot.providers.microsoft.people import attendees, fingerprint
from bot.providers.microsoft.reading import (
    WHOLE,
    all_by_uid,
    event_path,
    found_by_ical_uid,
    found_by_uid,
    literal,
    path,
    status,
    stretch,
    written,
)
from bot.providers.microsoft.shapes import Calendar, Event
from bot.providers.microsoft.tags import EXPAND, Tag, properties, tagged
from bot.providers.microsoft.times import in_utc, is_about_zone, times

TEAMS = "teamsForBusiness"
LIVES = 12
"""How often an event can be made anew after it was deleted: the id of each attempt is burned with it."""
LAG = timedelta(minutes=5)
_BLOCK = re.compile(r'<div[^>]*\bid="(?:x_)*overlap"[^>]*>.*?</div>', re.DOTALL | re.IGNORECASE)
_SHOWN = {Status.CONFIRMED: "busy", Status.TENTATIVE: "tentative", Status.CANCELLED: "free"}
Fields = dict[str, Any]


class Writing:
    """The events of ours in one account. Used by one thread at a time."""

    def __init__(self, graph: Graph, clock: Clock, addresses: Collection[str]) -> None:
        self._graph = graph
        self._clock = clock
        self._addresses = addresses
        self._videos: dict[Remote, bool] = {}

    def put(self, remote: Remote, draft: Draft) -> Written:
        stands = found_by_uid(self._graph, remote, draft.uid)
        if stands is None:
            if found_by_ical_uid(self._graph, remote, draft.uid) is not None:
                raise Stale("Somebody else's event has this UID.")
            stands = self._made(remote, draft)
        stands = self._rewritten(remote, stands, draft)
        told = written(stands, draft.uid)
        if told is None:
            raise TryLater("Microsoft took the event and does not show it yet.")
        return told

    def get(self, remote: Remote, uid: str) -> Written | None:
        found = found_by_uid(self._graph, remote, uid) or found_by_ical_uid(self._graph, remote, uid)
        return None if found is None else written(found, uid)

    def remove(self, remote: Remote, uid: str) -> None:
        """Gone, and everybody who was invited is told so by Exchange."""
        for found in all_by_uid(self._graph, remote, uid):
            self._gone(found)

    def _gone(self, found: Event) -> None:
        if found.attendees and found.is_organizer:
            try:
                self._graph.act(f"{event_path(found.id)}/cancel", {})
            except NotFound:
                return
            except Misunderstood:
                self._graph.delete(event_path(found.id))
            return
        self._graph.delete(event_path(found.id))

    def has_video(self, remote: Remote) -> bool:
        """Whether that calendar may make Teams meetings."""
        if remote not in self._videos:
            told = self._graph.get(path(remote), Calendar, {"$select": "id,allowedOnlineMeetingProviders"})
            self._videos[remote] = TEAMS in (told.allowed_online_meeting_providers or ())
        return self._videos[remote]

    def _made(self, remote: Remote, draft: Draft) -> Event:
        """A new event; what stands there instead if an attempt whose answer was lost had made it."""
        fields = self._fields(remote, draft, None)
        for life in range(LIVES):
            transaction = str(uuid.uuid5(uuid.NAMESPACE_OID, f"overlap|{remote}|{draft.uid}|{life}"))
            try:
                made = self._posted(remote, {**fields, "transactionId": transaction}, draft)
            except Stale:
                # Taken before: either it stands, or it was deleted and its transaction is burned.
                stands = found_by_uid(self._graph, remote, draft.uid) or self._by_transaction(
                    remote, draft.when, transaction
                )
                if stands is not None:
                    return stands
                continue
            stands = self._whole(made.id)
            if stands is not None:
                return stands
            if not self._is_old(made):
                raise TryLater("Microsoft took the event and does not show it yet.")
        raise Refused("Microsoft takes this event no more.")

    def _posted(self, remote: Remote, fields: Fields, draft: Draft) -> Event:
        try:
            return self._graph.post(f"{path(remote)}/events", fields, Event)
        except Misunderstood as error:
            if not is_about_zone(error):
                raise
            return self._graph.post(f"{path(remote)}/events", {**fields, **in_utc(draft)}, Event)

    def _patched(self, stands: Event, fields: Fields, draft: Draft) -> None:
        where = event_path(stands.id)
        try:
            self._graph.patch(where, fields, Event, etag=stands.etag)
        except Misunderstood as error:
            if not is_about_zone(error):
                raise
            self._graph.patch(where, {**fields, **in_utc(draft)}, Event, etag=stands.etag)

    def _is_old(self, event: Event) -> bool:
        """Whether it was not made just now: then the answer tells of one that was deleted since."""
        made = (event.created_date_time or "")[:19]
        return bool(made) and made < literal(self._clock.now() - LAG)[:19]

    def _by_transaction(self, remote: Remote, when: Interval, transaction: str) -> Event | None:
        query = {
            "startDateTime": literal(when.start),
            "endDateTime": literal(when.end),
            "$select": "id,start,end,transactionId",
        }
        for page in self._graph.pages(f"{path(remote)}/calendarView", Event, query):
            for event in page.value:
                if event.transaction_id == transaction:
                    return self._whole(event.id)
        return None

    def _whole(self, event: str) -> Event | None:
        try:
            return self._graph.get(event_path(event), Event, {"$select": WHOLE, "$expand": EXPAND})
        except NotFound:
            return None

    def _rewritten(self, remote: Remote, stands: Event, draft: Draft) -> Event:
        known = tagged(stands)
        if known is None or known[1].meeting != draft.meeting:
            raise Stale("Somebody else's event has this UID.")
        fields = self._fields(remote, draft, stands)
        if not fields:
            return stands
        self._patched(stands, fields, draft)
        after = self._whole(stands.id)
        if after is None:
            raise Stale("The event was deleted while it was written.")
        return after

    def _fields(self, remote: Remote, draft: Draft, stands: Event | None) -> Fields:
        """What is to be written: all of a new event; of one that stands only what differs."""
        found = None if stands is None else tagged(stands)
        before = found[1] if found else Tag(meeting="")
        fields: Fields = {}
        if stands is None or stands.subject != draft.title:
            fields["subject"] = draft.title
        if stands is None or stands.is_all_day or stretch(stands, "UTC") != draft.when:
            fields |= {**times(draft), "isAllDay": False}
        if stands is None or status(stands, before) is not draft.status:
            fields["showAs"] = _SHOWN[draft.status]
        text = _text(draft)
        told = fingerprint(text)
        if told != before.told:
            fields["body"] = {"contentType": "HTML", "content": _within(stands, text)}
        place = _place(draft)
        if place != before.place and (stands is None or _is_ours(stands, before) or _rooms(draft)):
            fields |= _located(draft)
        invited = attendees(draft, stands, before.invited, self._addresses)
        if invited is not None:
            fields |= {"attendees": invited, "allowNewTimeProposals": False}
        if draft.wants_video and not (stands and stands.is_online_meeting) and self.has_video(remote):
            fields |= {"isOnlineMeeting": True, "onlineMeetingProvider": TEAMS}
        tag = Tag(
            meeting=draft.meeting,
            sequence=max(before.sequence, draft.sequence),
            status=draft.status.value,
            told=told,
            place=place,
            invited=sorted(fingerprint(one.email.lower()) for one in draft.invitees if one.is_invited and one.email),
        )
        if tag != before:
            fields["singleValueExtendedProperties"] = properties(draft.uid, tag)
        return fields


def _text(draft: Draft) -> str:
    lines = [escape(line) for line in draft.description.splitlines()]
    if draft.link is not None:
        lines.append(f'<a href="{escape(draft.link)}">{escape(draft.link)}</a>')
    return f'<div id="overlap">{"<br>".join(lines)}</div>'


def _within(stands: Event | None, text: str) -> str:
    """Our part of the body put where it stood; the rest stays, above all the Teams block, which is the way in."""
    body = "" if stands is None or stands.body is None else stands.body.content
    if _BLOCK.search(body):
        return _BLOCK.sub(lambda _: text, body, count=1)
    return f"{text}{body}"


def _rooms(draft: Draft) -> list[tuple[str, str]]:
    return [(one.name, one.email.lower()) for one in draft.invitees if one.is_room and one.is_invited and one.email]


def _place(draft: Draft) -> str:
    rooms = ";".join(address for _, address in _rooms(draft))
    return rooms or draft.link or ""


def _is_ours(stands: Event, before: Tag) -> bool:
    """Whether the place that stands there is the one we wrote, or none: what somebody filled in stays."""
    name = (stands.location.display_name if stands.location else None) or ""
    return name in ("", before.place)


def _located(draft: Draft) -> Fields:
    rooms = _rooms(draft)
    if rooms:
        return {
            "locations": [
                {"displayName": name, "locationEmailAddress": address, "locationType": "conferenceRoom"}
                for name, address in rooms
            ]
        }
    return {"location": {"displayName": draft.link or ""}}
