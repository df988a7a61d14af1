"""A round in which none of a thousand CalDAV calendars has changed: calls, processor time and memory of one process.

The server is scripted and runs in a process of its own; the work is done by the engine's own few threads. Run as
`python -m tests.benchmarks.unchanged round FOLDER` (one round, told as JSON) or `... server` (prints its port).
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bot.core.clock import SystemClock
from bot.core.ids import CalendarId, ConnectionId
from bot.jobs.embedded import Embedded
from bot.jobs.engine import Holds, Kind
from bot.people.grants import Grants, sealed
from bot.people.limits import AT_ONCE
from bot.providers.base import Account, Cursor
from bot.providers.caldav import connect
from bot.providers.fetch import Door
from bot.providers.shelf import TOKEN
from bot.storage import calendars, due, progress
from bot.storage.database import METADATA, Database
from bot.storage.due import Due
from bot.sync import cursors
from bot.sync.engine import Sync
from bot.sync.plan import window
from tests.benchmarks.memory import peak
from tests.benchmarks.rows import Row
from tests.builders import TENANT, calendar, connection
from tests.people.test_grants import VAULT

CALENDARS = 1000
THREADS = AT_ONCE
PATIENCE = 300.0
STANDS = "http://example.com/sync/1"


class Unchanged(BaseHTTPRequestHandler):
    """Says of every calendar that it stands where it stood; a GET tells how often it was asked."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    calls = 0

    def do_PROPFIND(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Unchanged.calls += 1
        body = (
            '<multistatus xmlns="DAV:" xmlns:s="http://calendarserver.org/ns/">'
            f"<response><href>{self.path}</href><propstat><prop><sync-token>{STANDS}</sync-token>"
            f"<s:getctag>{STANDS}</s:getctag></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
            "</multistatus>"
        ).encode()
        self._answer(207, body)

    def do_REPORT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Unchanged.calls += 1
        self._answer(207, f'<multistatus xmlns="DAV:"><sync-token>{STANDS}</sync-token></multistatus>'.encode())

    def do_GET(self) -> None:
        self._answer(200, str(Unchanged.calls).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Nothing is written."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def rows() -> list[Row]:
    """One round, in a process that does nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.unchanged", "round", folder]
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    round_ = f"a round of {CALENDARS} unchanged CalDAV calendars"
    return [
        Row(name=f"{round_}: calls", value=told["calls"], unit="calls"),
        Row(name=f"{round_}: processor time", value=told["cpu"], unit="s"),
        Row(name=f"{round_}: by the clock", value=told["wall"], unit="s"),
        Row(name=f"{round_}: memory it adds", value=told["added"], unit="MiB"),
        Row(name=f"{round_}: threads", value=told["threads"], unit="threads"),
    ]


def once(folder: Path) -> dict[str, float]:
    """Make them all due, and look until each was looked at."""
    with scripted() as port:
        database, clock = Database(f"sqlite:///{folder}/round.sqlite3"), SystemClock()
        METADATA.create_all(database.engine)
        fill(database, port, clock.now())
        door = Door(allowed=frozenset({f"127.0.0.1:{port}"}))
        grants = Grants(database, VAULT, {"caldav": lambda account, _keeper=None, /: connect(account, door)})
        sync = Sync(database, clock, VAULT, grants.open_calendar)
        left, is_over = [CALENDARS], threading.Event()
        counting = threading.Lock()

        def look(row: Due, _holds: Holds) -> datetime | None:
            again = sync.read(row.tenant, CalendarId(row.subject))
            with counting:
                left[0] -= 1
                if left[0] == 0:
                    is_over.set()
            return again

        engine = Embedded(database, clock, [Kind(name="calendar", task=look, workers=THREADS)], [])
        memory, cpu, began = peak(), time.process_time(), time.monotonic()
        engine.start()
        assert is_over.wait(PATIENCE), "the round did not end"
        threads = threading.active_count()
        figures = {
            "cpu": time.process_time() - cpu,
            "wall": time.monotonic() - began,
            "added": (peak() - memory) / 1024,
            "threads": float(threads),
        }
        engine.stop()
        grants.close()
        with database.reading() as tx:
            kept = [calendars.calendar(tx, TENANT, CalendarId(f"k{number}")) for number in range(CALENDARS)]
        assert all(one.problem is None for one in kept), "not every look succeeded"
        database.close()
        return {**figures, "calls": float(calls(port))}


def fill(database: Database, port: int, now: datetime) -> None:
    """A thousand accounts of one calendar each, read a while ago."""
    read = now - timedelta(minutes=20)
    with database.transaction() as tx:
        for number in range(CALENDARS):
            url = f"http://127.0.0.1:{port}/u{number}/"
            account = Account(provider="caldav", url=url, user=f"u{number}", password="secret")
            held = replace(connection(), id=ConnectionId(f"c{number}"), provider="caldav", label=f"u{number}")
            one = replace(calendar(), id=CalendarId(f"k{number}"), connection=held.id, remote=f"{url}work/")
            calendars.add_connection(tx, held, sealed(tx, VAULT, TENANT, held.id, account))
            calendars.add(tx, one)
            progress.was_read(tx, TENANT, one.id, window(now), read)
            stands = cursors.sealed(tx, VAULT, one, Cursor(TOKEN + STANDS))
            progress.stands_at(tx, TENANT, one.id, stands)
            due.mark(tx, TENANT, "calendar", one.id, read)


@contextmanager
def scripted() -> Iterator[int]:
    """The server, in its own process; its port."""
    command = [sys.executable, "-m", "tests.benchmarks.unchanged", "server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.kill()


def calls(port: int) -> int:
    """How often the server was asked about calendars."""
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}/calls") as answer:
        return int(answer.read())


def serve() -> None:
    """Until killed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Unchanged)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "server":
        serve()
    else:
        sys.stdout.write(json.dumps(once(Path(sys.argv[2]))))
