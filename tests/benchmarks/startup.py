"""Start-up: importing and building the web process, against importing the four libraries that it cannot do without."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.house import environment
from tests.benchmarks.rows import Row, median_of_ratios

RUNS = 9
TELL = """
import json, resource, sys
from tests.benchmarks.memory import peak
used = resource.getrusage(resource.RUSAGE_SELF)
heavy = ("caldav", "googleapiclient", "msal", "icalendar", "botbuilder", "recurring_ical_events")
print(json.dumps([used.ru_utime + used.ru_stime, peak(), [name for name in heavy if name in sys.modules]]))
"""
LIBRARIES = "import slack_bolt.async_app, sqlalchemy, starlette, uvicorn" + TELL
OURS = (
    """
import os
from bot.wiring import serve, settings
from bot.wiring.build import build
house = build(settings.read(os.environ))
house.application(serve.lifespan(house))
"""
    + TELL
)


def rows() -> list[Row]:
    """CPU and memory as ratios, in turn, after checking that nothing heavy was imported."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {**os.environ, **environment(Path(folder))}
        run(OURS, settings), run(LIBRARIES, settings)  # compile once
        pairs = [(run(OURS, settings), run(LIBRARIES, settings)) for _ in range(RUNS)]
    imported = {name for ours, _ in pairs for name in ours[2]}
    if imported:
        raise AssertionError(f"imported before it is used: {sorted(imported)}")
    cpu = median_of_ratios([ours[0] for ours, _ in pairs], [theirs[0] for _, theirs in pairs])
    memory = median_of_ratios([ours[1] for ours, _ in pairs], [theirs[1] for _, theirs in pairs])
    seconds = statistics.median(ours[0] for ours, _ in pairs)
    return [
        Row(name="start-up CPU, against its four libraries", value=cpu, unit="×", goal=1.4),
        Row(name="start-up memory, against its four libraries", value=memory, unit="×", goal=1.4),
        Row(name="start-up CPU", value=seconds, unit="s"),
    ]


def run(code: str, settings: dict[str, str]) -> tuple[float, float, list[str]]:
    """CPU seconds, peak KiB, and what heavy was imported, of one process that runs `code`."""
    told = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True)
    cpu, peak, heavy = json.loads(told.stdout.splitlines()[-1])
    return cpu, peak, heavy
