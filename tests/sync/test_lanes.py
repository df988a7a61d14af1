"""A service that hangs delays its own calendars, and nobody else's."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.core.clock import SystemClock
from bot.core.ids import CalendarId, ConnectionId
from bot.jobs.embedded import Embedded
from bot.jobs.engine import Holds, Kind
from bot.people.grants import Grants, sealed
from bot.people.limits import AT_ONCE
from bot.providers import memory
from bot.storage import calendars, due
from bot.storage.database import METADATA, Database
from bot.storage.due import Due
from bot.sync.engine import Sync
from tests.builders import TENANT, calendar, connection
from tests.people.test_grants import VAULT

PATIENCE = 20.0
MANY = 30


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/lanes.sqlite3")
    METADATA.create_all(database.engine)
    yield database
    database.close()


def connected(database: Database, service: memory.Service, provider: str, name: str) -> CalendarId:
    """An account of its own with one calendar, due now."""
    account = replace(service.account(name), provider=provider)
    held = replace(connection(), id=ConnectionId(f"c-{name}"), provider=provider, label=name)
    made = replace(
        calendar(), id=CalendarId(f"k-{name}"), connection=held.id, remote=service.calendar(name, "Work"), read_at=None
    )
    with database.transaction() as tx:
        calendars.add_connection(tx, held, sealed(tx, VAULT, TENANT, held.id, account))
        calendars.add(tx, made)
        due.mark(tx, TENANT, "calendar", made.id, SystemClock().now() - timedelta(minutes=1))
    return made.id


def test_thirty_calendars_that_hang_do_not_delay_the_one_that_answers(database: Database) -> None:
    hanging, healthy = memory.Service(), memory.Service()
    for number in range(MANY):
        connected(database, hanging, "hangs", f"p{number}")
    answering = connected(database, healthy, "answers", "ana")
    grants = Grants(database, VAULT, {"hangs": hanging.connect, "answers": healthy.connect})
    sync = Sync(database, SystemClock(), VAULT, partial(grants.open_calendar, patience=0.05))
    was_read = threading.Event()

    def read(row: Due, _holds: Holds) -> datetime | None:
        again = sync.read(row.tenant, CalendarId(row.subject))
        if row.subject == answering:
            was_read.set()
        return again

    engine = Embedded(database, SystemClock(), (Kind(name="calendar", task=read, workers=AT_ONCE * 2),), ())
    with hanging.slow():
        engine.start()
        assert was_read.wait(PATIENCE), "the calendar that answers was not read while the others hung"
    engine.stop()
