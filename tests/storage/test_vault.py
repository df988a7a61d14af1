"""Secrets at rest: sealed, bound to their row, readable after a key was added."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.errors import InvalidInput, NotFound
from bot.core.ids import TenantId
from bot.storage.database import METADATA, Database
from bot.storage.vault import KeyRing, Vault, missing_keys

OLD = "old:" + base64.b64encode(b"o" * 32).decode()
NEW = "new:" + base64.b64encode(b"n" * 32).decode()
ACME, OTHER = TenantId("memory:acme"), TenantId("memory:other")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/vault.sqlite3")
    METADATA.create_all(database.engine)
    yield database
    database.close()


def seal(database: Database, vault: Vault, clear: bytes = b"hunter2") -> bytes:
    with database.transaction() as tx:
        return vault.seal(tx, ACME, "connection:account:1", clear)


def test_what_was_sealed_opens_for_its_own_row_after_a_restart(database: Database) -> None:
    sealed = seal(database, Vault(KeyRing.parse(OLD)))
    assert b"hunter2" not in sealed
    with database.reading() as tx:
        assert Vault(KeyRing.parse(OLD)).open(tx, ACME, "connection:account:1", sealed) == b"hunter2"


def test_a_value_copied_to_another_row_or_workspace_does_not_open(database: Database) -> None:
    vault = Vault(KeyRing.parse(OLD))
    sealed = seal(database, vault)
    with database.transaction() as tx:
        with pytest.raises(NotFound):
            vault.open(tx, ACME, "connection:account:2", sealed)
        with pytest.raises(NotFound):
            vault.open(tx, OTHER, "connection:account:1", sealed)


def test_a_new_first_key_still_opens_what_the_old_one_sealed(database: Database) -> None:
    sealed = seal(database, Vault(KeyRing.parse(OLD)))
    with database.reading() as tx:
        assert Vault(KeyRing.parse(f"{NEW},{OLD}")).open(tx, ACME, "connection:account:1", sealed) == b"hunter2"


def test_once_rotated_the_old_key_may_leave_the_ring(database: Database) -> None:
    sealed = seal(database, Vault(KeyRing.parse(OLD)))
    with database.transaction() as tx:
        assert Vault(KeyRing.parse(f"{NEW},{OLD}")).rotate(tx) == 1
        assert Vault(KeyRing.parse(f"{NEW},{OLD}")).rotate(tx) == 0
    with database.reading() as tx:
        assert missing_keys(tx, KeyRing.parse(NEW)) == []
        assert Vault(KeyRing.parse(NEW)).open(tx, ACME, "connection:account:1", sealed) == b"hunter2"


def test_a_key_that_rows_need_and_the_ring_lacks_is_named(database: Database) -> None:
    seal(database, Vault(KeyRing.parse(OLD)))
    with database.reading() as tx:
        assert missing_keys(tx, KeyRing.parse(NEW)) == ["old"]
        assert missing_keys(tx, KeyRing.parse(f"{NEW},{OLD}")) == []


def test_a_data_key_made_in_a_transaction_that_was_undone_is_not_used_again(database: Database) -> None:
    vault = Vault(KeyRing.parse(OLD))
    with pytest.raises(RuntimeError), database.transaction() as tx:
        vault.seal(tx, ACME, "r", b"x")
        vault.seal(tx, ACME, "r", b"x")
        raise RuntimeError
    sealed = seal(database, vault)
    with database.reading() as tx:
        assert Vault(KeyRing.parse(OLD)).open(tx, ACME, "connection:account:1", sealed) == b"hunter2"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param("", "no key", id="empty"),
        pytest.param("k1:", "32 bytes", id="no key behind the id"),
        pytest.param("k1:c2hvcnQ=", "32 bytes", id="too short"),
        pytest.param("k1:§§§", "base64", id="not base64"),
        pytest.param(f"{OLD},{OLD}", "earlier", id="twice the same id"),
    ],
)
def test_a_wrong_ring_is_refused_without_telling_what_it_held(words: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        KeyRing.parse(words)
