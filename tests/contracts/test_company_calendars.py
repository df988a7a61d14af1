"""A colleague's time through the asker's account, from question to times: over the twin, Google and Microsoft."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.clock import SetClock
from bot.core.ids import CalendarId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.people import ChatIdentity, Person, Profile
from bot.core.proposals import Origin, Proposal, ProposalState, Vouching
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.base import CalendarProvider, Remote
from bot.scheduling.propose import Proposing
from bot.storage import calendars, people, proposals
from bot.storage.database import METADATA, Database, Tx
from bot.storage.vault import KeyRing, Vault
from bot.sync.engine import Sync
from tests.builders import TENANT, TUESDAY, calendar, connection, request, span
from tests.contracts.google_stage import OnGoogle
from tests.contracts.microsoft_stage import OnMicrosoft
from tests.contracts.service_stages import KnowingMemory, ServiceStage

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
VAULT = Vault(KeyRing({"test": b"k" * 32}))
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
BUSY = span("09:00-15:00")


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleStand]:
    with GoogleStand() as stand:
        yield stand
        assert stand.sins == []


@pytest.fixture(scope="module")
def microsoft() -> Iterator[MicrosoftStand]:
    with MicrosoftStand([]) as stand:
        yield stand
        assert stand.refusals == []


@pytest.fixture(params=["memory", "google", "microsoft"])
def stage(request: pytest.FixtureRequest) -> ServiceStage:
    if request.param == "google":
        return OnGoogle(request.getfixturevalue("google"))
    if request.param == "microsoft":
        return OnMicrosoft(request.getfixturevalue("microsoft"))
    return KnowingMemory(WINDOW)


@dataclass(frozen=True)
class Company:
    """Ana and her account on that stage, the sync, and what she asks."""

    database: Database
    clock: SetClock
    stage: ServiceStage
    ana: Person

    def meets(self, address: str) -> Person:
        told = Profile(identity=ChatIdentity(TENANT, "kim"), name="Kim", zone="UTC", email=address)
        with self.database.transaction() as tx:
            return people.keep(tx, told, NOW)

    def asks(self, kim: Person) -> Proposal:
        return Proposing(self.database, self.clock).propose(request("kim", last=TUESDAY), self.ana, [kim])

    def reads(self) -> None:
        """Every calendar that Ana may see is read, and what rests on it is looked at again."""
        with self.database.reading() as tx:
            everyone = [self.ana.id, *self._others(tx)]
            held = calendars.of_people(tx, TENANT, everyone, asker=self.ana.id)
        for one in held:
            Sync(self.database, self.clock, VAULT, self.opens).read(TENANT, one.id)
            Proposing(self.database, self.clock).look(TENANT, one.person)

    def now(self, proposal: Proposal) -> Proposal:
        with self.database.reading() as tx:
            return proposals.proposal(tx, TENANT, proposal.id)

    @contextmanager
    def opens(self, tenant: TenantId, id_: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        with self.database.reading() as tx:
            remote = calendars.calendar(tx, tenant, id_).remote
        provider = self.stage.open()
        try:
            yield provider, Remote(remote)
        finally:
            provider.close()

    def _others(self, tx: Tx) -> list[PersonId]:
        return [one.person for one in calendars.seen_by(tx, TENANT, self.ana.id)]


@pytest.fixture
def company(stage: ServiceStage, tmp_path: Path) -> Company:
    database = Database(f"sqlite:///{tmp_path / 'company.db'}")
    METADATA.create_all(database.engine)
    profile = Profile(identity=ChatIdentity(TENANT, "ana"), name="Ana", zone="UTC")
    with database.transaction() as tx:
        ana = people.keep(tx, profile, NOW)
        account = replace(connection("ana"), person=ana.id, sees_colleagues=True)
        calendars.add_connection(tx, account, b"sealed")
        own = replace(calendar("ana-work", read_at=None), person=ana.id, window=None, remote=stage.new_calendar("Own"))
        calendars.add(tx, own)
    return Company(database, SetClock(NOW), stage, ana)


def test_what_the_company_shows_of_a_colleague_makes_the_times(company: Company) -> None:
    kim = company.meets(company.stage.colleague("kim", BUSY))
    proposal = company.asks(kim)
    assert proposal.slots == ()
    assert [(one.origin, one.vouching) for one in proposal.basis if one.person == kim.id] == [
        (Origin.COMPANY, Vouching.READING)
    ]
    company.reads()
    now = company.now(proposal)
    assert now.state is ProposalState.OPEN
    assert now.slots
    assert not any(one.when.overlaps(BUSY) for one in now.slots)
    assert all(one.vouching is Vouching.KNOWN for one in now.basis)


def test_whom_the_company_does_not_know_is_unknown_and_never_free(company: Company) -> None:
    kim = company.meets("nobody@nowhere.example")
    proposal = company.asks(kim)
    company.reads()
    now = company.now(proposal)
    assert (now.state, now.slots, now.waiting_for) == (ProposalState.WAITING, (), (kim.id,))
    with company.database.reading() as tx:
        (one,) = calendars.seen_by(tx, TENANT, company.ana.id)
        assert calendars.connection(tx, TENANT, one.connection).problem is None
    assert one.problem is not None
    assert one.problem.is_final
