"""Rooms as they are kept: by workspace, and by whose account reads each."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.calendars import Access
from bot.core.errors import InvalidInput, NotFound
from bot.core.ids import ConnectionId, PersonId, TenantId
from bot.core.rooms import Room, Source
from bot.storage import calendars, rooms
from bot.storage.database import METADATA, Database
from tests.builders import NOW, TENANT, calendar, connection

ELBE = Room(
    tenant=TENANT,
    person=PersonId("elbe"),
    source=Source.CALDAV,
    name="Elbe",
    capacity=8,
    features=("screen", "plants"),
    keeper=ConnectionId("ana-account"),
    second=ConnectionId("bo-account"),
    imported_at=NOW,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/rooms.sqlite3")
    METADATA.create_all(database.engine)
    with database.transaction() as tx:
        for owner in ("ana", "bo"):
            calendars.add_connection(tx, connection(owner), b"sealed")
        calendars.add(tx, replace(calendar("ana-elbe"), person=ELBE.person, receives=True))
        rooms.keep(tx, ELBE)
    yield database
    database.close()


def test_what_was_kept_comes_back_and_is_kept_once(database: Database) -> None:
    with database.transaction() as tx:
        assert rooms.room(tx, TENANT, ELBE.person) == ELBE
        rooms.keep(tx, replace(ELBE, name="Oder", capacity=None))
        (oder,) = rooms.every(tx, TENANT)
    assert (oder.name, oder.seats) == ("Oder", "")


def test_another_workspace_has_none_of_it(database: Database) -> None:
    other = TenantId("memory:other")
    with database.reading() as tx:
        assert rooms.every(tx, other) == []
        assert rooms.accounts(tx, other) == []
        with pytest.raises(NotFound):
            rooms.room(tx, other, ELBE.person)


def test_rooms_stand_by_building_and_things_after_them(database: Database) -> None:
    told = (("spree", "B", False), ("oder", "A", False), ("beamer", "A", True))
    with database.transaction() as tx:
        for name, building, is_thing in told:
            one = replace(ELBE, person=PersonId(name), name=name, building=building, is_equipment=is_thing)
            rooms.keep(tx, one)
        assert [one.name for one in rooms.every(tx, TENANT)] == ["Elbe", "oder", "spree", "beamer"]


def test_another_account_reads_it_with_what_that_one_may(database: Database) -> None:
    with database.transaction() as tx:
        held = calendars.calendar(tx, TENANT, calendar("ana-elbe").id)
        calendars.add(tx, replace(calendar("bo-elbe"), remote=held.remote, is_writable=False))
        bo = replace(calendars.connection(tx, TENANT, ConnectionId("bo-account")), access=Access.FREEBUSY)
        rooms.entrust(tx, held, bo, NOW)
        after = calendars.calendar(tx, TENANT, held.id)
        assert rooms.holders(tx, TENANT, held.remote) == {bo.id}
    assert (after.connection, after.is_writable, after.receives, after.is_granted) == (bo.id, False, False, False)


def test_only_its_keepers_trouble_hands_it_over(database: Database) -> None:
    with database.transaction() as tx:
        held = calendars.calendar(tx, TENANT, calendar("ana-elbe").id)
        assert not rooms.fails(tx, replace(held, connection=ConnectionId("bo-account")), NOW)
        assert rooms.fails(tx, held, NOW)
        assert rooms.room(tx, TENANT, ELBE.person).keeper == "bo-account"


@pytest.mark.parametrize("wrong", [{"name": " "}, {"capacity": 0}])
def test_a_room_without_a_name_or_with_no_seat_is_none(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        replace(ELBE, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("capacity", "seats"), [(1, "1 seat"), (8, "8 seats"), (None, "")])
def test_seats_are_said(capacity: int | None, seats: str) -> None:
    assert replace(ELBE, capacity=capacity).seats == seats
