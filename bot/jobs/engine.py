"""The port to what does the waiting work: somebody who looks at the due rows, again and again, until told to stop.

Work is a row, a job only a wake-up call (`storage/due`): running a job twice, late, or never until the next sweep
changes nothing. An engine therefore carries no state, and any engine does as long as it keeps looking.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.storage.due import Due

Holds = Callable[[], bool]
"""Whether the loan of a row still holds long enough for one more call outside."""

Task = Callable[[Due, Holds], datetime | None]
"""Does what a due row asks for; answers when it wants to be asked again, or None when it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of due row and how it is worked on."""

    name: str
    task: Task
    lease: timedelta = timedelta(seconds=60)
    workers: int = 1
    """How many rows of this kind may be worked on at once in one process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something done again and again, whatever the rows say; it must be harmless to do it twice."""

    name: str
    every: timedelta
    run: Callable[[], None]


class Engine(Protocol):
    """Works off due rows and ticks."""

    def start(self) -> None:
        """Begin; returns at once."""
        ...

    def wake(self) -> None:
        """Something became due just now: look at once instead of at the next sweep."""
        ...

    def stop(self) -> None:
        """Finish what is under way, take nothing new; returns when all is quiet."""
        ...

    def is_alive(self) -> bool:
        """Whether it still looks at the rows."""
        ...
