"""Agreeing on a slot: once, by the one who asked, and only while everyone is free."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import InvalidInput, NotAllowed, OverlapError, Stale, Taken
from bot.core.ids import PersonId
from bot.core.meetings import Meeting, MeetingState, Road
from bot.core.proposals import Proposal, ProposalState, Slot
from bot.scheduling.book import Booking, title
from bot.storage import calendars, ledger, meetings, mirror, people, proposals, rules
from tests.builders import NOW, TENANT, TUESDAY, person, request
from tests.scheduling.town import WINDOW, Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@pytest.fixture
def booking(town: Town) -> Booking:
    return Booking(town.database, town.clock)


def asked(town: Town, *others: PersonId, by: PersonId | None = None, about: str | None = None) -> Proposal:
    wanted = request("ben", last=TUESDAY + timedelta(days=2), title=about)
    with town.database.reading() as tx:
        asker, *rest = [people.person(tx, TENANT, one) for one in (by or town.ana, *(others or (town.ben,)))]
    return town.proposing.propose(wanted, asker, rest)


def kept(town: Town, proposal: Proposal) -> Proposal:
    with town.database.reading() as tx:
        return proposals.proposal(tx, TENANT, proposal.id)


def held(town: Town, who: PersonId, slot: Slot) -> None:
    """Another meeting claims that time of theirs."""
    with town.database.transaction() as tx:
        ledger.claim(
            tx, TENANT, subject="other", cause="meeting", people=(who,), when=slot.when, state="booked", now=NOW
        )


def test_a_booked_slot_is_a_meeting_claimed_for_everyone_and_due_to_be_driven(town: Town, booking: Booking) -> None:
    proposal = asked(town, town.ben, town.cem)
    slot = proposal.slots[0]
    meeting = booking.book(TENANT, proposal.id, slot.id, town.ana)
    assert (meeting.state, meeting.when, meeting.people) == (MeetingState.BOOKING, slot.when, proposal.people)
    assert [town.claims(one) for one in proposal.people] == [[slot.when]] * 3
    assert town.due("meeting") == [meeting.id]
    assert (kept(town, proposal).state, kept(town, proposal).meeting) == (ProposalState.BOOKED, meeting.id)


def test_from_the_click_on_it_lives_in_the_askers_dm_and_nobody_else_hears_of_it(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    meeting = booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana)
    assert town.sees(town.ana, "meeting") == [meeting.id]
    assert town.sees(town.ben, "meeting") == []


@pytest.mark.parametrize("second", [0, 1], ids=["the same button", "another button"])
def test_a_second_click_books_nothing_more(town: Town, booking: Booking, second: int) -> None:
    proposal = asked(town)
    first = booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana)
    again = booking.book(TENANT, proposal.id, proposal.slots[second].id, town.ana)
    assert again.id == first.id
    assert town.claims(town.ben) == [first.when]
    assert town.rings(town.ana, "meeting") == 1


def test_another_persons_click_books_nothing(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    with pytest.raises(NotAllowed):
        booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ben)
    assert town.claims(town.ben) == []
    assert kept(town, proposal).state is ProposalState.OPEN


def test_a_slot_that_was_claimed_meanwhile_is_taken_and_fresh_times_are_offered(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    slot = proposal.slots[0]
    held(town, town.ben, slot)
    with pytest.raises(Taken) as refused:
        booking.book(TENANT, proposal.id, slot.id, town.ana)
    assert refused.value.people == (town.ben,)
    fresh = kept(town, proposal)
    assert fresh.state is ProposalState.OPEN
    assert fresh.slots
    assert not any(one.when.overlaps(slot.when) for one in fresh.slots)
    assert town.claims(town.ana) == []


def test_a_slot_over_which_an_event_was_read_meanwhile_is_taken(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    slot = proposal.slots[0]
    town.service.place(town.remote(town.ben), uid="new", when=slot.when)
    town.reads(town.ben)
    with pytest.raises(Taken):
        booking.book(TENANT, proposal.id, slot.id, town.ana)


def test_the_rows_of_a_calendar_that_no_longer_vouches_still_block(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    slot = proposal.slots[0]
    town.service.place(town.remote(town.ben), uid="new", when=slot.when)
    town.reads(town.ben)
    town.clock.move(timedelta(hours=1))
    later = next(one for one in proposal.slots if one.when.start > town.clock.now() and one.id != slot.id)
    with pytest.raises(Taken):
        booking.book(TENANT, proposal.id, slot.id, town.ana)
    assert kept(town, proposal).slots == ()
    with pytest.raises(Taken):
        booking.book(TENANT, proposal.id, later.id, town.ana)


def test_calendars_that_aged_since_the_offer_do_not_stop_a_click_because_the_saga_looks_itself(
    town: Town, booking: Booking
) -> None:
    proposal = asked(town)
    for one in (town.ana, town.ben):
        with town.database.transaction() as tx:
            mirror.replace(tx, TENANT, town.calendar(one), (), WINDOW, NOW - timedelta(hours=2))
    assert booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana).state is MeetingState.BOOKING


def test_a_slot_that_has_begun_is_taken(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    slot = min(proposal.slots, key=lambda one: one.when)
    town.clock.set(slot.when.start)
    with pytest.raises(Taken):
        booking.book(TENANT, proposal.id, slot.id, town.ana)


def test_a_slot_that_never_was_is_taken(town: Town, booking: Booking) -> None:
    with pytest.raises(Taken):
        booking.book(TENANT, asked(town).id, "nonsense", town.ana)


def test_what_was_dismissed_cannot_be_booked(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    town.proposing.dismiss(TENANT, proposal.id, town.ana)
    with pytest.raises(Stale):
        booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana)


def test_an_asker_who_can_receive_nothing_is_told_so(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    with town.database.transaction() as tx:
        tx.execute(calendars.CALENDARS.update().values(is_writable=False))
    with pytest.raises(InvalidInput):
        booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana)


def test_an_asker_who_chose_no_calendar_for_bookings_gets_it_in_one_that_counts(town: Town, booking: Booking) -> None:
    proposal, work = asked(town), town.calendar(town.ana)
    with town.database.transaction() as tx:
        calendars.choose(tx, TENANT, town.ana, {work}, None)
    meeting = booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana)
    assert meeting.attendances[0].calendar == work


def test_a_participant_who_chose_no_calendar_for_bookings_gets_none(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    with town.database.transaction() as tx:
        calendars.choose(tx, TENANT, town.ben, {town.calendar(town.ben)}, None)
    meeting = booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana)
    assert meeting.attendances[1].road is Road.NONE


def test_of_two_clicks_on_one_persons_time_at_once_exactly_one_wins(town: Town, booking: Booking) -> None:
    ours, theirs = asked(town), asked(town, by=town.cem)
    slot = ours.slots[0]
    won: list[Meeting] = []
    lost: list[OverlapError] = []
    ready = threading.Barrier(2)

    def click(proposal: Proposal, by: PersonId) -> None:
        ready.wait()
        try:
            won.append(booking.book(TENANT, proposal.id, slot.id, by))
        except Taken as error:
            lost.append(error)

    clicks = [threading.Thread(target=click, args=one) for one in ((ours, town.ana), (theirs, town.cem))]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert (len(won), len(lost)) == (1, 1)
    assert town.claims(town.ben) == [slot.when]


def test_many_clicks_on_one_proposal_at_once_make_one_meeting(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    made: set[str] = set()
    ready = threading.Barrier(5)

    def click(slot: Slot) -> None:
        ready.wait()
        made.add(booking.book(TENANT, proposal.id, slot.id, town.ana).id)

    clicks = [threading.Thread(target=click, args=(one,)) for one in proposal.slots[:5]]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(made) == 1
    assert len(town.claims(town.ben)) == 1


def test_the_link_is_a_word_of_each_meetings_own(town: Town) -> None:
    booking = Booking(town.database, town.clock, meeting_url_template="https://meet.example/{id}")
    links = []
    for _ in range(2):
        proposal = asked(town)
        links.append(booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana).link)
    assert len({*links}) == 2
    assert all(link and link.startswith("https://meet.example/") and len(link) > 35 for link in links)


def test_who_books_has_a_title_and_a_link_of_their_own(town: Town) -> None:
    booking = Booking(town.database, town.clock, "Meeting of {asker}", "https://meet.example/{id}")
    with town.database.transaction() as tx:
        hers = rules.of(tx, TENANT, (town.ana,))[town.ana]
        rules.save(tx, TENANT, town.ana, replace(hers, title="{people} with {asker}", link="https://ana.example/room"))
    proposal = asked(town)
    meeting = booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana)
    assert (meeting.title, meeting.link) == ("Ben with Ana", "https://ana.example/room")
    theirs = asked(town, town.ana, by=town.ben)
    other = booking.book(TENANT, theirs.id, theirs.slots[0].id, town.ben)
    assert other.title == "Meeting of Ben"
    assert other.link is not None
    assert other.link.startswith("https://meet.example/")


def test_without_a_template_there_is_no_link(town: Town, booking: Booking) -> None:
    proposal = asked(town)
    assert booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana).link is None


def test_the_meeting_is_kept_as_it_is_answered(town: Town, booking: Booking) -> None:
    proposal = asked(town, about="Budget")
    meeting = booking.book(TENANT, proposal.id, proposal.slots[0].id, town.ana)
    with town.database.reading() as tx:
        assert meetings.meeting(tx, TENANT, meeting.id) == meeting
    assert meeting.title == "Budget"


ANA, BEN, CEM = person("ana"), person("ben"), person("cem")
DEFAULT = "{asker} / {people}"


@pytest.mark.parametrize(
    ("template", "wanted", "words"),
    [
        pytest.param(DEFAULT, None, "Ana / Ben, Cem", id="as the template says"),
        pytest.param(DEFAULT, "Budget", "Budget", id="what its asker calls it wins"),
        pytest.param("[{title}] {asker}", "Budget", "[Budget] Ana", id="a template with a place for that"),
        pytest.param("{title} ({asker})", None, "Ben, Cem (Ana)", id="which is filled with the people otherwise"),
        pytest.param(DEFAULT, "{asker}\r\nX-EVIL:1\x00", "{asker} X-EVIL:1", id="no braces filled, no second line"),
        pytest.param(DEFAULT, "\u202etxt.exe\u2066", "txt.exe", id="no turned direction"),
        pytest.param(DEFAULT, "\u200e \n", "Meeting", id="nothing to be seen"),
        pytest.param(DEFAULT, "👩\u200d💻 sync", "👩\u200d💻 sync", id="joiners are parts of words"),
        pytest.param(DEFAULT, "x" * 500, "x" * 200, id="no longer than a title"),
    ],
)
def test_what_a_meeting_is_called(template: str, wanted: str | None, words: str) -> None:
    assert title(template, ANA, [BEN, CEM], wanted) == words


def test_a_name_with_braces_fills_nothing() -> None:
    assert title(DEFAULT, replace(ANA, name="{people}"), [BEN], None) == "{people} / Ben"
