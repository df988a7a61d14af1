"""What the rows of one person's calendars take of their time."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from bot.core.events import Busy, Kind
from bot.core.ids import CalendarId

_HARDNESS = (Kind.SOFT, Kind.AWAY, Kind.HARD)


def once(rows: Iterable[Busy]) -> list[Busy]:
    """The rows of ONE person's calendars, an event that stands in several of them counted once, in order of time.

    The same UID at the same start is the same event. Of two that differ the later end and the harder kind win: a copy
    that was shortened in one calendar must not free time in the other.
    """
    kept: dict[tuple[str, object], Busy] = {}
    for row in rows:
        key = (row.instance.uid, row.instance.when.start)
        if key not in kept or _weight(kept[key]) < _weight(row):
            kept[key] = row
    return sorted(kept.values(), key=lambda row: (row.instance.when, row.instance.uid, row.calendar))


def softened(rows: Iterable[Busy], unproven: Collection[CalendarId], told: Collection[str] = ()) -> Iterator[Busy]:
    """The same rows, those of calendars that are no proof now as soft; events (UIDs) that were told already stay."""
    for row in rows:
        is_soft = row.calendar in unproven and row.instance.uid not in told
        yield replace(row, instance=replace(row.instance, kind=Kind.SOFT)) if is_soft else row


def _weight(row: Busy) -> tuple[object, ...]:
    # A tagged copy of ours beats an equal untagged one, so that nobody's own meeting looks like a stranger.
    instance = row.instance
    return (instance.when.end, instance.ours is not None, _HARDNESS.index(instance.kind), row.calendar)
