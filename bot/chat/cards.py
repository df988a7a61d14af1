"""The vocabulary of what we show: a card is made once and drawn by every platform.

Renderers turn a `Card` into Block Kit or an Adaptive Card; `summary` is the notification and what a screen reader
says, so it is complete: what, who, when with zone, what can be done.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.errors import InvalidInput
from bot.core.text import Text

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Press:
    """What a button means: a verb, the id of its subject, and a choice. It carries no time, name or title."""

    verb: str
    """`proposal.book`, `meeting.undo`: the conversation and what to do."""
    subject: str = ""
    choice: str = ""

    def encoded(self) -> str:
        """As it travels in a button's value; at most 2,000 characters (Block Kit), in truth below 100."""
        return SEPARATOR.join((self.verb, self.subject, self.choice))

    @staticmethod
    def decoded(value: str) -> "Press":
        """The press that `encoded` wrote; `InvalidInput` for anything else."""
        parts = value.split(SEPARATOR)
        if len(parts) != 3 or not parts[0]:
            raise InvalidInput("That button is not one of mine.")
        return Press(*parts)


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A button that opens a page of ours."""

    url: str


class Look(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button; `hint` is what a screen reader says, with the full date (accessibility_label, tooltip; ≤ 75)."""

    label: str
    does: Press | OpenPage
    hint: str = ""
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line of a card that has several parts; at most 150 characters."""

    words: str


@dataclass(frozen=True, slots=True)
class Say:
    """A paragraph."""

    text: Text


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to choose: words and their button."""

    text: Text
    button: Button


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: what an offer rests on, whose zone the times are in."""

    text: Text


@dataclass(frozen=True, slots=True)
class Buttons:
    """A line of buttons: at most five."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line between two parts."""


Block = Heading | Say | Row | Note | Buttons | Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A message: what it says in words alone, and its parts."""

    summary: str
    blocks: tuple[Block, ...]
    line: str = ""
    """What is left of it, without buttons, once a newer message tells the same story anew."""
    until: datetime | None = None
    """When it must be drawn again although nothing happened: a meeting that is over takes no answers."""
    is_waiting: bool = False
    """The answer is still to come: should the place where it was asked for close, it comes in the app's DM."""

    def __post_init__(self) -> None:
        if not self.summary.strip():
            raise InvalidInput("a card says in words what it shows")
        labels = [button.label for button in self.buttons]
        if len(labels) != len(set(labels)):
            raise InvalidInput(f"two buttons of one card have the same label: {labels}")

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button, from top to bottom."""
        found: list[Button] = []
        for block in self.blocks:
            match block:
                case Row(_, button):
                    found.append(button)
                case Buttons(buttons):
                    found.extend(buttons)
                case _:
                    pass
        return tuple(found)


def plain_card(text: Text, *buttons: Button, note: Text | None = None) -> Card:
    """A card of one paragraph, with buttons and small print if any."""
    blocks: list[Block] = [Say(text)]
    if note is not None:
        blocks.append(Note(note))
    if buttons:
        blocks.append(Buttons(buttons))
    summary = text.plain() if note is None else f"{text.plain()} {note.plain()}"
    return Card(summary=summary, blocks=tuple(blocks))
