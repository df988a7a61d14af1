"""Why times were offered, and why one was not: oneself exactly, others by class only."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.events import Kind
from bot.core.intervals import Interval
from tests.chat.office import Office
from tests.chat.test_story import berlin, reads


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin", calendars=("Work", "Family"))
    made.joins("alex", zone="America/New_York", calendars=("Work",))
    return made


def asks(office: Office, words: str) -> str:
    office.types("ana", words)
    return office.whisper("ana").card.summary


def test_before_anything_was_asked_it_says_how_to_ask(office: Office) -> None:
    assert "Ask for a time first" in asks(office, "why")


def test_why_tells_what_each_time_asks_of_whom_and_what_it_rests_on(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    told = asks(office, "why")
    assert "30 min with Alex · next week" in told
    assert "Mon 30 Nov 15:30: 0 points: nothing speaks against it" in told
    assert "after the first possible one (+" in told
    assert "It rests on 3 of 3 calendars" in told
    assert "“Work”, read" in told


def test_of_others_it_says_that_they_are_busy_and_no_more(office: Office) -> None:
    office.service.place(
        office.remote("alex"), uid="secret", when=berlin("2026-12-01", "15:00-17:00"), title="Salary talk"
    )
    reads(office, "alex")
    office.types("ana", "@alex 30m next week")
    told = asks(office, "why not tue 16:00")
    assert "Tue 1 Dec 16:00: Alex is busy." in told
    assert "It would take: although Alex is busy." in told
    assert "Salary" not in told
    assert "17:00" not in told


def test_of_oneself_it_says_where_and_when(office: Office) -> None:
    office.service.place(office.remote("ana", "Family"), uid="school", when=berlin("2026-12-01", "15:30-16:30"))
    reads(office, "ana")
    office.types("ana", "@alex 30m next week")
    assert "you are busy (15:30–16:30 in “Family”)" in asks(office, "why not tue 16:00")


def test_something_tentative_is_told_apart(office: Office) -> None:
    office.service.place(office.remote("alex"), uid="maybe", when=berlin("2026-12-01", "15:00-17:00"), kind=Kind.SOFT)
    reads(office, "alex")
    office.types("ana", "@alex 30m next week")
    assert "Alex may be busy" in asks(office, "why not tue 16:00")


def test_a_clock_without_a_day_is_looked_at_on_every_day_that_was_asked_about(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    told = asks(office, "why not 09:00")
    assert told.count("it is outside Alex’s hours") == 5
    assert "The nearest that fit: " in told


def test_a_time_that_fits_is_said_to(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    assert "Tue 1 Dec 16:00: it fits;" in asks(office, "why not tue 16:00")


def test_a_time_between_two_starts_is_none(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    assert "no slot starts then" in asks(office, "why not tue 16:05")


def test_what_was_not_understood_is_said(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    assert "I didn’t understand “banana” in that." in asks(office, "why not banana 16:00")


def test_a_day_before_all_that_was_asked_about_is_explained_too(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    told = asks(office, "why not tomorrow 16:00")
    assert "Fri 27 Nov 16:00: it is outside the time that was asked about." in told


def test_the_nearest_are_free_by_all_that_is_known_of_the_whole_window(office: Office) -> None:
    week = berlin("2026-11-30", "00:00-12:00").start
    office.service.place(office.remote("alex"), uid="all", when=Interval(week, week + timedelta(days=4)))
    reads(office, "alex")
    office.types("ana", "@alex 30m next week")
    assert "The nearest that fit: Fri 4 Dec 15:00" in asks(office, "why not mon 16:00")
