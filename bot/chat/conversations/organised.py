"""How a meeting reads to its organiser: where it stands, who answered what, who cannot be reached."""

from typing import assert_never

from bot.chat.cards import Block, Button, Buttons, Card, Look, Press
from bot.chat.conversations import failed, slots
from bot.chat.conversations.agreed import Scene, allow, calendar_of, line, link, off, over
from bot.chat.conversations.words import listed, note, paragraph, platform, told
from bot.core.events import Response
from bot.core.meetings import Attendance, MeetingState, Road
from bot.core.proposals import Proposal
from bot.core.text import Strong
from bot.language.wording import times
from bot.scheduling.saga_plan import THEIRS, unanswered

ANSWERS = {
    Response.NEEDS_ACTION: "no answer yet",
    Response.ACCEPTED: "accepted",
    Response.TENTATIVE: "maybe",
    Response.DECLINED: "declined",
}


def card(shown: Scene, instead: Proposal | None = None) -> Card:
    """The meeting as its organiser sees it; `instead` is what came of its request when it failed."""
    meeting = shown.meeting
    match meeting.state:
        case MeetingState.BOOKING:
            return _booking(shown)
        case MeetingState.BOOKED:
            return told(
                *_headline(shown), *_standing(shown), *over(shown), *_undo(shown), line=line(shown), until=shown.until
            )
        case MeetingState.MOVING:
            return told(
                paragraph(Strong(f"Moving {shown.title}…"), f" {shown.move}."),
                *_answers(shown),
                line=line(shown),
            )
        case MeetingState.UNDOING:
            return told(
                paragraph(Strong(f"Taking back {shown.title}…"), f" {shown.when()}, with {shown.who}."),
                line=line(shown),
            )
        case MeetingState.UNDONE | MeetingState.CANCELLED:
            return told(*_ended(shown), line=line(shown))
        case MeetingState.FAILED:
            return failed.card(shown, instead)
        case _:
            assert_never(meeting.state)


def _booking(shown: Scene) -> Card:
    what = f" {shown.when()}, with {shown.who}."
    if shown.asks is not None:
        account, button = allow(shown.asks)
        return told(
            paragraph(Strong(f"One more permission for {shown.title}:"), what),
            paragraph(f"Allow Overlap to write to {account}, and this is booked. The time is kept for 15 minutes."),
            button,
            line=line(shown),
            until=shown.meeting.awaits_consent_until,
        )
    asked = [shown.called[one.person] for one in unanswered(shown.meeting)]
    waits = [paragraph(f"Waiting for {listed(asked)} to answer.")] if asked and shown.meeting.waits_until else []
    return told(paragraph(Strong(f"Booking {shown.title}…"), what), *waits)


def _headline(shown: Scene) -> list[Block]:
    meeting = shown.meeting
    elsewhere = slots.for_others(meeting.when, shown.viewer, shown.others, shown.called)
    if meeting.was is None:
        blocks: list[Block] = [paragraph(Strong(f"Booked: {shown.title}")), paragraph(f"{shown.when()}{elsewhere}")]
    else:
        blocks = [
            paragraph(Strong(f"Moved: {shown.title}")),
            paragraph(f"Now {shown.when()}{elsewhere}. Before: {shown.when(meeting.was)}."),
        ]
    if meeting.reason:
        blocks.append(paragraph(f"It stays there and could not be moved: {failed.because(shown)}."))
    return blocks


def _standing(shown: Scene) -> list[Block]:
    """Where it stands, who answered what, whom nothing reaches."""
    return [
        *_calendars(shown),
        *_rooms(shown),
        *_answers(shown),
        *_reach(shown),
        *link(shown),
        *_unseen(shown),
        *_unchecked(shown),
    ]


def _rooms(shown: Scene) -> list[Block]:
    """What became of each room."""
    return [paragraph("\n".join(_room(shown, one) for one in shown.rooms))] if shown.rooms else []


def _room(shown: Scene, room: Attendance) -> str:
    name = shown.called[room.person]
    if room.road is Road.NONE:
        return f"{name} cannot be booked from here: please book it yourself."
    if room.response is Response.ACCEPTED:
        return f"{name} is booked."
    if room.response is Response.DECLINED:
        return f"{name} said no: please find another room or another time."
    return f"{name} has not answered yet."


def _unchecked(shown: Scene) -> list[Block]:
    """Whose calendar nobody saw when it was booked, as its organiser wanted, until they answer for themselves."""
    silent = [one for one in shown.meeting.attendances if one.is_unseen and one.response is Response.NEEDS_ACTION]
    who = [f"{shown.called[one.person]}'s" for one in silent]
    return [note(f"{calendar_of(who)} {'was' if len(who) == 1 else 'were'} not checked.")] if who else []


def _calendars(shown: Scene) -> list[Block]:
    meeting = shown.meeting
    on = [one for one in meeting.attendances if one.calendar is not None and one.response is not Response.DECLINED]
    there = [_owner(shown, one) for one in on if one.written == meeting.sequence]
    late = [_owner(shown, one) for one in on if one.written != meeting.sequence]
    blocks: list[Block] = [paragraph(f"It is on {calendar_of(there)}.")] if there else []
    if late:
        blocks.append(paragraph(f"It is not on {calendar_of(late, last='or')} yet: I keep trying."))
    return blocks


def _unseen(shown: Scene) -> list[Block]:
    """Whose calendars did not answer the last look, and what stood in for them."""
    notes: list[Block] = []
    for person, known in shown.went_by.items():
        whose = "Your" if person == shown.viewer.id else f"{shown.called[person]}'s"
        age = times.age(shown.now - known)
        notes.append(note(f"{whose} calendar did not answer at the last look; I went by what I knew from {age} ago."))
    return notes


def _owner(shown: Scene, one: Attendance) -> str:
    return "your" if one.person == shown.viewer.id else f"{shown.called[one.person]}'s"


def _answers(shown: Scene) -> list[Block]:
    answers = [
        f"{shown.called[one.person]}: {ANSWERS[one.response]}"
        for one in shown.meeting.attendances
        if one.person != shown.meeting.organiser and not one.is_room
    ]
    return [paragraph("\n".join(answers))] if answers else []


def _reach(shown: Scene) -> list[Block]:
    """Who is not told by us, and what tells them instead."""
    parts = [one for one in shown.meeting.attendances if not one.is_room]
    without = [one for one in parts if not one.is_reachable]
    invited = [shown.called[one.person] for one in without if one.road is not Road.NONE]
    alone = [shown.called[one.person] for one in without if one.road is Road.NONE]
    by_us = [shown.called[one.person] for one in parts if one.is_reachable and one.road is Road.NONE]
    lines = []
    if invited:
        lines.append(f"{_have_no_app(invited, shown)}; the calendar invitation reaches them.")
    if alone:
        lines.append(f"{_have_no_app(alone, shown)}, and no invitation reaches them: please tell them.")
    if by_us:
        lines.append(f"No calendar invitation reaches {listed(by_us)}: only my message does.")
    return [paragraph(line) for line in lines]


def _have_no_app(who: list[str], shown: Scene) -> str:
    """Sam does not have Overlap in Teams."""
    return f"{listed(who)} {'does' if len(who) == 1 else 'do'} not have Overlap in {platform(shown.viewer)}"


def _undo(shown: Scene) -> list[Block]:
    if shown.is_over:
        return []
    undo = Button(
        label="Undo",
        does=Press("meeting.undo", shown.meeting.id),
        hint=slots.hint("Take back the meeting of", shown.meeting.when, shown.viewer.zone),
        look=Look.DANGER,
    )
    return [Buttons((undo,))]


def _ended(shown: Scene) -> list[Block]:
    meeting = shown.meeting
    when = f"It was {shown.when()}, with {shown.who}."
    if meeting.reason == THEIRS:
        head = paragraph(
            Strong(f"Handed over: {shown.title}."), f" The other event, {shown.when()}, is the meeting now."
        )
        return [head, paragraph(off(shown, "My copies are off every calendar."))]
    if meeting.state is MeetingState.CANCELLED:
        head = paragraph(Strong(f"Cancelled: {shown.title}."), f" You deleted it in your calendar. {when}")
    else:
        head = paragraph(Strong(f"Taken back: {shown.title}."), f" {when}")
    return [head, paragraph(f"{off(shown, 'It is off every calendar.')}{_was_told(shown)}")]


def _was_told(shown: Scene) -> str:
    """Who came was told, if we can reach them."""
    came = [one for one in shown.meeting.attendances[1:] if one.response is not Response.DECLINED and not one.is_room]
    reached = [shown.called[one.person] for one in came if one.is_reachable]
    if not reached or shown.meeting.booked_at is None:
        return ""
    return f" {listed(reached)} {'was' if len(reached) == 1 else 'were'} told."
