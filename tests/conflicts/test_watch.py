"""A conflict is told once, to its person alone, and closes by itself."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.conflicts.watch import Watching
from bot.core.calendars import Problem
from bot.core.conflicts import Conflict, ConflictState
from bot.core.errors import NotAllowed
from bot.core.events import Kind, Response
from bot.core.ids import CalendarId, MeetingId, PersonId
from bot.core.meetings import MeetingState
from bot.core.preferences import Preferences
from bot.core.rules import DaySpan, Rules, office_hours
from bot.storage import calendars, conflicts, rules
from tests.builders import TENANT, instance, span
from tests.scheduling.town import Town

MEETING = MeetingId("meeting")
NOON = span("12:00-12:30")


class Watched(Town):
    """A town in which somebody also looks for conflicts."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.watching = Watching(self.database, self.clock, self.proposing.times_for_move)

    def looks(self, person: PersonId) -> object:
        """A second later their calendars are read, and everything that follows from it is done."""
        self.notices(person)
        return self.watching.look(TENANT, person)

    def only(self) -> Conflict:
        """The one conflict that there is."""
        with self.database.reading() as tx:
            (conflict,) = conflicts.of_meeting(tx, TENANT, MEETING)
        return conflict

    def told(self) -> dict[str, int]:
        """How often each of them was rung about a conflict."""
        everyone = {"ana": self.ana, "ben": self.ben}
        return {name: self.rings(person, "conflict") for name, person in everyone.items()}


@pytest.fixture
def town(tmp_path: Path) -> Watched:
    made = Watched(tmp_path)
    made.meets("10:00-10:30")
    return made


def put_over(town: Watched, words: str = "10:15-11:00", *, whose: str = "ana") -> None:
    """An event is put over the meeting with some other program."""
    person = getattr(town, whose)
    town.service.place(town.remote(person), uid="dentist", when=span(words))
    town.looks(person)


def test_without_an_overlap_nobody_hears_anything(town: Watched) -> None:
    assert town.looks(town.ana) is None
    assert town.looks(town.ben) is None
    assert town.told() == {"ana": 0, "ben": 0}


@pytest.mark.parametrize(("whose", "told"), [("ana", {"ana": 1, "ben": 0}), ("ben", {"ana": 0, "ben": 1})])
def test_only_the_one_in_whose_calendar_it_is_gets_a_message(town: Watched, whose: str, told: dict[str, int]) -> None:
    put_over(town, whose=whose)
    assert town.told() == told
    assert town.only().state is ConflictState.OPEN


def test_a_conflict_brings_times_that_now_work_for_both(town: Watched) -> None:
    town.service.place(town.remote(town.ben), uid="ben is out", when=span("11:00-17:00"))
    town.looks(town.ben)
    put_over(town, "09:00-10:15")
    slots = town.only().slots
    assert len(slots) == 5
    taken = (span("09:00-10:30"), span("11:00-17:00"))
    assert not any(slot.overlaps(busy) for slot in slots for busy in taken)


def test_a_conflict_is_told_once_however_often_it_is_read(town: Watched) -> None:
    put_over(town)
    for _ in range(3):
        town.looks(town.ana)
    assert town.told() == {"ana": 1, "ben": 0}


def test_the_same_event_in_two_calendars_is_one_conflict(town: Watched) -> None:
    town.adds(town.ana, "ana", "home")
    town.service.place(town.remote(town.ana, "home"), uid="dentist", when=span("10:15-11:00"))
    put_over(town)
    assert town.told() == {"ana": 1, "ben": 0}


def test_an_event_that_moves_and_still_overlaps_edits_the_same_message(town: Watched) -> None:
    put_over(town)
    before = town.only()
    town.redrawn(town.ana, "conflict")
    put_over(town, "09:30-10:15")
    assert (town.only().id, town.only().when) == (before.id, span("09:30-10:15"))
    assert town.told() == {"ana": 1, "ben": 0}
    assert town.redrawn(town.ana, "conflict")


@pytest.mark.parametrize("how", ["deleted", "moved away", "declined"])
def test_a_conflict_that_goes_away_by_itself_closes_its_message_by_itself(town: Watched, how: str) -> None:
    put_over(town)
    town.redrawn(town.ana, "conflict")
    match how:
        case "deleted":
            town.service.drop(town.remote(town.ana), "dentist")
        case "moved away":
            town.service.shift(town.remote(town.ana), "dentist", to=NOON)
        case _:
            town.service.decline(town.remote(town.ana), "dentist")
    assert town.looks(town.ana) is None
    assert town.only().state is ConflictState.GONE
    assert town.told() == {"ana": 1, "ben": 0}
    assert town.redrawn(town.ana, "conflict")


def test_a_conflict_that_comes_back_is_told_again(town: Watched) -> None:
    put_over(town)
    town.service.drop(town.remote(town.ana), "dentist")
    town.looks(town.ana)
    put_over(town)
    assert town.only().state is ConflictState.OPEN
    assert town.told() == {"ana": 2, "ben": 0}


def test_moving_the_meeting_out_of_a_conflict_closes_it(town: Watched) -> None:
    put_over(town)
    town.redrawn(town.ana, "conflict")
    town.changing.move(TENANT, MEETING, town.only().slots[0], town.ana)
    assert town.watching.look(TENANT, town.ana) == town.clock.now() + timedelta(seconds=2)
    assert town.only().state is ConflictState.OPEN
    town.goes_on()
    assert town.looks(town.ana) is None
    assert town.only().state is ConflictState.MOVED
    assert town.redrawn(town.ana, "conflict")
    assert town.told() == {"ana": 1, "ben": 0}
    assert town.rings(town.ben, "meeting") == 1


def test_a_conflict_in_a_participants_calendar_ends_when_the_organiser_agrees_to_move(town: Watched) -> None:
    put_over(town, whose="ben")
    ask = town.asking.ask(TENANT, MEETING, town.ben, town.only().slots[0])
    town.asking.answer(TENANT, ask.id, town.ana, move=True)
    town.goes_on()
    town.looks(town.ben)
    assert town.only().state is ConflictState.MOVED
    assert town.told() == {"ana": 0, "ben": 1}


@pytest.mark.parametrize("how", ["taken back", "declined", "over"])
def test_a_conflict_ends_with_the_meeting(town: Watched, how: str) -> None:
    put_over(town, whose="ben")
    match how:
        case "taken back":
            town.changing.undo(TENANT, MEETING, town.ana)
            town.goes_on()
        case "declined":
            town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
        case _:
            town.clock.set(town.meeting().when.end)
    assert town.watching.look(TENANT, town.ben) is None
    assert town.only().state is ConflictState.ENDED
    assert town.told() == {"ana": 0, "ben": 1}


def test_an_open_conflict_is_looked_at_when_the_meeting_is_over(town: Watched) -> None:
    put_over(town)
    assert town.looks(town.ana) == town.meeting().when.end


def test_who_keeps_both_is_not_told_again_of_the_same_time(town: Watched) -> None:
    put_over(town)
    town.watching.keep(TENANT, town.only().id, town.ana)
    town.looks(town.ana)
    assert town.only().state is ConflictState.KEPT
    put_over(town, "09:30-10:15")
    assert town.only().state is ConflictState.OPEN
    assert town.told() == {"ana": 2, "ben": 0}


def test_nobody_keeps_what_clashes_for_another(town: Watched) -> None:
    put_over(town)
    with pytest.raises(NotAllowed):
        town.watching.keep(TENANT, town.only().id, town.ben)


def test_keeping_what_closed_meanwhile_changes_nothing(town: Watched) -> None:
    put_over(town)
    town.service.drop(town.remote(town.ana), "dentist")
    town.looks(town.ana)
    assert town.watching.keep(TENANT, town.only().id, town.ana).state is ConflictState.GONE


def test_who_declined_is_told_of_no_conflict(town: Watched) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    put_over(town, whose="ben")
    assert town.told() == {"ana": 0, "ben": 0}


def test_about_what_is_over_nobody_is_told(town: Watched) -> None:
    town.clock.set(span("10:30-11:00").start)
    put_over(town)
    assert town.told() == {"ana": 0, "ben": 0}


def test_a_tentative_event_makes_nobody_choose(town: Watched) -> None:
    town.service.place(town.remote(town.ana), uid="maybe", when=span("10:00-11:00"), kind=Kind.SOFT)
    town.looks(town.ana)
    assert town.told() == {"ana": 0, "ben": 0}


def test_a_calendar_that_does_not_count_conflicts_with_nothing(town: Watched) -> None:
    home = town.adds(town.ana, "ana", "home")
    with town.database.transaction() as tx:
        calendars.choose(tx, TENANT, town.ana, {town.calendar(town.ana)}, town.calendar(town.ana))
    town.service.place(town.remote(town.ana, "home"), uid="dentist", when=span("10:15-11:00"))
    town.looks(town.ana)
    assert home == CalendarId("ana-home")
    assert town.told() == {"ana": 0, "ben": 0}


def test_two_instances_of_a_series_are_two_conflicts(town: Watched) -> None:
    first = instance("10:00-10:10", uid="series")
    second = replace(instance("10:20-10:30", uid="series"), starts=span("+1 09:00-10:00").start)
    town.service.store(town.remote(town.ana), (first, second))
    town.looks(town.ana)
    assert town.told() == {"ana": 2, "ben": 0}


def test_another_meeting_of_ours_is_no_conflict(town: Watched) -> None:
    town.meets("10:30-11:00", town.cem, name="other")
    copies = [one for one in town.stands(town.ana) if one.uid == "other@overlap"]
    town.service.store(town.remote(town.ana), (replace(copies[0], when=span("10:15-10:45")),))
    town.reads(town.ana)
    town.watching.look(TENANT, town.ana)
    assert town.told() == {"ana": 0, "ben": 0}


def test_what_the_organiser_moved_their_own_meeting_onto_is_not_told_to_them(town: Watched) -> None:
    town.service.place(town.remote(town.ana), uid="lunch", when=NOON)
    town.service.shift(town.remote(town.ana), "meeting@overlap", to=NOON)
    town.looks(town.ana)
    town.goes_on()
    town.looks(town.ana)
    assert town.meeting().when == NOON
    assert town.only().state is ConflictState.KEPT
    assert town.told() == {"ana": 0, "ben": 0}


def test_what_the_organiser_moved_a_meeting_onto_is_told_to_the_participant(town: Watched) -> None:
    town.service.place(town.remote(town.ben), uid="lunch", when=NOON)
    town.looks(town.ben)
    town.service.shift(town.remote(town.ana), "meeting@overlap", to=NOON)
    town.looks(town.ana)
    town.goes_on()
    town.looks(town.ben)
    assert town.told() == {"ana": 0, "ben": 1}


def test_times_that_no_longer_work_leave_the_message(town: Watched) -> None:
    put_over(town)
    gone = town.only().slots[0]
    town.redrawn(town.ana, "conflict")
    town.service.place(town.remote(town.ben), uid="new", when=gone)
    town.looks(town.ben)
    assert gone not in town.only().slots
    assert town.redrawn(town.ana, "conflict")
    assert town.told() == {"ana": 1, "ben": 0}


def test_a_reading_that_changes_no_times_redraws_nothing(town: Watched) -> None:
    put_over(town)
    town.redrawn(town.ana, "conflict")
    town.looks(town.ben)
    assert not town.redrawn(town.ana, "conflict")


def test_while_a_calendar_cannot_vouch_no_times_does_not_mean_none(town: Watched) -> None:
    town.clock.move(timedelta(minutes=45))
    put_over(town)
    assert (town.only().slots, town.only().is_known) == ((), False)
    town.looks(town.ben)
    assert len(town.only().slots) == 5
    assert town.only().is_known


@pytest.mark.parametrize("state", [MeetingState.BOOKED, MeetingState.MOVING])
def test_a_conflict_with_a_meeting_on_its_way_waits_until_it_has_arrived(town: Watched, state: MeetingState) -> None:
    if state is MeetingState.MOVING:
        town.changing.move(TENANT, MEETING, NOON, town.ana)
    put_over(town)
    assert town.told()["ana"] == (1 if state is MeetingState.BOOKED else 0)


def doubts(town: Watched, problem: Problem | None) -> None:
    """What Ana's calendar tells is hard to believe, or is no longer."""
    with town.database.transaction() as tx:
        of_ana = calendars.CALENDARS.c.person == town.ana
        tx.execute(calendars.CALENDARS.update().where(of_ana).values(problem=problem))


def test_a_calendar_in_doubt_opens_no_conflict(town: Watched) -> None:
    town.service.place(town.remote(town.ana), uid="dentist", when=span("10:15-11:00"))
    town.notices(town.ana)
    doubts(town, Problem.DOUBTED)
    town.watching.look(TENANT, town.ana)
    assert town.told() == {"ana": 0, "ben": 0}
    doubts(town, None)
    town.watching.look(TENANT, town.ana)
    assert town.told() == {"ana": 1, "ben": 0}


def test_a_calendar_in_doubt_takes_back_no_conflict(town: Watched) -> None:
    put_over(town)
    doubts(town, Problem.DOUBTED)
    town.watching.look(TENANT, town.ana)
    assert town.only().state is ConflictState.OPEN


def is_quiet(town: Watched, start: str, end: str, zone: str = "UTC") -> None:
    """Ana wants to be told of nothing in those hours."""
    quiet = DaySpan(time.fromisoformat(start), time.fromisoformat(end))
    with town.database.transaction() as tx:
        rules.save(tx, TENANT, town.ana, Preferences(rules=Rules.of(office_hours(zone)), quiet=quiet))


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        pytest.param("07:00", "09:00", "UTC", id="in the morning"),
        pytest.param("22:00", "09:00", "UTC", id="since the night before"),
        pytest.param("17:00", "18:00", "Asia/Tokyo", id="by her own clock"),
    ],
)
def test_what_clashes_in_quiet_hours_is_told_when_they_are_over(town: Watched, start: str, end: str, zone: str) -> None:
    is_quiet(town, start, end, zone)
    town.service.place(town.remote(town.ana), uid="dentist", when=span("10:15-11:00"))
    over = span("09:00-09:01").start
    assert town.looks(town.ana) == over
    assert town.told() == {"ana": 0, "ben": 0}
    town.clock.set(over)
    town.watching.look(TENANT, town.ana)
    assert town.told() == {"ana": 1, "ben": 0}


def test_what_is_gone_by_the_end_of_quiet_hours_was_never_told(town: Watched) -> None:
    is_quiet(town, "07:00", "09:00")
    put_over(town)
    town.service.drop(town.remote(town.ana), "dentist")
    assert town.looks(town.ana) is None
    assert town.told() == {"ana": 0, "ben": 0}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param("07:00", "10:00", id="they end when the meeting starts"),
        pytest.param("07:00", "12:00", id="they end too late"),
        pytest.param("20:00", "07:00", id="they are over"),
    ],
)
def test_quiet_hours_hold_back_nothing_that_cannot_wait(town: Watched, start: str, end: str) -> None:
    is_quiet(town, start, end)
    put_over(town)
    assert town.told() == {"ana": 1, "ben": 0}
