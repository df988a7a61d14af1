"""What people are told of an account that cannot be read, and how often."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.availability import known
from bot.core.calendars import Problem
from bot.core.errors import Crowded, NotACalendar, NotFound, NotOffered, OurFault, SignInNeeded, TryLater
from bot.core.ids import PersonId
from bot.core.proposals import Vouching
from bot.storage import accounts, calendars, proposals
from bot.sync.owners import Reminding
from tests.builders import NOW, TENANT, asked, calendar
from tests.sync.office import Office, office

DAY = timedelta(days=1)


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as ana:
        ana.read()
        yield ana


def reminds(ana: Office) -> timedelta | None:
    """Its row comes due; after how long again."""
    again = Reminding(ana.database, ana.clock).remind(TENANT, ana.calendar.connection)
    return None if again is None else again - ana.clock.now()


def breaks(ana: Office) -> None:
    ana.service.trouble("ana", SignInNeeded("401"))
    ana.read()


def is_mended(ana: Office) -> None:
    ana.service.trouble("ana", None)
    ana.read()


def at_google(ana: Office) -> None:
    with ana.database.transaction() as tx:
        tx.execute(calendars.CONNECTIONS.update().values(provider="google"))


def test_an_owner_is_told_once_and_reminded_twice(ana: Office) -> None:
    breaks(ana)
    assert ana.account().broken_since == NOW
    ana.clock.move(3 * DAY)
    assert ana.waits("connection")
    assert (reminds(ana), ana.rings()) == (7 * DAY, 2)
    ana.clock.move(7 * DAY)
    assert (reminds(ana), ana.rings()) == (None, 3)
    ana.clock.move(30 * DAY)
    assert (reminds(ana), ana.rings()) == (None, 3)


def test_a_reminder_that_comes_late_is_one(ana: Office) -> None:
    breaks(ana)
    ana.clock.move(11 * DAY)
    assert (reminds(ana), ana.rings()) == (None, 2)


def test_nobody_is_reminded_of_what_is_mended(ana: Office) -> None:
    breaks(ana)
    is_mended(ana)
    ana.clock.move(3 * DAY)
    assert (reminds(ana), ana.rings(), ana.account().broken_since) == (None, 1, None)


def test_a_new_break_has_days_of_its_own(ana: Office) -> None:
    breaks(ana)
    ana.clock.move(DAY)
    is_mended(ana)
    ana.clock.move(DAY)
    breaks(ana)
    ana.clock.move(DAY)
    assert reminds(ana) == 2 * DAY
    assert ana.rings() == 2


def test_another_problem_that_only_they_can_mend_is_the_same_break(ana: Office) -> None:
    breaks(ana)
    ana.clock.move(4 * DAY)
    reminds(ana)
    ana.service.trouble("ana", NotFound("404"))
    ana.read()
    assert (ana.account().problem, ana.account().broken_since, ana.rings()) == (Problem.GONE, NOW, 2)
    assert reminds(ana) == 6 * DAY


def test_what_passes_becoming_what_they_must_mend_rings(ana: Office) -> None:
    ana.service.trouble("ana", NotACalendar("html"))
    ana.read()
    breaks(ana)
    assert ana.rings() == 2
    assert ana.account().broken_since == NOW


def test_nobody_is_reminded_of_an_account_that_is_gone(ana: Office) -> None:
    breaks(ana)
    with ana.database.transaction() as tx:
        calendars.disconnect(tx, TENANT, ana.calendar.connection)
    assert reminds(ana) is None


def test_being_refused_by_our_own_limits_is_no_failure(ana: Office) -> None:
    ana.service.trouble("ana", Crowded("busy", timedelta(seconds=7)))
    assert ana.read() == ana.clock.now() + timedelta(seconds=7)
    assert ana.kept().problem is None


def test_a_calendar_on_which_nothing_rests_is_no_trouble_until_the_whole_account_is(ana: Office) -> None:
    holidays = replace(
        calendar("ana-holidays", counts=False, receives=False, read_at=None),
        connection=ana.calendar.connection,
        remote=ana.remote,
        window=None,
    )
    with ana.database.transaction() as tx:
        calendars.add(tx, holidays)
    ana.service.trouble("ana", NotFound("404"))
    ana.sync.read(TENANT, holidays.id)
    assert (ana.account().problem, ana.rings()) == (None, 0)
    ana.service.trouble("ana", SignInNeeded("401"))
    ana.sync.read(TENANT, holidays.id)
    assert ana.rings() == 1
    ana.service.trouble("ana", NotFound("404"))
    ana.sync.read(TENANT, holidays.id)
    ana.service.trouble("ana", None)
    ana.read()
    assert ana.account().problem is None, "that it is gone keeps the account from nothing"


def test_a_colleague_who_cannot_be_seen_is_no_trouble_of_the_account(ana: Office) -> None:
    seen = replace(
        calendar("alex-seen", read_at=None),
        connection=ana.calendar.connection,
        seen_by=PersonId("ana"),
        remote=ana.remote,
        window=None,
    )
    with ana.database.transaction() as tx:
        calendars.add(tx, seen)
        proposals.insert(tx, asked("ana", "alex"))
    ana.service.trouble("ana", NotFound("no such mailbox"))
    ana.sync.read(TENANT, seen.id)
    assert ana.calendar_of(seen.id).problem is Problem.GONE
    assert (ana.account().problem, ana.rings()) == (None, 0)


def test_a_registration_that_is_refused_is_told_to_the_operator_once_a_day(
    ana: Office, caplog: pytest.LogCaptureFixture
) -> None:
    ana.service.trouble("ana", OurFault("invalid_client"))
    for _ in range(3):
        ana.read()
    assert ana.kept().problem is Problem.OURS
    assert ana.rings() == 1
    assert [one.levelno for one in caplog.records].count(logging.ERROR) == 1
    ana.clock.move(DAY)
    ana.read()
    assert [one.levelno for one in caplog.records].count(logging.ERROR) == 2
    assert not ana.waits("connection"), "they can do nothing"


def test_grants_that_end_after_a_week_are_told_to_the_operator_and_once_to_their_owner(
    ana: Office, caplog: pytest.LogCaptureFixture
) -> None:
    at_google(ana)
    for _ in range(3):
        ana.clock.move(7 * DAY)
        breaks(ana)
        is_mended(ana)
        with ana.database.transaction() as tx:
            calendars.signed_in(tx, TENANT, ana.calendar.connection, ana.clock.now())
    assert (ana.account().lapses, ana.rings()) == (3, 1)
    assert sum("Testing" in one.message for one in caplog.records) == 3
    assert not ana.waits("connection"), "and nobody is reminded"


def test_a_grant_that_ends_after_a_month_was_taken_back(ana: Office) -> None:
    at_google(ana)
    ana.clock.move(30 * DAY)
    breaks(ana)
    assert ana.account().lapses == 0


def is_not_allowed(ana: Office) -> None:
    ana.service.trouble("ana", NotOffered("not here"))
    ana.clock.move(timedelta(minutes=30))
    ana.read()


def test_an_account_that_is_not_allowed_here_any_more_is_unknown_and_its_owner_told_once(ana: Office) -> None:
    rows = ana.rows()
    is_not_allowed(ana)
    assert (ana.kept().problem, ana.account().problem) == (Problem.NOT_ALLOWED, Problem.NOT_ALLOWED)
    assert known.vouching(ana.kept(), ana.clock.now()) is Vouching.BROKEN
    assert (ana.rings(), ana.waits("connection"), ana.rows()) == (1, False, rows)
    is_not_allowed(ana)
    assert ana.rings() == 1


def test_once_it_is_allowed_again_it_is_read_as_before(ana: Office) -> None:
    is_not_allowed(ana)
    is_mended(ana)
    assert (ana.kept().problem, ana.account().problem, ana.rings()) == (None, None, 1)


def test_allowed_again_while_its_server_is_away_it_is_only_not_reached(ana: Office) -> None:
    is_not_allowed(ana)
    ana.service.trouble("ana", TryLater("503"))
    ana.read()
    assert ana.kept().problem is Problem.UNREACHABLE


def ends(ana: Office, after: timedelta) -> None:
    """What Ana allowed today ends after so long."""
    with ana.database.transaction() as tx:
        calendars.signed_in(tx, TENANT, ana.calendar.connection, NOW)
        accounts.ends(tx, TENANT, ana.calendar.connection, NOW + after)


@pytest.mark.parametrize(
    ("lasts", "reminded"),
    [
        pytest.param(30 * DAY, 27 * DAY, id="three days before"),
        pytest.param(2 * DAY, DAY, id="of a short one halfway"),
    ],
)
def test_before_a_permission_ends_its_owner_is_told_once(ana: Office, lasts: timedelta, reminded: timedelta) -> None:
    ends(ana, lasts)
    assert (reminds(ana), ana.rings()) == (reminded, 0)
    ana.clock.move(reminded)
    assert (reminds(ana), ana.rings()) == (None, 1)
    assert (reminds(ana), ana.rings()) == (None, 1)


@pytest.mark.parametrize("lasts", [7 * DAY, 7 * DAY - timedelta(minutes=30)])
def test_that_a_grant_of_a_client_in_testing_ends_is_the_operators_matter(ana: Office, lasts: timedelta) -> None:
    ends(ana, lasts)
    ana.clock.move(5 * DAY)
    assert (reminds(ana), ana.rings()) == (None, 0)


def test_signing_in_again_sets_a_new_end(ana: Office) -> None:
    ends(ana, 30 * DAY)
    ana.clock.move(28 * DAY)
    reminds(ana)
    with ana.database.transaction() as tx:
        calendars.signed_in(tx, TENANT, ana.calendar.connection, ana.clock.now())
        accounts.ends(tx, TENANT, ana.calendar.connection, ana.clock.now() + 30 * DAY)
    assert (reminds(ana), ana.rings()) == (27 * DAY, 1)


def test_one_that_broke_meanwhile_is_reminded_of_as_broken(ana: Office) -> None:
    ends(ana, 30 * DAY)
    ana.clock.move(DAY)
    breaks(ana)
    assert reminds(ana) == 3 * DAY


def test_one_that_mends_by_itself_is_reminded_of_its_end_all_the_same(ana: Office) -> None:
    ends(ana, 90 * DAY)
    breaks(ana)
    ana.clock.move(10 * DAY)
    assert reminds(ana) == 77 * DAY
    is_mended(ana)
    ana.clock.move(77 * DAY)
    rung = ana.rings()
    assert (reminds(ana), ana.rings()) == (None, rung + 1)
