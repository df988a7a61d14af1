"""What each step of a meeting leaves in the rows: its state, whose time is free again, and who is told.

Each function changes the meeting within the transaction that saves it, so that nobody is told what is not so.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.calendars import Access
from bot.core.events import Response, Written
from bot.core.ids import CalendarId, PersonId
from bot.core.meetings import AskState, Attendance, Meeting, MeetingState, Road
from bot.scheduling import saga_plan
from bot.scheduling.asked import settle_agreed
from bot.scheduling.propose import reopen
from bot.storage import calendars, conflicts, ledger, meetings, messages, mirror
from bot.storage.database import Tx

KIND = "meeting"
"""The kind of its due rows and of its messages, and the cause of its claims."""

Change = Callable[[Tx, Meeting, datetime], Meeting]
"""Makes of a meeting what it is from now on."""


def hindered(_tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
    """A calendar did not answer: from now on it is waited for."""
    return replace(meeting, hindered_since=now)


def unhindered(_tx: Tx, meeting: Meeting, _now: datetime) -> Meeting:
    """Every calendar answered."""
    return replace(meeting, hindered_since=None)


def written(attendance: Attendance, sequence: int, copy: Written, rooms: Mapping[str, PersonId]) -> Change:
    """That copy stands; the mirror does not know it yet, so its calendar is to be read."""

    def stands(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
        _reread(tx, meeting, attendance, now)
        shown_as = copy.ical_uid or meeting.uid  # what a service delivers to a guest is under this UID, and untagged
        meetings.alias(tx, meeting.tenant, shown_as, meeting.id)
        mirror.adopt(tx, meeting.tenant, shown_as, meeting.id)
        after = saga_plan.changed(
            meeting, attendance.person, written=sequence, written_status=attendance.status, written_at=now, why=""
        )
        if attendance.road is not Road.ORGANISER:
            return after
        for one in after.attendances:
            if one.road is Road.ATTENDEE:
                after = saga_plan.changed(after, one.person, written_at=now)
        return told(copy, rooms)(tx, after, now)

    return stands


def told(copy: Written, rooms: Mapping[str, PersonId]) -> Change:
    """What the organiser's service has told since it was written: its video link, and what rooms answered.

    Those who know of the meeting already see it; a room that says no once it is booked rings its organiser.
    """

    def heard(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
        after = saga_plan.linked(meeting, copy.link)
        for address, response in copy.answers:
            room = None if address not in rooms else after.attendance(rooms[address])
            if room is None or response is room.response:
                continue
            after = saga_plan.changed(after, room.person, response=response)
            if response is Response.DECLINED and meeting.booked_at is not None:
                ledger.release(tx, meeting.tenant, meeting.id, cause=KIND, people=(room.person,))
                _show(tx, meeting, now, ring=(meeting.organiser,))
        if after != meeting and meeting.booked_at is not None:
            redraw(tx, meeting, now)
        return after

    return heard


def waits(until: datetime) -> Change:
    """Until then everybody waits for what the organiser's service still owes."""
    return lambda _tx, meeting, _now: replace(meeting, waits_until=until)


def consented(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
    """Its organiser allows us to write."""
    redraw(tx, meeting, now)
    return replace(meeting, awaits_consent_until=None)


def awaits_consent(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
    """Its organiser's account turns out not to allow it: they are asked, and the claim is kept meanwhile."""
    calendar = meeting.attendances[0].calendar
    if calendar is not None:
        held = calendars.calendar(tx, meeting.tenant, calendar)
        calendars.granted(tx, meeting.tenant, held.connection, Access.FREEBUSY)
    _show(tx, meeting, now, ring=(meeting.organiser,))
    return replace(meeting, awaits_consent_until=now + saga_plan.CONSENT)


def answered(attendance: Attendance, found: CalendarId | None) -> Change:
    """Their own calendar knows what they answered in chat, or cannot be told."""

    def known(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
        if found is not None:
            calendars.dirty(tx, meeting.tenant, found, now)
        current = meeting.attendance(attendance.person)
        if current is None or current.to_answer is not attendance.to_answer:
            return meeting  # they answered otherwise meanwhile
        there = current.found if found is None else found
        return saga_plan.changed(meeting, attendance.person, to_answer=None, found=there, written_at=now)

    return known


def went_by(known: Mapping[PersonId, datetime]) -> Change:
    """The last look before it is written: for these people it had to go by what was read then."""
    return lambda _tx, meeting, _now: replace(
        meeting, attendances=tuple(replace(one, went_by=known.get(one.person)) for one in meeting.attendances)
    )


def freed(attendance: Attendance) -> Change:
    """They declined and their copy is gone: that time of theirs is free."""

    def gone(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
        _reread(tx, meeting, attendance, now)
        current = meeting.attendance(attendance.person)
        if current is not None and current.response is Response.DECLINED:  # they may have accepted again meanwhile
            ledger.release(tx, meeting.tenant, meeting.id, cause=KIND, people=(attendance.person,))
        messages.changed(tx, meeting.tenant, KIND, meeting.id, now)
        return saga_plan.changed(meeting, attendance.person, written=None, written_status=None, written_at=None)

    return gone


def without_road(attendance: Attendance, why: str) -> Change:
    """Their calendar does not take it: the meeting stands without their copy, and its card says so."""

    def without(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
        messages.changed(tx, meeting.tenant, KIND, meeting.id, now)
        return saga_plan.changed(meeting, attendance.person, road=Road.NONE, calendar=None, why=why)

    return without


def given_road(attendance: Attendance, calendar: CalendarId) -> Change:
    """They have a calendar by now that takes it."""
    return lambda _tx, meeting, _now: saga_plan.changed(
        meeting, attendance.person, road=Road.OWN_COPY, calendar=calendar, why=""
    )


def given_up(reason: str) -> Change:
    """It cannot be: everything that was written of it goes again."""
    return lambda _tx, meeting, _now: replace(meeting, state=MeetingState.UNDOING, reason=reason)


def booked(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
    """It stands on its calendars: its people are told for the first time."""
    _show(tx, meeting, now, ring=_others(meeting))
    return replace(meeting, state=MeetingState.BOOKED, booked_at=now, sequence=saga_plan.target(meeting), reason="")


def moved(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
    """It stands at the new time, and the old one is free."""
    assert meeting.moving_to is not None
    asked = [ask.by for ask in settle_agreed(tx, meeting, AskState.MOVED, now)]
    if meeting.moving_to != meeting.when:
        ledger.release(tx, meeting.tenant, meeting.id, when=meeting.when)
    _show(tx, meeting, now, ring=_others(meeting))
    return replace(
        meeting,
        attendances=tuple(_asked_again(one, has_asked=one.person in asked) for one in meeting.attendances),
        state=MeetingState.BOOKED,
        was=meeting.when,
        when=meeting.moving_to,
        moving_to=None,
        sequence=saga_plan.target(meeting),
        reason="",
    )


def _asked_again(attendance: Attendance, *, has_asked: bool) -> Attendance:
    """An answer was to the old time (RFC 5546 §3.2.2.1); to ask for the new one is to accept it."""
    is_own = attendance.is_room and attendance.road is Road.OWN_COPY  # what stands in its calendar is its answer
    if attendance.road is Road.ORGANISER or attendance.response is Response.DECLINED or is_own:
        return attendance
    return replace(attendance, response=Response.ACCEPTED if has_asked else Response.NEEDS_ACTION)


def stayed(reason: str) -> Change:
    """It cannot move there: it stays where it is, and its organiser hears why."""

    def where_it_is(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
        if meeting.moving_to is not None and meeting.moving_to != meeting.when:
            ledger.release(tx, meeting.tenant, meeting.id, when=meeting.moving_to)
        settle_agreed(tx, meeting, AskState.STAYED, now)
        _show(tx, meeting, now, ring=(meeting.organiser,))
        known = went_by({})(tx, meeting, now)  # the last look was at the time to which it does not go
        return replace(known, state=MeetingState.BOOKED, moving_to=None, reason=reason)

    return where_it_is


def ended(left: Collection[PersonId]) -> Change:
    """It is off every calendar, but for those of the people who are `left`: their time stays taken until it is."""

    def over(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
        _give_back(tx, meeting, now, left)
        over = replace(meeting, state=saga_plan.end(meeting), moving_to=None)
        if over.state is MeetingState.FAILED:
            _show(tx, over, now, ring=(over.organiser,))
            reopen(tx, over, now)
        else:
            _show(tx, over, now, ring=() if over.booked_at is None else _others(over))
        is_to_sweep = bool(left) or meeting.hindered_since is not None
        return replace(saga_plan.without_copies(over, left), hindered_since=now if is_to_sweep else None)

    return over


def swept(left: Collection[PersonId]) -> Change:
    """It was over before, and what was found of it since is removed."""

    def clean(tx: Tx, meeting: Meeting, now: datetime) -> Meeting:
        _give_back(tx, meeting, now, left)
        redraw(tx, meeting, now)
        rest = saga_plan.without_copies(meeting, left)
        since = meeting.hindered_since
        is_over = not left and (since is None or now >= since + saga_plan.COOL_OFF)
        return replace(rest, hindered_since=None) if is_over else rest

    return clean


def _give_back(tx: Tx, meeting: Meeting, now: datetime, left: Collection[PersonId]) -> None:
    gone = [one for one in meeting.attendances if one.person not in left]
    ledger.release(tx, meeting.tenant, meeting.id, people=[one.person for one in gone])
    for attendance in gone:
        if attendance.written is not None or meeting.hindered_since is not None:
            _reread(tx, meeting, attendance, now)


def _reread(tx: Tx, meeting: Meeting, attendance: Attendance, now: datetime) -> None:
    """We changed that calendar, so its rows no longer tell what stands there."""
    if attendance.calendar is not None:
        calendars.dirty(tx, meeting.tenant, attendance.calendar, now)


def _others(meeting: Meeting) -> tuple[PersonId, ...]:
    """Those who come and are not its organiser; a room has no chat."""
    rooms = {one.person for one in meeting.attendances if one.is_room}
    return tuple(one for one in saga_plan.attending(meeting) if one != meeting.organiser and one not in rooms)


def redraw(tx: Tx, meeting: Meeting, now: datetime) -> None:
    """Everyone who knows of it, or of a clash with it, sees it as it is."""
    messages.changed(tx, meeting.tenant, KIND, meeting.id, now)
    for conflict in conflicts.of_meeting(tx, meeting.tenant, meeting.id):
        messages.changed(tx, meeting.tenant, "conflict", conflict.id, now)


def _show(tx: Tx, meeting: Meeting, now: datetime, *, ring: tuple[PersonId, ...]) -> None:
    """Everyone who knows of it sees it as it is; those who must hear of it get a new message."""
    redraw(tx, meeting, now)
    if meeting.proposal is not None:
        messages.changed(tx, meeting.tenant, "proposal", meeting.proposal, now)  # "Booking…" there becomes "Booked"
    for person in ring:
        messages.show(tx, meeting.tenant, kind=KIND, subject=meeting.id, person=person, now=now, ring=True)
