"""One world for all of them, and a new house with new people for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.through.house import House
from tests.through.services import World, world


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as standing:
        yield standing


@pytest.fixture
def house(standing: World, tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, standing)
    yield house
    house.closes()
    standing.mend()
    assert (standing.google.sins, standing.microsoft.refusals) == ([], [])
