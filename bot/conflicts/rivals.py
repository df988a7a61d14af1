"""Another scheduler wrote a meeting of ours, too: noticed by what stands in calendars, and told once to its organiser.

An event at the very time of a meeting is a clash like any other, unless it is one event, by its UID, that stands in the
calendars of at least two of the meeting's people: then it is the same meeting, written twice.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.clock import Clock
from bot.core.errors import NotAllowed, NotFound
from bot.core.events import Busy, Response
from bot.core.ids import CalendarId, MeetingId, PersonId, TenantId
from bot.core.meetings import Meeting, MeetingState
from bot.core.rivals import Rival, RivalState
from bot.providers.base import SHARED
from bot.storage import calendars, meetings, messages, mirror, rivals
from bot.storage.database import Database, Tx

KIND = "rival"
"""Its messages are called so; their subject is the meeting."""
PEOPLE = 2
"""In the calendars of how many of a meeting's people one event must stand to be the same meeting."""

log = logging.getLogger(__name__)


def rival_of(meeting: Meeting, rows: Iterable[Busy], owners: Mapping[CalendarId, PersonId]) -> str | None:
    """The UID of the event that is the same meeting, written by somebody else; None where there is none. Pure."""
    people: dict[str, set[PersonId]] = {}
    for row in rows:
        one = row.instance
        if one.ours is None and one.blocks and one.uid != meeting.uid and one.when == meeting.when:
            people.setdefault(one.uid, set()).add(owners[row.calendar])
    written = sorted((-len(who), uid) for uid, who in people.items() if len(who) >= PEOPLE)
    return written[0][1] if written else None


@dataclass(frozen=True, slots=True)
class Rivals:
    """Asks organisers which of two schedulers should write their meeting."""

    database: Database
    clock: Clock

    def look(self, tenant: TenantId, person: PersonId) -> None:
        """That person's calendars were read."""
        with self.database.transaction() as tx:
            now = self.clock.now()
            theirs = meetings.of_person(tx, tenant, person, now, (MeetingState.BOOKED,))
            known = rivals.of_meetings(tx, tenant, [one.id for one in theirs])
            for meeting in theirs:
                _compare(tx, meeting, known.get(meeting.id), now)

    def ours(self, tenant: TenantId, meeting_id: MeetingId, by: PersonId) -> None:
        """Overlap writes; the other event is theirs to delete."""
        with self.database.transaction() as tx:
            meeting = meetings.meeting(tx, tenant, meeting_id)
            if by != meeting.organiser:
                raise NotAllowed("Only the meeting's organiser decides that.")
            rival = rivals.of_meeting(tx, tenant, meeting_id)
            if rival is None:
                raise NotFound("There is no second event of that meeting any more.")
            if rival.state is RivalState.OPEN:
                rivals.keep(tx, replace(rival, state=RivalState.OURS))
                messages.changed(tx, tenant, KIND, meeting_id, self.clock.now())


def _compare(tx: Tx, meeting: Meeting, before: Rival | None, now: datetime) -> None:
    rows, owners = _rows(tx, meeting)
    if before is None:
        uid = rival_of(meeting, rows, owners)
        if uid is not None:
            log.info("another scheduler wrote a meeting, too", extra={"meeting": meeting.id})
            rivals.keep(tx, Rival(tenant=meeting.tenant, meeting=meeting.id, uid=uid))
            messages.show(
                tx, meeting.tenant, kind=KIND, subject=meeting.id, person=meeting.organiser, now=now, ring=True
            )
    elif before.state is RivalState.OPEN and all(row.instance.uid != before.uid for row in rows):
        rivals.keep(tx, replace(before, state=RivalState.GONE))
        messages.changed(tx, meeting.tenant, KIND, meeting.id, now)


def _rows(tx: Tx, meeting: Meeting) -> tuple[list[Busy], dict[CalendarId, PersonId]]:
    """What stands in the calendars of its people in its time; what is seen by address alone has no UID to tell by."""
    people = [one.person for one in meeting.attendances if not one.is_room and one.response is not Response.DECLINED]
    theirs = [one for one in calendars.of_people(tx, meeting.tenant, people) if not one.remote.startswith(SHARED)]
    owners = {one.id: one.person for one in theirs if one.counts}
    return mirror.busy(tx, meeting.tenant, list(owners), meeting.when), owners
