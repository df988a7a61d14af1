"""What an account may see of a colleague: read while they are asked about, left alone, and forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Calendar, Problem
from bot.core.errors import NotFound, Refused
from bot.core.ids import PersonId
from bot.core.people import Person
from bot.core.proposals import ProposalState
from bot.providers.base import Abilities, shared
from bot.storage import calendars, mirror, proposals, seen
from tests.builders import NOW, TENANT, asked, calendar, connection, person, span
from tests.sync.office import Office, office

ADDRESS = "kim@example.com"
KIM: Person = person("kim", email=ADDRESS)


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    """Ana asks for a time with Kim, who connected nothing, and whom her company's service shows her."""
    with office(tmp_path) as ana:
        ana.service.abilities = Abilities(sees_colleagues=True)
        ana.service.shows[ADDRESS] = "kim"
        ana.service.place(ana.service.calendar("kim", "Work"), uid="secret", when=span("10:00-11:00"), title="Secret")
        with ana.database.transaction() as tx:
            seen.add(tx, calendars.connection(tx, TENANT, ana.calendar.connection), KIM, shared(ADDRESS))
            proposals.insert(tx, asked("ana", "kim"))
        yield ana


def read(ana: Office) -> datetime | None:
    return ana.sync.read(TENANT, seen.id_of(ana.calendar.connection, KIM.id))


def kept(ana: Office) -> list[Calendar]:
    with ana.database.reading() as tx:
        return calendars.of_people(tx, TENANT, (KIM.id,), asker=PersonId("ana"))


def closes(ana: Office) -> None:
    with ana.database.transaction() as tx:
        proposal = proposals.open_for(tx, TENANT, KIM.id)[0]
        proposals.save(tx, replace(proposal, state=ProposalState.BOOKED))


def test_it_is_read_through_the_account_of_the_one_who_asks(ana: Office) -> None:
    assert read(ana) is not None
    (one,) = kept(ana)
    assert (one.read_at, one.problem) == (NOW, None)
    with ana.database.reading() as tx:
        assert [row.when for row in mirror.everything(tx, TENANT, one.id)] == [span("10:00-11:00")]
    assert ana.waits("reading")


def test_it_answers_nobody_else(ana: Office) -> None:
    read(ana)
    with ana.database.reading() as tx:
        assert calendars.of_person(tx, TENANT, KIM.id) == []
        assert calendars.of_people(tx, TENANT, (KIM.id,), asker=PersonId("ben")) == []
        assert [one.id for one in calendars.of_connection(tx, TENANT, ana.calendar.connection)] == [ana.calendar.id]


@pytest.mark.parametrize("error", [NotFound("no such mailbox"), Refused("not shared")], ids=["unknown", "not shown"])
def test_whom_the_service_does_not_show_is_left_alone_for_hours_and_nobody_is_blamed(
    ana: Office, error: NotFound | Refused
) -> None:
    ana.service.shows[ADDRESS] = error
    assert read(ana) == NOW + timedelta(hours=6)
    (one,) = kept(ana)
    assert one.problem in (Problem.GONE, Problem.REFUSED)
    assert one.read_at is None
    assert ana.waits("reading")
    assert (ana.account().problem, ana.rings()) == (None, 0)


def test_it_rests_once_nobody_asks_about_them_and_is_forgotten_days_later(ana: Office) -> None:
    read(ana)
    closes(ana)
    calls = ana.service.calls
    assert read(ana) == NOW + timedelta(days=5)
    ana.clock.move(timedelta(days=5))
    assert read(ana) is None
    assert ana.service.calls == calls
    assert kept(ana) == []


def test_it_goes_once_they_connect_a_calendar_of_their_own(ana: Office) -> None:
    with ana.database.transaction() as tx:
        calendars.add_connection(tx, connection("kim"), b"sealed")
        calendars.add(tx, calendar("kim-work"))
    assert read(ana) is None
    assert [one.seen_by for one in kept(ana)] == [None]


def test_it_goes_with_the_account_through_which_it_is_seen(ana: Office) -> None:
    read(ana)
    with ana.database.transaction() as tx:
        calendars.disconnect(tx, TENANT, ana.calendar.connection)
    assert kept(ana) == []
    assert read(ana) is None
