"""Wall times become instants, in gaps and folds too."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import InvalidInput
from bot.core.zones import WallTime, local, midnight, whole_days, zone


def utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "name", "instant"),
    [
        pytest.param("2026-12-01", "10:00", "Europe/Berlin", "2026-12-01T09:00", id="a winter day"),
        pytest.param(
            "2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:00", id="in the gap: its first moment after"
        ),
        pytest.param("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30", id="in the fold: the earlier"),
        pytest.param("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:30", id="a gap of half an hour"),
        pytest.param("2026-12-01", "10:00", "Asia/Kathmandu", "2026-12-01T04:15", id="a zone at 5:45"),
    ],
)
def test_a_wall_time_is_one_instant(day: str, at: str, name: str, instant: str) -> None:
    assert WallTime(date.fromisoformat(day), time.fromisoformat(at), name).instant() == utc(instant)


def test_the_day_of_the_autumn_change_has_25_hours() -> None:
    day = whole_days(date(2026, 10, 25), date(2026, 10, 26), "Europe/Berlin")
    assert day.length == timedelta(hours=25)


def test_midnight_where_the_change_is_at_midnight_is_the_first_moment_of_the_day() -> None:
    first = midnight(date(2026, 9, 6), "America/Santiago")
    assert local(first, "America/Santiago").date() == date(2026, 9, 6)
    assert local(first - timedelta(minutes=1), "America/Santiago").date() == date(2026, 9, 5)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
)
def test_an_instant_shown_on_a_wall_and_read_again_is_the_same_or_its_earlier_twin(at: datetime, name: str) -> None:
    instant = at.replace(microsecond=0, tzinfo=UTC)
    shown = local(instant, name)
    read = WallTime(shown.date(), shown.time().replace(fold=0), name).instant()
    assert read == instant or (shown.fold == 1 and read < instant)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe/Berlin\x00"])
def test_a_name_that_is_no_zone_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        zone(name)
