"""The chat as one person sees it, and what they do in it: everything goes through the stand-in for Slack."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.playground.site.asked import clean
from bot.playground.site.calm import Calm
from bot.playground.stands.slack import payloads
from bot.playground.stands.slack.delivery import Ack
from bot.playground.stands.slack.elements import used
from bot.playground.stands.slack.messages import Button, Message
from bot.playground.stands.slack.people import BOT, SlackUser
from bot.playground.stands.slack.stand import SlackStand
from bot.playground.stands.slack.workspace import GENERAL

Json = dict[str, Any]

COMMANDS = ("/meet",)
LONGEST = 12_000
"""Characters of one message."""
_US = re.compile(r"(?<![\w.@<])@overlap\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere one person can write: `kind` is channel, app or dm."""

    id: str
    kind: str
    name: str
    partner: str = ""
    """Whose DM it is with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Somebody used an element of a message, and the bot acked it."""

    at: float
    who: str
    channel: str
    ts: str
    value: str


@dataclass
class Chat:
    """Shows and does."""

    slack: SlackStand
    handles: tuple[str, ...]
    """Those whose eyes there are."""
    again: Callable[[Ack], None]
    """What becomes of an event that the app did not ack."""
    used: list[Used] = field(default_factory=list)
    _read: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def person(self, handle: str) -> SlackUser:
        """One of the demo's people."""
        if handle not in self.handles:
            raise Calm(404, f"Nobody here is called “{handle[:40]}”.")
        return self.slack.people.known(handle)

    def places(self, handle: str) -> list[Place]:
        """Where they can write: the channel, the app's DM, and a DM with each of the others."""
        me = self.person(handle)
        others = [self.slack.people.known(one) for one in self.handles if one != handle]
        return [
            Place(id=GENERAL, kind="channel", name="general"),
            Place(id=self.slack.home(handle), kind="app", name="Overlap"),
            *(
                Place(id=self.slack.workspace.between(me.id, one.id).id, kind="dm", name=one.name, partner=one.handle)
                for one in others
            ),
        ]

    def place(self, handle: str, where: str) -> Place:
        """That place, if it is one of theirs."""
        found = next((one for one in self.places(handle) if one.id == where), None)
        if found is None:
            raise Calm(404, "That conversation is not here.")
        return found

    def unread(self, handle: str, place: Place) -> int:
        """What they have not looked at there: neither edits nor what only they see counts."""
        if place.kind == "app":
            return self.slack.unread(handle)
        me = self.person(handle)
        with self._lock:
            since = self._read.get((me.id, place.id), "")
        here = self._seen(me, place)
        return sum(one.ts > since and one.by != me.id and one.only_for is None and not one.is_deleted for one in here)

    def read(self, handle: str, where: str, *, is_opened: bool = False) -> None:
        """They look at that place; the app is told only that its own was opened."""
        me, place = self.person(handle), self.place(handle, where)
        if place.kind == "app":
            self.slack.read(handle)
            if is_opened:
                self.slack.open_home(handle)
            return
        newest = max((one.ts for one in self._seen(me, place)), default="")
        with self._lock:
            self._read[me.id, place.id] = newest

    def messages(self, handle: str, where: str) -> list[Json]:
        """Everything that they see there, oldest first."""
        me, place = self.person(handle), self.place(handle, where)
        return [self._told(one) for one in self._seen(me, place)]

    def type(self, handle: str, where: str, text: str) -> Ack | None:
        """They type it there: a command, words to the app, a mention, or words that the app does not hear."""
        self.person(handle)
        place = self.place(handle, where)
        text = _US.sub("@overlap", _typed(text))
        if text.startswith("/"):
            return self._command(handle, place, text)
        if place.kind == "app":
            ack = self.slack.say(handle, text)
        elif place.kind == "channel" and _US.search(text):
            message = self.slack.write(handle, text, channel=place.id)
            ack = self.slack.event({"type": "app_mention", **payloads.told(message)})
        else:
            self.slack.write(handle, text, channel=place.id)
            self.read(handle, where)
            return None
        self.read(handle, where)
        if not ack.is_good:
            self.again(ack)
        return ack

    def press(self, handle: str, where: str, ts: str, block: str, action: str, values: tuple[str, ...]) -> Ack:
        """They use an element, as it stood when they saw it: of two tabs, the slower one may press what is gone."""
        me, place = self.person(handle), self.place(handle, where)
        found = self._element(me, place, ts, block, action, values)
        if found is None:
            raise Calm(409, "That message has changed meanwhile. Look again.")
        shown, element = found
        ack = self.slack.use(handle, shown, element)
        if not ack.is_good:
            raise Calm(502, "Overlap did not respond. Try again in a moment.")
        value = str(element.element.get("value", ""))
        self.used.append(Used(at=float(self.slack.workspace.now()), who=handle, channel=place.id, ts=ts, value=value))
        return ack

    def _command(self, handle: str, place: Place, text: str) -> Ack:
        name = text.split(maxsplit=1)[0]
        if name not in COMMANDS:
            raise Calm(400, f"“{name[:40]}” is not a command here. Try /meet help.")
        ack = self.slack.slash(handle, " ".join(text.split("\n")), channel=place.id)
        if not ack.is_good:
            raise Calm(502, f"{name} failed because Overlap did not respond. Try again in a moment.")
        return ack

    def _seen(self, me: SlackUser, place: Place) -> list[Message]:
        """As it stands now, in a place that is theirs; of what only they saw nothing is left once it is deleted."""
        newest = {one.ts: one for one in list(self.slack.workspace.history) if one.channel == place.id}
        theirs = (one for one in newest.values() if one.only_for in (None, me.id))
        return sorted((one for one in theirs if not (one.is_deleted and one.only_for)), key=lambda one: one.ts)

    def _element(
        self, me: SlackUser, place: Place, ts: str, block: str, action: str, values: tuple[str, ...]
    ) -> tuple[Message, Button] | None:
        for message in reversed(list(self.slack.workspace.history)):
            if (message.channel, message.ts) == (place.id, ts) and message.only_for in (None, me.id):
                element = used(message, block, action, values)
                if element is not None:
                    return message, element
        return None

    def _told(self, message: Message) -> Json:
        by = self.slack.people.known(message.by)
        return {
            "ts": message.ts,
            "at": datetime.fromtimestamp(float(message.ts), UTC).isoformat(timespec="milliseconds"),
            "by": {"handle": None if by.id == BOT else by.handle, "name": by.name, "isBot": by.is_bot},
            "text": "" if message.is_deleted else message.text,
            "blocks": [] if message.is_deleted else list(message.blocks),
            "onlyForYou": message.is_ephemeral,
            "edits": message.edits,
            "isDeleted": message.is_deleted,
        }


def _typed(text: str) -> str:
    """What a keyboard can produce, and no more of it than Slack takes."""
    text = clean(text).strip()
    if not text:
        raise Calm(400, "Type something first.")
    if len(text) > LONGEST:
        raise Calm(413, f"That is {len(text):,} characters; a message takes {LONGEST:,} at most. Send a part of it.")
    return text
