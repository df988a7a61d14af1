"""The house, joined as it is served."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from bot.chat.surface import Delivery, Met, Place
from bot.core.clock import SetClock, SystemClock
from bot.core.errors import InvalidInput, NotFound
from bot.core.ids import PersonId, ProposalId, TenantId
from bot.core.people import ChatIdentity
from bot.storage import calendars, due, inbox, links, recordings
from bot.storage.migrations import history
from bot.wiring import settings
from bot.wiring.build import House, build, check_keys, spread_looks
from bot.wiring.serve import lifespan
from bot.wiring.tasks import Tasks
from tests.benchmarks.house import environment
from tests.builders import calendar

T = TenantId("slack:T1")
PATIENCE = 20.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    chosen = settings.read(environment(tmp_path))
    history.upgrade(chosen.database_url)
    house = build(chosen)
    yield house
    house.close()


def hello(key: str) -> Delivery:
    return Delivery(
        key=key, incoming=Met(by=ChatIdentity(T, "U1"), place=Place(tenant=T, channel="D1", is_private=True))
    )


@asynccontextmanager
async def served(house: House) -> AsyncIterator[AsyncClient]:
    """A browser in front of the house while its engine runs."""
    app = house.application(lifespan(house))
    door = ASGITransport(app)
    async with app.router.lifespan_context(app), AsyncClient(transport=door, base_url=house.settings.public_url) as web:
        yield web


def test_it_is_ready_once_somebody_is_there_to_answer(house: House) -> None:
    async def visit() -> tuple[str, int]:
        async with served(house) as web:
            until = time.monotonic() + PATIENCE
            while (ready := await web.get("/readyz")).status_code != 200 and time.monotonic() < until:
                await asyncio.sleep(0.02)
            return ready.text, (await web.get("/livez")).status_code

    assert asyncio.run(visit()) == ("ok\n", 200)
    assert house.desk.is_made


def test_what_nobody_can_answer_yet_is_kept_all_the_same(house: House) -> None:
    house.keep(hello("one"))
    with house.database.reading() as tx:
        kept = tx.exec_driver_sql("select count(*) from incoming").scalar()
    assert kept == 1
    assert not house.desk.is_made


def test_the_pages_stand_behind_their_paths(house: House) -> None:
    door = ASGITransport(house.application(lifespan(house)))
    web = AsyncClient(transport=door, base_url=house.settings.public_url)

    def status(path: str) -> int:
        return asyncio.run(web.get(path)).status_code

    assert status("/privacy") == 200
    assert not house.desk.is_made
    assert status("/connect") == 410  # nobody opened a link in this browser
    assert status("/static/overlap.css") == 200
    assert status("/nowhere") == 404


def test_what_is_over_is_forgotten_by_the_hour(house: House) -> None:
    clock = SetClock(SystemClock().now())
    tasks = Tasks(house.database, clock, house.desk)
    token = links.new_token()
    made = links.Link(
        hash=links.hashed(token), tenant=T, person=PersonId("p"), purpose="connect", resume=None, expires_at=clock.now()
    )
    answered = house.tray.keep(hello("one")) or ""
    waiting = house.tray.keep(hello("two")) or ""
    with house.database.transaction() as tx:
        links.add(tx, made)
        inbox.answered(tx, T, answered, clock.now())
        recordings.keep(tx, T, ProposalId("o"), b"kept", clock.now())
    clock.move(timedelta(days=8))
    tasks.forget()
    with house.database.reading() as tx:
        assert links.link(tx, token) is None
        assert inbox.sealed(tx, T, waiting)
        with pytest.raises(NotFound):
            inbox.sealed(tx, T, answered)
        with pytest.raises(NotFound):
            recordings.recording(tx, ProposalId("o"))


def test_keys_that_sealed_rows_are_asked_for_before_anything_starts(house: House, tmp_path: Path) -> None:
    house.keep(hello("one"))
    check_keys(house)
    others = {**environment(tmp_path), "OVERLAP_KEYS": "k2:" + "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="}
    other = build(settings.read(others))
    with pytest.raises(InvalidInput, match="k1"):
        check_keys(other)
    other.close()


def test_after_a_stop_what_came_due_does_not_all_begin_at_once(house: House) -> None:
    now = house.tray.clock.now()
    with house.database.transaction() as tx:
        for number in range(40):
            calendars.add(tx, calendar(f"p{number}-work", tenant=T))
            due.mark(tx, T, "calendar", f"p{number}-work", now - timedelta(hours=1))
    spread_looks(house)
    with house.database.transaction() as tx:
        begun = due.take(tx, now, kinds=["calendar"], limit=40, lease=timedelta(minutes=1))
    assert len(begun) < 10
