"""Reading a calendar for its owner: 5,000 events of a year, against icalendar and recurring-ical-events.

Both leave out what the owner declined: that is how the product reads, and costs a look at the guests of every event.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from tests.benchmarks.rows import Row, median_of_ratios
from tests.made import calendar

EVENTS, REPEATING, SEED = 5_000, 0.1, 2026
PAIRS, TIMES = 3, 7
HEAD = """
import gc, hashlib, json, sys, time
from datetime import UTC, datetime
from tests.benchmarks.memory import peak
data = open(sys.argv[1], "rb").read()
times = int(sys.argv[2])
since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
"""
OURS = (
    HEAD
    + """
from bot.core.intervals import Interval
from bot.providers.ical.read import instances
from tests.made import OWNER

def stretches():
    return instances(data, Interval(since, until), "UTC", (OWNER,))

def plain(found):
    return [(one.when.start.isoformat(), one.when.end.isoformat(), one.uid) for one in found]
"""
)
THEIRS = (
    HEAD
    + """
import icalendar, recurring_ical_events
from tests.made import OWNER

def instant(at):
    return at.astimezone(UTC) if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)

def stretches():
    query = recurring_ical_events.of(icalendar.Calendar.from_ical(data), components=("VEVENT",))
    return [
        (instant(event["DTSTART"].dt), instant(event["DTEND"].dt), str(event["UID"]))
        for event in query.between(since, until)
        if event.get("STATUS") != "CANCELLED" and event.get("TRANSP") != "TRANSPARENT" and not is_declined(event)
    ]

def is_declined(event):
    guests = event.get("ATTENDEE", [])
    return any(
        one.removeprefix("mailto:") == OWNER and one.params.get("PARTSTAT") == "DECLINED"
        for one in (guests if isinstance(guests, list) else [guests])
    )

def plain(found):
    return [(start.isoformat(), end.isoformat(), uid) for start, end, uid in found]
"""
)
TELL = """
took = []
for _ in range(times):
    found = None
    began = time.process_time()
    found = stretches()
    took.append(time.process_time() - began)
held = peak()
told = sorted(plain(found))
print(json.dumps([min(took), held, len(told), hashlib.sha256(json.dumps(told).encode()).hexdigest()]))
"""
Told = tuple[float, float, int, str]


def rows() -> list[Row]:
    """CPU and memory as ratios, in turn, after checking that both found the same intervals."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.ics"
        file.write_bytes(calendar(EVENTS, seed=SEED, first=date(2026, 1, 1), repeating=REPEATING))
        pairs = [(run(OURS, file, TIMES), run(THEIRS, file, 1)) for _ in range(PAIRS)]
    if len({one[2:] for pair in pairs for one in pair}) != 1:
        raise AssertionError("the two did not find the same intervals")
    cpu = median_of_ratios([theirs[0] for _, theirs in pairs], [ours[0] for ours, _ in pairs])
    memory = median_of_ratios([ours[1] for ours, _ in pairs], [theirs[1] for _, theirs in pairs])
    ours, theirs = (statistics.median(pair[number][0] for pair in pairs) * 1000 for number in (0, 1))
    name = f"calendar of {EVENTS:,} events, {pairs[0][0][2]:,} intervals"
    return [
        Row(name=f"{name}: CPU, of icalendar's", value=1 / cpu, unit="×", goal=1 / 40),
        Row(name=f"{name}: peak memory, of icalendar's", value=memory, unit="×", goal=0.2),
        Row(name=f"{name}: CPU", value=ours, unit="ms"),
        Row(name=f"{name}: CPU of icalendar and recurring-ical-events", value=theirs, unit="ms"),
    ]


def run(code: str, file: Path, times: int) -> Told:
    """CPU seconds of the quickest of so many readings, peak KiB, and a digest of what was found."""
    asked = [sys.executable, "-c", code + TELL, str(file), str(times)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True)
    seconds, peak, number, digest = json.loads(told.stdout)
    return seconds, peak, number, digest
