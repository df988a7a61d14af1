"""Rooms: added by whoever administers, read through one account and then another, and never somebody's own time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Access, Connection, Problem
from bot.core.errors import NotAllowed
from bot.core.ids import CalendarId, ConnectionId, PersonId
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.core.requests import Named, Source
from bot.handlers.memory.surface import MemorySurface
from bot.people import grants
from bot.people.connect import Opened
from bot.people.pending import identity
from bot.people.rooms import Details, Unfit
from bot.people.who import Ambiguous, Unknown, Who
from bot.providers.base import Room, shared
from bot.storage import calendars, messages, people, rooms
from tests.builders import NOW, TENANT
from tests.people.desk import Desk, a_desk, token_of

ELBE = Room(address="elbe@example.com", name="Elbe", capacity=8, building="Harbour", floor="2", features=("screen",))
SPREE = Room(address="spree@example.com", name="Spree", building="Harbour")
DETAILS = Details(name="Elbe", capacity=8, building="Harbour", zone="Europe/Berlin")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        desk.service.abilities = replace(desk.service.abilities, sees_colleagues=True)
        desk.service.rooms = (ELBE, SPREE)
        for one in (ELBE, SPREE):
            desk.service.calendar(one.name, "Own")
            desk.service.shows[one.address] = one.name
        yield desk


def member(desk: Desk, user: str, *, is_admin: bool = False) -> Person:
    with desk.database.transaction() as tx:
        told = Profile(identity=ChatIdentity(TENANT, user), name=user[1:].title(), zone="UTC", is_admin=is_admin)
        return people.keep(tx, told, NOW)


def account(desk: Desk, owner: Person, user: str, provider: str = "google") -> ConnectionId:
    """They have connected that account."""
    opens = replace(desk.service.account(user), provider=provider)
    made = Connection(
        id=ConnectionId(f"{user}-{provider}"),
        tenant=TENANT,
        person=owner.id,
        provider=provider,
        label=f"{user} · {provider.title()}",
        connected_at=NOW,
        access=Access.FULL,
        sees_colleagues=True,
    )
    with desk.database.transaction() as tx:
        kept = grants.sealed(tx, desk.connecting.vault, TENANT, made.id, opens)
        calendars.add_connection(tx, made, kept, identity(opens))
    return made.id


@pytest.fixture
def bo(desk: Desk) -> Person:
    return member(desk, "UBO")


@pytest.fixture
def keeper(desk: Desk) -> ConnectionId:
    return account(desk, desk.ana, "ana")


@pytest.fixture
def second(desk: Desk, bo: Person) -> ConnectionId:
    return account(desk, bo, "bo")


@pytest.fixture
def elbe(desk: Desk, keeper: ConnectionId, second: ConnectionId) -> PersonId:
    made = desk.rooms.add_address(desk.ana, keeper, ELBE.address, DETAILS, second)
    assert not isinstance(made, Unfit)
    return made


def the(desk: Desk, person: PersonId) -> Person:
    with desk.database.reading() as tx:
        return people.person(tx, TENANT, person)


def rings(desk: Desk, room: PersonId, person: Person) -> int:
    with desk.database.reading() as tx:
        row = messages.shown(tx, TENANT, messages.id_of(rooms.KIND, room, person.id))
    return 0 if row is None else row.rings_wanted


def kept(desk: Desk, room: PersonId) -> tuple[ConnectionId | None, ConnectionId | None, bool]:
    """Keeper, second keeper, and whether nobody can read it."""
    with desk.database.reading() as tx:
        its = rooms.room(tx, TENANT, room)
    return its.keeper, its.second, its.lost_at is not None


def test_who_administers_is_the_platforms_word_or_the_operators(desk: Desk, bo: Person) -> None:
    assert desk.rooms.is_admin(desk.ana)  # named by the operator
    assert desk.rooms.is_admin(member(desk, "UCY", is_admin=True))
    assert not desk.rooms.is_admin(bo)
    with pytest.raises(NotAllowed):
        desk.rooms.link(bo)


def test_a_guest_administers_nothing_whatever_the_platform_calls_them(desk: Desk) -> None:
    guest = replace(member(desk, "UCY", is_admin=True), standing=Standing.GUEST)
    assert not desk.rooms.is_admin(guest)


def test_what_a_payload_tells_makes_nobody_lose_their_office(desk: Desk) -> None:
    cy = member(desk, "UCY", is_admin=True)
    with desk.database.transaction() as tx:
        people.believe(tx, Profile(identity=cy.identity, name="Cyrus", zone="UTC"))
    assert desk.rooms.is_admin(the(desk, cy.id))


def test_a_link_to_ones_own_calendars_opens_no_rooms(desk: Desk) -> None:
    assert desk.rooms.admin(desk.opened().session) is None
    opened = desk.connecting.open_session(token_of(desk.rooms.link(desk.ana)))
    assert isinstance(opened, Opened)
    assert desk.rooms.admin(opened.session) == desk.ana


def test_rooms_come_from_the_directory_once(desk: Desk, keeper: ConnectionId) -> None:
    found = desk.rooms.listed(desk.ana, keeper)
    assert found == (ELBE, SPREE)
    assert desk.rooms.bring_in(desk.ana, keeper, None, [ELBE]) == 1
    assert desk.rooms.bring_in(desk.ana, keeper, None, [ELBE, SPREE]) == 1
    elbe, spree = desk.rooms.every(TENANT)
    assert (elbe.room.capacity, elbe.room.building, elbe.room.floor, elbe.room.features) == (
        8,
        "Harbour",
        "2",
        ("screen",),
    )
    assert (elbe.handle, spree.handle) == ("elbe", "spree")
    assert elbe.calendar is not None
    assert elbe.calendar.remote == shared(ELBE.address)
    assert (elbe.person.standing, elbe.person.zone) == (Standing.ROOM, "Europe/Berlin")
    assert desk.due("calendar").keys() == {elbe.calendar.id, spree.calendar.id if spree.calendar else ""}


def test_a_room_is_read_through_ones_own_account_only(desk: Desk, second: ConnectionId) -> None:
    assert desk.rooms.listed(desk.ana, second) is Unfit.NO_ACCOUNT
    assert desk.rooms.add_address(desk.ana, second, ELBE.address, DETAILS, None) is Unfit.NO_ACCOUNT


def test_an_address_is_believed_only_if_its_keeper_sees_it(desk: Desk, keeper: ConnectionId) -> None:
    assert desk.rooms.add_address(desk.ana, keeper, "nobody@example.com", DETAILS, None) is Unfit.NOT_SEEN
    assert desk.rooms.every(TENANT) == ()


def test_a_second_keeper_must_be_another_that_sees_it(desk: Desk, keeper: ConnectionId, bo: Person) -> None:
    add = desk.rooms.add_address
    assert add(desk.ana, keeper, ELBE.address, DETAILS, keeper) is Unfit.SAME
    elsewhere = account(desk, bo, "bo", "microsoft")
    assert add(desk.ana, keeper, ELBE.address, DETAILS, elsewhere) is Unfit.SECOND_NOT_SEEN


def test_it_is_open_all_day_until_somebody_says_otherwise(desk: Desk, elbe: PersonId, keeper: ConnectionId) -> None:
    assert all(the(desk, elbe).hours.on(day)[0].end == time(0) for day in range(7))
    hours = replace(DETAILS, open_from=time(8), open_to=time(18))
    assert desk.rooms.change(desk.ana, elbe, hours, keeper, None) is None
    assert the(desk, elbe).hours.on(6)[0].start == time(8)


def test_a_calendar_that_is_a_rooms_is_nobodys_time(desk: Desk) -> None:
    desk.connect()
    work = desk.calendars()["Work"]
    made = desk.rooms.add_calendar(desk.ana, work.id, DETAILS, None)
    assert not isinstance(made, Unfit)
    own = desk.calendars()
    assert "Work" not in own
    assert own["Private"].receives  # bookings of its keeper go elsewhere
    with desk.database.reading() as tx:
        (its,) = calendars.of_person(tx, TENANT, made)
    assert (its.id, its.counts, its.receives) == (work.id, True, True)
    desk.connect()  # signing in again changes nothing of that
    assert "Work" not in desk.calendars()
    assert desk.rooms.add_calendar(desk.ana, work.id, DETAILS, None) is Unfit.TAKEN


def test_removed_its_calendar_goes_back_and_does_not_count(desk: Desk) -> None:
    desk.connect()
    made = desk.rooms.add_calendar(desk.ana, desk.calendars()["Work"].id, DETAILS, None)
    assert not isinstance(made, Unfit)
    desk.rooms.remove(desk.ana, made)
    desk.rooms.remove(desk.ana, made)
    work = desk.calendars()["Work"]
    assert (work.counts, work.receives) == (False, False)
    assert the(desk, made).standing is Standing.DEACTIVATED


def test_added_again_it_is_the_same_room(desk: Desk, elbe: PersonId, keeper: ConnectionId) -> None:
    desk.rooms.remove(desk.ana, elbe)
    assert desk.rooms.add_address(desk.ana, keeper, ELBE.address, DETAILS, None) == elbe
    assert the(desk, elbe).standing is Standing.ROOM


def test_a_disconnected_keeper_leaves_it_to_the_second_and_both_hear_of_it(
    desk: Desk, elbe: PersonId, keeper: ConnectionId, second: ConnectionId, bo: Person
) -> None:
    desk.connecting.disconnect(desk.ana, keeper)
    assert kept(desk, elbe) == (second, None, False)
    assert rings(desk, elbe, desk.ana) == rings(desk, elbe, bo) == 1
    with desk.database.reading() as tx:
        (its,) = calendars.of_person(tx, TENANT, elbe)
    assert its.connection == second
    desk.connecting.disconnect(bo, second)
    assert kept(desk, elbe) == (None, None, True)
    with desk.database.reading() as tx:
        assert calendars.of_person(tx, TENANT, elbe) == []


def test_nobody_left_is_mended_by_naming_another(
    desk: Desk, elbe: PersonId, keeper: ConnectionId, second: ConnectionId, bo: Person
) -> None:
    desk.connecting.disconnect(bo, second)
    desk.connecting.disconnect(desk.ana, keeper)
    again = account(desk, desk.ana, "ana")
    assert desk.rooms.change(desk.ana, elbe, DETAILS, again, None) is None
    assert kept(desk, elbe) == (again, None, False)
    with desk.database.reading() as tx:
        (its,) = calendars.of_person(tx, TENANT, elbe)
    assert (its.connection, its.remote) == (again, shared(ELBE.address))


def test_a_second_that_is_broken_itself_does_not_take_over(
    desk: Desk, elbe: PersonId, keeper: ConnectionId, second: ConnectionId
) -> None:
    with desk.database.transaction() as tx:
        calendars.blame(tx, TENANT, second, Problem.SIGN_IN_NEEDED, since=NOW)
    desk.connecting.disconnect(desk.ana, keeper)
    assert kept(desk, elbe) == (None, None, True)


@pytest.mark.parametrize("typed", ["elbe", "Elbe", "room-elbe", "ROOM-Elbe"])
def test_it_is_named_by_its_handle(desk: Desk, elbe: PersonId, typed: str) -> None:
    who = Who(desk.database, desk.clock, {"memory": MemorySurface(desk.clock)})
    found = who.people(desk.ana, [Named(Source.HANDLE, typed, f"@{typed}")])
    assert [one.id for one in found.people] == [elbe]
    desk.clock.move(timedelta(days=2))  # no platform is asked who a room is
    assert who.people(desk.ana, [Named(Source.HANDLE, typed, f"@{typed}")]) == found


def test_a_person_of_the_same_name_is_told_from_it(desk: Desk, elbe: PersonId) -> None:
    with desk.database.transaction() as tx:
        people.keep(tx, Profile(identity=ChatIdentity(TENANT, "UELBE"), name="Elbe", zone="UTC"), NOW)
    who = Who(desk.database, desk.clock, {"memory": MemorySurface(desk.clock)})
    (problem,) = who.people(desk.ana, [Named(Source.HANDLE, "elbe", "@elbe")]).problems
    assert isinstance(problem, Ambiguous)
    assert [one.id for one in who.people(desk.ana, [Named(Source.HANDLE, "room-elbe", "@room-elbe")]).people] == [elbe]
    assert who.people(desk.ana, [Named(Source.HANDLE, "room-oder", "@room-oder")]).problems == (Unknown("@room-oder"),)


def test_two_rooms_of_one_name_have_handles_of_their_own(desk: Desk, keeper: ConnectionId, elbe: PersonId) -> None:
    desk.rooms.add_address(desk.ana, keeper, SPREE.address, DETAILS, None)
    assert sorted(one.handle for one in desk.rooms.every(TENANT)) == ["elbe", "elbe-2"]
    who = Who(desk.database, desk.clock, {"memory": MemorySurface(desk.clock)})
    names = [Named(Source.HANDLE, one, f"@{one}") for one in ("elbe", "Elbe-2", "room-elbe-2")]
    found = [who.people(desk.ana, [one]).people for one in names]
    assert found[0] == (the(desk, elbe),)
    assert found[1] == found[2] != found[0]


def test_a_removed_room_is_nobody(desk: Desk, elbe: PersonId) -> None:
    desk.rooms.remove(desk.ana, elbe)
    who = Who(desk.database, desk.clock, {"memory": MemorySurface(desk.clock)})
    assert who.people(desk.ana, [Named(Source.HANDLE, "elbe", "@elbe")]).problems == (Unknown("@elbe"),)


def test_a_calendar_of_two_accounts_goes_from_one_to_the_other(desk: Desk, bo: Person) -> None:
    desk.connect()
    work = desk.calendars()["Work"]
    other = account(desk, bo, "bo", "caldav")
    with desk.database.transaction() as tx:
        calendars.add(tx, replace(work, id=CalendarId("bos"), connection=other, person=bo.id, is_writable=False))
    made = desk.rooms.add_calendar(desk.ana, work.id, DETAILS, other)
    assert not isinstance(made, Unfit)
    with desk.database.reading() as tx:
        (own,) = calendars.of_person(tx, TENANT, bo.id)
    assert (own.counts, own.receives) == (False, False)  # it is no time of the second keeper's either
    desk.connecting.disconnect(desk.ana, work.connection)
    with desk.database.reading() as tx:
        (its,) = calendars.of_person(tx, TENANT, made)
    assert (its.id, its.connection, its.is_writable) == (work.id, other, False)
    assert kept(desk, made) == (other, None, False)


def test_a_second_that_does_not_hold_that_calendar_is_refused(desk: Desk, bo: Person) -> None:
    desk.connect()
    other = account(desk, bo, "bo", "caldav")
    assert desk.rooms.add_calendar(desk.ana, desk.calendars()["Work"].id, DETAILS, other) is Unfit.SECOND_NOT_SEEN
