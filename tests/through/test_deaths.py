"""The process dies at a call outside or at a save: what was under way is done once when it lives again."""

from pathlib import Path

import pytest

from tests.faults.battlefield import seeded, seeds
from tests.through.mortal import FLOWS, LIVES, story
from tests.through.services import World

STEP, MOST = 7, 250
"""Every so manieth point is tried; which ones follows from the seed."""


@pytest.mark.parametrize("seed", range(6))
def test_a_meeting_survives_a_death(standing: World, tmp_path: Path, seed: int) -> None:
    with seeded("survives_a_death", seed) as chance:
        (cast, at), flow = chance.choice(LIVES), chance.choice(FLOWS)
        story(tmp_path, standing, cast, at, flow, chance.randint(1, 60))


@pytest.mark.faults
@pytest.mark.parametrize("seed", seeds(1))
@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(("cast", "at"), LIVES)
def test_a_meeting_survives_many_deaths(
    standing: World, tmp_path: Path, cast: str, at: str, flow: str, seed: int
) -> None:
    with seeded("survives_many_deaths", seed):
        for point in range(1 + seed % STEP, MOST, STEP):
            folder = tmp_path / str(point)
            folder.mkdir()
            if not story(folder, standing, cast, at, flow, point):
                assert point > 1
                return
        raise AssertionError("there are more points than were tried")
