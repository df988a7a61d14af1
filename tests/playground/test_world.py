"""The demo's world, against the real Radicale that it starts."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import icalendar
import pytest

from bot.playground.world import PERSONAL, Account, World

TODAY = date(2026, 11, 25)
BERLIN = ZoneInfo("Europe/Berlin")
NEXT_TUESDAY = datetime(2026, 12, 1, 14, 0, tzinfo=BERLIN)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(today=TODAY) as world:
        yield world


@pytest.fixture
def ana(world: World) -> Account:
    return world.account("ana")


def eventually(holds: Callable[[], bool], *, seconds: float = 20) -> bool:
    """Whether it comes to hold, looked at again and again until the patience is at its end."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def answers(host: str) -> bool:
    try:
        httpx.options(f"http://{host}/", timeout=2)
    except httpx.TransportError:
        return False
    return True


@pytest.mark.parametrize("handle", ["ana", "alex", "sam", "kim"])
def test_everyone_has_a_believable_life(world: World, handle: str) -> None:
    account = world.account(handle)
    work, personal = account.events(), account.events(PERSONAL)
    both = work + personal

    assert any(event.rule for event in personal)
    assert any(event.instance is not None and event.start != event.instance for event in work), "a moved instance"
    assert any(not isinstance(event.start, datetime) for event in both), "a whole day"
    assert any(event.is_transparent for event in both)
    assert any(event.status == "TENTATIVE" for event in both)
    assert any(event.zone == account.zone for event in both)
    assert not account.our_copies()


def test_calendars_are_named_and_belong_to_their_owner_alone(world: World) -> None:
    ana, alex = world.account("ana"), world.account("alex")
    asked = {"auth": (alex.user, alex.password), "headers": {"Depth": "0"}}

    assert httpx.request("PROPFIND", alex.calendars["work"], **asked).status_code == 207
    assert "Work" in httpx.request("PROPFIND", alex.calendars["work"], **asked).text
    assert httpx.request("PROPFIND", ana.calendars["work"], **asked).status_code == 403
    assert httpx.request("PROPFIND", ana.calendars["work"], headers={"Depth": "0"}).status_code == 401


def test_kim_lives_on_a_server_of_their_own(world: World) -> None:
    servers = {handle: account.server for handle, account in world.accounts.items()}

    assert servers["ana"] == servers["alex"] == servers["sam"] != servers["kim"]
    assert len(world.hosts) == 2


def test_what_is_put_stands_there(ana: Account) -> None:
    uid = ana.put("work", "Lunch", NEXT_TUESDAY.astimezone(UTC), NEXT_TUESDAY + HALF_HOUR)

    event = ana.event("work", uid)
    assert event is not None
    assert (event.summary, event.start, event.end) == ("Lunch", NEXT_TUESDAY, NEXT_TUESDAY + HALF_HOUR)
    assert (event.zone, event.sequence, event.status) == ("Europe/Berlin", 0, "CONFIRMED")


def test_what_is_moved_keeps_all_else(ana: Account) -> None:
    uid = ana.put("personal", "Lunch", NEXT_TUESDAY, NEXT_TUESDAY + HALF_HOUR, is_free=True)
    ana.move("personal", uid, NEXT_TUESDAY + timedelta(hours=2))

    event = ana.event("personal", uid)
    assert event is not None
    assert (event.start, event.end) == (NEXT_TUESDAY + timedelta(hours=2), NEXT_TUESDAY + timedelta(hours=2.5))
    assert (event.summary, event.is_transparent, event.sequence) == ("Lunch", True, 1)


def test_one_of_a_series_can_be_moved(ana: Account) -> None:
    uid = ana.put("work", "Series", NEXT_TUESDAY, NEXT_TUESDAY + HALF_HOUR, rule="FREQ=WEEKLY;COUNT=4")
    second = NEXT_TUESDAY + timedelta(weeks=1)
    ana.move("work", uid, second + timedelta(hours=1), instance=second)
    ana.move("work", uid, second + timedelta(hours=2), instance=second)

    (exception,) = [event for event in ana.events() if event.uid == uid and event.instance is not None]
    assert (exception.instance, exception.start) == (second, second + timedelta(hours=2))
    master = ana.event("work", uid)
    assert master is not None
    assert master.start == NEXT_TUESDAY


@pytest.mark.parametrize("invited", [True, False], ids=["an invitation", "an event without attendees"])
def test_an_event_can_be_declined(ana: Account, invited: bool) -> None:
    uid = f"talks-{ana.email}" if invited else ana.put("work", "Talks", NEXT_TUESDAY, NEXT_TUESDAY + HALF_HOUR)
    ana.decline("work", uid)
    ana.decline("work", uid)

    whole = icalendar.Calendar.from_ical(ana.client.export("work"))
    (talks,) = [event for event in whole.walk("VEVENT") if event["UID"] == uid]
    assert str(talks["ATTENDEE"]) == f"mailto:{ana.email}"
    assert talks["ATTENDEE"].params["PARTSTAT"] == "DECLINED"


def test_what_is_written_again_is_the_same_event(ana: Account) -> None:
    uid = ana.put("work", "Lunch", NEXT_TUESDAY, NEXT_TUESDAY + HALF_HOUR)
    ana.put("work", "Long lunch", NEXT_TUESDAY, NEXT_TUESDAY + 2 * HALF_HOUR, uid=uid)

    (event,) = [event for event in ana.events() if event.uid == uid]
    assert (event.summary, event.end, event.sequence) == ("Long lunch", NEXT_TUESDAY + 2 * HALF_HOUR, 1)


def test_what_is_deleted_is_gone(ana: Account) -> None:
    uid = ana.put("work", "Lunch", NEXT_TUESDAY, NEXT_TUESDAY + HALF_HOUR)
    ana.delete("work", uid)

    assert ana.event("work", uid) is None
    with pytest.raises(LookupError):
        ana.delete("work", uid)


def test_a_server_that_was_stopped_comes_back_with_everything(world: World) -> None:
    kim, ana = world.account("kim"), world.account("ana")
    before = kim.events()
    world.stop_server("kim")

    with pytest.raises(httpx.TransportError):
        kim.events()
    assert ana.events()

    world.start_server("kim")
    assert kim.events() == before


def test_stopping_leaves_nothing_behind() -> None:
    world = World(today=TODAY)
    world.start()
    hosts = world.hosts
    assert all(map(answers, hosts))

    world.stop()
    world.stop()

    assert not any(map(answers, hosts))


STARTER = """
import sys, time
from datetime import date
from bot.playground.world import World
world = World(today=date(2026, 11, 25))
world.start()
print(*world.hosts, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda end: end.name)
def test_however_its_starter_ends_nothing_is_left(end: signal.Signals, tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"TMPDIR": str(tmp_path)},
    )
    assert starter.stdout is not None
    with starter:
        hosts = starter.stdout.readline().decode().split()
        assert all(map(answers, hosts))
        assert len(hosts) == 2
        starter.send_signal(end)

    assert eventually(lambda: not any(map(answers, hosts)))
    assert eventually(lambda: not list(tmp_path.iterdir()))
