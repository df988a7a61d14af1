"""What Teams knows in the demo: who works there, their chats with the bot, and what was posted in them."""

import secrets
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.stands.teams import cards


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody of the tenant."""

    key: str
    """What the players call them: "ana"."""
    name: str
    email: str
    zone: str
    has_app: bool = True
    role: str = "user"
    """`guest` for somebody invited into the tenant."""
    object_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    bot_wise_id: str = field(default_factory=lambda: f"29:{secrets.token_urlsafe(32)}")
    """Each bot knows a person under an id of its own."""
    chat: str = field(default_factory=lambda: f"a:{secrets.token_urlsafe(24)}")
    """Their personal conversation with the bot."""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of the bot as its reader has it on the screen."""

    id: str
    user: str
    activity: dict[str, Any]
    is_unread: bool = True
    edits: int = 0
    is_deleted: bool = False
    revision: int = 0
    """Of the whole office, when it last changed: to wait for something newer."""

    @property
    def summary(self) -> str:
        """What the notification said."""
        return str(self.activity.get("summary") or self.activity.get("text") or "")

    @property
    def card(self) -> dict[str, Any] | None:
        attachments = self.activity.get("attachments") or [{}]
        card = attachments[0].get("content")
        return card if isinstance(card, dict) else None

    @property
    def text(self) -> str:
        """Every word that it shows, line by line, buttons aside."""
        return cards.words(self.card) if self.card else str(self.activity.get("text") or "")

    @property
    def buttons(self) -> list[str]:
        """The labels, from top to bottom."""
        return [str(action.get("title")) for action in cards.actions(self.card)] if self.card else []


class Office:
    """The state behind the stand-in; every change wakes those who wait."""

    def __init__(self, *, tenant: str, clock: Callable[[], float]) -> None:
        self.tenant = tenant
        self.clock = clock
        self.changed = threading.Condition(threading.RLock())
        self.revision = 0
        self._users: dict[str, User] = {}
        self._messages: list[Message] = []
        self._posted: dict[str, deque[float]] = {}

    def add(self, user: User) -> User:
        with self.changed:
            self._users[user.key] = user
            return user

    def user(self, key: str) -> User:
        return self._users[key]

    def whose_chat(self, conversation: str) -> User | None:
        return next((user for user in self._users.values() if user.chat == conversation), None)

    def known_as(self, name: str) -> User | None:
        """By the id that the bot knows, the directory's id, or the sign-in name."""
        names = (name, name.lower())
        users = self._users.values()
        return next(
            (user for user in users if {user.bot_wise_id, user.object_id, user.email}.intersection(names)), None
        )

    def messages(self, key: str) -> list[Message]:
        """What the bot has posted to them and not deleted, oldest first."""
        with self.changed:
            return [message for message in self._messages if message.user == key and not message.is_deleted]

    def message(self, user: User, activity_id: str) -> Message | None:
        return next((message for message in self.messages(user.key) if message.id == activity_id), None)

    def post(self, user: User, activity: dict[str, Any]) -> Message:
        with self.changed:
            message = Message(id=str(time.time_ns() + len(self._messages)), user=user.key, activity=activity)
            self._messages.append(message)
            self._touch(message)
            return message

    def edit(self, message: Message, activity: dict[str, Any]) -> None:
        """It says something else now; nobody hears of that: `is_unread` stays as it was."""
        with self.changed:
            message.activity = activity
            message.edits += 1
            self._touch(message)

    def delete(self, message: Message) -> None:
        with self.changed:
            message.is_deleted = True
            self._touch(message)

    def read(self, key: str) -> None:
        """They open the chat: nothing in it is unread any more."""
        with self.changed:
            for message in self.messages(key):
                message.is_unread = False

    def is_too_fast(self, conversation: str) -> bool:
        """More than seven posts into one conversation within a second (Teams' rate limit per thread)."""
        with self.changed:
            now, posted = self.clock(), self._posted.setdefault(conversation, deque(maxlen=7))
            if len(posted) == 7 and now - posted[0] < 1:
                return True
            posted.append(now)
            return False

    def wait(self, found: Callable[[], Any], seconds: float, what: str) -> Any:
        """The first true thing that `found` finds, looked for after every change."""
        until = time.monotonic() + seconds
        with self.changed:
            while not (result := found()):
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"Teams waited {seconds:.0f} s in vain for {what}")
                self.changed.wait(min(left, 0.2))
            return result

    def _touch(self, message: Message) -> None:
        self.revision += 1
        message.revision = self.revision
        self.changed.notify_all()
