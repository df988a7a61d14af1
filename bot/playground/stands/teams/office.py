"""What Teams knows in the demo: who works there, who has the app, and what was posted to them."""

import secrets
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.playground.stands.teams.cards import attachment
from bot.playground.stands.teams.messages import Message

PACE = 7
"""Posts into one conversation within a second (learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsUser:
    """Somebody of the tenant."""

    handle: str
    """What the players call them: "ana". Teams knows no handles."""
    name: str
    email: str
    tz: str = "Europe/Berlin"
    is_guest: bool = False
    object_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """In the directory."""
    bot_wise_id: str = field(default_factory=lambda: f"29:{secrets.token_urlsafe(32)}")
    """Each bot knows a person under an id of its own."""
    chat: str = field(default_factory=lambda: f"a:{secrets.token_urlsafe(24)}")
    """Their personal conversation with the bot."""

    @property
    def names(self) -> frozenset[str]:
        """Under what the connector finds them."""
        return frozenset({self.bot_wise_id, self.object_id, self.email})


@dataclass
class Office:
    """The state behind the stand-in; every change wakes those who wait."""

    tenant: str
    now: Callable[[], float] = time.monotonic
    """Counts the seconds of the rate limit."""
    history: list[Message] = field(default_factory=list)
    """Everything that ever stood in a chat, as it stood: each message, and each change of it."""
    _users: dict[str, TeamsUser] = field(default_factory=dict)
    _without_app: set[str] = field(default_factory=set)
    _messages: dict[str, Message] = field(default_factory=dict)
    _posted: dict[str, deque[float]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, user: TeamsUser) -> None:
        with self._changed:
            self._users[user.handle] = user

    def user(self, handle: str) -> TeamsUser:
        with self._changed:
            return self._users[handle.removeprefix("@")]

    def set_app(self, handle: str, *, has_app: bool) -> None:
        """They install or remove the app."""
        with self._changed:
            (self._without_app.discard if has_app else self._without_app.add)(handle)

    def has_app(self, user: TeamsUser) -> bool:
        with self._changed:
            return user.handle not in self._without_app

    def whose_chat(self, conversation: str) -> TeamsUser | None:
        with self._changed:
            return next((user for user in self._users.values() if user.chat == conversation), None)

    def known_as(self, name: str) -> TeamsUser | None:
        """By the id that the bot knows, the directory's id, or the sign-in name."""
        with self._changed:
            return next((user for user in self._users.values() if {name, name.lower()} & user.names), None)

    def messages(self, handle: str) -> list[Message]:
        """What the bot has posted to them and not deleted, oldest first."""
        with self._changed:
            return [one for one in self._messages.values() if one.user == handle and not one.is_deleted]

    def message(self, handle: str, message_id: str) -> Message | None:
        """As it stands now."""
        return next((one for one in self.messages(handle) if one.id == message_id), None)

    def post(self, user: TeamsUser, activity: Mapping[str, Any]) -> Message:
        """A new message: it rings."""
        with self._changed:
            message = Message(id=str(time.time_ns() + len(self._messages)), user=user.handle, kept=activity)
            return self._put(message)

    def edit(self, message: Message, activity: Mapping[str, Any]) -> Message:
        """The same message says something else: it does not become unread again."""
        with self._changed:
            now = self._messages[message.id]
            return self._put(replace(now, kept=activity, answered=None, edits=now.edits + 1))

    def answer(self, message: Message, card: Mapping[str, Any]) -> Message:
        """A pressed button is answered with a card: it stands there until the chat is opened anew."""
        with self._changed:
            now = self._messages[message.id]
            return self._put(replace(now, answered={**now.kept, "attachments": [attachment(card)]}))

    def reopen(self, handle: str) -> None:
        """They leave the chat and come back: what stands there is what was posted or edited."""
        with self._changed:
            for message in self.messages(handle):
                self._put(replace(message, answered=None, is_unread=False))

    def delete(self, message: Message) -> None:
        with self._changed:
            self._put(replace(message, is_deleted=True))

    def read(self, handle: str) -> None:
        """They look at the chat."""
        with self._changed:
            for message in self.messages(handle):
                self._put(replace(message, is_unread=False))

    def is_too_fast(self, conversation: str) -> bool:
        """Whether this post is one too many; if not, it counts."""
        with self._changed:
            now, posted = self.now(), self._posted.setdefault(conversation, deque(maxlen=PACE))
            if len(posted) == PACE and now - posted[0] < 1:
                return True
            posted.append(now)
            return False

    def wait(self, found: Callable[[], Any], within: float) -> Any:
        """What `found` finds, looked for again after every change; None once `within` seconds are over."""
        until = time.monotonic() + within
        with self._changed:
            while not (result := found()) and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            return result or None

    def _put(self, message: Message) -> Message:
        self._messages[message.id] = message
        self.history.append(message)
        self._changed.notify_all()
        return message
