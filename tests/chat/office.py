"""A workspace in memory with real scheduling behind it: people type and press, due rows are done, all is quiet.

office = Office(tmp_path)
ana = office.joins("ana", zone="Europe/Berlin", calendars=("Work", "Private"))
office.types("ana", "@alex 30m next week")
office.whisper("ana").card                       # what she alone sees
office.presses("ana", office.whisper("ana"), "Book Tue 16:00")
office.dm("alex").card                           # the newest message in his DM
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.chat.call import InCall
from bot.chat.cards import Card
from bot.chat.codec import decode_home
from bot.chat.conversations.ask import AskTalk
from bot.chat.conversations.conflict import ConflictTalk
from bot.chat.conversations.connect import ConnectTalk
from bot.chat.conversations.connection import ConnectionTalk
from bot.chat.conversations.doubt import DoubtTalk
from bot.chat.conversations.help import HelpTalk
from bot.chat.conversations.invite import InviteTalk
from bot.chat.conversations.left import LeftTalk
from bot.chat.conversations.meeting import MeetingTalk
from bot.chat.conversations.parting import PartTalk
from bot.chat.conversations.proposal import ProposalTalk
from bot.chat.conversations.rival import RivalTalk
from bot.chat.conversations.rooms import RoomTalk
from bot.chat.conversations.settings import SettingsTalk
from bot.chat.conversations.status import StatusTalk
from bot.chat.conversations.why import WhyTalk
from bot.chat.inbox import Inbox
from bot.chat.messages import Messages
from bot.chat.places import Places
from bot.chat.router import Router
from bot.chat.tray import Tray
from bot.conflicts.rivals import Rivals
from bot.conflicts.watch import Watching
from bot.core.calendars import Calendar, Connection
from bot.core.clock import SetClock
from bot.core.errors import OverlapError, TryLater
from bot.core.ids import AskId, CalendarId, ConnectionId, MeetingId, PersonId, ProposalId, TenantId
from bot.core.intervals import Interval
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.handlers.memory.door import MemoryDoor
from bot.handlers.memory.surface import MemorySurface, Message
from bot.people.connect import Connecting
from bot.people.gone import Departing
from bot.people.preferences import Preferring
from bot.people.rooms import Rooms
from bot.people.who import Who
from bot.providers import memory
from bot.providers.base import CalendarProvider, Remote
from bot.scheduling.ask import Asking
from bot.scheduling.book import Booking
from bot.scheduling.change import Changing
from bot.scheduling.explaining import Explaining
from bot.scheduling.following import Following
from bot.scheduling.inviting import Inviting
from bot.scheduling.propose import Proposing
from bot.scheduling.saga import Saga
from bot.storage import calendars, due, mirror, people, progress
from bot.storage.database import METADATA, Database
from bot.storage.due import Due
from bot.storage.vault import KeyRing, Vault
from bot.sync.engine import Sync
from tests.builders import TENANT

NOW = datetime.fromisoformat("2026-11-26T08:00:00+00:00")
"""A Thursday: "next week" is 30 November to 6 December."""
CADENCE = timedelta(minutes=10)
KINDS = ("incoming", "calendar", "reading", "proposal", "meeting", "ask", "gone", "message")
MOST_ROUNDS = 300


class Office:
    """Everything that a conversation needs, over SQLite in a file, the memory provider and the memory chat."""

    def __init__(self, folder: Path, *, whispers: bool = True, tenant: TenantId = TENANT) -> None:
        self.tenant = tenant
        self.database = Database(f"sqlite:///{folder / 'office.db'}")
        METADATA.create_all(self.database.engine)
        self.clock = SetClock(NOW)
        self.service = memory.Service()
        self.surface = MemorySurface(self.clock, is_private_reply_possible=whispers)
        self.vault = Vault(KeyRing({"test": b"k" * 32}))
        self._remotes: dict[CalendarId, tuple[str, Remote]] = {}
        surfaces = {tenant.partition(":")[0]: self.surface}
        self.who = Who(self.database, self.clock, surfaces)
        self.proposing = Proposing(self.database, self.clock)
        times = self.proposing.times_for_move
        self.changing = Changing(self.database, self.clock)
        self.asking = Asking(self.database, self.clock, times)
        self.watching = Watching(self.database, self.clock, times)
        self.rivals = Rivals(self.database, self.clock)
        self.saga = Saga(self.database, self.clock, self.open_calendar)
        self.following = Following(self.database, self.clock, self.open_calendar, times)
        connecting = Connecting(
            self.database, self.clock, self.vault, {"caldav": self.service.connect}, "https://overlap.example.com"
        )
        self.connecting = connecting
        self.departing = Departing(self.database, self.clock, surfaces, decode_home, connecting.disconnect)
        self.rooms = Rooms(connecting, self.open_account)
        booking = Booking(self.database, self.clock)
        inviting = Inviting(self.database, self.clock)
        self.router = Router(
            clock=self.clock,
            help=HelpTalk(self.database),
            status=StatusTalk(self.database, self.clock),
            connect=ConnectTalk(connecting),
            parting=PartTalk(connecting),
            connection=ConnectionTalk(self.database, self.clock),
            rooms=RoomTalk(self.rooms),
            settings=SettingsTalk(Preferring(connecting)),
            doubt=DoubtTalk(self.database, self.clock),
            left=LeftTalk(self.database, self.clock),
            proposal=ProposalTalk(self.database, self.clock, self.who, self.proposing, booking, inviting),
            invite=InviteTalk(self.database, inviting),
            meeting=MeetingTalk(self.database, self.clock, self.changing, self.asking, self.proposing),
            ask=AskTalk(self.database, self.clock, self.asking),
            conflict=ConflictTalk(self.database, self.clock, self.changing, self.asking, self.watching, self.own_title),
            rival=RivalTalk(self.database, self.clock, self.rivals, self.changing),
            why=WhyTalk(self.database, self.clock, Explaining(self.database, self.clock)),
        )
        self.messages = Messages(self.database, self.clock, self.vault, surfaces, self.router.views)
        tray = Tray(self.database, self.clock, self.vault)
        places = Places(self.database, self.clock, self.vault, surfaces)
        self.inbox = Inbox(self.database, self.clock, tray, places, surfaces, self.who, self.router)
        self.call = InCall(self.database, self.clock, tray, places, self.who, self.router)
        self.door = MemoryDoor(tenant, self.surface, tray.keep)

    def joins(
        self,
        user: str,
        *,
        zone: str = "Europe/Berlin",
        name: str | None = None,
        standing: Standing = Standing.MEMBER,
        calendars: tuple[str, ...] = ("Work",),
        is_admin: bool = False,
    ) -> Person:
        """They are in the workspace, with an account of these calendars that was read just now, or with none."""
        identity = ChatIdentity(self.tenant, user)
        told = Profile(
            identity=identity,
            name=name or user.capitalize(),
            zone=zone,
            standing=standing,
            email=f"{user}@example.com",
            handle=user,
            is_admin=is_admin,
        )
        self.surface.join(told)
        with self.database.transaction() as tx:
            person = people.keep(tx, told, self.clock.now())
        if calendars:
            self.connects(person, *calendars)
        return person

    def connects(self, person: Person, *names: str) -> None:
        """They have an account of these calendars, of which the first receives bookings."""
        user = person.identity.user
        account = Connection(
            id=ConnectionId(f"{user}-account"),
            tenant=self.tenant,
            person=person.id,
            provider="caldav",
            label=f"{user} · dav.example.com",
            connected_at=self.clock.now(),
            sees_colleagues=self.service.abilities.sees_colleagues,
        )
        with self.database.transaction() as tx:
            calendars.add_connection(tx, account, b"sealed")
            for place, name in enumerate(names):
                calendars.add(tx, self._calendar(account, name, receives=place == 0))
        self.reads(user)

    def _calendar(self, account: Connection, name: str, *, receives: bool) -> Calendar:
        user = account.id.removesuffix("-account")
        made = CalendarId(f"{user}-{name}".lower())
        remote = self.service.calendar(user, name)
        self._remotes[made] = user, remote
        return Calendar(
            id=made,
            tenant=self.tenant,
            connection=account.id,
            person=account.person,
            remote=str(remote),
            name=name,
            zone=None,
            counts=True,
            receives=receives,
            is_writable=True,
            invites=False,
            is_static=False,
            cadence=CADENCE,
        )

    def reads(self, user: str) -> None:
        """Their calendars are read now, and looked at."""
        person = self.person(user)
        now = self.clock.now()
        window = Interval(NOW - timedelta(days=1), NOW + timedelta(weeks=8))
        with self.database.reading() as tx:
            theirs = calendars.of_person(tx, self.tenant, person.id)
        for one in theirs:
            with self.open_calendar(self.tenant, one.id) as (provider, remote):
                reading = provider.read(remote, window, person.zone)
            with self.database.transaction() as tx:
                mirror.replace(tx, self.tenant, one.id, reading.instances, window, now)
                progress.was_read(tx, self.tenant, one.id, window, now)
                progress.clean(tx, self.tenant, one.id, progress.of(tx, self.tenant, one.id).dirty_marks)
        with self.database.transaction() as tx:
            due.mark(tx, self.tenant, "reading", person.id, now)

    @contextmanager
    def open_calendar(self, _tenant: TenantId, calendar: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        user, remote = self._remotes.get(calendar) or self._seen(calendar)
        with self.service.connect(self.service.account(user)) as provider:
            yield provider, remote

    @contextmanager
    def open_account(self, _tenant: TenantId, account: ConnectionId) -> Iterator[CalendarProvider]:
        with self.service.connect(self.service.account(account.removesuffix("-account"))) as provider:
            yield provider

    def _seen(self, calendar: CalendarId) -> tuple[str, Remote]:
        """What somebody's account sees of a colleague."""
        with self.database.reading() as tx:
            held = calendars.calendar(tx, self.tenant, calendar)
        return held.connection.removesuffix("-account"), Remote(held.remote)

    def remote(self, user: str, name: str = "Work") -> Remote:
        return self._remotes[CalendarId(f"{user}-{name}".lower())][1]

    def own_title(self, tenant: TenantId, calendar: CalendarId, uid: str, starts: datetime) -> str | None:
        try:
            with self.open_calendar(tenant, calendar) as (provider, remote):
                return provider.title(remote, uid, starts)
        except OverlapError:
            return None

    def person(self, user: str) -> Person:
        with self.database.reading() as tx:
            found = people.by_identity(tx, ChatIdentity(self.tenant, user))
        assert found is not None
        return found

    def types(self, user: str, text: str, *, in_dm: bool = False, beside: str = "") -> None:
        self.door.type(user, text, in_dm=in_dm, beside=beside)
        self.works()

    def presses(self, user: str, message: Message, label: str) -> None:
        self.door.press(user, message, label)
        self.works()

    def opens(self, user: str) -> None:
        self.door.opens(user)
        self.works()

    def passes(self, by: timedelta) -> None:
        """Time passes, and what comes due is done."""
        self.clock.move(by)
        self.works()

    def whisper(self, user: str) -> Message:
        """What they alone saw last."""
        return self.surface.whispers(user)[-1]

    def dm(self, user: str) -> Message:
        """The newest message in their DM."""
        return self.surface.seen(user)[-1]

    def says(self, user: str) -> list[str]:
        """Their DM, oldest first, as a screen reader says it."""
        return [one.card.summary for one in self.surface.seen(user)]

    def works(self, *, but: str = "") -> None:
        """Work off what is due until nothing is, of every kind `but` one."""
        kinds = [one for one in KINDS if one != but]
        for _ in range(MOST_ROUNDS):
            with self.database.transaction() as tx:
                lent = due.take(tx, self.clock.now(), kinds=kinds, limit=1, lease=timedelta(minutes=1))
            if not lent:
                return
            self._work(lent[0])
        raise AssertionError("it never becomes quiet")

    def _work(self, row: Due) -> None:
        try:
            again = self._do(row)
        except TryLater as error:
            again = self.clock.now() + (error.after or timedelta(seconds=1))
        with self.database.transaction() as tx:
            if again is None:
                due.done(tx, row)
            else:
                due.later(tx, row, again, failed=False)

    def _do(self, row: Due) -> datetime | None:
        match row.kind:
            case "incoming":
                self.inbox.answer(row.tenant, row.subject)
            case "message":
                return self.messages.draw(row.tenant, row.subject, is_again=row.fence > 1)
            case "meeting":
                return self.saga.drive(row.tenant, MeetingId(row.subject), lambda: True)
            case "proposal":
                return self.proposing.settle(row.tenant, ProposalId(row.subject))
            case "ask":
                return self.asking.expire(row.tenant, AskId(row.subject))
            case "gone":
                return self.departing.look(row.tenant, PersonId(row.subject))
            case "reading":
                person = PersonId(row.subject)
                followed = self.following.look(row.tenant, person)
                self.rivals.look(row.tenant, person)
                looks = (followed, self.watching.look(row.tenant, person))
                self.proposing.look(row.tenant, person)
                return min((one for one in looks if one is not None), default=None)
            case "calendar":
                return self._read(row)
        return None

    def _read(self, row: Due) -> datetime | None:
        with self.database.reading() as tx:
            calendar = calendars.calendar(tx, row.tenant, CalendarId(row.subject))
            owner = people.person(tx, row.tenant, calendar.person)
        if calendar.seen_by is not None:
            return Sync(self.database, self.clock, self.vault, self.open_calendar).read(row.tenant, calendar.id)
        self.reads(owner.identity.user)
        return None


def labels(card: Card) -> list[str]:
    return [one.label for one in card.buttons]
