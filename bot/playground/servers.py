"""A real CalDAV server: Radicale, as a process of its own on loopback."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from bot.playground.process import DidNotStart, free_port

PATIENCE_SECONDS = 60.0

CONFIG = """
[server]
hosts = {host}
max_connections = 64
timeout = 30

[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
htpasswd_cache = True
delay = 0.1

[rights]
type = owner_only

[storage]
filesystem_folder = {folder}/collections
use_mtime_and_size_for_item_cache = True

[web]
type = none

[logging]
level = error
"""


class CalendarServer:
    """One server with its accounts; what it keeps outlives a stop, and ends with `remove`."""

    def __init__(self, name: str, passwords: Mapping[str, str]) -> None:
        self.name = name
        self.host = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.host}/"
        self._passwords = passwords
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Where it keeps everything once it was launched; it goes with it, however that ends."""
        assert self._folder is not None
        return self._folder

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Begin to start; `wait` says when it answers."""
        if self.is_running:
            return
        folder = self._folder or self._prepared()
        with (folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot.playground.keeper", str(folder / "config"), str(folder)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for the demo, which then stops its servers itself
            )

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if not self.is_running:
                raise DidNotStart(f"The calendar server “{self.name}” ended:\n{self._said()}")
            try:
                httpx.options(self.url, timeout=2)
                return
            except httpx.TransportError:
                time.sleep(0.02)
        raise DidNotStart(f"The calendar server “{self.name}” did not answer in time:\n{self._said()}")

    def stop(self) -> None:
        """As when somebody pulls the plug: at once, and everything written so far is still there."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def remove(self) -> None:
        """Stop it and forget all it kept."""
        self.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _prepared(self) -> Path:
        self._folder = folder = Path(tempfile.mkdtemp(prefix=f"overlap-calendars-{self.name}-"))
        users = "".join(f"{user}:{password}\n" for user, password in self._passwords.items())
        (folder / "users").write_text(users)
        (folder / "users").chmod(0o600)
        (folder / "config").write_text(CONFIG.format(host=self.host, folder=folder))
        return folder

    def _said(self) -> str:
        log = self._folder / "log" if self._folder else None
        return "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log and log.exists() else ""
