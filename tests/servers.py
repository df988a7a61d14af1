"""Real CalDAV servers for tests: processes on free loopback ports, with passwords made for the day.

Radicale speaks http, Xandikos https with a certificate of an authority of its own, so that both doors are tested.
"""

import base64
import hashlib
import secrets
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx

from bot.playground.stands.microsoft.certificates import certificate

PATIENCE = 60.0
USER = "ana"
HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port: int = taken.getsockname()[1]
        return port


class Server:
    """One CalDAV server process with one account; it keeps its data and its port over a restart."""

    def __init__(self, *, url: str, port: int, home: str, command: Sequence[str], ca_file: Path | None = None) -> None:
        self.url = url
        self.port = port
        self.home = home
        self.ca_file = ca_file
        self.password = ""
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """As `OVERLAP_ALLOW_PRIVATE_HOSTS` names it."""
        return f"{HOST}:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as knock:
                if knock.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"{self._command[2]} did not start")

    def stop(self) -> None:
        """As when somebody pulls the plug."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def down(self) -> Iterator[None]:
        """Within the block the server is gone."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def client(self) -> httpx.Client:
        """A client that is not the bot."""
        verify = ssl.create_default_context(cafile=self.ca_file)
        return httpx.Client(auth=(USER, self.password), verify=verify, trust_env=False, timeout=30)

    def new_calendar(self, name: str) -> str:
        """A calendar of its own, by its URL."""
        url = f"{self.url}{self.home}{secrets.token_hex(6)}/"
        body = (
            '<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
            f"<D:displayname>{name}</D:displayname>"
            '<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>'
            "</D:prop></D:set></C:mkcalendar>"
        )
        with self.client() as client:
            client.request("MKCALENDAR", url, content=body, headers={"Content-Type": "text/xml"}).raise_for_status()
        return url

    def place(self, calendar: str, uid: str, data: bytes) -> None:
        """An object as a calendar app would put it."""
        with self.client() as client:
            client.put(_object(calendar, uid), content=data, headers=CALENDAR).raise_for_status()

    def stored(self, calendar: str, uid: str) -> bytes:
        """The object as the server has it."""
        with self.client() as client:
            return client.get(_object(calendar, uid)).raise_for_status().content

    def drop(self, calendar: str, uid: str) -> None:
        """It is deleted in a calendar app."""
        with self.client() as client:
            client.delete(_object(calendar, uid)).raise_for_status()


CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}


def _object(calendar: str, uid: str) -> str:
    return f"{calendar}{quote(uid, safe='')}.ics"


@contextmanager
def radicale(folder: Path) -> Iterator[Server]:
    """Radicale, over http."""
    port, password = free_port(), secrets.token_hex(12)
    (folder / "users").write_text(f"{USER}:{password}\n")
    options = {
        "server-hosts": f"{HOST}:{port}",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(folder / "users"),
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "storage-filesystem-folder": str(folder / "collections"),
        "web-type": "none",
        "logging-level": "critical",
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    command = [sys.executable, "-m", "radicale", "--config", "", *arguments]
    yield from _running(Server(url=f"http://{HOST}:{port}/", port=port, home=f"{USER}/", command=command), password)


@contextmanager
def xandikos(folder: Path) -> Iterator[Server]:
    """Xandikos, over https."""
    port, password = free_port(), secrets.token_hex(12)
    digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
    (folder / "users").write_text(f"{USER}:{{SHA}}{digest}\n")
    certificates = folder / "state" / "certs"
    certificates.mkdir(parents=True)
    ca_file = _certificates(certificates)
    command = [
        *(sys.executable, "-m", "xandikos", "serve", "--defaults", "--no-detect-systemd"),
        *("-d", str(folder / "data"), "--current-user-principal", f"/{USER}/"),
        *("--autocert", "--state-dir", str(folder / "state"), "--htpasswd", str(folder / "users")),
        *("-l", HOST, "-p", str(port)),
    ]
    home = f"{USER}/calendars/"
    server = Server(url=f"https://{HOST}:{port}/", port=port, home=home, command=command, ca_file=ca_file)
    yield from _running(server, password)


def _running(server: Server, password: str) -> Iterator[Server]:
    server.password = password
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _certificates(folder: Path) -> Path:
    """An authority, and a certificate for this machine where Xandikos looks for it; the authority's file."""
    made = certificate(folder)
    made.chain.rename(folder / "selfsigned.crt")
    made.key.rename(folder / "selfsigned.key")
    return made.authority
