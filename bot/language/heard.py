"""A request as it is heard: its components, in any order, and whatever fits none of them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.requests import PLACEHOLDER, Named, Source
from bot.language import lengths, when
from bot.language.lengths import Length
from bot.language.lexicon import en
from bot.language.tokens import Kind, Token, word_at
from bot.language.when import Said

Line = tuple[Token, ...]

_PUNCTUATION = frozenset(",.;:!?&+()-")


@dataclass(slots=True)
class Heard:
    """The components, from left to right."""

    people: list[Named] = field(default_factory=list)
    lengths: list[tuple[Length, str]] = field(default_factory=list)
    when: list[Said] = field(default_factory=list)
    title: str | None = None
    missed: list[str] = field(default_factory=list)
    """What fits nothing, in their words."""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was said but fillers."""
        return not (self.people or self.lengths or self.when or self.missed or self.title)

    @property
    def length_words(self) -> str:
        return self.lengths[0][1] if self.lengths else ""

    @property
    def when_words(self) -> str:
        return when.words_of(self.when)

    def length(self, default: timedelta) -> timedelta:
        return self.lengths[0][0].lasting if self.lengths else default


def hear(text: str, line: Line, named: tuple[Named, ...]) -> Heard:
    """Every token of the line, put where it belongs; `text` is what the tokens stand in."""
    heard = Heard()
    title = _title(line)
    if title is not None:
        words = _filled(text, title.start, title.end, named).strip()
        heard.title = words or None
        if not words:
            heard.missed.append(text[line[title.first].start : title.end])
        line_before, line_after = line[: title.first], line[title.after :]
        _components(heard, text, line_before, named)
        _components(heard, text, line_after, named)
        if not heard.people and title.after == len(line):
            heard.people += _people_in(text, title.start, title.end, named)
    else:
        _components(heard, text, line, named)
    heard.people = list(dict.fromkeys(heard.people))
    return heard


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    """Which tokens a title takes (from `first` up to `after`), and where its own words stand in the text."""

    first: int
    after: int
    start: int
    end: int


def _title(line: Line) -> _Title | None:
    """What is in quotes, or else everything after `about`: it is data, and no time is ever read in it."""
    for at, token in enumerate(line):
        if token.kind is Kind.QUOTED:
            first = _before_colon(line, at)
            first = first - 1 if word_at(line, first - 1) in en.ABOUT else at
            return _Title(first=first, after=at + 1, start=token.start + 1, end=token.end - 1)
    for at, token in enumerate(line):
        # "about an hour" is a length that is meant roughly; "about the hour change" is a title.
        if token.word in en.ABOUT and lengths.read(line, at + 1) is None:
            start = at + 2 if word_at(line, at + 1) == ":" else at + 1
            end = line[-1].end
            return _Title(first=at, after=len(line), start=line[start].start if start < len(line) else end, end=end)
    return None


def _before_colon(line: Line, at: int) -> int:
    return at - 1 if word_at(line, at - 1) == ":" else at


def _components(heard: Heard, text: str, line: Line, named: tuple[Named, ...]) -> None:
    at = 0
    missed: list[int] = []
    while at < len(line):
        after = _component(heard, text, line, at, named)
        if after is not None:
            _close(heard, text, line, missed, named)
            at = after
            continue
        if not is_filler(line[at]):
            missed.append(at)
        at += 1
    _close(heard, text, line, missed, named)


def _component(heard: Heard, text: str, line: Line, at: int, named: tuple[Named, ...]) -> int | None:
    """The position after the component that begins there, now part of what was heard; None where none begins."""
    rough = at + 1 if line[at].word in en.ABOUT else at
    if (length := lengths.read(line, rough)) is not None:
        heard.lengths.append((length[0], _words(text, line, rough, length[1])))
        return length[1]
    if (pieces := when.read(line, at)) is not None:
        words = _words(text, line, at, pieces[1])
        heard.when.extend(Said(piece, words if piece is pieces[0][-1] else "") for piece in pieces[0])
        return pieces[1]
    if line[at].kind is Kind.PERSON and (person := _nth(text, line[at].start, named)) is not None:
        heard.people.append(person)
        return at + 1
    if line[at].word in en.ME:
        heard.people.append(Named(Source.ME, "me", line[at].word))
        return at + 1
    return None


def _close(heard: Heard, text: str, line: Line, missed: list[int], named: tuple[Named, ...]) -> None:
    """Keep what was missed since the last component, with the fillers between, as one piece."""
    if missed:
        heard.missed.append(_filled(text, line[missed[0]].start, line[missed[-1]].end, named))
        missed.clear()


def is_filler(token: Token) -> bool:
    """Whether it changes nothing."""
    # Emoji say nothing about when or who: "tomorrow 🎉" is tomorrow.
    if token.kind is not Kind.SIGN:
        return token.word in en.FILLERS or token.kind is Kind.EMOJI
    return token.word in _PUNCTUATION or unicodedata.category(token.word[0]) in ("So", "Sk", "Mn", "Me")


def _words(text: str, line: Line, at: int, after: int) -> str:
    return text[line[at].start : line[after - 1].end]


def _nth(text: str, at: int, named: tuple[Named, ...]) -> Named | None:
    count = text.count(PLACEHOLDER, 0, at)
    return named[count] if count < len(named) else None


def _people_in(text: str, start: int, end: int, named: tuple[Named, ...]) -> Iterator[Named]:
    """Those named in a title: when nobody was named outside it, they are meant ("about the budget with @alex")."""
    first = text.count(PLACEHOLDER, 0, start)
    yield from named[first : first + text.count(PLACEHOLDER, start, end)]


def _filled(text: str, start: int, end: int, named: tuple[Named, ...]) -> str:
    """That part of the text with people as they were typed."""
    count = text.count(PLACEHOLDER, 0, start)
    parts = text[start:end].split(PLACEHOLDER)
    shown = [one.shown for one in named[count : count + len(parts) - 1]]
    shown += [""] * (len(parts) - 1 - len(shown))
    whole = parts[0] + "".join(who + part for who, part in zip(shown, parts[1:], strict=True))
    return " ".join(whole.split())
