"""What is agreed: the meetings, and each person's part in them."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Row,
    Table,
    Text,
    and_,
    delete,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.core.errors import NotFound, Stale
from bot.core.events import Instance, Response, Status
from bot.core.ids import CalendarId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import LIVE, Attendance, Meeting, MeetingState, Road
from bot.core.reasons import Code
from bot.storage.database import METADATA, Tx, instant, instant_if_any, seconds

MOST_NAMED = 500
"""UIDs in one query."""

MEETINGS = Table(
    "meeting",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("organiser", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("starts", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("link", Text),
    Column("proposal", Text),
    Column("moving_starts", BigInteger),
    Column("moving_ends", BigInteger),
    Column("was_starts", BigInteger),
    Column("was_ends", BigInteger),
    Column("reason", Text, nullable=False),
    Column("booked_at", BigInteger),
    Column("wants_video", Boolean, nullable=False),
    Column("awaits_consent_until", BigInteger),
    Column("waits_until", BigInteger),
    Column("hindered_since", BigInteger),
    Column("version", Integer, nullable=False),
    Index("meeting_by_uid", "tenant", "uid", unique=True),
    Index("meeting_by_proposal", "tenant", "proposal", unique=True, sqlite_where=text("state <> 'failed'")),
)

ATTENDANCES = Table(
    "attendance",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("meeting", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("road", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("calendar", Text),
    Column("written", Integer),
    Column("written_status", Text),
    Column("written_at", BigInteger),
    Column("went_by", BigInteger),
    Column("is_reachable", Boolean, nullable=False),
    Column("is_room", Boolean, nullable=False),
    Column("found", Text),
    Column("heard", Text, nullable=False),
    Column("to_answer", Text),
    Column("why", Text, nullable=False),
    Column("is_unseen", Boolean, nullable=False, default=False),
    Column("overlooks", Text, nullable=False, default=""),
    Index("attendance_by_person", "tenant", "person"),
)

ALIASES = Table(
    "alias",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("ical_uid", Text, primary_key=True),
    Column("meeting", Text, nullable=False),
    Index("alias_by_meeting", "tenant", "meeting"),
)


def insert(tx: Tx, meeting: Meeting) -> None:
    """A new meeting; the database refuses a second one of the same proposal, unless the first failed."""
    tx.execute(MEETINGS.insert().values(_columns(meeting)))
    _attend(tx, meeting)


def save(tx: Tx, meeting: Meeting) -> Meeting:
    """The meeting as it is now, one version on; `Stale` if it changed since it was read."""
    newer = replace(meeting, version=meeting.version + 1)
    changed = tx.execute(
        update(MEETINGS)
        .where(MEETINGS.c.tenant == meeting.tenant, MEETINGS.c.id == meeting.id, MEETINGS.c.version == meeting.version)
        .values(_columns(newer))
    )
    if changed.rowcount == 0:
        raise Stale("That meeting changed meanwhile. Please look again.")
    tx.execute(delete(ATTENDANCES).where(ATTENDANCES.c.tenant == meeting.tenant, ATTENDANCES.c.meeting == meeting.id))
    _attend(tx, newer)
    return newer


def meeting(tx: Tx, tenant: TenantId, meeting_id: MeetingId) -> Meeting:
    """The meeting with that id; `NotFound` where none is."""
    row = tx.execute(select(MEETINGS).where(MEETINGS.c.tenant == tenant, MEETINGS.c.id == meeting_id)).one_or_none()
    if row is None:
        raise NotFound("That meeting is no more.")
    return _whole(tx, row)


def by_proposal(tx: Tx, tenant: TenantId, proposal_id: ProposalId) -> Meeting | None:
    """The meeting that came of that proposal, if one did and did not fail."""
    row = tx.execute(
        select(MEETINGS).where(
            MEETINGS.c.tenant == tenant, MEETINGS.c.proposal == proposal_id, MEETINGS.c.state != MeetingState.FAILED
        )
    ).one_or_none()
    return None if row is None else _whole(tx, row)


def of_person(
    tx: Tx, tenant: TenantId, person: PersonId, since: datetime, states: Collection[MeetingState]
) -> list[Meeting]:
    """Their meetings in one of those states that end after `since`, the earliest first."""
    rows = tx.execute(
        select(MEETINGS)
        .join(ATTENDANCES, (ATTENDANCES.c.tenant == MEETINGS.c.tenant) & (ATTENDANCES.c.meeting == MEETINGS.c.id))
        .where(
            MEETINGS.c.tenant == tenant,
            ATTENDANCES.c.person == person,
            MEETINGS.c.ends > seconds(since),
            MEETINGS.c.state.in_(states),
        )
        .order_by(MEETINGS.c.starts, MEETINGS.c.id)
    ).all()
    return [_whole(tx, row) for row in rows]


def awaiting_consent(tx: Tx, tenant: TenantId, person: PersonId) -> list[MeetingId]:
    """What can be written only once they allow it, booked or accepted by them; mark these due when they have."""
    booked = and_(
        MEETINGS.c.organiser == person,
        MEETINGS.c.state == MeetingState.BOOKING,
        MEETINGS.c.awaits_consent_until.is_not(None),
    )
    accepted = and_(
        MEETINGS.c.state == MeetingState.BOOKED,
        ATTENDANCES.c.road == Road.NONE,
        ATTENDANCES.c.response.in_((Response.ACCEPTED, Response.TENTATIVE)),
    )
    joined = (ATTENDANCES.c.tenant == MEETINGS.c.tenant) & (ATTENDANCES.c.meeting == MEETINGS.c.id)
    theirs = (MEETINGS.c.tenant == tenant, ATTENDANCES.c.person == person, or_(booked, accepted))
    rows = tx.execute(select(MEETINGS.c.id).join(ATTENDANCES, joined).where(*theirs).order_by(MEETINGS.c.id))
    return [MeetingId(one) for one in rows.scalars()]


def alias(tx: Tx, tenant: TenantId, ical_uid: str, meeting: MeetingId) -> None:
    """Under this UID a service shows the meeting to others, without our tag."""
    row = upsert(ALIASES).values(tenant=tenant, ical_uid=ical_uid, meeting=meeting)
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "ical_uid"], set_={"meeting": meeting}))


def aliases(tx: Tx, tenant: TenantId, uids: Collection[str]) -> dict[str, MeetingId]:
    """Which of these UIDs are meetings of ours, though nothing at their events says so."""
    found: dict[str, MeetingId] = {}
    wanted = sorted(uids)
    for at in range(0, len(wanted), MOST_NAMED):
        named = ALIASES.c.ical_uid.in_(wanted[at : at + MOST_NAMED])
        rows = tx.execute(select(ALIASES.c.ical_uid, ALIASES.c.meeting).where(ALIASES.c.tenant == tenant, named))
        found |= {row.ical_uid: MeetingId(row.meeting) for row in rows}
    return found


def recognised(tx: Tx, tenant: TenantId, instances: Iterable[Instance]) -> list[Instance]:
    """What a calendar tells, with every copy of ours known for one, also where its service shows it without our tag."""
    told = list(instances)
    known = aliases(tx, tenant, {one.uid for one in told if one.ours is None})
    return [replace(one, ours=known[one.uid]) if one.ours is None and one.uid in known else one for one in told]


def has_guests(tx: Tx, tenant: TenantId, organiser: PersonId, now: datetime) -> bool:
    """Whether they organise a meeting to come whose people, or rooms, answer at its event."""
    guests = (
        MEETINGS.c.tenant == tenant,
        MEETINGS.c.organiser == organiser,
        MEETINGS.c.ends > seconds(now),
        MEETINGS.c.state.in_(LIVE),
        ATTENDANCES.c.road == Road.ATTENDEE,
    )
    joined = (ATTENDANCES.c.tenant == MEETINGS.c.tenant) & (ATTENDANCES.c.meeting == MEETINGS.c.id)
    return tx.execute(select(MEETINGS.c.id).join(ATTENDANCES, joined).where(*guests).limit(1)).first() is not None


def aliases_of(tx: Tx, tenant: TenantId, meeting: MeetingId) -> list[str]:
    """The UIDs under which services show that meeting."""
    its = (ALIASES.c.tenant == tenant, ALIASES.c.meeting == meeting)
    return list(tx.execute(select(ALIASES.c.ical_uid).where(*its).order_by(ALIASES.c.ical_uid)).scalars())


def _attend(tx: Tx, meeting: Meeting) -> None:
    tx.execute(
        ATTENDANCES.insert(),
        [
            {
                "tenant": meeting.tenant,
                "meeting": meeting.id,
                "person": one.person,
                "position": position,
                "road": one.road,
                "response": one.response,
                "calendar": one.calendar,
                "written": one.written,
                "written_status": one.written_status,
                "written_at": None if one.written_at is None else seconds(one.written_at),
                "went_by": None if one.went_by is None else seconds(one.went_by),
                "is_reachable": one.is_reachable,
                "is_room": one.is_room,
                "found": one.found,
                "heard": one.heard,
                "to_answer": one.to_answer,
                "why": one.why,
                "is_unseen": one.is_unseen,
                "overlooks": " ".join(one.overlooks),
            }
            for position, one in enumerate(meeting.attendances)
        ],
    )


def _columns(meeting: Meeting) -> dict[str, Any]:
    return {
        "tenant": meeting.tenant,
        "id": meeting.id,
        "uid": meeting.uid,
        "organiser": meeting.organiser,
        "title": meeting.title,
        "starts": seconds(meeting.when.start),
        "ends": seconds(meeting.when.end),
        "state": meeting.state,
        "sequence": meeting.sequence,
        "link": meeting.link,
        "proposal": meeting.proposal,
        "moving_starts": None if meeting.moving_to is None else seconds(meeting.moving_to.start),
        "moving_ends": None if meeting.moving_to is None else seconds(meeting.moving_to.end),
        "was_starts": None if meeting.was is None else seconds(meeting.was.start),
        "was_ends": None if meeting.was is None else seconds(meeting.was.end),
        "reason": meeting.reason,
        "booked_at": None if meeting.booked_at is None else seconds(meeting.booked_at),
        "wants_video": meeting.wants_video,
        "awaits_consent_until": _seconds(meeting.awaits_consent_until),
        "waits_until": _seconds(meeting.waits_until),
        "hindered_since": None if meeting.hindered_since is None else seconds(meeting.hindered_since),
        "version": meeting.version,
    }


def _whole(tx: Tx, row: Row[Any]) -> Meeting:
    parts = tx.execute(
        select(ATTENDANCES)
        .where(ATTENDANCES.c.tenant == row.tenant, ATTENDANCES.c.meeting == row.id)
        .order_by(ATTENDANCES.c.position)
    )
    return Meeting(
        id=MeetingId(row.id),
        tenant=TenantId(row.tenant),
        uid=row.uid,
        organiser=PersonId(row.organiser),
        title=row.title,
        when=Interval(instant(row.starts), instant(row.ends)),
        state=MeetingState(row.state),
        attendances=tuple(_attendance(part) for part in parts),
        sequence=row.sequence,
        link=row.link,
        proposal=None if row.proposal is None else ProposalId(row.proposal),
        moving_to=_stretch(row.moving_starts, row.moving_ends),
        was=_stretch(row.was_starts, row.was_ends),
        reason=row.reason,
        booked_at=instant_if_any(row.booked_at),
        wants_video=row.wants_video,
        awaits_consent_until=instant_if_any(row.awaits_consent_until),
        waits_until=instant_if_any(row.waits_until),
        hindered_since=instant_if_any(row.hindered_since),
        version=row.version,
    )


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)


def _stretch(starts: int | None, ends: int | None) -> Interval | None:
    return None if starts is None or ends is None else Interval(instant(starts), instant(ends))


def _attendance(row: Row[Any]) -> Attendance:
    return Attendance(
        person=PersonId(row.person),
        road=Road(row.road),
        response=Response(row.response),
        calendar=None if row.calendar is None else CalendarId(row.calendar),
        written=row.written,
        written_status=None if row.written_status is None else Status(row.written_status),
        written_at=instant_if_any(row.written_at),
        went_by=instant_if_any(row.went_by),
        is_reachable=row.is_reachable,
        is_room=row.is_room,
        found=None if row.found is None else CalendarId(row.found),
        heard=Response(row.heard),
        to_answer=None if row.to_answer is None else Response(row.to_answer),
        why=row.why,
        is_unseen=row.is_unseen,
        overlooks=tuple(Code(one) for one in row.overlooks.split()),
    )
