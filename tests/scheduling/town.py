"""A few people with calendars in memory, for the tests of what happens to a meeting once there is one.

town = Town(tmp_path)                       # Ana, Ben and Cem, each with one calendar that was read just now
meeting = town.meets("10:00-10:30")         # Ana's meeting with Ben: claimed, booked, on both calendars
town.service.shift(town.remote(town.ben), meeting.uid, to=span("11:00-11:30"))
town.reads(town.ben)                        # his calendar is read, so that the mirror knows
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.core.clock import SetClock
from bot.core.events import Draft, Instance, Response, Status
from bot.core.ids import CalendarId, MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.core.people import ChatIdentity, Profile
from bot.providers import memory
from bot.providers.base import Abilities, CalendarProvider, Remote
from bot.scheduling.ask import Asking
from bot.scheduling.change import Changing
from bot.scheduling.following import Following
from bot.scheduling.propose import Proposing
from bot.scheduling.saga import Saga
from bot.storage import calendars, ledger, meetings, mirror, people
from bot.storage.database import METADATA, Database
from bot.storage.due import DUE
from bot.storage.messages import MESSAGES
from tests.builders import NOW, TENANT, calendar, connection, span

WINDOW = Interval(NOW - timedelta(days=1), NOW + timedelta(weeks=4))


class Town:
    """Everything that a meeting's later life needs, over SQLite in a file and the memory provider."""

    def __init__(self, folder: Path, abilities: Abilities | None = None) -> None:
        self.abilities = abilities or Abilities()
        self.database = Database(f"sqlite:///{folder / 'town.db'}")
        METADATA.create_all(self.database.engine)
        self.clock = SetClock(NOW)
        self.service = memory.Service(self.abilities)
        self._owners: dict[CalendarId, tuple[str, Remote]] = {}
        self.ana, self.ben, self.cem = (self._moves_in(name) for name in ("ana", "ben", "cem"))
        self.proposing = Proposing(self.database, self.clock)
        self.changing = Changing(self.database, self.clock)
        self.asking = Asking(self.database, self.clock, self.proposing.times_for_move)
        self.saga = Saga(self.database, self.clock, self.open_calendar)
        self.following = Following(self.database, self.clock, self.open_calendar, self.proposing.times_for_move)

    def _moves_in(self, name: str) -> PersonId:
        email = f"{name}@example.org" if self.abilities.invites else None
        provider = "memory" if self.abilities.keeps_uid else "google"
        profile = Profile(identity=ChatIdentity(TENANT, name), name=name.capitalize(), zone="UTC", email=email)
        with self.database.transaction() as tx:
            person = people.keep(tx, profile, NOW).id
            account = replace(connection(name, provider=provider), person=person, label=f"{name}@example.org · memory")
            calendars.add_connection(tx, account, b"sealed")
        self.adds(person, name, "work")
        return person

    def adds(self, person: PersonId, name: str, called: str) -> CalendarId:
        """One more calendar of that person; the one called "work" receives bookings."""
        remote = self.service.calendar(name, called)
        made = replace(calendar(f"{name}-{called}"), person=person, remote=str(remote), window=WINDOW)
        made = replace(made, invites=self.abilities.invites, video=self.abilities.video)
        with self.database.transaction() as tx:
            calendars.add(tx, made)
        self._owners[made.id] = name, remote
        return made.id

    def lends(self, calendar_id: CalendarId, name: str, remote: Remote) -> None:
        """That calendar is read through the account of that name."""
        self._owners[calendar_id] = name, remote

    def calendar(self, person: PersonId) -> CalendarId:
        """The one in which they want bookings."""
        with self.database.reading() as tx:
            receiving = calendars.receiving(tx, TENANT, person)
        assert receiving is not None
        return receiving.id

    def remote(self, person: PersonId, called: str = "work") -> Remote:
        """How the service names that calendar of theirs."""
        name = self._owners[self.calendar(person)][0]
        return self._owners[CalendarId(f"{name}-{called}")][1]

    @contextmanager
    def open_calendar(self, _tenant: TenantId, calendar_id: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        name, remote = self._owners[calendar_id]
        with self.service.connect(self.service.account(name)) as provider:
            yield provider, remote

    def meets(self, words: str = "10:00-10:30", *others: PersonId, name: str = "meeting") -> Meeting:
        """Ana's meeting with Ben, or with those others: it stands on every calendar, as the saga leaves it."""
        everyone = (self.ana, *(others or (self.ben,)))
        made = Meeting(
            id=MeetingId(name),
            tenant=TENANT,
            uid=f"{name}@overlap",
            organiser=self.ana,
            title="Ana / Ben",
            when=span(words),
            state=MeetingState.BOOKED,
            attendances=tuple(self._attends(one) for one in everyone),
            booked_at=self.clock.now(),
        )
        for one in everyone:
            self.writes(made, one)
        with self.database.transaction() as tx:
            meetings.insert(tx, made)
            ledger.claim(
                tx,
                TENANT,
                subject=made.id,
                cause="meeting",
                people=everyone,
                when=made.when,
                state="booked",
                now=self.clock.now(),
            )
        self.clock.move(timedelta(seconds=1))
        for one in everyone:
            self.reads(one)
        return made

    def _attends(self, person: PersonId) -> Attendance:
        is_organiser = person == self.ana
        return Attendance(
            person=person,
            road=Road.ORGANISER if is_organiser else Road.OWN_COPY,
            response=Response.ACCEPTED if is_organiser else Response.NEEDS_ACTION,
            calendar=self.calendar(person),
            written=0,
            written_status=Status.CONFIRMED,
            written_at=self.clock.now(),
        )

    def writes(self, meeting: Meeting, person: PersonId, *, status: Status = Status.CONFIRMED) -> None:
        """That person's copy stands in their calendar."""
        draft = Draft(
            uid=meeting.uid,
            meeting=meeting.id,
            title=meeting.title,
            when=meeting.when,
            zone="UTC",
            sequence=meeting.sequence,
            status=status,
        )
        with self.open_calendar(TENANT, self.calendar(person)) as (provider, remote):
            provider.put(remote, draft)

    def reads(self, person: PersonId) -> None:
        """Every calendar of that person is read."""
        with self.database.reading() as tx:
            owned = calendars.of_person(tx, TENANT, person)
        for one in owned:
            with self.open_calendar(TENANT, one.id) as (provider, remote):
                reading = provider.read(remote, WINDOW, "UTC")
            with self.database.transaction() as tx:
                told = meetings.recognised(tx, TENANT, reading.instances)
                mirror.replace(tx, TENANT, one.id, told, WINDOW, self.clock.now())

    def notices(self, person: PersonId) -> datetime | None:
        """A second later their calendars are read, and what was done to our meetings there becomes true."""
        self.clock.move(timedelta(seconds=1))
        self.reads(person)
        return self.following.look(TENANT, person)

    def goes_on(self, name: str = "meeting") -> None:
        """The saga brings every calendar to where the meeting is."""
        assert self.saga.drive(TENANT, MeetingId(name), lambda: True) is None

    def meeting(self, name: str = "meeting") -> Meeting:
        """The meeting as it is kept now."""
        with self.database.reading() as tx:
            return meetings.meeting(tx, TENANT, MeetingId(name))

    def response(self, person: PersonId) -> Response:
        """What that person answered, as far as we know."""
        attendance = self.meeting().attendance(person)
        assert attendance is not None
        return attendance.response

    def stands(self, person: PersonId, called: str = "work") -> list[Instance]:
        """What stands in that calendar, as its service tells it."""
        return self.service.events(self.remote(person, called))

    def claims(self, person: PersonId) -> list[Interval]:
        """Which of their time is claimed."""
        with self.database.reading() as tx:
            taken = ledger.taken(tx, TENANT, (person,), WINDOW, self.clock.now(), besides=None)
        return [when for _, when in taken]

    def rings(self, person: PersonId, kind: str) -> int:
        """How often they are to be rung about subjects of that kind."""
        wanted = select(MESSAGES.c.rings_wanted).where(MESSAGES.c.person == person, MESSAGES.c.kind == kind)
        with self.database.reading() as tx:
            return sum(tx.execute(wanted).scalars())

    def sees(self, person: PersonId, kind: str) -> list[str]:
        """The subjects of that kind that they see."""
        seen = select(MESSAGES.c.subject).where(MESSAGES.c.person == person, MESSAGES.c.kind == kind)
        with self.database.reading() as tx:
            return list(tx.execute(seen).scalars())

    def redrawn(self, person: PersonId, kind: str) -> bool:
        """Whether a message of that kind is due to be drawn for them; asking makes it drawn."""
        theirs = select(MESSAGES.c.id).where(MESSAGES.c.person == person, MESSAGES.c.kind == kind)
        with self.database.transaction() as tx:
            ids = list(tx.execute(theirs).scalars())
            return tx.execute(DUE.delete().where(DUE.c.kind == "message", DUE.c.subject.in_(ids))).rowcount > 0

    def due(self, kind: str) -> list[str]:
        """The subjects of that kind that are due by now."""
        waiting = select(DUE.c.subject).where(DUE.c.kind == kind, DUE.c.next_at <= int(self.clock.now().timestamp()))
        with self.database.reading() as tx:
            return list(tx.execute(waiting).scalars())
