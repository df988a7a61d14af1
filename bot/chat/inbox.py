"""What came in is answered: by a worker, or within the call where a platform wants it so."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat import codec
from bot.chat.answers import Answer, Says, Shows
from bot.chat.cards import Card, plain_card
from bot.chat.messages import Messages, digest
from bot.chat.router import Router
from bot.chat.surface import REPLY_LIFE, REPLY_USES, Delivery, Incoming, Place, Pressed, Ref, Surface, Typed
from bot.chat.tray import Tray
from bot.core.clock import Clock
from bot.core.errors import NotFound, OverlapError, TryLater, Unreachable
from bot.core.ids import TenantId
from bot.core.people import Person
from bot.core.text import say
from bot.people.who import Who
from bot.storage import inbox, messages, people
from bot.storage.database import Database, Tx
from bot.storage.messages import Handle, Posted
from bot.storage.vault import Vault

log = logging.getLogger(__name__)

DONE_ALREADY = "That was done already: the newest message tells how it stands."


@dataclass(frozen=True)
class Inbox:
    """Answers what was kept."""

    database: Database
    clock: Clock
    vault: Vault
    tray: Tray
    surfaces: Mapping[str, Surface]
    who: Who
    router: Router
    messages: Messages

    def answer(self, tenant: TenantId, incoming_id: str) -> None:
        """Do what was asked, and answer there or in the app's DM. `TryLater` and faults go to the caller."""
        with self.database.reading() as tx:
            if inbox.was_answered(tx, tenant, incoming_id):
                return
        delivery = self.tray.opened(tenant, incoming_id)
        try:
            person = self._known(delivery)
        except NotFound:
            log.warning("somebody whom the platform does not know", extra={"incoming": incoming_id})
            self._close(tenant, incoming_id)
            return
        self._answer(person, delivery.incoming, incoming_id)

    def give_up(self, tenant: TenantId, incoming_id: str) -> None:
        """It failed too often: say so, with a reference that stands in the log, and leave it."""
        incoming = self.tray.opened(tenant, incoming_id).incoming
        log.error("an incoming thing could not be answered", extra={"incoming": incoming_id})
        with self.database.reading() as tx:
            person = people.by_identity(tx, incoming.by)
        if person is not None:
            self._say(person, incoming, self.router.broken(incoming_id[:8]), incoming_id)
        self._close(tenant, incoming_id)

    def answer_now(self, delivery: Delivery) -> Card:
        """The card that takes the place of the pressed one, for a platform that wants it in the call."""
        incoming_id = self.tray.keep(delivery, is_due=False)
        person = self._known(delivery)
        incoming = delivery.incoming
        if incoming_id is None:
            return self._pressed_view(person, incoming) or plain_card(say(DONE_ALREADY))
        answer = self._routed(person, incoming)
        card = self._taken_in_place(person, incoming, answer, incoming_id)
        self._close(person.tenant, incoming_id)
        return card

    def _close(self, tenant: TenantId, incoming_id: str) -> None:
        with self.database.transaction() as tx:
            inbox.answered(tx, tenant, incoming_id, self.clock.now())

    def _known(self, delivery: Delivery) -> Person:
        """Who that is; where our own conversation with them lives is kept, so that it can be spoken in later."""
        place = delivery.incoming.place
        person = self.who.person(delivery.incoming.by, delivery.profile, place)
        home = codec.encode_home(place) if place.is_private else None
        with self.database.reading() as tx:
            moved = home if home is not None and people.home(tx, person.tenant, person.id) != home else None
            was_refused = messages.was_refused(tx, person.tenant, person.id)
        if moved is not None or was_refused:
            with self.database.transaction() as tx:
                if moved is not None:
                    people.set_home(tx, person.tenant, person.id, moved)
                messages.welcome(tx, person.tenant, person.id, self.clock.now())
        return person

    def _answer(self, person: Person, incoming: Incoming, incoming_id: str) -> None:
        self._follow(person, incoming)
        answer = self._routed(person, incoming)
        if isinstance(answer, Says):
            self._say(person, incoming, answer, incoming_id)
        with self.database.transaction() as tx:
            if isinstance(answer, Shows):
                self._show(tx, person, incoming, answer)
            inbox.answered(tx, person.tenant, incoming_id, self.clock.now())

    def _routed(self, person: Person, incoming: Incoming) -> Answer:
        try:
            return self.router.route(person, incoming)
        except TryLater:
            raise
        except OverlapError as error:
            log.info("answered with what went wrong", extra={"code": error.code})
            return self.router.explained(error)

    def _follow(self, person: Person, incoming: Incoming) -> None:
        """A pressed message of theirs is where they see that subject now; nobody else's press moves it."""
        pressed = _pressed(incoming)
        if pressed is None:
            return
        with self.database.transaction() as tx:
            row_id = messages.id_of(pressed.kind, pressed.subject, person.id)
            if messages.shown(tx, person.tenant, row_id) is not None:
                self._stand(tx, person, incoming.place, pressed)

    def _show(self, tx: Tx, person: Person, incoming: Incoming, shows: Shows) -> None:
        """They see it where they asked; what is asked in the app's DM, or cannot be whispered, lasts there."""
        now = self.clock.now()
        place = incoming.place
        if self._can_whisper(place) and not place.is_private:
            self._stand(tx, person, place, shows)
            return
        messages.show(tx, person.tenant, kind=shows.kind, subject=shows.subject, person=person.id, now=now, ring=False)
        if _pressed(incoming) == shows:
            self._stand(tx, person, place, shows)

    def _stand(self, tx: Tx, person: Person, place: Place, shows: Shows) -> None:
        """That view lives at this place: the message that was pressed, or the handle that came with a press."""
        row_id = messages.id_of(shows.kind, shows.subject, person.id)
        if place.message is not None:
            messages.pressed(tx, person.tenant, row_id, _posted(place, place.message), self.clock.now())
        elif self._can_whisper(place):
            name = messages.sealed_as(row_id)
            sealed = self.vault.seal(tx, person.tenant, name, codec.encode_place(place))
            # One use is kept back for a word to the one who pressed.
            handle = Handle(sealed=sealed, uses=REPLY_USES - 1, until=self.clock.now() + REPLY_LIFE)
            messages.placed(
                tx,
                person.tenant,
                kind=shows.kind,
                subject=shows.subject,
                person=person.id,
                handle=handle,
                now=self.clock.now(),
            )

    def _say(self, person: Person, incoming: Incoming, says: Says, key: str) -> None:
        """Said once: whispered where that can be, else in the app's DM, where it takes the pressed message's place."""
        place = incoming.place
        if says.replaces and place.message is not None and self._replace(person, place, place.message, says.card):
            return
        lasts = isinstance(incoming, Typed) and place.is_private and says.lasting is None
        if self._can_whisper(place) and not lasts:
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

    def _taken_in_place(self, person: Person, incoming: Incoming, answer: Answer, key: str) -> Card:
        match answer:
            case Shows() as shows if _pressed(incoming) == shows:
                return self._seen_in_place(person, incoming, shows)
            case Shows() as shows:
                with self.database.transaction() as tx:
                    self._show(tx, person, incoming, shows)
            case Says(card=card) as says:
                view = None if says.replaces else self._pressed_view(person, incoming)
                if view is None:
                    return card
                self._say_in_dm(person, says, key)
        return self._pressed_view(person, incoming) or plain_card(say(DONE_ALREADY))

    def _seen_in_place(self, person: Person, incoming: Incoming, shows: Shows) -> Card:
        """The call itself shows it, so that nothing is left to be drawn there."""
        card = self.messages.card(shows.kind, shows.subject, person) or plain_card(say(DONE_ALREADY))
        row_id = messages.id_of(shows.kind, shows.subject, person.id)
        with self.database.transaction() as tx:
            self._show(tx, person, incoming, shows)
            row = messages.shown(tx, person.tenant, row_id)
            if (
                row is not None
                and row.posted == _posted(incoming.place, incoming.place.message or "")
                and not row.rings
            ):
                messages.edited(tx, row, digest(card), is_awaited=card.is_waiting)
        return card

    def _pressed_view(self, person: Person, incoming: Incoming) -> Card | None:
        pressed = _pressed(incoming)
        if pressed is None or pressed.kind not in self.messages.views:
            return None
        return self.messages.card(pressed.kind, pressed.subject, person)

    def _can_whisper(self, place: Place) -> bool:
        platform = place.tenant.partition(":")[0]
        return place.reply is not None and self.surfaces[platform].is_private_reply_possible


def _pressed(incoming: Incoming) -> Shows | None:
    """The subject whose message was pressed."""
    if not isinstance(incoming, Pressed):
        return None
    return Shows(kind=incoming.press.verb.partition(".")[0], subject=incoming.press.subject)


def _posted(place: Place, message: str) -> Posted:
    return Posted(channel=place.channel, message=message, service=place.service)
