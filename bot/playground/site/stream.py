"""What has changed, told to every browser at once: server-sent events that name a subject and its version."""

import asyncio
import json
import secrets
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

TOPICS = ("chat", "week", "bot", "story", "glass")
PING_SECONDS = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class _Browser:
    loop: asyncio.AbstractEventLoop
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Stream:
    """Counts the versions of each subject, and wakes whoever listens. `tell` may be called from any thread."""

    def __init__(self) -> None:
        self.run = secrets.token_hex(6)
        """Another word for every demo, so that a page left over from an earlier one notices."""
        self._versions = dict.fromkeys(TOPICS, 1)
        self._browsers: set[_Browser] = set()
        self._is_over = False
        self._lock = threading.Lock()

    @property
    def version(self) -> int:
        """Of everything together: it only ever grows."""
        with self._lock:
            return sum(self._versions.values())

    @property
    def is_heard(self) -> bool:
        """Whether any browser listens."""
        return bool(self._browsers)

    def tell(self, *topics: str) -> None:
        """These have changed."""
        with self._lock:
            for topic in topics:
                self._versions[topic] += 1
            self._wake()

    def end(self) -> None:
        """Let everybody go."""
        with self._lock:
            self._is_over = True
            self._wake()

    async def events(self) -> AsyncIterator[str]:
        """For one browser: first where everything stands, so that one that was away looks again, then each change."""
        browser = _Browser(asyncio.get_running_loop())
        with self._lock:
            self._browsers.add(browser)
        told: dict[str, int] = {}
        try:
            yield "retry: 1000\n\n"
            while not self._is_over:
                browser.wake.clear()
                with self._lock:
                    versions = dict(self._versions)
                for topic, version in versions.items():
                    if told.get(topic) != version:
                        yield f"event: {topic}\ndata: {json.dumps({'version': version})}\n\n"
                told = versions
                try:
                    await asyncio.wait_for(browser.wake.wait(), PING_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            with self._lock:
                self._browsers.discard(browser)

    def _wake(self) -> None:
        for browser in self._browsers:
            if not browser.loop.is_closed():
                browser.loop.call_soon_threadsafe(browser.wake.set)
