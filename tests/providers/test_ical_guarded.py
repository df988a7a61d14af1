"""The process with limits: what is odd is expanded there, and whatever happens there costs one block and no more."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import NotACalendar
from bot.core.events import Instance
from bot.core.intervals import Interval
from bot.providers.ical.guarded import Guarded, Overworked
from bot.providers.ical.lines import document
from bot.providers.ical.read import Patience, instances, understood
from bot.providers.ical.rules import Untamed

CORPUS = Path(__file__).parent.parent / "corpus"
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
SINCE, UNTIL = int(WINDOW.start.timestamp()), int(WINDOW.end.timestamp())
BOMBS = sorted(path.stem for path in CORPUS.glob("bomb-*.ics"))


def text(rule: str, start: str = "20261201T090000Z") -> bytes:
    return (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nX-OVERLAP-SOURCE:0\r\n"
        f"DTSTART:{start}\r\nDURATION:PT1H\r\nRRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def test_an_odd_series_is_expanded() -> None:
    found = Guarded().expand(text("FREQ=DAILY;BYHOUR=9,15;COUNT=4"), [None], SINCE, UNTIL)
    starts = [datetime.fromtimestamp(int(one.start), UTC) for one in found.occurrences]
    first = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert sorted(starts) == [first + timedelta(hours=hours) for hours in (0, 6, 24, 30)]


def test_one_process_serves_many() -> None:
    guarded = Guarded()
    for _ in range(3):
        guarded.expand(text("FREQ=DAILY;BYHOUR=9"), [None], SINCE, UNTIL)
    assert guarded.started == 1


def test_what_runs_away_is_killed_and_the_next_is_served() -> None:
    guarded = Guarded(within=0.5)
    with pytest.raises(Overworked):
        guarded.expand(text("FREQ=SECONDLY;INTERVAL=0"), [None], SINCE, UNTIL)
    found = Guarded().expand(text("FREQ=DAILY;BYHOUR=9;COUNT=2"), [None], SINCE, UNTIL)
    assert len(found.occurrences) == 2


def test_it_has_limits() -> None:
    guarded = Guarded()
    guarded.expand(text("FREQ=DAILY;BYHOUR=9"), [None], SINCE, UNTIL)
    (worker,) = guarded.workers()
    limits = {
        line[:26].strip(): line[26:47].strip() for line in Path(f"/proc/{worker}/limits").read_text().splitlines()
    }
    assert limits["Max address space"] == str(512 * 1024 * 1024)
    assert int(limits["Max cpu time"]) <= 12
    assert limits["Max file size"] == "0"


def test_what_a_library_stumbles_over_is_refused_by_name() -> None:
    with pytest.raises(Untamed, match="Error"):
        Guarded().expand(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", [None], SINCE, UNTIL)


def test_a_worker_that_ended_for_want_of_work_is_replaced() -> None:
    guarded = Guarded()
    guarded.expand(text("FREQ=DAILY;BYHOUR=9"), [None], SINCE, UNTIL)
    guarded.end()
    assert guarded.expand(text("FREQ=DAILY;BYHOUR=9;COUNT=1"), [None], SINCE, UNTIL).occurrences


def test_threads_do_not_wait_for_one_that_runs_away() -> None:
    guarded = Guarded(within=3)
    running = threading.Thread(target=lambda: _fails(guarded))
    running.start()
    guarded.expand(text("FREQ=DAILY;BYHOUR=9"), [None], SINCE, UNTIL)
    assert running.is_alive()
    guarded.end()
    running.join()


def _fails(guarded: Guarded) -> None:
    with pytest.raises(Untamed):
        guarded.expand(text("FREQ=SECONDLY;INTERVAL=0"), [None], SINCE, UNTIL)


def test_our_secrets_stay_here() -> None:
    guarded = Guarded()
    guarded.expand(text("FREQ=DAILY;BYHOUR=9"), [None], SINCE, UNTIL)
    (worker,) = guarded.workers()
    told = Path(f"/proc/{worker}/environ").read_bytes()
    assert b"OVERLAP" not in told
    assert b"HOME=" not in told or "HOME" not in os.environ


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_one_reading_and_nothing_else(name: str) -> None:
    patience = Patience()
    found = instances((CORPUS / f"{name}.ics").read_bytes(), WINDOW, "Europe/Berlin", [], patience)
    assert len(found) <= 5_000
    assert patience.left > 0


def odd(number: int) -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTART:20261124T090000Z\r\nDTEND:20261124T100000Z\r\n"
        "RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=4\r\nEND:VEVENT\r\n"
    )


def read(count: int, patience: Patience) -> list[Instance]:
    data = f"BEGIN:VCALENDAR\r\n{''.join(map(odd, range(count)))}END:VCALENDAR\r\n"
    return instances(data.encode(), WINDOW, "UTC", [], patience)


def test_odd_series_are_shown_as_single_blocks_once_patience_is_over() -> None:
    assert len(read(2, Patience())) == 8
    assert len(read(2, Patience(left=-1))) == 2


def test_what_was_guessed_is_counted() -> None:
    found = understood(document((CORPUS / "broken-rule.ics").read_bytes()), WINDOW, "UTC", [])
    assert (found.series, found.odd, found.guessed, len(found.instances)) == (1, 1, 1, 1)


def test_more_instances_than_can_be_kept_are_refused_whole() -> None:
    times = "DTSTART:20200101T090000Z\r\nDTEND:20200101T100000Z\r\nRRULE:FREQ=DAILY\r\n"
    event = f"BEGIN:VEVENT\r\nUID:{{}}\r\n{times}END:VEVENT\r\n"
    data = f"BEGIN:VCALENDAR\r\n{''.join(map(event.format, range(500)))}END:VCALENDAR\r\n"
    with pytest.raises(NotACalendar):
        instances(data.encode(), WINDOW, "UTC", [])
