"""What was posted, where, who sees it, and who has read it; every change wakes whoever waits for one."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.playground.stands.slack.limits import Refused
from bot.playground.stands.slack.messages import Json, Message
from bot.playground.stands.slack.people import BOT

GENERAL = "C0GENERAL1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place to write: a channel (`members` None: everybody), a DM of two people, or the app's DM with one."""

    id: str
    name: str
    members: frozenset[str] | None = None
    has_app: bool = False

    def is_seen_by(self, user: str) -> bool:
        return self.members is None or user in self.members


@dataclass
class Workspace:
    """Everything that is written in one workspace."""

    now: Callable[[], float] = time.time
    history: list[Message] = field(default_factory=list)
    """Everything that ever stood here, as it stood: each message, and each edit of it."""
    _channels: dict[str, Channel] = field(default_factory=dict)
    _messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    _read: dict[tuple[str, str], str] = field(default_factory=dict)
    _stamp: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.add(Channel(id=GENERAL, name="general"))

    def add(self, channel: Channel) -> None:
        """A channel is made."""
        with self._changed:
            self._channels[channel.id] = channel

    def channel(self, wanted: object) -> Channel:
        """By id or #name; refused where there is none."""
        with self._changed:
            for channel in self._channels.values():
                if wanted in (channel.id, f"#{channel.name}"):
                    return channel
        raise Refused("channel_not_found", str(wanted))

    def home(self, user: str) -> Channel:
        """The app's DM with somebody."""
        return self._dm(f"D0{user[1:]}", frozenset({user, BOT}), has_app=True)

    def between(self, one: str, other: str) -> Channel:
        """The DM of two people, which the app cannot see."""
        first, second = sorted((one, other))
        return self._dm(f"D1{first[1:]}{second[1:]}", frozenset({one, other}), has_app=False)

    def for_app(self, wanted: object) -> Channel:
        """A channel that the app may write to; a user id stands for the app's DM with them (chat.postMessage)."""
        if isinstance(wanted, str) and wanted.startswith(("U", "W")):
            return self.home(wanted)
        channel = self.channel(wanted)
        if not channel.has_app:
            raise Refused("channel_not_found" if channel.id.startswith("D") else "not_in_channel", channel.id)
        return channel

    def post(self, channel: str, body: Json, *, by: str = BOT, only_for: str | None = None) -> Message:
        """A new message."""
        with self._changed:
            message = Message(
                channel=channel, ts=self._next_ts(), by=by, text=str(body.get("text", "")), blocks=_numbered(body),
                only_for=only_for, metadata=body.get("metadata") or {},
            )  # fmt: skip
            return self._put(message)

    def edit(self, message: Message, body: Json) -> Message:
        """The same message says something else: it does not become unread again, and metadata not sent stays."""
        says, told = str(body.get("text", "")), body.get("metadata", message.metadata)
        return self._put(replace(message, text=says, blocks=_numbered(body), metadata=told, edits=message.edits + 1))

    def delete(self, message: Message) -> None:
        """It is gone for everybody."""
        self._put(replace(message, is_deleted=True))

    def message(self, channel: object, ts: object) -> Message:
        """As it stands now."""
        with self._changed:
            found = self._messages.get((str(channel), str(ts)))
        if found is None or found.is_deleted:
            raise Refused("message_not_found", f"{channel} {ts}")
        return found

    def seen_by(self, user: str) -> list[Message]:
        """Every message that they see, oldest first."""
        with self._changed:
            return [one for one in self._messages.values() if self._is_seen(one, user)]

    def newest(self, channel: str, most: int) -> list[Message]:
        """The last messages of a channel, newest first; what only one person sees is kept nowhere."""
        with self._changed:
            there = [one for (at, _), one in self._messages.items() if at == channel]
        lasting = [one for one in there if not one.is_deleted and not one.is_ephemeral]
        return sorted(lasting, key=lambda one: one.ts, reverse=True)[:most]

    def unread(self, user: str) -> int:
        """New messages in the app's DM since they last looked: neither edits nor ephemerals count."""
        home = self.home(user).id
        with self._changed:
            since = self._read.get((user, home), "")
            return sum(
                one.channel == home
                and one.by != user
                and one.only_for is None
                and not one.is_deleted
                and one.ts > since
                for one in self._messages.values()
            )

    def read(self, user: str) -> None:
        """They look at the app's DM."""
        home = self.home(user).id
        with self._changed:
            self._read[user, home] = max((ts for channel, ts in self._messages if channel == home), default="")

    def wait(self, found: Callable[[], Any], within: float) -> Any:
        """What `found` finds, looked for again after every change; None once `within` seconds are over."""
        until = time.monotonic() + within
        with self._changed:
            while not (result := found()) and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            return result or None

    def _put(self, message: Message) -> Message:
        with self._changed:
            self._messages[message.channel, message.ts] = message
            self.history.append(message)
            self._changed.notify_all()
        return message

    def _is_seen(self, message: Message, user: str) -> bool:
        is_meant = message.only_for in (None, user) and not message.is_deleted
        return is_meant and self._channels[message.channel].is_seen_by(user)

    def _dm(self, channel: str, members: frozenset[str], *, has_app: bool) -> Channel:
        with self._changed:
            return self._channels.setdefault(
                channel, Channel(id=channel, name="directmessage", members=members, has_app=has_app)
            )

    def _next_ts(self) -> str:
        """Slack's timestamps name a message within its channel: they only ever grow."""
        self._stamp = max(self._stamp + 1, int(self.now() * 1_000_000))
        return f"{self._stamp // 1_000_000}.{self._stamp % 1_000_000:06d}"


def _numbered(body: Json) -> tuple[Json, ...]:
    """The blocks, with the ids that Slack gives to those that have none."""
    blocks = body.get("blocks") or []
    return tuple({"block_id": f"b{number}", **block} for number, block in enumerate(blocks))
