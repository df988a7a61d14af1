"""How a meeting reads to each of its people: when, where it stands, who answered what, who cannot be reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.chat.cards import Block, Button, Buttons, Card, Look, Press
from bot.chat.conversations import slots
from bot.chat.conversations.words import everyone, listed, names, note, paragraph, platform, quoted, told
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.meetings import Attendance, Meeting, MeetingState, Response, Road
from bot.core.people import Person
from bot.core.text import Link, Strong
from bot.language.wording import times
from bot.storage.database import Tx

ANSWERS = {
    Response.NEEDS_ACTION: "no answer yet",
    Response.ACCEPTED: "accepted",
    Response.TENTATIVE: "maybe",
    Response.DECLINED: "declined",
}
OWN_ANSWERS = {
    Response.NEEDS_ACTION: "Please answer.",
    Response.ACCEPTED: "You accepted.",
    Response.TENTATIVE: "You answered maybe: it stands as tentative in your calendar.",
    Response.DECLINED: "You declined: it is off your calendar, and the time is yours again.",
}
REASONS = {
    "taken": "the time was taken meanwhile",
    "refused": "a calendar refused it",
    "sign_in_needed": "a calendar must be connected again first",
    "late": "a calendar did not answer in time",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A meeting and everyone in it, as one of them sees it at this moment."""

    meeting: Meeting
    viewer: Person
    everyone: Mapping[PersonId, Person]
    called: Mapping[PersonId, str]
    now: datetime

    @property
    def others(self) -> tuple[Person, ...]:
        return tuple(one for one in self.everyone.values() if one.id != self.viewer.id)

    @property
    def who(self) -> str:
        return listed([self.called[one.id] for one in self.others])

    @property
    def organiser(self) -> str:
        return self.called[self.meeting.organiser]

    @property
    def title(self) -> str:
        return quoted(self.meeting.title)

    @property
    def is_over(self) -> bool:
        return self.meeting.when.end <= self.now

    def when(self, when: Interval | None = None) -> str:
        """Tue 1 Dec 16:00–16:30 (Berlin time)."""
        return slots.in_zone(when or self.meeting.when, self.viewer.zone)


def scene(tx: Tx, meeting: Meeting, viewer: Person, now: datetime) -> Scene:
    """The meeting with its people."""
    people = everyone(tx, meeting.tenant, meeting.people)
    return Scene(meeting, viewer, people, names(list(people.values())), now)


def card(shown: Scene) -> Card | None:
    """The meeting as that person sees it; None before there is anything to see."""
    if shown.viewer.id == shown.meeting.organiser:
        return _organised(shown)
    if shown.meeting.attendance(shown.viewer.id) is None or shown.meeting.booked_at is None:
        return None
    return _attended(shown)


def _organised(shown: Scene) -> Card:
    meeting = shown.meeting
    match meeting.state:
        case MeetingState.BOOKING:
            return told(paragraph(Strong(f"Booking {shown.title}…"), f" {shown.when()}, with {shown.who}."))
        case MeetingState.BOOKED:
            return told(*_headline(shown), *_standing(shown), *_undo(shown), line=_line(shown))
        case MeetingState.MOVING:
            return told(
                paragraph(
                    Strong(f"Moving {shown.title}…"), f" From {shown.when()} to {shown.when(meeting.moving_to)}."
                ),
                *_answers(shown),
                line=_line(shown),
            )
        case MeetingState.UNDOING:
            return told(
                paragraph(Strong(f"Taking back {shown.title}…"), f" {shown.when()}, with {shown.who}."),
                line=_line(shown),
            )
        case MeetingState.UNDONE | MeetingState.CANCELLED:
            return told(*_ended(shown), line=_line(shown))
        case MeetingState.FAILED:
            return _failed(shown)
        case _:
            assert_never(meeting.state)


def _attended(shown: Scene) -> Card:
    meeting = shown.meeting
    match meeting.state:
        case MeetingState.BOOKED | MeetingState.BOOKING:
            return told(*_invited(shown), *_answering(shown), line=_line(shown))
        case MeetingState.MOVING:
            moving = f" From {shown.when()} to {shown.when(meeting.moving_to)}."
            return told(paragraph(Strong(f"{shown.organiser} is moving {shown.title}…"), moving), line=_line(shown))
        case MeetingState.UNDOING | MeetingState.UNDONE | MeetingState.CANCELLED | MeetingState.FAILED:
            what = "cancelled" if meeting.state is MeetingState.CANCELLED else "took back"
            return told(
                paragraph(Strong(f"{shown.organiser} {what} {shown.title}."), f" It was {shown.when()}."),
                paragraph("You need not be there. The time is yours again."),
                line=_line(shown),
            )
        case _:
            assert_never(meeting.state)


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
        because = REASONS.get(meeting.reason, "a calendar refused it")
        blocks.append(paragraph(f"It stays there and could not be moved: {because}."))
    return blocks


def _standing(shown: Scene) -> list[Block]:
    """Where it stands, who answered what, whom nothing reaches."""
    return [*_calendars(shown), *_answers(shown), *_reach(shown), *_link(shown)]


def _calendars(shown: Scene) -> list[Block]:
    meeting = shown.meeting
    on = [one for one in meeting.attendances if one.calendar is not None and one.response is not Response.DECLINED]
    there = [_owner(shown, one) for one in on if not one.is_behind(meeting.sequence)]
    late = [_owner(shown, one) for one in on if one.is_behind(meeting.sequence)]
    blocks: list[Block] = [paragraph(f"It is on {_calendar_of(there)}.")] if there else []
    if late:
        blocks.append(paragraph(f"It is not on {_calendar_of(late, last='or')} yet: I keep trying."))
    return blocks


def _owner(shown: Scene, one: Attendance) -> str:
    return "your" if one.person == shown.viewer.id else f"{shown.called[one.person]}'s"


def _calendar_of(owners: list[str], *, last: str = "and") -> str:
    """your calendar and Alex's."""
    return listed([f"{owners[0]} calendar", *owners[1:]], last=last)


def _answers(shown: Scene) -> list[Block]:
    answers = [
        f"{shown.called[one.person]}: {ANSWERS[one.response]}"
        for one in shown.meeting.attendances
        if one.person != shown.meeting.organiser
    ]
    return [paragraph("\n".join(answers))] if answers else []


def _reach(shown: Scene) -> list[Block]:
    """Who is not told by us, and what tells them instead."""
    where = platform(shown.viewer)
    lines = []
    for one in shown.meeting.attendances:
        name, is_invited = shown.called[one.person], one.road is not Road.NONE
        if not one.is_reachable and is_invited:
            lines.append(f"{name} does not have Overlap in {where}; the calendar invitation reaches them.")
        elif not one.is_reachable:
            lines.append(f"{name} does not have Overlap in {where}, and no invitation reaches them: please tell them.")
        elif not is_invited:
            lines.append(f"No calendar invitation reaches {name}: only my message does.")
    return [paragraph(line) for line in lines]


def _link(shown: Scene) -> list[Block]:
    return [paragraph(Link(shown.meeting.link, "Join the meeting"))] if shown.meeting.link else []


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
    if meeting.state is MeetingState.CANCELLED:
        head = paragraph(
            Strong(f"Cancelled: {shown.title}."), f" You deleted it in your calendar. It was {shown.when()}."
        )
    else:
        head = paragraph(Strong(f"Taken back: {shown.title}."), f" It was {shown.when()}.")
    reached = [shown.called[one.person] for one in meeting.attendances[1:] if one.is_reachable]
    was_told = (
        f" {listed(reached)} {'was' if len(reached) == 1 else 'were'} told." if reached and meeting.booked_at else ""
    )
    return [head, paragraph(f"It is off every calendar.{was_told}")]


def _failed(shown: Scene) -> Card:
    meeting = shown.meeting
    because = REASONS.get(meeting.reason, "a calendar refused it")
    buttons = [Button(label="Find other times", does=Press("meeting.again", meeting.id), look=Look.PRIMARY)]
    if meeting.reason == "sign_in_needed":
        buttons.append(Button(label="Connect my calendar", does=Press("connect.link")))
    return told(
        paragraph(Strong(f"Not booked: {shown.title}."), f" {shown.when()}, with {shown.who}: {because}."),
        paragraph("Nothing is left on any calendar, and nobody else was told."),
        Buttons(tuple(buttons)),
        line=_line(shown),
    )


def _invited(shown: Scene) -> list[Block]:
    meeting = shown.meeting
    length = times.length(meeting.when.length)
    others = [shown.called[one.id] for one in shown.others if one.id != meeting.organiser]
    also = f", and {listed(others)}" if others else ""
    if meeting.was is None:
        head = paragraph(Strong(f"{shown.organiser} booked {length} with you{also}: {shown.title}"))
        when = paragraph(shown.when())
    else:
        head = paragraph(Strong(f"{shown.organiser} moved {shown.title}"), f" ({length} with you{also})")
        when = paragraph(f"Now {shown.when()}. Before: {shown.when(meeting.was)}.")
    mine = meeting.attendance(shown.viewer.id)
    blocks: list[Block] = [head, when, *_link(shown)]
    if mine is not None and mine.road is Road.NONE:
        blocks.append(note("It is on no calendar of yours: none of them receives bookings."))
    return blocks


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


def _line(shown: Scene) -> str:
    """What is left of a message once a newer one tells how the meeting stands."""
    meeting = shown.meeting
    match meeting.state:
        case MeetingState.BOOKED | MeetingState.MOVING if meeting.was is not None:
            return f"{shown.title} has moved from {shown.when(meeting.was)} to {shown.when()}."
        case MeetingState.UNDOING | MeetingState.UNDONE:
            return f"{shown.title}, {shown.when()}, was taken back."
        case MeetingState.CANCELLED:
            return f"{shown.title}, {shown.when()}, was cancelled."
        case MeetingState.FAILED:
            return f"{shown.title}, {shown.when()}, was not booked."
        case _:
            return f"{shown.title}, {shown.when()}: there is a newer message about it."
