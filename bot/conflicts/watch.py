"""After a calendar was read: whose meetings something else now overlaps, told to that person and nobody else.

A conflict is opened once and stays the same while the other event moves about in the meeting's time. It carries
times that work for everyone, and closes by itself when there is nothing left to choose.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.availability import known
from bot.availability.busy import once, softened
from bot.conflicts.detect import Act, Changed, Closed, Opened, Overlap, Reopened, changes, overlaps
from bot.conflicts.quiet import quiet_until
from bot.core.clock import Clock
from bot.core.conflicts import Conflict, ConflictState
from bot.core.errors import NotAllowed, NotFound
from bot.core.events import Busy, Response
from bot.core.ids import ConflictId, MeetingId, PersonId, TenantId, new_id
from bot.core.intervals import Interval
from bot.core.meetings import LIVE, Meeting, MeetingState, TimesForMove
from bot.storage import calendars, conflicts, meetings, messages, mirror, rivals, rules
from bot.storage.database import Database, Tx

KIND = "conflict"
"""Its messages are called so."""

SOON, LATER = timedelta(seconds=2), timedelta(seconds=60)
"""How long until we look again at a meeting that is on its way: the longer it takes already, the longer."""

Times = Mapping[MeetingId, tuple[tuple[Interval, ...], bool]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One person's meetings, and what that makes of their conflicts."""

    meetings: Mapping[MeetingId, Meeting]
    conflicts: tuple[Conflict, ...]
    """Theirs, and everybody's of those meetings."""
    acts: tuple[Act, ...]
    held_until: datetime | None = None
    """When what is not told during their quiet hours is looked at again; None where nothing is held back."""

    @property
    def looking(self) -> set[MeetingId]:
        """The meetings for which times are wanted: somebody has something to choose."""
        wanted = {one.overlap.meeting.id for one in self.acts if not isinstance(one, Closed)}
        wanted |= {one.meeting for one in self.conflicts if one.state is ConflictState.OPEN}
        return {one for one in wanted if one in self.meetings and self.meetings[one].state is MeetingState.BOOKED}


@dataclass(frozen=True, slots=True)
class Watching:
    """Keeps everyone's conflicts as their calendars have them."""

    database: Database
    clock: Clock
    times_for_move: TimesForMove

    def look(self, tenant: TenantId, person: PersonId) -> datetime | None:
        """That person's calendars were read. Answers when to look again although nothing is read, or None.

        The times are searched before the transaction, which stays short; what they belong to is decided in it.
        """
        with self.database.reading() as tx:
            before = _seen(tx, tenant, person, self.clock.now())
        times = {one: self.times_for_move(tenant, before.meetings[one]) for one in before.looking}
        with self.database.transaction() as tx:
            now = self.clock.now()
            seen = _seen(tx, tenant, person, now)
            if not seen.looking <= times.keys():
                return now
            for act in seen.acts:
                _do(tx, tenant, person, act, times, now)
            _refresh(tx, tenant, seen, times, now)
            again = _again(conflicts.open_of_person(tx, tenant, person), seen.meetings, now)
            return min((one for one in (again, seen.held_until) if one is not None), default=None)

    def keep(self, tenant: TenantId, conflict_id: ConflictId, by: PersonId) -> Conflict:
        """They keep both: the same event at the same time is not told again."""
        with self.database.transaction() as tx:
            conflict = conflicts.conflict(tx, tenant, conflict_id)
            if by != conflict.person:
                raise NotAllowed("That is not a clash of yours.")
            if conflict.state is not ConflictState.OPEN:
                return conflict
            messages.changed(tx, tenant, KIND, conflict.id, self.clock.now())
            return conflicts.save(tx, replace(conflict, state=ConflictState.KEPT))


def _seen(tx: Tx, tenant: TenantId, person: PersonId, now: datetime) -> Seen:
    theirs = {one.id: one for one in meetings.of_person(tx, tenant, person, now, LIVE) if _attends(one, person)}
    told = {one.id: one for one in conflicts.open_of_person(tx, tenant, person)}
    for meeting in theirs:
        told |= {one.id: one for one in conflicts.of_meeting(tx, tenant, meeting)}
    rows = _rows(tx, tenant, person, theirs.values(), {one.uid for one in told.values() if one.person == person}, now)
    found = overlaps(theirs.values(), rows, _known(tx, tenant, rows))
    twice = {one.meeting: one.uid for one in rivals.of_meetings(tx, tenant, list(theirs)).values()}
    # The same meeting, written by another scheduler too, is no clash with itself.
    found = [one for one in found if twice.get(one.meeting.id) != one.other.instance.uid]
    own = [one for one in told.values() if one.person == person]
    acts = tuple(changes(own, found, theirs.values()))
    wishes = rules.of(tx, tenant, (person,)).get(person)
    quiet = None if wishes is None else quiet_until(wishes, now)
    rest = acts if quiet is None else tuple(act for act in acts if not _can_wait(act, quiet))
    return Seen(
        meetings=theirs,
        conflicts=tuple(told.values()),
        acts=rest,
        held_until=None if len(rest) == len(acts) else quiet,
    )


def _can_wait(act: Act, until: datetime) -> bool:
    """What would ring before a meeting that starts only later: it opens then, unless it is over by that time."""
    return isinstance(act, Opened | Reopened) and act.overlap.meeting.when.start > until


def _attends(meeting: Meeting, person: PersonId) -> bool:
    attendance = meeting.attendance(person)
    # A room clashes, too, and there is nobody to tell.
    return attendance is not None and attendance.response is not Response.DECLINED and not attendance.is_room


def _rows(
    tx: Tx, tenant: TenantId, person: PersonId, theirs: Collection[Meeting], told: Collection[str], now: datetime
) -> list[Busy]:
    """What blocks in their calendars while they have meetings, every event once.

    What is no proof now makes nobody choose, and takes back no clash that was told (UIDs).
    """
    counting = [one for one in calendars.of_person(tx, tenant, person) if one.counts]
    ids = [one.id for one in counting]
    unproven = {one.id for one in counting if not known.is_proof(one, now)}
    rows = (row for meeting in theirs for row in mirror.busy(tx, tenant, ids, meeting.when))
    return once(softened(rows, unproven, told))


def _known(tx: Tx, tenant: TenantId, rows: Iterable[Busy]) -> set[MeetingId]:
    """Which of the tags in these rows are meetings of this workspace."""
    found: set[MeetingId] = set()
    for tag in {row.instance.ours for row in rows}:
        if tag is not None:
            with suppress(NotFound):
                found.add(meetings.meeting(tx, tenant, tag).id)
    return found


def _do(tx: Tx, tenant: TenantId, person: PersonId, act: Act, times: Times, now: datetime) -> None:
    match act:
        case Opened(overlap):
            conflict = _told(_new(tenant, person, overlap), overlap, times)
            conflicts.insert(tx, conflict)
            messages.show(tx, tenant, kind=KIND, subject=conflict.id, person=person, now=now, ring=True)
        case Reopened(before, overlap):
            conflict = conflicts.save(tx, _told(before, overlap, times))
            messages.show(tx, tenant, kind=KIND, subject=conflict.id, person=person, now=now, ring=True)
        case Changed(before, overlap):
            conflict = conflicts.save(tx, _told(before, overlap, times))
            messages.changed(tx, tenant, KIND, conflict.id, now)
        case Closed(before, state):
            conflict = conflicts.save(tx, replace(before, state=state))
            messages.changed(tx, tenant, KIND, conflict.id, now)
        case _:
            assert_never(act)
    log.info("a conflict: %s", type(act).__name__, extra={"conflict": conflict.id, "meeting": conflict.meeting})


def _new(tenant: TenantId, person: PersonId, overlap: Overlap) -> Conflict:
    return Conflict(
        id=ConflictId(new_id()),
        tenant=tenant,
        person=person,
        meeting=overlap.meeting.id,
        calendar=overlap.other.calendar,
        uid=overlap.other.instance.uid,
        starts=overlap.other.instance.starts,
        when=overlap.other.instance.when,
        state=ConflictState.OPEN,
    )


def _told(conflict: Conflict, overlap: Overlap, times: Times) -> Conflict:
    """The conflict, open, with the other event where it stands now, and times to move to."""
    slots, is_known = times[overlap.meeting.id]
    other = overlap.other
    return replace(
        conflict,
        calendar=other.calendar,
        starts=other.instance.starts,
        when=other.instance.when,
        state=ConflictState.OPEN,
        slots=slots,
        is_known=is_known,
    )


def _refresh(tx: Tx, tenant: TenantId, seen: Seen, times: Times, now: datetime) -> None:
    """Everybody's other open conflicts of these meetings show the times that work now."""
    acted = {one.conflict.id for one in seen.acts if not isinstance(one, Opened)}
    for conflict in seen.conflicts:
        if conflict.state is not ConflictState.OPEN or conflict.id in acted or conflict.meeting not in times:
            continue
        slots, is_known = times[conflict.meeting]
        if (slots, is_known) != (conflict.slots, conflict.is_known):
            conflicts.save(tx, replace(conflict, slots=slots, is_known=is_known))
            messages.changed(tx, tenant, KIND, conflict.id, now)


def _again(told: Iterable[Conflict], theirs: Mapping[MeetingId, Meeting], now: datetime) -> datetime | None:
    """Soon while a meeting with a conflict is on its way elsewhere, else when it is over."""
    conflicting = {theirs[one.meeting] for one in told if one.meeting in theirs}
    return min((_settles(one, now) for one in conflicting), default=None)


def _settles(meeting: Meeting, now: datetime) -> datetime:
    if meeting.state is MeetingState.BOOKED:
        return meeting.when.end
    return now + min(max(now - (meeting.hindered_since or now), SOON), LATER)
