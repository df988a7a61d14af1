"""The process dies at some call outside or some save, by seed: what was under way is done once when it lives again."""

from pathlib import Path

import pytest

from tests.faults.battlefield import seeded, seeds
from tests.through.mortal import story
from tests.through.services import World


@pytest.mark.parametrize("seed", range(6))
def test_a_meeting_survives_a_death(standing: World, tmp_path: Path, seed: int) -> None:
    with seeded("survives_many_deaths", seed) as chance:
        story(tmp_path, standing, chance)


@pytest.mark.faults
@pytest.mark.parametrize("seed", seeds(60))
def test_a_meeting_survives_many_deaths(standing: World, tmp_path: Path, seed: int) -> None:
    with seeded("survives_many_deaths", seed) as chance:
        story(tmp_path, standing, chance)
