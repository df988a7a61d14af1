"""Stages for services that know other people: they invite, show free/busy, make video links, and ring."""

from datetime import timedelta
from typing import Protocol

from bot.core.events import Response
from bot.core.intervals import Interval
from bot.providers import memory
from bot.providers.base import Abilities
from tests.contracts.calendar_stages import InMemory, Stage

KNOWING = Abilities(
    invites=True,
    keeps_uid=False,
    video="Twin Meet",
    sees_colleagues=True,
    quiet_cadence=timedelta(minutes=30),
)


class ServiceStage(Stage, Protocol):
    """The world behind one account at a service where other people are too."""

    def colleague(self, name: str, busy: Interval | None = None) -> str:
        """The address of somebody who shows when they are busy."""
        ...

    def answers(self, address: str, uid: str, response: Response) -> None:
        """That colleague answers an invitation of ours, in their own calendar."""
        ...

    def room(self, name: str) -> str:
        """The address of a room that is free, and accepts."""
        ...

    def let_links_wait(self) -> None:
        """From now on video links come later."""
        ...

    def let_links_arrive(self) -> None: ...


class KnowingMemory(InMemory):
    """The twin, as it stands for such a service."""

    def __init__(self, window: Interval) -> None:
        super().__init__(window)
        self._service = memory.Service(KNOWING)

    def colleague(self, name: str, busy: Interval | None = None) -> str:
        theirs = self._service.calendar(name, "Own")
        address = f"{name}@example.org"
        self._service.shows[address] = name
        if busy is not None:
            self._service.place(theirs, uid="theirs", when=busy)
        return address

    def answers(self, address: str, uid: str, response: Response) -> None:
        name = address.partition("@")[0]
        theirs = self._service.connect(self._service.account(name)).calendars()[0].remote
        self._service.respond(theirs, self._service.shown_as(uid) or uid, response)

    def room(self, name: str) -> str:
        address = f"{name}@example.org"
        self._service.halls[address] = Response.ACCEPTED
        return address

    def let_links_wait(self) -> None:
        self._service.makes_links = False

    def let_links_arrive(self) -> None:
        self._service.make_links()
