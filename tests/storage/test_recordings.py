"""Recordings are kept for a week, and never longer than what they were made from."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import NotFound
from bot.core.ids import PersonId, ProposalId, TenantId
from bot.storage import calendars, proposals, recordings
from bot.storage.database import METADATA, Database
from tests.builders import NOW, TENANT, asked, calendar, connection

OTHER = TenantId("memory:other")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'recordings.db'}")
    METADATA.create_all(made.engine)
    yield made
    made.close()


def proposed(database: Database, *people: str, tenant: TenantId = TENANT, at: datetime = NOW) -> ProposalId:
    """A proposal of these people, with a recording."""
    made = replace(asked(*people), tenant=tenant, id=ProposalId(f"{tenant} {' '.join(people)}"))
    with database.transaction() as tx:
        proposals.insert(tx, made)
        recordings.keep(tx, tenant, made.id, b"kept", at)
    return made.id


def is_kept(database: Database, proposal: ProposalId) -> bool:
    with database.reading() as tx:
        try:
            return recordings.recording(tx, proposal) == b"kept"
        except NotFound:
            return False


def test_the_newest_takes_the_place_of_the_one_before(database: Database) -> None:
    proposal = proposed(database, "ana", "ben")
    with database.transaction() as tx:
        recordings.keep(tx, TENANT, proposal, b"newer", NOW + recordings.KEPT_FOR)
        recordings.forget(tx, NOW + recordings.KEPT_FOR + timedelta(days=1))
        assert recordings.recording(tx, proposal) == b"newer"


def test_after_seven_days_it_is_forgotten(database: Database) -> None:
    proposal = proposed(database, "ana", "ben")
    with database.transaction() as tx:
        recordings.forget(tx, NOW + timedelta(days=7))
    assert is_kept(database, proposal)
    with database.transaction() as tx:
        recordings.forget(tx, NOW + timedelta(days=7, seconds=1))
    assert not is_kept(database, proposal)


def test_it_goes_with_everybody_who_takes_part(database: Database) -> None:
    with_ben, without = proposed(database, "ana", "ben"), proposed(database, "ana", "cem")
    elsewhere = proposed(database, "ana", "ben", tenant=OTHER)
    with database.transaction() as tx:
        recordings.forget_with(tx, TENANT, PersonId("ben"))
    assert [is_kept(database, one) for one in (with_ben, without, elsewhere)] == [False, True, True]


def test_it_goes_with_every_account_that_told_of_anybody_in_it(database: Database) -> None:
    """Ana's account also reads a room, and a colleague who has connected nothing."""
    with database.transaction() as tx:
        for owner in ("ana", "ben"):
            calendars.add_connection(tx, connection(owner), b"sealed")
            calendars.add(tx, calendar(f"{owner}-work"))
        for read_through_hers in ("elbe", "dan"):
            calendars.add(tx, replace(calendar(f"{read_through_hers}-work"), connection=connection("ana").id))
    hers, room, colleague = (proposed(database, "ben", other) for other in ("ana", "elbe", "dan"))
    without = proposed(database, "ben", "cem")
    elsewhere = proposed(database, "ana", "ben", tenant=OTHER)
    with database.transaction() as tx:
        recordings.forget_behind(tx, TENANT, connection("ana").id)
    kept = [is_kept(database, one) for one in (hers, room, colleague, without, elsewhere)]
    assert kept == [False, False, False, True, True]


def test_an_account_that_told_nothing_takes_nothing_with_it(database: Database) -> None:
    with database.transaction() as tx:
        calendars.add_connection(tx, connection("ben"), b"sealed")
    proposal = proposed(database, "ana", "cem")
    with database.transaction() as tx:
        recordings.forget_behind(tx, TENANT, connection("ben").id)
    assert is_kept(database, proposal)
