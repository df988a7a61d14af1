"""The twin of a chat platform, in memory: as strict as a real one, and it knows what each person has not read yet.

surface = MemorySurface(clock)
surface.join(profile)                    # a person of the workspace who has the app
surface.leave(profile.identity)          # they no longer have it: what is posted to them is refused for good
surface.seen(user)                       # the messages in their DM, oldest first
surface.whispers(user)                   # what they alone see elsewhere
surface.unread(user)                     # how many messages rang since they last looked; an edit rings nobody
surface.trouble(TryLater("busy"))        # every call fails so, until trouble(None)
surface.lose_answer()                    # the next message is posted, and the answer that says so is lost
surface.forget_keys()                    # it cannot tell any more what it was sent, like Teams
surface.lose_homes()                     # from now on nobody is told whose DM a channel is
"""

import itertools
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat.cards import Card
from bot.chat.surface import REPLY_LIFE, REPLY_USES, Place, Ref
from bot.core.clock import Clock
from bot.core.errors import InvalidInput, NotFound, OverlapError, TryLater, Unreachable
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Person, Profile, Standing

LONGEST_LABEL = 75
LONGEST_HINT = 75
LONGEST_SUMMARY = 4_000
MOST_BLOCKS = 50
MOST_BUTTONS = 5
"""The strictest of what the real platforms take (Block Kit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as its reader sees it: in their DM, or whispered to them elsewhere."""

    id: str
    user: str
    card: Card
    is_whisper: bool = False
    edits: int = 0


@dataclass(slots=True)
class _Handle:
    """One way to answer in private."""

    user: str
    until: datetime
    uses: int = REPLY_USES
    over: str | None = None
    """The whisper that was pressed: only a press brings a handle that can replace."""


class MemorySurface:
    """One workspace's chat, going out."""

    def __init__(self, clock: Clock, *, is_private_reply_possible: bool = True) -> None:
        self._clock = clock
        self._whispers_exist = is_private_reply_possible
        self._profiles: dict[ChatIdentity, Profile] = {}
        self._without_app: set[ChatIdentity] = set()
        self._messages: dict[str, Message] = {}
        self._unread: dict[str, int] = {}
        self._handles: dict[str, _Handle] = {}
        self._trouble: OverlapError | None = None
        self._loses_answer = False
        self._keys: dict[tuple[ChatIdentity, str], str] | None = {}
        self._homes_are_lost = False
        self._ids = itertools.count(1)
        self._lock = threading.RLock()

    @property
    def is_private_reply_possible(self) -> bool:
        return self._whispers_exist

    def join(self, profile: Profile) -> None:
        """They are in the workspace, and have the app."""
        self._profiles[profile.identity] = profile
        self._without_app.discard(profile.identity)

    def leave(self, identity: ChatIdentity) -> None:
        """They no longer have the app."""
        self._without_app.add(identity)

    def has(self, identity: ChatIdentity) -> bool:
        """Whether anybody has that id."""
        return identity in self._profiles

    def trouble(self, error: OverlapError | None) -> None:
        """From now on every call fails so; None ends it."""
        self._trouble = error

    def lose_answer(self) -> None:
        """The next message is posted, and its answer is lost, as after a time-out."""
        self._loses_answer = True

    def forget_keys(self) -> None:
        """From now on it cannot tell what it was sent."""
        self._keys = None

    def is_home(self, identity: ChatIdentity, channel: str) -> bool:
        self._fail()
        if self._homes_are_lost:
            raise TryLater("Nobody can tell whose channel that is.")
        return channel == dm(identity)

    def lose_homes(self) -> None:
        """From now on nobody is told whose DM a channel is."""
        self._homes_are_lost = True

    def whisper(self, place: Place, card: Card, *, replace: bool) -> None:
        with self._lock:
            self._ready(card)
            handle = self._handles.get(place.reply or "")
            if handle is None or handle.uses < 1 or self._clock.now() >= handle.until:
                raise Unreachable("That reply handle is expired or used up.")
            handle.uses -= 1
            over = self._messages.get(handle.over or "") if replace else None
            if over is not None and over.is_whisper:
                self._show(over, card)
            else:
                self._add(handle.user, card, is_whisper=True)

    def post(self, to: Person, card: Card, *, home: Place | None, key: str) -> Ref:
        with self._lock:
            self._ready(card)
            if to.identity in self._without_app or to.identity not in self._profiles:
                raise Unreachable("They do not have the app.")
            message = self._add(to.identity.user, card)
            if self._keys is not None:
                self._keys[to.identity, key] = message.id
            self._unread[to.identity.user] = self.unread(to.identity.user) + 1
            if self._loses_answer:
                self._loses_answer = False
                raise TryLater("The answer was lost.")
            return Ref(channel=dm(to.identity), message=message.id)

    def sent(self, to: Person, *, home: Place | None, keys: Collection[str]) -> Mapping[str, Ref]:
        with self._lock:
            self._fail()
            found = {key: (self._keys or {}).get((to.identity, key), "") for key in keys}
            return {
                key: Ref(channel=dm(to.identity), message=id_) for key, id_ in found.items() if id_ in self._messages
            }

    def edit(self, ref: Ref, card: Card) -> None:
        with self._lock:
            self._ready(card)
            message = self._messages.get(ref.message)
            if message is None or message.is_whisper:
                raise Unreachable("There is no such message that can be edited.")
            self._show(message, card)

    def profile(self, identity: ChatIdentity, *, home: Place | None = None) -> Profile:
        self._fail()
        if identity not in self._profiles:
            raise NotFound("Nobody here has that id.")
        return self._profiles[identity]

    def has_left(self, identity: ChatIdentity, *, home: Place | None = None) -> bool:
        self._fail()
        known = self._profiles.get(identity)
        return known is not None and known.standing is Standing.DEACTIVATED

    def find(self, tenant: TenantId, email: str) -> Profile | None:
        self._fail()
        members = (one for one in self._profiles.values() if one.identity.tenant == tenant)
        able = (one for one in members if one.standing is not Standing.DEACTIVATED)
        return next((one for one in able if one.email is not None and one.email.casefold() == email.casefold()), None)

    def seen(self, user: str) -> list[Message]:
        """Their DM with the app, oldest first."""
        return [one for one in self._messages.values() if one.user == user and not one.is_whisper]

    def whispers(self, user: str) -> list[Message]:
        """What they alone see elsewhere, oldest first."""
        return [one for one in self._messages.values() if one.user == user and one.is_whisper]

    def unread(self, user: str) -> int:
        """How many messages rang since they last read."""
        return self._unread.get(user, 0)

    def read(self, user: str) -> None:
        """They look at their DM."""
        self._unread[user] = 0

    def delete(self, message: Message) -> None:
        """They, or their administrator, delete it."""
        del self._messages[message.id]

    def open_reply(self, user: str, over: Message | None = None) -> str:
        """A new reply handle, as it comes with something typed, or with a press on a message."""
        handle = f"reply-{next(self._ids)}"
        is_whisper = over is not None and over.is_whisper
        self._handles[handle] = _Handle(
            user=user, until=self._clock.now() + REPLY_LIFE, over=over.id if over and is_whisper else None
        )
        return handle

    def _add(self, user: str, card: Card, *, is_whisper: bool = False) -> Message:
        message = Message(id=f"message-{next(self._ids)}", user=user, card=card, is_whisper=is_whisper)
        self._messages[message.id] = message
        return message

    def _show(self, message: Message, card: Card) -> None:
        self._messages[message.id] = replace(message, card=card, edits=message.edits + 1)

    def _ready(self, card: Card) -> None:
        self._fail()
        refuse(card)

    def _fail(self) -> None:
        if self._trouble is not None:
            raise self._trouble


def dm(identity: ChatIdentity) -> str:
    """The channel of the app's DM with somebody."""
    return f"dm-{identity.user}"


def refuse(card: Card) -> None:
    """`InvalidInput` for a card that a real platform would not take."""
    if len(card.summary) > LONGEST_SUMMARY or len(card.blocks) > MOST_BLOCKS:
        raise InvalidInput("the card is too long")
    for button in card.buttons:
        if not 0 < len(button.label) <= LONGEST_LABEL or len(button.hint) > LONGEST_HINT:
            raise InvalidInput(f"a button's words are too long: {button.label}")
    for block in card.blocks:
        if len(getattr(block, "buttons", ())) > MOST_BUTTONS:
            raise InvalidInput("a line of buttons holds five")
