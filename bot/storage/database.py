"""The one database: how a transaction begins, and how times and sums of small things are kept in it.

SQLite in a file: WAL, `synchronous=FULL`, every write transaction `BEGIN IMMEDIATE`. Instants
are integer seconds since 1970: aware columns cost two to three times as much, and sort no better.
"""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from bot.core.intervals import Interval

Tx = Connection
"""An open transaction; every storage function takes one first."""

METADATA = MetaData()
"""Every table of every storage file registers here; Alembic's history is checked against it in a test."""


def seconds(at: datetime) -> int:
    """An instant as the database keeps it; a part of a second is dropped."""
    return int(at.timestamp())


def instant(kept: int) -> datetime:
    """What `seconds` kept."""
    return datetime.fromtimestamp(kept, UTC)


def instant_if_any(kept: int | None) -> datetime | None:
    """The same for a column that may say nothing."""
    return None if kept is None else instant(kept)


def kept_stretches(stretches: Iterable[Interval]) -> str:
    """A short list of intervals as the database keeps it."""
    return json.dumps([(seconds(one.start), seconds(one.end)) for one in stretches])


def stretches(kept: str) -> tuple[Interval, ...]:
    """What `kept_stretches` kept."""
    return tuple(Interval(instant(start), instant(end)) for start, end in json.loads(kept))


class Database:
    """Opens transactions. One per process."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writing = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """A write transaction: commits at the end of the block, rolls back when it raises.

        Within one process writers queue at a lock, because SQLite's own waiting is not fair: one waiter was seen to
        starve for 2.9 s. Do nothing slow in the block, and never call outside from it.
        """
        with self._writing, self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """A snapshot to read from; nothing written in it is kept."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=16, max_overflow=32, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
