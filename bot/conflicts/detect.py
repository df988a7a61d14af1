"""Which of a person's meetings something else now overlaps, and what that changes in the conflicts we know (pure)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.conflicts import Conflict, ConflictState
from bot.core.events import Busy, Kind
from bot.core.ids import ConflictId, MeetingId
from bot.core.meetings import Meeting, MeetingState

CONFLICTING = frozenset({Kind.HARD, Kind.AWAY})
"""What is only tentative makes nobody choose."""

_TOLD = (ConflictState.OPEN, ConflictState.KEPT, ConflictState.GONE, ConflictState.MOVED, ConflictState.ENDED)


@dataclass(frozen=True, slots=True)
class Overlap:
    """A meeting, and the instance of another event that stands in its time."""

    meeting: Meeting
    other: Busy

    @property
    def key(self) -> tuple[MeetingId, str, datetime]:
        return self.meeting.id, self.other.instance.uid, self.other.instance.starts


@dataclass(frozen=True, slots=True)
class Opened:
    """An overlap that is new."""

    overlap: Overlap


@dataclass(frozen=True, slots=True)
class Reopened:
    """One that was over, or that its person kept, and that is another now."""

    conflict: Conflict
    overlap: Overlap


@dataclass(frozen=True, slots=True)
class Changed:
    """The other event stands elsewhere, and still in the meeting's time."""

    conflict: Conflict
    overlap: Overlap


@dataclass(frozen=True, slots=True)
class Closed:
    """It is over, for the reason that its new state tells."""

    conflict: Conflict
    state: ConflictState


Act = Opened | Reopened | Changed | Closed


def overlaps(meetings: Iterable[Meeting], rows: Iterable[Busy], known: Collection[MeetingId]) -> list[Overlap]:
    """Every overlap, by the time of the meeting; the same event in several calendars once.

    `known` are meetings of this workspace: their copies are no other events. A tag that names none of them is
    somebody else's meeting, and as real as any.
    """
    by_time = sorted(meetings, key=lambda one: (one.when, one.id))
    uids = {meeting.uid for meeting in by_time}
    others = [row for row in rows if _is_other(row, uids, known)]
    found: dict[tuple[MeetingId, str, datetime], Overlap] = {}
    for meeting in by_time:
        for other in others:
            if other.instance.when.overlaps(meeting.when):
                overlap = Overlap(meeting, other)
                found.setdefault(overlap.key, overlap)
    return list(found.values())


def _is_other(row: Busy, uids: Collection[str], known: Collection[MeetingId]) -> bool:
    one = row.instance
    is_ours = one.uid in uids or (one.ours is not None and one.ours in known)
    return one.blocks and one.kind in CONFLICTING and not is_ours


def changes(conflicts: Sequence[Conflict], found: Sequence[Overlap], meetings: Collection[Meeting]) -> list[Act]:
    """What has become of one person's conflicts.

    `meetings` are those that they must still attend, also the ones on their way to another time, about which nothing
    is said until they have arrived.
    """
    by_id = {meeting.id: meeting for meeting in meetings}
    settled = [one for one in found if one.meeting.state is MeetingState.BOOKED]
    same, new = _matched(conflicts, settled)
    acts: list[Act] = []
    for conflict in conflicts:
        if conflict.id in same:
            acts += _compared(conflict, same[conflict.id])
        else:
            acts += _missing(conflict, by_id.get(conflict.meeting))
    return acts + [Opened(overlap) for overlap in new]


def _matched(
    conflicts: Sequence[Conflict], found: Sequence[Overlap]
) -> tuple[dict[ConflictId, Overlap], list[Overlap]]:
    """Which overlap is which conflict, and which are new: the same instance, or else another of the same event.

    An event that does not repeat has no name but its UID: moved, its instance is called by its new start.
    """
    left = {one.key: one for one in found}
    same: dict[ConflictId, Overlap] = {}
    for conflict in conflicts:
        exact = left.pop((conflict.meeting, conflict.uid, conflict.starts), None)
        if exact is not None:
            same[conflict.id] = exact
    told = sorted((one for one in conflicts if one.id not in same), key=lambda one: _TOLD.index(one.state))
    for conflict in told:
        key = next((key for key in left if key[:2] == (conflict.meeting, conflict.uid)), None)
        if key is not None:
            same[conflict.id] = left.pop(key)
    return same, list(left.values())


def _compared(conflict: Conflict, overlap: Overlap) -> list[Act]:
    other = overlap.other
    is_same = conflict.when == other.instance.when
    if conflict.state is ConflictState.OPEN:
        is_named_so = (conflict.starts, conflict.calendar) == (other.instance.starts, other.calendar)
        return [] if is_same and is_named_so else [Changed(conflict, overlap)]
    if conflict.state is ConflictState.KEPT and is_same:
        return []
    return [Reopened(conflict, overlap)]


def _missing(conflict: Conflict, meeting: Meeting | None) -> list[Act]:
    if conflict.state not in (ConflictState.OPEN, ConflictState.KEPT):
        return []
    if meeting is None:
        return [Closed(conflict, ConflictState.ENDED)]
    if meeting.state is not MeetingState.BOOKED:
        return []
    if not meeting.when.overlaps(conflict.when):
        return [Closed(conflict, ConflictState.MOVED)]
    # A kept conflict outlives its event, so that a calendar that forgets and remembers does not tell it twice.
    return [] if conflict.state is ConflictState.KEPT else [Closed(conflict, ConflictState.GONE)]
