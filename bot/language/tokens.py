"""A text as tokens, in one pass whose work grows with the text and with nothing else."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from bot.core.requests import PLACEHOLDER


class Kind(Enum):
    """What a token looks like; what it means is the grammar's business."""

    PERSON = auto()
    QUOTED = auto()
    ISO = auto()
    """2026-12-03"""
    DOTTED = auto()
    """3.12. or 3.12.2026: the day comes first"""
    SLASHED = auto()
    """3/12: nobody knows"""
    CLOCK = auto()
    """14:30"""
    NUMBER = auto()
    """Up to four digits, maybe with a fraction."""
    WORD = auto()
    EMOJI = auto()
    """:tada:, as chats spell it"""
    SIGN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the text and where it stands; `word` is how it is looked up."""

    kind: Kind
    word: str
    start: int
    end: int


# No quantifier stands next to another one that could eat the same characters, and every repetition of digits is
# bounded: libraries were seen to take minutes on 10,000 spaces or digits.
_PATTERN = re.compile(
    rf"(?P<PERSON>{PLACEHOLDER})"
    r'|(?P<QUOTED>"[^"]*")'
    r"|(?P<ISO>(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d))"
    r"|(?P<DOTTED>(?<!\d)\d{1,2}\.\d{1,2}\.(?:\d{4})?(?!\d))"
    r"|(?P<SLASHED>(?<!\d)\d{1,2}/\d{1,2}(?:/\d{2,4})?(?!\d))"
    r"|(?P<CLOCK>(?<!\d)\d{1,2}:\d{2}(?!\d))"
    r"|(?P<NUMBER>(?<![\d.])\d{1,4}(?:\.\d{1,2})?(?![\d]))"
    r"|(?P<WORD>[@#/]?[^\W\d_]+(?:['-][^\W\d_]+)*)"
    r"|(?P<EMOJI>:[a-z][a-z0-9_+-]{1,60}:)"
    r"|(?P<SIGN>\d+|\S)"
)


def tokens(text: str) -> tuple[Token, ...]:
    """Every character that is no space is in exactly one token."""
    return tuple(
        Token(kind=Kind[found.lastgroup or "SIGN"], word=found[0].casefold(), start=found.start(), end=found.end())
        for found in _PATTERN.finditer(text)
    )


def word_at(line: tuple[Token, ...], at: int) -> str:
    """How the token there is looked up, or nothing beyond the end."""
    return line[at].word if 0 <= at < len(line) else ""


def kind_at(line: tuple[Token, ...], at: int) -> Kind | None:
    """What the token there looks like, or None beyond the end."""
    return line[at].kind if 0 <= at < len(line) else None


def are_joined(line: tuple[Token, ...], at: int) -> bool:
    """Whether no space is between the token there and the next."""
    return at + 1 < len(line) and line[at].end == line[at + 1].start
