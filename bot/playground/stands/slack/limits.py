"""What Slack refuses in a message: one row a limit, with the page that names it.

It is stricter than Slack in three ways: a message with blocks must have `text` too (Slack only warns), a kind of block
that is not checked here is refused, and lengths are counted in UTF-16 units.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_BLOCKS = "docs.slack.dev/reference/block-kit/blocks"
_ELEMENTS = "docs.slack.dev/reference/block-kit/block-elements"
_POST = "docs.slack.dev/reference/methods/chat.postMessage"
_METADATA = "docs.slack.dev/messaging/message-metadata"
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_-]+")
_UPDATE = "docs.slack.dev/reference/methods/chat.update"


class Refused(Exception):
    """Slack says no: `code` is what it answers, `detail` is for whoever reads a failing test."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So much of something at most, else `code`."""

    most: int
    source: str
    code: str = "invalid_blocks"
    least: int = 1


LIMITS: Mapping[str, Limit] = {
    "text of a new message": Limit(most=40_000, source=_POST, code="msg_too_long"),
    "text of an edit": Limit(most=4_000, source=_UPDATE, code="msg_too_long"),
    "blocks of a message": Limit(most=50, source=_BLOCKS, least=0),
    "blocks of a view": Limit(most=100, source="docs.slack.dev/surfaces/modals"),
    "title of a view": Limit(most=24, source="docs.slack.dev/surfaces/modals", code="invalid_arguments"),
    "characters of all blocks": Limit(
        most=13_200, source="github.com/slackapi/bolt-js/issues/2509", code="msg_blocks_too_long", least=0
    ),
    "text of a section": Limit(most=3_000, source=f"{_BLOCKS}/section-block"),
    "text of a header": Limit(most=150, source=f"{_BLOCKS}/header-block"),
    "text of a context element": Limit(most=3_000, source=f"{_BLOCKS}/context-block"),
    "elements of a context": Limit(most=10, source=f"{_BLOCKS}/context-block"),
    "elements of actions": Limit(most=25, source=f"{_BLOCKS}/actions-block"),
    "label of a button": Limit(most=75, source=f"{_ELEMENTS}/button-element"),
    "value of a button": Limit(most=2_000, source=f"{_ELEMENTS}/button-element"),
    "url of a button": Limit(most=3_000, source=f"{_ELEMENTS}/button-element"),
    "accessibility_label of a button": Limit(most=75, source=f"{_ELEMENTS}/button-element"),
    "action_id": Limit(most=255, source=f"{_ELEMENTS}/button-element"),
    "block_id": Limit(most=255, source=_BLOCKS),
}

PLAIN, MARKED = frozenset({"plain_text"}), frozenset({"plain_text", "mrkdwn"})
_TEXT_FIELDS = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}
_BUTTON_FIELDS = {"type", "text", "action_id", "value", "url", "style", "accessibility_label", "confirm"}
_BLOCK_FIELDS = {
    "header": {"text"},
    "section": {"text", "accessory"},
    "context": {"elements"},
    "actions": {"elements"},
    "divider": set[str](),
}


def size(words: str) -> int:
    """How many UTF-16 units the words take."""
    return len(words) + sum(char > "\uffff" for char in words)


def check_message(body: Json, *, is_edit: bool = False) -> None:
    """Raise `Refused` for what Slack would not take as a message."""
    text, blocks = body.get("text"), body.get("blocks", [])
    if not isinstance(text, str) or not text.strip():
        raise Refused("no_text", "a message needs `text`: it is the notification, and what a screen reader says")
    _within("text of an edit" if is_edit else "text of a new message", size(text))
    check_blocks(blocks, "blocks of a message")


def check_metadata(metadata: object) -> None:
    """Raise `Refused` for metadata that Slack would leave out with a mere warning, or not take."""
    if not isinstance(metadata, Mapping):
        raise Refused("invalid_metadata_format", "metadata is an object")
    if set(metadata) != {"event_type", "event_payload"} or not isinstance(metadata["event_payload"], Mapping):
        raise Refused("invalid_metadata_schema", f"event_type and event_payload, and nothing else ({_METADATA})")
    if not _EVENT_TYPE.fullmatch(str(metadata["event_type"])):
        raise Refused("invalid_metadata_schema", f"event_type: letters, digits, - and _ ({_METADATA})")
    if not all(isinstance(value, str | int | float) for value in metadata["event_payload"].values()):
        raise Refused("invalid_metadata_schema", f"event_payload: words and numbers ({_METADATA})")


def check_blocks(blocks: object, limit: str) -> None:
    """Raise `Refused` for blocks that Slack would not take."""
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format", "blocks are a list")
    _within(limit, len(blocks))
    for block in blocks:
        _check_block(block)
    _distinct("block_id", [block["block_id"] for block in blocks if "block_id" in block])
    _within("characters of all blocks", sum(size(words) for words in texts(blocks)))


def texts(part: object) -> Iterator[str]:
    """Every text in the blocks, in the order in which it is read."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from texts(one)


def _check_block(block: object) -> None:
    if not isinstance(block, Mapping):
        raise Refused("invalid_blocks", "a block is an object")
    kind = str(block.get("type"))
    check = _CHECKS.get(kind)
    if check is None:
        raise Refused("invalid_blocks", f"unsupported type: {kind}")
    _only(block, _BLOCK_FIELDS[kind] | {"type", "block_id"}, kind)
    if "block_id" in block:
        _within("block_id", size(str(block["block_id"])))
    check(block)


def _check_header(block: Json) -> None:
    _check_text(block.get("text"), "text of a header", PLAIN)


def _check_section(block: Json) -> None:
    _check_text(block.get("text"), "text of a section", MARKED)
    if "accessory" in block:
        _check_button(block["accessory"])


def _check_context(block: Json) -> None:
    for element in _elements(block, "elements of a context"):
        _check_text(element, "text of a context element", MARKED)


def _check_actions(block: Json) -> None:
    elements = _elements(block, "elements of actions")
    for element in elements:
        _check_button(element)
    _distinct("action_id", [element["action_id"] for element in elements if "action_id" in element])


def _check_divider(_block: Json) -> None:
    """Nothing to check."""


_CHECKS: Mapping[str, Callable[[Json], None]] = {
    "header": _check_header,
    "section": _check_section,
    "context": _check_context,
    "actions": _check_actions,
    "divider": _check_divider,
}


def _check_button(element: object) -> None:
    if not isinstance(element, Mapping) or element.get("type") != "button":
        raise Refused("invalid_blocks", "only buttons are understood here")
    _only(element, _BUTTON_FIELDS, "button")
    _check_text(element.get("text"), "label of a button", PLAIN)
    if "action_id" in element:
        _within("action_id", size(str(element["action_id"])))
    for name in ("value", "url", "accessibility_label"):
        if name in element:
            _within(f"{name} of a button", size(str(element[name])))
    if element.get("style", "primary") not in {"primary", "danger"}:
        raise Refused("invalid_blocks", f"a button's style is primary or danger, not {element['style']}")


def _check_text(text: object, limit: str, kinds: frozenset[str]) -> None:
    if not isinstance(text, Mapping) or text.get("type") not in kinds:
        raise Refused("invalid_blocks", f"{limit}: a text object of {' or '.join(sorted(kinds))}")
    _only(text, _TEXT_FIELDS[text["type"]], str(text["type"]))
    words = text.get("text")
    if not isinstance(words, str) or not words.strip():
        raise Refused("invalid_blocks", f"{limit}: it must not be empty")
    _within(limit, size(words))


def _elements(block: Json, limit: str) -> list[Any]:
    elements = block.get("elements")
    if not isinstance(elements, list):
        raise Refused("invalid_blocks", f"{limit}: a list")
    _within(limit, len(elements))
    return elements


def _within(name: str, amount: int) -> None:
    limit = LIMITS[name]
    if not limit.least <= amount <= limit.most:
        raise Refused(limit.code, f"{name}: {amount}, but {limit.least} to {limit.most} ({limit.source})")


def _distinct(name: str, ids: list[Any]) -> None:
    if len(ids) != len(set(ids)):
        raise Refused("invalid_blocks", f"`{name}` already exists: {sorted(ids)}")


def _only(part: Json, known: set[str], kind: str) -> None:
    if unknown := part.keys() - known:
        raise Refused("invalid_blocks", f"{kind} has no {', '.join(sorted(unknown))}")
