"""Somebody left the workspace: not read, not offered, told to whom it matters; their secrets are wiped a week later.

Only what the platform says for sure counts. Back within the week, all is as it was before.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.core.clock import Clock
from bot.core.errors import NotFound, Unreachable
from bot.core.events import Response
from bot.core.ids import ConnectionId, PersonId, TenantId
from bot.core.meetings import LIVE, Meeting
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.core.proposals import ProposalState
from bot.storage import calendars, due, meetings, messages, people, proposals, recordings
from bot.storage.database import Database, Tx

log = logging.getLogger(__name__)

KIND = "gone"
"""The kind of the due rows that look after somebody."""
LEFT = "left"
"""The kind of the messages to those whom it matters to; their subject is who left."""
EVERY = timedelta(days=1)
WHILE_GONE = timedelta(hours=1)
"""How often it is looked whether they are still here, and whether they are back."""
MOST = 200
"""How many people one sweep marks: the platforms count our questions."""
KEPT_FOR = timedelta(days=7)
"""How long the accounts of somebody who left are kept."""


class Roster(Protocol):
    """What is needed of a chat platform here; every `chat/surface` is one."""

    def has_left(self, identity: ChatIdentity, *, home: Any = None) -> bool:
        """Whether they are no longer of the workspace, for sure; False in doubt."""
        ...

    def profile(self, identity: ChatIdentity, *, home: Any = None) -> Profile:
        """Who that is now."""
        ...


@dataclass(frozen=True)
class Departing:
    """Looks whether people are still there, and sees them off."""

    database: Database
    clock: Clock
    surfaces: Mapping[str, Roster]
    place: Callable[[str], object]
    """Where somebody was last seen, as the surfaces know it, from how it is kept."""
    disconnect: Callable[[Person, ConnectionId], None]

    def look(self, tenant: TenantId, person_id: PersonId) -> datetime | None:
        """Ask the platform about them. Answers when their accounts are to be wiped, if they left."""
        with self.database.reading() as tx:
            person, home = people.person(tx, tenant, person_id), people.home(tx, tenant, person_id)
        surface = self.surfaces.get(person.identity.platform)
        if surface is None or person.standing in (Standing.ADDRESS, Standing.BOT, Standing.ROOM):
            return None
        where = None if home is None else self.place(home)
        if surface.has_left(person.identity, home=where):
            return self._is_gone(person)
        self._is_here(person, surface, where)
        return None

    def _is_gone(self, person: Person) -> datetime | None:
        now = self.clock.now()
        with self.database.transaction() as tx:
            people.was_looked_for(tx, person.tenant, person.id, now)
            since = people.gone_since(tx, person.tenant, person.id)
            if since is None:
                _see_off(tx, person, now)
                return now + KEPT_FOR
            if now < since + KEPT_FOR:
                return since + KEPT_FOR
            accounts = calendars.connections_of(tx, person.tenant, person.id)
        for account in accounts:
            self.disconnect(person, account.id)
        if accounts:
            log.info("the accounts of somebody who left are wiped", extra=_ids(person))
        return None

    def _is_here(self, person: Person, surface: Roster, where: object) -> None:
        now = self.clock.now()
        told: Profile | None = None
        if person.standing is Standing.DEACTIVATED:
            try:
                told = surface.profile(person.identity, home=where)
            except (NotFound, Unreachable):
                told = None
        with self.database.transaction() as tx:
            people.was_looked_for(tx, person.tenant, person.id, now)
            was_gone = people.gone_since(tx, person.tenant, person.id) is not None
            if not was_gone and person.standing is not Standing.DEACTIVATED:
                return
            people.is_back(tx, person.tenant, person.id, Standing.MEMBER if told is None else told.standing)
            for one in calendars.of_person(tx, person.tenant, person.id):
                calendars.dirty(tx, one.tenant, one.id, now)
            messages.changed(tx, person.tenant, LEFT, person.id, now)
            due.mark(tx, person.tenant, "reading", person.id, now)
        log.info("somebody who had left is back", extra=_ids(person))


def sweep(tx: Tx, now: datetime) -> None:
    """Whoever was not looked for today is due: those who have calendars here, or meetings to come."""
    for tenant, person in people.to_look_for(tx, now - EVERY, now - WHILE_GONE, MOST):
        due.mark(tx, tenant, KIND, person, now)


def _see_off(tx: Tx, person: Person, now: datetime) -> None:
    """They are gone from now on: nothing is offered with them any more, and whoever meets them is told, once."""
    people.leave(tx, person.tenant, person.id, now)
    recordings.forget_with(tx, person.tenant, person.id)
    due.mark(tx, person.tenant, "reading", person.id, now)
    for one in proposals.open_for(tx, person.tenant, person.id):
        proposals.save(tx, replace(one, state=ProposalState.EXPIRED, slots=(), reading_until=None))
        messages.changed(tx, person.tenant, "proposal", one.id, now)
        messages.changed(tx, person.tenant, "invite", one.id, now)
    theirs = [one for one in meetings.of_person(tx, person.tenant, person.id, now, LIVE) if one.organiser == person.id]
    for other in _coming(theirs, person.id):
        messages.show(tx, person.tenant, kind=LEFT, subject=person.id, person=other, now=now, ring=True)
    log.info("somebody left the workspace", extra=_ids(person))


def _coming(theirs: Iterable[Meeting], gone: PersonId) -> list[PersonId]:
    """Everybody else who comes to one of these meetings, each once."""
    parts = (part for meeting in theirs for part in meeting.attendances)
    others = (one for one in parts if one.person != gone and not one.is_room)
    coming = (one.person for one in others if one.response is not Response.DECLINED)
    return list(dict.fromkeys(coming))


def _ids(person: Person) -> dict[str, str]:
    return {"tenant": person.tenant, "person": person.id}
