"""Keeps the push channels of calendars open: opened, renewed at about half their life, given up when they fall silent.

A channel only saves looking: what nobody rings for is still looked at, more often. So whatever goes wrong here, the
calendar is polled as if there were no channels.
"""

import logging
import random
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.calendars import Calendar
from bot.core.clock import Clock
from bot.core.errors import NotFound, OverlapError, Refused, TryLater
from bot.core.ids import CalendarId, TenantId, new_id
from bot.providers.base import SHARED, CalendarProvider, Channel, Channels, Remote
from bot.storage import calendars, channels, due
from bot.storage.channels import Kept
from bot.storage.database import Database
from bot.sync import plan

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""How long a channel may lag behind what a look has found already."""
AFTER_REFUSAL = timedelta(days=7)
"""When a calendar of which its service tells nothing is asked about again."""
AFTER_TROUBLE = timedelta(hours=6)
"""When an account that its owner must mend is tried again; a new sign-in asks at once."""
FIRST_DOUBT, LONGEST_DOUBT = timedelta(minutes=10), timedelta(days=1)
"""How long polling alone goes on before a calendar whose channels keep falling silent gets a new one."""

OpenCalendar = Callable[[TenantId, CalendarId], AbstractContextManager[tuple[CalendarProvider, Remote]]]


@dataclass(frozen=True)
class Ringing:
    """Looks after the channels of one calendar at a time; the due row sees to it that nobody else does meanwhile."""

    database: Database
    clock: Clock
    open_calendar: OpenCalendar
    public_url: str
    heard: Collection[str]
    """The services that can tell of changes, whose messages `web/ring` understands, and that can reach us."""
    chance: Callable[[], float] = random.random

    def tend(self, tenant: TenantId, calendar: CalendarId) -> datetime | None:
        """Have it ring, if it can; when to look again, None where nothing is to be done for it."""
        now = self.clock.now()
        try:
            held, provider, kept = self._seen(tenant, calendar)
        except NotFound:
            return None
        if not (provider in self.heard and _may_ring(held)):
            if kept:
                self._close(tenant, calendar, kept)
            return None
        trusted = [one for one in kept if self._is_trusted(one, now)]
        self._rings(tenant, calendar, trusted)
        again = _rests_until(kept, now) if not trusted else None
        if again is not None:
            return again
        if trusted and now < trusted[0].renew_at and len(kept) == 1:
            return _next_look(trusted[0])
        try:
            return self._mend(held, provider, kept, trusted)
        except Refused:
            log.info("a service tells nothing of that calendar's changes", extra=_ids(tenant, calendar))
            return now + AFTER_REFUSAL
        except TryLater:
            raise
        except OverlapError as error:
            log.warning("a channel could not be kept open: %s", error.code, extra=_ids(tenant, calendar))
            return now + AFTER_TROUBLE

    def look_after(self) -> None:
        """No calendar is left silent because its row was lost, or believed because it rings where we no longer are."""
        with self.database.transaction() as tx:
            channels.every_wanted(tx, self.heard, self.clock.now())
            channels.stranded(tx, self.public_url, self.heard, self.clock.now())

    def _is_trusted(self, channel: Kept, now: datetime) -> bool:
        return channel.base == self.public_url and channel.expires_at > now and not _is_silent(channel, now)

    def _seen(self, tenant: TenantId, calendar: CalendarId) -> tuple[Calendar, str, list[Kept]]:
        with self.database.reading() as tx:
            held = calendars.calendar(tx, tenant, calendar)
            provider = calendars.connection(tx, tenant, held.connection).provider
            return held, provider, channels.of_calendar(tx, tenant, calendar)

    def _rings(self, tenant: TenantId, calendar: CalendarId, trusted: Sequence[Kept]) -> None:
        until = max((one.expires_at for one in trusted), default=None)
        with self.database.transaction() as tx:
            channels.rings(tx, tenant, calendar, until)

    def _mend(self, held: Calendar, provider: str, kept: Sequence[Kept], trusted: Sequence[Kept]) -> datetime | None:
        """Renew it or open the next one, and only then close the others. Outside of any transaction."""
        with self.open_calendar(held.tenant, held.id) as (opened, remote):
            ringing = opened.channels
            if ringing is None or opened.abilities.quiet_cadence is None:
                return self.clock.now() + AFTER_REFUSAL
            best = trusted[0] if trusted else None
            if best is None or self.clock.now() >= best.renew_at:
                renewed = None if best is None else self._renewed(ringing, best)
                best = renewed or self._opened(ringing, held, remote, provider, kept)
                if best is None:
                    return None
            for other in kept:
                if other.id != best.id:
                    self._end(ringing, other)
        return _next_look(best)

    def _renewed(self, ringing: Channels, channel: Kept) -> Kept | None:
        """The same for longer; None where a new one must take its place."""
        now = self.clock.now()
        try:
            longer = ringing.renew(_named(channel), now=now)
        except NotFound:
            longer = None
        if longer is None:
            return None
        renew_at = self._renew_at(now, longer.expires_at)
        with self.database.transaction() as tx:
            channels.renewed(tx, channel, longer.expires_at, renew_at)
            channels.rings(tx, channel.tenant, channel.calendar, longer.expires_at)
        return replace(channel, expires_at=longer.expires_at, renew_at=renew_at)

    def _opened(
        self, ringing: Channels, held: Calendar, remote: Remote, provider: str, kept: Sequence[Kept]
    ) -> Kept | None:
        """A new one, kept; None when the calendar was disconnected meanwhile."""
        now = self.clock.now()
        path, secret = channels.new_token(), channels.new_token()
        address = f"{self.public_url.rstrip('/')}/ring/{provider}/{path}"
        made = ringing.open(remote, channel=new_id(), secret=secret, address=address, now=now)
        channel = Kept(
            tenant=held.tenant,
            id=new_id(),
            calendar=held.id,
            provider=provider,
            base=self.public_url,
            path=channels.hashed(path),
            secret=channels.hashed(secret),
            service=made.id,
            resource=made.resource,
            opened_at=now,
            expires_at=made.expires_at,
            renew_at=self._renew_at(now, made.expires_at),
            silences=max((one.silences + _is_silent(one, now) for one in kept), default=0),
        )
        try:
            with self.database.transaction() as tx:
                calendars.calendar(tx, held.tenant, held.id)
                channels.keep(tx, channel)
                channels.rings(tx, held.tenant, held.id, made.expires_at)
                # What changed since the last look, and before this channel was there, it will never tell.
                due.mark(tx, held.tenant, "calendar", held.id, now)
        except NotFound:
            ringing.close(made)
            return None
        return channel

    def _close(self, tenant: TenantId, calendar: CalendarId, kept: Sequence[Kept]) -> None:
        self._rings(tenant, calendar, ())
        try:
            with self.open_calendar(tenant, calendar) as (opened, _remote):
                for channel in kept:
                    if opened.channels is not None:
                        self._end(opened.channels, channel)
        except TryLater:
            raise
        except OverlapError:
            log.info("an account no longer opens, so its channels end by themselves", extra=_ids(tenant, calendar))

    def _end(self, ringing: Channels, channel: Kept) -> None:
        if channel.expires_at > self.clock.now():
            ringing.close(_named(channel))
        with self.database.transaction() as tx:
            channels.drop(tx, channel)

    def _renew_at(self, now: datetime, expires_at: datetime) -> datetime:
        """At half to seven tenths of its life."""
        return now + (expires_at - now) * (0.5 + 0.2 * self.chance())


def _may_ring(calendar: Calendar) -> bool:
    is_shared = calendar.seen_by is not None or calendar.remote.startswith(SHARED)  # no service tells of free/busy
    return not is_shared and not calendar.is_static and plan.matters(calendar)


def _is_silent(channel: Kept, now: datetime) -> bool:
    """Whether something changed of which it has not told in all this time."""
    return channel.doubted_at is not None and now - channel.doubted_at >= GRACE


def _rests_until(kept: Sequence[Kept], now: datetime) -> datetime | None:
    """Until when a calendar is only polled, because every new channel fell silent, too."""
    silences = max((one.silences for one in kept), default=0)
    since = max((one.doubted_at for one in kept if one.doubted_at is not None), default=None)
    if since is None or not silences:
        return None
    until = since + GRACE + min(FIRST_DOUBT * float(1 << min(silences - 1, 16)), LONGEST_DOUBT)
    return until if now < until else None


def _next_look(channel: Kept) -> datetime:
    if channel.doubted_at is not None:
        return min(channel.renew_at, channel.doubted_at + GRACE)
    return channel.renew_at


def _named(channel: Kept) -> Channel:
    return Channel(id=channel.service, resource=channel.resource, expires_at=channel.expires_at)


def _ids(tenant: TenantId, calendar: CalendarId) -> dict[str, str]:
    return {"tenant": tenant, "calendar": calendar}
