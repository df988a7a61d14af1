"""Keeps the mirror of one calendar true: ask whether it changed, read it whole if so, replace its rows at once.

Everything that a service says outside `read` is only a hint that something changed. Rows are replaced by a complete
reading and by nothing else; a failure leaves them, and they age (`availability/known`).
"""

import logging
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.availability import known
from bot.core.calendars import Calendar, Problem
from bot.core.clock import Clock
from bot.core.errors import CursorExpired, NotFound, OverlapError
from bot.core.ids import CalendarId, TenantId
from bot.core.proposals import Vouching
from bot.providers.base import CalendarProvider, Cursor, Reading, Remote
from bot.storage import calendars, due, messages, mirror, people
from bot.storage.calendars import Progress
from bot.storage.database import Database, Tx
from bot.sync import plan
from bot.sync.plan import Verdict

log = logging.getLogger(__name__)

OpenCalendar = Callable[[TenantId, CalendarId], AbstractContextManager[tuple[CalendarProvider, Remote]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was known when the look began."""

    calendar: Calendar
    progress: Progress
    zone: str
    """Where its owner lives: floating times and whole days are theirs."""
    at: datetime


@dataclass(frozen=True)
class Sync:
    """Reads calendars into the mirror, one at a time; the due row sees to it that nobody else does meanwhile."""

    database: Database
    clock: Clock
    open_calendar: OpenCalendar
    cadence: timedelta | None = None
    """Replaces what each service says about how often it is read."""
    chance: Callable[[], float] = random.random

    def read(self, tenant: TenantId, calendar: CalendarId) -> datetime | None:
        """Bring the mirror up to date with one calendar; when to look again, None once it is disconnected."""
        try:
            seen = self._seen(tenant, calendar)
        except NotFound:
            return None
        try:
            reading, cadence = self._look(seen)
        except OverlapError as error:
            return self._keep_failure(seen, error)
        return self._keep(seen, reading, cadence)

    def _seen(self, tenant: TenantId, calendar: CalendarId) -> _Seen:
        with self.database.reading() as tx:
            held = calendars.calendar(tx, tenant, calendar)
            progress = calendars.progress(tx, tenant, calendar)
            try:
                zone = people.person(tx, tenant, held.person).zone
            except NotFound:
                zone = ""
        return _Seen(calendar=held, progress=progress, zone=zone or held.zone or "UTC", at=self.clock.now())

    def _look(self, seen: _Seen) -> tuple[Reading | None, timedelta]:
        """A complete reading (None when nothing changed) and how often to look. Outside of any transaction."""
        calendar, cursor = seen.calendar, seen.progress.cursor
        with self.open_calendar(calendar.tenant, calendar.id) as (provider, remote):
            cadence = self.cadence or provider.abilities.cadence
            if cursor is not None and not plan.must_read(calendar, seen.progress, seen.at):
                try:
                    if not provider.changed(remote, Cursor(cursor)):
                        return None, cadence
                except CursorExpired:
                    log.info("a cursor expired, the calendar is read whole", extra=_ids(calendar))
            return provider.read(remote, plan.window(seen.at), seen.zone), cadence

    def _keep(self, seen: _Seen, reading: Reading | None, cadence: timedelta) -> datetime | None:
        tenant, id_ = seen.calendar.tenant, seen.calendar.id
        with self.database.transaction() as tx:
            try:
                before = calendars.calendar(tx, tenant, id_)
            except NotFound:
                return None
            now = self.clock.now()
            verdict = self._apply(tx, seen, reading)
            if verdict is Verdict.DOUBTED:
                log.warning("a reading holds suspiciously little; a second one must confirm it", extra=_ids(before))
                return now + min(plan.soon(before.cadence, self.chance()), plan.CONFIRM_WITHIN)
            calendars.clean(tx, tenant, id_, seen.progress.dirty_marks)
            if before.cadence != cadence:
                calendars.paced(tx, tenant, id_, cadence)
            _absolve(tx, before, now)
            had_aged = not before.is_static and known.vouching(before, now) is not Vouching.KNOWN
            if verdict is Verdict.CHANGED or had_aged:
                due.mark(tx, tenant, "reading", before.person, now)
        return now + plan.soon(cadence, self.chance())

    def _apply(self, tx: Tx, seen: _Seen, reading: Reading | None) -> Verdict:
        tenant, id_ = seen.calendar.tenant, seen.calendar.id
        if reading is None:
            calendars.was_unchanged(tx, tenant, id_, seen.at)
            return Verdict.SAME
        rows = mirror.everything(tx, tenant, id_)
        judged = plan.judged(rows, reading.instances, reading.window, seen.progress.doubted)
        if judged.verdict is Verdict.DOUBTED:
            calendars.doubt(tx, tenant, id_, len(judged.rows))
            return judged.verdict
        if judged.verdict is Verdict.CHANGED:
            mirror.replace(tx, tenant, id_, judged.rows, reading.window, seen.at)
        else:
            calendars.was_read(tx, tenant, id_, reading.window, seen.at)
        calendars.stands_at(tx, tenant, id_, reading.cursor)
        return judged.verdict

    def _keep_failure(self, seen: _Seen, error: OverlapError) -> datetime | None:
        """The rows stay; what is wrong is kept, and its owner is told when it begins."""
        tenant, id_ = seen.calendar.tenant, seen.calendar.id
        with self.database.transaction() as tx:
            try:
                before = calendars.calendar(tx, tenant, id_)
            except NotFound:
                return None
            now = self.clock.now()
            kind = plan.lasting(before.problem, plan.problem(error))
            log.log(
                logging.INFO if kind is before.problem else logging.WARNING,
                "a calendar could not be read: %s",
                error.code,
                extra=_ids(before),
            )
            calendars.has_problem(tx, tenant, id_, kind)
            _blame(tx, before, kind, now)
            if kind.is_final and before.problem is not kind:
                due.mark(tx, tenant, "reading", before.person, now)
        return now + plan.wait(kind, seen.progress.failures + 1, before.cadence, error, self.chance())


def _blame(tx: Tx, calendar: Calendar, kind: Problem, now: datetime) -> None:
    """Tell the owner once for the whole account; that it merely does not answer is told to nobody."""
    if kind is Problem.UNREACHABLE:
        return
    account = calendars.connection(tx, calendar.tenant, calendar.connection)
    if account.problem is kind:
        return
    calendars.blame(tx, calendar.tenant, account.id, kind)
    begins = account.problem is None
    if begins:
        messages.show(
            tx, calendar.tenant, kind="connection", subject=account.id, person=account.person, now=now, ring=True
        )
    else:
        messages.changed(tx, calendar.tenant, "connection", account.id, now)


def _absolve(tx: Tx, calendar: Calendar, now: datetime) -> None:
    """The account's problem is over once none of its calendars has one."""
    account = calendars.connection(tx, calendar.tenant, calendar.connection)
    if account.problem is None:
        return
    its = calendars.of_connection(tx, calendar.tenant, account.id)
    if all(one.problem in (None, Problem.UNREACHABLE) for one in its):
        calendars.blame(tx, calendar.tenant, account.id, None)
        messages.changed(tx, calendar.tenant, "connection", account.id, now)


def _ids(calendar: Calendar) -> dict[str, str]:
    return {"tenant": calendar.tenant, "calendar": calendar.id}
