"""Slack answers "later", or with its own failures, by seed: everything is told in the end, once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.battlefield import Field, seeded, seeds
from tests.faults.flows import lifetime, race
from tests.faults.strokes import silence, storm

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize("seed", seeds(8))
def test_what_slack_could_not_take_is_told_later_and_once(field: Field, seed: int) -> None:
    with seeded("slack_could_not_take", seed) as chance:
        lifetime(field, chance, lambda: silence(field, chance))


@pytest.mark.parametrize("seed", seeds(3))
def test_slack_fails_while_two_take_the_same_time(field: Field, seed: int) -> None:
    with seeded("slack_fails_while_two", seed) as chance:
        race(field, chance, lambda: silence(field, chance))


@pytest.mark.parametrize("seed", seeds(4))
def test_slack_and_the_roads_fail_at_once(field: Field, seed: int) -> None:
    with seeded("slack_and_the_roads", seed) as chance:

        @contextmanager
        def both() -> Iterator[None]:
            with silence(field, chance), storm(field, chance, 0.25):
                yield

        lifetime(field, chance, both)
