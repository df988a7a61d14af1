"""What we say, before it is drawn: words apart from markup, so that nobody's title can become a command.

A renderer escapes `Words` and knows how its platform writes the rest; nothing else ever makes markup.
"""

from dataclasses import dataclass

from bot.core.ids import PersonId


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words, as a person would read them."""

    words: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that carry the message."""

    words: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be typed as it stands."""

    words: str


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a page of ours or of a meeting: https, or what the operator allows."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Someone:
    """A person, by name; drawing it never pings."""

    person: PersonId
    name: str


Piece = Words | Strong | Code | Link | Someone


@dataclass(frozen=True, slots=True)
class Text:
    """A line or a paragraph; a line break is a `Words("\\n")`."""

    pieces: tuple[Piece, ...]

    def plain(self) -> str:
        """The words alone, for notifications and screen readers."""
        return "".join(_plain(piece) for piece in self.pieces)

    def __add__(self, other: "Text | str") -> "Text":
        return Text(self.pieces + say(other).pieces)


def _plain(piece: Piece) -> str:
    match piece:
        case Link(url, label):
            return f"{label} ({url})"
        case Someone(_, name):
            return name
        case Words(words) | Strong(words) | Code(words):
            return words


def say(*parts: "str | Piece | Text") -> Text:
    """A text of these parts, strings being plain words."""
    pieces: list[Piece] = []
    for part in parts:
        match part:
            case str():
                pieces.append(Words(part))
            case Text():
                pieces.extend(part.pieces)
            case _:
                pieces.append(part)
    return Text(tuple(pieces))
