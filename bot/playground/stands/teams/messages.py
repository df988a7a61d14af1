"""A message of the bot as its reader has it on the screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.stands.teams import cards


@dataclass(frozen=True, slots=True)
class Button:
    """A button and what it does."""

    action: Mapping[str, Any]

    @property
    def label(self) -> str:
        return str(self.action.get("title", ""))

    @property
    def hint(self) -> str:
        """What a screen reader says."""
        return str(self.action.get("tooltip", ""))

    @property
    def url(self) -> str | None:
        """Where it leads, if it opens a page."""
        return self.action.get("url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it stands now; a later edit makes another value with the same `id`."""

    id: str
    user: str
    """Whose personal chat it is in, by handle."""
    kept: Mapping[str, Any]
    """The activity that Teams keeps: as posted, or as last edited."""
    answered: Mapping[str, Any] | None = None
    """What a pressed button was answered with: on the screen of the one who pressed, until they open the chat anew
    (https://github.com/microsoft/botbuilder-js/issues/4635)."""
    is_unread: bool = True
    edits: int = 0
    is_deleted: bool = False

    @property
    def activity(self) -> Mapping[str, Any]:
        """What is on the screen."""
        return self.answered or self.kept

    @property
    def card(self) -> dict[str, Any] | None:
        attachments = self.activity.get("attachments") or [{}]
        card = attachments[0].get("content")
        return card if isinstance(card, dict) else None

    @property
    def fallback(self) -> str:
        """What the notification says."""
        return str(self.activity.get("summary") or self.activity.get("text") or "")

    @property
    def words(self) -> str:
        """All that is read in it, buttons too; a line for each text."""
        if self.card is None:
            return str(self.activity.get("text") or "")
        return "\n".join(cards.words(self.card))

    @property
    def buttons(self) -> tuple[Button, ...]:
        """From top to bottom."""
        return tuple(Button(action) for action in cards.actions(self.card)) if self.card else ()

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(button.label for button in self.buttons)

    def button(self, label: str) -> Button:
        """The button with that label; `LookupError` that names those there are."""
        for button in self.buttons:
            if button.label == label:
                return button
        raise LookupError(f"no button “{label}” among {list(self.labels)}")
