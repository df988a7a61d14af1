"""When the owner of a mailbox works, as Outlook tells it."""

import pytest

from bot.core.calendars import Access
from bot.core.rules import WorkingHours
from bot.providers.microsoft.habits import hours_of
from bot.providers.microsoft.shapes import Hours, Settings, ZoneName
from tests.builders import works
from tests.providers.microsoft import ANA, world

WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"]


def told(start: str, end: str, *, days: list[str] = WEEK, zone: str = "", mailbox: str = "UTC") -> WorkingHours | None:
    hours = Hours(days_of_week=days, start_time=start, end_time=end, time_zone=ZoneName(zone) if zone else None)
    return hours_of(Settings(time_zone=mailbox, working_hours=hours))


@pytest.mark.parametrize(
    ("zone", "mailbox", "expected"),
    [
        pytest.param("Pacific Standard Time", "UTC", "America/Los_Angeles", id="a Windows name"),
        pytest.param("Europe/Vienna", "UTC", "Europe/Vienna", id="an IANA name"),
        pytest.param("", "W. Europe Standard Time", "Europe/Berlin", id="none of their own"),
        pytest.param("Customized Time Zone", "Tokyo Standard Time", "Asia/Tokyo", id="one that somebody made up"),
    ],
)
def test_the_zone_of_the_hours(zone: str, mailbox: str, expected: str) -> None:
    found = told("08:00:00.0000000", "17:30:00.0000000", zone=zone, mailbox=mailbox)
    assert found is not None
    assert found.zone == expected
    assert found.on(0) == works("08:00-17:30").on(0)
    assert (found.on(4), found.on(5)) == (found.on(0), ())


def test_days_are_theirs() -> None:
    found = told("08:00:00", "12:00:00", days=["Sunday", "tuesday"])
    assert found is not None
    assert [bool(day) for day in found.days] == [False, True, False, False, False, False, True]


def test_a_night_shift_ends_on_the_next_day() -> None:
    found = told("22:00:00", "06:00:00")
    assert found is not None
    assert found.on(0) == works("22:00-06:00").on(0)


@pytest.mark.parametrize(
    ("start", "end", "days", "zone"),
    [
        pytest.param("", "", WEEK, "UTC", id="no times"),
        pytest.param("soon", "late", WEEK, "UTC", id="what is no time"),
        pytest.param("08:00:00", "17:00:00", [], "UTC", id="no day at all"),
        pytest.param("08:00:00", "17:00:00", WEEK, "Middle Earth Standard Time", id="a zone that nobody knows"),
    ],
)
def test_what_is_no_suggestion(start: str, end: str, days: list[str], zone: str) -> None:
    assert told(start, end, days=days, zone=zone) is None


def test_they_come_with_the_list_of_calendars() -> None:
    with world() as one:
        user = one.stand.directory.user(ANA)
        user.works, user.works_on, user.works_in = ("07:30", "16:00"), ("monday", "friday"), "GMT Standard Time"
        (hours,) = {each.hours for each in one.opened.calendars()}
    assert hours is not None
    assert hours.zone == "Europe/London"
    assert [bool(day) for day in hours.days] == [True, False, False, False, True, False, False]


def test_whoever_did_not_allow_it_is_suggested_nothing() -> None:
    with world(access=Access.FREEBUSY) as one:
        assert {(each.hours, each.zone) for each in one.opened.calendars()} == {(None, None)}
