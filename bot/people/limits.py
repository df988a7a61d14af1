"""How much each account and each service is asked at once, and when it is let rest.

Nobody waits in line for long: a task that finds too many before it, or a service at rest, is told when to come back
(`Crowded`), and its thread is free for another. So a service that hangs holds a few threads, never all of them.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.errors import Crowded, TryLater, Untold

AT_ONCE = 4
"""Tasks that one service may hold at once, whatever the number of its accounts; fewer than there are threads."""
TROUBLE = 3
"""Passing failures in a row after which an account, or a service over several accounts, is let rest."""
FIRST_REST, LONGEST_REST = 1.0, 64.0
COME_BACK = timedelta(seconds=1)

Account = tuple[str, ...]


@dataclass(slots=True)
class _Line:
    """The tasks at one account or one service, and how it fared lately."""

    inside: int = 0
    failures: int = 0
    failed: set[Account] = field(default_factory=set)
    """Which accounts failed since the service last answered."""
    rests_until: float = 0.0


class Limits:
    """Counts and remembers, in one process; a restart forgets, which costs one attempt at each."""

    def __init__(self, *, longest_rest: float = LONGEST_REST, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._longest_rest = longest_rest
        self._now = monotonic
        self._lines: dict[Account, _Line] = {}
        self._free = threading.Condition()

    @contextmanager
    def turn(self, account: Account, service: str, *, at_once: int, patience: float) -> Iterator[None]:
        """A place at that account of that service for the block; `Crowded` when there is none within so many seconds.

        What the block raises tells how they fare: `TryLater` is trouble, and its `after` a rest of at least so long.
        """
        self._enter(account, service, at_once, patience)
        try:
            yield
        except TryLater as error:
            self._leave(account, service, None if isinstance(error, Untold) else error)
            raise
        except BaseException:
            # Whatever else it was, an answer came, or nothing was asked.
            self._leave(account, service, None)
            raise
        self._leave(account, service, None)

    def _enter(self, account: Account, service: str, at_once: int, patience: float) -> None:
        until = self._now() + patience
        places = ((account, at_once), ((service,), AT_ONCE))
        with self._free:
            while True:
                lines = [(self._lines.setdefault(name, _Line()), most) for name, most in places]
                rest = max(line.rests_until for line, _ in lines) - self._now()
                if rest > 0:
                    raise Crowded("It is let rest for a while.", timedelta(seconds=rest))
                if all(line.inside < (1 if self._is_on_trial(line) else most) for line, most in lines):
                    break
                left = until - self._now()
                if left <= 0 or not self._free.wait(left):
                    self._tidy()
                    raise Crowded("It is asked enough already.", COME_BACK)
            for line, _ in lines:
                line.inside += 1

    def _is_on_trial(self, line: _Line) -> bool:
        return line.rests_until > 0

    def _leave(self, account: Account, service: str, error: TryLater | None) -> None:
        with self._free:
            own, shared = self._lines[account], self._lines[service,]
            for line in (own, shared):
                line.inside -= 1
            if error is None:
                for line in (own, shared):
                    line.failures, line.rests_until = 0, 0.0
                    line.failed.clear()
            elif not isinstance(error, Crowded):
                shared.failed.add(account)
                self._trouble(own, is_lasting=own.failures + 1 >= TROUBLE, error=error)
                self._trouble(shared, is_lasting=len(shared.failed) >= TROUBLE, error=None)
            self._tidy()
            self._free.notify_all()

    def _trouble(self, line: _Line, *, is_lasting: bool, error: TryLater | None) -> None:
        line.failures += 1
        rest = 0.0
        if is_lasting:
            rest = min(FIRST_REST * float(1 << min(line.failures - TROUBLE, 16)), self._longest_rest)
        if error is not None and error.after is not None:
            rest = max(rest, error.after.total_seconds())
        if rest:
            line.rests_until = self._now() + rest

    def _tidy(self) -> None:
        """What is empty and well need not be remembered."""
        for name in [name for name, line in self._lines.items() if not line.inside and not line.failures]:
            del self._lines[name]
