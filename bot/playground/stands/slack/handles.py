"""Short-lived handles: response URLs and trigger ids, with Slack's own lifetimes and uses.

docs.slack.dev/interactivity/handling-user-interaction: 5 uses within 30 minutes; a trigger lives 3 seconds, once.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.stands.slack.limits import Refused
from bot.playground.stands.slack.people import TEAM

USES = 5
REPLY_SECONDS = 30 * 60
TRIGGER_SECONDS = 3


@dataclass(slots=True, kw_only=True)
class ReplyHandle:
    """A response URL: whom it answers, where, and the message it came from (a press) or none (a command)."""

    user: str
    channel: str
    ts: str | None
    born: float
    uses: int = 0


class Handles:
    """Issues and honours them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._replies: dict[str, ReplyHandle] = {}
        self._triggers: dict[str, float] = {}
        self._spent: set[str] = set()
        self._lock = threading.Lock()

    def reply(self, user: str, channel: str, ts: str | None = None) -> str:
        """The path of a new response URL."""
        kind = "commands" if ts is None else "actions"
        path = f"/{kind}/{TEAM}/{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        with self._lock:
            self._replies[path] = ReplyHandle(user=user, channel=channel, ts=ts, born=self._now())
        return path

    def use_reply(self, path: str) -> ReplyHandle:
        """One use of it."""
        with self._lock:
            handle = self._replies.get(path)
            if handle is None:
                raise Refused("invalid_url", path)
            if self._now() - handle.born > REPLY_SECONDS:
                raise Refused("expired_url", "a response URL lives 30 minutes")
            if handle.uses >= USES:
                raise Refused("used_url", "a response URL works 5 times")
            handle.uses += 1
            return handle

    def trigger(self) -> str:
        """A new trigger id."""
        trigger = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        with self._lock:
            self._triggers[trigger] = self._now()
        return trigger

    def use_trigger(self, trigger: object) -> None:
        """Its only use."""
        with self._lock:
            born = self._triggers.get(str(trigger))
            if born is None:
                raise Refused("invalid_trigger_id", str(trigger))
            if trigger in self._spent:
                raise Refused("exchanged_trigger_id", "a trigger works once")
            if self._now() - born > TRIGGER_SECONDS:
                raise Refused("expired_trigger_id", "a trigger lives 3 seconds")
            self._spent.add(str(trigger))
