"""What blocks in a Google calendar, by whatever road it may be read."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import CursorExpired, NotFound, Refused, Untold
from bot.core.events import BusyCause, Kind, Status
from bot.core.intervals import Interval
from bot.playground.stands.google.stand import FULL, GoogleStand
from bot.providers.base import Remote, shared
from bot.providers.google.adapter import Google
from tests.providers.google import (
    ALEX,
    ANA,
    DRAFT,
    NINE,
    ONLY_FREEBUSY,
    OWN,
    SAM,
    TEN,
    WINDOW,
    ZONE,
    guest,
    opened,
    opening,
    placed,
    stand,
    standing,
)

__all__ = ["opened", "stand"]


def mine(response: str, **told: Any) -> dict[str, Any]:
    return {
        "organizer": {"email": "boss@acme.example"},
        "attendees": [
            {"email": ANA, "responseStatus": response},
            {"email": "boss@acme.example", "responseStatus": "accepted"},
        ],
        **told,
    }


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        pytest.param({}, Kind.HARD, id="an event of one's own"),
        pytest.param({"transparency": "transparent"}, None, id="shown as free"),
        pytest.param({"status": "cancelled"}, None, id="cancelled"),
        pytest.param({"status": "tentative"}, Kind.SOFT, id="tentative"),
        pytest.param(mine("accepted"), Kind.HARD, id="accepted"),
        pytest.param(mine("declined"), None, id="declined"),
        pytest.param(mine("tentative"), Kind.SOFT, id="maybe"),
        pytest.param(mine("needsAction"), Kind.SOFT, id="unanswered"),
        pytest.param(mine("accepted", transparency="transparent"), None, id="accepted, shown as free"),
        pytest.param(
            {"attendees": [{"email": ANA, "responseStatus": "needsAction"}]}, Kind.HARD, id="the host need not answer"
        ),
        pytest.param({"attendees": [{"email": ALEX, "responseStatus": "declined"}]}, Kind.HARD, id="others declined"),
        pytest.param({"eventType": "outOfOffice"}, Kind.AWAY, id="out of office"),
        pytest.param({"eventType": "focusTime"}, Kind.SOFT, id="focus time"),
        pytest.param({"eventType": "fromGmail"}, Kind.HARD, id="from a mail"),
        pytest.param({"eventType": "workingLocation"}, None, id="where one works"),
        pytest.param({"eventType": "birthday"}, None, id="a birthday"),
        pytest.param({"eventType": "siesta"}, Kind.HARD, id="a kind that Google invents tomorrow"),
        pytest.param({"transparency": "translucent"}, Kind.HARD, id="a transparency that it invents"),
        pytest.param({"status": "dreamt"}, Kind.HARD, id="a status that it invents"),
        pytest.param(mine("pondering"), Kind.HARD, id="an answer that it invents"),
        pytest.param({"visibility": "private"}, Kind.HARD, id="private"),
    ],
)
def test_what_blocks_and_how_hard(
    stand: GoogleStand, opened: Google, told: dict[str, Any], kind: Kind | None, caplog: pytest.LogCaptureFixture
) -> None:
    placed(stand, summary="Do not look", **told)
    found = standing(opened)
    assert [one.kind for one in found] == ([] if kind is None else [kind])
    assert [one.when for one in found] == ([] if kind is None else [NINE])
    is_unknown = bool({"siesta", "translucent", "dreamt"} & {str(one) for one in told.values()}) or told == mine(
        "pondering"
    )
    assert any(one.levelno == logging.WARNING for one in caplog.records) == is_unknown
    assert "Do not look" not in caplog.text


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        pytest.param({}, BusyCause.PLAIN, id="an event of one's own"),
        pytest.param({"status": "tentative"}, BusyCause.TENTATIVE, id="tentative"),
        pytest.param(mine("tentative"), BusyCause.TENTATIVE, id="maybe"),
        pytest.param(mine("needsAction", status="tentative"), BusyCause.UNANSWERED, id="unanswered"),
        pytest.param({"eventType": "outOfOffice"}, BusyCause.AWAY, id="out of office"),
        pytest.param({"eventType": "focusTime"}, BusyCause.FOCUS, id="focus time"),
    ],
)
def test_what_its_owner_may_choose_is_told_with_its_cause(
    stand: GoogleStand, opened: Google, told: dict[str, Any], cause: BusyCause
) -> None:
    placed(stand, **told)
    assert [one.cause for one in standing(opened)] == [cause]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        pytest.param({}, [(BusyCause.FREE, False)], id="its own"),
        pytest.param(mine("tentative"), [(BusyCause.FREE, False)], id="maybe"),
        pytest.param(mine("declined"), [], id="declined"),
        pytest.param({"status": "cancelled"}, [], id="cancelled"),
        pytest.param({"eventType": "birthday"}, [], id="a birthday"),
    ],
)
def test_whole_days_that_are_shown_as_free_are_known(
    stand: GoogleStand, opened: Google, told: dict[str, Any], found: list[tuple[BusyCause, bool]]
) -> None:
    day = {"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}, "transparency": "transparent"}
    stand.keep(ANA, {"id": "offday", "summary": "Off", "organizer": {"email": ANA}} | told | day)
    assert [(one.cause, one.blocks) for one in standing(opened)] == found


@pytest.mark.parametrize(
    ("zone", "starts", "ends"),
    [("Europe/Berlin", "12-24 23:00", "12-26 23:00"), ("Asia/Tokyo", "12-24 15:00", "12-26 15:00")],
)
def test_whole_days_are_days_where_the_calendar_is(
    stand: GoogleStand, opened: Google, zone: str, starts: str, ends: str
) -> None:
    there = stand.new_calendar(ANA, "There", zone=zone)
    stand.keep(
        there,
        {
            "id": "holidays",
            "summary": "Off",
            "start": {"date": "2026-12-25"},
            "end": {"date": "2026-12-27"},
            "organizer": {"email": there},
        },
    )
    (one,) = standing(opened, Remote(there))
    assert (f"{one.when.start:%m-%d %H:%M}", f"{one.when.end:%m-%d %H:%M}", one.all_day) == (starts, ends, True)


def test_a_zone_that_nobody_knows_does_not_lose_the_calendar(stand: GoogleStand, opened: Google) -> None:
    placed(stand)
    stand.office.calendars[ANA].zone = "Etc/UTC"
    listed = {one.remote: one.zone for one in opened.calendars()}
    assert listed[OWN] == "Etc/UTC"
    assert [one.when for one in standing(opened)] == [NINE]


def test_what_takes_no_time_does_not_block(stand: GoogleStand, opened: Google) -> None:
    placed(stand, Interval(NINE.start, NINE.start + timedelta(seconds=1)))
    stand.place(ANA, start=TEN.start, end=TEN.start)
    assert [one.when.start for one in standing(opened)] == [NINE.start]


@pytest.mark.parametrize(("size", "empty"), [(1, 0), (3, 0), (3, 2), (2500, 1)])
def test_every_page_is_turned_however_short_or_empty(stand: GoogleStand, opened: Google, size: int, empty: int) -> None:
    stand.lists.page_size, stand.lists.empty_pages = size, empty
    expected = [Interval(NINE.start + timedelta(days=day), NINE.end + timedelta(days=day)) for day in range(7)]
    for one in expected:
        placed(stand, one)
    reading = opened.read(OWN, WINDOW, ZONE)
    assert sorted(one.when for one in reading.instances) == expected
    assert reading.cursor is not None
    assert not opened.changed(OWN, reading.cursor)


def test_a_page_that_fails_fails_the_reading(stand: GoogleStand, opened: Google) -> None:
    """Never a part: the other pages' events would look free."""
    stand.lists.page_size = 1
    for _ in range(3):
        placed(stand)
    calls = {"left": 5}

    def lose_the_page() -> None:
        calls["left"] -= 1
        if calls["left"]:
            stand.meanwhile["calendar.events.list"] = lose_the_page
        else:
            stand.lists.left.clear()

    stand.meanwhile["calendar.events.list"] = lose_the_page
    with pytest.raises(Refused):
        opened.read(OWN, WINDOW, ZONE)


def test_a_series_is_read_as_it_stands_after_every_change(stand: GoogleStand, opened: Google) -> None:
    series = placed(stand, recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"])
    days = [one.when.start.day for one in standing(opened)]
    assert days == [1, 8, 15, 22]
    second = f"{series}_{NINE.start + timedelta(days=7):%Y%m%dT%H%M%SZ}"
    stand.move(ANA, second, start=TEN.start + timedelta(days=8), end=TEN.end + timedelta(days=8))
    found = standing(opened)
    assert [one.when.start.day for one in found] == [1, 9, 15, 22]
    assert [one.starts.day for one in found] == [1, 8, 15, 22], "which instance it is stays"
    assert len({one.uid for one in found}) == 1
    stand.move(ANA, second, start=datetime(2028, 1, 3, 9, tzinfo=UTC), end=datetime(2028, 1, 3, 10, tzinfo=UTC))
    assert [one.when.start.day for one in standing(opened)] == [1, 15, 22], "moved out of the window"
    stand.move(ANA, second, start=TEN.start + timedelta(days=8), end=TEN.end + timedelta(days=8))
    assert [one.when.start.day for one in standing(opened)] == [1, 9, 15, 22], "and back into it"
    stand.delete(ANA, f"{series}_{NINE.start + timedelta(days=14):%Y%m%dT%H%M%SZ}")
    assert [one.when.start.day for one in standing(opened)] == [1, 9, 22], "one of them is cancelled"
    stand.delete(ANA, series)
    assert standing(opened) == []


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        ("Europe/Berlin", date(2026, 10, 19), ["10-19 07:00", "10-26 08:00"]),
        ("America/New_York", date(2026, 10, 26), ["10-26 13:00", "11-02 14:00"]),
        ("Australia/Lord_Howe", date(2026, 9, 28), ["09-27 22:30", "10-04 22:00"]),
    ],
)
def test_weekly_at_nine_stays_at_nine_over_the_change_of_clocks(
    stand: GoogleStand, opened: Google, zone: str, first: date, expected: list[str]
) -> None:
    stand.office.calendars[ANA].zone = zone
    at = datetime.combine(first, time(9), ZoneInfo(zone))
    stand.place(ANA, start=at, end=at + timedelta(hours=1), recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    window = Interval(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
    found = sorted(f"{one.when.start:%m-%d %H:%M}" for one in opened.read(OWN, window, zone).instances)
    assert found == expected


def test_a_copy_of_ours_in_a_guests_calendar_is_known_as_ours(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, replace(DRAFT, invitees=(guest(ALEX),)))
    with opening(stand, ALEX) as theirs:
        (one,) = standing(theirs, Remote(ALEX))
        assert (one.ours, one.uid, one.kind) == (DRAFT.meeting, DRAFT.uid, Kind.SOFT)
        named = stand.events(ALEX)[0]["id"]
        stand.answer(ALEX, named, "declined")
        (one,) = standing(theirs, Remote(ALEX))
        assert (one.is_declined, one.blocks, one.status) == (True, False, Status.CONFIRMED)


def test_an_event_without_details_still_blocks(stand: GoogleStand) -> None:
    placed(stand, visibility="private", calendar=SAM)
    stand.share(SAM, ANA, "reader")
    with opening(stand) as google:
        assert [one.when for one in standing(google, Remote(SAM))] == [NINE]


def test_a_calendar_shared_as_free_busy_only_is_read_that_way(stand: GoogleStand) -> None:
    placed(stand, calendar=SAM)
    placed(stand, TEN, calendar=SAM, transparency="transparent")
    stand.share(SAM, ANA, "freeBusyReader")
    for is_listed in (False, True):
        with opening(stand) as google:
            if is_listed:
                (entry,) = [one for one in google.calendars() if one.remote == SAM]
                assert not entry.is_writable
            reading = google.read(Remote(SAM), WINDOW, ZONE)
            assert [one.when for one in reading.instances] == [NINE]
            assert reading.cursor is None, "nothing tells of its changes"


@pytest.mark.parametrize("keeps_marks", [True, False])
def test_with_the_smaller_choice_free_busy_is_the_truth(stand: GoogleStand, keeps_marks: bool) -> None:
    stand.lists.shows_properties = keeps_marks
    with opening(stand) as google:
        google.put(OWN, DRAFT)
    placed(stand, Interval(TEN.start, TEN.end), summary="Do not look")
    placed(stand, Interval(TEN.end, TEN.end + timedelta(hours=1)), transparency="transparent")
    with opening(stand, scopes=ONLY_FREEBUSY) as google:
        found = standing(google)
        taken = [(one.when.start, one.when.end, one.ours) for one in found]
        if keeps_marks:
            assert taken == [(NINE.start, NINE.end, DRAFT.meeting), (TEN.start, TEN.end, None)]
        else:
            assert taken == [(NINE.start, TEN.end, None)], "what cannot be told apart is busy all the same"
        cursor = google.read(OWN, WINDOW, ZONE).cursor
        assert cursor is not None
        placed(stand)
        assert google.changed(OWN, cursor)
        assert google.title(OWN, DRAFT.uid, NINE.start) is None


def test_a_long_window_is_asked_in_pieces_and_answered_as_one(stand: GoogleStand, opened: Google) -> None:
    long = Interval(NINE.start + timedelta(days=59), NINE.start + timedelta(days=63))
    placed(stand, long, calendar=ALEX)
    year = Interval(NINE.start, NINE.start + timedelta(days=365))
    assert [one.when for one in opened.read(shared(ALEX), year, ZONE).instances] == [long]


def test_an_error_for_a_calendar_is_never_free_time(stand: GoogleStand, opened: Google) -> None:
    placed(stand, calendar=ALEX)
    stand.service.silent.add(ALEX)
    with pytest.raises(Untold):
        opened.read(shared(ALEX), WINDOW, ZONE)
    stand.office.users[SAM].shows_freebusy = False
    with pytest.raises(NotFound):
        opened.read(shared(SAM), WINDOW, ZONE)


def test_colleagues_are_not_seen_without_that_permission(stand: GoogleStand) -> None:
    scopes = tuple(one for one in FULL if not one.endswith("events.freebusy"))
    with opening(stand, scopes=scopes) as google:
        assert not google.abilities.sees_colleagues
        with pytest.raises(Refused):
            google.read(shared(ALEX), WINDOW, ZONE)
        assert standing(google) == []


@pytest.mark.parametrize("page", [0, 1])
def test_a_token_that_expired_is_said_so_at_every_page(stand: GoogleStand, opened: Google, page: int) -> None:
    cursor = opened.read(OWN, WINDOW, ZONE).cursor
    assert cursor is not None
    stand.lists.page_size, stand.lists.empty_pages, stand.lists.expires_at_page = 1, 2, page
    placed(stand)
    with pytest.raises(CursorExpired):
        opened.changed(OWN, cursor)
    assert [one.when for one in standing(opened)] == [NINE], "a whole reading goes on from there"


def test_a_token_that_google_forgot_is_expired(stand: GoogleStand, opened: Google) -> None:
    cursor = opened.read(OWN, WINDOW, ZONE).cursor
    assert cursor is not None
    stand.lists.forget()
    with pytest.raises(CursorExpired):
        opened.changed(OWN, cursor)


def test_a_change_during_the_reading_is_told_next_time(stand: GoogleStand, opened: Google) -> None:
    """The token is taken before the window is read."""

    def after_the_token() -> None:
        stand.meanwhile["calendar.events.list"] = lambda: placed(stand, TEN)

    stand.meanwhile["calendar.events.list"] = after_the_token
    reading = opened.read(OWN, WINDOW, ZONE)
    assert reading.cursor is not None
    assert opened.changed(OWN, reading.cursor)


def test_one_touched_series_costs_one_line(stand: GoogleStand, opened: Google) -> None:
    series = placed(stand, recurrence=["RRULE:FREQ=WEEKLY"])
    cursor = opened.read(OWN, WINDOW, ZONE).cursor
    assert cursor is not None
    stand.edit(ANA, series, summary="Renamed")
    before = len(stand.calls)
    assert opened.changed(OWN, cursor)
    assert len(stand.calls) - before == 1
