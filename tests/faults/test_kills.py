"""The bot dies at some moment after a click, by seed: what was clicked is done when it lives again, once."""

import pytest

from tests.faults.battlefield import Field, seeded, seeds
from tests.faults.flows import lifetime, race
from tests.faults.strokes import moment, struck

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize("seed", seeds(12))
def test_whenever_it_dies_what_was_clicked_is_done_once(field: Field, seed: int) -> None:
    with seeded("dies_what_was_clicked", seed) as chance:
        lifetime(field, chance, lambda: struck(field, moment(chance)), has_died=True)


@pytest.mark.parametrize("seed", seeds(5))
def test_it_dies_while_two_take_the_same_time(field: Field, seed: int) -> None:
    with seeded("dies_while_two", seed) as chance:
        race(field, chance, lambda: struck(field, moment(chance)), has_died=True)
