"""The twin in memory: what it can be told to do; what it promises as a provider is in tests/contracts."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from bot.core.errors import CursorExpired, NotACalendar, NotFound, Refused, Stale, TryLater
from bot.core.events import Draft, Kind
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.providers import memory
from bot.providers.base import Cursor

START = datetime(2026, 12, 1, 9, tzinfo=UTC)
NINE = Interval(START, START + timedelta(hours=1))
TEN = Interval(NINE.end, NINE.end + timedelta(hours=1))
DAY = Interval(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC))
DRAFT = Draft(uid="m@overlap", meeting=MeetingId("m"), title="Ana / Alex", when=NINE, zone="Europe/Berlin", sequence=0)


@pytest.fixture
def service() -> memory.Service:
    return memory.Service()


@pytest.mark.parametrize("error", [TryLater("down"), NotACalendar("html"), Refused("no")])
def test_trouble_stays_until_it_is_ended(service: memory.Service, error: Exception) -> None:
    service.calendar("ana", "Work")
    opened = service.connect(service.account("ana"))
    service.trouble("ana", error)
    for _ in range(2):
        with pytest.raises(type(error)):
            opened.calendars()
    service.trouble("ana", None)
    assert [one.name for one in opened.calendars()] == ["Work"]


def test_a_lost_answer_leaves_the_event_written_once(service: memory.Service) -> None:
    work = service.calendar("ana", "Work")
    opened = service.connect(service.account("ana"))
    service.lose_answer("ana")
    with pytest.raises(TryLater):
        opened.put(work, DRAFT)
    assert opened.put(work, DRAFT).when == NINE
    assert len(service.events(work)) == 1


def test_a_race_makes_the_put_stale(service: memory.Service) -> None:
    work = service.calendar("ana", "Work")
    opened = service.connect(service.account("ana"))
    opened.put(work, DRAFT)
    service.race(lambda: service.shift(work, DRAFT.uid, TEN))
    with pytest.raises(Stale):
        opened.put(work, DRAFT)
    assert opened.put(work, DRAFT).sequence == 1, "SEQUENCE is never lowered"


def test_forgotten_cursors_are_expired(service: memory.Service) -> None:
    work = service.calendar("ana", "Work")
    opened = service.connect(service.account("ana"))
    cursor = opened.read(work, DAY, "UTC").cursor or Cursor("")
    assert not opened.changed(work, cursor)
    service.forget()
    with pytest.raises(CursorExpired):
        opened.changed(work, cursor)


def test_declined_and_dropped_events_free_their_time(service: memory.Service) -> None:
    work = service.calendar("ana", "Work")
    opened = service.connect(service.account("ana"))
    service.place(work, uid="dentist", when=NINE, kind=Kind.SOFT)
    service.place(work, uid="call", when=TEN)
    service.decline(work, "dentist")
    service.drop(work, "call")
    assert opened.read(work, DAY, "UTC").instances == ()


def test_slow_calls_go_on_when_it_is_over(service: memory.Service) -> None:
    service.calendar("ana", "Work")
    opened = service.connect(service.account("ana"))
    found: list[int] = []
    with service.slow():
        waiting = Thread(target=lambda: found.append(len(opened.calendars())))
        waiting.start()
    waiting.join(timeout=30)
    assert found == [1]


def test_nobody_opens_the_calendar_of_another(service: memory.Service) -> None:
    work = service.calendar("ana", "Work")
    with pytest.raises(Refused):
        service.connect(service.account("alex")).get(work, "x")
    service.delete_calendar(work)
    with pytest.raises(NotFound):
        service.connect(service.account("ana")).get(work, "x")
