"""Opening connected calendars."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.errors import NotFound, NotOffered, TryLater
from bot.core.ids import CalendarId, TenantId
from bot.people.grants import Grants, sealed, unsealed
from bot.providers import memory
from bot.providers.base import Account, CalendarProvider, Keeper
from bot.storage import calendars
from bot.storage.database import METADATA, Database
from bot.storage.vault import KeyRing, Vault
from tests.storage.test_calendars import ACCOUNT, TENANT, WORK

VAULT = Vault(KeyRing.parse("test:" + base64.b64encode(bytes(32)).decode()))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def service(database: Database) -> memory.Service:
    service = memory.Service()
    remote = service.calendar("ana", "Work")
    with database.transaction() as tx:
        account = sealed(tx, VAULT, TENANT, ACCOUNT.id, service.account("ana"))
        calendars.add_connection(tx, ACCOUNT, account)
        calendars.add(tx, replace(WORK, remote=remote))
    return service


class Counting:
    """Counts how often an account is really opened."""

    def __init__(self, service: memory.Service) -> None:
        self.service = service
        self.opened = 0

    def connect(self, account: Account, keeper: Keeper | None = None, /) -> CalendarProvider:
        self.opened += 1
        return self.service.connect(account, keeper)


def test_a_calendar_opens_with_the_name_its_service_knows(database: Database, service: memory.Service) -> None:
    grants = Grants(database, VAULT, {"memory": service.connect})
    with grants.open_calendar(TENANT, WORK.id) as (provider, remote):
        assert [one.remote for one in provider.calendars()] == [remote]


def test_the_account_is_nowhere_in_clear(database: Database, service: memory.Service) -> None:
    with database.reading() as tx:
        assert memory.PASSWORD.encode() not in calendars.sealed_account(tx, TENANT, ACCOUNT.id)
        assert unsealed(tx, VAULT, TENANT, ACCOUNT.id) == service.account("ana")


def test_an_opened_account_serves_the_next_task(database: Database, service: memory.Service) -> None:
    counting = Counting(service)
    grants = Grants(database, VAULT, {"memory": counting.connect})
    for _ in range(3):
        with grants.open_account(TENANT, ACCOUNT.id) as provider:
            provider.calendars()
    assert counting.opened == 1
    with grants.open_account(TENANT, ACCOUNT.id), grants.open_account(TENANT, ACCOUNT.id):
        assert counting.opened == 2, "two tasks at once never share one"


def test_a_failed_one_is_never_lent_again(database: Database, service: memory.Service) -> None:
    counting = Counting(service)
    grants = Grants(database, VAULT, {"memory": counting.connect})
    service.trouble("ana", TryLater("down"))
    with pytest.raises(TryLater), grants.open_account(TENANT, ACCOUNT.id) as provider:
        provider.calendars()
    service.trouble("ana", None)
    with grants.open_account(TENANT, ACCOUNT.id) as provider:
        provider.calendars()
    assert counting.opened == 2


def test_a_new_password_opens_anew(database: Database, service: memory.Service) -> None:
    counting = Counting(service)
    grants = Grants(database, VAULT, {"memory": counting.connect})
    with grants.open_account(TENANT, ACCOUNT.id):
        pass
    with database.transaction() as tx:
        changed = replace(service.account("ana"), password="another")
        calendars.replace_account(tx, TENANT, ACCOUNT.id, sealed(tx, VAULT, TENANT, ACCOUNT.id, changed))
    with grants.open_account(TENANT, ACCOUNT.id):
        assert counting.opened == 2


def test_nothing_opens_for_another_tenant_or_once_disconnected(database: Database, service: memory.Service) -> None:
    grants = Grants(database, VAULT, {"memory": service.connect})
    with pytest.raises(NotFound), grants.open_calendar(TenantId("memory:other"), WORK.id):
        pass
    with pytest.raises(NotFound), grants.open_calendar(TENANT, CalendarId("none")):
        pass
    with database.transaction() as tx:
        calendars.disconnect(tx, TENANT, ACCOUNT.id)
    with pytest.raises(NotFound), grants.open_account(TENANT, ACCOUNT.id):
        pass


def test_an_account_of_a_service_that_is_not_set_up_any_more_is_not_opened(
    database: Database, service: memory.Service
) -> None:
    with pytest.raises(NotOffered), Grants(database, VAULT, {}).open_account(TENANT, ACCOUNT.id):
        pass


def test_an_account_that_is_not_allowed_any_more_is_not_opened_and_stays_as_it_is(
    database: Database, service: memory.Service
) -> None:
    counting = Counting(service)
    narrow = Grants(database, VAULT, {"memory": counting.connect}, is_allowed=lambda account: account.user != "ana")
    with pytest.raises(NotOffered), narrow.open_account(TENANT, ACCOUNT.id):
        pass
    assert counting.opened == 0
    wide = Grants(database, VAULT, {"memory": counting.connect})
    with wide.open_account(TENANT, ACCOUNT.id) as provider:
        assert [one.name for one in provider.calendars()] == ["Work"]
