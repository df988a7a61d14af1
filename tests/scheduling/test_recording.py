"""What an answer rested on is kept with it, and answers the same again: whatever rules people live by."""

import random
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.availability.document import asking, reading, writing
from bot.availability.document.world import World
from bot.availability.finding import starts
from bot.availability.looks import Ranked
from bot.availability.pages import nearest, ranked
from bot.availability.relaxing import around, relaxations
from bot.core.errors import NotFound
from bot.core.events import Instance, Kind
from bot.core.ids import PersonId, ProposalId
from bot.core.intervals import Interval
from bot.core.proposals import Proposal, ProposalState
from bot.core.reasons import Relaxation
from bot.core.requests import Request
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override, Rules
from bot.scheduling import recording
from bot.storage import calendars, ledger, mirror, people, proposals, rules
from tests.builders import NOW, TENANT, TUESDAY, instance, request, span, spans, works
from tests.scheduling.town import WINDOW, Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def asked(town: Town, wanted: Request, *others: PersonId) -> Proposal:
    with town.database.reading() as tx:
        ana, *rest = [people.person(tx, TENANT, one) for one in (town.ana, *(others or (town.ben,)))]
    return town.proposing.propose(wanted, ana, rest)


def lives_by(town: Town, person: PersonId, wanted: Rules) -> None:
    with town.database.transaction() as tx:
        before = rules.of(tx, TENANT, (person,))[person]
        rules.save(tx, TENANT, person, replace(before, rules=wanted))


def has(town: Town, person: PersonId, *rows: Instance) -> None:
    with town.database.transaction() as tx:
        mirror.replace(tx, TENANT, town.calendar(person), rows, WINDOW, town.clock.now())


def recorded(town: Town, proposal: Proposal) -> World:
    with town.database.reading() as tx:
        return recording.document(tx, proposal.id)


def slots_again(world: World) -> list[Ranked]:
    """The answer to a document that went from hand to hand."""
    world = reading.read(writing.written(world))
    search, limit, near = asking.search_of(world), world.request.limit, asking.near_of(world)
    found = starts(search)
    return ranked(search, found, limit) if near is None else nearest(search, found, near, limit)


def ways_again(world: World) -> list[Relaxation]:
    search, near, held = asking.search_of(world), asking.near_of(world), asking.held_of(world)
    if near is None:
        return relaxations(search, kept=held)
    itself = around(search, near, held)
    return [] if itself is None else [itself]


def is_the_same(world: World, proposal: Proposal) -> bool:
    offered = [(int(one.when.start.timestamp()), one.points) for one in proposal.slots]
    again = [(one.start, one.points) for one in slots_again(world)]
    return offered == again and [one.relaxation for one in proposal.ways] == ways_again(world)


def any_rules(chance: random.Random, zone: str) -> Rules:
    """Everything that one can ask for, each of it now and then."""

    def perhaps(odds: float) -> bool:
        return chance.random() < odds

    noon = DaySpan(time(12), time(14))
    return Rules(
        zone=zone,
        days=works("08:00-12:00 13:00-18:00", days="Mon Tue Wed Fri").days
        if perhaps(0.7)
        else works("08:00-20:00").days,
        overrides=(Override(date(2026, 12, 3), (DaySpan(time(9), time(12)),)),) if perhaps(0.3) else (),
        away=(Away(date(2026, 12, 2), date(2026, 12, 3), "Asia/Tokyo"),) if perhaps(0.2) else (),
        before=timedelta(minutes=chance.choice((0, 0, 5, 10, 7))),
        after=timedelta(minutes=chance.choice((0, 0, 5, 15, 3))),
        notice=timedelta(minutes=chance.choice((0, 60, 120))),
        caps=Caps(
            meetings_a_day=chance.choice((None, None, 3)),
            minutes_a_week=chance.choice((None, None, 900)),
        ),
        week_start=chance.choice((0, 6)),
        lunch=Lunch(noon, 30) if perhaps(0.4) else None,
    )


def any_rows(chance: random.Random) -> list[Instance]:
    """A busy week, on the grid or off it."""
    off = chance.choice((5, 5, 1))
    rows = []
    for number in range(chance.randrange(5, 45)):
        begins = NOW + timedelta(minutes=chance.randrange(0, 6 * 24 * 60, off))
        lasts = timedelta(minutes=chance.randrange(off, 180, off))
        kind = Kind.SOFT if chance.random() < 0.2 else Kind.HARD
        rows.append(
            replace(instance(uid=f"e{number}", kind=kind), starts=begins, when=Interval(begins, begins + lasts))
        )
    return rows


@pytest.mark.parametrize("seed", range(24))
def test_whatever_people_live_by_it_is_answered_the_same_again(town: Town, seed: int) -> None:
    chance = random.Random(seed)
    for person, zone in ((town.ana, "UTC"), (town.ben, "Europe/Berlin"), (town.cem, "Asia/Kathmandu")):
        lives_by(town, person, any_rules(chance, zone))
        has(town, person, *any_rows(chance))
    length = timedelta(minutes=chance.choice((15, 30, 45, 60, 120, 20, 12)))
    days = chance.choice((0, 1, 3, 5))
    for others in ((town.ben,), (town.ben, town.cem)):
        proposal = asked(town, request("ben", length=length, last=TUESDAY + timedelta(days=days)), *others)
        assert is_the_same(recorded(town, proposal), proposal)


def test_both_forms_of_taken_time_are_kept(town: Town) -> None:
    has(town, town.ben, instance("09:02-10:00"))
    by_bits = recorded(town, asked(town, request("ben", last=TUESDAY))).people[1].busy
    assert [Interval(one.start, one.end) for one in by_bits] == spans("09:00-10:00")
    lives_by(town, town.ben, Rules(zone="UTC", days=works("09:00-17:00").days, after=timedelta(minutes=7)))
    by_rows = recorded(town, asked(town, request("ben", last=TUESDAY))).people[1].busy
    assert [Interval(one.start, one.end) for one in by_rows] == spans("09:02-10:00")


def test_what_a_limit_counts_is_kept_beside_the_bits(town: Town) -> None:
    hours = works("09:00-17:00").days
    lives_by(town, town.ben, Rules(zone="UTC", days=hours, caps=Caps(meetings_a_day=2)))
    has(town, town.ben, instance("09:00-10:00"), instance("09:00-10:00", uid="twin"))
    proposal = asked(town, request("ben", last=TUESDAY))
    world = recorded(town, proposal)
    assert world.people[1].counts == {"2026-12-01": (2, 120)}
    assert len(world.people[1].busy) == 1
    assert proposal.slots == ()
    assert is_the_same(world, proposal)


def test_the_nearest_to_an_exact_time_are_found_again(town: Town) -> None:
    has(town, town.ben, instance("10:00-10:30"))
    wanted = request("ben", last=TUESDAY)
    exact = replace(wanted, window=replace(wanted.window, from_time=time(10), to_time=time(10, 30)))
    proposal = asked(town, exact)
    assert proposal.is_beside
    assert proposal.ways
    assert is_the_same(recorded(town, proposal), proposal)


def test_what_is_held_for_another_meeting_is_in_no_way_out(town: Town) -> None:
    with town.database.transaction() as tx:
        ledger.claim(
            tx,
            TENANT,
            subject="other",
            cause="meeting",
            people=(town.ben,),
            when=span("09:00-17:00"),
            state="booked",
            now=NOW,
        )
    proposal = asked(town, request("ben", last=TUESDAY))
    world = recorded(town, proposal)
    assert len(world.people[1].held) == 1
    assert proposal.slots == ()
    assert is_the_same(world, proposal)


def test_beyond_what_was_looked_at_nothing_is_offered(town: Town) -> None:
    world = recorded(town, asked(town, request("ben", last=TUESDAY)))
    assert world.horizon is not None
    assert world.horizon.end == span("00:00-24:00").end
    later = replace(asking.search_of(world), windows=((int(NOW.timestamp()), int(NOW.timestamp()) + 10 * 24 * 3600),))
    assert all(start < world.horizon.end.timestamp() for start in starts(later))


def test_the_newest_answer_takes_the_place_of_the_one_before(town: Town) -> None:
    proposal = asked(town, request("ben", last=TUESDAY))
    has(town, town.ben, instance("09:00-12:00"))
    town.proposing.look(TENANT, town.ben)
    with town.database.reading() as tx:
        fresh = proposals.proposal(tx, TENANT, proposal.id)
    assert fresh.slots != proposal.slots
    assert is_the_same(recorded(town, proposal), fresh)


def test_while_it_waits_for_a_calendar_nobody_is_free_in_it(town: Town) -> None:
    with town.database.transaction() as tx:
        for one in calendars.connections_of(tx, TENANT, town.ben):
            calendars.disconnect(tx, TENANT, one.id)
    proposal = asked(town, request("ben", last=TUESDAY))
    assert proposal.state is ProposalState.WAITING
    assert slots_again(recorded(town, proposal)) == []


def test_it_names_people_by_their_ids_alone(town: Town) -> None:
    has(town, town.ben, instance("09:00-12:00", uid="secret plan"))
    proposal = asked(town, replace(request("ben", last=TUESDAY), title="Launch"))
    told = writing.written(recorded(town, proposal)).decode()
    assert [one.id for one in recorded(town, proposal).people] == [town.ana, town.ben]
    for word in ("Ana", "Ben", "Launch", "secret", "@", "Work"):
        assert word not in told


def test_of_a_proposal_that_there_is_not_nothing_is_recorded(town: Town) -> None:
    with town.database.reading() as tx, pytest.raises(NotFound):
        recording.document(tx, ProposalId("none"))
