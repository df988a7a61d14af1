"""What overlaps whose meeting, and what that makes of the conflicts we know."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conflicts.detect import Act, Changed, Closed, Opened, Overlap, Reopened, changes, overlaps
from bot.core.conflicts import Conflict, ConflictState
from bot.core.events import Busy, Kind
from bot.core.ids import CalendarId, ConflictId, MeetingId, PersonId
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from tests.builders import TENANT, at, busy, span

ANA = PersonId("ana")


def meeting(words: str = "10:00-10:30", *, name: str = "meeting", state: MeetingState = MeetingState.BOOKED) -> Meeting:
    return Meeting(
        id=MeetingId(name),
        tenant=TENANT,
        uid=f"{name}@overlap",
        organiser=ANA,
        title="Ana / Ben",
        when=span(words),
        state=state,
        attendances=(Attendance(person=ANA, road=Road.ORGANISER),),
    )


def conflict(
    words: str = "10:15-11:00", *, state: ConflictState = ConflictState.OPEN, uid: str = "event", name: str = "one"
) -> Conflict:
    return Conflict(
        id=ConflictId(name),
        tenant=TENANT,
        person=ANA,
        meeting=MeetingId("meeting"),
        calendar=CalendarId("ana-work"),
        uid=uid,
        starts=span(words).start,
        when=span(words),
        state=state,
    )


def overlap(words: str = "10:15-11:00", **rest: object) -> Overlap:
    return Overlap(meeting(), busy(words, **rest))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "uids"),
    [
        pytest.param([], [], id="nothing stands there"),
        pytest.param([busy("10:15-11:00", uid="event")], ["event"], id="it begins within"),
        pytest.param([busy("09:00-12:00", uid="event")], ["event"], id="it lies all around"),
        pytest.param([busy("10:30-11:00")], [], id="it begins when the meeting ends"),
        pytest.param([busy("09:00-10:00")], [], id="it ends when the meeting begins"),
        pytest.param([busy("10:00-11:00", kind=Kind.SOFT)], [], id="it is only tentative"),
        pytest.param([busy("00:00-24:00", kind=Kind.AWAY, uid="away")], ["away"], id="out of office"),
        pytest.param(
            [busy("10:00-11:00", uid="twice"), busy("10:00-11:00", uid="twice", calendar="ana-home")],
            ["twice"],
            id="the same event in two calendars",
        ),
        pytest.param([busy("10:00-10:30", uid="meeting@overlap", ours="meeting")], [], id="the meeting's own copy"),
        pytest.param([busy("10:00-10:30", uid="meeting@overlap")], [], id="its own copy that lost the tag"),
        pytest.param([busy("10:00-10:30", uid="duplicate", ours="meeting")], [], id="a duplicate of its copy"),
        pytest.param([busy("10:00-10:30", uid="other", ours="known")], [], id="another meeting of this workspace"),
        pytest.param([busy("10:00-10:30", uid="theirs", ours="far")], ["theirs"], id="one of some other workspace"),
        pytest.param(
            [Busy(calendar=CalendarId("ana-work"), instance=replace(busy("10:00-11:00").instance, blocks=False))],
            [],
            id="it blocks nothing",
        ),
    ],
)
def test_what_overlaps_a_meeting(rows: list[Busy], uids: list[str]) -> None:
    found = overlaps([meeting()], rows, {MeetingId("meeting"), MeetingId("known")})
    assert [one.other.instance.uid for one in found] == uids


def test_one_event_over_two_meetings_is_two_overlaps() -> None:
    both = [meeting("11:00-11:30", name="second"), meeting(name="first")]
    found = overlaps(both, [busy("10:00-12:00")], set())
    assert [one.meeting.id for one in found] == ["first", "second"]


def test_two_instances_of_one_series_are_two_overlaps() -> None:
    rows = [busy("10:00-10:10", uid="series"), busy("10:20-10:30", uid="series", starts=at("09:00"))]
    assert len(overlaps([meeting()], rows, set())) == 2


def test_a_new_overlap_opens() -> None:
    assert changes([], [overlap()], [meeting()]) == [Opened(overlap())]


def test_the_same_again_changes_nothing() -> None:
    assert changes([conflict()], [overlap()], [meeting()]) == []


def test_a_single_event_that_moves_within_the_meeting_is_the_same_conflict() -> None:
    assert changes([conflict()], [overlap("10:20-11:00")], [meeting()]) == [Changed(conflict(), overlap("10:20-11:00"))]


def test_an_instance_that_moves_within_the_meeting_is_the_same_conflict() -> None:
    moved = overlap("10:20-11:00", starts=at("10:15"))
    assert changes([conflict()], [moved], [meeting()]) == [Changed(conflict(), moved)]


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param([meeting()], ConflictState.GONE, id="the other event went away"),
        pytest.param([meeting("12:00-12:30")], ConflictState.MOVED, id="the meeting was moved"),
        pytest.param([], ConflictState.ENDED, id="the meeting is no more"),
    ],
)
def test_why_an_open_conflict_closes(now: list[Meeting], state: ConflictState) -> None:
    assert changes([conflict()], [], now) == [Closed(conflict(), state)]


@pytest.mark.parametrize("state", [ConflictState.GONE, ConflictState.MOVED, ConflictState.ENDED])
def test_what_was_over_and_comes_back_opens_again(state: ConflictState) -> None:
    before = conflict(state=state)
    assert changes([before], [], [meeting()]) == []
    assert changes([before], [overlap()], [meeting()]) == [Reopened(before, overlap())]


def test_what_was_kept_is_not_told_again() -> None:
    assert changes([conflict(state=ConflictState.KEPT)], [overlap()], [meeting()]) == []


def test_what_was_kept_is_told_again_at_another_time() -> None:
    kept, moved = conflict(state=ConflictState.KEPT), overlap("10:00-11:00")
    assert changes([kept], [moved], [meeting()]) == [Reopened(kept, moved)]


def test_a_kept_conflict_outlives_an_event_that_a_calendar_forgets_for_a_while() -> None:
    kept = conflict(state=ConflictState.KEPT)
    assert changes([kept], [], [meeting()]) == []
    assert changes([kept], [], [meeting("12:00-12:30")]) == [Closed(kept, ConflictState.MOVED)]


def test_of_two_known_conflicts_the_open_one_is_the_event_that_moved() -> None:
    gone = conflict("10:00-10:10", state=ConflictState.GONE, name="gone")
    moved = overlap("10:20-11:00")
    assert changes([gone, conflict()], [moved], [meeting()]) == [Changed(conflict(), moved)]


@pytest.mark.parametrize("state", [MeetingState.BOOKING, MeetingState.MOVING])
def test_about_a_meeting_on_its_way_nothing_is_said(state: MeetingState) -> None:
    on_its_way = meeting(state=state)
    assert changes([], [Overlap(on_its_way, busy("10:00-11:00"))], [on_its_way]) == []
    assert changes([conflict()], [], [on_its_way]) == []


TIMES = ("09:45-10:05", "10:00-10:30", "10:10-10:20", "10:15-11:00")


def done(act: Act, name: str) -> Conflict:
    """The conflict as it is kept after that."""
    match act:
        case Closed(before, state):
            return replace(before, state=state)
        case Opened(found):
            before = conflict(name=name, uid=found.other.instance.uid)
        case Changed(before, found) | Reopened(before, found):
            pass
    other = found.other.instance
    return replace(before, starts=other.starts, when=other.when, state=ConflictState.OPEN)


@given(
    known=st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from(TIMES)), st.sampled_from(ConflictState)),
    rows=st.sets(st.tuples(st.sampled_from("ab"), st.sampled_from(TIMES))),
)
def test_what_was_done_is_not_done_again(
    known: dict[tuple[str, str], ConflictState], rows: set[tuple[str, str]]
) -> None:
    before = [conflict(when, uid=uid, state=state, name=f"{uid} {when}") for (uid, when), state in known.items()]
    found = overlaps([meeting()], [busy(when, uid=uid) for uid, when in sorted(rows)], set())
    acts = changes(before, found, [meeting()])
    touched = {act.conflict.id for act in acts if not isinstance(act, Opened)}
    after = [one for one in before if one.id not in touched]
    after += [done(act, f"new {index}") for index, act in enumerate(acts)]
    assert changes(after, found, [meeting()]) == []
    assert len({(one.uid, one.starts) for one in after}) == len(after)
