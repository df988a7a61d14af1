"""A process that expands what this house does not expand by itself, and that may be killed at any moment for it.

It is run as a file and imports nothing of this house: what it is given are texts, what it answers are numbers. Its
limits are its own: memory for all its life, processor time for each text.
"""

import json
import resource
import select
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

MEMORY = 512 * 1024 * 1024
SECONDS = 10
IDLE = 60.0
MOST_INSTANCES = 5_000
SOURCE = "X-OVERLAP-SOURCE"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def main() -> None:
    """One line of JSON in, one line out, until nobody asks for a while."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    while select.select([sys.stdin.buffer], [], [], IDLE)[0]:
        asked = sys.stdin.buffer.readline()
        if not asked:
            return
        before = _used()
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(before) + SECONDS + 1, hard))
        answer = _answered(asked)
        answer["used"] = _used() - before
        _tell(answer)


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _answered(asked: bytes) -> dict[str, Any]:
    try:
        return {"found": list(_expanded(**json.loads(asked)))}
    except Exception as error:  # whatever a library stumbles over is an answer
        return {"failed": type(error).__name__}


def _expanded(text: str, moves: list[float | None], since: float, until: float) -> Iterator[list[Any]]:
    """Each instance: the number of its VEVENT, its original start, its start and its end."""
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar.from_ical(text.encode())
    query = recurring_ical_events.of(calendar, components=("VEVENT",))
    found = query.between(EPOCH + timedelta(seconds=since), EPOCH + timedelta(seconds=until))
    if len(found) > MOST_INSTANCES:
        raise OverflowError("more instances than can be kept")
    for one in found:
        number, start, end = int(one[SOURCE]), one["DTSTART"].dt, one["DTEND"].dt
        original = one["RECURRENCE-ID"].dt if "RECURRENCE-ID" in one else start
        move = moves[number]
        if move is not None:
            original = start - timedelta(seconds=move)
        if not isinstance(start, datetime) and isinstance(end, datetime):
            end = end.date()
        yield [number, _plain(original), _plain(start), _plain(end)]


def _plain(at: date) -> int | str:
    """A time as seconds since 1970, a date as its digits."""
    if not isinstance(at, datetime):
        return f"{at:%Y%m%d}"
    if at.tzinfo is None:
        raise ValueError("a time in no zone")
    since = at.astimezone(UTC) - EPOCH
    return since.days * 86_400 + since.seconds


if __name__ == "__main__":
    main()
