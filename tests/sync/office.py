"""One person with one calendar in the twin, synced into a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.calendars import Calendar
from bot.core.clock import SetClock
from bot.core.events import Busy, Instance
from bot.core.ids import CalendarId, TenantId
from bot.core.intervals import Interval
from bot.providers import memory
from bot.providers.base import CalendarProvider, Remote
from bot.storage import calendars, due, messages, mirror
from bot.storage.database import METADATA, Database
from bot.sync.engine import Sync
from tests.builders import NOW, TENANT, calendar, connection

CADENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Office:
    """Ana's calendar, its service, and the sync between that and the mirror."""

    database: Database
    clock: SetClock
    service: memory.Service
    remote: Remote
    calendar: Calendar
    sync: Sync

    def read(self) -> datetime | None:
        """Sync it once; when it wants to be looked at again."""
        return self.sync.read(TENANT, self.calendar.id)

    def kept(self) -> Calendar:
        with self.database.reading() as tx:
            return calendars.calendar(tx, TENANT, self.calendar.id)

    def rows(self) -> list[Instance]:
        with self.database.reading() as tx:
            return sorted(mirror.everything(tx, TENANT, self.calendar.id), key=lambda one: (one.when, one.uid))

    def busy(self, window: Interval) -> list[Busy]:
        with self.database.reading() as tx:
            return mirror.busy(tx, TENANT, [self.calendar.id], window)

    def waits(self, kind: str) -> bool:
        """Whether a row of that kind became due; it is taken away."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            rows = due.take(tx, now, kinds=[kind], limit=9, lease=timedelta(minutes=1))
            for row in rows:
                due.done(tx, row)
        return bool(rows)

    def rings(self) -> int:
        """How often the owner's phone was rung about the account."""
        account = self.calendar.connection
        with self.database.reading() as tx:
            shown = messages.shown(tx, TENANT, messages.id_of("connection", account, self.calendar.person))
        return 0 if shown is None else shown.rings_wanted

    def mark_dirty(self) -> None:
        with self.database.transaction() as tx:
            calendars.dirty(tx, TENANT, self.calendar.id, self.clock.now())


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    database = Database(f"sqlite:///{folder / 'overlap.db'}")
    METADATA.create_all(database.engine)
    service, clock = memory.Service(), SetClock(NOW)
    remote = service.calendar("ana", "Work")
    held = replace(calendar("ana-work", cadence=CADENCE, read_at=None), window=None, remote=remote)
    with database.transaction() as tx:
        calendars.add_connection(tx, connection("ana"), b"sealed")
        calendars.add(tx, held)

    @contextmanager
    def open_calendar(_tenant: TenantId, _calendar: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        yield service.connect(service.account("ana")), remote

    yield Office(database, clock, service, remote, held, Sync(database, clock, open_calendar, chance=lambda: 0.5))
    database.close()
