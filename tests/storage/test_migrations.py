"""The history of the database's shape ends where the code is."""

import importlib
import pkgutil
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import bot.storage
from bot.storage.database import METADATA, Database
from bot.storage.ledger import TRIGGERS
from bot.storage.migrations import history

for module in pkgutil.iter_modules(bot.storage.__path__):
    importlib.import_module(f"bot.storage.{module.name}")


def migrated(folder: Path) -> Database:
    url = f"sqlite:///{folder}/history.sqlite3"
    history.upgrade(url)
    return Database(url)


def test_the_history_ends_in_the_shape_that_the_code_has(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    database.close()
    assert differences == []


def test_the_triggers_of_the_ledger_are_the_ones_that_the_code_has(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    with database.reading() as tx:
        kept = tx.exec_driver_sql("select name, sql from sqlite_master where type = 'trigger'").all()
    database.close()
    assert dict(iter(kept)) == {name: words.rstrip() for name, words in TRIGGERS.items()}


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/history.sqlite3"
    assert history.upgrade(url) == ("nothing", history.newest())
    assert history.upgrade(url) == (history.newest(), history.newest())
