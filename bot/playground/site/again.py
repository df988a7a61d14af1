"""An event that the app did not ack comes again, as Slack's would.

docs.slack.dev/apis/events-api, "Error handling": nearly at once, after one minute, and after five; then never.
"""

import threading
from dataclasses import dataclass, field

from bot.playground.stands.slack.delivery import Ack
from bot.playground.stands.slack.stand import SlackStand

SECONDS = (1.0, 60.0, 300.0)


@dataclass
class Again:
    """Delivers what was not taken."""

    slack: SlackStand
    after: tuple[float, ...] = SECONDS
    _timers: set[threading.Timer] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_over: bool = False

    def deliver(self, ack: Ack, number: int = 1) -> None:
        """Later, up to three times."""
        if number > len(self.after):
            return
        timer = threading.Timer(self.after[number - 1], self._deliver, (ack, number))
        timer.daemon = True
        with self._lock:
            if not self._is_over:
                self._timers.add(timer)
                timer.start()

    def end(self) -> None:
        """Nothing comes any more."""
        with self._lock:
            self._is_over = True
            for timer in self._timers:
                timer.cancel()

    def _deliver(self, ack: Ack, number: int) -> None:
        with self._lock:
            self._timers = {one for one in self._timers if one is not threading.current_thread()}
            if self._is_over:
                return
        if not self.slack.redeliver(ack, number).is_good:
            self.deliver(ack, number + 1)
