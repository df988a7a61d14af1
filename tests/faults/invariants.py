"""What must be so once everything has come to its end, whatever happened on the way."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from bot.playground.client import Event
from bot.playground.road import Instead, Lost
from bot.playground.stands.slack.messages import Message
from bot.playground.stands.slack.people import BOT
from tests.faults.battlefield import PEOPLE, Field

UNDER_WAY = re.compile(r"\b(Booking|Moving|Taking back|is moving) .*…|\bBooking (Mon|Tue|Wed|Thu|Fri) ")
TELLS_OF_IT = re.compile(r"Booked: |booked \d+ min with you")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A meeting, as the bot's rows have it."""

    id: str
    uid: str
    organiser: str
    start: datetime
    end: datetime
    state: str
    sequence: int
    attending: frozenset[str]
    """The handles of those who did not decline."""

    @property
    def stands(self) -> bool:
        return self.state == "booked"


def violations(field: Field, since: int = 0, *, has_died: bool = False) -> list[str]:
    """Everything that is not as it must be; of messages, those that were shown after the first `since`.

    `has_died`: the bot died, so Slack may have taken a use of a response URL of which nobody knows.
    """
    kept, new = meetings(field), _new(field, since)
    copies = {who: field.stage.world.our_copies(who) for who in PEOPLE}
    return [
        *_copies(kept, copies),
        *_overlaps(copies),
        *_claims(field, kept),
        *_answers(field, new),
        *_messages(field, kept),
        *_told_too_early(field, since),
        *(f"Slack refused {one}" for one in field.stage.slack.refusals if not (has_died and one.code == "used_url")),
        *_doubles(new),
    ]


def meetings(field: Field) -> list[Kept]:
    """Every meeting there ever was."""
    handles = {person: handle for person, handle in field.rows("SELECT id, handle FROM person") if handle in PEOPLE}
    came = Counter[tuple[str, str]]()
    for meeting, person in field.rows("SELECT meeting, person FROM attendance WHERE response <> 'declined'"):
        came[meeting, handles[person]] += 1
    return [
        Kept(
            id=id_,
            uid=uid,
            organiser=handles[organiser],
            start=datetime.fromtimestamp(starts, UTC),
            end=datetime.fromtimestamp(ends, UTC),
            state=state,
            sequence=sequence,
            attending=frozenset(handle for meeting, handle in came if meeting == id_),
        )
        for id_, uid, organiser, starts, ends, state, sequence in field.rows(
            "SELECT id, uid, organiser, starts, ends, state, sequence FROM meeting"
        )
    ]


def _copies(kept: list[Kept], copies: dict[str, list[Event]]) -> Iterator[str]:
    """One event for each person of a meeting that stands, and none of any other."""
    known = {one.id: one for one in kept}
    for who, theirs in copies.items():
        for copy in theirs:
            meeting = known.get(copy.tag)
            if meeting is None or not meeting.stands or who not in meeting.attending:
                yield f"{who} has an event of a meeting that is {meeting.state if meeting else 'not known'}: {copy.uid}"
            elif (copy.uid, copy.start, copy.end) != (meeting.uid, meeting.start, meeting.end):
                yield f"{who} has {copy.uid} {copy.start}, but the meeting is {meeting.uid} {meeting.start}"
            elif copy.sequence != meeting.sequence:
                yield f"{who} has SEQUENCE {copy.sequence}, and the meeting {meeting.sequence}"
        number = Counter(copy.tag for copy in theirs)
        for meeting in filter(lambda one: one.stands, kept):
            if who in meeting.attending and number[meeting.id] != 1:
                yield f"{who} has {number[meeting.id]} events of one meeting"


def _overlaps(copies: dict[str, list[Event]]) -> Iterator[str]:
    """Never two bookings of ours at one person's time."""
    for who, theirs in copies.items():
        spans: list[tuple[Any, Any]] = sorted((copy.start.astimezone(UTC), copy.end.astimezone(UTC)) for copy in theirs)  # type: ignore[union-attr]
        yield from (f"{who} is booked twice at {later[0]}" for sooner, later in pairwise(spans) if later[0] < sooner[1])


def _claims(field: Field, kept: list[Kept]) -> Iterator[str]:
    """The ledger claims the time of those who come to what stands, and nothing else."""
    handles = dict(field.rows("SELECT id, handle FROM person"))
    claimed = Counter(
        (subject, handles[person], starts, ends)
        for subject, person, starts, ends in field.rows(
            "SELECT subject, person, starts, ends FROM ledger WHERE state = 'booked'"
        )
    )
    wanted = Counter(
        (one.id, who, int(one.start.timestamp()), int(one.end.timestamp()))
        for one in kept
        if one.stands
        for who in one.attending
    )
    yield from (f"claimed and not booked: {one}" for one in claimed - wanted)
    yield from (f"booked and not claimed: {one}" for one in wanted - claimed)
    held = field.rows("SELECT subject FROM ledger WHERE state = 'held' AND cause NOT IN"
                      " (SELECT id FROM ask WHERE state = 'open')")  # fmt: skip
    yield from (f"held for no open ask: {one}" for one in held)


def _new(field: Field, since: int) -> dict[str, list[Message]]:
    """What each of them sees of the messages that were posted after the first `since`, as they stand now."""
    before = {one.ts for one in field.stage.slack.workspace.history[:since]}
    return {who: [one for one in field.stage.slack.messages(who) if one.ts not in before] for who in PEOPLE}


def _answers(field: Field, new: dict[str, list[Message]]) -> Iterator[str]:
    """Every click was answered, and nobody is left with a meeting that is under way for ever."""
    yield from (f"not answered: {one}" for one in field.rows("SELECT id FROM incoming WHERE answered_at IS NULL"))
    for who, messages in new.items():
        for message in messages:
            if UNDER_WAY.search(message.words):
                yield f"{who} still reads: {message.words}"


def _messages(field: Field, kept: list[Kept]) -> Iterator[str]:
    """What each person's message about a meeting says is how it is."""
    shown = {(one.channel, one.ts): one for who in PEOPLE for one in field.stage.slack.messages(who)}
    known = {one.id: one for one in kept}
    handles = dict(field.rows("SELECT id, handle FROM person"))
    for subject, person, channel, ts in field.rows(
        "SELECT subject, person, channel, message FROM messages WHERE kind = 'meeting' AND message IS NOT NULL"
    ):
        meeting, message = known[subject], shown.get((channel, ts))
        if message is None:
            yield f"a message about a meeting is nowhere: {channel} {ts}"
        elif meeting.stands != any(label in ("Undo", "Decline") for label in message.labels):
            yield f"the meeting is {meeting.state}, and {handles[person]} reads: {message.words}"
    told = {(subject, handles[person]) for subject, person in field.rows("SELECT subject, person FROM messages"
            " WHERE kind = 'meeting' AND message IS NOT NULL")}  # fmt: skip
    for meeting in filter(lambda one: one.stands, kept):
        yield from (f"{who} was never told" for who in meeting.attending if (meeting.id, who) not in told)


def _doubles(new: dict[str, list[Message]]) -> Iterator[str]:
    """Nobody has two messages of which both let them undo, or answer, the same meeting."""
    for who, messages in new.items():
        can = Counter(
            str(button.element.get("value"))
            for message in messages
            for button in message.buttons
            if button.label in ("Undo", "Decline") and not message.is_ephemeral
        )
        yield from (f"{who} was told {number} times of {what}" for what, number in can.items() if number > 1)


def _told_too_early(field: Field, since: int) -> Iterator[str]:
    """Whoever read "booked" had an event by then: one was written since the last time that they read it."""
    written = sorted(
        trip.until
        for road in field.roads
        for trip in road.travelled
        if trip.passage.method == "PUT"
        and (not isinstance(trip.mishap, Lost | Instead) or trip.mishap.is_done)
    )  # fmt: skip
    for message in field.stage.slack.workspace.history[since:]:
        if _first_tells(message) and not any(at <= float(message.ts) + 0.05 for at in written):
            yield f"told before it was so: {message.words}"


def _first_tells(message: Message) -> bool:
    return message.by == BOT and message.edits == 0 and bool(TELLS_OF_IT.search(message.words))
