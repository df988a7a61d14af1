"""A message as somebody sees it."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.stands.slack.limits import texts

Json = dict[str, Any]

_LINK = re.compile(r"<((?:https?|mailto)[^|>]*)\|([^>]+)>")
_PING = re.compile(r"<(?:!(?:channel|here|everyone|subteam\^)|@[UW])[^>]*>")
_INVISIBLE = re.compile("[\u200b\u00ad]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button, where it stands."""

    label: str
    block_id: str
    element: Mapping[str, Any]

    @property
    def hint(self) -> str:
        """What a screen reader says."""
        return html.unescape(str(self.element.get("accessibility_label", "")))

    @property
    def url(self) -> str | None:
        return self.element.get("url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it stands now; a later edit makes another value with the same `channel` and `ts`."""

    channel: str
    ts: str
    by: str
    text: str
    blocks: tuple[Json, ...] = field(default=(), repr=False)
    only_for: str | None = None
    """The one person who sees it (ephemeral)."""
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the app says to itself about it; nobody reads it."""
    edits: int = 0
    is_deleted: bool = False

    @property
    def is_ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def body(self) -> Json:
        """`text` and `blocks`, as they were sent."""
        return {"text": self.text, "blocks": list(self.blocks)}

    @property
    def words(self) -> str:
        """All that is read in it, buttons too, without markup; a line for each text."""
        shown = [_read(words) for words in texts(list(self.blocks))]
        return "\n".join(shown) if shown else self.fallback

    @property
    def fallback(self) -> str:
        """What the notification and a screen reader say."""
        return _read(self.text)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """From top to bottom."""
        return tuple(
            Button(label=_read(element["text"]["text"]), block_id=str(block.get("block_id", "")), element=element)
            for block in self.blocks
            for element in (*block.get("elements", ()), block.get("accessory"))
            if isinstance(element, Mapping) and element.get("type") == "button"
        )

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(button.label for button in self.buttons)

    def button(self, label: str) -> Button:
        """The button with that label; `LookupError` that names those there are."""
        for button in self.buttons:
            if button.label == label:
                return button
        raise LookupError(f"no button “{label}” among {list(self.labels)}")

    @property
    def pings(self) -> tuple[str, ...]:
        """Whom it would ring: channels, groups and people that its markup mentions."""
        marked = [part["text"] for part in _marked(list(self.blocks))]
        return tuple(found for words in (self.text, *marked) for found in _PING.findall(words))


def _marked(part: object) -> list[Json]:
    """The text objects in which Slack reads markup."""
    if isinstance(part, Mapping):
        if part.get("type") == "mrkdwn":
            return [dict(part)]
        return [found for value in part.values() for found in _marked(value)]
    if isinstance(part, list | tuple):
        return [found for one in part for found in _marked(one)]
    return []


def _read(words: str) -> str:
    """Words without entities, link syntax and what cannot be seen; asterisks stay, for who asks about bold."""
    return html.unescape(_INVISIBLE.sub("", _LINK.sub(r"\2", words)))
