"""Delta rounds: a window frozen into opaque tokens, which the service may forget at any page.

https://learn.microsoft.com/graph/api/event-delta and /graph/delta-query-overview
"""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime

from bot.playground.stands.microsoft.events import Json, told
from bot.playground.stands.microsoft.mailboxes import Mailboxes
from bot.playground.stands.microsoft.strict import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Where a round stands."""

    calendar: str
    start: datetime
    end: datetime
    reached: int
    """How much of the log its round tells of."""
    items: tuple[Json, ...] = ()
    """What is left of the round."""
    is_over: bool = False
    """Whether it is a deltaLink: the next request begins the next round."""


@dataclass
class Deltas:
    """The tokens that were given."""

    mailboxes: Mailboxes
    tokens: dict[str, Token] = field(default_factory=dict)
    forget_pages: int | None = None
    """After how many further pages everything is forgotten once."""
    replays: bool = False
    """Whether each round tells the last change again."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def begin(self, calendar: str, start: datetime, end: datetime) -> Token:
        every = sorted(
            (one for one in self.mailboxes.of(calendar) if one.overlaps(start, end)), key=lambda one: one.start
        )
        items = tuple(told(one) for one in every)
        return Token(calendar=calendar, start=start, end=end, reached=len(self.mailboxes.log), items=items)

    def page(self, token: Token, size: int) -> tuple[list[Json], str, bool]:
        """One page, the next token, and whether it is a deltaLink's."""
        if token.is_over:
            token = self._next_round(token)
        self._maybe_forget()
        shown, left = list(token.items[:size]), token.items[size:]
        after = Token(
            calendar=token.calendar,
            start=token.start,
            end=token.end,
            reached=token.reached,
            items=left,
            is_over=not left,
        )
        return shown, self._given(after), not left

    def known(self, word: str, calendar: str) -> Token:
        with self.lock:
            found = self.tokens.get(word)
        if found is None or found.calendar != calendar:
            raise Refused(
                410,
                "syncStateNotFound",
                "The sync state generation is not found.",
                is_mistake=False,
                headers={"Location": "?$deltatoken="},
            )
        return found

    def forget(self) -> None:
        """Every round is forgotten."""
        with self.lock:
            self.tokens.clear()

    def _next_round(self, token: Token) -> Token:
        log = self.mailboxes.log
        since = max(token.reached - 1, 0) if self.replays else token.reached
        changed = dict.fromkeys(one.event for one in log[since:] if one.calendar == token.calendar)
        items: list[Json] = []
        for named in changed:
            event = self.mailboxes.events.get(named)
            if event is not None and event.overlaps(token.start, token.end):
                items.append(told(event))
            else:
                # Outside the window it is told as removed, although it is there, and may never have been within.
                items.append({"@odata.type": "#microsoft.graph.event", "id": named, "@removed": {"reason": "deleted"}})
        return Token(calendar=token.calendar, start=token.start, end=token.end, reached=len(log), items=tuple(items))

    def _maybe_forget(self) -> None:
        with self.lock:
            if self.forget_pages is None:
                return
            if self.forget_pages > 0:
                self.forget_pages -= 1
                return
            self.forget_pages = None
            self.tokens.clear()
        raise Refused(410, "syncStateNotFound", "The sync state generation is not found.", is_mistake=False)

    def _given(self, token: Token) -> str:
        word = secrets.token_urlsafe(32)
        with self.lock:
            self.tokens[word] = token
        return word
