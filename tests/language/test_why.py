"""A question for a reason, as people put it."""

from datetime import UTC, date, datetime, time

import pytest

from bot.core.requests import Marked
from bot.language.parse import Why, understand

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        pytest.param("why", Why(), id="about all"),
        pytest.param("why these times?", Why(), id="with fillers"),
        pytest.param("why not 15:00", Why(clock=time(15)), id="a clock"),
        pytest.param("why not 3pm", Why(clock=time(15)), id="with its half of the day"),
        pytest.param("why isn't tuesday at 9:30 there?", Why(clock=time(9, 30), day=date(2026, 12, 1)), id="a weekday"),
        pytest.param("why not 2026-12-03 10:00", Why(clock=time(10), day=date(2026, 12, 3)), id="a date"),
        pytest.param("why not tomorrow 10:00", Why(clock=time(10), day=date(2026, 11, 26)), id="tomorrow"),
        pytest.param("why not next week 9:30", Why(clock=time(9, 30)), id="a week is no day"),
        pytest.param("why is kim busy", Why(missed="kim"), id="something else"),
        pytest.param("why not 31 feb 10:00", Why(clock=time(10), missed="31 feb"), id="a day that is none"),
    ],
)
def test_why(words: str, asked: Why) -> None:
    assert understand(Marked(words), now=NOW, zone="Europe/Berlin", command="/meet") == asked
