"""Our events at Google: found by an id that follows from their UID, written once, changed on conditions."""

from datetime import datetime

import msgspec

from bot.core.errors import NotACalendar, NotFound, Refused, Stale
from bot.core.events import Draft, Response, Status, Written
from bot.providers.base import Remote
from bot.providers.google.api import Api
from bot.providers.google.drafting import (
    ANSWERS,
    MEET,
    Event,
    changes,
    conference,
    created,
    event_id,
    invited,
    moment,
    tags,
    wants_conference,
    written,
)
from bot.providers.google.reading import MOST_PAGES, UID, instant
from bot.providers.google.refusals import Existing

MOST_GENERATIONS = 50


class Events(msgspec.Struct, frozen=True, rename="camel"):
    """One page of what a search found."""

    items: list[Event] = []
    next_page_token: str | None = None


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """What a calendar says of video links."""

    conference_properties: dict[str, list[str]] = {}


EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
EVENTS = msgspec.json.Decoder(Events)
ENTRY = msgspec.json.Decoder(Entry)


class Writing:
    """The events of one account, by our UIDs for ours and by the services' own for other people's."""

    def __init__(self, api: Api, owner: str, *, lists: bool) -> None:
        self._api = api
        self._owner = owner
        self._lists = lists

    def find(self, remote: Remote, uid: str) -> Event | None:
        """The event of that UID as it stands; a deleted one stands nowhere."""
        first = self._by_id(remote, uid, 0)
        if first is not None and first.get("status") != "cancelled" and tags(first).get(UID) == uid:
            return first
        if first is None:
            return self._search(remote, iCalUID=uid)
        return self._search(remote, sharedExtendedProperty=f"{UID}={uid}")

    def put(self, remote: Remote, draft: Draft, zone: str) -> Written:
        """Makes it stand as drafted."""
        stands = self.find(remote, draft.uid)
        if stands is None and draft.status is Status.CANCELLED:
            return _never(draft)
        if stands is None:
            return self._create(remote, draft, zone)
        return self._rewrite(remote, stands, draft, zone)

    def remove(self, remote: Remote, uid: str) -> None:
        """Deletes it, if it is ours, and tells those who were invited."""
        stands = self.find(remote, uid)
        if stands is None or not tags(stands):
            return
        asked = self._api.events.delete(calendarId=remote, eventId=stands["id"], sendUpdates=_heard(stands))
        try:
            self._api.bytes(asked, if_match=stands.get("etag"))
        except NotFound:
            return

    def answer(self, remote: Remote, uid: str, response: Response) -> None:
        """Changes the owner's own answer, and nothing else: `attendeesOmitted` says that the others are left out."""
        stands = self.find(remote, uid)
        mine = next((one for one in (stands or {}).get("attendees") or () if one.get("self")), None)
        if stands is None or mine is None:
            raise NotFound("This invitation is not there (any more).")
        if mine.get("responseStatus") == ANSWERS[response]:
            return
        body = {"attendeesOmitted": True, "attendees": [{**mine, "responseStatus": ANSWERS[response]}]}
        asked = self._api.events.patch(calendarId=remote, eventId=stands["id"], sendUpdates="all", body=body)
        self._api.bytes(asked, if_match=stands.get("etag"))

    def title(self, remote: Remote, uid: str, starts: datetime, zone: str) -> str | None:
        """The title of one instance: its own where it is an exception, else its series'."""
        stands = self.find(remote, uid)
        if stands is None:
            return None
        for one in self._series(remote, stands):
            if instant(moment(one.get("originalStartTime")), zone) == starts:
                return one.get("summary")
        return stands.get("summary")

    def _series(self, remote: Remote, stands: Event) -> list[Event]:
        if "recurrence" not in stands:
            return []
        return [one for one in self._listed(remote, iCalUID=stands["iCalUID"]) if one.get("originalStartTime")]

    def _create(self, remote: Remote, draft: Draft, zone: str) -> Written:
        for generation in range(MOST_GENERATIONS):
            body = created(draft, generation=generation, owner=self._owner)
            if wants_conference(draft, {}) and self._makes_video(remote):
                body["conferenceData"] = conference(draft, {})
            asked = self._api.events.insert(
                calendarId=remote,
                sendUpdates="all" if body.get("attendees") else "none",
                conferenceDataVersion=1,
                body=body,
            )
            try:
                stands = self._api.ask(asked, EVENT)
            except Existing:
                # Our own first try, whose answer was lost; or one that was deleted, whose id is burned for ever.
                found = self._by_id(remote, draft.uid, generation)
            else:
                return written(stands, zone)
            if found is not None and found.get("status") != "cancelled":
                return self._rewrite(remote, found, draft, zone)
        raise Refused("Google has no id left for this event.")

    def _rewrite(self, remote: Remote, stands: Event, draft: Draft, zone: str) -> Written:
        if tags(stands).get(UID) != draft.uid or written(stands, zone).meeting != draft.meeting:
            raise Stale("Somebody else's event has this UID.")
        if (host := stands.get("organizer")) and not host.get("self"):
            raise Stale("This is an invitation by somebody else: only its organiser changes it.")
        body = changes(draft, stands)
        if wants_conference(draft, stands) and self._makes_video(remote):
            body["conferenceData"] = conference(draft, stands)
        if not body:
            return written(stands, zone)
        asked = self._api.events.patch(
            calendarId=remote,
            eventId=stands["id"],
            sendUpdates="all" if invited(stands) or body.get("attendees") else "none",
            conferenceDataVersion=1,
            body=body,
        )
        changed = self._api.ask(asked, EVENT, if_match=stands.get("etag"))
        return written(changed, zone)

    def _by_id(self, remote: Remote, uid: str, generation: int) -> Event | None:
        try:
            return self._api.ask(self._api.events.get(calendarId=remote, eventId=event_id(uid, generation)), EVENT)
        except NotFound:
            return None

    def _search(self, remote: Remote, **asked: str) -> Event | None:
        """The first that is found, a series before its exceptions."""
        return min(self._listed(remote, **asked), key=lambda one: "recurringEventId" in one, default=None)

    def _listed(self, remote: Remote, **asked: str) -> list[Event]:
        """All that stand, of every page: one that is short or empty says nothing of the next."""
        found: list[Event] = []
        told = asked
        for _ in range(MOST_PAGES):
            page = self._api.ask(self._api.events.list(calendarId=remote, **told), EVENTS)
            found += [one for one in page.items if one.get("status") != "cancelled"]
            if page.next_page_token is None:
                return found
            told = {**asked, "pageToken": page.next_page_token}
        raise NotACalendar("Google does not come to an end with this search.")

    def _makes_video(self, remote: Remote) -> bool:
        """Whether the calendar has Google Meet; asked anyway where it does not say."""
        if not self._lists:
            return True
        asked = self._api.calendar_list.get(calendarId=remote, fields="conferenceProperties")
        try:
            known = self._api.ask(asked, ENTRY).conference_properties.get("allowedConferenceSolutionTypes")
        except NotFound:
            return True
        return known is None or MEET in known


def _never(draft: Draft) -> Written:
    """A cancelled event is a deleted one at Google: what never was there need not be made for it."""
    return Written(
        uid=draft.uid,
        meeting=draft.meeting,
        when=draft.when,
        sequence=draft.sequence,
        status=Status.CANCELLED,
        etag=None,
    )


def _heard(event: Event) -> str:
    return "all" if invited(event) else "none"
