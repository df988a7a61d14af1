"""Why times were offered, and why one was not: one's own calendars exactly, of everybody else a class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.availability.pages import PAGE
from bot.chat.answers import Answer, Says
from bot.chat.cards import Block, Button, Buttons, Card, Press
from bot.chat.conversations import basis, slots
from bot.chat.conversations.words import ago, command, everyone, listed, names, note, paragraph, quoted, told
from bot.core.clock import Clock
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.people import Person
from bot.core.proposals import Basis, Proposal, ProposalState, Slot
from bot.core.text import Code, Strong, say
from bot.core.zones import local
from bot.language.parse import Why
from bot.language.wording import reasons, times
from bot.scheduling.explaining import Explaining, Explanation, Own, Verdict
from bot.storage.database import Database

MOST_OWN = 2
"""Of one's own events that stand in the way, so many are told."""
STANDS = (ProposalState.OPEN, ProposalState.WAITING)


@dataclass(frozen=True)
class WhyTalk:
    """Explains the newest request of whoever asks."""

    database: Database
    clock: Clock
    explaining: Explaining

    def typed(self, by: Person, why: Why) -> Answer:
        proposal = self.explaining.last(by.tenant, by.id)
        if proposal is None:
            return Says(card=_nothing(by))
        reader = _Reader(by, proposal, self._people(proposal), self.clock.now())
        missed = [paragraph(f"I didn’t understand {quoted(why.missed)} in that.")] if why.missed else []
        if why.clock is None:
            return Says(card=told(*missed, *self._offered(reader)))
        found = self.explaining.not_offered(proposal, why.clock, why.day)
        return Says(card=told(*missed, *_not_offered(reader, found), *_again(reader)))

    def _offered(self, reader: "_Reader") -> list[Block]:
        """The page that is shown, each time with all that speaks against it, and what it rests on."""
        proposal = reader.proposal
        first = proposal.page * PAGE
        page = proposal.slots[first : first + PAGE]
        if not page or proposal.state is not ProposalState.OPEN:
            example = Code(f"{command(reader.viewer)} why not 15:00")
            return [paragraph(reader.what), paragraph("No times are on offer. Ask about one: ", example, ".")]
        lines = [paragraph(*_ranked(reader, one)) for one in page]
        own = [one for one in proposal.basis if one.person == reader.viewer.id]
        yours = [f"{quoted(one.name)}, {_age(one, reader.now)}" for one in own]
        rests = basis.rests_on(proposal.basis, reader.viewer, reader.called, reader.now)
        return [
            paragraph(reader.what),
            *lines,
            note("The fewer points, the earlier it is offered, and a page spreads over days and halves of days."),
            note(f"It rests on {rests}{f' Yours: {listed(yours)}.' if yours else ''}"),
        ]

    def _people(self, proposal: Proposal) -> Mapping[PersonId, Person]:
        with self.database.reading() as tx:
            return everyone(tx, proposal.tenant, proposal.people)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whoever reads it, and how everybody is called to them."""

    viewer: Person
    proposal: Proposal
    people: Mapping[PersonId, Person]
    now: datetime

    @property
    def called(self) -> dict[PersonId, str]:
        return names([one for one in self.people.values() if one.id != self.viewer.id])

    @property
    def all_called(self) -> dict[PersonId, str]:
        return {**self.called, self.viewer.id: reasons.YOU}

    @property
    def what(self) -> Strong:
        request = self.proposal.request
        return Strong(
            f"{times.length(request.length)} with {listed(list(self.called.values()))} · {request.when_words}"
        )

    def at(self, when: Interval) -> str:
        return slots.start(when, self.viewer.zone)


def _ranked(reader: _Reader, slot: Slot) -> list[str | Strong]:
    told_of = [reasons.spelled(point, reader.all_called) for point in slot.points]
    score = sum(point.points for point in slot.points)
    return [Strong(reader.at(slot.when)), f": {score} {'point' if score == 1 else 'points'}{_because(told_of)}"]


def _because(found: Sequence[str]) -> str:
    return f": {', '.join(found)}" if found else ": nothing speaks against it"


def _not_offered(reader: _Reader, found: Explanation) -> list[Block]:
    if found.is_over:
        return [paragraph(reader.what), paragraph("That time is over.")]
    blocks: list[Block] = [paragraph(reader.what)]
    blocks += [paragraph(*_verdict(reader, one)) for one in found.verdicts]
    if found.nearest:
        near = listed([reader.at(one) for one in found.nearest], last="or")
        blocks.append(paragraph(f"The nearest that fit: {near}."))
    return blocks


def _verdict(reader: _Reader, one: Verdict) -> list[str | Strong]:
    """Tue 1 Dec 15:00: Kim is busy; it would fit …."""
    head = Strong(reader.at(one.when))
    if not one.causes:
        is_shown = any(slot.when == one.when for slot in reader.proposal.slots)
        where = "it is among the times on offer" if is_shown else "others ask less of you all, so they come first"
        return [head, f": it fits; {where}."]
    own = _own(reader, one.own)
    causes = [
        reasons.cause(cause, reader.all_called, own=own if cause.person == reader.viewer.id else "")
        for cause in one.causes
    ]
    would = _would(reader, one)
    return [head, f": {listed(list(dict.fromkeys(causes)))}.{would}"]


def _would(reader: _Reader, one: Verdict) -> str:
    """The smallest change that would make it fit."""
    if one.way is None or not one.way.overlooks:
        return ""
    zones = {person.id: person.zone for person in reader.people.values()}
    words = reasons.way(one.way, reader.proposal.request.length, reader.all_called, zones)
    return f" It would take: {words}."


def _own(reader: _Reader, own: Sequence[Own]) -> str:
    """What of the reader's own stands there: where and when, never what."""
    told_of = []
    for one in own[:MOST_OWN]:
        when = "all day" if one.is_all_day else _hours(one.when, reader.viewer.zone)
        told_of.append(f"{when} in {quoted(one.name)}")
    more = f" and {len(own) - MOST_OWN} more" if len(own) > MOST_OWN else ""
    return f"{', '.join(told_of)}{more}"


def _hours(when: Interval, zone: str) -> str:
    start, end = local(when.start, zone), local(when.end, zone)
    return f"{times.clock(start.time())}–{times.clock(end.time())}"


def _age(one: Basis, now: datetime) -> str:
    return "never read" if one.read_at is None else f"read {ago(now - one.read_at)}"


def _again(reader: _Reader) -> list[Block]:
    if reader.proposal.state in STANDS:
        return []
    again = Button(label="Look again", does=Press("proposal.again", reader.proposal.id))
    return [Buttons((again,))]


def _nothing(by: Person) -> Card:
    example = Code(f"{command(by)} @alex 30m next week")
    return told(paragraph(say("Ask for a time first, then I can say why: ", example, ".")))
