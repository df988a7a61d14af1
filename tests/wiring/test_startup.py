"""What the web process has imported when it starts to listen: what it takes to ack, and nothing of those who answer."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.house import environment

SDKS = (
    "caldav",
    "googleapiclient",
    "google",
    "msal",
    "icalendar",
    "recurring_ical_events",
    "botbuilder",
    "botframework",
)
LISTENS = """
import json, os, sys
from bot.wiring import serve, settings
from bot.wiring.build import build
house = build(settings.read(os.environ))
house.application(serve.lifespan(house))
"""
ANSWERS = LISTENS + "house.desk()\n"
TELL = "print(json.dumps(sorted(sys.modules)))\n"


def imported(code: str, folder: Path) -> set[str]:
    """The modules of a process of its own that ran `code`, with both platforms on."""
    told = subprocess.run(
        [sys.executable, "-c", code + TELL],
        env={**os.environ, **environment(folder)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(json.loads(told.stdout))


def rooms(modules: set[str]) -> set[str]:
    return {".".join(name.split(".")[:2]) for name in modules if name.startswith("bot.")}


def test_what_listens_imports_no_calendar_sdk_and_no_botbuilder(tmp_path: Path) -> None:
    assert imported(LISTENS, tmp_path) & set(SDKS) == set()


def test_what_listens_imports_nobody_who_answers_and_no_scheduler(tmp_path: Path) -> None:
    modules = imported(LISTENS, tmp_path)
    assert rooms(modules) & {"bot.scheduling", "bot.conflicts", "bot.sync", "bot.people", "bot.providers"} == set()
    assert modules & {"bot.chat.router", "bot.chat.inbox", "bot.language.parse", "apscheduler", "alembic"} == set()


def test_the_desk_is_made_without_any_sdk_too(tmp_path: Path) -> None:
    modules = imported(ANSWERS, tmp_path)
    assert "bot.chat.router" in modules
    assert modules & set(SDKS) == set()
