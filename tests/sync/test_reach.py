"""How far ahead a calendar is read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.ids import CalendarId
from bot.storage import calendars
from bot.sync import plan
from tests.builders import NOW, TENANT, span
from tests.sync.office import CADENCE, Office, office

FAR = NOW + timedelta(days=200)


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as ana:
        ana.service.place(ana.remote, uid="near", when=span("09:00-10:00"))
        ana.service.place(ana.remote, uid="far", when=span("2027-05-20 09:00-10:00"))
        ana.read()
        ana.waits("reading")
        yield ana


def asks(ana: Office, days: int) -> None:
    with ana.database.transaction() as tx:
        calendars.reach(tx, TENANT, ana.calendar.id, ana.clock.now() + timedelta(days=days), ana.clock.now())


def test_what_is_far_is_read_when_somebody_asks(ana: Office) -> None:
    assert [one.uid for one in ana.rows()] == ["near"]
    asks(ana, 200)
    assert ana.waits("calendar"), "at once"
    ana.read()
    assert ana.kept().window == plan.window(NOW, FAR)
    assert [one.uid for one in ana.rows()] == ["near", "far"]
    assert ana.waits("reading"), "whoever asked is answered"


def test_it_is_answered_although_nothing_stands_there(ana: Office) -> None:
    asks(ana, 100)
    ana.read()
    assert ana.waits("reading")


def test_it_only_reaches_farther_and_never_beyond_a_year(ana: Office) -> None:
    asks(ana, 200)
    asks(ana, 120)
    assert ana.kept().reach == FAR
    asks(ana, 999)
    assert ana.kept().reach == NOW + timedelta(days=366)


def test_it_lapses_when_nobody_asked_for_a_week(ana: Office) -> None:
    asks(ana, 200)
    ana.read()
    ana.clock.move(timedelta(days=6))
    ana.read()
    end = ana.kept().window
    assert end is not None
    assert end.end == FAR
    ana.clock.move(timedelta(days=1))
    ana.read()
    assert (ana.kept().reach, ana.kept().window) == (None, plan.window(ana.clock.now()))
    assert [one.uid for one in ana.rows()] == ["near"]


def test_a_window_that_draws_in_is_no_loss(ana: Office) -> None:
    asks(ana, 200)
    for number in range(30):
        ana.service.place(ana.remote, uid=f"f{number}", when=span("2027-05-20 09:00-10:00"))
    ana.read()
    ana.read()
    ana.clock.move(timedelta(days=7))
    ana.read()
    assert ana.doubt() is None


def test_the_window_rolls_every_day(ana: Office) -> None:
    for _ in range(3):
        ana.clock.move(timedelta(days=1) + CADENCE)
        ana.read()
        assert ana.kept().window == plan.window(ana.clock.now())


def test_reaching_for_what_is_gone_does_nothing(ana: Office) -> None:
    with ana.database.transaction() as tx:
        calendars.reach(tx, TENANT, CalendarId("none"), FAR, NOW)


def test_asking_while_it_is_read_is_not_lost(ana: Office) -> None:
    opened = ana.sync.open_calendar

    class Asking:
        """Somebody asks while it is being read."""

        def __call__(self, *names: object) -> object:
            asks(ana, 200)
            return opened(*names)  # type: ignore[arg-type]

    ana.clock.move(timedelta(days=1))
    replace(ana.sync, open_calendar=Asking()).read(TENANT, ana.calendar.id)  # type: ignore[arg-type]
    assert ana.kept().reach == ana.clock.now() + timedelta(days=200)
    ana.read()
    window = ana.kept().window
    assert window is not None
    assert window.end == ana.kept().reach
