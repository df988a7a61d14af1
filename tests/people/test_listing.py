"""Which calendars an account holds, asked once a day."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func

from bot.core.calendars import Connection
from bot.core.errors import OverlapError, SignInNeeded, TryLater
from bot.core.ids import ConnectionId
from bot.people.keeping import Keeping
from bot.people.listing import Listing
from bot.providers.base import Remote
from bot.storage import accounts, calendars
from tests.builders import TENANT
from tests.people.desk import Desk, a_desk

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def account(desk: Desk) -> Connection:
    account = desk.connect()
    desk.nothing_is_due()
    return account


def listing(desk: Desk) -> Listing:
    return Listing(desk.database, desk.clock, desk.grants.open_account, Keeping(desk.connecting.vault, None))


def looks(desk: Desk, account: ConnectionId) -> timedelta | None:
    """After how long it is asked again."""
    again = listing(desk).look(TENANT, account)
    return None if again is None else again - desk.clock.now()


def test_a_new_calendar_is_kept_and_does_not_count(desk: Desk, account: Connection) -> None:
    desk.service.calendar("ana", "Side project", zone="Europe/Lisbon")
    assert looks(desk, account.id) == DAY
    new = desk.calendars()["Side project"]
    assert (new.counts, new.receives, new.is_writable, new.zone) == (False, False, True, "Europe/Lisbon")
    assert list(desk.due("calendar")) == [new.id]
    assert desk.rung("connection", account.id) == 1  # when it was connected


def test_one_that_is_listed_no_more_is_read_at_once_and_stays_what_it_was(desk: Desk, account: Connection) -> None:
    before = desk.calendars()["Work"]
    desk.service.delete_calendar(Remote(before.remote))
    looks(desk, account.id)
    assert list(desk.due("calendar")) == [before.id]
    assert (desk.calendars()["Work"].counts, desk.calendars()["Work"].receives) == (True, True)


def test_a_calendar_goes_by_its_new_name_and_rights(desk: Desk, account: Connection) -> None:
    before = desk.calendars()["Private"]
    with desk.database.transaction() as tx:
        accounts.renew(tx, before, name="Once", zone=None, is_writable=False)
    looks(desk, account.id)
    assert desk.calendars()["Private"] == before


def moves(desk: Desk) -> None:
    """Its service moved the account to another of its hosts."""
    with desk.database.transaction() as tx:
        table = calendars.CALENDARS
        tx.execute(table.update().values(remote=func.replace(table.c.remote, "//service/", "//p42.service/")))


def test_an_account_that_was_moved_to_another_host_has_no_new_calendars(desk: Desk, account: Connection) -> None:
    moves(desk)
    before = desk.calendars()
    looks(desk, account.id)
    assert desk.calendars() == before
    desk.connect()
    assert [one.id for one in desk.calendars().values()] == [one.id for one in before.values()]


def test_where_nothing_is_new_nothing_happens(desk: Desk, account: Connection) -> None:
    looks(desk, account.id)
    assert (desk.due("calendar"), desk.due("message")) == ({}, {})


@pytest.mark.parametrize(
    ("error", "again"),
    [
        pytest.param(TryLater("503"), HOUR, id="a passing fault"),
        pytest.param(TryLater("429", timedelta(hours=5)), 5 * HOUR, id="a service that wants more time"),
        pytest.param(SignInNeeded("401"), DAY, id="what a reading tells its owner"),
    ],
)
def test_a_list_that_cannot_be_had_changes_nothing(
    desk: Desk, account: Connection, error: OverlapError, again: timedelta
) -> None:
    before = desk.calendars()
    desk.service.trouble("ana", error)
    assert looks(desk, account.id) == again
    assert desk.calendars() == before


def test_a_disconnected_account_is_asked_no_more(desk: Desk, account: Connection) -> None:
    desk.connecting.disconnect(desk.ana, account.id)
    assert looks(desk, account.id) is None


def test_every_account_is_due_within_a_day_and_stays_so(desk: Desk, account: Connection) -> None:
    listing(desk).look_after()
    first = desk.due(accounts.LISTED)
    assert list(first) == [account.id]
    assert timedelta() <= first[account.id] < DAY
    desk.clock.move(HOUR)
    listing(desk).look_after()
    assert desk.due(accounts.LISTED) == {account.id: first[account.id] - HOUR}


def test_a_feed_holds_one_calendar_and_is_not_asked(desk: Desk, account: Connection) -> None:
    with desk.database.transaction() as tx:
        tx.execute(calendars.CONNECTIONS.update().values(provider="ics"))
    listing(desk).look_after()
    assert desk.due(accounts.LISTED) == {}
