"""Other people's free/busy at Microsoft: of colleagues who never connected, and of rooms."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.core.errors import ConsentNeeded, NotFound, OverlapError, Refused, Untold
from bot.core.events import BusyCause, Kind
from bot.core.intervals import Interval
from bot.playground.stands.microsoft.directory import MicrosoftRoom
from bot.providers.base import Room, shared
from tests.contracts.microsoft_stage import TENANT
from tests.providers.microsoft import (
    ALEX,
    ANA,
    HOME,
    HOUR,
    NINE,
    ROOM,
    TEN,
    WINDOW,
    ZONE,
    World,
    drafted,
    guest,
    span,
    world,
)


@pytest.fixture
def one() -> Iterator[World]:
    with world() as made:
        yield made


def seen(one: World, address: str = ALEX, window: Interval = WINDOW) -> list[tuple[Interval, Kind]]:
    reading = one.opened.read(shared(address), window, ZONE)
    assert (reading.window, reading.cursor) == (window, None)
    return sorted((found.when, found.kind) for found in reading.instances)


def place(one: World, when: Interval, **fields: str) -> None:
    one.stand.place(one.stand.calendar(ALEX), when.start, when.end, "Do not look", **fields)


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        ("busy", Kind.HARD),
        ("oof", Kind.AWAY),
        ("tentative", Kind.SOFT),
        ("free", None),
        ("unheardOf", Kind.HARD),
    ],
)
@pytest.mark.parametrize("only_the_view", [False, True])
def test_what_a_colleague_shows(one: World, shown: str, kind: Kind | None, only_the_view: bool) -> None:
    if only_the_view:
        one.stand.schedules.without_items.add(ALEX)
    place(one, NINE, show_as=shown)
    found = seen(one)
    assert {each for _, each in found} == (set() if kind is None else {kind})
    assert sum((when.length for when, _ in found), timedelta(0)) == (timedelta(0) if kind is None else HOUR)


@pytest.mark.parametrize("only_the_view", [False, True])
def test_that_a_colleague_works_elsewhere_is_known(one: World, only_the_view: bool) -> None:
    if only_the_view:
        one.stand.schedules.without_items.add(ALEX)
    place(one, NINE, show_as="workingElsewhere")
    reading = one.opened.read(shared(ALEX), WINDOW, ZONE)
    assert {(found.cause, found.blocks) for found in reading.instances} == {(BusyCause.ELSEWHERE, False)}


def test_items_are_finer_than_the_view(one: World) -> None:
    odd = Interval(NINE.start + timedelta(minutes=7), NINE.start + timedelta(minutes=29))
    place(one, odd)
    assert seen(one) == [(odd, Kind.HARD)]


def test_a_year_is_asked_for_in_pieces_that_microsoft_takes(one: World) -> None:
    year = Interval(WINDOW.start, WINDOW.start + timedelta(days=366))
    hours = [span(1, 8), Interval(NINE.start + timedelta(days=300), NINE.end + timedelta(days=300))]
    for when in hours:
        place(one, when)
    assert [when for when, _ in seen(one, window=year)] == hours
    asked = [call for call in one.stand.graph.calls if call.path.endswith("getSchedule")]
    assert len(asked) == 6


def test_an_event_over_the_seam_of_two_pieces_is_one(one: World) -> None:
    year = Interval(WINDOW.start, WINDOW.start + timedelta(days=124))
    seam = WINDOW.start + timedelta(days=62)
    place(one, Interval(seam - HOUR, seam + HOUR))
    assert [when for when, _ in seen(one, window=year)] == [Interval(seam - HOUR, seam + HOUR)]


def test_too_many_entries_at_once_are_asked_for_in_halves(one: World) -> None:
    one.stand.schedules.most_entries = 3
    hours = [span(day, 8) for day in range(1, 12)]
    for when in hours:
        place(one, when)
    assert [when for when, _ in seen(one)] == hours


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ErrorMailRecipientNotFound", NotFound),
        ("ErrorNoFreeBusyAccess", Refused),
        ("ErrorProxyRequestProcessingFailed", Untold),
        ("ErrorUnheardOf", Untold),
        ("5006", Untold),
    ],
)
def test_an_error_of_one_schedule_is_never_free_time(one: World, code: str, expected: type[OverlapError]) -> None:
    one.stand.schedules.errors[ALEX] = code
    with pytest.raises(expected):
        seen(one)


def test_who_may_not_see_a_colleague_is_told_so(one: World) -> None:
    one.stand.directory.user(ANA).may_see = frozenset()
    with pytest.raises(Refused):
        seen(one)


def test_a_personal_account_sees_nobody() -> None:
    with world(HOME) as one:
        assert not one.opened.abilities.sees_colleagues
        assert one.opened.directory is None
        with pytest.raises(Refused):
            seen(one)


def test_a_room_shows_what_it_is_booked_for(one: World) -> None:
    assert seen(one, ROOM) == []
    one.opened.put(one.remote, drafted(invitees=(guest(ROOM, is_room=True),)))
    one.opened.get(one.remote, drafted().uid)
    assert seen(one, ROOM) == [(NINE, Kind.HARD)]
    one.opened.put(one.remote, drafted(invitees=(guest(ROOM, is_room=True),), when=TEN, sequence=1))
    one.opened.get(one.remote, drafted().uid)
    assert seen(one, ROOM) == [(TEN, Kind.HARD)]


def test_no_title_of_a_colleague_is_read(one: World) -> None:
    place(one, NINE)
    assert "Do not look" not in repr(one.opened.read(shared(ALEX), WINDOW, ZONE))
    assert one.opened.title(shared(ALEX), "any", NINE.start) is None


def test_rooms_are_listed_once_an_administrator_allowed_it(one: World) -> None:
    directory = one.opened.directory
    assert directory is not None
    with pytest.raises(ConsentNeeded):
        directory.rooms()
    one.stand.allow(ANA, "Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All")
    one.stand.tokens.end_accesses(one.stand.directory.user(ANA).oid)
    (room,) = directory.rooms()
    assert room == Room(address=ROOM, name="Elbe", capacity=8, building="Main", floor="1", features=("whiteboard",))


def test_every_page_of_rooms_is_read(one: World) -> None:
    rooms = [MicrosoftRoom(name=f"R{n}", email=f"r{n}@acme.example", tenant=TENANT) for n in range(250)]
    one.stand.directory.add([], rooms)
    one.stand.allow(ANA, "Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All")
    directory = one.opened.directory
    assert directory is not None
    assert len(directory.rooms()) == 251
