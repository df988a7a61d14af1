"""Sign-ins that are under way, and people who wait for an administrator."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Access
from bot.core.ids import PersonId, TenantId
from bot.storage import signins
from bot.storage.database import METADATA, Database
from bot.storage.links import Session
from bot.storage.signins import Begun
from tests.builders import NOW, TENANT

TEN_MINUTES = timedelta(minutes=10)
ANA, BO = PersonId("ana"), PersonId("bo")
SESSION = Session(
    hash="session",
    link="link",
    tenant=TENANT,
    person=ANA,
    purpose="connect",
    resume=None,
    expires_at=NOW + timedelta(hours=1),
)
BEGUN = Begun(
    tenant=TENANT,
    provider="google",
    access=Access.FULL,
    connection=None,
    flow=b"sealed",
    expires_at=NOW + TEN_MINUTES,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/signins.sqlite3")
    METADATA.create_all(database.engine)
    yield database
    database.close()


def begins(database: Database, state: str = "state") -> None:
    with database.transaction() as tx:
        signins.begin(tx, SESSION, state, BEGUN)


def test_a_state_is_taken_once(database: Database) -> None:
    begins(database)
    with database.transaction() as tx:
        assert signins.take(tx, SESSION, "google", "state", NOW) == BEGUN
        assert signins.take(tx, SESSION, "google", "state", NOW) is None


@pytest.mark.parametrize(
    ("session", "provider", "state", "later"),
    [
        pytest.param(replace(SESSION, hash="another"), "google", "state", timedelta(), id="another session"),
        pytest.param(replace(SESSION, tenant=TenantId("memory:other")), "google", "state", timedelta(), id="elsewhere"),
        pytest.param(SESSION, "microsoft", "state", timedelta(), id="another service"),
        pytest.param(SESSION, "google", "guessed", timedelta(), id="another state"),
        pytest.param(SESSION, "google", "state", TEN_MINUTES, id="too late"),
    ],
)
def test_nobody_else_takes_it(
    database: Database, session: Session, provider: str, state: str, later: timedelta
) -> None:
    begins(database)
    with database.transaction() as tx:
        assert signins.take(tx, session, provider, state, NOW + later) is None
        assert signins.take(tx, SESSION, "google", "state", NOW) == BEGUN


def test_no_state_is_kept_as_it_is(database: Database) -> None:
    begins(database)
    with database.reading() as tx:
        (row,) = tx.execute(signins.SIGN_INS.select()).all()
    assert "state" not in row.state


def test_an_administrator_answers_once_for_all_who_wait_in_that_workspace(database: Database) -> None:
    other = TenantId("memory:other")
    with database.transaction() as tx:
        signins.ask_approval(tx, TENANT, "microsoft", "for ana", NOW + TEN_MINUTES)
        signins.ask_approval(tx, TENANT, "microsoft", "for bo", NOW + TEN_MINUTES)
        for person in (ANA, BO, BO):
            signins.awaits_approval(tx, TENANT, "microsoft", person, NOW)
        signins.awaits_approval(tx, other, "microsoft", ANA, NOW)
        found = signins.approved(tx, "microsoft", "for ana", NOW)
        assert found is not None
        assert (found[0], sorted(found[1])) == (TENANT, [ANA, BO])
        assert signins.approved(tx, "microsoft", "for ana", NOW) is None
        assert signins.approved(tx, "microsoft", "for bo", NOW) == (TENANT, [])
        assert signins.waits(tx, other, "microsoft", ANA)


def test_what_is_over_is_forgotten(database: Database) -> None:
    begins(database)
    with database.transaction() as tx:
        signins.ask_approval(tx, TENANT, "microsoft", "asked", NOW + TEN_MINUTES)
        signins.awaits_approval(tx, TENANT, "microsoft", ANA, NOW)
        signins.forget(tx, NOW + TEN_MINUTES, waited_since=NOW + timedelta(seconds=1))
        for table in (signins.SIGN_INS, signins.APPROVALS, signins.AWAITING):
            assert tx.execute(table.select()).all() == []
