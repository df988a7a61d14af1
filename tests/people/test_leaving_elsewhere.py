"""One account that is connected in two workspaces: leaving one of them takes nothing from the other."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.calendars import Connection
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Person, Profile
from bot.people.connect import Opened
from bot.people.grants import unsealed
from bot.providers.base import Abilities, Account
from bot.providers.memory import PASSWORD
from bot.storage import calendars, due, farewells, people
from bot.storage.links import Session
from bot.storage.vault import Vault
from tests.builders import NOW, TENANT
from tests.people.desk import RING, Desk, a_desk

ELSEWHERE = TenantId("slack:elsewhere")
WORK = "work@acme.example"
SERVICES = pytest.mark.parametrize("at", ["google", "microsoft"])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        desk.service.abilities = Abilities(quiet_cadence=timedelta(hours=6))
        desk.service.calendar(WORK, "Work of hers")
        yield desk


@pytest.fixture
def beyond(desk: Desk) -> Person:
    """Ana, as the other workspace knows her."""
    told = Profile(identity=ChatIdentity(ELSEWHERE, "UANA"), name="Ana", zone="Europe/Berlin", email="ana@example.com")
    with desk.database.transaction() as tx:
        return people.keep(tx, told, NOW)


def account(at: str, grant: str) -> Account:
    return Account(provider=at, url="", user=WORK, password=PASSWORD, subject="subject of hers", grant=grant)


def signs_in(desk: Desk, person: Person, account: Account) -> Session:
    """They come back from the service's page, and have not said yet whether that account is theirs."""
    opened = desk.connecting.open_session(desk.connecting.link(person).rpartition("/")[2])
    assert isinstance(opened, Opened)
    desk.connecting.propose(opened.session, account)
    return opened.session


def connects(desk: Desk, person: Person, account: Account) -> Connection:
    made = desk.connecting.confirm(signs_in(desk, person, account))
    assert made is not None
    return made


def leaves(desk: Desk, person: Person, connection: Connection) -> None:
    """They disconnect, and what is due because of it is worked off."""
    desk.connecting.disconnect(person, connection.id)
    with desk.database.reading() as tx:
        rows = tx.execute(select(due.DUE).where(due.DUE.c.kind == farewells.KIND)).all()
    for row in rows:
        desk.leaving.undo(TenantId(row.tenant), row.subject)


def revoked(desk: Desk) -> list[str]:
    return [*desk.google.revoked, *desk.microsoft.revoked]


@SERVICES
def test_nothing_is_given_back_while_another_workspace_has_the_account(desk: Desk, beyond: Person, at: str) -> None:
    here = connects(desk, desk.ana, account(at, "grant here"))
    there = connects(desk, beyond, account(at, "grant there"))
    leaves(desk, desk.ana, here)
    assert revoked(desk) == []
    with desk.database.reading() as tx:
        assert calendars.connections_of(tx, TENANT, desk.ana.id) == []
        assert unsealed(tx, Vault(RING), ELSEWHERE, there.id).grant == "grant there"


@SERVICES
def test_the_last_workspace_to_leave_gives_it_back(desk: Desk, beyond: Person, at: str) -> None:
    here = connects(desk, desk.ana, account(at, "grant here"))
    there = connects(desk, beyond, account(at, "grant there"))
    leaves(desk, desk.ana, here)
    leaves(desk, beyond, there)
    assert revoked(desk) == ["grant there"]


def test_nothing_is_given_back_while_somebody_elsewhere_is_about_to_confirm_it(desk: Desk, beyond: Person) -> None:
    here = connects(desk, desk.ana, account("google", "grant here"))
    session = signs_in(desk, beyond, account("google", "grant there"))
    leaves(desk, desk.ana, here)
    assert revoked(desk) == []
    assert desk.connecting.confirm(session) is not None
