"""Proposals as they are kept."""

from dataclasses import replace
from datetime import time

import pytest

from bot.core.errors import NotFound, Stale
from bot.core.ids import CalendarId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.proposals import Basis, Proposal, ProposalState, Slot, Vouching, Way
from bot.core.reasons import Cause, Code, Point, Relaxation, Why
from bot.core.requests import Window
from bot.storage import proposals
from bot.storage.database import METADATA, Database
from tests.builders import NOW, TENANT, TUESDAY, request, span

ANA, BEN = PersonId("ana"), PersonId("ben")

WAY = Relaxation(
    start=1_796_115_600,
    length=1_500,
    overlooks=(Cause(person=BEN, code=Code.HOURS), Cause(person=ANA, code=Code.BUSY, until=1_796_116_000)),
    price=42,
)


@pytest.fixture
def database() -> Database:
    made = Database("sqlite:///file:proposals?mode=memory&uri=true")
    METADATA.drop_all(made.engine)
    METADATA.create_all(made.engine)
    return made


def proposal(name: str = "first", **different: object) -> Proposal:
    made = Proposal(
        id=ProposalId(name),
        tenant=TENANT,
        asker=BEN,
        people=(BEN, ANA),
        request=request("ana"),
        state=ProposalState.OPEN,
        created_at=NOW,
    )
    return replace(made, **different)  # type: ignore[arg-type]


def kept(database: Database, *some: Proposal) -> None:
    with database.transaction() as tx:
        for one in some:
            proposals.insert(tx, one)


def test_what_was_kept_is_what_is_read(database: Database) -> None:
    afternoon = Window(first=TUESDAY, last=TUESDAY, from_time=time(12), to_time=time(17, 30))
    whole = proposal(
        request=replace(request("ana", title="Budget, “spring”"), window=afternoon),
        slots=(
            Slot("a", span("10:00-10:30"), (Point(Why.EARLY, 12, (ANA, BEN), 30), Point(Why.LATER, 2, (), 1))),
            Slot("b", span("12:00-12:30")),
        ),
        ways=(Way("c", WAY), Way("d", replace(WAY, weeks=2, overlooks=()))),
        is_beside=True,
        confirming="c",
        page=1,
        basis=(
            Basis(person=ANA, calendar=CalendarId("w"), name="Work", read_at=NOW, vouching=Vouching.KNOWN),
            Basis(person=BEN, calendar=CalendarId("p"), name="Private", read_at=None, vouching=Vouching.READING),
        ),
        waiting_for=(ANA,),
        reading_until=NOW,
        meeting=MeetingId("m"),
        failed=MeetingId("f"),
    )
    kept(database, whole)
    with database.reading() as tx:
        assert proposals.proposal(tx, TENANT, whole.id) == whole


def test_saving_what_changed_meanwhile_is_stale(database: Database) -> None:
    first = proposal()
    kept(database, first)
    with database.transaction() as tx:
        assert proposals.save(tx, replace(first, page=1)).version == 2
    with pytest.raises(Stale), database.transaction() as tx:
        proposals.save(tx, replace(first, page=2))


def test_another_tenant_has_none_of_it(database: Database) -> None:
    kept(database, proposal())
    with database.reading() as tx, pytest.raises(NotFound):
        proposals.proposal(tx, TenantId("memory:other"), ProposalId("first"))


def test_the_open_ones_of_a_person_are_those_they_asked_for_and_those_with_them(database: Database) -> None:
    kept(
        database,
        proposal("asked for"),
        proposal("waiting", state=ProposalState.WAITING),
        proposal("with them", asker=ANA, people=(ANA, BEN)),
        proposal("somebody else's", asker=ANA, people=(ANA,)),
        proposal("booked", state=ProposalState.BOOKED),
        proposal("expired", state=ProposalState.EXPIRED),
    )
    with database.reading() as tx:
        assert {one.id for one in proposals.open_for(tx, TENANT, BEN)} == {"asked for", "waiting", "with them"}
