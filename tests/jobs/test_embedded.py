"""The embedded engine: every due row is worked on, a failure waits, a crash loses nothing."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.clock import SystemClock
from bot.core.errors import Crowded, TryLater
from bot.core.ids import TenantId
from bot.jobs.embedded import Embedded
from bot.jobs.engine import Holds, Kind, Tick
from bot.storage import due
from bot.storage.database import METADATA, Database

T = TenantId("memory:acme")
PATIENCE = 20.0


class Failure(logging.Handler):
    """Waits for a failure to be logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.set()

    @contextmanager
    def awaited_from(self, name: str) -> Iterator[None]:
        logger = logging.getLogger(name)
        logger.addHandler(self)
        yield
        logger.removeHandler(self)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/jobs.sqlite3")
    METADATA.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def start(database: Database) -> Iterator[Callable[..., Embedded]]:
    engines: list[Embedded] = []

    def begin(*kinds: Kind, ticks: tuple[Tick, ...] = ()) -> Embedded:
        engine = Embedded(database, SystemClock(), kinds, ticks)
        engine.start()
        engines.append(engine)
        return engine

    yield begin
    for engine in engines:
        engine.stop()


def mark(database: Database, kind: str, subject: str) -> None:
    with database.transaction() as tx:
        due.mark(tx, T, kind, subject, SystemClock().now())


def test_each_row_is_worked_on_once_and_then_gone(database: Database, start: Callable[..., Embedded]) -> None:
    seen: list[str] = []
    all_seen = threading.Event()

    def work(row: due.Due, holds: Holds) -> datetime | None:
        assert holds()
        seen.append(row.subject)
        if len(seen) == 20:
            all_seen.set()
        return None

    for number in range(20):
        mark(database, "a", str(number))
    start(Kind(name="a", task=work, workers=4)).wake()
    assert all_seen.wait(PATIENCE)
    assert sorted(seen, key=int) == [str(number) for number in range(20)]


def test_a_row_that_failed_comes_back_and_knows_how_often(database: Database, start: Callable[..., Embedded]) -> None:
    attempts: list[int] = []
    came_back = threading.Event()

    def work(row: due.Due, _holds: Holds) -> datetime | None:
        attempts.append(row.attempts)
        if len(attempts) == 1:
            raise TryLater("busy", after=timedelta(seconds=0.1))
        came_back.set()
        return None

    mark(database, "a", "x")
    start(Kind(name="a", task=work))
    assert came_back.wait(PATIENCE)
    assert attempts == [0, 1]


def test_whoever_finds_a_service_crowded_waits_and_has_not_failed(
    database: Database, start: Callable[..., Embedded]
) -> None:
    attempts: list[int] = []
    came_back = threading.Event()

    def work(row: due.Due, _holds: Holds) -> datetime | None:
        attempts.append(row.attempts)
        match len(attempts):
            case 1:
                raise TryLater("busy", after=timedelta(seconds=0.1))
            case 2 | 3:
                raise Crowded("three at once are enough", after=timedelta(seconds=0.1))
            case _:
                came_back.set()
                return None

    mark(database, "a", "x")
    start(Kind(name="a", task=work))
    assert came_back.wait(PATIENCE)
    assert attempts == [0, 1, 1, 1]


def test_an_error_of_our_own_is_not_the_end_of_the_worker(database: Database, start: Callable[..., Embedded]) -> None:
    other_done = threading.Event()

    def work(row: due.Due, _holds: Holds) -> datetime | None:
        if row.subject == "bad":
            raise RuntimeError
        other_done.set()
        return None

    mark(database, "a", "bad")
    engine = start(Kind(name="a", task=work))
    mark(database, "a", "good")
    engine.wake()
    assert other_done.wait(PATIENCE)
    assert engine.is_alive()


def test_what_a_killed_process_had_lent_is_worked_on_at_the_next_start(
    database: Database, start: Callable[..., Embedded]
) -> None:
    mark(database, "a", "x")
    with database.transaction() as tx:
        due.take(tx, SystemClock().now(), kinds=["a"], limit=1, lease=timedelta(hours=1))
    done = threading.Event()
    start(Kind(name="a", task=lambda _row, _holds: done.set()))
    assert done.wait(PATIENCE)


def test_ticks_run_again_and_again(start: Callable[..., Embedded]) -> None:
    twice = threading.Semaphore(0)
    start(ticks=(Tick(name="t", every=timedelta(seconds=0.1), run=lambda: twice.release() or None),))
    assert twice.acquire(timeout=PATIENCE)
    assert twice.acquire(timeout=PATIENCE)


def test_a_database_that_fails_for_a_while_costs_nothing(database: Database, start: Callable[..., Embedded]) -> None:
    done, failure = threading.Event(), Failure()
    engine = start(Kind(name="a", task=lambda _row, _holds: done.set()))
    with failure.awaited_from("bot.jobs.embedded"):
        with database.transaction() as tx:
            tx.exec_driver_sql("alter table due rename to away")
        engine.wake()
        assert failure.seen.wait(PATIENCE)
    with database.transaction() as tx:
        tx.exec_driver_sql("alter table away rename to due")
    mark(database, "a", "x")
    assert done.wait(PATIENCE)
    assert engine.is_alive()


def test_what_never_started_stops_at_once(database: Database) -> None:
    Embedded(database, SystemClock(), [], []).stop()
