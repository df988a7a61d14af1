"""A card as Block Kit, within every limit that Slack sets: what would not fit is split or cut, never refused.

Limits: docs.slack.dev/reference/block-kit/blocks and /block-elements; the one for a whole message is not documented
(about 13,200 characters, then `msg_blocks_too_long`).
"""

from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import assert_never

from bot.chat.cards import Block, Button, Buttons, Card, Heading, Look, Note, OpenPage, Press, Row, Rule, Say
from bot.core.text import Text, say
from bot.handlers.slack.markup import MORE, Json, cost, cut, drawn, is_address, is_blank, pages, shortened

BLOCKS = 50
SECTION = 3000
HEADER = 150
LABEL = 75
VALUE = 2000
URL = 3000
HINT = 75
ACTION_ID = 255
ELEMENTS = 25
FALLBACK = 4000
WHOLE = 12_000
BUTTONS = 60
"""So many at most in one message: their labels have their part of `WHOLE`."""

PRESS = "press:"
OPEN = "open:"


def message(card: Card) -> Json:
    """The body of a message: `text` for notifications and screen readers, and its blocks."""
    shown = _within(card.blocks)
    blocks = _drawn(shown, SECTION)
    if len(blocks) > BLOCKS or _weight(blocks) > WHOLE:
        fair = (WHOLE - BUTTONS * LABEL) // len(shown)
        blocks = _drawn(shown, min(SECTION - 1, fair))
    if not blocks:
        blocks = [_section(say(card.summary), SECTION)]
    return {"text": cut(card.summary, FALLBACK), "blocks": blocks}


def _within(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """As many blocks as one message bears; a note says that there was more."""
    kept: list[Block] = []
    buttons = 0
    for block in blocks:
        buttons += len(block.buttons) if isinstance(block, Buttons) else isinstance(block, Row)
        if len(kept) == BLOCKS - 1 or buttons > BUTTONS:
            return (*kept, Note(say(MORE)))
        kept.append(block)
    return tuple(kept)


def _drawn(blocks: Iterable[Block], room: int) -> list[Json]:
    numbers = count()
    return [drawn_block for block in blocks for drawn_block in _blocks(block, room, numbers)]


def _blocks(block: Block, room: int, numbers: Iterator[int]) -> Iterator[Json]:
    """The block, each of its texts within `room`; a long paragraph is split only where it has whole ones."""
    match block:
        case Heading(words):
            if words.strip():
                yield {"type": "header", "text": _plain(words, min(HEADER, room))}
        case Say(text):
            parts = pages(text, room) if room == SECTION else [shortened(text, room)]
            yield from ({"type": "section", "text": drawn(part)} for part in parts if not is_blank(part))
        case Row(text, button):
            section = _section(say(button.label.strip() or MORE) if is_blank(text) else text, room)
            accessory = _button(button, next(numbers))
            yield {**section, "accessory": accessory} if accessory else section
        case Note(text):
            if not is_blank(text):
                yield {"type": "context", "elements": [drawn(shortened(text, room))]}
        case Buttons(buttons):
            yield from _actions(buttons, numbers)
        case Rule():
            yield {"type": "divider"}
        case _:
            assert_never(block)


def _section(text: Text, room: int) -> Json:
    return {"type": "section", "text": drawn(shortened(text, room))}


def _actions(buttons: tuple[Button, ...], numbers: Iterator[int]) -> Iterator[Json]:
    elements = iter([element for button in buttons if (element := _button(button, next(numbers)))])
    while some := list(islice(elements, ELEMENTS)):
        yield {"type": "actions", "elements": some}


def _button(button: Button, number: int) -> Json | None:
    """The button; None for one with a value or an address for which Slack would refuse the whole message."""
    drawn_button: Json = {"type": "button", "text": _plain(button.label, LABEL)}
    match button.does:
        case Press(verb) as press:
            drawn_button |= {"action_id": f"{PRESS}{number}:{verb}"[:ACTION_ID], "value": press.encoded()}
        case OpenPage(url):
            drawn_button |= {"action_id": f"{OPEN}{number}", "url": url}
        case _:
            assert_never(button.does)
    if button.hint.strip():
        drawn_button["accessibility_label"] = cut(button.hint, HINT)
    if button.look is not Look.PLAIN:
        drawn_button["style"] = button.look.value
    return drawn_button if _is_taken(drawn_button) else None


def _is_taken(button: Json) -> bool:
    """Whether Slack takes its value and its address."""
    value, url = button.get("value", ""), button.get("url", "https:")
    return cost(value) <= VALUE and cost(url) <= URL and is_address(url)


def _plain(words: str, room: int) -> Json:
    return {"type": "plain_text", "text": cut(words, room) if words.strip() else MORE, "emoji": False}


def _weight(blocks: Iterable[Json]) -> int:
    """How many characters of text the blocks hold."""
    return sum(cost(str(words)) for block in blocks for words in _texts(block))


def _texts(part: object) -> Iterator[object]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(part, list):
        for one in part:
            yield from _texts(one)
