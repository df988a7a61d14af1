"""Instances by the ten thousand: made at a sixth of what the dataclass itself takes.

A frozen dataclass sets each of its slots through `object.__setattr__`, and checks an interval that was just checked:
for a large calendar that is a third of the whole work. So a thing of the same slots that is not frozen is filled, and
then becomes what it was made for. With a field more in either, this no longer loads.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any

from bot.core.events import BusyCause, Instance, Kind, Status
from bot.core.ids import MeetingId
from bot.core.intervals import Interval


class _Stretch:
    """What becomes an `Interval`."""

    __slots__ = ("end", "start")


class _One:
    """What becomes an `Instance`."""

    __slots__ = (
        "all_day",
        "blocks",
        "cause",
        "is_declined",
        "kind",
        "ours",
        "sequence",
        "starts",
        "status",
        "uid",
        "when",
    )


def interval(start: datetime, end: datetime) -> Interval:
    """From one to the other: both in UTC, and in this order; nothing looks whether they are."""
    made: Any = _Stretch()
    made.start = start
    made.end = end
    made.__class__ = Interval
    stretch: Interval = made
    return stretch


def instance(
    uid: str,
    starts: datetime,
    when: Interval,
    kind: Kind,
    all_day: bool,
    ours: MeetingId | None,
    status: Status,
    sequence: int,
    blocks: bool,
    is_declined: bool,
    cause: BusyCause,
) -> Instance:
    """The instance of which all this is known."""
    made: Any = _One()
    made.uid = uid
    made.starts = starts
    made.when = when
    made.kind = kind
    made.all_day = all_day
    made.ours = ours
    made.status = status
    made.sequence = sequence
    made.blocks = blocks
    made.is_declined = is_declined
    made.cause = cause
    made.__class__ = Instance
    one: Instance = made
    return one


for _filled, _meant in ((_Stretch, Interval), (_One, Instance)):
    if set(_filled.__slots__) != {field.name for field in fields(_meant)}:
        raise TypeError(f"{_filled.__name__} has other slots than {_meant.__name__}")
