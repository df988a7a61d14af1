"""The front door of the chat in memory: somebody types or presses, and it comes in as on a real platform.

door = MemoryDoor(TENANT, surface, tray.keep)
door.type("ana", "@alex 30m next week")              # in a channel; `in_dm=True` for the app's DM
door.press("ana", surface.whispers("ana")[-1], "Book Tue 16:00")
door.opens("ana")                                    # they open the app's DM
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.chat.cards import Button, Press
from bot.chat.surface import Delivery, Met, Place, Pressed, Typed
from bot.core.errors import InvalidInput
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity
from bot.core.requests import Marked, Named, Source
from bot.handlers.memory.surface import MemorySurface, Message, dm
from bot.language import mentions

COMMAND = "/meet"
CHANNEL = "channel-general"


@dataclass(frozen=True)
class MemoryDoor:
    """Hands what people do to `keep`, each with a key of its own."""

    tenant: TenantId
    surface: MemorySurface
    keep: Callable[[Delivery], object]
    keys: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def type(self, user: str, text: str, *, in_dm: bool = False, beside: str = "") -> Delivery:
        """They type the command and this text; `beside` names somebody in whose DM with them, which looks like ours."""
        by = self._identity(user)
        place = self._place(by, is_private=in_dm or bool(beside))
        if beside:
            place = replace(place, channel=f"{place.channel}-{beside}")
        return self._deliver(Typed(by=by, said=self._marked(text), place=place, command=COMMAND))

    def press(self, user: str, message: Message, label: str) -> Delivery:
        """They press the button with that label."""
        return self.sends(user, message, press_of(button(message, label)))

    def sends(self, user: str, message: Message, press: Press) -> Delivery:
        """A press comes in from that message, whether or not it has such a button (any more)."""
        by = self._identity(user)
        place = self._place(by, is_private=not message.is_whisper, over=message)
        return self._deliver(Pressed(by=by, press=press, place=place))

    def opens(self, user: str) -> Delivery:
        """They open the app's DM."""
        by = self._identity(user)
        return self._deliver(Met(by=by, place=replace(self._place(by, is_private=True), reply=None)))

    def _deliver(self, incoming: Typed | Pressed | Met) -> Delivery:
        delivery = Delivery(key=f"delivery-{next(self.keys)}", incoming=incoming)
        self.keep(delivery)
        return delivery

    def _identity(self, user: str) -> ChatIdentity:
        return ChatIdentity(self.tenant, user)

    def _place(self, by: ChatIdentity, *, is_private: bool, over: Message | None = None) -> Place:
        can_reply = self.surface.is_private_reply_possible
        return Place(
            tenant=self.tenant,
            channel=dm(by) if is_private else CHANNEL,
            is_private=is_private,
            reply=self.surface.open_reply(by.user, over) if can_reply else None,
            can_replace=over is not None,
            message=over.id if over is not None and not over.is_whisper else None,
        )

    def _marked(self, text: str) -> Marked:
        """As a platform does it: a name that it knows becomes a mention, with its id."""
        said = mentions.plain(text)
        return Marked(said.text, tuple(self._mention(one) for one in said.named))

    def _mention(self, named: Named) -> Named:
        known = ChatIdentity(self.tenant, named.value)
        if named.source is not Source.HANDLE or not self.surface.has(known):
            return named
        return Named(Source.MENTION, named.value, named.shown)


def button(message: Message, label: str) -> Button:
    """The button with that label; `InvalidInput` names those that there are."""
    for one in message.card.buttons:
        if one.label == label:
            return one
    raise InvalidInput(f"no button “{label}” among {[one.label for one in message.card.buttons]}")


def press_of(pressed: Button) -> Press:
    """What pressing it sends to us, decoded as it comes in; a button that opens a page sends nothing."""
    if not isinstance(pressed.does, Press):
        raise InvalidInput(f"“{pressed.label}” opens a page")
    return Press.decoded(pressed.does.encoded())
