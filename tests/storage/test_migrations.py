"""The history of the database's shape ends where the code is."""

import importlib
import json
import pkgutil
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import bot.storage
from bot.core.calendars import Access
from bot.core.ids import MeetingId, PersonId, ProposalId
from bot.core.weeks import Rows, bits_of
from bot.storage import busy_weeks, calendars, meetings, mirror, people, progress, proposals
from bot.storage.database import METADATA, Database
from bot.storage.ledger import TRIGGERS
from bot.storage.migrations import history
from tests.builders import TENANT

REQUEST = {
    "people": [],
    "length": 1800,
    "first": "2026-12-01",
    "last": "2026-12-04",
    "from": "00:00:00",
    "to": "00:00:00",
}
REQUEST |= {"when": "next week", "title": None}

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


OF_THE_FIRST_SHAPE: tuple[tuple[str, dict[str, object]], ...] = (
    ("person", {"id": "p", "user": "U1", "name": "Ana", "zone": "UTC", "standing": "member", "looked_up_at": 0}),
    (
        "connection",
        {"id": "c", "person": "p", "provider": "caldav", "label": "ana", "connected_at": 0, "account": b"sealed"},
    ),
    (
        "calendar",
        {"id": "k", "connection": "c", "person": "p", "remote": "r", "name": "Work", "counts": 1, "receives": 1}
        | {"is_writable": 1, "invites": 0, "is_static": 0, "cadence": 600, "cursor": "in clear", "doubted": 3}
        | {"dirty_marks": 0, "failures": 0, "window_start": 0, "window_end": 86400},
    ),
    (
        "mirror",
        {"calendar": "k", "uid": "u", "starts": 0, "begins": 0, "ends": 320_000, "kind": "hard", "all_day": 0}
        | {"status": "confirmed", "sequence": 0, "blocks": 1, "is_declined": 0},
    ),
    (
        "meeting",
        {"id": "m", "uid": "m@overlap", "organiser": "p", "title": "Ana", "starts": 0, "ends": 60, "state": "booked"}
        | {"sequence": 0, "reason": "", "version": 1},
    ),
    (
        "attendance",
        {"meeting": "m", "person": "p", "position": 0, "road": "organiser", "response": "accepted", "is_reachable": 1},
    ),
    (
        "proposal",
        {"id": "o", "asker": "p", "state": "open", "created_at": 0, "slots": "[]", "page": 0, "waiting_for": "[]"}
        | {"request": json.dumps(REQUEST), "basis": '[["p", "k", "Work", null, "known"]]', "version": 1},
    ),
)


def test_what_was_kept_in_the_first_shape_is_there_in_the_newest(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/history.sqlite3"
    history.upgrade(url, "0001")
    database = Database(url)
    with database.transaction() as tx:
        for table, row in OF_THE_FIRST_SHAPE:
            kept = {"tenant": TENANT} | row
            names, places = ", ".join(f'"{name}"' for name in kept), ", ".join("?" * len(kept))
            tx.exec_driver_sql(f"insert into {table} ({names}) values ({places})", tuple(kept.values()))
    database.close()
    history.upgrade(url)
    database = Database(url)
    with database.reading() as tx:
        ana = people.person(tx, TENANT, PersonId("p"))
        (account,) = calendars.connections_of(tx, TENANT, ana.id)
        (work,) = calendars.of_person(tx, TENANT, ana.id)
        assert (ana.name, account.access, work.is_granted, work.receives) == ("Ana", Access.FULL, True, True)
        assert progress.of(tx, TENANT, work.id).cursor is None
        assert [one.uid for one in mirror.everything(tx, TENANT, work.id)] == ["u"]
        rows = Rows(hard=((0, 320_000),))
        assert busy_weeks.load(tx, TENANT, [work.id], -1, 2)[work.id] == bits_of(rows, -1, 2)
        assert [one.person for one in meetings.meeting(tx, TENANT, MeetingId("m")).attendances] == [ana.id]
        assert proposals.proposal(tx, TENANT, ProposalId("o")).basis == ()
    database.close()
