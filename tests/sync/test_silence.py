"""What a look finds of which the calendar's channel has said nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage import channels, progress
from bot.storage.channels import Kept
from tests.builders import NOW, TENANT, span
from tests.sync.office import CADENCE, Office, office


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as ana:
        ana.read()
        ana.waits("channel")
        ana.clock.move(CADENCE)
        yield ana


def ring(ana: Office, *, until: timedelta = timedelta(days=7)) -> None:
    """It has a channel that is thought to ring until then."""
    made = Kept(
        tenant=TENANT,
        id="one",
        calendar=ana.calendar.id,
        provider="memory",
        base="https://overlap.example.com",
        path="path",
        secret="secret",
        service="service",
        resource="",
        opened_at=NOW,
        expires_at=NOW + until,
        renew_at=NOW + until / 2,
    )
    with ana.database.transaction() as tx:
        channels.keep(tx, made)
        channels.rings(tx, TENANT, ana.calendar.id, made.expires_at)


def is_doubted(ana: Office) -> bool:
    with ana.database.reading() as tx:
        return any(one.doubted_at for one in channels.of_calendar(tx, TENANT, ana.calendar.id))


def change(ana: Office) -> None:
    ana.service.place(ana.remote, uid="dentist", when=span("09:00-10:00"))


def test_a_change_that_nobody_rang_for_puts_the_channel_in_doubt(ana: Office) -> None:
    ring(ana)
    change(ana)
    ana.read()
    assert is_doubted(ana)
    assert ana.waits("channel")


def test_a_change_that_was_rung_for_does_not(ana: Office) -> None:
    ring(ana)
    change(ana)
    ana.mark_dirty()
    ana.read()
    assert not is_doubted(ana)


def test_nothing_new_is_no_reason_for_doubt(ana: Office) -> None:
    ring(ana)
    ana.read()
    assert not is_doubted(ana)


def test_what_only_came_into_view_is_none_either(ana: Office) -> None:
    ring(ana)
    ana.clock.move(timedelta(days=1))
    ana.service.forget()
    change(ana)
    ana.read()
    assert not is_doubted(ana)


def test_a_channel_that_is_over_is_not_doubted(ana: Office) -> None:
    ring(ana, until=timedelta(minutes=5))
    change(ana)
    ana.read()
    assert not is_doubted(ana)


def test_while_it_rings_it_is_read_without_a_cursor_no_less(ana: Office) -> None:
    ring(ana)
    with ana.database.transaction() as tx:
        progress.forget_cursor(tx, TENANT, ana.calendar.id)
    change(ana)
    ana.read()
    assert [one.uid for one in ana.rows()] == ["dentist"]
