"""What a proposal offers, as its row keeps it: times with their points, and ways with their price."""

import json
from collections.abc import Sequence
from typing import Any

from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.proposals import Slot, Way
from bot.core.reasons import Cause, Code, Point, Relaxation, Why
from bot.storage.database import instant, seconds


def slots_kept(slots: Sequence[Slot]) -> str:
    """Times as JSON has them."""
    return json.dumps([(one.id, *_ends(one.when), [_point_kept(it) for it in one.points]) for one in slots])


def slots_read(kept: str) -> tuple[Slot, ...]:
    """What `slots_kept` made, and what was made before there were points."""
    return tuple(_slot_read(*one) for one in json.loads(kept))


def ways_kept(ways: Sequence[Way]) -> str:
    """Ways as JSON has them."""
    return json.dumps([(one.id, _relaxation_kept(one.relaxation)) for one in ways])


def ways_read(kept: str) -> tuple[Way, ...]:
    """What `ways_kept` made."""
    return tuple(Way(one, _relaxation_read(relaxation)) for one, relaxation in json.loads(kept))


def _ends(when: Interval) -> tuple[int, int]:
    return seconds(when.start), seconds(when.end)


def _slot_read(slot_id: str, start: int, end: int, points: Sequence[Any] = ()) -> Slot:
    return Slot(slot_id, Interval(instant(start), instant(end)), tuple(_point_read(*one) for one in points))


def _point_kept(one: Point) -> tuple[str, int, tuple[PersonId, ...], int]:
    return one.why, one.points, one.people, one.amount


def _point_read(why: str, points: int, people: Sequence[str], amount: int) -> Point:
    return Point(Why(why), points, tuple(PersonId(one) for one in people), amount)


def _relaxation_kept(one: Relaxation) -> dict[str, Any]:
    return {
        "start": one.start,
        "length": one.length,
        "weeks": one.weeks,
        "price": one.price,
        "overlooks": [(cause.person, cause.code, cause.until) for cause in one.overlooks],
    }


def _relaxation_read(kept: dict[str, Any]) -> Relaxation:
    overlooks = tuple(
        Cause(person=None if person is None else PersonId(person), code=Code(code), until=until)
        for person, code, until in kept["overlooks"]
    )
    return Relaxation(
        start=kept["start"], length=kept["length"], weeks=kept["weeks"], price=kept["price"], overlooks=overlooks
    )
