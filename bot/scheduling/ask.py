"""Somebody who is not the organiser asks for another time; it is held for everyone until the organiser answers."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.clock import Clock
from bot.core.errors import InvalidInput, NotAllowed, Stale, Taken
from bot.core.events import Response
from bot.core.ids import AskId, MeetingId, PersonId, TenantId, new_id
from bot.core.intervals import Interval
from bot.core.meetings import LIVE, OPEN_ASKS, Ask, AskState, Meeting, MeetingState, TimesForMove
from bot.scheduling.asked import KIND, close_ask, redraw, withdraw_asks
from bot.scheduling.change import check_free, start_move
from bot.scheduling.saga_plan import attending
from bot.storage import asks, due, ledger, meetings, messages
from bot.storage.database import Database, Tx

AGREED_ASKS = (AskState.AGREED, AskState.MOVED, AskState.STAYED)
"""The organiser said yes, whatever came of it."""

PATIENCE = timedelta(hours=24)
"""How long a time is held for an answer, and how long somebody may choose one."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An ask, from the choice of a time to the organiser's answer."""

    database: Database
    clock: Clock
    times_for_move: TimesForMove

    def open(self, tenant: TenantId, meeting_id: MeetingId, by: PersonId) -> Ask:
        """Times to choose from, checked for everyone; an ask that waits for its answer already is shown again."""
        with self.database.reading() as tx:
            meeting = meetings.meeting(tx, tenant, meeting_id)
            _only_asking(meeting, by, self.clock.now())
        slots, is_known = self.times_for_move(tenant, meeting)
        with self.database.transaction() as tx:
            now = self.clock.now()
            meeting = meetings.meeting(tx, tenant, meeting_id)
            _only_asking(meeting, by, now)
            return offer(tx, meeting, by, slots, is_known=is_known, now=now)

    def pick(self, tenant: TenantId, ask_id: AskId, wanted: Interval, by: PersonId) -> Ask:
        """The time is held for everyone, and the organiser is asked.

        `Stale` when it is none of those on offer by now. `Taken` when it is no longer free: then those are new.
        """
        try:
            return self._pick(tenant, ask_id, wanted, by)
        except Taken:
            self._look_again(tenant, ask_id)
            raise

    def _look_again(self, tenant: TenantId, ask_id: AskId) -> None:
        """Fresh times in the place of those of which one turned out to be taken; it rings nobody."""
        with self.database.reading() as tx:
            meeting = meetings.meeting(tx, tenant, asks.ask(tx, tenant, ask_id).meeting)
        slots, is_known = self.times_for_move(tenant, meeting)
        with self.database.transaction() as tx:
            ask = asks.ask(tx, tenant, ask_id)
            if ask.state is AskState.CHOOSING:
                asks.save(tx, replace(ask, slots=slots, is_known=is_known))
                messages.changed(tx, tenant, KIND, ask.id, self.clock.now())

    def _pick(self, tenant: TenantId, ask_id: AskId, wanted: Interval, by: PersonId) -> Ask:
        with self.database.transaction() as tx:
            now = self.clock.now()
            ask = asks.ask(tx, tenant, ask_id)
            if by != ask.by:
                raise NotAllowed("Only the one who asks picks the time.")
            if ask.state is AskState.OPEN and ask.wanted == wanted:
                return ask
            if ask.state is not AskState.CHOOSING or wanted not in ask.slots:
                raise Stale("Those times are no longer on offer. Please ask again.")
            meeting = meetings.meeting(tx, tenant, ask.meeting)
            _only_asking(meeting, by, now)
            return hold(tx, meeting, ask, wanted, now)

    def ask(self, tenant: TenantId, meeting_id: MeetingId, by: PersonId, wanted: Interval) -> Ask:
        """Ask for that very time at once (the message of a conflict knows it already); `Taken` when it is not free."""
        with self.database.transaction() as tx:
            now = self.clock.now()
            meeting = meetings.meeting(tx, tenant, meeting_id)
            _only_asking(meeting, by, now)
            return request(tx, meeting, by, wanted, now)

    def answer(self, tenant: TenantId, ask_id: AskId, by: PersonId, *, move: bool) -> Ask:
        """The organiser moves the meeting to the time asked for, or keeps it; either way the asking person sees it."""
        with self.database.transaction() as tx:
            now = self.clock.now()
            ask = asks.ask(tx, tenant, ask_id)
            meeting = meetings.meeting(tx, tenant, ask.meeting)
            if by != meeting.organiser:
                raise NotAllowed("Only the meeting's organiser answers that.")
            if ask.state in (AGREED_ASKS if move else (AskState.KEPT,)):
                return ask
            if ask.state is not AskState.OPEN or _is_over(ask, now):
                raise Stale("That was answered, taken back or too long ago. Nothing changed.")
            return _move(tx, meeting, ask, now) if move else _keep(tx, ask, now)

    def withdraw(self, tenant: TenantId, ask_id: AskId, by: PersonId) -> Ask:
        """The asking person no longer wants it."""
        with self.database.transaction() as tx:
            ask = asks.ask(tx, tenant, ask_id)
            if by != ask.by:
                raise NotAllowed("Only the one who asked can take it back.")
            if ask.state not in OPEN_ASKS:
                return ask
            return close_ask(tx, ask, AskState.WITHDRAWN, self.clock.now())

    def expire(self, tenant: TenantId, ask_id: AskId) -> datetime | None:
        """Nobody answered in time: what was held is free again. Answers when to look again, None once it is settled."""
        with self.database.transaction() as tx:
            now = self.clock.now()
            ask = asks.ask(tx, tenant, ask_id)
            if ask.state not in OPEN_ASKS:
                return None
            if not _is_over(ask, now):
                return ask.expires_at
            close_ask(tx, ask, AskState.EXPIRED, now)
            if ask.state is AskState.OPEN:
                messages.show(tx, tenant, kind=KIND, subject=ask.id, person=ask.by, now=now, ring=True)
            return None


def offer(tx: Tx, meeting: Meeting, by: PersonId, slots: tuple[Interval, ...], *, is_known: bool, now: datetime) -> Ask:
    """Let that person choose one of these times; whoever waits for an answer already goes on waiting."""
    before = _theirs(tx, meeting, by)
    ask = replace(before or _new(meeting, by, now), slots=slots, is_known=is_known)
    if before is None:
        asks.insert(tx, ask)
        due.mark(tx, ask.tenant, KIND, ask.id, ask.expires_at or now)
    else:
        ask = asks.save(tx, ask) if before.state is AskState.CHOOSING else before
    messages.show(tx, ask.tenant, kind=KIND, subject=ask.id, person=by, now=now, ring=True)
    return ask


def request(tx: Tx, meeting: Meeting, by: PersonId, wanted: Interval, now: datetime) -> Ask:
    """An ask for that time, in the place of any that this person had; `Taken` when it is not free."""
    before = _theirs(tx, meeting, by)
    if before is not None and before.wanted == wanted:
        return before
    if before is not None:
        close_ask(tx, before, AskState.WITHDRAWN, now)
    ask = _new(meeting, by, now)
    asks.insert(tx, ask)
    messages.show(tx, ask.tenant, kind=KIND, subject=ask.id, person=by, now=now, ring=True)
    return hold(tx, meeting, ask, wanted, now)


def hold(tx: Tx, meeting: Meeting, ask: Ask, wanted: Interval, now: datetime) -> Ask:
    """Hold that time for everyone who must be there, and ask the organiser; `Taken` when it is not free."""
    if wanted.start <= now:
        raise InvalidInput("That time is past. Please pick another one.")
    who = attending(meeting)
    expires_at = min(now + PATIENCE, meeting.when.start, wanted.start)
    check_free(tx, meeting, who, wanted, now)
    ledger.claim(
        tx,
        ask.tenant,
        subject=meeting.id,
        cause=ask.id,
        people=who,
        when=wanted,
        state="held",
        now=now,
        expires_at=expires_at,
    )
    due.mark(tx, ask.tenant, KIND, ask.id, expires_at)
    redraw(tx, ask, now)
    messages.show(tx, ask.tenant, kind=KIND, subject=ask.id, person=meeting.organiser, now=now, ring=True)
    return asks.save(tx, replace(ask, state=AskState.OPEN, wanted=wanted, expires_at=expires_at))


def _theirs(tx: Tx, meeting: Meeting, by: PersonId) -> Ask | None:
    """What that person asks about the meeting already: one thing at a time."""
    return next((one for one in asks.open_of_meeting(tx, meeting.tenant, meeting.id) if one.by == by), None)


def _new(meeting: Meeting, by: PersonId, now: datetime) -> Ask:
    return Ask(
        id=AskId(new_id()),
        tenant=meeting.tenant,
        meeting=meeting.id,
        by=by,
        state=AskState.CHOOSING,
        expires_at=min(now + PATIENCE, meeting.when.start),
    )


def _move(tx: Tx, meeting: Meeting, ask: Ask, now: datetime) -> Ask:
    assert ask.wanted is not None
    if meeting.state is not MeetingState.BOOKED:
        raise Stale("That meeting is being changed right now. Please try again in a moment.")
    try:
        start_move(tx, meeting, ask.wanted, now)
    except Taken as error:
        raise Taken(
            "Something stands in that time by now. Keep the meeting, or move it elsewhere.", error.people
        ) from error
    withdraw_asks(tx, meeting, now, besides=ask.id)
    return close_ask(tx, ask, AskState.AGREED, now)


def _keep(tx: Tx, ask: Ask, now: datetime) -> Ask:
    kept = close_ask(tx, ask, AskState.KEPT, now)
    messages.show(tx, ask.tenant, kind=KIND, subject=ask.id, person=ask.by, now=now, ring=True)
    return kept


def _is_over(ask: Ask, now: datetime) -> bool:
    return ask.expires_at is not None and ask.expires_at <= now


def _only_asking(meeting: Meeting, by: PersonId, now: datetime) -> None:
    attendance = meeting.attendance(by)
    if attendance is None:
        raise NotAllowed("That is not a meeting of yours.")
    if by == meeting.organiser:
        raise NotAllowed("You organise this meeting: you can move it yourself.")
    if attendance.response is Response.DECLINED:
        raise NotAllowed("You declined this meeting. Accept it first, then suggest another time.")
    if meeting.state not in LIVE or meeting.when.start <= now:
        raise Stale("That meeting has begun, is over, or was cancelled.")
