"""What a conversation answers: either something said once, or a subject to be shown as it is now."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.chat.cards import Card, Press
from bot.core.ids import TenantId
from bot.core.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Shows:
    """That person sees this subject where they asked or pressed, and `chat/messages` draws it from now on."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """Words said once, where somebody asked or pressed."""

    card: Card
    replaces: bool = False
    """It takes the place of the message that was pressed, where that can be."""
    lasting: Card | None = None
    """Said instead where a message would last: a link that soon dies is whispered only."""


Answer = Shows | Says

Handler = Callable[[Person, Press], Answer]
"""Does what a button means for the person who pressed it."""

View = Callable[[TenantId, str, Person], Card | None]
"""A subject as that person may see it now; None where there is nothing (any more) for them to see."""
