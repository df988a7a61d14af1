"""Where "now" comes from: nobody calls `datetime.now()`, everybody is given a `Clock`."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved; for tests and simulations."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._at

    def move(self, by: timedelta) -> None:
        """Let `by` pass."""
        with self._lock:
            self._at += by

    def set(self, at: datetime) -> None:
        """Make it `at`."""
        with self._lock:
            self._at = at
