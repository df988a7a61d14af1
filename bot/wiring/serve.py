"""Serves: one process with the web server and the background work, alone with its database."""

import asyncio
import fcntl
import logging
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from sqlalchemy.engine import make_url
from starlette.applications import Starlette

from bot.web.app import Lifespan
from bot.wiring.build import House, build, check_keys, spread_looks
from bot.wiring.settings import Settings

log = logging.getLogger(__name__)

GRACE_SECONDS = 5
"""How long an open request may take to end once the process was told to stop."""


def serve(settings: Settings) -> int:
    """Serve until told to stop; 3 when another process has the database."""
    with alone(settings.database_url) as is_alone:
        if not is_alone:
            sys.stderr.write("Another Overlap works on this database already. Stop it first.\n")
            return 3
        from bot.storage.migrations import history

        history.upgrade(settings.database_url)
        house = build(settings)
        check_keys(house)
        spread_looks(house)
        config = uvicorn.Config(
            house.application(lifespan(house)),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        uvicorn.Server(config).run()
        house.close()
    return 0


def lifespan(house: House) -> Lifespan:
    """Starts the engine with the server, and lets it finish what is under way before the process ends.

    The desk is made meanwhile, so that nobody has to wait for it; until it is there, what comes in is kept.
    """

    @asynccontextmanager
    async def run(_application: Starlette) -> AsyncIterator[None]:
        threading.Thread(target=_warm_up, args=(house,), name="warm-up").start()
        await asyncio.to_thread(house.engine.start)
        line = house.slack_line()
        if line is not None:
            await line.open()
        try:
            yield
        finally:
            if line is not None:
                await line.close()
            await asyncio.to_thread(house.engine.stop)

    return run


def _warm_up(house: House) -> None:
    try:
        house.desk()
    except Exception:  # a thread's outermost handler; whoever needs the desk next tries again
        log.exception("the desk could not be made: what comes in is kept, and nobody answers it")


@contextmanager
def alone(database_url: str) -> Iterator[bool]:
    """Whether this process is the only one on that SQLite file: a lock that the system drops with the process."""
    name = make_url(database_url).database or "overlap"
    path = Path(f"{name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
