"""Nothing that a CalDAV account or a feed holds, and nothing that opens it, reaches a log or the disk in clear."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Calendar, Problem
from bot.core.clock import SetClock
from bot.people.grants import Grants, sealed
from bot.providers.base import Account
from bot.providers.ics.feed import FEED
from bot.providers.registry import Services, providers
from bot.storage import calendars, mirror
from bot.storage.database import METADATA, Database
from bot.storage.vault import KeyRing, Vault
from bot.sync.engine import Sync
from tests.builders import NOW, TENANT, calendar, connection
from tests.providers.publisher import Publisher, publisher
from tests.providers.scripted import Answer, Scripted, member, multistatus, scripted

CANARY, PASSWORD, SECRET = "canary-7f3a", "hunter2-9c4e", "private-3f2a9c"
EVENT = f"""\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART:20261201T090000Z
DTEND:20261201T100000Z
RRULE:FREQ=DAILY;COUNT=3
SUMMARY:{CANARY} title
DESCRIPTION:{CANARY} description
LOCATION:{CANARY} room
ORGANIZER;CN={CANARY} boss:mailto:{CANARY}@boss.example
ATTENDEE;CN={CANARY} guest:mailto:{CANARY}@guest.example
END:VEVENT
END:VCALENDAR
"""
FAULTS = {
    "a failure": (500, Problem.UNREACHABLE),
    "too fast": (429, Problem.UNREACHABLE),
    "a wrong password": (401, Problem.SIGN_IN_NEEDED),
    "forbidden": (403, Problem.REFUSED),
}


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


@pytest.fixture
def web() -> Iterator[Publisher]:
    with publisher() as web:
        yield web


def reading(
    folder: Path, account: Account, remote: str, allowed: frozenset[str]
) -> tuple[Database, Callable[[], None]]:
    """The account in a house of its own, and how it is read there."""
    database = Database(f"sqlite:///{folder / 'overlap.db'}")
    METADATA.create_all(database.engine)
    vault, clock = Vault(KeyRing.parse("k1:" + "A" * 43 + "=")), SetClock(NOW)
    held = replace(calendar("ana-work", cadence=timedelta(minutes=5), read_at=None), window=None, remote=remote)
    with database.transaction() as tx:
        kept = sealed(tx, vault, TENANT, held.connection, account)
        calendars.add_connection(tx, connection("ana", provider=account.provider), kept)
        calendars.add(tx, held)
    grants = Grants(database, vault, providers(Services(private_hosts=allowed)))
    sync = Sync(database, clock, vault, grants.open_calendar, chance=lambda: 0.5)

    def read() -> None:
        with database.transaction() as tx:
            calendars.dirty(tx, TENANT, held.id, clock.now())
        sync.read(TENANT, held.id)

    return database, read


def known(database: Database) -> tuple[int, Calendar]:
    with database.reading() as tx:
        (one,) = calendars.of_person(tx, TENANT, calendar("ana-work").person)
        return len(mirror.everything(tx, TENANT, one.id)), one


def nowhere(folder: Path, caplog: pytest.LogCaptureFixture) -> bool:
    kept = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    return not any(one.encode() in kept or one in caplog.text for one in (CANARY, PASSWORD, SECRET))


@pytest.mark.parametrize(("status", "problem"), FAULTS.values(), ids=FAULTS)
def test_of_a_feed(
    web: Publisher, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int, problem: Problem
) -> None:
    caplog.set_level(logging.DEBUG)
    account = Account(provider="ics", url="", user="Feed", password=web.url, addresses=())
    database, read = reading(tmp_path, account, FEED, web.allowed)
    web.says(EVENT.encode())
    read()
    assert known(database)[0] == 3
    web.says(EVENT.encode(), status=status)
    read()
    assert (known(database)[0], known(database)[1].problem) == (3, problem)
    assert nowhere(tmp_path, caplog)


@pytest.mark.parametrize(("status", "problem"), FAULTS.values(), ids=FAULTS)
def test_of_a_calendar_server(
    server: Scripted, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int, problem: Problem
) -> None:
    caplog.set_level(logging.DEBUG)
    account = Account(provider="caldav", url=server.url, user="ana", password=PASSWORD, addresses=())
    allowed = frozenset({server.url.removeprefix("http://").rstrip("/")})
    database, read = reading(tmp_path, account, server.work, allowed)
    here = member("/ana/work/", "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>")
    server.says("PROPFIND", "/ana/work/", multistatus(here, member("/ana/work/1.ics", "<D:getetag>1</D:getetag>")))
    data = f"<D:getetag>1</D:getetag><C:calendar-data>{EVENT}</C:calendar-data>"
    server.says("REPORT", "/ana/work/", multistatus(member("/ana/work/1.ics", data)))
    read()
    assert known(database)[0] == 3
    server.says("PROPFIND", "/ana/work/", Answer(status, EVENT, {}))
    read()
    assert (known(database)[0], known(database)[1].problem) == (3, problem)
    assert nowhere(tmp_path, caplog)
