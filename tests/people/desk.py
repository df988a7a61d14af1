"""A desk at which somebody connects a calendar, in memory: for every test that needs one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.core.calendars import Calendar, Connection
from bot.core.clock import SetClock
from bot.core.ids import PersonId, ProposalId
from bot.core.people import ChatIdentity, Person, Profile
from bot.core.proposals import Proposal, ProposalState
from bot.people.connect import Connecting, Opened
from bot.people.grants import Grants
from bot.people.leaving import Leaving
from bot.people.pending import Pending
from bot.people.rooms import Rooms
from bot.people.services import NotConnected, SignIn
from bot.people.signing_in import SigningIn
from bot.providers import memory
from bot.providers.base import Abilities
from bot.storage import calendars, due, messages, people, proposals
from bot.storage.database import METADATA, Database, instant
from bot.storage.vault import KeyRing, Vault
from tests.builders import NOW, TENANT, request
from tests.people.sign_in_twin import SignInTwin

RING = KeyRing({"test": b"k" * 32})


@dataclass
class Desk:
    """Everything at which somebody connects a calendar, in memory."""

    database: Database
    clock: SetClock
    service: memory.Service
    connecting: Connecting
    signing_in: SigningIn
    leaving: Leaving
    grants: Grants
    google: SignInTwin
    microsoft: SignInTwin
    ana: Person
    admins: frozenset[str] = frozenset({"UANA"})

    @property
    def rooms(self) -> Rooms:
        return Rooms(self.connecting, self.grants.open_account, self.admins)

    def opened(self) -> Opened:
        opened = self.connecting.open_session(self.connecting.link(self.ana).rpartition("/")[2])
        assert isinstance(opened, Opened)
        return opened

    def sign_in(
        self, *, url: str = "https://dav.example.com/", user: str = "ana", password: str = memory.PASSWORD
    ) -> Pending | Connection | NotConnected:
        return self.connecting.sign_in(self.opened().session, SignIn(url=url, user=user, password=password))

    def connect(
        self, *, url: str = "https://dav.example.com/", user: str = "ana", password: str = memory.PASSWORD
    ) -> Connection:
        """Signs in and confirms."""
        session = self.opened().session
        made = self.connecting.sign_in(session, SignIn(url=url, user=user, password=password))
        if isinstance(made, Pending):
            connected = self.connecting.confirm(session)
            assert connected is not None
            return connected
        assert isinstance(made, Connection)
        return made

    def calendars(self) -> dict[str, Calendar]:
        with self.database.reading() as tx:
            return {one.name: one for one in calendars.of_person(tx, TENANT, self.ana.id)}

    def due(self, kind: str) -> dict[str, timedelta]:
        """Subjects of that kind that are due, and how far from now."""
        with self.database.reading() as tx:
            rows = tx.execute(select(due.DUE).where(due.DUE.c.kind == kind)).all()
        return {row.subject: instant(row.next_at) - self.clock.now() for row in rows}

    def nothing_is_due(self) -> None:
        with self.database.transaction() as tx:
            tx.execute(due.DUE.delete())

    def rung(self, kind: str, subject: str) -> int:
        """How often Ana was rung about that."""
        with self.database.reading() as tx:
            shown = messages.shown(tx, TENANT, messages.id_of(kind, subject, self.ana.id))
        return 0 if shown is None else shown.rings_wanted

    def waits(self, name: str, state: ProposalState = ProposalState.WAITING) -> ProposalId:
        """A proposal of somebody else that waits for Ana's calendar."""
        waiting = Proposal(
            id=ProposalId(name),
            tenant=TENANT,
            asker=PersonId("alex"),
            people=(PersonId("alex"), self.ana.id),
            request=request("ana"),
            state=state,
            created_at=NOW,
            waiting_for=(self.ana.id,),
        )
        with self.database.transaction() as tx:
            proposals.insert(tx, waiting)
        return waiting.id


@contextmanager
def a_desk(folder: Path, *, name: str = "Ana", public_url: str = "https://overlap.example.com") -> Iterator[Desk]:
    """Ana's, whose account holds four calendars: one is transparent, one can only be read."""
    database = Database(f"sqlite:///{folder}/connect.sqlite3")
    METADATA.create_all(database.engine)
    clock = SetClock(NOW)
    service = memory.Service(Abilities(cadence=timedelta(minutes=7)))
    service.calendar("ana", "Work", zone="Europe/Berlin")
    service.calendar("ana", "Private")
    service.calendar("ana", "Birthdays", is_transparent=True)
    service.calendar("ana", "Holidays", is_writable=False)
    connecting = Connecting(
        database=database,
        clock=clock,
        vault=Vault(RING),
        providers=dict.fromkeys(("caldav", "google", "microsoft", "ics"), service.connect),
        public_url=public_url,
    )
    google, microsoft = SignInTwin("google"), SignInTwin("microsoft", has_admin_page=True)
    sign_ins = {"google": google, "microsoft": microsoft}
    signing_in = SigningIn(connecting, sign_ins)
    leaving = Leaving(database, clock, connecting.vault, connecting.providers, sign_ins)
    with database.transaction() as tx:
        told = Profile(identity=ChatIdentity(TENANT, "UANA"), name=name, zone="Europe/Berlin", email="Ana@Example.com")
        ana = people.keep(tx, told, NOW)
    grants = Grants(database, connecting.vault, connecting.providers)
    yield Desk(database, clock, service, connecting, signing_in, leaving, grants, google, microsoft, ana)
    grants.close()
    database.close()


def token_of(url: str) -> str:
    return url.rpartition("/")[2]
