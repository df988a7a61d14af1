"""A press is answered within the call, where a platform wants it so: from rows alone, as somebody waits for it.

Teams forgets such an answer when the chat is opened anew. So what lasts is drawn into the message too, a moment later.
"""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.chat.answers import Answer, Says, Shows
from bot.chat.cards import Card, Say, plain_card
from bot.chat.messages import shrunk
from bot.chat.places import Places, posted_at, pressed_subject
from bot.chat.router import Router
from bot.chat.surface import Delivery, Incoming
from bot.chat.tray import Tray
from bot.core.clock import Clock
from bot.core.errors import NotFound, OverlapError, TryLater
from bot.core.ids import TenantId
from bot.core.people import Person
from bot.core.text import Strong, say
from bot.people.who import Who
from bot.storage import due, inbox, messages
from bot.storage.database import Database

log = logging.getLogger(__name__)

AFTER = timedelta(seconds=2)
"""How long after the call a message is edited: at once, and Teams would lay the answer over it."""

DONE_ALREADY = "That was done already: the newest message tells how it stands."


@dataclass(frozen=True)
class InCall:
    """Does what a button means, and answers with the card that takes the place of the pressed one."""

    database: Database
    clock: Clock
    tray: Tray
    places: Places
    who: Who
    router: Router

    def answer(self, delivery: Delivery) -> Card:
        """The card; the same delivery again does nothing and sees how things stand."""
        incoming_id = self.tray.keep(delivery, is_due=False)
        incoming = delivery.incoming
        person = self.places.welcome(self.who.told(incoming.by, delivery.profile), incoming.place)
        if incoming_id is None:
            return self._in_place(person, incoming)
        is_due = False
        try:
            card, is_due = self._answered(person, incoming)
        finally:
            self._settle(person.tenant, incoming_id, is_due=is_due)
        return card

    def _answered(self, person: Person, incoming: Incoming) -> tuple[Card, bool]:
        """The card, and whether a worker is to do the same once more, which changes nothing, so that it lasts."""
        try:
            answer = self.router.route(person, incoming)
        except TryLater:
            raise
        except OverlapError as error:
            log.info("answered with what went wrong", extra={"code": error.code})
            return self._beside(person, incoming, error), False
        return self._taken_in_place(person, incoming, answer), isinstance(answer, Says) and answer.replaces

    def _settle(self, tenant: TenantId, incoming_id: str, *, is_due: bool) -> None:
        now = self.clock.now()
        with self.database.transaction() as tx:
            if is_due:
                due.mark(tx, tenant, inbox.KIND, incoming_id, now + AFTER)
            else:
                inbox.answered(tx, tenant, incoming_id, now)

    def _taken_in_place(self, person: Person, incoming: Incoming, answer: Answer) -> Card:
        match answer:
            case Says(card=card):
                return card
            case Shows(kind=kind, subject=subject) as shows:
                with self.database.transaction() as tx:
                    self.places.show(tx, person, incoming, shows)
                    if pressed_subject(incoming) == shows:
                        row_id = messages.id_of(kind, subject, person.id)
                        due.postpone(tx, person.tenant, messages.KIND, row_id, self.clock.now() + AFTER)
        return self._in_place(person, incoming)

    def _in_place(self, person: Person, incoming: Incoming) -> Card:
        """The pressed message as it is to read now."""
        return self._pressed_view(person, incoming) or plain_card(say(DONE_ALREADY))

    def _beside(self, person: Person, incoming: Incoming, error: OverlapError) -> Card:
        """What went wrong, above the message as it is to read now."""
        view = self._pressed_view(person, incoming)
        if view is None:
            return self.router.explained(error).card
        return replace(view, summary=f"{error} {view.summary}", blocks=(Say(say(Strong(str(error)))), *view.blocks))

    def _pressed_view(self, person: Person, incoming: Incoming) -> Card | None:
        """An older message of several keeps its line alone."""
        pressed = pressed_subject(incoming)
        view = None if pressed is None else self.router.views_in_call.get(pressed.kind)
        if pressed is None or view is None:
            return None
        try:
            card = view(person.tenant, pressed.subject, person)
        except NotFound:
            return None
        with self.database.reading() as tx:
            row = messages.shown(tx, person.tenant, messages.id_of(pressed.kind, pressed.subject, person.id))
        is_older = row is not None and row.posted not in (None, posted_at(incoming.place, incoming.place.message or ""))
        return shrunk(card) if card is not None and is_older else card
