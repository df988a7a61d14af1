"""Words as Slack reads them, so that nobody's words become markup, a mention or a link.

Slack has no escape for `*`, `_`, `~` and backticks, and a zero-width space beside one of them makes it work rather
than not. So text that needs no markup travels as `plain_text`, where nothing is markup; in the rest, such a character
becomes its look-alike, but for an underscore inside a word, which Slack shows as it is (an address stays one).
"""

import re
from typing import Any

from bot.core.text import Code, Link, Piece, Someone, Strong, Text, Words

Json = dict[str, Any]

MORE = "…"
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ", "＊": "﹡", "＿": "ˍ", "｀": "ˋ"})
_EDGE_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_QUOTE = re.compile(r"^(\s*)([>＞])", re.MULTILINE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_URL_ENTITIES = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "\n": "%0A"})
_COSTS = {"&": 5, "<": 4, ">": 5, "＞": 2, "\n": 3}
_BETWEEN = "\u200b"
"""Lets bold begin and end inside a word."""
_AROUND = 4
"""What a piece may add around its words."""


def escaped(words: str) -> str:
    """Words with the three characters escaped that Slack parses everywhere (docs.slack.dev, "Escaping text")."""
    return words.translate(_ENTITIES)


def cost(words: str) -> int:
    """An upper bound for what Slack counts, in UTF-16 units, once these words are drawn."""
    return sum(_COSTS.get(char, 1 + (char > "\uffff")) for char in words)


def cut(words: str, room: int) -> str:
    """The words, escaped, cut with an ellipsis where they would not fit."""
    if cost(words) <= room:
        return escaped(words)
    return escaped(_fitting(words, room - 1).rstrip()) + MORE


def is_address(url: str) -> bool:
    """Whether it begins as an address does: `!channel` in a link's place would ring everybody."""
    return _SCHEME.match(url) is not None


def is_blank(text: Text) -> bool:
    return not text.plain().strip()


def drawn(text: Text) -> Json:
    """The text object for these words, with markup only where the text asks for it; never empty, as Slack wants it."""
    if all(isinstance(piece, Words | Someone) for piece in text.pieces):
        return {"type": "plain_text", "text": _something(escaped(text.plain())), "emoji": False}
    return {"type": "mrkdwn", "text": _something(_joined(text)), "verbatim": True}


def _something(shown: str) -> str:
    return shown if shown.strip() else MORE


def pages(text: Text, room: int) -> list[Text]:
    """The text in as many parts as it needs for each to be drawn within `room`, broken between words if possible."""
    done: list[Text] = []
    page: list[Piece] = []
    left = room
    waiting = list(reversed(text.pieces))
    while waiting:
        piece = waiting.pop()
        if _cost(piece) <= left:
            page.append(piece)
            left -= _cost(piece)
            continue
        head, tail = _broken(piece, left, is_alone=not page)
        page += [head] if head is not None else []
        waiting += [tail] if tail is not None else []
        if page:
            done.append(Text(tuple(page)))
        page, left = [], room
    return [*done, Text(tuple(page))] if page or not done else done


def shortened(text: Text, room: int) -> Text:
    """The text, cut with an ellipsis where it would not be drawn within `room`."""
    first, *rest = pages(text, room)
    return pages(text, room - _AROUND - 1)[0] + MORE if rest else first


def _broken(piece: Piece, room: int, *, is_alone: bool) -> tuple[Piece | None, Piece | None]:
    """What of it still fits, and what is left for the next part."""
    match piece:
        case Link() | Someone() if not is_alone:
            return None, piece
        case Link(_, words) | Someone(_, words):
            return _split(Words(words), room)  # an address that fills a whole part is none to press
        case _:
            return _split(piece, room)


def _split(piece: Words | Strong | Code, room: int) -> tuple[Piece | None, Piece | None]:
    head = _fitting(piece.words, room - _AROUND)
    if not head:
        return None, piece
    space = max(head.rfind(" "), head.rfind("\n"))
    if space > len(head) // 2:
        head = head[: space + 1]
    kind, rest = type(piece), piece.words[len(head) :]
    return kind(head), kind(rest) if rest else None


def _fitting(words: str, room: int) -> str:
    """The longest beginning whose cost is within `room`."""
    spent = 0
    for at, char in enumerate(words):
        spent += cost(char)
        if spent > room:
            return words[:at]
    return words


def _cost(piece: Piece) -> int:
    match piece:
        case Link(url, label):
            return cost(label) + cost(url) + 2 * sum(url.count(char) for char in "|> \n") + _AROUND
        case Someone(_, name):
            return cost(name)
        case Words(words):
            return cost(words)
        case Strong(words) | Code(words):
            return cost(words) + _AROUND


def _joined(text: Text) -> str:
    """The pieces side by side; bold that touches a word gets a zero-width space between."""
    drawn_text = ""
    for piece in text.pieces:
        part = _marked(piece)
        touches = drawn_text and part and not (drawn_text[-1].isspace() or part[0].isspace())
        if touches and (isinstance(piece, Strong | Code) or drawn_text[-1] in "*`"):
            drawn_text += _BETWEEN
        drawn_text += part
    return drawn_text


def _marked(piece: Piece) -> str:
    match piece:
        case Words(words) | Someone(_, words):
            return _tame(words)
        case Strong(words):
            return "\n".join(_bold(line) for line in words.split("\n"))
        case Code(words):
            inner = escaped(words.replace("`", "ˋ").replace("\n", " "))
            return f"`{inner}`" if inner.strip() else inner
        case Link(url, label) if is_address(url):
            return f"<{url.translate(_URL_ENTITIES)}|{_tame(label).replace(chr(10), ' ') or MORE}>"
        case Link(_, label):
            return _tame(label)


def _bold(line: str) -> str:
    """The line in bold; spaces at its ends stay outside, where bold can bear them."""
    inner = line.strip()
    if not inner:
        return line
    before, _, after = line.partition(inner)
    return f"{before}*{_tame(inner)}*{after}"


def _tame(words: str) -> str:
    """Words that Slack shows as they are: markers become look-alikes, and no line begins with a quote's mark."""
    calm = _EDGE_UNDERSCORE.sub("ˍ", words.translate(_LOOKALIKES))
    return escaped(_QUOTE.sub("\\1\u00ad\\2", calm))
