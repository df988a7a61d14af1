"""Why nothing fits, as facts that can be worded: whose time is taken by how much, whose hours never meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.availability.hours import working
from bot.availability.search import Times, search
from bot.core.ids import PersonId
from bot.core.intervals import Interval, intersect, merge, subtract


@dataclass(frozen=True, slots=True)
class Over:
    """The window lies in the past."""


@dataclass(frozen=True, slots=True)
class TooShort:
    """The window has no room for that length; `longest` is what it has."""

    longest: timedelta


@dataclass(frozen=True, slots=True)
class Unknown:
    """These people's time is not known for the whole window, and where it is known nothing fits."""

    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class OutsideHours:
    """The window leaves these people no working time that is long enough."""

    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class HoursNeverMeet:
    """Everyone works in the window, but never all at once for long enough."""

    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of the time at which all are at work is taken for one of them."""

    person: PersonId
    taken: timedelta
    of: timedelta

    @property
    def percent(self) -> int:
        return round(100 * (self.taken / self.of))


@dataclass(frozen=True, slots=True)
class TakenUp:
    """There are common hours, and they are taken; the busiest first."""

    shares: tuple[Share, ...]


Reason = Over | TooShort | Unknown | OutsideHours | HoursNeverMeet | TakenUp


def explain(*, people: Sequence[Times], windows: Sequence[Interval], length: timedelta) -> Reason | None:
    """The first thing that stands in the way of every slot; None when something fits after all."""
    if not windows:
        return Over()
    longest = max(window.length for window in merge(windows))
    if longest < length:
        return TooShort(longest)
    if search(people=people, windows=windows, length=length):
        return None
    hours = {one.person: _hours(one, windows) for one in people}
    if away := tuple(person for person, at_work in hours.items() if not _has_room(at_work, length)):
        return OutsideHours(away)
    common = merge(windows)
    for at_work in hours.values():
        common = list(intersect(common, at_work))
    if not _has_room(common, length):
        return HoursNeverMeet(tuple(hours))
    if unknown := tuple(one.person for one in people if not _knows(one, common)):
        return Unknown(unknown)
    shares = (_share(one, common) for one in people)
    return TakenUp(tuple(sorted(shares, key=lambda share: (-share.taken, share.person))))


def _hours(one: Times, windows: Sequence[Interval]) -> list[Interval]:
    return [stretch for window in merge(windows) for stretch in working(one.hours, window)]


def _has_room(stretches: Sequence[Interval], length: timedelta) -> bool:
    return any(stretch.length >= length for stretch in stretches)


def _knows(one: Times, common: Sequence[Interval]) -> bool:
    return one.known is not None and all(one.known.contains(stretch) for stretch in common)


def _share(one: Times, common: Sequence[Interval]) -> Share:
    whole = sum((stretch.length for stretch in common), timedelta())
    left = (piece.length for stretch in common for piece in subtract(stretch, one.taken))
    return Share(person=one.person, taken=whole - sum(left, timedelta()), of=whole)
