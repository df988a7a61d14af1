"""How often a calendar is read: as its service says, or as the operator says, from the next reading on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.sync.office import CADENCE, TENANT, Office
from tests.sync.office import office as opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with opened(tmp_path) as office:
        yield office


def test_what_the_operator_says_reaches_calendars_that_were_connected_before(office: Office) -> None:
    often = replace(office.sync, cadence=timedelta(seconds=2))
    again = often.read(TENANT, office.calendar.id)
    assert office.kept().cadence == timedelta(seconds=2)
    assert again is not None
    assert again <= office.clock.now() + timedelta(seconds=3)


def test_when_the_operator_says_nothing_any_more_the_service_is_asked_again(office: Office) -> None:
    replace(office.sync, cadence=timedelta(seconds=2)).read(TENANT, office.calendar.id)
    office.read()
    assert office.kept().cadence == CADENCE
