"""Things to try, taken from the tour's chapters: each is ticked when it has truly happened, whoever made it happen."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.site import happened
from bot.playground.site.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to try: from which chapter of the tour, in words, and how it shows that it has happened."""

    id: str
    chapter: str
    title: str
    hint: str
    has_happened: Callable[[Facts], bool]


STEPS = (
    Step(
        id="ask",
        chapter="1",
        title="Ask for half an hour",
        hint="As Ana, in #general: /meet @alex 30m next week. Only she sees the times, each free for both.",
        has_happened=happened.asked,
    ),
    Step(
        id="pages",
        chapter="1b",
        title="More times, or not now",
        hint="More times shows five others in place. Not now puts them away, and nobody was bothered.",
        has_happened=happened.paged,
    ),
    Step(
        id="book",
        chapter="2–3",
        title="Book with one click",
        hint="Press a time. It stands in both calendars, and each of the two gets a message.",
        has_happened=happened.booked,
    ),
    Step(
        id="answer",
        chapter="2–3",
        title="Answer as Alex",
        hint="Be Alex and press Accept or Maybe. Ana’s message changes where it is, and rings nobody.",
        has_happened=happened.answered,
    ),
    Step(
        id="suggest",
        chapter="2–3",
        title="Suggest another time",
        hint="As Alex, Suggest another time and choose one. As Ana, move the meeting there or keep it.",
        has_happened=happened.suggested,
    ),
    Step(
        id="undo",
        chapter="2–3",
        title="Take it back",
        hint="As Ana, press Undo. It is gone from both calendars, and Alex is told.",
        has_happened=happened.undone,
    ),
    Step(
        id="decline",
        chapter="2b",
        title="Decline",
        hint="Book again, and decline as Alex. His copy goes, Ana’s stays, and his time is free.",
        has_happened=happened.declined,
    ),
    Step(
        id="clash",
        chapter="4",
        title="Land something on it",
        hint="Book, then drag an event over it in Ana’s week. She alone is told, with times to move to: press one.",
        has_happened=happened.clashed,
    ),
    Step(
        id="clash-other",
        chapter="4",
        title="Land something on it in Alex’s week",
        hint="Alex can ask to move it. The time he asks for is held until Ana has answered.",
        has_happened=happened.clashed_for_other,
    ),
    Step(
        id="drag",
        chapter="4",
        title="Drag the booking itself",
        hint="In Ana’s week it is hers to move: Alex’s copy follows, and he is told. In Alex’s week it is a question.",
        has_happened=happened.followed,
    ),
    Step(
        id="room",
        chapter="5",
        title="Make room",
        hint="Delete or move an event of Ana’s or Alex’s in next week, and ask again: its time is on offer.",
        has_happened=happened.made_room,
    ),
    Step(
        id="outage",
        chapter="6",
        title="Stop Kim’s calendar server",
        hint="Wait ten seconds and ask for @kim: what is not known is not offered. Start it, and the times come back.",
        has_happened=happened.went_silent,
    ),
    Step(
        id="status",
        chapter="7b",
        title="See how everything stands",
        hint="/meet status names each calendar and its age. /meet help helps.",
        has_happened=happened.looked,
    ),
    Step(
        id="mixed",
        chapter="7c",
        title="Meet across Google and Microsoft",
        hint="/meet connect: as Ana book into Google, as Alex into Microsoft. Then /meet @alex @sam 30m next week.",
        has_happened=happened.crossed,
    ),
    Step(
        id="kill",
        chapter="8",
        title="kill -9",
        hint="Press a time, then kill the bot at once and bring it back. The booking is finished, once.",
        has_happened=happened.was_killed,
    ),
)
ELSEWHERE = {
    "0": "everybody is connected before the visitor comes",
    "7": "nobody is left who has to connect",
    "9": "the page is Slack",
}
"""Chapters of the tour that are nothing to try here, and why."""


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
        return [{"id": one.id, "title": one.title, "hint": one.hint, "done": one.id in self.done} for one in STEPS]
