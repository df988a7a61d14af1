"""Things to try, taken from the tour's chapters: each is ticked when it has truly happened, whoever made it happen."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.site import seen
from bot.playground.site.seen import Facts


@dataclass(frozen=True, slots=True)
class Step:
    """Something to try: from which chapter of the tour, in words, and how it shows that it has happened."""

    id: str
    chapter: str
    title: str
    hint: str
    has_happened: Callable[[Facts], bool]


STEPS = (
    Step("ask", "1", "Ask for half an hour",
         "As Ana, in #general: /meet @alex 30m next week. Only she sees the times; each is free for both.", seen.offer),
    Step("pages", "1b", "More times, and not now",
         "Press More times and see five others in place. Not now puts them away.", seen.pages),
    Step("book", "2–3", "One click books it",
         "Press a time. It appears in both calendars, and each of them gets a message.", seen.booking),
    Step("answer", "2–3", "Answer as Alex",
         "Be Alex and press Accept or Maybe. Ana’s message changes, and nothing rings.", seen.answer),
    Step("suggest", "2–3", "Suggest another time",
         "As Alex, press Suggest another time and choose one. As Ana, press Move or Keep.", seen.suggestion),
    Step("undo", "2–3", "Undo", "As Ana, press Undo. It is gone from both calendars, and Alex is told.", seen.undoing),
    Step("decline", "2b", "Decline",
         "Book again, and decline as Alex. His copy goes, hers stays, and his time is free.", seen.declining),
    Step("clash", "4", "Land something on it",
         "Book a time, then drag an event over it in Ana’s calendar. She is told, with a way out.",
         seen.clash),
    Step("clash-other", "4", "Land something on it in Alex’s calendar",
         "Alex can ask to move it; the time he asks for is held until Ana answers.", seen.clash_of_other),
    Step("freed", "5", "Make room",
         "Delete, move or decline something in the week, and ask again: its time is on offer.", seen.room),
    Step("outage", "6", "Stop Kim’s calendar server",
         "Ask for @kim meanwhile: what is not known is not offered. Start it again, and the times come back.",
         seen.outage),
    Step("status", "7b", "How everything stands", "/meet status names each calendar and its age; /meet help helps.",
         seen.status),
    Step("kill", "8", "kill -9",
         "Press a time, then kill the bot at once and bring it back. The booking finishes, once.", seen.killing),
)  # fmt: skip


@dataclass
class Story:
    """Remembers what has happened; what was ticked stays ticked."""

    facts: Facts
    done: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> bool:
        """Whether something has happened since the last look."""
        with self._lock:
            self.facts.look()
            new = {step.id for step in STEPS if step.id not in self.done and step.has_happened(self.facts)}
            self.done |= new
            return bool(new)

    def told(self) -> list[dict[str, Any]]:
        """For the page."""
        return [{"id": step.id, "title": step.title, "hint": step.hint, "done": step.id in self.done} for step in STEPS]
