"""The bot of a demo that dies without a word ends too, and leaves nothing behind."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from tests.playground.test_world import eventually

STARTER = """
import base64, sys, time
from pathlib import Path
from bot.playground.process import BotProcess, free_port
port, folder = free_port(), Path(sys.argv[1])
told = {
    "OVERLAP_DATABASE_URL": f"sqlite:///{folder}/overlap.sqlite3",
    "OVERLAP_KEYS": f"demo:{base64.b64encode(bytes(32)).decode()}",
    "OVERLAP_PUBLIC_URL": f"http://127.0.0.1:{port}",
    "OVERLAP_HOST": "127.0.0.1",
    "OVERLAP_PORT": str(port),
    "OVERLAP_SLACK_BOT_TOKEN": "xoxb-1",
    "OVERLAP_SLACK_SIGNING_SECRET": "0" * 32,
}
bot = BotProcess(environment=told, port=port, folder=folder)
bot.start()
print(bot.url, flush=True)
time.sleep(600)
"""


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=lambda end: end.name)
def test_however_its_starter_ends_no_bot_and_no_folder_is_left(end: signal.Signals, tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    with subprocess.Popen([sys.executable, "-c", STARTER, str(folder)], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        url = starter.stdout.readline().strip()
        assert answers(url)
        starter.send_signal(end)
    assert eventually(lambda: not answers(url))
    assert eventually(lambda: not folder.exists())
