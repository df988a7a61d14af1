"""Keeps the mirror of one calendar true: ask whether it changed, read it whole if so, replace its rows at once.

Everything that a service says outside `read` is only a hint that something changed. Rows are replaced by a complete
reading and by nothing else; a failure leaves them, and they age (`availability/known`).
"""

import logging
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.availability import known
from bot.core.calendars import Calendar, Doubt, DoubtState, Problem
from bot.core.clock import Clock
from bot.core.errors import Crowded, CursorExpired, NotFound, OverlapError
from bot.core.ids import CalendarId, TenantId
from bot.core.intervals import Interval
from bot.core.people import Standing
from bot.core.proposals import Vouching
from bot.providers.base import Abilities, CalendarProvider, Cursor, Reading, Remote
from bot.storage import calendars, channels, doubts, due, meetings, messages, mirror, people, progress, rooms, stake
from bot.storage.database import Database, Tx
from bot.storage.progress import Progress
from bot.storage.vault import Vault
from bot.sync import colleagues, cursors, owners, pace, plan
from bot.sync.colleagues import Rest
from bot.sync.copies import name_copies
from bot.sync.owners import Operator
from bot.sync.plan import Verdict

log = logging.getLogger(__name__)

DOUBT = "doubt"
"""The kind of the messages that ask an owner about a reading; their subject is the calendar."""

AGAIN_WHILE_GONE = timedelta(days=1)
"""How often a calendar of somebody who left is looked at, without being read."""

OpenCalendar = Callable[[TenantId, CalendarId], AbstractContextManager[tuple[CalendarProvider, Remote]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was known when the look began."""

    calendar: Calendar
    progress: Progress
    cursor: Cursor | None
    """Where its change detector stood."""
    zone: str
    """Where its owner lives: floating times and whole days are theirs."""
    at: datetime
    is_room: bool
    """It is the calendar of a room."""
    is_gone: bool
    """Whose it is, or whose account tells it, left the workspace: it is not read."""

    @property
    def far(self) -> datetime | None:
        """How far ahead somebody asks about it, where that is farther than everybody is read."""
        return plan.reach(self.calendar, self.progress, self.at)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at a calendar found."""

    reading: Reading | None
    """Complete; None when nothing changed."""
    abilities: Abilities
    """Asked after looking: a feed says in what it answers how often it may be asked."""
    is_noticed: bool
    """Whether its service said, when asked, that something had changed."""


@dataclass(frozen=True)
class Sync:
    """Reads calendars into the mirror, one at a time; the due row sees to it that nobody else does meanwhile."""

    database: Database
    clock: Clock
    vault: Vault
    open_calendar: OpenCalendar
    cadence: timedelta | None = None
    """Replaces what each service says about how often it is read."""
    chance: Callable[[], float] = random.random
    operator: Operator = field(default_factory=Operator)

    def read(self, tenant: TenantId, calendar: CalendarId) -> datetime | None:
        """Bring the mirror up to date with one calendar; when to look again, None once it is disconnected."""
        try:
            seen = self._seen(tenant, calendar)
        except NotFound:
            return None
        if seen.is_gone:
            if seen.is_room and self._is_handed_over(seen.calendar):
                return seen.at
            return seen.at + AGAIN_WHILE_GONE
        if seen.calendar.seen_by is not None and (rest := self._rest(seen.calendar)) is not None:
            return rest.until
        try:
            look = self._look(seen)
        except Crowded as error:
            return self.clock.now() + (error.after or plan.FIRST_WAIT)
        except OverlapError as error:
            return self._keep_failure(seen, error)
        return self._keep(seen, look)

    def _seen(self, tenant: TenantId, calendar: CalendarId) -> _Seen:
        with self.database.reading() as tx:
            held = calendars.calendar(tx, tenant, calendar)
            before = progress.of(tx, tenant, calendar)
            cursor = cursors.unsealed(tx, self.vault, held, before.cursor)
            owner = calendars.connection(tx, tenant, held.connection).person
            those = {one: people.known(tx, tenant, one) for one in (held.person, owner)}
        whose = those[held.person]
        return _Seen(
            calendar=held,
            progress=before,
            cursor=cursor,
            zone=("" if whose is None else whose.zone) or held.zone or "UTC",
            at=self.clock.now(),
            is_room=whose is not None and whose.standing is Standing.ROOM,
            is_gone=any(one is not None and one.standing is Standing.DEACTIVATED for one in those.values()),
        )

    def _is_handed_over(self, calendar: Calendar) -> bool:
        """Whether the second keeper of that room takes over from one who left."""
        with self.database.transaction() as tx:
            return rooms.fails(tx, calendar, self.clock.now())

    def _rest(self, calendar: Calendar) -> Rest | None:
        with self.database.transaction() as tx:
            return colleagues.rest(tx, calendar, self.clock.now())

    def _look(self, seen: _Seen) -> _Look:
        """Outside of any transaction."""
        calendar, cursor, is_noticed = seen.calendar, seen.cursor, False
        with self.open_calendar(calendar.tenant, calendar.id) as (provider, remote):
            if cursor is not None and not plan.must_read(calendar, seen.progress, seen.at):
                try:
                    is_noticed = provider.changed(remote, cursor)
                    if not is_noticed:
                        return _Look(None, provider.abilities, is_noticed)
                except CursorExpired:
                    log.info("a cursor expired, the calendar is read whole", extra=_ids(calendar))
            reading = provider.read(remote, plan.window(seen.at, seen.far), seen.zone)
            return _Look(reading, provider.abilities, is_noticed)

    def _keep(self, seen: _Seen, look: _Look) -> datetime | None:
        tenant, id_, reading = seen.calendar.tenant, seen.calendar.id, look.reading
        cadence = self.cadence or look.abilities.cadence
        with self.database.transaction() as tx:
            try:
                before = calendars.calendar(tx, tenant, id_)
            except NotFound:
                return None
            now = self.clock.now()
            verdict = self._apply(tx, seen, reading, now)
            if verdict is Verdict.DOUBTED:
                log.warning("a reading is hard to believe; a second one must confirm it", extra=_ids(before))
                return now + min(plan.soon(before.cadence, self.chance()), plan.CONFIRM_WITHIN)
            if verdict is Verdict.ASKED:
                return now + plan.soon(before.cadence, self.chance())
            progress.clean(tx, tenant, id_, seen.progress.dirty_marks)
            if before.cadence != cadence:
                progress.paced(tx, tenant, id_, cadence)
            if before.reach is not None and _has_lapsed(tx, before, now):
                progress.draw_in(tx, tenant, id_)
            owners.absolve(tx, before, now)
            if seen.is_room:
                rooms.is_read(tx, before, now)
            is_news = verdict is Verdict.CHANGED and name_copies(tx, tenant, before.person, now)
            had_aged = not before.is_static and known.vouching(before, now) is not Vouching.KNOWN
            is_news = is_news or before.problem is Problem.DOUBTED or _reaches_farther(before, reading)
            # Who answered an invitation changed the event, and nothing that a row tells of it.
            may_answer = reading is not None and meetings.has_guests(tx, tenant, before.person, now)
            if verdict is Verdict.CHANGED or had_aged or is_news or may_answer:
                due.mark(tx, tenant, "reading", before.person, now)
            if look.is_noticed and verdict is Verdict.CHANGED and _was_silent(seen, before):
                log.info("a channel has not told of a change yet", extra=_ids(before))
                channels.distrust(tx, tenant, id_, now)
            is_hot = stake.is_hot(tx, tenant, before.person, now)
        return now + pace.look_again(
            before, look.abilities, is_hot=is_hot, override=self.cadence, now=now, chance=self.chance()
        )

    def _apply(self, tx: Tx, seen: _Seen, reading: Reading | None, now: datetime) -> Verdict:
        tenant, id_ = seen.calendar.tenant, seen.calendar.id
        if reading is None:
            progress.was_unchanged(tx, tenant, id_, seen.at)
            return Verdict.SAME
        rows = mirror.everything(tx, tenant, id_)
        doubt = _may_doubt(seen.calendar, doubts.doubt(tx, tenant, id_))
        told = meetings.recognised(tx, tenant, reading.instances)
        judged = plan.judged(rows, told, _compared(seen.calendar, reading), doubt)
        match judged.verdict:
            case Verdict.DOUBTED | Verdict.ASKED:
                assert judged.doubt is not None
                _doubt(tx, seen.calendar, judged.doubt, doubt, now)
                return judged.verdict
            case Verdict.KEPT:
                progress.was_kept(tx, tenant, id_, seen.at)
                return judged.verdict
            case Verdict.CHANGED:
                mirror.replace(tx, tenant, id_, judged.rows, reading.window, seen.at)
            case Verdict.SAME:
                mirror.confirm(tx, tenant, id_, reading.window, seen.at)
            case _:
                assert_never(judged.verdict)
        progress.stands_at(tx, tenant, id_, cursors.sealed(tx, self.vault, seen.calendar, reading.cursor))
        if doubts.settle(tx, tenant, id_):
            messages.changed(tx, tenant, DOUBT, id_, now)
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
            progress.has_problem(tx, tenant, id_, kind)
            self.operator.hears(calendars.connection(tx, tenant, before.connection), kind, now)
            owners.blame(tx, before, kind, now)
            if kind.is_final and rooms.fails(tx, before, now):
                return now
            if kind.is_final and before.problem is not kind:
                due.mark(tx, tenant, "reading", before.person, now)
        if before.seen_by is not None and kind.is_final:
            return now + colleagues.MUTE_FOR
        return now + plan.wait(kind, seen.progress.failures + 1, before.cadence, error, self.chance())


def _was_silent(seen: _Seen, before: Calendar) -> bool:
    """Whether its channel, which is thought to ring, has said nothing of what this look found."""
    rings = before.rings_until is not None and before.rings_until > seen.at
    return rings and seen.calendar.dirty_at is None and before.dirty_at is None


def _may_doubt(calendar: Calendar, doubt: Doubt | None) -> Doubt | None:
    """What is doubted, while there is somebody to ask: of a colleague's time a second reading is taken as it is."""
    if doubt is None or calendar.seen_by is None:
        return doubt
    return replace(doubt, state=DoubtState.TAKEN)


def _doubt(tx: Tx, calendar: Calendar, doubt: Doubt, before: Doubt | None, now: datetime) -> None:
    """Keep what is hard to believe; once a second reading has confirmed it, its owner is asked, once."""
    tenant, id_ = calendar.tenant, calendar.id
    doubts.keep(tx, tenant, id_, doubt)
    if doubt.state is not DoubtState.ASKED:
        return
    progress.in_doubt(tx, tenant, id_)
    if before is None or before.state is not DoubtState.ASKED:
        log.warning("a reading was hard to believe twice: its owner is asked", extra=_ids(calendar))
        owner = calendars.connection(tx, tenant, calendar.connection).person
        messages.show(tx, tenant, kind=DOUBT, subject=id_, person=owner, now=now, ring=True)
        due.mark(tx, tenant, "reading", calendar.person, now)
    elif before != doubt:
        messages.changed(tx, tenant, DOUBT, id_, now)


def _compared(calendar: Calendar, reading: Reading) -> Interval | None:
    """The stretch that both cover; None where there is none, for a file, and where nothing rests on the calendar."""
    if (
        calendar.is_static
        or not plan.matters(calendar)
        or calendar.window is None
        or not calendar.window.overlaps(reading.window)
    ):
        return None
    start = max(calendar.window.start, reading.window.start)
    return Interval(start, min(calendar.window.end, reading.window.end))


def _has_lapsed(tx: Tx, calendar: Calendar, now: datetime) -> bool:
    """Whether nobody asks about a time so far ahead any more; somebody may have while it was read."""
    return plan.reach(calendar, progress.of(tx, calendar.tenant, calendar.id), now) is None


def _reaches_farther(before: Calendar, reading: Reading | None) -> bool:
    """Whether somebody who asked about a time far ahead can be answered now."""
    if reading is None or before.reach is None or before.window is None:
        return False
    return before.window.end < before.reach <= reading.window.end


def _ids(calendar: Calendar) -> dict[str, str]:
    return {"tenant": calendar.tenant, "calendar": calendar.id}
