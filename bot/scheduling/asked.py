"""What becomes of asks: answered, taken back, or settled by what their meeting does."""

from dataclasses import replace
from datetime import datetime

from bot.core.ids import AskId, PersonId
from bot.core.meetings import Ask, AskState, Meeting
from bot.storage import asks, conflicts, ledger, messages
from bot.storage.database import Tx

KIND = "ask"
"""Its due rows and its messages are called so."""


def close_ask(tx: Tx, ask: Ask, state: AskState, now: datetime) -> Ask:
    """It ends, whatever it held is free again, and everyone who sees it sees that."""
    ledger.release(tx, ask.tenant, ask.meeting, cause=ask.id)
    redraw(tx, ask, now)
    return asks.save(tx, replace(ask, state=state))


def withdraw_asks(
    tx: Tx, meeting: Meeting, now: datetime, *, besides: AskId | None = None, by: PersonId | None = None
) -> None:
    """Nobody needs to answer them any more: the meeting moves anyway, or is no more, or they (`by`) do not come."""
    for ask in asks.open_of_meeting(tx, meeting.tenant, meeting.id):
        if ask.id != besides and by in (None, ask.by):
            close_ask(tx, ask, AskState.WITHDRAWN, now)


def settle_agreed(tx: Tx, meeting: Meeting, state: AskState, now: datetime) -> list[Ask]:
    """The move that the organiser agreed to has ended so; whoever asked for one that came to nothing is rung."""
    settled = [close_ask(tx, ask, state, now) for ask in asks.agreed_of_meeting(tx, meeting.tenant, meeting.id)]
    for ask in settled:
        if state is AskState.STAYED:
            messages.show(tx, ask.tenant, kind=KIND, subject=ask.id, person=ask.by, now=now, ring=True)
    return settled


def redraw(tx: Tx, ask: Ask, now: datetime) -> None:
    """What tells of it: its own messages, the meeting's, and of the clash that it was to end."""
    messages.changed(tx, ask.tenant, KIND, ask.id, now)
    messages.changed(tx, ask.tenant, "meeting", ask.meeting, now)
    for conflict in conflicts.of_meeting(tx, ask.tenant, ask.meeting):
        if conflict.person == ask.by:
            messages.changed(tx, ask.tenant, "conflict", conflict.id, now)
