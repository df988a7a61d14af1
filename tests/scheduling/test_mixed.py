"""People whose calendars are at different services meet: each has the meeting once, by the road that reaches them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.ids import CalendarId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import Meeting, Road
from bot.core.people import ChatIdentity, Profile
from bot.providers import memory
from bot.providers.base import Abilities, CalendarProvider, Remote
from bot.storage import calendars, meetings, mirror, people
from tests.builders import NOW, TENANT, calendar, connection
from tests.scheduling.booked import Trip
from tests.scheduling.town import WINDOW

SERVICES = {
    "google": Abilities(invites=True, keeps_uid=False, video="Google Meet"),
    "microsoft": Abilities(invites=True, keeps_uid=False, video="Microsoft Teams"),
    "caldav": Abilities(),
}


class Mixed(Trip):
    """Ana and Dee receive at Google, Ben at Microsoft, Cem on a CalDAV server."""

    def __init__(self, folder: Path) -> None:
        self.services = {name: memory.Service(able) for name, able in SERVICES.items()}
        self.homes = {"ana": "google", "ben": "microsoft", "cem": "caldav", "dee": "google"}
        self.held: dict[CalendarId, tuple[str, Remote]] = {}
        super().__init__(folder)
        self.dee = self._moves_in("dee")

    def _moves_in(self, name: str) -> PersonId:
        at = self.homes[name]
        email = f"{name}@example.org"
        profile = Profile(identity=ChatIdentity(TENANT, name), name=name.capitalize(), zone="UTC", email=email)
        remote = self.services[at].calendar(name, "Work")
        made = replace(calendar(f"{name}-work"), remote=str(remote), window=WINDOW)
        with self.database.transaction() as tx:
            person = people.keep(tx, profile, NOW).id
            account = replace(connection(name, provider=at), person=person, label=f"{email} · {at}")
            calendars.add_connection(tx, account, b"sealed")
            able = SERVICES[at]
            calendars.add(tx, replace(made, person=person, invites=able.invites, video=able.video))
        self.held[made.id] = name, remote
        return person

    @contextmanager
    def open_calendar(self, _tenant: TenantId, calendar_id: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        name, remote = self.held[calendar_id]
        service = self.services[self.homes[name]]
        with service.connect(service.account(name)) as provider:
            yield provider, remote

    def stand(self, name: str) -> list[Interval]:
        _, remote = self.held[CalendarId(f"{name}-work")]
        return [one.when for one in self.services[self.homes[name]].events(remote)]

    def reads(self, person: PersonId) -> None:
        calendar_id = self.calendar(person)
        with self.open_calendar(TENANT, calendar_id) as (provider, remote):
            reading = provider.read(remote, WINDOW, "UTC")
        with self.database.transaction() as tx:
            told = meetings.recognised(tx, TENANT, reading.instances)
            mirror.replace(tx, TENANT, calendar_id, told, WINDOW, self.clock.now())

    @property
    def everyone(self) -> tuple[PersonId, ...]:
        return self.ana, self.ben, self.cem, self.dee


@pytest.fixture
def mixed(tmp_path: Path) -> Mixed:
    return Mixed(tmp_path)


@pytest.fixture
def meeting(mixed: Mixed) -> Meeting:
    return mixed.settles(mixed.books(mixed.ben, mixed.cem, mixed.dee).id)


def settles_down(mixed: Mixed, meeting: Meeting) -> Meeting:
    """Everybody's calendars are read, and nothing is made of what stands there."""
    for _ in range(2):
        mixed.clock.move(timedelta(seconds=1))
        for person in mixed.everyone:
            mixed.reads(person)
            assert mixed.following.look(TENANT, person) is None
    return mixed.settles(meeting.id)


def test_each_has_it_once_by_their_own_road(mixed: Mixed, meeting: Meeting) -> None:
    roads = [one.road for one in meeting.attendances]
    assert roads == [Road.ORGANISER, Road.OWN_COPY, Road.OWN_COPY, Road.ATTENDEE]
    assert [mixed.stand(name) for name in mixed.homes] == [[meeting.when]] * 4


def test_nothing_is_made_of_our_own_copies(mixed: Mixed, meeting: Meeting) -> None:
    after = settles_down(mixed, meeting)
    assert [one.response for one in after.attendances] == [one.response for one in meeting.attendances]
    assert (after.when, after.sequence) == (meeting.when, meeting.sequence)
    assert all(mixed.sees(person, kind) == [] for person in mixed.everyone for kind in ("ask", "conflict"))


def test_a_move_reaches_all_of_them_with_one_sequence_more(mixed: Mixed, meeting: Meeting) -> None:
    settles_down(mixed, meeting)
    later = Interval(meeting.when.start + timedelta(days=1), meeting.when.end + timedelta(days=1))
    mixed.changing.move(TENANT, meeting.id, later, mixed.ana)
    moved = settles_down(mixed, meeting)
    assert (moved.when, moved.sequence) == (later, meeting.sequence + 1)
    assert [mixed.stand(name) for name in mixed.homes] == [[later]] * 4


def test_the_link_of_the_organisers_service_is_everybodys(mixed: Mixed) -> None:
    mixed.services["google"].makes_links = False
    booking = mixed.books(mixed.ben, mixed.cem)
    for _ in range(8):
        again = mixed.drives(booking.id)
        assert again is not None
        mixed.clock.set(again)
    mixed.services["google"].make_links()
    linked = mixed.settles(booking.id)
    assert linked.link == f"https://video.example.org/{linked.uid}"
    assert [one.written_status is not None for one in linked.attendances] == [True] * 3
    assert [len(mixed.stand(name)) for name in ("ana", "ben", "cem")] == [1, 1, 1]


def test_taking_it_back_leaves_nothing_anywhere(mixed: Mixed, meeting: Meeting) -> None:
    mixed.changing.undo(TENANT, meeting.id, mixed.ana)
    mixed.settles(meeting.id)
    assert [mixed.stand(name) for name in mixed.homes] == [[]] * 4
