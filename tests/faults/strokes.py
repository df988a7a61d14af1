"""What strikes: the bot's sudden death at a chosen moment, bad weather on the roads, a Slack that cannot just now."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import assert_never

from bot.playground.road import Instead, Late, Lost, Mishap, Passage, Weather
from tests.faults.battlefield import Field

COMES_WITHIN = 4.0
"""Seconds after which the bot dies anyhow, where the moment does not come."""
RETRY_SOON = {"Retry-After": "1"}
SENDING = ("chat.postMessage", "chat.update", "response_url")


@dataclass(frozen=True, slots=True)
class AtRequest:
    """When that many requests went to the calendar servers."""

    number: int
    is_done: bool
    """Whether the last one still arrives, after the bot's death."""


@dataclass(frozen=True, slots=True)
class AtMessage:
    """When that many messages were posted or edited."""

    number: int


@dataclass(frozen=True, slots=True)
class AfterAWhile:
    """So many seconds after the click."""

    seconds: float


Moment = AtRequest | AtMessage | AfterAWhile


def moment(chance: Random) -> Moment:
    """Some moment of what follows a click."""
    kind = chance.random()
    if kind < 0.6:
        return AtRequest(chance.randint(1, 24), chance.random() < 0.5)
    return AtMessage(chance.randint(1, 3)) if kind < 0.8 else AfterAWhile(chance.uniform(0, 0.8))


@dataclass
class _Killer:
    """Kills the bot, once."""

    field: Field
    happened: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _count: int = 0

    def kill(self) -> None:
        with self._lock:
            if not self.happened.is_set():
                self.field.stage.bot.kill()
                self.happened.set()

    def at_request(self, number: int, *, is_done: bool) -> Weather:
        def weather(_passage: Passage) -> Mishap | None:
            with self._lock:
                self._count += 1
                is_last = self._count == number
            if is_last:
                self.kill()
                return Lost(is_done)
            return None

        return weather

    def at_message(self, number: int) -> None:
        workspace = self.field.stage.slack.workspace
        there = len(workspace.history)
        if workspace.wait(lambda: len(workspace.history) >= there + number, COMES_WITHIN):
            self.kill()


@contextmanager
def struck(field: Field, at: Moment) -> Iterator[None]:
    """The bot dies at that moment of what the block sets off, and is started again."""
    killer = _Killer(field)
    match at:
        case AtRequest(number, is_done):
            field.weather(killer.at_request(number, is_done=is_done))
        case AtMessage(number):
            threading.Thread(target=killer.at_message, args=(number,), daemon=True).start()
        case AfterAWhile(seconds):
            threading.Timer(seconds, killer.kill).start()
        case _:
            assert_never(at)
    try:
        yield
        killer.happened.wait(COMES_WITHIN)
    finally:
        killer.kill()
        field.weather(lambda _passage: None)
        field.stage.bot.start()


def bad_weather(chance: Random, share: float) -> Weather:
    """That share of all requests does not go well, in one of the ways in which requests do not."""
    lock = threading.Lock()

    def weather(_passage: Passage) -> Mishap | None:
        with lock:
            if chance.random() >= share:
                return None
            return chance.choice(MISHAPS)

    return weather


MISHAPS: tuple[Mishap, ...] = (
    Lost(is_done=False),
    Lost(is_done=True),
    Instead(status=500, is_done=False),
    Instead(status=500, is_done=True),
    Instead(status=503, is_done=True, headers=RETRY_SOON),
    Instead(status=429, headers=RETRY_SOON),
    Instead(status=502, body=b"<html>Bad gateway</html>"),
    Late(0.7),
    Late(2.5),
)


@contextmanager
def storm(field: Field, chance: Random, share: float) -> Iterator[None]:
    """The weather on the roads is bad for a while, whatever is under way."""
    field.weather(bad_weather(chance, share))
    yield
    field.wait(chance.uniform(0.5, 4.0))


@contextmanager
def silence(field: Field, chance: Random) -> Iterator[None]:
    """Slack's next answers to some of what is sent are "later", or "broken"."""
    for method in chance.sample(SENDING, chance.randint(1, len(SENDING))):
        for _ in range(chance.randint(1, 3)):
            if chance.random() < 0.5:
                field.stage.slack.door.fail(method, status=429, retry_after=1)
            else:
                field.stage.slack.door.fail(method, status=chance.choice((500, 502, 503)))
    yield
