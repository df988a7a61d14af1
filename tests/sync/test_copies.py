"""Feeds and imports that hold what a synced calendar holds already."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.availability import known
from bot.core.ids import CalendarId
from bot.providers.base import Remote
from bot.storage import calendars
from tests.builders import TENANT, span
from tests.sync.office import Office, office


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as ana:
        holds(ana, ana.remote, "abcde")
        ana.read()
        yield ana


def holds(ana: Office, remote: Remote, uids: str) -> None:
    for hour, uid in enumerate(uids, start=10):
        ana.service.place(remote, uid=uid, when=span(f"{hour}:00-{hour}:30"))


def vouch(ana: Office) -> list[CalendarId]:
    with ana.database.reading() as tx:
        return [one.id for one in known.vouchers(calendars.of_person(tx, TENANT, ana.calendar.person))]


@pytest.mark.parametrize(("provider", "is_static"), [("ics", False), ("import", True)])
def test_a_copy_is_named_and_not_asked_to_vouch(ana: Office, provider: str, is_static: bool) -> None:
    remote, copy = ana.also("Feed", provider, is_static=is_static)
    holds(ana, remote, "abcdx")
    ana.sync.read(TENANT, copy)
    assert ana.calendar_of(copy).copy_of == ana.calendar.id
    assert vouch(ana) == [ana.calendar.id]
    assert ana.waits("reading")


def test_a_feed_of_its_own_vouches(ana: Office) -> None:
    remote, feed = ana.also("Feed", "ics")
    holds(ana, remote, "vwxyz")
    ana.sync.read(TENANT, feed)
    assert ana.calendar_of(feed).copy_of is None
    assert set(vouch(ana)) == {ana.calendar.id, feed}


def test_it_is_no_copy_any_more_once_the_two_part(ana: Office) -> None:
    remote, feed = ana.also("Feed", "ics")
    holds(ana, remote, "abcde")
    ana.sync.read(TENANT, feed)
    for uid in "abc":
        ana.service.drop(ana.remote, uid)
    ana.read()
    assert ana.calendar_of(feed).copy_of is None


def test_a_copy_of_what_does_not_count_vouches_itself(ana: Office) -> None:
    remote, feed = ana.also("Feed", "ics")
    holds(ana, remote, "abcde")
    ana.sync.read(TENANT, feed)
    with ana.database.transaction() as tx:
        calendars.choose(tx, TENANT, ana.calendar.person, [feed], None)
    assert vouch(ana) == [feed]


def test_what_is_over_makes_no_copy(ana: Office) -> None:
    remote, feed = ana.also("Feed", "ics")
    holds(ana, remote, "abcde")
    ana.clock.move(timedelta(hours=12))
    ana.sync.read(TENANT, feed)
    assert ana.calendar_of(feed).copy_of is None
