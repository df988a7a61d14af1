"""Where the odd series go: to a few processes with limits, which are used again and again and end when idle.

Whatever happens there, here it is one error: `Untamed`.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.providers.ical.rules import Untamed

WORKER = Path(__file__).with_name("worker.py")
WITHIN = 20.0
"""Seconds on the clock for one text."""
MOST_WORKERS = 3
MOST_TEXTS = 500
"""After which a worker makes room for a new one: libraries remember zones for the whole process."""
KILLED = 10.0
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONTZPATH", "COVERAGE_PROCESS_START")
"""Of the environment. The rest stays here: it holds our secrets."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instance as a worker tells it: an instant in seconds since 1970, or a day as `20261201`."""

    number: int
    original: int | str
    start: int | str
    end: int | str


@dataclass(frozen=True, slots=True)
class Expanded:
    """What a text came to, and how many seconds of work it cost."""

    occurrences: Sequence[Occurrence]
    used: float


class Overworked(Untamed):
    """A worker was killed over it."""

    used = KILLED


class _Worker:
    """One such process."""

    def __init__(self) -> None:
        self.texts = 0
        self.is_sound = True
        self._process = subprocess.Popen(  # noqa: S603 - a file of ours
            [sys.executable, "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            start_new_session=True,
        )

    def ask(self, question: bytes, within: float) -> dict[str, Any] | None:
        """Its answer; None when it died over it, or had died before."""
        pipe, answers = self._process.stdin, self._process.stdout
        if pipe is None or answers is None:
            return None
        self.texts += 1
        timer = threading.Timer(within, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            pipe.write(question)
            pipe.flush()
            answer = answers.readline()
            found: dict[str, Any] | None = json.loads(answer) if answer.endswith(b"\n") else None
        except (OSError, ValueError):
            found = None
        finally:
            timer.cancel()
        self.is_sound = found is not None
        return found

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


class Guarded:
    """The workers of this process."""

    def __init__(self, *, within: float = WITHIN) -> None:
        self._within = within
        self._places = threading.BoundedSemaphore(MOST_WORKERS)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self.started = 0
        """How many processes it took so far."""

    def expand(self, text: bytes, moves: Sequence[float | None], since: int, until: int) -> Expanded:
        """Every instance in that calendar between the two; `Untamed` when it cannot be done within the limits."""
        asked = {"text": text.decode(), "moves": list(moves), "since": since, "until": until}
        question = json.dumps(asked).encode() + b"\n"
        with self._places:
            answer = self._asked(question)
        if answer is None:
            raise Overworked("a worker was killed over it")
        if "found" not in answer:
            raise Untamed(f"a library stumbled over it ({answer.get('failed')})")
        return Expanded([Occurrence(*one) for one in answer["found"]], float(answer["used"]))

    def workers(self) -> list[int]:
        """The process ids of those that may still run."""
        return [worker.pid for worker in list(self._all)]

    def end(self) -> None:
        """End them all, whatever they do."""
        for worker in list(self._all):
            worker.end()

    def _asked(self, question: bytes) -> dict[str, Any] | None:
        with self._worker() as (worker, is_fresh):
            answer = worker.ask(question, self._within)
        if answer is None and not is_fresh:
            # It may have ended for want of work just then: only a new one that dies has died of this text.
            with self._worker(fresh=True) as (worker, _):
                answer = worker.ask(question, self._within)
        return answer

    @contextmanager
    def _worker(self, *, fresh: bool = False) -> Iterator[tuple[_Worker, bool]]:
        try:
            worker, is_fresh = (self._new(), True) if fresh else (self._idle.pop(), False)
        except IndexError:
            worker, is_fresh = self._new(), True
        yield worker, is_fresh
        if worker.is_sound and worker.texts < MOST_TEXTS:
            self._idle.append(worker)
        else:
            self._all.discard(worker)
            worker.end()

    def _new(self) -> _Worker:
        worker = _Worker()
        self._all.add(worker)
        self.started += 1
        return worker


GUARDED = Guarded()
