"""What people do to our meetings in their own calendars becomes true for everyone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import TryLater
from bot.core.events import Response, Status
from bot.core.ids import CalendarId, MeetingId
from bot.core.meetings import Ask, AskState, MeetingState
from bot.storage import asks, calendars, ledger, mirror
from tests.builders import TENANT, span
from tests.scheduling.town import WINDOW, Town

MEETING = MeetingId("meeting")
UID = "meeting@overlap"
TEN, NOON = span("10:00-10:30"), span("12:00-12:30")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(tmp_path)
    made.meets("10:00-10:30")
    return made


def open_ask(town: Town) -> Ask:
    with town.database.reading() as tx:
        (ask,) = asks.open_of_meeting(tx, TENANT, MEETING)
    return ask


def gets_status(town: Town, status: Status) -> None:
    (copy,) = town.stands(town.ben)
    town.service.store(town.remote(town.ben), (replace(copy, status=status),))


def test_what_stands_as_we_wrote_it_is_an_echo(town: Town) -> None:
    before = town.meeting()
    assert town.notices(town.ana) is None
    assert town.notices(town.ben) is None
    assert town.meeting() == before


def test_the_organiser_moves_their_copy_and_the_meeting_follows(town: Town) -> None:
    town.service.shift(town.remote(town.ana), UID, to=NOON)
    town.notices(town.ana)
    assert (town.meeting().state, town.meeting().moving_to) == (MeetingState.MOVING, NOON)
    town.goes_on()
    moved = town.meeting()
    assert (moved.state, moved.when, moved.was, moved.sequence) == (MeetingState.BOOKED, NOON, TEN, 1)
    (copy,) = town.stands(town.ben)
    assert (copy.uid, copy.when, copy.sequence) == (UID, NOON, 1)
    assert town.claims(town.ana) == town.claims(town.ben) == [NOON]


def test_when_the_organiser_moved_it_the_others_are_told_and_they_are_not(town: Town) -> None:
    town.service.shift(town.remote(town.ana), UID, to=NOON)
    town.notices(town.ana)
    town.goes_on()
    assert (town.rings(town.ana, "meeting"), town.rings(town.ben, "meeting")) == (0, 1)


def test_a_move_by_hand_is_followed_once(town: Town) -> None:
    town.service.shift(town.remote(town.ana), UID, to=NOON)
    for _ in range(3):
        town.notices(town.ana)
    town.goes_on()
    for person in (town.ana, town.ben):
        assert town.notices(person) is None
    assert town.meeting().sequence == 1
    assert town.rings(town.ben, "meeting") == 1


def test_the_calendar_wins_over_a_claim_of_another_meeting(town: Town) -> None:
    town.meets("12:00-12:30", town.cem, name="other")
    with town.database.transaction() as tx:
        ledger.claim(
            tx,
            TENANT,
            subject="third",
            cause="meeting",
            people=(town.ben,),
            when=NOON,
            state="booked",
            now=town.clock.now(),
        )
    town.service.shift(town.remote(town.ana), UID, to=NOON)
    town.notices(town.ana)
    town.goes_on()
    assert town.meeting().when == NOON
    assert [copy.when for copy in town.stands(town.ben)] == [NOON]
    with town.database.reading() as tx:
        assert ledger.taken(tx, TENANT, (town.ben,), WINDOW, town.clock.now(), besides="third") == []


def test_a_meeting_that_is_made_longer_by_hand_is_longer_for_everyone(town: Town) -> None:
    town.service.shift(town.remote(town.ana), UID, to=span("10:00-11:00"))
    town.notices(town.ana)
    town.goes_on()
    assert [copy.when for copy in town.stands(town.ben)] == [span("10:00-11:00")]
    assert town.claims(town.ben) == [span("10:00-11:00")]


def test_the_organiser_deletes_their_copy_and_the_meeting_is_cancelled(town: Town) -> None:
    town.service.drop(town.remote(town.ana), UID)
    town.notices(town.ana)
    assert town.meeting().state is MeetingState.UNDOING
    town.goes_on()
    assert town.meeting().state is MeetingState.CANCELLED
    assert town.stands(town.ben) == []
    assert town.claims(town.ana) == town.claims(town.ben) == []
    assert (town.rings(town.ana, "meeting"), town.rings(town.ben, "meeting")) == (0, 1)


def test_a_participant_moves_their_copy_and_thereby_asks_for_that_time(town: Town) -> None:
    town.service.shift(town.remote(town.ben), UID, to=NOON)
    town.notices(town.ben)
    ask = open_ask(town)
    assert (ask.state, ask.by, ask.wanted) == (AskState.OPEN, town.ben, NOON)
    assert (town.rings(town.ana, "ask"), town.rings(town.ben, "ask")) == (1, 1)
    assert town.claims(town.ana) == [TEN, NOON]
    assert town.meeting().when == TEN


def test_a_copy_that_asked_is_put_back_and_does_not_ask_again(town: Town) -> None:
    town.service.shift(town.remote(town.ben), UID, to=NOON)
    town.notices(town.ben)
    town.notices(town.ben)
    town.goes_on()
    assert [copy.when for copy in town.stands(town.ben)] == [TEN]
    assert town.notices(town.ben) is None
    assert town.rings(town.ana, "ask") == 1


def test_the_answer_to_a_moved_copy_moves_both(town: Town) -> None:
    town.service.shift(town.remote(town.ben), UID, to=NOON)
    town.notices(town.ben)
    town.asking.answer(TENANT, open_ask(town).id, town.ana, move=True)
    town.goes_on()
    assert [copy.when for copy in town.stands(town.ana) + town.stands(town.ben)] == [NOON, NOON]


def test_a_participant_who_moves_their_copy_onto_taken_time_gets_others_to_choose_from(town: Town) -> None:
    town.service.place(town.remote(town.ana), uid="lunch", when=NOON)
    town.reads(town.ana)
    town.service.shift(town.remote(town.ben), UID, to=NOON)
    town.notices(town.ben)
    ask = open_ask(town)
    assert (ask.state, len(ask.slots)) == (AskState.CHOOSING, 5)
    assert town.rings(town.ana, "ask") == 0
    town.goes_on()
    assert [copy.when for copy in town.stands(town.ben)] == [TEN]


@pytest.mark.parametrize("how", ["deleted", "cancelled", "declined"])
def test_a_participant_declines_in_their_calendar(town: Town, how: str) -> None:
    match how:
        case "deleted":
            town.service.drop(town.remote(town.ben), UID)
        case "cancelled":
            gets_status(town, Status.CANCELLED)
        case _:
            town.service.decline(town.remote(town.ben), UID)
    town.notices(town.ben)
    assert town.response(town.ben) is Response.DECLINED
    assert town.claims(town.ben) == []
    town.goes_on()
    assert (town.stands(town.ben), len(town.stands(town.ana))) == ([], 1)
    assert town.rings(town.ana, "meeting") == 0
    assert town.notices(town.ben) is None


def test_a_participant_makes_their_copy_tentative(town: Town) -> None:
    gets_status(town, Status.TENTATIVE)
    town.notices(town.ben)
    assert town.response(town.ben) is Response.TENTATIVE
    town.goes_on()
    assert [copy.status for copy in town.stands(town.ben)] == [Status.TENTATIVE]
    assert town.claims(town.ben) == [TEN]


def test_a_tentative_copy_that_is_confirmed_by_hand_accepts(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.TENTATIVE)
    town.goes_on()
    gets_status(town, Status.CONFIRMED)
    town.notices(town.ben)
    assert town.response(town.ben) is Response.ACCEPTED


def test_an_answer_in_chat_that_is_not_yet_in_the_calendar_stands(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.TENTATIVE)
    town.notices(town.ben)
    assert town.response(town.ben) is Response.TENTATIVE


def test_a_reading_that_began_before_our_write_cancels_nothing(town: Town) -> None:
    town.changing.move(TENANT, MEETING, NOON, town.ana)
    town.goes_on()
    with town.database.transaction() as tx:
        mirror.replace(tx, TENANT, town.calendar(town.ana), (), WINDOW, town.clock.now())
    again = town.following.look(TENANT, town.ana)
    assert again == town.clock.now() + timedelta(seconds=2)
    assert town.meeting().state is MeetingState.BOOKED


def test_what_could_not_be_told_yet_is_told_when_it_is_looked_at_again(town: Town) -> None:
    town.changing.move(TENANT, MEETING, NOON, town.ana)
    town.goes_on()
    town.service.drop(town.remote(town.ana), UID)
    town.reads(town.ana)
    assert town.following.look(TENANT, town.ana) is not None
    assert town.notices(town.ana) is None
    assert town.meeting().state is MeetingState.UNDOING


def test_what_is_done_while_we_write_is_told_once_that_is_over(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.TENTATIVE)
    town.service.drop(town.remote(town.ana), UID)
    town.changing.move(TENANT, MEETING, NOON, town.ana)
    assert town.notices(town.ana) is not None
    assert town.meeting().state is MeetingState.MOVING


def test_a_reading_that_lost_rows_cancels_nothing_while_the_copy_stands(town: Town) -> None:
    town.clock.move(timedelta(seconds=1))
    with town.database.transaction() as tx:
        mirror.replace(tx, TENANT, town.calendar(town.ana), (), WINDOW, town.clock.now())
    town.following.look(TENANT, town.ana)
    assert town.meeting().state is MeetingState.BOOKED


def test_a_copy_that_cannot_be_asked_for_is_not_judged(town: Town) -> None:
    town.service.drop(town.remote(town.ana), UID)
    town.clock.move(timedelta(seconds=1))
    town.reads(town.ana)
    town.service.trouble("ana", TryLater("down"))
    assert town.following.look(TENANT, town.ana) == town.clock.now() + timedelta(seconds=60)
    assert town.meeting().state is MeetingState.BOOKED
    town.service.trouble("ana", None)
    assert town.following.look(TENANT, town.ana) is None
    assert town.meeting().state is MeetingState.UNDOING


@pytest.mark.parametrize("is_read", [True, False])
def test_a_copy_that_was_dragged_to_another_calendar_is_still_the_copy(town: Town, is_read: bool) -> None:
    town.adds(town.ben, "ben", "home")
    (copy,) = town.stands(town.ben)
    town.service.drop(town.remote(town.ben), UID)
    town.service.store(town.remote(town.ben, "home"), (copy,))
    town.clock.move(timedelta(seconds=1))
    town.reads(town.ben)
    if not is_read:
        with town.database.transaction() as tx:
            mirror.replace(tx, TENANT, CalendarId("ben-home"), (), WINDOW, town.clock.now())
    town.following.look(TENANT, town.ben)
    attendance = town.meeting().attendance(town.ben)
    assert attendance is not None
    assert (attendance.response, attendance.calendar) == (Response.NEEDS_ACTION, "ben-home")
    town.changing.move(TENANT, MEETING, NOON, town.ana)
    town.goes_on()
    assert [one.when for one in town.stands(town.ben, "home")] == [NOON]
    assert town.stands(town.ben) == []


def test_a_copy_dragged_to_another_calendar_and_time_is_followed_there(town: Town) -> None:
    town.adds(town.ana, "ana", "home")
    (copy,) = town.stands(town.ana)
    town.service.drop(town.remote(town.ana), UID)
    town.service.store(town.remote(town.ana, "home"), (replace(copy, starts=NOON.start, when=NOON),))
    town.notices(town.ana)
    town.goes_on()
    assert town.meeting().when == NOON
    assert town.stands(town.ana) == []
    assert [one.when for one in town.stands(town.ben)] == [NOON]


def test_who_declined_may_delete_what_they_like(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    town.goes_on()
    before = town.meeting()
    assert town.notices(town.ben) is None
    assert town.meeting() == before


def test_a_meeting_that_is_over_may_be_deleted(town: Town) -> None:
    town.service.drop(town.remote(town.ana), UID)
    town.clock.set(span("11:00-12:00").start)
    assert town.notices(town.ana) is None
    assert town.meeting().state is MeetingState.BOOKED


def test_a_moved_copy_of_a_meeting_that_has_begun_is_put_back_and_asks_nobody(town: Town) -> None:
    town.clock.set(span("10:10-12:00").start)
    town.service.shift(town.remote(town.ben), UID, to=NOON)
    town.notices(town.ben)
    town.goes_on()
    assert [copy.when for copy in town.stands(town.ben)] == [TEN]
    assert town.sees(town.ana, "ask") == []


def test_a_calendar_that_is_disconnected_cancels_nothing(town: Town) -> None:
    with town.database.transaction() as tx:
        owned = calendars.of_person(tx, TENANT, town.ana)
        calendars.disconnect(tx, TENANT, owned[0].connection)
    assert town.notices(town.ana) is None
    assert town.meeting().state is MeetingState.BOOKED
