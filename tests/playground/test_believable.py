"""The calendars of the demo as they are loaded, on whatever day it is looked at."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.availability.finding import starts
from bot.availability.hours import windows
from bot.availability.terms import Attendee, Rows, Search
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.requests import Window
from bot.core.rules import Rules, office_hours
from bot.core.zones import midnight
from bot.playground.believable import Weeks, elsewhere, sheets
from bot.playground.people import RESIDENTS, Resident
from bot.playground.sheet import Sheet

TODAY = date(2026, 11, 25)
WHO = {who.handle: who for who in RESIDENTS}


def blocks(event: icalendar.Event, who: Resident) -> bool:
    invited = event.get("ATTENDEE")
    declined = invited is not None and invited.params.get("PARTSTAT") == "DECLINED"
    return not declined and event.get("TRANSP") != "TRANSPARENT" and event.get("STATUS") != "CANCELLED"


def times(handle: str, today: date, within: Interval) -> Attendee:
    who = WHO[handle]
    taken = []
    cloud = Sheet(name="Elsewhere", owner=who.email, zone=who.zone, entries=elsewhere(who, today))
    for sheet in (*sheets(who, today, 1), *([cloud] if cloud.entries else [])):
        calendar = icalendar.Calendar.from_ical(sheet.ical())
        for event in recurring_ical_events.of(calendar).between(within.start, within.end):
            start, end = event["DTSTART"].dt, event["DTEND"].dt
            if blocks(event, who):
                whole = isinstance(start, datetime)
                ends = [one.astimezone(UTC) if whole else midnight(one, who.zone) for one in (start, end)]
                taken.append((int(ends[0].timestamp()), int(ends[1].timestamp())))
    return Attendee(person=PersonId(handle), rules=Rules.of(office_hours(who.zone)), taken=Rows(hard=tuple(taken)))


def common(one: str, other: str, today: date) -> int:
    """How many half hours of the clock both have next week, one after the other."""
    monday = Weeks(today).day("Mon")
    week = Window(first=monday, last=monday + timedelta(days=6))
    (within,) = windows(week, "Europe/Berlin", datetime.combine(today, time(12), UTC))
    people = (times(one, today, within), times(other, today, within))
    windows_asked = ((int(within.start.timestamp()), int(within.end.timestamp())),)
    search = Search(now=0, length=1800, step=1800, zone="UTC", windows=windows_asked, people=people)
    return len(starts(search))


@settings(max_examples=25)
@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_next_week_always_has_room(today: date) -> None:
    assert common("ana", "alex", today) >= 8
    assert common("ana", "kim", today) >= 8
    assert common("ana", "sam", today) >= 8


@pytest.mark.parametrize("who", RESIDENTS, ids=lambda who: who.handle)
def test_the_same_day_and_seed_make_the_same_calendars(who: Resident) -> None:
    first, again, other = (sheets(who, TODAY, seed) for seed in (1, 1, 2))

    assert [sheet.ical() for sheet in first] == [sheet.ical() for sheet in again]
    assert first[0].ical() != other[0].ical()


@pytest.mark.parametrize("handle", ["ana", "alex", "sam"])
def test_one_series_keeps_its_wall_time_over_the_next_change_of_clocks(handle: str) -> None:
    work, _ = sheets(WHO[handle], TODAY, 1)
    series = [
        event for event in icalendar.Calendar.from_ical(work.ical()).walk("VEVENT") if event["UID"].startswith("guild")
    ]
    calendar = icalendar.Calendar()
    calendar.add_component(series[0])
    starts = [
        event["DTSTART"].dt for event in recurring_ical_events.of(calendar).between(TODAY, TODAY + timedelta(days=370))
    ]

    assert {start.time() for start in starts} == {time(12)}
    assert len({start.utcoffset() for start in starts}) == 2


def test_next_week_is_the_week_that_begins_on_monday() -> None:
    assert Weeks(date(2026, 11, 29)).day("Mon") == date(2026, 11, 30)
    assert Weeks(date(2026, 11, 30)).day("Mon") == date(2026, 12, 7)
