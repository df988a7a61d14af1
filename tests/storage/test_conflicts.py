"""Conflicts as they are kept."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from bot.core.conflicts import Conflict, ConflictState
from bot.core.errors import NotFound, Stale
from bot.core.ids import CalendarId, ConflictId, MeetingId, PersonId, TenantId
from bot.storage import conflicts
from bot.storage.conflicts import CONFLICTS
from bot.storage.database import METADATA, Database
from tests.builders import TENANT, at, span

ANA, BEN = PersonId("ana"), PersonId("ben")


@pytest.fixture
def database() -> Database:
    made = Database("sqlite:///file:conflicts?mode=memory&uri=true")
    METADATA.drop_all(made.engine)
    METADATA.create_all(made.engine)
    return made


def conflict(name: str = "first", **different: object) -> Conflict:
    made = Conflict(
        id=ConflictId(name),
        tenant=TENANT,
        person=ANA,
        meeting=MeetingId("meeting"),
        calendar=CalendarId("ana-work"),
        uid=f"{name}-event",
        starts=at("10:00"),
        when=span("10:15-11:00"),
        state=ConflictState.OPEN,
        slots=(span("12:00-12:30"),),
    )
    return replace(made, **different)  # type: ignore[arg-type]


def kept(database: Database, *some: Conflict) -> None:
    with database.transaction() as tx:
        for one in some:
            conflicts.insert(tx, one)


def test_what_was_kept_is_what_is_read(database: Database) -> None:
    whole = conflict(state=ConflictState.KEPT, slots=(), is_known=False)
    kept(database, whole)
    with database.reading() as tx:
        assert conflicts.conflict(tx, TENANT, whole.id) == whole


def test_one_instance_over_one_meeting_is_one_conflict(database: Database) -> None:
    kept(database, conflict())
    with pytest.raises(IntegrityError):
        kept(database, replace(conflict(), id=ConflictId("second")))


def test_two_people_may_have_the_same_event_over_the_same_meeting(database: Database) -> None:
    kept(database, conflict(), replace(conflict(), id=ConflictId("second"), person=BEN))
    with database.reading() as tx:
        assert len(conflicts.of_meeting(tx, TENANT, MeetingId("meeting"))) == 2


def test_saving_what_changed_meanwhile_is_stale(database: Database) -> None:
    kept(database, conflict())
    with database.transaction() as tx:
        assert conflicts.save(tx, replace(conflict(), state=ConflictState.GONE)).version == 2
    with database.transaction() as tx, pytest.raises(Stale):
        conflicts.save(tx, conflict())


def test_what_is_open_is_what_a_person_was_told_and_has_not_answered(database: Database) -> None:
    closed = [conflict(state.value, state=state) for state in ConflictState if state is not ConflictState.OPEN]
    kept(database, conflict("late", when=span("+1 10:00-11:00")), conflict("early"), *closed)
    kept(database, conflict("of another", person=BEN))
    with database.reading() as tx:
        assert [one.id for one in conflicts.open_of_person(tx, TENANT, ANA)] == ["early", "late"]


def test_another_tenant_sees_nothing_of_it(database: Database) -> None:
    kept(database, conflict())
    elsewhere = TenantId("memory:elsewhere")
    with database.reading() as tx:
        assert conflicts.open_of_person(tx, elsewhere, ANA) == []
        assert conflicts.of_meeting(tx, elsewhere, MeetingId("meeting")) == []
        with pytest.raises(NotFound):
            conflicts.conflict(tx, elsewhere, conflict().id)


def test_no_column_could_hold_a_title() -> None:
    assert {"title", "summary", "name"}.isdisjoint(CONFLICTS.c.keys())
