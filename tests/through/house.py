"""The working side of the bot, whole but for chat, over real storage and the real adapters.

house = House(folder, world)
ana = house.moves_in("ana", "google")        # she connected her Google account, by the real road
meeting = house.books("ana", "ben", "cem")   # she pressed Book on the first time that they have
house.settles()                              # five minutes pass, in which every due row is worked on as it comes due
house.apps["ben"].events()                   # what Ben finds in his calendar
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.conflicts.watch import Watching
from bot.core.calendars import Access, Calendar
from bot.core.clock import SetClock
from bot.core.errors import OverlapError, Stale, TryLater
from bot.core.events import Response
from bot.core.ids import CalendarId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import Ask, Meeting
from bot.core.people import ChatIdentity, Person, Profile
from bot.core.proposals import Proposal
from bot.people.connect import Connecting
from bot.people.grants import Grants
from bot.people.keeping import Keeping
from bot.people.limits import Limits
from bot.people.pending import Pending
from bot.people.rooms import Details, Rooms, Unfit
from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.registry import providers
from bot.scheduling.ask import Asking
from bot.scheduling.book import Booking
from bot.scheduling.change import Changing
from bot.scheduling.following import Following
from bot.scheduling.propose import Proposing
from bot.scheduling.saga import Saga
from bot.storage import asks, calendars, due, ledger, meetings, mirror, people
from bot.storage.database import METADATA, Database, instant
from bot.storage.due import DUE, Due
from bot.storage.messages import MESSAGES
from bot.storage.vault import KeyRing, Vault
from bot.sync.engine import Sync
from tests.builders import NOW, TENANT, TUESDAY, request
from tests.through.services import App, World

LEASE = timedelta(seconds=120)
FAILED = timedelta(seconds=2)
MOST_ROWS = 600

Opening = Callable[[TenantId, CalendarId], AbstractContextManager[tuple[CalendarProvider, Remote]]]


class House:
    """Everybody behind the due rows, worked off one after the other as a clock comes to them."""

    def __init__(self, folder: Path, world: World, database: Callable[[str], Database] = Database) -> None:
        self.world = world
        self.database = database(f"sqlite:///{folder / 'house.db'}")
        METADATA.create_all(self.database.engine)
        self.clock = SetClock(NOW)
        self.vault = Vault(KeyRing({"test": b"k" * 32}))
        self.apps: dict[str, App] = {}
        self.people: dict[str, PersonId] = {}
        self.wakes()

    def wakes(self) -> None:
        """The process starts: what it held in memory is new, what it had lent is free again."""
        limits = Limits(monotonic=lambda: self.clock.now().timestamp())
        self.providers = providers(self.world.services)
        self.grants = Grants(self.database, self.vault, self.providers, limits)
        self.proposing = Proposing(self.database, self.clock)
        self.changing = Changing(self.database, self.clock)
        self.booking = Booking(self.database, self.clock)
        self.asking = Asking(self.database, self.clock, self.proposing.times_for_move)
        self.watching = Watching(self.database, self.clock, self.proposing.times_for_move)
        self.sync = Sync(self.database, self.clock, self.vault, self.opening, chance=lambda: 0.5)
        self.saga = Saga(self.database, self.clock, self.opening)
        self.following = Following(self.database, self.clock, self.opening, self.proposing.times_for_move)
        with self.database.transaction() as tx:
            due.release_all(tx)

    @contextmanager
    def opening(self, tenant: TenantId, calendar: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        """Lends a calendar; a test may put something between."""
        with self.grants.open_calendar(tenant, calendar) as lent:
            yield lent

    def closes(self) -> None:
        self.grants.close()
        self.database.close()

    # Who lives here.

    def moves_in(self, name: str, at: str, access: Access = Access.FULL) -> PersonId:
        """Somebody new, who connects their calendar at that service."""
        app = self.apps[name] = self.world.app(at, name, access)
        person = self.known(name, app.email)
        self.connects(name, app.account, app.calendar)
        return person

    def known(self, name: str, email: str) -> PersonId:
        """Somebody whom chat knows, with no calendar."""
        told = Profile(identity=ChatIdentity(TENANT, name), name=name.title(), zone="UTC", email=email)
        with self.database.transaction() as tx:
            self.people[name] = people.keep(tx, told, self.clock.now()).id
        return self.people[name]

    def connects(self, name: str, account: Account, calendar: str) -> None:
        """They confirm that account: it is read, and receives their bookings if nothing else does."""
        opened = self.providers[account.provider](account, None)
        listed = tuple(one for one in opened.calendars() if one.remote.rstrip("/") == calendar.rstrip("/"))
        pending = Pending(account=account, abilities=opened.abilities, calendars=listed)
        opened.close()
        with self.database.transaction() as tx:
            Keeping(self.vault, None).keep(tx, self.person(name), pending, self.clock.now())

    def keeps_room(self, name: str, at: str, keeper: str) -> str:
        """A new room at that service, read through the keeper's account; its address."""
        address = self.world.room(at, name)
        connecting = Connecting(self.database, self.clock, self.vault, self.providers, "https://overlap.example.org")
        rooms = Rooms(connecting, self.grants.open_account)
        account = self.calendar(keeper).connection
        details = Details(name=name.title(), zone="UTC")
        made = rooms.add_address(self.person(keeper), account, address, details, None)
        assert not isinstance(made, Unfit), made
        self.people[name] = made
        return address

    def person(self, name: str) -> Person:
        with self.database.reading() as tx:
            return people.person(tx, TENANT, self.people[name])

    def calendar(self, name: str) -> Calendar:
        """Where their bookings go."""
        with self.database.reading() as tx:
            found = calendars.receiving(tx, TENANT, self.people[name])
        assert found is not None
        return found

    # What they do in chat.

    def asks(self, *names: str) -> Proposal:
        """The first of them asks for half an hour with the others, in these three days."""
        asker, *others = (self.person(one) for one in names)
        wanted = request(*names[1:], last=TUESDAY + timedelta(days=2))
        return self.proposing.propose(wanted, asker, others)

    def presses(self, *names: str) -> Meeting:
        """They ask, and press Book on the first time: it is claimed, and nothing is written yet."""
        proposal = self.asks(*names)
        assert proposal.slots, f"nothing is on offer: {proposal.basis}"
        return self.booking.book(TENANT, proposal.id, proposal.slots[0].id, self.people[names[0]])

    def books(self, *names: str) -> Meeting:
        """As `presses`, and what follows from it."""
        self.settles()
        made = self.presses(*names)
        self.settles()
        return self.now(made)

    def moves(self, meeting: Meeting, to: Interval) -> Meeting:
        """Its organiser moves it in chat."""
        self.changing.move(TENANT, meeting.id, to, meeting.organiser)
        self.settles()
        return self.now(meeting)

    def undoes(self, meeting: Meeting) -> Meeting:
        self.changing.undo(TENANT, meeting.id, meeting.organiser)
        self.settles()
        return self.now(meeting)

    def responds(self, meeting: Meeting, name: str, response: Response) -> Meeting:
        self.changing.respond(TENANT, meeting.id, self.people[name], response)
        self.settles()
        return self.now(meeting)

    # What goes on.

    def settles(self, minutes: float = 6, hops: int = MOST_ROWS) -> None:
        """So much time passes, and every row is worked on when it is due."""
        end = self.clock.now() + timedelta(minutes=minutes)
        for _ in range(hops):
            row = self._next(end)
            if row is None:
                self.clock.set(end)
                return
            self._works(row)
        raise AssertionError("it never comes to rest")

    def _next(self, end: datetime) -> Due | None:
        handled = DUE.c.kind.in_(self._tasks())
        with self.database.transaction() as tx:
            soonest = tx.execute(select(DUE.c.next_at).where(handled).order_by(DUE.c.next_at)).scalars().first()
            if soonest is None or instant(soonest) > end:
                return None
            self.clock.set(max(self.clock.now(), instant(soonest)))
            lent = due.take(tx, self.clock.now(), kinds=tuple(self._tasks()), limit=1, lease=LEASE)
        return lent[0] if lent else None

    def _works(self, row: Due) -> None:
        try:
            again, failed = self._tasks()[row.kind](row), False
        except Stale:
            again, failed = self.clock.now() + (FAILED if row.attempts else timedelta(0)), True
        except TryLater as error:
            again, failed = self.clock.now() + max(FAILED, error.after or FAILED), True
        except OverlapError:
            again, failed = self.clock.now() + FAILED, True
        with self.database.transaction() as tx:
            if again is None:
                due.done(tx, row)
            else:
                due.later(tx, row, again, failed=failed)

    def _tasks(self) -> dict[str, Callable[[Due], datetime | None]]:
        return {
            "meeting": lambda row: self.saga.drive(row.tenant, MeetingId(row.subject), self.holds),
            "calendar": lambda row: self.sync.read(row.tenant, CalendarId(row.subject)),
            "reading": self._reading,
            "proposal": lambda row: self.proposing.settle(row.tenant, ProposalId(row.subject)),
        }

    def holds(self) -> bool:
        return True

    def _reading(self, row: Due) -> datetime | None:
        person = PersonId(row.subject)
        looks = (self.following.look, self.watching.look, self.proposing.look)
        return min((at for look in looks if (at := look(row.tenant, person)) is not None), default=None)

    # What is so.

    def now(self, meeting: Meeting) -> Meeting:
        with self.database.reading() as tx:
            return meetings.meeting(tx, TENANT, meeting.id)

    def stands(self, *names: str) -> list[list[Interval]]:
        """When each one's calendar has events."""
        return [[one.when for one in self.apps[name].events()] for name in names or self.apps]

    def response(self, meeting: Meeting, name: str) -> Response:
        part = self.now(meeting).attendance(self.people[name])
        assert part is not None
        return part.response

    def open_asks(self, meeting: Meeting) -> list[Ask]:
        with self.database.reading() as tx:
            return asks.open_of_meeting(tx, TENANT, meeting.id)

    def taken(self, name: str) -> list[Interval]:
        """Which of their time the ledger has claimed."""
        whole = Interval(NOW - timedelta(days=1), NOW + timedelta(weeks=8))
        with self.database.reading() as tx:
            claims = ledger.taken(tx, TENANT, (self.people[name],), whole, self.clock.now(), besides=None)
        return [when for _, when in claims]

    def busy(self, name: str) -> list[Interval]:
        """What the mirror says of their receiving calendar."""
        with self.database.reading() as tx:
            rows = mirror.everything(tx, TENANT, self.calendar(name).id)
        return sorted(one.when for one in rows if one.blocks)

    def rings(self, name: str, kind: str = "meeting") -> int:
        """How often they are to be rung about subjects of that kind."""
        wanted = select(MESSAGES.c.rings_wanted).where(MESSAGES.c.person == self.people[name], MESSAGES.c.kind == kind)
        with self.database.reading() as tx:
            return sum(tx.execute(wanted).scalars())
