"""When a healthy calendar is looked at again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.calendars import Calendar
from bot.core.ids import CalendarId
from bot.providers.base import Abilities
from bot.sync.pace import look_again
from tests.builders import NOW, calendar

MINUTE = timedelta(minutes=1)
PUSHES = Abilities(cadence=5 * MINUTE, hot_cadence=MINUTE, quiet_cadence=30 * MINUTE)
POLLED = Abilities(cadence=10 * MINUTE, hot_cadence=2 * MINUTE)
PLAIN = Abilities(cadence=60 * MINUTE)


def looked(
    one: Calendar,
    abilities: Abilities,
    *,
    is_hot: bool = False,
    override: timedelta | None = None,
    chance: float = 0.5,
) -> timedelta:
    return look_again(one, abilities, is_hot=is_hot, override=override, now=NOW, chance=chance)


@pytest.mark.parametrize(
    ("abilities", "rings", "is_hot", "minutes"),
    [
        pytest.param(PUSHES, True, False, 30, id="it rings"),
        pytest.param(PUSHES, True, True, 5, id="it rings, and something rests on it"),
        pytest.param(PUSHES, False, False, 5, id="it could ring and does not"),
        pytest.param(PUSHES, False, True, 1, id="it does not ring, and something rests on it"),
        pytest.param(POLLED, False, False, 10, id="it cannot ring"),
        pytest.param(POLLED, False, True, 2, id="it cannot ring, and something rests on it"),
        pytest.param(PLAIN, False, True, 60, id="its service bears no oftener"),
    ],
)
def test_how_long(abilities: Abilities, rings: bool, is_hot: bool, minutes: int) -> None:
    one = replace(calendar(), rings_until=NOW + MINUTE if rings else NOW)
    assert looked(one, abilities, is_hot=is_hot) == minutes * MINUTE


def test_looks_spread_by_a_fifth() -> None:
    assert looked(calendar(), POLLED, chance=0) == 8 * MINUTE
    assert looked(calendar(), POLLED, chance=1) == 12 * MINUTE


def test_the_operators_word_goes_before_all() -> None:
    one = replace(calendar(read_at=None), rings_until=NOW + MINUTE)
    assert looked(one, PUSHES, is_hot=True, override=timedelta(seconds=2)) == timedelta(seconds=2)


def test_what_was_connected_together_is_not_looked_at_together() -> None:
    new = [replace(calendar(read_at=None), id=CalendarId(f"c{number}")) for number in range(200)]
    waits = sorted(looked(one, POLLED) for one in new)
    assert waits == sorted(looked(one, POLLED) for one in new)
    assert 5 * MINUTE <= waits[0] < 6 * MINUTE
    assert 9 * MINUTE < waits[-1] <= 10 * MINUTE
    assert len(set(waits)) == len(new)
