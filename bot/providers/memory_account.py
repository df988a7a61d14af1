"""One user's opened account at the twin of a calendar service: the port, over the service in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.errors import CursorExpired, NotFound, OverlapError, Refused, Stale
from bot.core.events import BusyCause, Draft, Instance, Kind, Response, Status, Written
from bot.core.ids import derived
from bot.core.intervals import Interval, merge
from bot.providers.base import (
    SHARED,
    Abilities,
    Account,
    Channel,
    Channels,
    Cursor,
    Directory,
    Reading,
    Remote,
    RemoteCalendar,
    Room,
)

if TYPE_CHECKING:
    from bot.providers.memory import Calendar, Event, Service

CHANNEL_LIFE = timedelta(days=7)


class Opened:
    """One user's opened account: the port, over the service."""

    def __init__(self, service: "Service", account: Account) -> None:
        self._service = service
        self._account = account

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def abilities(self) -> Abilities:
        return self._service.abilities

    @property
    def addresses(self) -> Sequence[str]:
        return self._account.addresses

    def calendars(self) -> Sequence[RemoteCalendar]:
        with self._service._call(self._account):
            held = self._service._calendars.values()
            return [one.shown for one in held if one.owner == self._account.user]

    def changed(self, remote: Remote, since: Cursor) -> bool:
        with self._service._call(self._account):
            if remote.startswith(SHARED):
                raise CursorExpired("What an address shows has no cursor.")
            held = self._own(remote)
            if not since.isdecimal() or int(since) < held.oldest_cursor:
                raise CursorExpired("This cursor is too old.")
            return held.changes != int(since)

    def read(self, remote: Remote, window: Interval, zone: str) -> Reading:
        with self._service._call(self._account):
            if remote.startswith(SHARED):
                return self._shown(remote, window)
            held = self._own(remote)
            every = [one for event in held.events.values() for one in event.instances]
            return Reading(
                instances=tuple(one for one in every if one.ours or (one.may_block and one.when.overlaps(window))),
                window=window,
                cursor=Cursor(str(held.changes)),
            )

    def put(self, remote: Remote, draft: Draft) -> Written:
        with self._service._call(self._account):
            held = self._writable(remote)
            seen = held.events.get(draft.uid)
            self._service._meanwhile()
            stands = held.events.get(draft.uid)
            if stands != seen:
                raise Stale("The event changed while it was being written.")
            if stands is not None and stands.first.ours != draft.meeting:
                raise Stale("Somebody else's event has this UID.")
            wanted = _drafted(draft, 0 if stands is None else stands.first.sequence)
            invited = {one.email.lower() for one in draft.invitees if one.is_invited and one.email}
            is_same = stands is not None and (stands.instances, stands.title) == ((wanted,), draft.title)
            if not is_same or stands is None or invited != dict(stands.guests).keys():
                self._service.store(remote, (wanted,), draft.title)
                if self.abilities.invites:
                    self._service._invite(remote, draft)
            self._service._answer(self._account)
            return self._written(held.events[draft.uid])

    def get(self, remote: Remote, uid: str) -> Written | None:
        with self._service._call(self._account):
            event = self._own(remote).events.get(uid)
            return None if event is None else self._written(event)

    def remove(self, remote: Remote, uid: str) -> None:
        with self._service._call(self._account):
            event = self._writable(remote).events.get(uid)
            if event is not None and event.first.ours is not None:
                self._service.drop(remote, uid)
                self._service._take_back(remote, uid)
            self._service._answer(self._account)

    def title(self, remote: Remote, uid: str, starts: datetime) -> str | None:
        with self._service._call(self._account):
            event = self._own(remote).events.get(uid)
            is_there = event is not None and any(one.starts == starts for one in event.instances)
            return event.title if event is not None and is_there else None

    def answer(self, remote: Remote, uid: str, response: Response) -> None:
        with self._service._call(self._account):
            if uid not in self._own(remote).events:
                raise NotFound("This invitation is not there (any more).")
            self._service.respond(remote, uid, response)
            self._service.answers[remote, uid] = response
            self._service._answer(self._account)

    @property
    def channels(self) -> Channels | None:
        return _Ringing(self) if self.abilities.quiet_cadence is not None else None

    @property
    def directory(self) -> Directory | None:
        return None if self._service.rooms is None else _Rooms(self._service.rooms)

    def health(self) -> None:
        with self._service._call(self._account):
            pass

    def close(self) -> None:
        """Nothing is held."""

    def _written(self, event: "Event") -> Written:
        first = event.first
        return Written(
            uid=first.uid,
            meeting=first.ours or None,
            when=first.when,
            sequence=first.sequence,
            status=first.status,
            etag=f'"{event.version}"',
            ical_uid=None if first.ours is None else self._service.shown_as(first.uid),
            link=event.link,
            answers=event.guests,
        )

    def _shown(self, remote: Remote, window: Interval) -> Reading:
        """When the user of that address is busy, merged: no service says with what."""
        address = remote.removeprefix(SHARED)
        told = self._service.shows.get(address) if self.abilities.sees_colleagues else None
        if isinstance(told, OverlapError):
            raise told
        if told is None and address not in self._service.halls:
            raise NotFound("There is no such mailbox.")
        held = self._service._calendars.values()
        events = [(one.owner, event) for one in held for event in one.events.values()]
        comes = (None, Response.DECLINED)
        theirs = [event for owner, event in events if owner == told or dict(event.guests).get(address) not in comes]
        every = [one for event in theirs for one in event.instances]
        taken = merge(one.when for one in every if one.blocks and one.when.overlaps(window))
        busy = [
            Instance(
                uid=derived(remote, when.start.isoformat(), when.end.isoformat()),
                starts=when.start,
                when=when,
                kind=Kind.HARD,
            )
            for when in taken
        ]
        return Reading(instances=tuple(busy), window=window, cursor=None)

    def _own(self, remote: Remote) -> "Calendar":
        if remote.startswith(SHARED):
            raise Refused("What an address shows can only be read.")
        held = self._service._held(remote)
        if held.owner != self._account.user:
            raise Refused("This calendar is somebody else's.")
        return held

    def _writable(self, remote: Remote) -> "Calendar":
        held = self._own(remote)
        if not held.shown.is_writable:
            raise Refused("This calendar can only be read.")
        return held


class _Ringing:
    """Its push channels; a test rings them by asking the service who is to be told."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def open(self, remote: Remote, *, channel: str, secret: str, address: str, now: datetime) -> Channel:
        service = self._opened._service
        with service._call(self._opened._account):
            if channel in service.ringing:
                raise Refused("This channel id was used before.")
            self._opened._own(remote)
            service.ringing[channel] = (remote, secret, address)
            return Channel(id=channel, resource=f"resource of {remote}", expires_at=now + CHANNEL_LIFE)

    def renew(self, channel: Channel, *, now: datetime) -> Channel | None:
        service = self._opened._service
        with service._call(self._opened._account):
            if channel.id not in service.ringing:
                raise NotFound("This channel is over.")
            return replace(channel, expires_at=now + CHANNEL_LIFE) if service.renews else None

    def close(self, channel: Channel) -> None:
        with self._opened._service._call(self._opened._account):
            self._opened._service.ringing.pop(channel.id, None)


class _Rooms:
    """Its directory."""

    def __init__(self, rooms: Sequence[Room]) -> None:
        self._rooms = rooms

    def rooms(self) -> Sequence[Room]:
        return self._rooms


def _drafted(draft: Draft, sequence: int) -> Instance:
    return Instance(
        uid=draft.uid,
        starts=draft.when.start,
        when=draft.when,
        kind=Kind.SOFT if draft.status is Status.TENTATIVE else Kind.HARD,
        cause=BusyCause.TENTATIVE if draft.status is Status.TENTATIVE else BusyCause.PLAIN,
        ours=draft.meeting,
        status=draft.status,
        sequence=max(draft.sequence, sequence),
        blocks=draft.status is not Status.CANCELLED,
    )
