"""The organiser moved a meeting in their own calendar, where nobody could refuse it: it stands there now.

The calendar is the truth. Whoever is not free then is invited all the same, without a claim on their time, and sees
the conflict in a message of their own.
"""

from dataclasses import replace
from datetime import datetime

from bot.availability.busy import once
from bot.core.conflicts import Conflict, ConflictState
from bot.core.errors import Taken
from bot.core.events import Busy
from bot.core.ids import ConflictId, new_id
from bot.core.intervals import Interval
from bot.core.meetings import Meeting
from bot.scheduling.asked import withdraw_asks
from bot.scheduling.change import claim, hand_to_saga, moving
from bot.scheduling.follow import is_copy
from bot.scheduling.saga_plan import attending
from bot.scheduling.saga_rows import KIND
from bot.storage import calendars, conflicts, ledger, messages, mirror
from bot.storage.database import Tx


def overrule(tx: Tx, meeting: Meeting, to: Interval, now: datetime) -> Meeting:
    """The meeting is on its way to where the organiser's copy stands already; the saga takes the others there."""
    withdraw_asks(tx, meeting, now)
    _claim_what_is_free(tx, meeting, to, now)
    _keep_own_conflicts(tx, meeting, to, now)
    return hand_to_saga(tx, moving(meeting, to), now)


def _claim_what_is_free(tx: Tx, meeting: Meeting, to: Interval, now: datetime) -> None:
    for person in attending(meeting):
        try:
            claim(tx, meeting, (person,), to, now)
        except Taken:
            ledger.claim(
                tx,
                meeting.tenant,
                subject=meeting.id,
                cause=KIND,
                people=(person,),
                when=to,
                state="invited",
                now=now,
            )


def _keep_own_conflicts(tx: Tx, meeting: Meeting, to: Interval, now: datetime) -> None:
    """What stands there in the organiser's calendars, they saw when they moved it there: nobody tells them."""
    counting = [one.id for one in calendars.of_person(tx, meeting.tenant, meeting.organiser) if one.counts]
    told = {
        (one.uid, one.starts): one
        for one in conflicts.of_meeting(tx, meeting.tenant, meeting.id)
        if one.person == meeting.organiser
    }
    for row in once(mirror.busy(tx, meeting.tenant, counting, to)):
        if is_copy(meeting, row.instance):
            continue
        before = told.get((row.instance.uid, row.instance.starts))
        if before is None:
            conflicts.insert(tx, _kept(meeting, row))
        else:
            conflicts.save(tx, replace(before, when=row.instance.when, state=ConflictState.KEPT))
            messages.changed(tx, meeting.tenant, "conflict", before.id, now)


def _kept(meeting: Meeting, other: Busy) -> Conflict:
    return Conflict(
        id=ConflictId(new_id()),
        tenant=meeting.tenant,
        person=meeting.organiser,
        meeting=meeting.id,
        calendar=other.calendar,
        uid=other.instance.uid,
        starts=other.instance.starts,
        when=other.instance.when,
        state=ConflictState.KEPT,
    )
