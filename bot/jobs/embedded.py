"""The engine for one process on one machine: a few threads for each kind of row, APScheduler for the ticks.

APScheduler holds no state here (its job store is memory): a lost tick is only a late sweep. One thread looks for due
rows and hands them out; it sleeps until the next row is due, a sweep is due, or somebody calls `wake`.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.clock import Clock
from bot.core.errors import Crowded, OverlapError, Stale, TryLater
from bot.jobs.backoff import wait
from bot.jobs.engine import Kind, Tick
from bot.storage import due
from bot.storage.database import Database, instant

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

CALL = timedelta(seconds=10)
"""The longest that one call outside may take; a loan with less left does not hold."""

SWEEP = timedelta(seconds=1)
"""How long a row that nobody announced may wait for being seen."""

COURTESY = 0.005
"""Seconds that the work waits for whoever announced it: threads share one interpreter, and the ack goes first."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of working on a row."""

    again_at: datetime | None
    """When it is due again; None: done."""
    failed: bool = False
    was_tried: bool = True


class Embedded:
    """Works off due rows in threads of this process."""

    def __init__(self, database: Database, clock: Clock, kinds: Sequence[Kind], ticks: Sequence[Tick]) -> None:
        self._database = database
        self._clock = clock
        self._kinds = {kind.name: kind for kind in kinds}
        self._busy: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._news = False
        self._stopping = False
        self._pool = ThreadPoolExecutor(max(1, sum(kind.workers for kind in kinds)), thread_name_prefix="work")
        self._looker = threading.Thread(target=self._look, name="look", daemon=True)
        self._ticks = tuple(ticks)
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Free what a killed process left lent, then begin."""
        with self._database.transaction() as tx:
            due.release_all(tx)
        self._scheduler = self._ticking()
        self._scheduler.start()
        self._looker.start()

    def wake(self) -> None:
        with self._changed:
            self._news = True
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
        if self._looker.is_alive():
            self._looker.join()
        self._pool.shutdown(wait=True)

    def is_alive(self) -> bool:
        return self._looker.is_alive()

    def _ticking(self) -> "BackgroundScheduler":
        # Imported here, because nothing that stands before an ack needs it.
        from apscheduler.executors.pool import ThreadPoolExecutor as TickExecutor
        from apscheduler.jobstores.memory import MemoryJobStore
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.interval import IntervalTrigger

        scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": TickExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        scheduler.add_job(self.wake, IntervalTrigger(seconds=SWEEP.total_seconds()), id="sweep")
        for tick in self._ticks:
            scheduler.add_job(tick.run, IntervalTrigger(seconds=tick.every.total_seconds()), id=tick.name)
        return scheduler

    def _look(self) -> None:
        while not self._stopping:
            try:
                self._rest()
                self._hand_out()
            except Exception:
                log.exception("looking for due rows failed; the next sweep tries again")
                self._wait(SWEEP.total_seconds())

    def _rest(self) -> None:
        """Sleep until there is news, or until the next row is due."""
        if not self._news:
            self._wait(self._patience())
        time.sleep(COURTESY)

    def _wait(self, seconds: float) -> None:
        with self._changed:
            if not self._news and not self._stopping:
                self._changed.wait(seconds)

    def _patience(self) -> float:
        with self._database.reading() as tx:
            soonest = due.next_at(tx, self._free_kinds())
        if soonest is None:
            return SWEEP.total_seconds()
        left = (instant(soonest) - self._clock.now()).total_seconds()
        return min(max(left, 0.02), SWEEP.total_seconds())

    def _free_kinds(self) -> list[str]:
        with self._changed:
            return [name for name, kind in self._kinds.items() if self._busy[name] < kind.workers]

    def _hand_out(self) -> None:
        with self._changed:
            if self._stopping:
                return
            self._news = False
        with self._database.reading() as tx:
            waiting = due.waiting(tx, self._free_kinds(), self._clock.now())
        for name in waiting:
            kind = self._kinds[name]
            room = kind.workers - self._busy[name]
            with self._database.transaction() as tx:
                lent = due.take(tx, self._clock.now(), kinds=[name], limit=room, lease=kind.lease)
            for row in lent:
                with self._changed:
                    self._busy[name] += 1
                self._pool.submit(self._work, kind, row)

    def _work(self, kind: Kind, row: due.Due) -> None:
        try:
            self._settle(row, self._outcome(kind, row))
        except Exception:
            log.exception("a due row could not be settled", extra={"kind": row.kind, "subject": row.subject})
        finally:
            with self._changed:
                self._busy[kind.name] -= 1
            self.wake()

    def _outcome(self, kind: Kind, row: due.Due) -> _Outcome:
        try:
            return _Outcome(kind.task(row, lambda: self._holds(row)))
        except Stale:
            again = self._clock.now()
            return _Outcome(again if row.attempts == 0 else again + wait(row.attempts), failed=True)
        except Crowded as error:
            return _Outcome(self._clock.now() + wait(0, floor=error.after), was_tried=False)
        except TryLater as error:
            return _Outcome(self._clock.now() + wait(row.attempts, floor=error.after), failed=True)
        except OverlapError as error:
            log.warning("a due row failed: %s", error.code, extra={"kind": row.kind, "subject": row.subject})
            return _Outcome(self._clock.now() + wait(row.attempts), failed=True)
        except Exception:
            log.exception("a due row failed", extra={"kind": row.kind, "subject": row.subject})
            return _Outcome(self._clock.now() + wait(row.attempts), failed=True)

    def _settle(self, row: due.Due, outcome: _Outcome) -> None:
        with self._database.transaction() as tx:
            if outcome.again_at is None:
                due.done(tx, row)
            else:
                due.later(tx, row, outcome.again_at, failed=outcome.failed, was_tried=outcome.was_tried)

    def _holds(self, row: due.Due) -> bool:
        with self._database.reading() as tx:
            return due.is_mine(tx, row, self._clock.now(), left=CALL)
