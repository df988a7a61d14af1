"""A meeting brought to every calendar or to none, and told only when it is so."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Doubt, DoubtState
from bot.core.errors import Full, NotFound, OurFault, OverlapError, Refused, SignInNeeded, Stale, TryLater
from bot.core.events import BusyCause, Instance, Kind, Status
from bot.core.meetings import MeetingState, Road
from bot.core.preferences import Choices, Counts
from bot.core.proposals import ProposalState
from bot.storage import calendars, doubts, mirror, rules
from tests.builders import NOW, TENANT
from tests.scheduling.booked import Trip

DOWN = TryLater("The server is down.")


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path)


def test_it_stands_on_everyones_calendar_with_one_uid(trip: Trip) -> None:
    meeting = trip.settles(trip.books(trip.ben, trip.cem).id)
    assert meeting.state is MeetingState.BOOKED
    for (copy,) in trip.copies(meeting):
        assert (copy.uid, copy.when, copy.sequence, copy.status) == (meeting.uid, meeting.when, 0, Status.CONFIRMED)


def test_the_participants_are_told_once_it_stands_and_the_asker_sees_it_change(trip: Trip) -> None:
    meeting = trip.books()
    trip.redrawn(trip.ana, "meeting")
    assert trip.sees(trip.ben, "meeting") == []
    trip.settles(meeting.id)
    assert (trip.rings(trip.ben, "meeting"), trip.rings(trip.ana, "meeting")) == (1, 1)
    assert trip.redrawn(trip.ana, "meeting")


def test_a_settled_meeting_that_is_driven_again_stays_as_it_is(trip: Trip) -> None:
    meeting = trip.settles(trip.books().id)
    calls = trip.service.calls
    assert trip.drives(meeting.id) is None
    assert trip.now(meeting.id) == meeting
    assert trip.service.calls == calls


def test_the_calendars_that_were_written_are_read_soon(trip: Trip) -> None:
    trip.settles(trip.books().id)
    assert set(trip.due("calendar")) == {trip.calendar(trip.ana), trip.calendar(trip.ben)}


@pytest.mark.parametrize("whose", ["ana", "ben"])
def test_an_event_that_the_mirror_does_not_know_yet_is_found_before_anybody_is_told(trip: Trip, whose: str) -> None:
    meeting = trip.books()
    trip.service.place(trip.remote(getattr(trip, whose)), uid="sudden", when=meeting.when)
    failed = trip.settles(meeting.id)
    assert (failed.state, failed.reason) == (MeetingState.FAILED, "taken")
    assert trip.copies(meeting) == [[], []]
    assert [trip.claims(one) for one in meeting.people] == [[], []]
    assert trip.sees(trip.ben, "meeting") == []
    assert trip.rings(trip.ana, "meeting") == 2


def test_a_booking_that_failed_offers_its_asker_fresh_times_without_that_one(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.place(trip.remote(trip.ben), uid="sudden", when=meeting.when)
    proposal = trip.proposal(trip.settles(meeting.id))
    assert proposal.state is ProposalState.OPEN
    assert proposal.slots
    assert not any(slot.when.overlaps(meeting.when) for slot in proposal.slots)
    again = trip.booking.book(TENANT, proposal.id, proposal.slots[0].id, trip.ana)
    assert trip.settles(again.id).state is MeetingState.BOOKED


def test_what_was_found_to_be_in_the_way_is_read_at_once(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.place(trip.remote(trip.ben), uid="sudden", when=meeting.when)
    trip.settles(meeting.id)
    assert trip.due("calendar") == [trip.calendar(trip.ben)]


def test_an_event_in_a_calendar_that_does_not_count_is_not_in_the_way(trip: Trip) -> None:
    extra = trip.adds(trip.ben, "ben", "home")
    with trip.database.transaction() as tx:
        calendars.choose(tx, TENANT, trip.ben, {trip.calendar(trip.ben)} - {extra}, trip.calendar(trip.ben))
    meeting = trip.books()
    trip.service.place(trip.remote(trip.ben, "home"), uid="sudden", when=meeting.when)
    assert trip.settles(meeting.id).state is MeetingState.BOOKED


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        (Counts.FREE, MeetingState.BOOKED),
        (Counts.HARD, MeetingState.FAILED),
    ],
)
def test_an_unanswered_invitation_is_in_the_way_as_its_owner_chose(
    trip: Trip, counts: Counts, state: MeetingState
) -> None:
    with trip.database.transaction() as tx:
        theirs = rules.of(tx, TENANT, (trip.ben,))[trip.ben]
        rules.save(tx, TENANT, trip.ben, replace(theirs, choices=Choices(unanswered=counts)))
    meeting = trip.books()
    invited = Instance(uid="invited", starts=meeting.when.start, when=meeting.when, kind=Kind.SOFT)
    trip.service.store(trip.remote(trip.ben), [replace(invited, cause=BusyCause.UNANSWERED)])
    assert trip.settles(meeting.id).state is state


@pytest.mark.parametrize(
    ("doubt", "state"),
    [
        pytest.param(None, MeetingState.BOOKED, id="it was deleted"),
        pytest.param(DoubtState.ASKED, MeetingState.FAILED, id="its owner is asked whether that is right"),
        pytest.param(DoubtState.KEPT, MeetingState.FAILED, id="its owner says that it is wrong"),
        pytest.param(DoubtState.TAKEN, MeetingState.BOOKED, id="its owner says that it is right"),
    ],
)
def test_what_a_calendar_suddenly_lacks_is_in_the_way_until_its_owner_says_so(
    trip: Trip, doubt: DoubtState | None, state: MeetingState
) -> None:
    meeting, work = trip.books(), trip.calendar(trip.ben)
    with trip.database.transaction() as tx:
        there = Instance(uid="gone?", starts=meeting.when.start, when=meeting.when, kind=Kind.HARD)
        window = calendars.calendar(tx, TENANT, work).window
        assert window is not None
        mirror.replace(tx, TENANT, work, [there], window, NOW)
        if doubt is not None:
            doubts.keep(tx, TENANT, work, Doubt(state=doubt, marks=frozenset(), found=0, of=40, until=window.end))
    assert trip.settles(meeting.id).state is state


def test_where_a_calendar_does_not_answer_the_mirrors_word_is_taken(trip: Trip) -> None:
    meeting = trip.books(trip.ben, trip.cem)
    trip.service.trouble("cem", DOWN)
    trip.service.place(trip.remote(trip.cem), uid="not read yet", when=meeting.when)
    trip.drives(meeting.id)
    assert [len(copies) for copies in trip.copies(meeting, trip.ana, trip.ben)] == [1, 1]
    assert [one.went_by for one in trip.now(meeting.id).attendances] == [None, None, NOW]


def test_once_it_answers_the_mirrors_word_is_not_needed_any_more(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.trouble("ben", DOWN)
    trip.drives(meeting.id)
    assert trip.now(meeting.id).attendances[1].went_by == NOW
    trip.service.trouble("ben", None)
    assert [one.went_by for one in trip.settles(meeting.id).attendances] == [None, None]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(SignInNeeded("401"), "sign_in_needed", id="sign-in needed"),
        pytest.param(Refused("403"), "refused", id="refused"),
        pytest.param(NotFound("404"), "not_found", id="gone"),
        pytest.param(Full("507"), "full", id="full"),
        pytest.param(TryLater("quota", timedelta(hours=1)), "away", id="used up for an hour"),
        pytest.param(OurFault("client secret"), "our_fault", id="our own registration is refused"),
    ],
)
def test_without_the_organisers_copy_there_is_no_meeting(trip: Trip, error: OverlapError, reason: str) -> None:
    meeting = trip.books()
    trip.service.trouble("ana", error)
    trip.drives(meeting.id)
    failed = trip.now(meeting.id)
    assert (failed.state, failed.reason) == (MeetingState.FAILED, reason)
    assert trip.copies(meeting, trip.ben) == [[]]
    assert trip.sees(trip.ben, "meeting") == []


@pytest.mark.parametrize("error", [SignInNeeded("401"), Refused("403"), NotFound("404")])
def test_a_participant_whose_calendar_refuses_comes_without_a_copy(trip: Trip, error: OverlapError) -> None:
    meeting = trip.books()
    trip.service.trouble("ben", error)
    stands = trip.settles(meeting.id)
    assert (stands.state, stands.attendances[1].road) == (MeetingState.BOOKED, Road.NONE)
    assert trip.claims(trip.ben) == [meeting.when]
    assert trip.rings(trip.ben, "meeting") == 1


def test_while_the_organisers_server_is_down_nothing_is_written_anywhere(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.trouble("ana", DOWN)
    assert trip.drives(meeting.id) == trip.clock.now() + timedelta(seconds=1)
    assert trip.now(meeting.id).state is MeetingState.BOOKING
    assert trip.copies(meeting, trip.ben) == [[]]
    trip.service.trouble("ana", None)
    assert trip.settles(meeting.id).state is MeetingState.BOOKED


def test_each_wait_is_longer_than_the_one_before(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.trouble("ana", DOWN)
    waits = []
    for _ in range(8):
        again = trip.drives(meeting.id)
        assert again is not None
        waits.append(int((again - trip.clock.now()).total_seconds()))
        trip.clock.set(again)
    assert waits == [1, 1, 2, 4, 8, 16, 32, 64]


def test_a_server_that_says_when_to_come_back_is_taken_at_its_word(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.trouble("ana", TryLater("busy", timedelta(seconds=40)))
    assert trip.drives(meeting.id) == trip.clock.now() + timedelta(seconds=40)


def test_a_participants_server_that_is_down_is_waited_for_and_then_the_meeting_stands_without_it(trip: Trip) -> None:
    meeting = trip.books(trip.ben, trip.cem)
    trip.service.trouble("ben", DOWN)
    trip.drives(meeting.id)
    assert trip.now(meeting.id).state is MeetingState.BOOKING
    assert [len(copies) for copies in trip.copies(meeting)] == [1, 0, 1]
    trip.clock.move(timedelta(seconds=30))
    assert trip.drives(meeting.id) is not None
    assert trip.now(meeting.id).state is MeetingState.BOOKED
    trip.service.trouble("ben", None)
    assert trip.settles(meeting.id).hindered_since is None
    assert [len(copies) for copies in trip.copies(meeting)] == [1, 1, 1]


def test_a_slot_that_begins_before_it_could_be_written_is_given_up(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.trouble("ana", DOWN)
    trip.drives(meeting.id)
    trip.clock.set(meeting.when.start)
    trip.service.trouble("ana", None)
    failed = trip.settles(meeting.id)
    assert (failed.state, failed.reason) == (MeetingState.FAILED, "late")
    assert trip.claims(trip.ben) == []


def test_who_lost_the_loan_does_nothing_more(trip: Trip) -> None:
    meeting = trip.books()
    trip.is_held = False
    with pytest.raises(Stale):
        trip.drives(meeting.id)
    assert trip.copies(meeting) == [[], []]
    assert trip.now(meeting.id).state is MeetingState.BOOKING


@pytest.mark.parametrize("whose", ["ana", "ben"])
def test_a_write_whose_answer_was_lost_ends_in_one_event(trip: Trip, whose: str) -> None:
    meeting = trip.books()
    trip.service.lose_answer(whose)
    assert trip.settles(meeting.id).state is MeetingState.BOOKED
    assert [len(copies) for copies in trip.copies(meeting)] == [1, 1]


def test_taking_it_back_while_it_is_being_booked_leaves_nothing_and_tells_nobody(trip: Trip) -> None:
    meeting = trip.books()
    trip.service.lose_answer("ana")
    trip.drives(meeting.id)
    trip.changing.undo(TENANT, meeting.id, trip.ana)
    assert trip.settles(meeting.id).state is MeetingState.UNDONE
    assert trip.copies(meeting) == [[], []]
    assert trip.sees(trip.ben, "meeting") == []
