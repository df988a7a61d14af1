"""What rows take of somebody's time."""

from bot.availability.busy import once
from tests.builders import busy, span


def test_the_same_event_in_two_calendars_counts_once() -> None:
    rows = [busy("09:00-10:00", calendar="ana-work"), busy("09:00-10:00", calendar="ana-personal")]

    assert len(once(rows)) == 1


def test_two_instances_of_one_series_count_twice() -> None:
    rows = [busy("09:00-10:00"), busy("+1 09:00-10:00")]

    assert len(once(rows)) == 2


def test_a_copy_that_was_shortened_frees_nothing() -> None:
    rows = [busy("09:00-09:30", calendar="ana-work"), busy("09:00-10:00", calendar="ana-personal")]

    assert [row.instance.when for row in once(rows)] == [span("09:00-10:00")]
    assert [row.instance.when for row in once(reversed(rows))] == [span("09:00-10:00")]
