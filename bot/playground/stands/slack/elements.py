"""Finding what somebody uses in a message, and what Slack says that they did with it.

docs.slack.dev/reference/block-kit/block-elements: a button carries its value, a menu the options that were chosen.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.playground.stands.slack.messages import Button, Json, Message

_ONE = frozenset({"static_select", "radio_buttons", "overflow"})
_SEVERAL = frozenset({"multi_static_select", "checkboxes"})
_TOLD = ("type", "action_id", "text", "value", "url", "style", "placeholder")
"""What of an element goes along with an action; its options, its label for screen readers and its dialog do not."""


def used(message: Message, block_id: str, action_id: str, values: Sequence[str] = ()) -> Button | None:
    """That element with what was chosen in it, ready to be sent; None where this message has no such thing.

    A button is the one meant only if it carries that value: what stands in its place by now may be another.
    """
    for block, element in _elements(message):
        if (block.get("block_id"), element.get("action_id")) != (block_id, action_id):
            continue
        done = {name: element[name] for name in _TOLD if name in element}
        kind = element.get("type")
        if kind == "button":
            return _pressed(block_id, done) if not values or values[0] == element.get("value", "") else None
        chosen = [option for option in _options(element) if option.get("value") in values]
        if len(chosen) != len(set(values)) or (kind in _ONE and len(chosen) != 1):
            return None
        if kind in _ONE:
            return _pressed(block_id, done | {"selected_option": chosen[0]})
        if kind in _SEVERAL:
            return _pressed(block_id, done | {"selected_options": chosen})
    return None


def _pressed(block_id: str, element: Json) -> Button:
    return Button(label=str(element.get("text", {}).get("text", "")), block_id=block_id, element=element)


def _elements(message: Message) -> Iterator[tuple[Json, Mapping[str, Any]]]:
    for block in message.blocks:
        for element in (*block.get("elements", ()), block.get("accessory")):
            if isinstance(element, Mapping):
                yield block, element


def _options(element: Mapping[str, Any]) -> Iterator[Json]:
    yield from element.get("options", ())
    for group in element.get("option_groups", ()):
        yield from group.get("options", ())
