"""Draws what a platform shows as lines of a terminal: Block Kit and Adaptive Cards, words and buttons."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

LINK = re.compile(r"<(https?://[^|>]+)\|([^>]+)>")
MARKDOWN_LINK = re.compile(r"\[([^\]]+)\]\(https?://[^)]+\)")
STRONG = re.compile(r"\*([^*\n]+)\*")
INVISIBLE = re.compile("[\u200b\u2060\u200d]")

COLUMN, WIDEST = 42, 66
"""Where buttons begin, and what fits into a terminal of 80 columns."""

Block = Mapping[str, Any]


def slack(message: Block) -> list[Text]:
    """The lines of a Slack message; its `text` where it has no blocks."""
    blocks = message.get("blocks") or []
    if not blocks:
        return [_mrkdwn(message.get("text", ""))]
    return [line for block in blocks for line in _block(block)]


def _block(block: Block) -> Iterator[Text]:
    match block["type"]:
        case "header":
            yield Text(block["text"]["text"], style="bold")
        case "section":
            yield from _section(block)
        case "context":
            for element in block["elements"]:
                yield _mrkdwn(element["text"], base="dim")
        case "actions":
            yield _buttons([element["text"]["text"] for element in block["elements"]])
        case "divider":
            yield Text("─" * 20, style="dim")
        case other:
            yield Text(f"(a {other} block)", style="dim")


def _section(block: Block) -> Iterator[Text]:
    lines = _mrkdwn(block["text"]["text"]).split("\n")
    accessory = block.get("accessory")
    for index, line in enumerate(lines):
        if index > 0 or accessory is None:
            yield line
        else:
            yield from _beside(line, accessory["text"]["text"])


def _beside(line: Text, label: str) -> Iterator[Text]:
    """Words and their button in one line, or the button below where that would be too wide."""
    line.pad_right(max(2, COLUMN - line.cell_len))
    button = _buttons([label])
    if line.cell_len + button.cell_len <= WIDEST:
        yield line.append_text(button)
    else:
        yield line
        yield Text("  ").append_text(button)


def teams(card: Block) -> list[Text]:
    """The lines of an Adaptive Card."""
    return [line for element in card.get("body", ()) for line in _element(element)]


def _element(element: Block) -> Iterator[Text]:
    match element["type"]:
        case "TextBlock":
            is_heading = element.get("style") == "heading" or element.get("weight") == "Bolder"
            yield Text(
                _unmarked(element["text"]), style="bold" if is_heading else "dim" if element.get("isSubtle") else ""
            )
        case "ActionSet":
            yield _buttons([action["title"] for action in element["actions"]])
        case "ColumnSet":
            parts = [line for column in element["columns"] for line in _container(column)]
            joined = Text("  ").join(parts)
            yield joined
        case "Container":
            yield from _container(element)
        case _:
            return


def _container(element: Block) -> Sequence[Text]:
    return [line for item in element.get("items", ()) for line in _element(item)]


def _buttons(labels: Sequence[str]) -> Text:
    return Text(" ").join(Text(f"[{label}]", style="bold cyan") for label in labels)


def _mrkdwn(words: str, base: str = "") -> Text:
    """Slack's markup as terminal styles: bold and links; everything else as plain words."""
    words = LINK.sub(lambda found: f"{found[2]}", INVISIBLE.sub("", words))
    drawn, at = Text(style=base), 0
    for strong in STRONG.finditer(words):
        drawn.append(html.unescape(words[at : strong.start()]))
        drawn.append(html.unescape(strong[1]), style="bold")
        at = strong.end()
    drawn.append(html.unescape(words[at:]))
    return drawn


def _unmarked(words: str) -> str:
    words = MARKDOWN_LINK.sub(r"\1", INVISIBLE.sub("", words))
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|<>~-])", r"\1", words).replace("**", "")
