"""Links that work once, and the sessions they open."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.ids import PersonId
from bot.storage import links
from bot.storage.database import METADATA, Database
from tests.builders import NOW, TENANT

TOKEN = "a-token"
MINUTES = timedelta(minutes=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/links.sqlite3")
    METADATA.create_all(database.engine)
    with database.transaction() as tx:
        links.add(tx, link())
    yield database
    database.close()


def link(token: str = TOKEN) -> links.Link:
    return links.Link(
        hash=links.hashed(token),
        tenant=TENANT,
        person=PersonId("ana"),
        purpose="connect",
        resume=None,
        expires_at=NOW + 10 * MINUTES,
    )


def consume(database: Database, *, after: timedelta = timedelta(), purpose: str = "connect") -> links.Link | None:
    with database.transaction() as tx:
        return links.consume(tx, TOKEN, purpose, NOW + after)


def test_a_link_is_consumed_once(database: Database) -> None:
    assert consume(database) is not None
    assert consume(database) is None


def test_of_many_at_once_one_wins(database: Database) -> None:
    won: list[links.Link | None] = []
    threads = [threading.Thread(target=lambda: won.append(consume(database))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in won) == 1


def test_a_link_is_dead_after_its_life(database: Database) -> None:
    assert consume(database, after=10 * MINUTES) is None


def test_a_link_opens_nothing_that_it_was_not_made_for(database: Database) -> None:
    assert consume(database, purpose="delete everything") is None
    assert consume(database) is not None


def test_only_hashes_are_kept(database: Database) -> None:
    with database.transaction() as tx:
        links.open_session(tx, "a-cookie", link(), NOW + 60 * MINUTES)
        rows = [*tx.execute(select(links.LINKS)), *tx.execute(select(links.SESSIONS))]
    assert TOKEN not in str(rows)
    assert "a-cookie" not in str(rows)


def test_a_session_ends_after_its_hour(database: Database) -> None:
    with database.transaction() as tx:
        opened = links.open_session(tx, "a-cookie", link(), NOW + 60 * MINUTES)
        assert links.session(tx, "a-cookie", NOW + 59 * MINUTES) == opened
        assert links.session(tx, "a-cookie", NOW + 60 * MINUTES) is None
        assert links.session(tx, "another", NOW) is None


def test_tries_are_counted(database: Database) -> None:
    with database.transaction() as tx:
        opened = links.open_session(tx, "a-cookie", link(), NOW + 60 * MINUTES)
        assert [links.try_once(tx, opened) for _ in range(3)] == [1, 2, 3]


def test_a_new_link_is_asked_for_once_in_a_while(database: Database) -> None:
    def renew(after: timedelta) -> bool:
        with database.transaction() as tx:
            return links.renew(tx, TOKEN, NOW + after, not_since=NOW + after - MINUTES) is not None

    assert [renew(after * MINUTES) for after in (0, 0, 1)] == [True, False, True]


def test_what_is_long_over_is_forgotten(database: Database) -> None:
    with database.transaction() as tx:
        links.forget(tx, NOW + 9 * MINUTES)
        assert links.link(tx, TOKEN) is not None
        links.forget(tx, NOW + 11 * MINUTES)
        assert links.link(tx, TOKEN) is None


def test_tokens_are_256_random_bits() -> None:
    tokens = {links.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 43 for token in tokens)
