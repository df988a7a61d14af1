"""One stage for all scenarios: real calendar servers, strict stand-ins, and the bot as a process of its own."""

from collections.abc import Iterator

import pytest

from bot.playground.road import Road
from bot.playground.stage import Stage, stage
from bot.playground.tour import asking
from bot.playground.tour.play import Play
from bot.playground.tour.telling import Silent
from tests.scenarios.reading import Unfit, unfit


@pytest.fixture(scope="session")
def road() -> Iterator[Road]:
    """A way to a calendar server on which the weather may change."""
    with Road() as road:
        yield road


@pytest.fixture(scope="session")
def standing(road: Road) -> Iterator[Stage]:
    """Everything that the demo starts; at the end, every message that anybody was ever shown is looked through."""
    with stage(hosts=[road.host]) as standing:
        yield standing
        found: list[Unfit] = unfit(standing)
    assert not found


@pytest.fixture(scope="session")
def connected(standing: Stage) -> Stage:
    """The stage with Ana, Alex and Kim connected, each through their own link."""
    asking.connect_everyone(Play(standing, Silent()))
    return standing


@pytest.fixture
def play(connected: Stage) -> Play:
    """One performance on it, told to nobody."""
    return Play(connected, Silent())
