"""A room is read like anybody's calendar, and by its second keeper once the first no longer can."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.availability import known
from bot.core.calendars import Access, Calendar, Connection, Problem
from bot.core.clock import SetClock
from bot.core.errors import OverlapError, Refused, SignInNeeded, TryLater
from bot.core.ids import ConnectionId, PersonId
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.core.proposals import Vouching
from bot.core.rooms import Room
from bot.people import grants
from bot.people.pending import identity
from bot.people.rooms import Details, Unfit
from bot.storage import calendars, messages, mirror, people, rooms
from bot.sync.engine import Sync
from tests.builders import NOW, TENANT, span
from tests.people.desk import Desk, a_desk

ADDRESS = "elbe@example.com"


class House:
    """Elbe, which Ana's account keeps, and Bo's would keep next."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.service.abilities = replace(desk.service.abilities, sees_colleagues=True)
        self.own = desk.service.calendar("elbe", "Own")
        desk.service.shows[ADDRESS] = "elbe"
        with desk.database.transaction() as tx:
            self.bo = people.keep(tx, Profile(identity=ChatIdentity(TENANT, "UBO"), name="Bo", zone="UTC"), NOW)
        for user, owner in (("ana", desk.ana), ("bo", self.bo)):
            self._connects(user, owner)
        details = Details(name="Elbe", zone="UTC")
        made = desk.rooms.add_address(desk.ana, ConnectionId("ana"), ADDRESS, details, ConnectionId("bo"))
        assert not isinstance(made, Unfit)
        self.elbe: PersonId = made
        clock: SetClock = desk.clock
        self.sync = Sync(desk.database, clock, desk.connecting.vault, desk.grants.open_calendar)

    def _connects(self, user: str, owner: Person) -> None:
        opens = replace(self.desk.service.account(user), provider="google")
        made = Connection(
            id=ConnectionId(user),
            tenant=TENANT,
            person=owner.id,
            provider="google",
            label=user,
            connected_at=NOW,
            access=Access.FULL,
            sees_colleagues=True,
        )
        with self.desk.database.transaction() as tx:
            kept = grants.sealed(tx, self.desk.connecting.vault, TENANT, made.id, opens)
            calendars.add_connection(tx, made, kept, identity(opens))

    @property
    def calendar(self) -> Calendar:
        with self.desk.database.reading() as tx:
            (its,) = calendars.of_person(tx, TENANT, self.elbe)
        return its

    @property
    def room(self) -> Room:
        with self.desk.database.reading() as tx:
            return rooms.room(tx, TENANT, self.elbe)

    def read(self) -> None:
        self.sync.read(TENANT, self.calendar.id)

    def breaks(self, user: str, error: OverlapError | None) -> None:
        self.desk.service.trouble(user, error)

    def rings(self, person: Person, kind: str = rooms.KIND, subject: str = "") -> int:
        with self.desk.database.reading() as tx:
            row = messages.shown(tx, TENANT, messages.id_of(kind, subject or self.elbe, person.id))
        return 0 if row is None else row.rings_wanted


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_desk(tmp_path) as desk:
        yield House(desk)


def test_when_it_is_taken_is_known_by_its_address(house: House) -> None:
    house.desk.service.place(house.own, uid="one", when=span("09:00-10:00"))
    house.read()
    with house.desk.database.reading() as tx:
        rows = mirror.everything(tx, TENANT, house.calendar.id)
    assert [one.when for one in rows] == [span("09:00-10:00")]
    assert known.vouching(house.calendar, house.desk.clock.now()) is Vouching.KNOWN


def test_the_second_takes_over_when_the_first_must_sign_in_again(house: House) -> None:
    house.read()
    house.breaks("ana", SignInNeeded("401"))
    house.read()
    assert (house.room.keeper, house.room.second) == ("bo", None)
    assert house.calendar.problem is None
    house.read()
    assert known.vouching(house.calendar, house.desk.clock.now()) is Vouching.KNOWN
    assert house.rings(house.desk.ana) == house.rings(house.bo) == 1


def test_what_passes_hands_nothing_over(house: House) -> None:
    house.breaks("ana", TryLater("503"))
    house.read()
    assert house.room.keeper == "ana"
    assert house.rings(house.desk.ana) == 0


def test_with_nobody_left_it_is_unknown_and_that_is_told_once(house: House) -> None:
    for user in ("ana", "bo"):
        house.breaks(user, SignInNeeded("401"))
    for _ in range(4):
        house.read()
    assert house.room.lost_at is not None
    assert house.calendar.problem is Problem.SIGN_IN_NEEDED
    assert known.vouching(house.calendar, house.desk.clock.now()) is Vouching.BROKEN
    assert house.rings(house.bo) == 2  # it is yours now; and nobody can see it
    house.breaks("bo", None)
    house.read()
    assert house.room.lost_at is None


def test_a_room_that_an_account_may_no_longer_see_is_no_trouble_of_the_account(house: House) -> None:
    house.desk.service.shows[ADDRESS] = Refused("403")
    for _ in range(3):
        house.read()
    assert house.room.lost_at is not None
    with house.desk.database.reading() as tx:
        assert calendars.connection(tx, TENANT, ConnectionId("ana")).problem is None
        assert calendars.connection(tx, TENANT, ConnectionId("bo")).problem is None


def test_who_left_the_workspace_keeps_it_no_longer(house: House) -> None:
    with house.desk.database.transaction() as tx:
        people.leave(tx, TENANT, house.desk.ana.id, NOW)
        assert people.person(tx, TENANT, house.desk.ana.id).standing is Standing.DEACTIVATED
    house.read()
    assert house.room.keeper == "bo"
    house.read()
    assert known.vouching(house.calendar, house.desk.clock.now()) is Vouching.KNOWN
