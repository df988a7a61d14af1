"""Reading a Microsoft calendar: what each event there means for its owner's time, and every page of it."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.core.calendars import Access
from bot.core.errors import ConsentNeeded, NotACalendar, NotFound
from bot.core.events import BusyCause, Kind
from bot.core.intervals import Interval
from bot.playground.stands.microsoft.events import GLOBAL, instance_uid, series
from bot.providers.base import Remote
from bot.providers.microsoft.api import Graph
from bot.providers.microsoft.reading import series_uid
from bot.providers.microsoft.shapes import At, Event, instant
from tests.providers.microsoft import ANA, DRAFT, HOUR, NINE, TEN, WINDOW, World, door, span, world


@pytest.fixture(scope="module")
def shared_world() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def one(shared_world: World) -> World:
    """The same account, with an empty calendar of its own."""
    shared_world.stand.office.page_limit = 1000
    shared_world.stand.office.blank_pages = False
    number = len(shared_world.stand.mailboxes.shelves)
    remote = Remote(shared_world.stand.calendar(ANA, f"Calendar {number}"))
    return World(shared_world.stand, shared_world.account, shared_world.opened, remote)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"show_as": "busy"}, Kind.HARD),
        ({"show_as": "oof"}, Kind.AWAY),
        ({"show_as": "tentative"}, Kind.SOFT),
        ({"show_as": "unknown"}, Kind.HARD),
        ({"show_as": "unheardOf"}, Kind.HARD),
        ({"show_as": "free"}, None),
        ({"response": "organizer"}, Kind.HARD),
        ({"response": "accepted"}, Kind.HARD),
        ({"response": "tentativelyAccepted"}, Kind.SOFT),
        ({"response": "notResponded", "show_as": "tentative"}, Kind.SOFT),
        ({"response": "notResponded"}, Kind.SOFT),
        ({"response": "declined"}, None),
        ({"response": "declined", "show_as": "oof"}, None),
        ({"is_cancelled": True}, None),
        ({"sensitivity": "private"}, Kind.HARD),
        ({"sensitivity": "confidential"}, Kind.HARD),
        ({"type": "seriesMaster"}, None),
    ],
    ids=str,
)
def test_what_blocks(one: World, fields: dict[str, Any], kind: Kind | None) -> None:
    one.stand.place(one.remote, NINE.start, NINE.end, **fields)
    assert [found.kind for found in one.standing()] == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"show_as": "busy"}, BusyCause.PLAIN),
        ({"show_as": "oof"}, BusyCause.AWAY),
        ({"show_as": "tentative"}, BusyCause.TENTATIVE),
        ({"response": "tentativelyAccepted"}, BusyCause.TENTATIVE),
        ({"response": "notResponded", "show_as": "tentative"}, BusyCause.UNANSWERED),
        ({"show_as": "workingElsewhere"}, BusyCause.ELSEWHERE),
    ],
    ids=str,
)
def test_what_its_owner_may_choose_is_told_with_its_cause(one: World, fields: dict[str, Any], cause: BusyCause) -> None:
    one.stand.place(one.remote, NINE.start, NINE.end, **fields)
    assert [(found.cause, found.blocks) for found in one.standing()] == [(cause, cause is not BusyCause.ELSEWHERE)]


def test_a_way_of_showing_time_that_nobody_knows_is_logged(one: World, caplog: pytest.LogCaptureFixture) -> None:
    one.stand.place(one.remote, NINE.start, NINE.end, "Do not look", show_as="unheardOf")
    with caplog.at_level(logging.WARNING, "bot.providers.microsoft"):
        assert [found.when for found in one.standing()] == [NINE]
    assert "that I don't know" in caplog.text
    assert "Do not look" not in caplog.text


def test_an_event_of_no_length_takes_no_time(one: World) -> None:
    one.stand.place(one.remote, NINE.start, NINE.start)
    assert one.standing() == []


@pytest.mark.parametrize(
    ("zone", "start", "hours"),
    [
        ("Europe/Berlin", "11-30 23:00", 24),
        ("America/New_York", "12-01 05:00", 24),
        ("Pacific/Auckland", "11-30 11:00", 24),
        ("Australia/Lord_Howe", "11-30 13:00", 24),
        ("UTC", "12-01 00:00", 24),
    ],
)
def test_a_whole_day_is_a_day_of_its_owners_zone(one: World, zone: str, start: str, hours: int) -> None:
    one.stand.place_days(one.remote, date(2026, 12, 1), date(2026, 12, 2))
    (found,) = one.standing(zone=zone)
    assert (f"{found.when.start:%m-%d %H:%M}", found.when.length, found.all_day) == (start, hours * HOUR, True)


@pytest.mark.parametrize(
    ("zone", "days", "hours"),
    [
        ("Europe/Berlin", (date(2027, 3, 28), date(2027, 10, 31)), (23, 25)),
        ("America/New_York", (date(2027, 3, 14), date(2027, 11, 7)), (23, 25)),
        ("Australia/Lord_Howe", (date(2027, 4, 4), date(2027, 10, 3)), (24.5, 23.5)),
    ],
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(
    one: World, zone: str, days: tuple[date, date], hours: tuple[float, float]
) -> None:
    window = Interval(datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 11, 30, tzinfo=UTC))
    for day in days:
        one.stand.place_days(one.remote, day, day + timedelta(days=1))
    assert [found.when.length / HOUR for found in one.standing(window, zone=zone)] == list(hours)


def test_a_whole_day_reaches_over_the_edge_of_the_window(one: World) -> None:
    one.stand.place_days(one.remote, date(2026, 11, 22), date(2026, 11, 23))
    assert [found.when.end.hour for found in one.standing(zone="America/Los_Angeles")] == [8]
    assert one.standing(zone="Europe/Berlin") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("are_blank", [False, True])
def test_every_page_is_read_short_or_empty(one: World, limit: int, are_blank: bool) -> None:
    hours = [span(day, 8) for day in range(1, 8)]
    for when in hours:
        one.stand.place(one.remote, when.start, when.end)
    one.opened.put(one.remote, DRAFT)
    one.stand.office.page_limit, one.stand.office.blank_pages = limit, are_blank
    assert {found.when for found in one.standing()} == {*hours, NINE}


def test_the_link_to_the_next_page_is_followed_nowhere_else(one: World) -> None:
    class Elsewhere:
        def token(self, *_: Any, **__: Any) -> str:
            raise AssertionError("no token goes there")

    graph = Graph(one.stand.url, door(one.stand), Elsewhere())
    for url in ("https://graph.microsoft.example/v1.0/me", one.stand.url.replace("https", "http"), "https://[", ""):
        with pytest.raises(NotACalendar):
            list(graph.onward(url, Event))
    graph.close()


def test_the_instances_of_a_series_share_a_uid_and_keep_their_own_start(one: World) -> None:
    uid = GLOBAL + "00000000" + "AB" * 28
    moved = (NINE.start + timedelta(days=7), TEN.start + timedelta(days=7), TEN.end + timedelta(days=7))
    instances = [(NINE.start, NINE.start, NINE.end), moved]
    for event in series(one.remote, uid, instances):
        one.stand.mailboxes.put(event, "created")
    found = one.standing()
    assert [(each.uid, each.starts, each.when.start) for each in found] == [
        (uid, NINE.start, NINE.start),
        (uid, moved[0], moved[1]),
    ]


def test_an_instance_moved_out_of_the_window_is_gone_and_one_moved_in_is_there(one: World) -> None:
    before = WINDOW.start - timedelta(days=10)
    instances = [
        (before, NINE.start, NINE.end),
        (TEN.start, WINDOW.end + HOUR, WINDOW.end + 2 * HOUR),
    ]
    for event in series(one.remote, "s@example.org", instances):
        one.stand.mailboxes.put(event, "created")
    assert [(each.uid, each.starts, each.when) for each in one.standing()] == [("s@example.org", before, NINE)]


def test_an_instance_knows_the_uid_that_its_series_came_with() -> None:
    day = date(2026, 12, 1)
    outlook = GLOBAL + "00000000" + "0123456789ABCDEF" * 3
    assert series_uid(instance_uid(outlook, day)) == outlook
    assert series_uid(instance_uid("abc@google.com", day)) == "abc@google.com"
    assert series_uid("abc@google.com") == "abc@google.com"
    assert series_uid(outlook) == outlook


def test_what_is_ours_is_found_by_its_tag_wherever_it_was_moved(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    ours = one.stand.find(one.remote, DRAFT.title)
    one.stand.move(ours, WINDOW.end + timedelta(days=300))
    (found,) = one.standing()
    assert (found.uid, found.ours) == (DRAFT.uid, DRAFT.meeting)


def test_only_times_are_asked_for(one: World) -> None:
    one.stand.place(one.remote, NINE.start, NINE.end, "Do not look")
    reading = one.read()
    assert "Do not look" not in repr(reading)


def test_a_title_is_read_for_the_instance_that_is_meant(one: World) -> None:
    uid = "weekly@example.org"
    later = NINE.start + timedelta(days=7)
    every = series(one.remote, uid, [(NINE.start, NINE.start, NINE.end), (later, later, later + HOUR)], subject="Jour")
    every[-1].subject = "Jour with cake"
    for event in every:
        one.stand.mailboxes.put(event, "created")
    assert one.opened.title(one.remote, uid, NINE.start) == "Jour"
    assert one.opened.title(one.remote, uid, later) == "Jour with cake"
    assert one.opened.title(one.remote, uid, later + HOUR) is None


def test_who_only_lets_themselves_be_seen_is_read_and_not_written_to() -> None:
    with world(access=Access.FREEBUSY) as one:
        one.stand.place(one.remote, NINE.start, NINE.end, ical_uid="x@example.org")
        assert [found.when for found in one.standing()] == [NINE]
        assert [each.name for each in one.opened.calendars()] == ["Calendar"]
        with pytest.raises(ConsentNeeded):
            one.opened.put(one.remote, DRAFT)
        assert one.opened.get(one.remote, "x@example.org") is not None
        assert one.opened.title(one.remote, "x@example.org", NINE.start) == "Something"
        assert (one.opened.channels, one.opened.abilities.quiet_cadence) == (None, None)


def test_calendars_carry_the_zone_of_the_mailbox(one: World) -> None:
    listed = {each.remote: each for each in one.opened.calendars()}
    assert listed[one.remote].zone == "Europe/Berlin"
    only_read = one.stand.calendar(ANA, "Holidays", can_edit=False)
    listed = {each.remote: each for each in one.opened.calendars()}
    assert not listed[Remote(only_read)].is_writable


def test_an_id_that_never_was_is_not_found(one: World) -> None:
    with pytest.raises(NotFound):
        one.opened.read(Remote("AAMk/with slash+and=signs"), WINDOW, "UTC")


@pytest.mark.parametrize(
    ("told", "zone", "expected"),
    [
        ("2026-07-01T10:00:00.0000000", "UTC", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01T10:00:00.9999999", "UTC", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01T10:00:00", "W. Europe Standard Time", "2026-07-01T08:00:00+00:00"),
        ("2026-07-01T10:00:00Z", "UTC", "2026-07-01T10:00:00+00:00"),
    ],
)
def test_a_time_has_seven_digits_and_no_offset(told: str, zone: str, expected: str) -> None:
    assert At(told, zone).instant.isoformat() == expected


@pytest.mark.parametrize(("told", "zone"), [("soon", "UTC"), ("2026-07-01T10:00:00", "Customized Time Zone")])
def test_a_time_that_cannot_be_known_is_no_reading(told: str, zone: str) -> None:
    with pytest.raises(NotACalendar):
        _ = At(told, zone).instant


def test_the_first_of_january_of_year_one_is_no_time() -> None:
    assert instant("0001-01-01T00:00:00Z") is None
