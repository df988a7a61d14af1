"""A `Card` as an Adaptive Card 1.5, the version that every Teams client draws.

https://adaptivecards.io/explorer and learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, assert_never
from urllib.parse import quote, urlsplit

from bot.chat.cards import Block, Button, Buttons, Card, Heading, Look, Note, OpenPage, Press, Row, Rule, Say
from bot.core.text import Code, Link, Piece, Someone, Strong, Text, Words, say

Drawn = dict[str, Any]

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
LARGEST = 25_000
"""Bytes. Teams takes 28 KB on its oldest roads, and counts what it adds itself."""
TITLE, TOOLTIP = 75, 120
PATIENCE = (4000, 900, 300, 100, 40)
"""How many characters of each text are drawn: the first that makes the card fit."""

MARKUP = re.compile(r"[\\*_~`\[\]]|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\{(?=\{)")
"""What means something within a line: emphasis, links, tags, entities, and the {{DATE(…)}} of Adaptive Cards."""
AT_START = re.compile(r"^(\s*)(?:([-+](?=[\s-]|$)|#+(?=\s|$)|>)|(\d+)([.)](?=\s|$)))")
"""What makes a list, a heading or a quotation of a line."""
STYLES = {Look.PLAIN: "default", Look.PRIMARY: "positive", Look.DANGER: "destructive"}


def activity(card: Card) -> Drawn:
    """The message that shows the card; `summary` is what the notification says."""
    return {
        "type": "message",
        "summary": _cut(card.summary, PATIENCE[0]),
        "attachments": [{"contentType": CONTENT_TYPE, "content": render(card)}],
    }


def render(card: Card) -> Drawn:
    """The Adaptive Card, at most `LARGEST` bytes: longer texts end in an ellipsis before a part is left out."""
    for limit in PATIENCE:
        drawn = _Pen(limit).card(card, card.blocks)
        if _size(drawn) <= LARGEST:
            return drawn
    return _Pen(PATIENCE[-1]).card(card, _as_many_as_fit(card))


def _as_many_as_fit(card: Card) -> tuple[Block, ...]:
    pen, blocks = _Pen(PATIENCE[-1]), card.blocks
    while _size(pen.card(card, blocks)) > LARGEST:
        blocks = blocks[: len(blocks) * 3 // 4]
    return blocks


def _size(drawn: Drawn) -> int:
    return len(json.dumps(drawn).encode())


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws with at most so many characters a text."""

    limit: int

    def card(self, card: Card, blocks: tuple[Block, ...]) -> Drawn:
        """The whole card, with these of its blocks; one without any shows its summary."""
        return {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.5",
            "body": self._body(blocks or (Say(say(card.summary)),)),
            "speak": _cut(card.summary, self.limit),
            "fallbackText": _cut(card.summary, self.limit),
            "msteams": {"width": "Full"},
        }

    def _body(self, blocks: tuple[Block, ...]) -> list[Drawn]:
        body: list[Drawn] = []
        is_ruled = False
        for block in blocks:
            if isinstance(block, Rule):
                is_ruled = bool(body)
                continue
            parts = self._block(block)
            if parts and is_ruled:
                parts[0] |= {"separator": True, "spacing": "Medium"}
            is_ruled = is_ruled and not parts
            body += parts
        return body or [_line("…")]

    def _block(self, block: Heading | Say | Row | Note | Buttons) -> list[Drawn]:
        match block:
            case Heading(words):
                look = {"style": "heading", "size": "Medium", "weight": "Bolder"}
                return [line | look for line in self._lines(say(" ".join(words[:150].split())))]
            case Say(text):
                return self._lines(text)
            case Note(text):
                return [line | {"isSubtle": True, "size": "Small"} for line in self._lines(text)]
            case Row(text, button):
                columns = [_column("stretch", self._lines(text)), _column("auto", [_actions((button,))])]
                return [{"type": "ColumnSet", "columns": columns}]
            case Buttons(buttons):
                return [_actions(buttons)] if buttons else []
            case _:
                assert_never(block)

    def _lines(self, text: Text) -> list[Drawn]:
        """One TextBlock a line: clients do not agree on what a line break within one is."""
        lines = [_line(words.strip()) for words in "".join(self._pieces(text)).split("\n") if words.strip()]
        return [*lines[:1], *(line | {"spacing": "None"} for line in lines[1:])]

    def _pieces(self, text: Text) -> Iterator[str]:
        left = self.limit
        for piece in text.pieces:
            if left <= 0:
                return
            yield _piece(piece, left)
            left -= len(_said(piece))


def _line(markdown: str) -> Drawn:
    return {"type": "TextBlock", "text": AT_START.sub(_escaped_start, markdown), "wrap": True}


def _escaped_start(found: re.Match[str]) -> str:
    space, mark, number, point = found.groups()
    return f"{space}\\{mark}" if mark else f"{space}{number}\\{point}"


def _column(width: str, items: list[Drawn]) -> Drawn:
    return {"type": "Column", "width": width, "verticalContentAlignment": "Center", "items": items}


def _actions(buttons: tuple[Button, ...]) -> Drawn:
    return {"type": "ActionSet", "actions": [_action(button) for button in buttons]}


def _action(button: Button) -> Drawn:
    shown: Drawn = {"title": _cut(button.label, TITLE)}
    if button.hint:
        shown["tooltip"] = _cut(button.hint, TOOLTIP)
    if button.look is not Look.PLAIN:
        shown["style"] = STYLES[button.look]
    match button.does:
        case OpenPage(url):
            return {"type": "Action.OpenUrl", "url": url} | shown
        case Press() as press:
            shown["data"] = {"press": press.encoded()}
            older = {"type": "Action.Submit"} | shown
            return {"type": "Action.Execute", "verb": press.verb, "fallback": older} | shown
        case _:
            assert_never(button.does)


def _said(piece: Piece) -> str:
    match piece:
        case Link(_, label):
            return label
        case Someone(_, name):
            return name
        case Words(words) | Strong(words) | Code(words):
            return words
        case _:
            assert_never(piece)


def _piece(piece: Piece, limit: int) -> str:
    words = _escaped(_cut(_said(piece), limit))
    match piece:
        case Strong() | Code():  # Teams draws no monospace in a TextBlock, and shows the backticks
            return _emphasised(words)
        case Link(url, _):
            return _linked(words, url)
        case Words() | Someone():
            return words
        case _:
            assert_never(piece)


def _emphasised(words: str) -> str:
    """The marks around the words and not around the spaces beside them: `** now**` is no emphasis (CommonMark 6.2)."""
    inner = words.strip()
    if not inner or "\n" in inner:
        return words
    return f"{words[: words.index(inner)]}**{inner}**{words[words.index(inner) + len(inner) :]}"


def _linked(label: str, url: str) -> str:
    if urlsplit(url).scheme not in ("https", "http"):
        return label
    address = quote(url, safe=":/?#@!$&'*+,;=%-._~")
    return f"[{' '.join(label.split()) or address}]({address})"


def _escaped(words: str) -> str:
    """Words that mean nothing but themselves within a line."""
    return MARKUP.sub(r"\\\g<0>", words)


def _cut(words: str, limit: int) -> str:
    """At most `limit` characters, without control characters, overriding marks, or a crowd of accents on one letter."""
    clean = "".join(_seen(words.replace("\r\n", "\n")))
    return clean if len(clean) <= limit else clean[: max(limit - 1, 0)].rstrip() + "…"


def _seen(words: str) -> Iterator[str]:
    marks = 0
    for letter in words:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        is_override = "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069"
        if marks > 3 or is_override or (kind in ("Cc", "Cs") and letter != "\n"):
            continue
        yield letter
