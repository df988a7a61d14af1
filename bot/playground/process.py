"""The bot as it would run in production: a process of its own, told everything by its environment."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PATIENCE_SECONDS = 60.0
SHOWN = 900
"""Characters of a log line that are worth showing: its end, where a traceback says what happened."""


def free_port() -> int:
    """A port of loopback that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class DidNotStart(Exception):
    """The bot's process ended or never became ready; what it said last is in the message."""


@dataclass
class BotProcess:
    """Starts, kills and stops `overlap run`; it ends by itself once its starter is no more."""

    environment: Mapping[str, str]
    port: int
    folder: Path
    """Where it keeps everything; removed should its starter die without a word."""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / "bot.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.playground.guarded", str(self.folder), "run"],
                env=self._whole_environment(),
                stdout=log,
                stderr=log,
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        self._wait_until_ready(self.process)

    def kill(self) -> None:
        """As a power cut would: no word of warning, no chance to tidy up."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(signal.SIGKILL)
            _buried(process)

    def stop(self) -> None:
        """Ask it to end, and insist when it does not."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
        _buried(process)

    def said(self, lines: int = 12) -> str:
        """The last lines of its log."""
        told = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(line.replace("\\n", "\n")[-SHOWN:] for line in told[-lines:])

    def _whole_environment(self) -> dict[str, str]:
        """Nothing of the caller's own Overlap or Slack settings may leak in, and no proxy stands before loopback."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("OVERLAP_", "SLACK_"))}
        inherited |= {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
        return {**inherited, **self.environment}

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if process.poll() is not None:
                raise DidNotStart(f"The bot ended with exit code {process.returncode}:\n{self.said()}")
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise DidNotStart(f"The bot was not ready after {PATIENCE_SECONDS:.0f} s:\n{self.said()}")


def _buried(process: subprocess.Popen[bytes]) -> None:
    """Wait until it has ended, and let go of the pipe that kept it alive."""
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
