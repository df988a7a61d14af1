"""What would fit where nothing does: each way with its price, and a yes from whoever asks before others pay it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.chat.cards import Block, Button, Buttons, Card, Look, Press, Row
from bot.chat.conversations import slots
from bot.chat.conversations.words import listed, paragraph, told
from bot.core.ids import PersonId
from bot.core.people import Person
from bot.core.proposals import Proposal, Way
from bot.core.reasons import Code
from bot.core.text import Strong, Text, say
from bot.language.wording import reasons, times

NOTE = "These go beyond what you asked for or beyond somebody’s rules; each says what it takes."
CAN_DECLINE = "Each of them is told what it costs them first, and can decline or suggest another time."


@dataclass(frozen=True, slots=True)
class Costs:
    """A proposal's ways, as its asker reads them."""

    proposal: Proposal
    asker: Person
    everyone: Mapping[PersonId, Person]
    called: Mapping[PersonId, str]
    """What the others are called."""

    def words(self, way: Way) -> str:
        """25 min instead of 30 min."""
        called = {**self.called, self.asker.id: reasons.YOU}
        zones = {one: person.zone for one, person in self.everyone.items()}
        return reasons.way(way.relaxation, self.proposal.request.length, called, zones)

    def payers(self, way: Way) -> tuple[PersonId, ...]:
        """Whom it costs something, the asker aside."""
        return tuple(one for one in way.relaxation.payers if one != self.asker.id)


def rows(costs: Costs, ways: Iterable[Way]) -> list[Block]:
    """A row for each way: when, what it takes, and its button; two of one label say how long they are."""
    told = list(ways)
    labels = [_label(costs, way) for way in told]
    return [
        _row(costs, way, f"{label}, {times.length(way.when.length)}" if labels.count(label) > 1 else label)
        for way, label in zip(told, labels, strict=True)
    ]


def confirm(costs: Costs, way: Way, what: Text) -> Card:
    """Who pays what, before it is booked."""
    payers = [costs.called[one] for one in costs.payers(way)]
    proposal = costs.proposal
    yes = Button(
        label="Book it anyway",
        does=Press("proposal.agreed", proposal.id, way.id),
        hint=slots.hint("Book anyway", way.when, costs.asker.zone),
        look=Look.PRIMARY,
    )
    back = Button(label="Back to the choices", does=Press("proposal.unsure", proposal.id))
    return told(
        paragraph(what),
        paragraph(Strong(f"Book {slots.in_zone(way.when, costs.asker.zone)} anyway?"), f" {_sentence(costs, way)}"),
        paragraph(CAN_DECLINE if len(payers) > 1 else f"{listed(payers)} is told that first, and can decline it."),
        Buttons((yes, back)),
    )


def _verb(costs: Costs, way: Way) -> str:
    return "Book anyway" if costs.payers(way) else "Book"


def _label(costs: Costs, way: Way) -> str:
    when = slots.start if way.relaxation.weeks else slots.short
    return f"{_verb(costs, way)} {when(way.when, costs.asker.zone)}"


def _row(costs: Costs, way: Way, label: str) -> Row:
    when, zone = way.when, costs.asker.zone
    press = Press("proposal.anyway", costs.proposal.id, way.id)
    button = Button(label=label, does=press, hint=slots.hint(_verb(costs, way), when, zone))
    others = [one for one in costs.everyone.values() if one.id != costs.asker.id]
    is_clock_told = any(cause.code in (Code.HOURS, Code.OVERRIDE) for cause in way.relaxation.overlooks)
    for_others = "" if is_clock_told else slots.for_others(when, costs.asker, others, costs.called)
    return Row(say(Strong(times.stretch(when, zone)), f"{for_others} · {costs.words(way)}"), button)


def _sentence(costs: Costs, way: Way) -> str:
    words = costs.words(way)
    return f"{words[:1].upper()}{words[1:]}."
