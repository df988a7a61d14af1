"""Keeping the mirror of a calendar true."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Problem
from bot.core.errors import NotACalendar, NotFound, OverlapError, Refused, SignInNeeded, TryLater
from bot.core.ids import CalendarId
from bot.storage import calendars
from bot.sync import plan
from tests.builders import NOW, TENANT, calendar, instance, span
from tests.sync.office import CADENCE, Office, office

DAY = span("00:00-24:00")


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as ana:
        yield ana


def calls(ana: Office) -> int:
    """How many calls one sync costs the service."""
    before = ana.service.calls
    ana.read()
    return ana.service.calls - before


def test_the_first_look_reads_everything(ana: Office) -> None:
    ana.service.place(ana.remote, uid="dentist", when=span("09:00-10:00"))
    again = ana.read()
    assert again is not None
    assert NOW < again <= NOW + CADENCE
    assert [row.instance.uid for row in ana.busy(DAY)] == ["dentist"]
    assert (ana.kept().read_at, ana.kept().window) == (NOW, plan.window(NOW))
    assert ana.waits("reading")


def test_nothing_changed_makes_it_young_again_with_one_call(ana: Office) -> None:
    ana.read()
    assert ana.waits("reading")
    ana.clock.move(CADENCE)
    assert calls(ana) == 1
    assert ana.kept().read_at == NOW + CADENCE
    assert not ana.waits("reading"), "nobody needs to look at what did not change"


def test_a_change_is_read_and_looked_at(ana: Office) -> None:
    ana.read()
    ana.waits("reading")
    ana.clock.move(CADENCE)
    ana.service.place(ana.remote, uid="dentist", when=span("09:00-10:00"))
    ana.read()
    assert [row.instance.uid for row in ana.busy(DAY)] == ["dentist"]
    assert ana.waits("reading")
    ana.service.shift(ana.remote, "dentist", span("11:00-12:00"))
    ana.read()
    assert [row.instance.when for row in ana.busy(DAY)] == [span("11:00-12:00")]
    ana.service.drop(ana.remote, "dentist")
    ana.read()
    assert ana.busy(DAY) == []


def test_a_change_that_changes_no_row_is_looked_at_by_nobody(ana: Office) -> None:
    ana.service.place(ana.remote, uid="dentist", when=span("09:00-10:00"))
    ana.read()
    ana.waits("reading")
    ana.service.place(ana.remote, uid="dentist", when=span("09:00-10:00"), title="Another title")
    ana.read()
    assert not ana.waits("reading")


def test_an_expired_cursor_only_costs_a_whole_reading(ana: Office) -> None:
    ana.service.place(ana.remote, uid="dentist", when=span("09:00-10:00"))
    ana.read()
    ana.service.forget()
    ana.read()
    assert len(ana.busy(DAY)) == 1
    assert ana.kept().problem is None


def test_the_rows_are_read_anew_once_a_day(ana: Office) -> None:
    ana.read()
    ana.clock.move(timedelta(days=1))
    ana.read()
    assert ana.kept().window == plan.window(NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("error", "problem", "rings"),
    [
        pytest.param(TryLater("down"), Problem.UNREACHABLE, 0, id="it does not answer"),
        pytest.param(NotACalendar("html"), Problem.GARBAGE, 1, id="garbage"),
        pytest.param(SignInNeeded("401"), Problem.SIGN_IN_NEEDED, 1, id="sign-in needed"),
        pytest.param(Refused("403"), Problem.REFUSED, 1, id="refused"),
        pytest.param(NotFound("404"), Problem.GONE, 1, id="gone"),
    ],
)
def test_a_failure_keeps_the_rows_and_tells_once(
    ana: Office, error: OverlapError, problem: Problem, rings: int
) -> None:
    ana.service.place(ana.remote, uid="dentist", when=span("09:00-10:00"))
    ana.read()
    ana.clock.move(CADENCE)
    ana.service.trouble("ana", error)
    for _ in range(3):
        again = ana.read()
        assert again is not None
        assert again > ana.clock.now()
    assert (ana.kept().problem, ana.kept().read_at) == (problem, NOW)
    assert len(ana.busy(DAY)) == 1
    assert ana.rings() == rings
    ana.service.trouble("ana", None)
    assert ana.read() == ana.clock.now() + CADENCE
    assert (ana.kept().problem, ana.kept().read_at) == (None, ana.clock.now())
    with ana.database.reading() as tx:
        assert calendars.connection(tx, TENANT, ana.calendar.connection).problem is None


def test_a_new_outage_is_told_anew(ana: Office) -> None:
    for _ in range(2):
        ana.service.trouble("ana", NotACalendar("html"))
        ana.read()
        ana.service.trouble("ana", None)
        ana.read()
    assert ana.rings() == 2


def test_what_only_the_owner_can_mend_is_looked_at_when_it_begins_and_ends(ana: Office) -> None:
    ana.read()
    ana.waits("reading")
    ana.service.trouble("ana", SignInNeeded("401"))
    ana.read()
    assert ana.waits("reading"), "what was offered as free is unknown now"
    ana.read()
    assert not ana.waits("reading")
    ana.service.trouble("ana", None)
    ana.read()
    assert ana.waits("reading"), "and known again"


def test_a_calendar_that_had_aged_is_looked_at_when_it_is_back(ana: Office) -> None:
    ana.read()
    ana.waits("reading")
    ana.service.trouble("ana", TryLater("down"))
    ana.read()
    ana.clock.move(4 * CADENCE)
    ana.service.trouble("ana", None)
    ana.read()
    assert ana.waits("reading"), "whoever waits for it is to be answered, although nothing changed"


def test_it_is_tried_again_soon_while_it_does_not_answer(ana: Office) -> None:
    ana.service.trouble("ana", TryLater("down"))
    waits = []
    for _ in range(14):
        again = ana.read()
        assert again is not None
        waits.append((again - ana.clock.now()).total_seconds())
    assert waits[:4] == [0.5, 1.0, 2.0, 4.0]
    assert waits[-1] <= 2 * CADENCE.total_seconds()


def test_one_problem_of_the_account_rings_once_for_all_its_calendars(ana: Office) -> None:
    home = replace(calendar("ana-home", read_at=None), remote=ana.remote, window=None)
    with ana.database.transaction() as tx:
        calendars.add(tx, home)
    ana.service.trouble("ana", SignInNeeded("401"))
    ana.read()
    ana.sync.read(TENANT, home.id)
    assert ana.rings() == 1
    ana.service.trouble("ana", None)
    ana.read()
    with ana.database.reading() as tx:
        assert calendars.connection(tx, TENANT, home.connection).problem is Problem.SIGN_IN_NEEDED
    ana.sync.read(TENANT, home.id)
    with ana.database.reading() as tx:
        assert calendars.connection(tx, TENANT, home.connection).problem is None


def test_a_reading_makes_it_clean(ana: Office) -> None:
    ana.read()
    ana.mark_dirty()
    assert ana.kept().dirty_at == NOW
    ana.read()
    assert ana.kept().dirty_at is None


def test_a_mark_during_the_reading_is_not_lost(ana: Office) -> None:
    ana.mark_dirty()
    opened = ana.sync.open_calendar

    class Marking:
        """Marks the calendar dirty while it is being read."""

        def __call__(self, *names: object) -> object:
            ana.mark_dirty()
            return opened(*names)  # type: ignore[arg-type]

    replace(ana.sync, open_calendar=Marking()).read(TENANT, ana.calendar.id)  # type: ignore[arg-type]
    assert ana.kept().dirty_at == NOW


def test_a_disconnected_calendar_asks_for_nothing_more(ana: Office) -> None:
    assert ana.sync.read(TENANT, CalendarId("none")) is None
    opened = ana.sync.open_calendar

    class Leaving:
        """Disconnects the account while it is being read."""

        def __call__(self, *names: object) -> object:
            with ana.database.transaction() as tx:
                calendars.disconnect(tx, TENANT, ana.calendar.connection)
            return opened(*names)  # type: ignore[arg-type]

    leaving = replace(ana.sync, open_calendar=Leaving())  # type: ignore[arg-type]
    assert leaving.read(TENANT, ana.calendar.id) is None


def test_a_copy_of_ours_stays_known_when_it_is_cancelled(ana: Office) -> None:
    copy = instance("09:00-10:00", uid="m", ours="m")
    ana.service.store(ana.remote, [replace(copy, blocks=False)])
    ana.read()
    assert ana.busy(DAY) == []
    assert [row.ours for row in ana.rows()] == ["m"]
