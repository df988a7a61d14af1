"""What stood in a time when somebody knowingly took it: no news to them, and no conflict that they are told of."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.availability.busy import once
from bot.core.conflicts import Conflict, ConflictState
from bot.core.events import Busy
from bot.core.ids import ConflictId, PersonId, new_id
from bot.core.intervals import Interval
from bot.core.meetings import Meeting
from bot.scheduling.follow import is_copy
from bot.storage import calendars, conflicts, messages, mirror
from bot.storage.database import Tx


def keep_own_conflicts(tx: Tx, meeting: Meeting, to: Interval, people: Iterable[PersonId], now: datetime) -> None:
    """What stands there in these people's calendars is kept as it is: nobody tells them."""
    known = conflicts.of_meeting(tx, meeting.tenant, meeting.id)
    for person in people:
        counting = [one.id for one in calendars.of_person(tx, meeting.tenant, person) if one.counts]
        told = {(one.uid, one.starts): one for one in known if one.person == person}
        for row in once(mirror.busy(tx, meeting.tenant, counting, to)):
            if is_copy(meeting, row.instance):
                continue
            before = told.get((row.instance.uid, row.instance.starts))
            if before is None:
                conflicts.insert(tx, _kept(meeting, person, row))
            else:
                conflicts.save(tx, replace(before, when=row.instance.when, state=ConflictState.KEPT))
                messages.changed(tx, meeting.tenant, "conflict", before.id, now)


def _kept(meeting: Meeting, person: PersonId, other: Busy) -> Conflict:
    return Conflict(
        id=ConflictId(new_id()),
        tenant=meeting.tenant,
        person=person,
        meeting=meeting.id,
        calendar=other.calendar,
        uid=other.instance.uid,
        starts=other.instance.starts,
        when=other.instance.when,
        state=ConflictState.KEPT,
    )
