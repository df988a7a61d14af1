"""Asks as they are kept."""

from dataclasses import replace

import pytest

from bot.core.errors import NotFound, Stale
from bot.core.ids import AskId, MeetingId, PersonId, TenantId
from bot.core.meetings import Ask, AskState
from bot.storage import asks
from bot.storage.database import METADATA, Database
from tests.builders import NOW, TENANT, span


@pytest.fixture
def database() -> Database:
    made = Database("sqlite:///file:asks?mode=memory&uri=true")
    METADATA.drop_all(made.engine)
    METADATA.create_all(made.engine)
    return made


def ask(name: str = "first", **different: object) -> Ask:
    made = Ask(
        id=AskId(name),
        tenant=TENANT,
        meeting=MeetingId("meeting"),
        by=PersonId("ben"),
        state=AskState.CHOOSING,
        slots=(span("11:00-11:30"), span("+1 12:00-12:30")),
    )
    return replace(made, **different)  # type: ignore[arg-type]


def kept(database: Database, *some: Ask) -> None:
    with database.transaction() as tx:
        for one in some:
            asks.insert(tx, one)


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(ask(), id="choosing"),
        pytest.param(ask(state=AskState.OPEN, wanted=span("11:00-11:30"), expires_at=NOW), id="waiting for an answer"),
        pytest.param(ask(slots=(), is_known=False), id="nothing known yet"),
    ],
)
def test_what_was_kept_is_what_is_read(database: Database, whole: Ask) -> None:
    kept(database, whole)
    with database.reading() as tx:
        assert asks.ask(tx, TENANT, whole.id) == whole


def test_saving_what_changed_meanwhile_is_stale(database: Database) -> None:
    kept(database, ask())
    with database.transaction() as tx:
        assert asks.save(tx, replace(ask(), state=AskState.WITHDRAWN)).version == 2
    with database.transaction() as tx, pytest.raises(Stale):
        asks.save(tx, ask())


def test_only_those_that_wait_for_somebody_are_open(database: Database) -> None:
    closed = [ask(state.value, state=state) for state in AskState if state not in (AskState.CHOOSING, AskState.OPEN)]
    other = ask("of another meeting", meeting=MeetingId("other"))
    kept(database, ask("b", state=AskState.OPEN), ask("a"), other, *closed)
    with database.reading() as tx:
        assert [one.id for one in asks.open_of_meeting(tx, TENANT, MeetingId("meeting"))] == ["a", "b"]


def test_another_tenant_sees_nothing_of_it(database: Database) -> None:
    kept(database, ask())
    elsewhere = TenantId("memory:elsewhere")
    with database.reading() as tx:
        assert asks.open_of_meeting(tx, elsewhere, MeetingId("meeting")) == []
        with pytest.raises(NotFound):
            asks.ask(tx, elsewhere, ask().id)
