"""Why nothing fits, as facts that can be worded: whose time is taken by how much, whose hours never meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.availability import clock
from bot.availability.finding import starts
from bot.availability.lines import hard_and_soft
from bot.availability.sweep import both
from bot.availability.terms import Attendee, Pair, Search
from bot.core.ids import PersonId


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


def explain(search: Search) -> Reason | None:
    """The first thing that stands in the way of every slot; None when something fits after all."""
    if not search.windows:
        return Over()
    windows = clock.merged(search.windows)
    longest = max(end - start for start, end in windows)
    if longest < search.length:
        return TooShort(timedelta(seconds=longest))
    if starts(search):
        return None
    hours = {one.person: _hours(one, windows) for one in search.people}
    if away := tuple(person for person, at_work in hours.items() if not _has_room(at_work, search.length)):
        return OutsideHours(away)
    common = windows
    for at_work in hours.values():
        common = both(common, at_work)
    if not _has_room(common, search.length):
        return HoursNeverMeet(tuple(hours))
    if unknown := tuple(one.person for one in search.people if both(common, clock.merged(one.unknown))):
        return Unknown(unknown)
    shares = (_share(one, common) for one in search.people)
    return TakenUp(tuple(sorted(shares, key=lambda share: (-share.taken, share.person))))


def _hours(one: Attendee, windows: Sequence[Pair]) -> list[Pair]:
    if not clock.works(one.rules):
        return list(windows)
    working = clock.working(one.rules, windows[0][0], windows[-1][1])
    return both(list(windows), working)


def _has_room(stretches: Sequence[Pair], length: int) -> bool:
    return any(end - start >= length for start, end in stretches)


def _share(one: Attendee, common: Sequence[Pair]) -> Share:
    lines = hard_and_soft(one.taken)
    taken = [
        piece
        for start, end in common
        for piece in both([(start, end)], clock.merged(pair for line in lines for pair in line.within(start, end)))
    ]
    seconds = sum(end - start for start, end in taken)
    whole = sum(end - start for start, end in common)
    return Share(person=one.person, taken=timedelta(seconds=seconds), of=timedelta(seconds=whole))
