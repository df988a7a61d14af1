"""Somebody asks for another time: it is held, the organiser answers, the answer reaches them."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.conflicts import Conflict, ConflictState
from bot.core.errors import NotAllowed, Stale, Taken
from bot.core.events import Response
from bot.core.ids import AskId, ConflictId, MeetingId
from bot.core.meetings import Ask, AskState, MeetingState
from bot.scheduling.book import Booking
from bot.storage import asks, conflicts, ledger, messages, people
from tests.builders import NOW, TENANT, request, span
from tests.scheduling.town import Town

MEETING = MeetingId("meeting")
NOON = span("12:00-12:30")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(tmp_path)
    made.meets("10:00-10:30")
    return made


def kept(town: Town, ask_id: AskId) -> Ask:
    with town.database.reading() as tx:
        return asks.ask(tx, TENANT, ask_id)


def books_elsewhere(town: Town, words: str) -> None:
    """Another booking of Ben's time."""
    with town.database.transaction() as tx:
        ledger.claim(
            tx,
            TENANT,
            subject="elsewhere",
            cause="meeting",
            people=(town.ben,),
            when=span(words),
            state="booked",
            now=town.clock.now(),
        )


def test_suggesting_shows_five_times_that_are_free_for_both(town: Town) -> None:
    town.service.place(town.remote(town.ana), uid="ana is out", when=span("09:00-17:00"))
    town.service.place(town.remote(town.ben), uid="ben is out", when=span("+1 09:00-12:00"))
    town.reads(town.ana)
    town.reads(town.ben)
    ask = town.asking.open(TENANT, MEETING, town.ben)
    assert (ask.state, len(ask.slots), ask.is_known) == (AskState.CHOOSING, 5, True)
    taken = (span("09:00-17:00"), span("+1 09:00-12:00"))
    assert not any(slot.overlaps(busy) for slot in ask.slots for busy in taken)
    assert town.sees(town.ben, "ask") == [ask.id]
    assert town.sees(town.ana, "ask") == []


def test_suggesting_again_is_the_same_ask_with_fresh_times(town: Town) -> None:
    first = town.asking.open(TENANT, MEETING, town.ben)
    taken = first.slots[0]
    town.service.place(town.remote(town.ana), uid="new", when=taken)
    town.reads(town.ana)
    again = town.asking.open(TENANT, MEETING, town.ben)
    assert again.id == first.id
    assert taken not in again.slots


def test_a_pick_holds_the_time_for_everyone_and_rings_the_organiser(town: Town) -> None:
    ask = town.asking.open(TENANT, MEETING, town.ben)
    picked = town.asking.pick(TENANT, ask.id, ask.slots[2], town.ben)
    assert (picked.state, picked.wanted) == (AskState.OPEN, ask.slots[2])
    assert ask.slots[2] in town.claims(town.ana)
    assert ask.slots[2] in town.claims(town.ben)
    assert town.rings(town.ana, "ask") == 1


def test_what_is_held_cannot_be_booked_by_others(town: Town) -> None:
    town.asking.ask(TENANT, MEETING, town.ben, NOON)
    with pytest.raises(Taken):
        books_elsewhere(town, "12:15-12:45")


def test_a_booking_of_a_time_that_was_offered_before_it_was_held_is_refused(town: Town) -> None:
    with town.database.reading() as tx:
        cem, ben = people.person(tx, TENANT, town.cem), people.person(tx, TENANT, town.ben)
    proposal = town.proposing.propose(request("ben"), cem, [ben])
    town.asking.ask(TENANT, MEETING, town.ben, proposal.slots[0].when)
    with pytest.raises(Taken):
        Booking(town.database, town.clock).book(TENANT, proposal.id, proposal.slots[0].id, town.cem)
    again = town.proposing.propose(request("ben"), cem, [ben])
    assert proposal.slots[0].when not in [slot.when for slot in again.slots]


def test_picking_twice_holds_once_and_rings_once(town: Town) -> None:
    ask = town.asking.open(TENANT, MEETING, town.ben)
    first = town.asking.pick(TENANT, ask.id, ask.slots[0], town.ben)
    assert town.asking.pick(TENANT, ask.id, ask.slots[0], town.ben) == first
    assert town.rings(town.ana, "ask") == 1


def test_a_pick_of_another_time_after_the_first_is_stale(town: Town) -> None:
    ask = town.asking.open(TENANT, MEETING, town.ben)
    town.asking.pick(TENANT, ask.id, ask.slots[0], town.ben)
    with pytest.raises(Stale):
        town.asking.pick(TENANT, ask.id, ask.slots[1], town.ben)


def test_a_pick_that_is_taken_meanwhile_shows_fresh_times(town: Town) -> None:
    ask = town.asking.open(TENANT, MEETING, town.ben)
    town.service.place(town.remote(town.ana), uid="new", when=ask.slots[0])
    town.reads(town.ana)
    with pytest.raises(Taken):
        town.asking.pick(TENANT, ask.id, ask.slots[0], town.ben)
    assert kept(town, ask.id).state is AskState.CHOOSING
    assert ask.slots[0] not in kept(town, ask.id).slots
    assert town.rings(town.ana, "ask") == 0


def test_nobody_picks_for_another_and_nothing_that_was_not_offered(town: Town) -> None:
    ask = town.asking.open(TENANT, MEETING, town.ben)
    with pytest.raises(NotAllowed):
        town.asking.pick(TENANT, ask.id, ask.slots[0], town.ana)
    with pytest.raises(Stale):
        town.asking.pick(TENANT, ask.id, span("10:00-10:30"), town.ben)


def test_a_pick_is_the_time_that_was_read_whatever_became_of_the_list(town: Town) -> None:
    ask = town.asking.open(TENANT, MEETING, town.ben)
    town.service.place(town.remote(town.ana), uid="new", when=ask.slots[0])
    town.reads(town.ana)
    fresh = town.asking.open(TENANT, MEETING, town.ben)
    wanted = next(one for one in ask.slots[1:] if one in fresh.slots)
    assert town.asking.pick(TENANT, ask.id, wanted, town.ben).wanted == wanted


@pytest.mark.parametrize("who", ["ana", "cem"])
def test_only_a_participant_asks(town: Town, who: str) -> None:
    with pytest.raises(NotAllowed):
        town.asking.open(TENANT, MEETING, getattr(town, who))


def test_who_declined_has_nothing_to_move(town: Town) -> None:
    town.changing.respond(TENANT, MEETING, town.ben, Response.DECLINED)
    with pytest.raises(NotAllowed):
        town.asking.open(TENANT, MEETING, town.ben)


def test_move_takes_the_meeting_to_the_time_that_was_held(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    town.redrawn(town.ben, "ask")
    assert town.asking.answer(TENANT, ask.id, town.ana, move=True).state is AskState.AGREED
    assert (town.meeting().state, town.meeting().moving_to) == (MeetingState.MOVING, NOON)
    assert town.claims(town.ben) == [span("10:00-10:30"), NOON]
    assert town.redrawn(town.ben, "ask")


def test_a_held_time_that_a_calendar_has_filled_since_is_not_moved_to(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    town.service.place(town.remote(town.ben), uid="new", when=NOON)
    town.reads(town.ben)
    with pytest.raises(Taken):
        town.asking.answer(TENANT, ask.id, town.ana, move=True)
    assert kept(town, ask.id).state is AskState.OPEN
    assert town.asking.answer(TENANT, ask.id, town.ana, move=False).state is AskState.KEPT


def test_keep_frees_the_time_and_rings_the_one_who_asked(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    before = town.rings(town.ben, "ask")
    assert town.asking.answer(TENANT, ask.id, town.ana, move=False).state is AskState.KEPT
    assert town.meeting().state is MeetingState.BOOKED
    assert town.claims(town.ben) == [span("10:00-10:30")]
    assert town.rings(town.ben, "ask") == before + 1


@pytest.mark.parametrize("move", [True, False])
def test_answering_twice_is_answering_once(town: Town, move: bool) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    first = town.asking.answer(TENANT, ask.id, town.ana, move=move)
    assert town.asking.answer(TENANT, ask.id, town.ana, move=move) == first
    with pytest.raises(Stale):
        town.asking.answer(TENANT, ask.id, town.ana, move=not move)


def test_only_the_organiser_answers(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    with pytest.raises(NotAllowed):
        town.asking.answer(TENANT, ask.id, town.ben, move=True)


def test_an_ask_that_is_taken_back_frees_its_time_and_rings_nobody(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    town.redrawn(town.ana, "ask")
    assert town.asking.withdraw(TENANT, ask.id, town.ben).state is AskState.WITHDRAWN
    assert town.claims(town.ana) == [span("10:00-10:30")]
    assert town.rings(town.ana, "ask") == 1
    assert town.redrawn(town.ana, "ask")
    with pytest.raises(Stale):
        town.asking.answer(TENANT, ask.id, town.ana, move=True)


def test_nobody_takes_back_what_another_asked(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    with pytest.raises(NotAllowed):
        town.asking.withdraw(TENANT, ask.id, town.ana)


def test_asking_for_another_time_takes_the_place_of_the_first_ask(town: Town) -> None:
    first = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    town.asking.ask(TENANT, MEETING, town.ben, span("13:00-13:30"))
    assert kept(town, first.id).state is AskState.WITHDRAWN
    assert town.claims(town.ana) == [span("10:00-10:30"), span("13:00-13:30")]


def test_asking_for_the_same_time_again_is_the_same_ask(town: Town) -> None:
    first = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    assert town.asking.ask(TENANT, MEETING, town.ben, NOON) == first


@pytest.mark.parametrize(
    ("meeting", "wanted", "until"),
    [
        pytest.param("10:00-10:30", "12:00-12:30", span("10:00-10:30").start, id="until the meeting begins"),
        pytest.param("16:00-16:30", "12:00-12:30", span("12:00-12:30").start, id="until the time asked for begins"),
        pytest.param("+3 10:00-10:30", "+3 12:00-12:30", NOW + timedelta(seconds=1, hours=24), id="for a day"),
    ],
)
def test_how_long_a_time_is_held(tmp_path: Path, meeting: str, wanted: str, until: object) -> None:
    town = Town(tmp_path)
    town.meets(meeting)
    assert town.asking.ask(TENANT, MEETING, town.ben, span(wanted)).expires_at == until


def test_an_ask_that_nobody_answers_expires_and_its_person_is_told(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    assert town.asking.expire(TENANT, ask.id) == ask.expires_at
    before = town.rings(town.ben, "ask")
    town.clock.set(span("10:00-10:30").start)
    assert town.due("ask") == [ask.id]
    assert town.asking.expire(TENANT, ask.id) is None
    assert kept(town, ask.id).state is AskState.EXPIRED
    assert town.rings(town.ben, "ask") == before + 1
    books_elsewhere(town, "12:00-12:30")


def test_an_ask_that_ends_redraws_the_clash_that_led_to_it(town: Town) -> None:
    clash = Conflict(
        id=ConflictId("clash"),
        tenant=TENANT,
        person=town.ben,
        meeting=MEETING,
        calendar=town.calendar(town.ben),
        uid="other",
        starts=NOON.start,
        when=NOON,
        state=ConflictState.OPEN,
    )
    with town.database.transaction() as tx:
        conflicts.insert(tx, clash)
        messages.show(tx, TENANT, kind="conflict", subject=clash.id, person=town.ben, now=town.clock.now(), ring=True)
    ask = town.asking.ask(TENANT, MEETING, town.ben, span("13:00-13:30"))
    assert town.redrawn(town.ben, "conflict")
    town.clock.set(span("10:00-10:30").start)
    town.asking.expire(TENANT, ask.id)
    assert town.redrawn(town.ben, "conflict")


def test_an_answer_that_comes_too_late_changes_nothing(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    town.clock.set(span("10:00-10:30").start)
    with pytest.raises(Stale):
        town.asking.answer(TENANT, ask.id, town.ana, move=True)
    assert town.meeting().state is MeetingState.BOOKED


def test_an_answered_ask_does_not_expire(town: Town) -> None:
    ask = town.asking.ask(TENANT, MEETING, town.ben, NOON)
    town.asking.answer(TENANT, ask.id, town.ana, move=False)
    town.clock.move(timedelta(days=2))
    assert town.asking.expire(TENANT, ask.id) is None
    assert kept(town, ask.id).state is AskState.KEPT


def test_nothing_is_said_to_be_known_while_a_calendar_cannot_vouch(town: Town) -> None:
    town.clock.move(timedelta(minutes=45))
    town.reads(town.ben)
    ask = town.asking.open(TENANT, MEETING, town.ben)
    assert (ask.slots, ask.is_known) == ((), False)
