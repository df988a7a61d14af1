"""One person with one calendar in the twin, synced into a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.calendars import Calendar, Connection, Doubt, DoubtState
from bot.core.clock import SetClock
from bot.core.events import Busy, Instance
from bot.core.ids import CalendarId, ConnectionId, TenantId
from bot.core.intervals import Interval
from bot.providers import memory
from bot.providers.base import CalendarProvider, Remote
from bot.storage import calendars, doubts, due, messages, mirror
from bot.storage.database import METADATA, Database
from bot.storage.vault import KeyRing, Vault
from bot.sync.engine import Sync
from tests.builders import NOW, TENANT, calendar, connection

CADENCE = timedelta(minutes=10)
VAULT = Vault(KeyRing({"test": b"k" * 32}))


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

    def rings(self, kind: str = "connection") -> int:
        """How often the owner's phone was rung about the account, or about a doubt."""
        subject = self.calendar.connection if kind == "connection" else self.calendar.id
        with self.database.reading() as tx:
            shown = messages.shown(tx, TENANT, messages.id_of(kind, subject, self.calendar.person))
        return 0 if shown is None else shown.rings_wanted

    def fill(self, count: int) -> None:
        """So many events stand there, three weeks ahead, and no others."""
        one = Interval(NOW + timedelta(days=21), NOW + timedelta(days=21, hours=1))
        for event in self.service.events(self.remote):
            self.service.drop(self.remote, event.uid)
        for number in range(count):
            self.service.place(self.remote, uid=f"e{number}", when=one)

    def account(self) -> Connection:
        with self.database.reading() as tx:
            return calendars.connection(tx, TENANT, self.calendar.connection)

    def doubt(self) -> Doubt | None:
        with self.database.reading() as tx:
            return doubts.doubt(tx, TENANT, self.calendar.id)

    def decides(self, state: DoubtState) -> None:
        """Its owner says whether what it tells is right."""
        with self.database.transaction() as tx:
            assert doubts.decided(tx, TENANT, self.calendar.id, state)

    def also(self, name: str, provider: str, *, is_static: bool = False) -> tuple[Remote, CalendarId]:
        """Ana has another account of one calendar, of that provider."""
        remote = self.service.calendar("ana", name)
        account = replace(connection("ana", provider=provider), id=ConnectionId(f"ana-{provider}"))
        held = replace(
            calendar(f"ana-{name}", cadence=CADENCE, read_at=None, is_static=is_static, receives=False),
            connection=account.id,
            window=None,
            remote=remote,
        )
        with self.database.transaction() as tx:
            calendars.add_connection(tx, account, b"sealed")
            calendars.add(tx, held)
        return remote, held.id

    def calendar_of(self, id_: CalendarId) -> Calendar:
        with self.database.reading() as tx:
            return calendars.calendar(tx, TENANT, id_)

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
    def open_calendar(tenant: TenantId, id_: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        with database.reading() as tx:
            named = Remote(calendars.calendar(tx, tenant, id_).remote)
        yield service.connect(service.account("ana")), named

    yield Office(
        database, clock, service, remote, held, Sync(database, clock, VAULT, open_calendar, chance=lambda: 0.5)
    )
    database.close()
