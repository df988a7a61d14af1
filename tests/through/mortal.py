"""A house whose process may die at every call outside and at every save, and which then starts again.

What was under way is then done once, and nobody was told what was not so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.core.calendars import Access
from bot.core.ids import CalendarId, TenantId
from bot.core.meetings import Meeting, MeetingState
from bot.providers.base import CalendarProvider, Remote
from bot.storage.database import Database, Tx
from tests.scheduling.booked import Died, Fragile, Points
from tests.through.house import House
from tests.through.services import World
from tests.through.test_meetings import later

SERVICES = ("google", "microsoft", "caldav")
CASTS = ("strangers", "guest", "room", "consent")
FLOWS = ("book", "move", "undo")


class MortalDatabase(Database):
    """Dies before a save, or right after it."""

    points: Points | None = None

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        self._passing("save")
        with super().transaction() as tx:
            yield tx
        self._passing("saved")

    def _passing(self, what: str) -> None:
        if self.points is not None:
            self.points.passing(what)


class Mortal(House):
    """The house, and everybody of one cast in it."""

    def __init__(self, folder: Path, world: World) -> None:
        self.points = Points()
        self.deaths = 0
        super().__init__(folder, world, MortalDatabase)

    @contextmanager
    def opening(self, tenant: TenantId, calendar: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        with super().opening(tenant, calendar) as (provider, remote):
            yield Fragile(provider, self.points), remote

    def moves_all_in(self, cast: str, at: str) -> tuple[str, ...]:
        """Ana, who organises, receives there; the names of all who are asked for, hers first."""
        others = [one for one in SERVICES if one != at]
        self.moves_in("ana", at, Access.FREEBUSY if cast == "consent" else Access.FULL)
        if cast in ("strangers", "consent"):
            self.moves_in("ben", others[0])
        elif cast == "guest":
            self.moves_in("ben", at)
        self.moves_in("cem", others[1])
        if cast == "room":
            self.keeps_room("hall", at, keeper="ana")
        self.settles(minutes=1)
        return tuple(self.people)

    def dies_at(self, point: int, act: Callable[[], object], seen: Callable[[], None]) -> None:
        """It dies there in what `act` sets off, if that goes on for so long, and goes on after a new start."""
        assert isinstance(self.database, MortalDatabase)
        self.points.passed, self.points.fatal, self.database.points = 0, point, self.points
        try:
            act()
        except Died:
            self.deaths += 1
            self.points.fatal = self.database.points = None
            seen()
            self.wakes()
            act()
        self.points.fatal = self.database.points = None


class Life:
    """A meeting of one cast, from the press to its end."""

    def __init__(self, house: Mortal, cast: str, at: str) -> None:
        self.house, self.cast, self.at = house, cast, at
        self.names = house.moves_all_in(cast, at)
        self.meeting: Meeting | None = None

    def lives(self, flow: str, point: int) -> None:
        """It dies in that part of the story; the others go well."""
        house = self.house
        made = self.meeting = house.presses(*self.names)
        self._goes(flow == "book", point, self._booked)
        self._holds(made.when, rings=1)
        to = later(made.when)
        house.changing.move(made.tenant, made.id, to, made.organiser)
        self._goes(flow == "move", point, lambda: house.settles(minutes=2))
        self._holds(to, rings=2)
        house.changing.undo(made.tenant, made.id, made.organiser)
        self._goes(flow == "undo", point, lambda: house.settles(minutes=3))
        house.settles(minutes=3)
        assert house.now(made).state is MeetingState.UNDONE
        assert house.stands() == [[] for _ in house.apps]
        assert [house.taken(name) for name in self.names] == [[] for _ in self.names]

    def _goes(self, is_fatal: bool, point: int, act: Callable[[], None]) -> None:
        if is_fatal:
            self.house.dies_at(point, act, self._told_no_lie)
        else:
            act()

    def _booked(self) -> None:
        self.house.settles(minutes=2)
        if self.cast == "consent" and self.at != "caldav":
            ana = self.house.apps["ana"]
            self.house.connects("ana", self.house.world.signs_in(ana), ana.calendar)
            self.house.settles(minutes=2)

    def _told_no_lie(self) -> None:
        """Whoever was told of it finds it in the organiser's calendar."""
        assert self.meeting is not None
        after = self.house.now(self.meeting)
        told = max(self.house.rings(name) for name in self.house.apps if name != "ana")
        if told and after.state in (MeetingState.BOOKED, MeetingState.MOVING):
            assert len(self.house.stands("ana")[0]) == 1
        if after.state is MeetingState.BOOKED:
            assert self.house.stands("ana") == [[after.when]]

    def _holds(self, when: object, rings: int) -> None:
        house, meeting = self.house, self.meeting
        assert meeting is not None
        house.settles(minutes=3)
        after = house.now(meeting)
        assert (after.state, after.when) == (MeetingState.BOOKED, when), after.reason
        assert house.stands() == [[when] for _ in house.apps]
        assert [house.taken(name) for name in self.names] == [[when] for _ in self.names]
        others = [name for name in house.apps if name != "ana"]
        assert [house.rings(name) for name in others] == [rings for _ in others]
        assert [house.rings(name, kind) for name in house.apps for kind in ("conflict", "ask")] == [0, 0] * len(
            house.apps
        )


LIVES = [(cast, at) for cast in CASTS for at in (SERVICES if cast == "strangers" else SERVICES[:2])]


def story(folder: Path, world: World, cast: str, at: str, flow: str, point: int) -> bool:
    """One life, in which the process dies at that point of that part; whether there was such a point."""
    house = Mortal(folder, world)
    try:
        Life(house, cast, at).lives(flow, point)
    except BaseException as error:
        error.add_note(f"{cast} at {at}, died at point {point} of {flow}, after: {house.points.log[-12:]}")
        raise
    finally:
        house.closes()
        world.mend()
    return house.deaths > 0
