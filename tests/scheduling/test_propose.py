"""Times on offer: only where everyone is known to be free, and true for as long as they are offered."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Problem
from bot.core.errors import NotAllowed, Stale
from bot.core.events import Instance, Kind, Response
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.proposals import Proposal, ProposalState, Vouching
from bot.scheduling.saga_plan import changed
from bot.storage import calendars, ledger, mirror, people, progress, proposals
from tests.builders import NOW, TENANT, TUESDAY, request, span
from tests.scheduling.town import WINDOW, Town

HALF = timedelta(minutes=30)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def asked(town: Town, *others: PersonId, days: int = 1, length: timedelta = HALF) -> Proposal:
    """Ana asks for half an hour with Ben today."""
    wanted = request("ben", last=TUESDAY + timedelta(days=days - 1), length=length)
    with town.database.reading() as tx:
        ana, *rest = [people.person(tx, TENANT, one) for one in (town.ana, *(others or (town.ben,)))]
    return town.proposing.propose(wanted, ana, rest)


def kept(town: Town, proposal: Proposal) -> Proposal:
    with town.database.reading() as tx:
        return proposals.proposal(tx, TENANT, proposal.id)


def busy(town: Town, person: PersonId, words: str, *, uid: str = "event", called: str = "work") -> None:
    """That stands in their calendar, and has been read."""
    town.service.place(town.remote(person, called), uid=uid, when=span(words))
    town.reads(person)


def old(town: Town, person: PersonId, age: timedelta = timedelta(hours=1)) -> None:
    """Their calendar was read so long ago."""
    calendar = town.calendar(person)
    with town.database.transaction() as tx:
        rows = mirror.everything(tx, TENANT, calendar)
        mirror.replace(tx, TENANT, calendar, rows, WINDOW, town.clock.now() - age)


def broken(town: Town, person: PersonId, problem: Problem = Problem.SIGN_IN_NEEDED) -> None:
    with town.database.transaction() as tx:
        progress.has_problem(tx, TENANT, town.calendar(person), problem)


def disconnected(town: Town, person: PersonId) -> None:
    with town.database.transaction() as tx:
        for one in calendars.connections_of(tx, TENANT, person):
            calendars.disconnect(tx, TENANT, one.id)


def is_offered(proposal: Proposal, words: str) -> bool:
    return any(slot.when.overlaps(span(words)) for slot in proposal.slots)


def test_a_time_is_offered_only_where_both_are_free(town: Town) -> None:
    busy(town, town.ana, "09:00-12:00")
    busy(town, town.ben, "13:00-17:00")
    slots = asked(town).slots
    assert slots
    assert all(span("12:00-13:00").contains(slot.when) for slot in slots)


def test_everything_offered_lies_in_both_peoples_working_hours(town: Town) -> None:
    day = span("09:00-17:00")
    slots = asked(town).slots
    assert slots
    assert all(day.contains(slot.when) for slot in slots)


def test_an_event_in_any_calendar_that_counts_blocks(town: Town) -> None:
    town.adds(town.ben, "ben", "home")
    busy(town, town.ben, "09:00-16:30", called="home")
    assert [slot.when for slot in asked(town).slots] == [span("16:30-17:00")]


def test_an_event_in_a_calendar_that_does_not_count_does_not(town: Town) -> None:
    extra = town.adds(town.ben, "ben", "home")
    with town.database.transaction() as tx:
        calendars.choose(tx, TENANT, town.ben, {town.calendar(town.ben)} - {extra}, town.calendar(town.ben))
    busy(town, town.ben, "09:00-17:00", called="home")
    assert asked(town).slots


def test_a_claim_blocks_before_any_calendar_knows_of_it(town: Town) -> None:
    with town.database.transaction() as tx:
        ledger.claim(
            tx,
            TENANT,
            subject="another meeting",
            cause="meeting",
            people=(town.ben,),
            when=span("09:00-16:00"),
            state="booked",
            now=NOW,
        )
    assert not is_offered(asked(town), "09:00-16:00")


def test_it_says_on_which_calendars_it_rests(town: Town) -> None:
    basis = asked(town).basis
    assert [(one.person, one.read_at, one.vouching) for one in basis] == [
        (town.ana, NOW, Vouching.KNOWN),
        (town.ben, NOW, Vouching.KNOWN),
    ]


def test_unknown_is_never_free_and_is_read_at_once(town: Town) -> None:
    old(town, town.ben)
    proposal = asked(town)
    assert proposal.slots == ()
    assert proposal.reading_until == NOW + timedelta(seconds=10)
    assert town.due("calendar") == [town.calendar(town.ben)]


def test_a_reading_that_comes_brings_the_times(town: Town) -> None:
    old(town, town.ben)
    proposal = asked(town)
    town.redrawn(town.ana, "proposal")
    town.reads(town.ben)
    town.proposing.look(TENANT, town.ben)
    now = kept(town, proposal)
    assert now.slots
    assert now.reading_until is None


def test_a_reading_that_does_not_come_is_waited_for_ten_seconds_and_not_asked_for_again(town: Town) -> None:
    old(town, town.ben)
    proposal = asked(town)
    town.clock.move(timedelta(seconds=10))
    again = town.proposing.settle(TENANT, proposal.id)
    assert kept(town, proposal).reading_until is None
    assert again is not None
    assert again > town.clock.now()
    town.proposing.look(TENANT, town.ana)
    assert kept(town, proposal).reading_until is None


def test_times_come_back_when_a_server_does_even_after_the_waiting_was_over(town: Town) -> None:
    old(town, town.ben)
    proposal = asked(town)
    town.clock.move(timedelta(minutes=1))
    town.proposing.settle(TENANT, proposal.id)
    town.reads(town.ben)
    town.proposing.look(TENANT, town.ben)
    assert kept(town, proposal).slots


def test_a_calendar_that_only_its_owner_can_mend_is_not_waited_for(town: Town) -> None:
    broken(town, town.ben)
    proposal = asked(town)
    assert (proposal.slots, proposal.reading_until) == ((), None)
    assert [one.vouching for one in proposal.basis] == [Vouching.KNOWN, Vouching.BROKEN]


def test_beyond_what_was_read_nothing_is_offered(town: Town) -> None:
    far = WINDOW.end.date() + timedelta(days=3)
    with town.database.reading() as tx:
        ana, ben = (people.person(tx, TENANT, one) for one in (town.ana, town.ben))
    assert town.proposing.propose(request("ben", first=far), ana, [ben]).slots == ()


def test_without_a_calendar_it_waits_for_its_owner_to_connect_one(town: Town) -> None:
    disconnected(town, town.ben)
    proposal = asked(town)
    assert (proposal.state, proposal.waiting_for) == (ProposalState.WAITING, (town.ben,))


def test_an_import_alone_is_no_calendar_that_could_vouch(town: Town) -> None:
    with town.database.transaction() as tx:
        tx.execute(calendars.CALENDARS.update().values(is_static=True).where(calendars.CALENDARS.c.person == town.ben))
    assert asked(town).waiting_for == (town.ben,)


def test_what_waited_is_answered_in_the_dm_when_they_connect(town: Town) -> None:
    broken_off = town.ben
    with town.database.reading() as tx:
        theirs = calendars.calendar(tx, TENANT, town.calendar(broken_off))
        account = calendars.connection(tx, TENANT, theirs.connection)
    disconnected(town, broken_off)
    proposal = asked(town)
    with town.database.transaction() as tx:
        calendars.add_connection(tx, account, b"sealed")
        calendars.add(tx, theirs)
    town.reads(broken_off)
    town.proposing.settle(TENANT, proposal.id)
    assert kept(town, proposal).state is ProposalState.OPEN
    assert kept(town, proposal).slots
    assert town.rings(town.ana, "proposal") == 1


def test_what_waited_in_vain_expires_after_a_day(town: Town) -> None:
    disconnected(town, town.ben)
    proposal = asked(town, days=7)
    town.clock.move(timedelta(hours=24, seconds=-1))
    assert town.proposing.settle(TENANT, proposal.id) == NOW + timedelta(hours=24)
    town.clock.move(timedelta(seconds=1))
    assert town.proposing.settle(TENANT, proposal.id) is None
    assert kept(town, proposal).state is ProposalState.EXPIRED


@pytest.mark.parametrize(
    ("days", "after"),
    [
        pytest.param(7, timedelta(hours=48), id="two days after it was asked"),
        pytest.param(1, timedelta(hours=16), id="at the end of the time it asked for"),
    ],
)
def test_times_on_offer_expire(town: Town, days: int, after: timedelta) -> None:
    proposal = asked(town, days=days)
    assert town.proposing.settle(TENANT, proposal.id) == NOW + after
    town.clock.move(after)
    assert town.proposing.settle(TENANT, proposal.id) is None
    assert kept(town, proposal).state is ProposalState.EXPIRED


def test_a_request_for_what_has_passed_already_finds_nothing(town: Town) -> None:
    town.clock.set(span("23:50-23:55").start)
    proposal = asked(town)
    assert (proposal.state, proposal.slots) == (ProposalState.OPEN, ())


def test_a_new_event_takes_its_time_off_the_offer(town: Town) -> None:
    proposal = asked(town, days=3)
    taken = proposal.slots[0]
    town.service.place(town.remote(town.ben), uid="new", when=taken.when)
    town.reads(town.ben)
    town.proposing.look(TENANT, town.ben)
    assert kept(town, proposal).slot(taken.id) is None


def test_a_time_that_stays_on_offer_keeps_its_id(town: Town) -> None:
    before = asked(town, days=3)
    town.service.place(town.remote(town.ben), uid="new", when=before.slots[0].when)
    town.reads(town.ben)
    town.proposing.look(TENANT, town.ben)
    ids = {slot.when: slot.id for slot in before.slots}
    stayed = [slot for slot in kept(town, before).slots if slot.when in ids]
    assert stayed
    assert all(ids[slot.when] == slot.id for slot in stayed)


def test_a_reading_that_changed_nothing_draws_nothing_anew(town: Town) -> None:
    proposal = asked(town)
    town.clock.move(timedelta(seconds=2))
    town.reads(town.ben)
    town.proposing.look(TENANT, town.ben)
    assert not town.redrawn(town.ana, "proposal")
    assert [slot.id for slot in kept(town, proposal).slots] == [slot.id for slot in proposal.slots]


def test_the_times_come_in_pages_of_five(town: Town) -> None:
    proposal = asked(town, days=5)
    pages = -(-len(proposal.slots) // 5)
    assert pages > 1
    assert town.proposing.more(TENANT, proposal.id, town.ana).page == 1
    assert town.proposing.back(TENANT, proposal.id, town.ana).page == 0
    assert town.proposing.back(TENANT, proposal.id, town.ana).page == 0
    for page in (*range(1, pages), 0):
        assert town.proposing.more(TENANT, proposal.id, town.ana).page == page


def test_a_page_that_is_no_more_is_the_last_one(town: Town) -> None:
    proposal = asked(town)
    town.proposing.more(TENANT, proposal.id, town.ana)
    busy(town, town.ben, "09:00-16:00")
    town.proposing.look(TENANT, town.ben)
    assert kept(town, proposal).page == 0


def test_only_the_asker_turns_pages_or_dismisses(town: Town) -> None:
    proposal = asked(town)
    for act in (town.proposing.more, town.proposing.back, town.proposing.dismiss):
        with pytest.raises(NotAllowed):
            act(TENANT, proposal.id, town.ben)


def test_what_was_dismissed_is_offered_no_more(town: Town) -> None:
    proposal = asked(town)
    town.proposing.dismiss(TENANT, proposal.id, town.ana)
    assert town.proposing.settle(TENANT, proposal.id) is None
    with pytest.raises(Stale):
        town.proposing.more(TENANT, proposal.id, town.ana)


def test_a_meeting_may_move_where_its_own_copies_and_claims_stand_aside(town: Town) -> None:
    busy(town, town.ben, "09:00-10:00", uid="before")
    meeting = town.meets("10:00-10:30")
    times, is_known = town.proposing.times_for_move(TENANT, meeting)
    assert len(times) == 5
    assert is_known
    assert not any(when.overlaps(meeting.when) or when.overlaps(span("09:00-10:00")) for when in times)


def test_where_to_move_is_not_known_while_somebodys_calendar_is_not(town: Town) -> None:
    meeting = town.meets("10:00-10:30")
    old(town, town.ben)
    assert town.proposing.times_for_move(TENANT, meeting) == ((), False)


def test_who_declined_does_not_hinder_a_move(town: Town) -> None:
    meeting = town.meets("10:00-10:30", town.ben, town.cem)
    broken(town, town.cem)
    without = changed(meeting, town.cem, response=Response.DECLINED)
    assert town.proposing.times_for_move(TENANT, without)[0]


def test_a_full_week_sends_the_move_to_the_next(town: Town) -> None:
    meeting = town.meets("10:00-10:30")
    week = Interval(NOW, NOW + timedelta(days=7))
    everything = Instance(uid="trip", starts=week.start, when=week, kind=Kind.AWAY)
    town.service.store(town.remote(town.ben), (everything,))
    town.reads(town.ben)
    times, _ = town.proposing.times_for_move(TENANT, meeting)
    assert times
    assert all(when.start >= week.end for when in times)
