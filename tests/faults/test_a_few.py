"""A few of the faults that `make faults` has many of: enough to notice at once that something broke."""

import pytest

from tests.faults.battlefield import Field, seeded
from tests.faults.flows import lifetime, race
from tests.faults.strokes import moment, silence, storm, struck

pytestmark = pytest.mark.xdist_group("faults")


def test_the_bot_dies_and_what_was_clicked_is_done_once(field: Field) -> None:
    with seeded("dies_what_was_clicked", 4) as chance:
        lifetime(field, chance, lambda: struck(field, moment(chance)), has_died=True)


def test_the_bot_dies_while_two_take_the_same_time(field: Field) -> None:
    with seeded("dies_while_two", 1) as chance:
        race(field, chance, lambda: struck(field, moment(chance)), has_died=True)


def test_on_a_bad_road_what_was_clicked_is_done_once(field: Field) -> None:
    with seeded("on_a_bad_road", 1) as chance:
        lifetime(field, chance, lambda: storm(field, chance, 0.15))


def test_what_slack_could_not_take_is_told_later_and_once(field: Field) -> None:
    with seeded("slack_could_not_take", 1) as chance:
        lifetime(field, chance, lambda: silence(field, chance))
