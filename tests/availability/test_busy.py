"""What rows take of somebody's time."""

from bot.availability.busy import once, taken
from bot.core.events import Kind
from bot.core.ids import MeetingId
from tests.builders import busy, span, spans


def test_every_kind_blocks() -> None:
    rows = [
        busy("09:00-10:00", uid="a", kind=Kind.HARD),
        busy("10:30-11:00", uid="b", kind=Kind.SOFT),
        busy("12:00-13:00", uid="c", kind=Kind.AWAY),
    ]

    assert taken(rows) == spans("09:00-10:00 10:30-11:00 12:00-13:00")


def test_a_moved_instance_blocks_where_it_moved_to() -> None:
    row = busy("15:00-16:00", uid="standup", starts=span("09:00-09:15").start)

    assert taken([row]) == spans("15:00-16:00")


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


def test_a_meeting_about_to_move_is_no_obstacle_to_itself() -> None:
    rows = [busy("09:00-10:00", uid="ours", ours="m1"), busy("09:30-10:30", uid="other")]

    assert taken(rows, besides=MeetingId("m1")) == spans("09:30-10:30")
    assert taken(rows, besides=MeetingId("m2")) == spans("09:00-10:30")


def test_nor_is_its_untagged_copy_in_another_calendar() -> None:
    rows = [busy("09:00-10:00", uid="ours", ours="m1"), busy("09:00-10:00", uid="ours", calendar="ana-personal")]

    assert taken(rows, besides=MeetingId("m1")) == []
