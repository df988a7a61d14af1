"""One stage for all scenarios: real calendar servers, strict stand-ins, and the bot as a process of its own."""

from collections.abc import Iterator

import pytest

from bot.playground.stage import Stage, stage
from bot.playground.tour import asking
from bot.playground.tour.play import Play
from bot.playground.tour.telling import Silent


@pytest.fixture(scope="session")
def standing() -> Iterator[Stage]:
    """Everything that the demo starts."""
    with stage() as standing:
        yield standing


@pytest.fixture(scope="session")
def connected(standing: Stage) -> Stage:
    """The stage with Ana, Alex and Kim connected, each through their own link."""
    asking.connect_everyone(Play(standing, Silent()))
    return standing


@pytest.fixture
def play(connected: Stage) -> Play:
    """One performance on it, told to nobody."""
    return Play(connected, Silent())
