"""How a meeting reads to somebody who is invited to it: when it is by their clock, and what they may answer."""

from typing import assert_never

from bot.chat.cards import Block, Button, Buttons, Card, Look, Press
from bot.chat.conversations import slots
from bot.chat.conversations.agreed import Scene, allow, line, link, over, still_there
from bot.chat.conversations.refusals import OWN
from bot.chat.conversations.words import listed, note, paragraph, told
from bot.core.events import Response
from bot.core.meetings import Attendance, MeetingState, Road
from bot.core.text import Strong
from bot.language.wording import times
from bot.language.wording.reasons import paid
from bot.scheduling.saga_plan import THEIRS

OWN_ANSWERS = {
    Response.NEEDS_ACTION: "Please answer.",
    Response.ACCEPTED: "You accepted.",
    Response.TENTATIVE: "You answered maybe: it stands as tentative in your calendar.",
    Response.DECLINED: "You declined: it is off your calendar, and the time is yours again.",
}


def card(shown: Scene) -> Card | None:
    """The meeting as that person sees it; None where it never came to be, or is not theirs."""
    if shown.meeting.attendance(shown.viewer.id) is None or shown.meeting.booked_at is None:
        return None
    meeting = shown.meeting
    match meeting.state:
        case MeetingState.BOOKED | MeetingState.BOOKING:
            return told(*_invited(shown), *over(shown), *_answering(shown), line=line(shown), until=shown.until)
        case MeetingState.MOVING:
            head = paragraph(Strong(f"{shown.organiser} is moving {shown.title}…"), f" {shown.move}.")
            return told(head, line=line(shown))
        case MeetingState.UNDOING:
            return told(
                paragraph(Strong(f"{shown.organiser} is taking back {shown.title}…"), f" It was {shown.when()}."),
                line=line(shown),
            )
        case MeetingState.UNDONE if meeting.reason == THEIRS:
            return told(
                paragraph(Strong(f"{shown.title} is kept by another scheduler now."), f" It is still {shown.when()}."),
                paragraph("My copy of it goes from your calendar, and the other event stays."),
                line=line(shown),
            )
        case MeetingState.UNDONE | MeetingState.CANCELLED | MeetingState.FAILED:
            what = "cancelled" if meeting.state is MeetingState.CANCELLED else "took back"
            return told(
                paragraph(Strong(f"{shown.organiser} {what} {shown.title}."), f" It was {shown.when()}."),
                paragraph(f"You need not be there. {_off(shown)}"),
                line=line(shown),
            )
        case _:
            assert_never(meeting.state)


def _invited(shown: Scene) -> list[Block]:
    meeting = shown.meeting
    length = times.length(meeting.when.length)
    who = listed(["you", *(shown.called[one.id] for one in shown.others if one.id != meeting.organiser)])
    if meeting.was is None:
        head = paragraph(Strong(f"{shown.organiser} booked {length} with {who}: {shown.title}"))
        when = paragraph(shown.when())
    else:
        head = paragraph(Strong(f"{shown.organiser} moved {shown.title}"), f" ({length} with {who})")
        when = paragraph(f"Now {shown.when()}. Before: {shown.when(meeting.was)}.")
    mine = meeting.attendance(shown.viewer.id)
    blocks: list[Block] = [head, *_price(shown, mine), when, *link(shown)]
    if mine is not None and mine.is_unseen and mine.response is Response.NEEDS_ACTION:
        how = f"{shown.organiser} booked this without seeing your calendar: I don't know whether you are free then."
        blocks.append(paragraph(how))
    if mine is not None and mine.road is Road.NONE:
        blocks += _on_none(shown, mine)
    return blocks


def _price(shown: Scene, mine: Attendance | None) -> list[Block]:
    """What it was knowingly booked over, before anything else."""
    if mine is None or not mine.overlooks or mine.response is not Response.NEEDS_ACTION:
        return []
    costs = paid(mine.overlooks, shown.meeting.when.start, shown.viewer.zone)
    knows = f"{shown.organiser} knows that. You can decline, or suggest another time."
    return [paragraph(Strong(f"{costs[:1].upper()}{costs[1:]}."), f" {knows}")]


def _on_none(shown: Scene, mine: Attendance) -> list[Block]:
    """Why it is on no calendar of theirs, and what they can do about it."""
    if shown.asks is not None:
        account, button = allow(shown.asks)
        return [paragraph(f"Allow Overlap to write to {account}, and I put it on your calendar, too."), button]
    return [note(f"It is on no calendar of yours: {OWN.get(mine.why, 'none of them receives bookings')}.")]


def _off(shown: Scene) -> str:
    if "your" in still_there(shown):
        return "I could not take it off your calendar yet: I keep trying."
    return "The time is yours again."


def _answering(shown: Scene) -> list[Block]:
    mine = shown.meeting.attendance(shown.viewer.id)
    assert mine is not None
    if shown.is_over:
        return []
    accept = _answer("Accept", "accept", shown, Look.PRIMARY)
    maybe = _answer("Maybe", "tentative", shown)
    decline = _answer("Decline", "decline", shown)
    suggest = _answer("Suggest another time", "suggest", shown)
    buttons: tuple[Button, ...]
    match mine.response:
        case Response.NEEDS_ACTION:
            buttons = (accept, maybe, decline, suggest)
        case Response.ACCEPTED:
            buttons = (maybe, decline, suggest)
        case Response.TENTATIVE:
            buttons = (accept, decline, suggest)
        case Response.DECLINED:
            buttons = (accept,)
        case _:
            assert_never(mine.response)
    return [paragraph(OWN_ANSWERS[mine.response]), Buttons(buttons)]


def _answer(label: str, verb: str, shown: Scene, look: Look = Look.PLAIN) -> Button:
    press = Press(f"meeting.{verb}", shown.meeting.id)
    return Button(
        label=label, does=press, hint=slots.hint(f"{label}:", shown.meeting.when, shown.viewer.zone), look=look
    )
