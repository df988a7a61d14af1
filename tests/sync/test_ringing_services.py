"""From a change in a calendar service to the mirror: stand-ins of Google and Microsoft ring at our door over HTTP."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from starlette.applications import Starlette

from bot.core.calendars import Calendar
from bot.core.clock import SetClock
from bot.core.ids import new_id
from bot.core.intervals import Interval
from bot.people.grants import Grants, sealed
from bot.people.leaving import Leaving, leave
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.playground.stands.serving import Serving
from bot.providers.base import Account, Remote
from bot.providers.registry import Services, providers, sign_ins
from bot.storage import calendars, channels, due, farewells, mirror
from bot.storage.channels import Kept
from bot.storage.database import METADATA, Database
from bot.storage.vault import KeyRing, Vault
from bot.sync.channels import GRACE, Ringing
from bot.sync.engine import Sync
from bot.web import ring
from bot.web.ring import DEBOUNCE
from tests.builders import TENANT, calendar, connection
from tests.contracts import google_stage, microsoft_stage
from tests.providers.google import ANA as GOOGLES
from tests.providers.microsoft import ANA as MICROSOFTS
from tests.providers.microsoft import microsoft

PATIENCE = 20.0
HOUR = timedelta(hours=1)


class Service(Protocol):
    """A calendar service with one account."""

    name: str
    services: Services
    account: Account
    remote: Remote

    def place(self, when: Interval) -> None:
        """Its owner makes an event in the service's own app."""
        ...

    def falls_silent(self, *, is_silent: bool) -> None:
        """Whether notifications are lost."""
        ...

    def open_ones(self) -> set[str]:
        """The channels that ring now."""
        ...

    def statuses(self) -> list[int]:
        """How each post was answered, once so many were made."""
        ...


class AtGoogle:
    name = "google"

    def __init__(self, stand: GoogleStand) -> None:
        self.stand = stand
        stand.add(GOOGLES, "Ana")
        self.services = google_stage.services(stand)
        self.account = google_stage.account(stand, GOOGLES)
        self.remote = Remote(GOOGLES)

    def place(self, when: Interval) -> None:
        self.stand.place(self.remote, start=when.start, end=when.end)

    def falls_silent(self, *, is_silent: bool) -> None:
        self.stand.pushes.is_silent = is_silent

    def open_ones(self) -> set[str]:
        return {one.id for one in self.stand.pushes.watches.values() if one.is_open}

    def statuses(self) -> list[int]:
        return [status for _, _, status in self.stand.pushes.sent]


class AtMicrosoft:
    name = "microsoft"

    def __init__(self, stand: MicrosoftStand) -> None:
        self.stand = stand
        self.services = microsoft_stage.services(stand)
        self.account = microsoft_stage.signed_in(stand, MICROSOFTS)
        self.remote = Remote(stand.calendar(MICROSOFTS))

    def place(self, when: Interval) -> None:
        self.stand.place(self.remote, when.start, when.end)

    def falls_silent(self, *, is_silent: bool) -> None:
        self.stand.push.is_silent = is_silent

    def open_ones(self) -> set[str]:
        return set(self.stand.push.subscriptions)

    def statuses(self) -> list[int]:
        return [status for _, status in self.stand.push.posted]


@dataclass(frozen=True)
class House:
    """Ana's calendar at that service, the bell at our door, and the sync behind it."""

    service: Service
    database: Database
    clock: SetClock
    calendar: Calendar
    sync: Sync
    ringing: Ringing
    leaving: Leaving
    days: Iterator[int]

    def tend(self) -> datetime | None:
        return self.ringing.tend(TENANT, self.calendar.id)

    def read(self) -> None:
        self.sync.read(TENANT, self.calendar.id)

    def opens(self) -> Kept:
        """The calendar is read and rings."""
        self.tend()
        self.read()
        (channel,) = self.channels()
        return channel

    def channels(self) -> list[Kept]:
        with self.database.reading() as tx:
            return channels.of_calendar(tx, TENANT, self.calendar.id)

    def kept(self) -> Calendar:
        with self.database.reading() as tx:
            return calendars.calendar(tx, TENANT, self.calendar.id)

    def rows(self) -> set[Interval]:
        with self.database.reading() as tx:
            return {one.when for one in mirror.everything(tx, TENANT, self.calendar.id)}

    def waits(self, kind: str) -> bool:
        """Whether a row of that kind is due now; it is taken away."""
        with self.database.transaction() as tx:
            rows = due.take(tx, self.clock.now(), kinds=[kind], limit=9, lease=timedelta(minutes=1))
            for row in rows:
                due.done(tx, row)
        return bool(rows)

    def changes(self) -> Interval:
        """Somebody makes an event, on a day of its own."""
        start = (self.clock.now() + timedelta(days=next(self.days))).replace(minute=0, second=0)
        self.service.place(Interval(start, start + HOUR))
        return Interval(start, start + HOUR)

    def hears(self) -> None:
        """The bell has rung for the calendar."""
        eventually(lambda: self.kept().dirty_at is not None, "the calendar was not marked")


@pytest.fixture(params=["google", "microsoft"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    if request.param == "google":
        with GoogleStand() as stand:
            yield from served(AtGoogle(stand), tmp_path)
            assert stand.sins == []
    else:
        with microsoft() as other:
            yield from served(AtMicrosoft(other), tmp_path)
            assert other.refusals == []


@pytest.fixture
def at_microsoft(tmp_path: Path) -> Iterator[House]:
    with microsoft() as stand:
        yield from served(AtMicrosoft(stand), tmp_path)
        assert stand.refusals == []


def served(service: Service, folder: Path) -> Iterator[House]:
    """The house, while its door is open."""
    database = Database(f"sqlite:///{folder / 'overlap.db'}")
    METADATA.create_all(database.engine)
    vault, clock = Vault(KeyRing({"test": b"k" * 32})), SetClock(datetime.now(UTC).replace(microsecond=0))
    account = connection("ana", provider=service.name)
    held = replace(calendar("ana-work", read_at=None), window=None, remote=service.remote)
    with database.transaction() as tx:
        calendars.add_connection(tx, account, sealed(tx, vault, TENANT, account.id, service.account))
        calendars.add(tx, held)
    opening = providers(service.services)
    grants = Grants(database, vault, opening)
    with Serving(Starlette(routes=ring.routes(database, clock))) as door:
        yield House(
            service,
            database,
            clock,
            held,
            Sync(database, clock, vault, grants.open_calendar, chance=lambda: 0.5),
            Ringing(database, clock, grants.open_calendar, door.url, {service.name}),
            Leaving(database, clock, vault, opening, sign_ins(service.services)),
            itertools.count(1),
        )
    grants.close()
    database.close()


def eventually(holds: Callable[[], bool], words: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, words
        time.sleep(0.02)


def test_a_change_is_told_marked_and_read(house: House) -> None:
    channel = house.opens()
    house.waits("calendar")
    assert house.service.open_ones() == {channel.service}
    assert house.kept().rings_until == channel.expires_at
    when = house.changes()
    house.hears()
    assert not house.waits("calendar"), "more may come"
    house.clock.move(DEBOUNCE)
    assert house.waits("calendar")
    house.read()
    assert house.rows() == {when}
    assert house.kept().dirty_at is None
    assert house.channels()[0].doubted_at is None


def test_many_changes_are_one_reading(house: House) -> None:
    house.opens()
    house.waits("calendar")
    before = len(house.service.statuses())
    whens = {house.changes() for _ in range(5)}
    eventually(lambda: len(house.service.statuses()) >= before + len(whens), "not every change was told")
    assert {status // 100 for status in house.service.statuses()} == {2}
    house.clock.move(DEBOUNCE)
    assert house.waits("calendar")
    house.read()
    assert house.rows() == whens
    assert not house.waits("calendar"), "one reading was enough"


def test_it_rings_on_when_it_is_renewed(house: House) -> None:
    first = house.opens()
    with house.database.transaction() as tx:
        channels.renew_now(tx, first, house.clock.now())
    house.tend()
    (channel,) = house.channels()
    assert house.service.open_ones() == {channel.service}
    assert (channel.service == first.service) is (house.service.name == "microsoft")
    assert channel.renew_at > house.clock.now()
    house.read()
    when = house.changes()
    house.hears()
    house.read()
    assert house.rows() == {when}


def test_one_that_fell_silent_is_noticed_and_another_rings(house: House) -> None:
    first = house.opens()
    house.service.falls_silent(is_silent=True)
    unsaid = house.changes()
    house.read()
    assert house.rows() == {unsaid}, "the sweep found it"
    house.clock.move(GRACE)
    house.tend()
    (channel,) = house.channels()
    assert channel.service != first.service
    assert house.service.open_ones() == {channel.service}
    house.service.falls_silent(is_silent=False)
    house.read()
    said = house.changes()
    house.hears()
    house.read()
    assert house.rows() == {unsaid, said}


def test_nothing_rings_for_a_calendar_that_no_longer_counts(house: House) -> None:
    house.opens()
    with house.database.transaction() as tx:
        calendars.choose(tx, TENANT, house.calendar.person, counts=(), receives=None)
    assert house.tend() is None
    assert (house.service.open_ones(), house.channels()) == (set(), [])


def test_a_disconnected_account_leaves_no_channel_at_its_service(house: House) -> None:
    house.opens()
    with house.database.transaction() as tx:
        leave(tx, house.sync.vault, TENANT, house.calendar.connection, house.clock.now())
        (row,) = due.take(tx, house.clock.now(), kinds=[farewells.KIND], limit=9, lease=timedelta(minutes=1))
    house.leaving.undo(TENANT, row.subject)
    assert house.service.open_ones() == set()


def test_whoever_only_knows_the_address_is_answered_alike_and_moves_nothing(house: House) -> None:
    house.opens()
    before = house.kept()
    with house.database.transaction() as tx:
        (known,) = channels.of_calendar(tx, TENANT, house.calendar.id)
        channels.drop(tx, known)
        channels.keep(tx, replace(known, id=new_id(), secret=channels.hashed("another secret")))
    told = len(house.service.statuses())
    house.changes()
    eventually(lambda: len(house.service.statuses()) > told, "the service did not ring")
    assert {status // 100 for status in house.service.statuses()} == {2}
    assert house.kept() == before


@pytest.mark.parametrize("event", ["subscriptionRemoved", "missed", "reauthorizationRequired"])
def test_the_life_of_a_subscription_is_heard(at_microsoft: House, event: str) -> None:
    house, service = at_microsoft, at_microsoft.service
    assert isinstance(service, AtMicrosoft)
    first = house.opens()
    house.waits("channel")
    service.stand.push.is_silent = True
    unsaid = house.changes()
    service.stand.push.lifecycle(event)
    if event == "reauthorizationRequired":
        eventually(lambda: house.channels()[0].renew_at == house.clock.now(), "the subscription was not to be renewed")
        assert house.kept().dirty_at is None
    else:
        house.hears()
    assert house.waits("channel") is (event != "missed")
    house.tend()
    (channel,) = house.channels()
    assert (channel.service == first.service) is (event != "subscriptionRemoved")
    assert service.open_ones() == {channel.service}
    house.read()
    assert house.rows() == {unsaid}
