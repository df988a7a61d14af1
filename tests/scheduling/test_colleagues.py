"""Whose time the asker's own accounts tell, and times that are booked although no calendar tells."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Calendar, Problem
from bot.core.errors import NotAllowed
from bot.core.ids import ConnectionId, PersonId
from bot.core.people import ChatIdentity, Profile
from bot.core.proposals import Origin, Proposal, ProposalState, Vouching
from bot.providers.base import shared
from bot.scheduling.book import Booking
from bot.scheduling.change import Changing
from bot.scheduling.inviting import AGAIN, Inviting, may_be_asked
from bot.storage import calendars, invitations, ledger, mirror, people, progress, proposals
from bot.storage.invitations import Invitation
from bot.storage.ledger import LEDGER
from tests.builders import NOW, TENANT, TUESDAY, connection, instance, request, span
from tests.scheduling.town import WINDOW, Town

ADDRESS = "kim@acme.example"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@pytest.fixture
def kim(town: Town) -> PersonId:
    """A colleague who connected nothing."""
    told = Profile(identity=ChatIdentity(TENANT, "kim"), name="Kim", zone="UTC", email=ADDRESS)
    with town.database.transaction() as tx:
        return people.keep(tx, told, NOW).id


def sees(town: Town, name: str = "ana", *, label: str = "ana@acme.example · google") -> None:
    """Ana connects an account that may see her colleagues."""
    account = replace(
        connection(name, provider="google"), id=ConnectionId(f"{name}-sees"), person=town.ana, label=label
    )
    with town.database.transaction() as tx:
        calendars.add_connection(tx, replace(account, sees_colleagues=True), b"sealed")


def asked(town: Town, *others: PersonId) -> Proposal:
    with town.database.reading() as tx:
        ana, *rest = [people.person(tx, TENANT, one) for one in (town.ana, *others)]
    return town.proposing.propose(request("kim", last=TUESDAY), ana, rest)


def kept(town: Town, proposal: Proposal) -> Proposal:
    with town.database.reading() as tx:
        return proposals.proposal(tx, TENANT, proposal.id)


def seen(town: Town, kim: PersonId) -> list[Calendar]:
    with town.database.reading() as tx:
        return [one for one in calendars.of_people(tx, TENANT, (kim,), asker=town.ana) if one.seen_by]


def tells(town: Town, calendar: Calendar, words: str) -> None:
    """What the company calendar shows of Kim is read."""
    with town.database.transaction() as tx:
        mirror.replace(tx, TENANT, calendar.id, [instance(words)], WINDOW, town.clock.now())


def refuses(town: Town, calendar: Calendar) -> None:
    with town.database.transaction() as tx:
        progress.has_problem(tx, TENANT, calendar.id, Problem.GONE)


def states(town: Town) -> dict[str, str]:
    with town.database.reading() as tx:
        return {row.person: row.state for row in tx.execute(LEDGER.select())}


def test_a_colleague_is_sought_through_the_askers_account(town: Town, kim: PersonId) -> None:
    sees(town)
    proposal = asked(town, kim)
    (one,) = seen(town, kim)
    assert (one.remote, one.seen_by, one.person) == (shared(ADDRESS), town.ana, kim)
    assert (one.counts, one.receives, one.is_writable) == (True, False, False)
    assert town.due("calendar") == [one.id]
    assert (proposal.state, proposal.slots) == (ProposalState.OPEN, ())
    assert proposal.basis[-1].origin is Origin.COMPANY
    assert proposal.basis[-1].vouching is Vouching.READING


def test_what_it_tells_makes_the_times(town: Town, kim: PersonId) -> None:
    sees(town)
    proposal = asked(town, kim)
    tells(town, seen(town, kim)[0], "09:00-16:00")
    town.proposing.look(TENANT, kim)
    slots = kept(town, proposal).slots
    assert slots
    assert all(span("16:00-17:00").contains(one.when) for one in slots)


def test_without_such_an_account_nobody_is_sought(town: Town, kim: PersonId) -> None:
    assert asked(town, kim).waiting_for == (kim,)
    assert seen(town, kim) == []


def test_who_has_a_calendar_of_their_own_is_not_sought(town: Town) -> None:
    sees(town)
    asked(town, town.ben)
    assert seen(town, town.ben) == []


def test_the_account_of_their_company_is_asked_first_and_then_the_others(town: Town, kim: PersonId) -> None:
    sees(town, "private", label="ana@home.example · google")
    sees(town)
    proposal = asked(town, kim)
    (first,) = seen(town, kim)
    assert first.connection == "ana-sees"
    refuses(town, first)
    town.proposing.look(TENANT, kim)
    assert [one.connection for one in seen(town, kim) if one.problem is None] == ["private-sees"]
    assert kept(town, proposal).waiting_for == ()


def test_whom_no_account_shows_is_unknown_as_anybody_unconnected(town: Town, kim: PersonId) -> None:
    sees(town)
    proposal = asked(town, kim)
    refuses(town, seen(town, kim)[0])
    town.proposing.look(TENANT, kim)
    now = kept(town, proposal)
    assert (now.state, now.waiting_for, now.slots) == (ProposalState.WAITING, (kim,), ())


def test_an_account_that_must_be_signed_in_to_again_is_not_asked(town: Town, kim: PersonId) -> None:
    sees(town)
    with town.database.transaction() as tx:
        calendars.blame(tx, TENANT, ConnectionId("ana-sees"), Problem.SIGN_IN_NEEDED)
    assert asked(town, kim).waiting_for == (kim,)


def test_only_the_asker_books_without_seeing(town: Town, kim: PersonId) -> None:
    proposal = asked(town, town.ben, kim)
    with pytest.raises(NotAllowed):
        town.proposing.unseen(TENANT, proposal.id, town.ben)
    offered = town.proposing.unseen(TENANT, proposal.id, town.ana)
    assert (offered.state, offered.unseen, offered.waiting_for) == (ProposalState.OPEN, (kim,), (kim,))
    assert offered.slots
    assert town.proposing.unseen(TENANT, proposal.id, town.ana).unseen == (kim,)


def test_what_is_claimed_of_somebody_unseen_is_respected(town: Town, kim: PersonId) -> None:
    with town.database.transaction() as tx:
        ledger.claim(
            tx, TENANT, subject="x", cause="meeting", people=(kim,), when=span("09:00-16:00"), state="booked", now=NOW
        )
    proposal = town.proposing.unseen(TENANT, asked(town, kim).id, town.ana)
    assert all(span("16:00-17:00").contains(one.when) for one in proposal.slots)


def test_somebody_unseen_is_invited_and_nothing_of_their_time_is_claimed(town: Town, kim: PersonId) -> None:
    proposal = town.proposing.unseen(TENANT, asked(town, town.ben, kim).id, town.ana)
    meeting = Booking(town.database, town.clock).book(TENANT, proposal.id, proposal.slots[0].id, town.ana)
    assert [one.is_unseen for one in meeting.attendances] == [False, False, True]
    assert states(town) == {town.ana: "booked", town.ben: "booked", kim: "invited"}


def test_a_meeting_moves_without_them_too(town: Town, kim: PersonId) -> None:
    proposal = town.proposing.unseen(TENANT, asked(town, kim).id, town.ana)
    meeting = Booking(town.database, town.clock).book(TENANT, proposal.id, proposal.slots[0].id, town.ana)
    town.saga.drive(TENANT, meeting.id, lambda: True)
    times, is_known = town.proposing.times_for_move(TENANT, meeting)
    assert times
    assert is_known
    Changing(town.database, town.clock).move(TENANT, meeting.id, times[0], town.ana)
    assert states(town)[kim] == "invited"


def test_times_for_a_move_do_not_tell_what_one_may_see_to_the_others(town: Town, kim: PersonId) -> None:
    sees(town)
    proposal = asked(town, kim)
    tells(town, seen(town, kim)[0], "09:00-16:00")
    town.proposing.look(TENANT, kim)
    slot = kept(town, proposal).slots[0]
    meeting = Booking(town.database, town.clock).book(TENANT, proposal.id, slot.id, town.ana)
    times, _ = town.proposing.times_for_move(TENANT, meeting)
    assert any(one.overlaps(span("09:00-16:00")) for one in times)


def test_a_request_far_ahead_reaches_and_is_answered_once_that_is_read(town: Town) -> None:
    far = WINDOW.end.date() + timedelta(days=100)
    with town.database.reading() as tx:
        ana, ben = (people.person(tx, TENANT, one) for one in (town.ana, town.ben))
    proposal = town.proposing.propose(request("ben", first=far), ana, [ben])
    assert {one.vouching for one in proposal.basis} == {Vouching.AHEAD}
    assert proposal.reading_until is not None
    with town.database.reading() as tx:
        reach = calendars.calendar(tx, TENANT, town.calendar(town.ben)).reach
    assert reach is not None
    assert reach.date() == far + timedelta(days=7)
    whole = replace(WINDOW, end=reach)
    for one in (town.ana, town.ben):
        with town.database.transaction() as tx:
            mirror.replace(tx, TENANT, town.calendar(one), [], whole, NOW)
    town.proposing.look(TENANT, town.ben)
    assert kept(town, proposal).slots


def test_no_time_beyond_a_year_is_looked_at(town: Town) -> None:
    far = TUESDAY + timedelta(days=400)
    with town.database.reading() as tx:
        ana, ben = (people.person(tx, TENANT, one) for one in (town.ana, town.ben))
    proposal = town.proposing.propose(request("ben", first=far), ana, [ben])
    assert (proposal.slots, proposal.reading_until) == ((), None)
    assert town.due("calendar") == []


@pytest.mark.parametrize(
    ("told", "may"),
    [
        pytest.param(Invitation(), True, id="never asked"),
        pytest.param(Invitation(asked_at=NOW), False, id="just now"),
        pytest.param(Invitation(asked_at=NOW - AGAIN + timedelta(seconds=1)), False, id="lately"),
        pytest.param(Invitation(asked_at=NOW - AGAIN), True, id="two weeks ago"),
        pytest.param(Invitation(asked_at=NOW, came_at=NOW), True, id="came, and disconnected again"),
        pytest.param(Invitation(is_unwanted=True), False, id="never wants to be"),
        pytest.param(Invitation(asked_at=NOW - 2 * AGAIN, is_unwanted=True), False, id="never, said long ago"),
    ],
)
def test_who_may_be_asked(told: Invitation, may: bool) -> None:
    assert may_be_asked(told, NOW) is may


def test_asking_makes_the_request_wait_for_as_long_as_its_time_lasts(town: Town, kim: PersonId) -> None:
    with town.database.reading() as tx:
        ana, other = (people.person(tx, TENANT, one) for one in (town.ana, kim))
    wanted = request("kim", last=TUESDAY + timedelta(days=60))
    proposal = town.proposing.propose(wanted, ana, [other])
    assert town.proposing.settle(TENANT, proposal.id) == NOW + timedelta(hours=24)
    Inviting(town.database, town.clock).ask(TENANT, proposal.id, kim, town.ana)
    assert town.proposing.settle(TENANT, proposal.id) == NOW + timedelta(days=14)
    with town.database.reading() as tx:
        assert invitations.of(tx, TENANT, kim) == Invitation(by=town.ana, asked_at=NOW)
    assert town.sees(kim, "invite") == [proposal.id]
