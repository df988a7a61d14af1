"""Where faults happen: the whole stage, with every calendar server behind a road that can break."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from bot.playground.road import Road, Weather, fair
from bot.playground.stage import Stage, stage
from bot.playground.tour.play import Play
from bot.playground.tour.telling import Silent

PEOPLE = ("ana", "alex", "sam", "kim")
SOON = 30
SETTLES_WITHIN = 120.0

_UNSETTLED = """
    SELECT due.kind, due.subject FROM due LEFT JOIN meeting ON meeting.id = due.subject AND due.kind = 'meeting'
    WHERE due.kind = 'incoming'
        OR (due.kind IN ('message', 'reading') AND (due.attempts > 0 OR due.next_at <= ?))
        OR (due.kind = 'meeting' AND meeting.state NOT IN ('undone', 'cancelled', 'failed'))
    UNION ALL SELECT 'calendar', id FROM calendar WHERE dirty_at IS NOT NULL OR problem IS NOT NULL
"""
"""A meeting that is over may be swept once more, much later; and a message may change by the clock alone."""


@dataclass
class Field:
    """Everything that runs, and what can be done to it."""

    stage: Stage
    roads: tuple[Road, ...]
    play: Play

    def begin(self) -> int:
        """What happened before is forgotten; how many messages there are already."""
        for road in self.roads:
            road.travelled.clear()
        self.stage.slack.refusals.clear()
        return len(self.stage.slack.workspace.history)

    def weather(self, weather: Weather) -> None:
        """From now on, on every road."""
        for road in self.roads:
            road.weather = weather

    def rows(self, words: str, *values: object) -> list[tuple[Any, ...]]:
        """What the bot's own database answers."""
        path = self.stage.bot.environment["OVERLAP_DATABASE_URL"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as database:
            return database.execute(words, values).fetchall()

    def wait(self, seconds: float) -> None:
        """So long, or until nothing is under way any more."""
        over = time.monotonic() + seconds
        while time.monotonic() < over and self.unsettled():
            time.sleep(0.05)

    def unsettled(self) -> list[tuple[Any, ...]]:
        """What is still under way."""
        return self.rows(_UNSETTLED, int(time.time()) + SOON)

    def settle(self) -> None:
        """All is fair, and everything that was under way comes to its end."""
        self.weather(fair)
        self.wait(SETTLES_WITHIN)
        assert not (left := self.unsettled()), f"never comes to its end: {left}\n{self.stage.bot.said()}"


@contextmanager
def battlefield() -> Iterator[Field]:
    """Four people, connected through roads on which the weather is fair."""
    with Road() as office, Road() as kims, stage(hosts=[office.host, kims.host]) as standing:
        accounts = standing.world.accounts
        office.leads_to, kims.leads_to = standing.world.hosts
        for handle in PEOPLE:
            road = kims if accounts[handle].server == "kim" else office
            accounts[handle] = replace(accounts[handle], url=road.url)
        field = Field(standing, (office, kims), Play(standing, Silent()))
        for handle in PEOPLE:
            field.play.connect(handle)
        field.settle()
        yield field


def seeds(count: int) -> list[int]:
    """The seeds of a test: the first so many, or those that `SEEDS` names: `17` or `100-199` or `3,5,8`."""
    asked = os.environ.get("SEEDS", "")
    if not asked:
        return list(range(count))
    ranges = (part.partition("-") for part in asked.split(","))
    return [seed for first, _, last in ranges for seed in range(int(first), int(last or first) + 1)]


@contextmanager
def seeded(test: str, seed: int) -> Iterator[Random]:
    """The chance of that seed; whatever fails says how to have it again."""
    try:
        yield Random(seed)
    except BaseException as error:
        error.add_note(f"\nTo have this again: SEEDS={seed} make faults ARGS='-k {test}'")
        raise
