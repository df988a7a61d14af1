"""What was kept is answered by a worker: there, where it was typed or pressed, or in the app's DM."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat import codec
from bot.chat.answers import Answer, Says, Shows
from bot.chat.cards import Card
from bot.chat.places import Places
from bot.chat.router import Router
from bot.chat.surface import Incoming, Place, Pressed, Ref, Surface, Typed
from bot.chat.tray import Tray
from bot.core.clock import Clock
from bot.core.errors import NotFound, OverlapError, TryLater, Unreachable
from bot.core.ids import TenantId
from bot.core.people import Person
from bot.people.who import Who
from bot.storage import inbox, people
from bot.storage.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inbox:
    """Answers what was kept."""

    database: Database
    clock: Clock
    tray: Tray
    places: Places
    surfaces: Mapping[str, Surface]
    who: Who
    router: Router

    def answer(self, tenant: TenantId, incoming_id: str) -> None:
        """Do what was asked, and answer there or in the app's DM. `TryLater` and faults go to the caller."""
        with self.database.reading() as tx:
            if inbox.was_answered(tx, tenant, incoming_id):
                return
        delivery = self.tray.opened(tenant, incoming_id)
        incoming = self.places.in_our_dm(delivery.incoming)
        try:
            person = self.who.person(incoming.by, delivery.profile, incoming.place)
        except NotFound:
            log.warning("somebody whom the platform does not know", extra={"incoming": incoming_id})
            self._close(tenant, incoming_id)
            return
        self._answer(self.places.welcome(person, incoming.place), incoming, incoming_id)

    def give_up(self, tenant: TenantId, incoming_id: str) -> None:
        """It failed too often: say so, with a reference that stands in the log, and leave it."""
        incoming = self.places.in_our_dm(self.tray.opened(tenant, incoming_id).incoming)
        log.error("an incoming thing could not be answered", extra={"incoming": incoming_id})
        with self.database.reading() as tx:
            person = people.by_identity(tx, incoming.by)
        if person is not None:
            self._say(person, incoming, self.router.broken(incoming_id[:8]), incoming_id)
        self._close(tenant, incoming_id)

    def _answer(self, person: Person, incoming: Incoming, incoming_id: str) -> None:
        self.places.follow(person, incoming)
        answer = self._routed(person, incoming)
        if isinstance(answer, Says):
            self._say(person, incoming, answer, incoming_id)
        with self.database.transaction() as tx:
            if isinstance(answer, Shows):
                self.places.show(tx, person, incoming, answer)
            inbox.answered(tx, person.tenant, incoming_id, self.clock.now())

    def _routed(self, person: Person, incoming: Incoming) -> Answer:
        try:
            return self.router.route(person, incoming)
        except TryLater:
            raise
        except OverlapError as error:
            log.info("answered with what went wrong", extra={"code": error.code})
            return self.router.explained(error)

    def _close(self, tenant: TenantId, incoming_id: str) -> None:
        with self.database.transaction() as tx:
            inbox.answered(tx, tenant, incoming_id, self.clock.now())

    def _say(self, person: Person, incoming: Incoming, says: Says, key: str) -> None:
        """Said once: whispered where that can be, else in the app's DM, where it takes the pressed message's place."""
        place = incoming.place
        if says.replaces and place.message is not None and self._replace(person, place, place.message, says.card):
            return
        lasts = isinstance(incoming, Typed) and place.is_private and says.lasting is None
        if self.places.can_whisper(place) and not lasts:
            try:
                is_over_a_whisper = says.replaces and isinstance(incoming, Pressed) and place.message is None
                self.surfaces[person.identity.platform].whisper(place, says.card, replace=is_over_a_whisper)
            except Unreachable:
                log.info("a reply handle was closed", extra={"incoming": key})
            else:
                return
        self._say_in_dm(person, says, key)

    def _replace(self, person: Person, place: Place, message: str, card: Card) -> bool:
        """Whether the pressed message, which lasts, could be made to say this."""
        ref = Ref(channel=place.channel, message=message, service=place.service)
        try:
            self.surfaces[person.identity.platform].edit(ref, card)
        except Unreachable:
            return False
        return True

    def _say_in_dm(self, person: Person, says: Says, key: str) -> None:
        with self.database.reading() as tx:
            home = people.home(tx, person.tenant, person.id)
        try:
            self.surfaces[person.identity.platform].post(
                person, says.lasting or says.card, home=codec.decode_home(home) if home else None, key=key
            )
        except Unreachable:
            log.info("an answer could not be delivered anywhere", extra={"incoming": key})
