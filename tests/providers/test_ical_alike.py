"""Our arithmetic against `icalendar` and `recurring-ical-events`: the same intervals, whatever the calendar."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.intervals import Interval
from bot.providers.ical.lines import document
from bot.providers.ical.read import instances, understood
from tests.made import calendar

YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
Stretch = tuple[datetime, datetime, str]


def ours(data: bytes) -> list[Stretch]:
    return sorted((one.when.start, one.when.end, one.uid) for one in instances(data, YEAR, "UTC", []))


def theirs(data: bytes) -> list[Stretch]:
    query = recurring_ical_events.of(icalendar.Calendar.from_ical(data), components=("VEVENT",))
    found = (
        (instant(event["DTSTART"].dt), instant(event["DTEND"].dt), str(event["UID"]))
        for event in query.between(YEAR.start, YEAR.end)
        if event.get("STATUS") != "CANCELLED" and event.get("TRANSP") != "TRANSPARENT"
    )
    return sorted({one for one in found if one[0] < one[1]})


def instant(at: Any) -> datetime:
    """In UTC; a day is the midnight that begins it there."""
    return at.astimezone(UTC) if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(6))
def test_a_year_of_meetings_is_the_same(seed: int) -> None:
    data = calendar(120, seed=seed, first=date(2026, 1, 1), repeating=0.7, full=False)
    assert ours(data) == theirs(data)


def test_none_of_it_needs_the_library() -> None:
    data = calendar(300, seed=99, first=date(2026, 1, 1), repeating=0.9, full=False)
    found = understood(document(data), YEAR, "UTC", [])
    assert (found.guessed, found.odd) == (0, 0)


weekdays = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=4, unique=True)
numbered = st.builds("{}{}".format, st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(["MO", "WE", "FR", "SU"]))
some = st.lists(numbered, min_size=1, max_size=2, unique=True)
month_days = st.lists(st.one_of(st.integers(1, 31), st.integers(-5, -1)), min_size=1, max_size=3, unique=True)
months = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True)


def listed(name: str, values: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[str]:
    return values.map(lambda found: f";{name}={','.join(map(str, found))}")


rules = st.one_of(
    st.just("FREQ=DAILY"),
    st.builds("FREQ=WEEKLY{}{}".format, listed("BYDAY", weekdays), st.sampled_from(["", ";WKST=SU", ";WKST=WE"])),
    st.just("FREQ=WEEKLY"),
    st.builds("FREQ=MONTHLY{}".format, listed("BYMONTHDAY", month_days)),
    st.builds("FREQ=MONTHLY{}".format, listed("BYDAY", some)),
    st.builds("FREQ=MONTHLY{}{}".format, listed("BYDAY", weekdays), st.sampled_from([";BYSETPOS=1", ";BYSETPOS=-1,2"])),
    st.builds("FREQ=MONTHLY{}{}".format, listed("BYMONTH", months), listed("BYMONTHDAY", month_days)),
    st.sampled_from(["FREQ=MONTHLY", "FREQ=YEARLY"]),
    st.builds("FREQ=YEARLY{}{}".format, listed("BYMONTH", months), listed("BYMONTHDAY", month_days)),
    st.builds("FREQ=YEARLY{}{}".format, listed("BYMONTH", months), listed("BYDAY", some)),
    st.builds("FREQ=YEARLY{}".format, listed("BYMONTH", months)),
)
ends = st.one_of(
    st.just(""),
    st.integers(1, 40).map(";COUNT={}".format),
    st.datetimes(datetime(2025, 6, 1), datetime(2027, 2, 1)).map(lambda at: f";UNTIL={at:%Y%m%dT%H%M%SZ}"),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.datetimes(datetime(2023, 1, 1), datetime(2026, 10, 1)).map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    rule=rules,
    interval=st.integers(1, 4),
    end=ends,
    excluded=st.lists(st.integers(0, 60), max_size=3),
    moved=st.lists(st.integers(0, 60), max_size=2, unique=True),
)
def test_any_series_is_the_same(
    start: datetime, zone: str, rule: str, interval: int, end: str, excluded: list[int], moved: list[int]
) -> None:
    def at(moment: datetime) -> str:
        return f"{moment:%Y%m%dT%H%M%S}Z" if zone == "UTC" else f"{moment:%Y%m%dT%H%M%S}"

    zoned = "" if zone == "UTC" else f";TZID={zone}"
    lines = [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "UID:series",
        f"DTSTART{zoned}:{at(start)}",
        f"DTEND{zoned}:{at(start + timedelta(minutes=90))}",
        f"RRULE:{rule};INTERVAL={interval}{end}",
        *(f"EXDATE{zoned}:{at(start + timedelta(days=days))}" for days in excluded),
        "END:VEVENT",
    ]
    for days in moved:
        there = start + timedelta(days=days)
        lines += ["BEGIN:VEVENT", "UID:series", f"RECURRENCE-ID{zoned}:{at(there)}"]
        lines += [f"DTSTART{zoned}:{at(there + timedelta(hours=3))}"]
        lines += [f"DTEND{zoned}:{at(there + timedelta(hours=4))}", "END:VEVENT"]
    data = "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
    assert ours(data) == theirs(data)
