"""What came in is answered: by a worker, or within the call where a platform wants it so."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.chat import codec
from bot.chat.answers import Answer, Says, Shows
from bot.chat.cards import Card, Say, plain_card
from bot.chat.messages import shrunk
from bot.chat.router import Router
from bot.chat.surface import REPLY_LIFE, REPLY_USES, Delivery, Incoming, Place, Pressed, Ref, Surface, Typed
from bot.chat.tray import Tray
from bot.core.clock import Clock
from bot.core.errors import NotFound, OverlapError, TryLater, Unreachable
from bot.core.ids import TenantId
from bot.core.people import Person
from bot.core.text import Strong, say
from bot.people.who import Who
from bot.storage import due, inbox, messages, people
from bot.storage.database import Database, Tx
from bot.storage.messages import Handle, Posted
from bot.storage.vault import Vault

log = logging.getLogger(__name__)

AFTER_CALL = timedelta(seconds=2)
"""How long after it was answered in the call a message is edited: at once, and Teams would lay the answer over it."""

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

    def answer(self, tenant: TenantId, incoming_id: str) -> None:
        """Do what was asked, and answer there or in the app's DM. `TryLater` and faults go to the caller."""
        with self.database.reading() as tx:
            if inbox.was_answered(tx, tenant, incoming_id):
                return
        delivery = self.tray.opened(tenant, incoming_id)
        incoming = self._in_our_dm(delivery.incoming)
        try:
            person = self.who.person(incoming.by, delivery.profile, incoming.place)
        except NotFound:
            log.warning("somebody whom the platform does not know", extra={"incoming": incoming_id})
            self._close(tenant, incoming_id)
            return
        self._answer(self._welcomed(person, incoming.place), incoming, incoming_id)

    def give_up(self, tenant: TenantId, incoming_id: str) -> None:
        """It failed too often: say so, with a reference that stands in the log, and leave it."""
        incoming = self._in_our_dm(self.tray.opened(tenant, incoming_id).incoming)
        log.error("an incoming thing could not be answered", extra={"incoming": incoming_id})
        with self.database.reading() as tx:
            person = people.by_identity(tx, incoming.by)
        if person is not None:
            self._say(person, incoming, self.router.broken(incoming_id[:8]), incoming_id)
        self._close(tenant, incoming_id)

    def answer_now(self, delivery: Delivery) -> Card:
        """The card that takes the place of the pressed one, for a platform that wants it in the call: from rows alone.

        Teams forgets such a card when the chat is opened anew, so what lasts is drawn into the message too, later.
        """
        incoming_id = self.tray.keep(delivery, is_due=False)
        incoming = delivery.incoming
        person = self._welcomed(self.who.told(incoming.by, delivery.profile), incoming.place)
        if incoming_id is None:
            return self._in_place(person, incoming)
        try:
            answer = self.router.route(person, incoming)
        except TryLater:
            raise
        except OverlapError as error:
            log.info("answered with what went wrong", extra={"code": error.code})
            card = self._beside(person, incoming, error)
        else:
            card = self._taken_in_place(person, incoming, answer)
            if isinstance(answer, Says) and answer.replaces:
                self._again(person.tenant, incoming_id)
                return card
        self._close(person.tenant, incoming_id)
        return card

    def _close(self, tenant: TenantId, incoming_id: str) -> None:
        with self.database.transaction() as tx:
            inbox.answered(tx, tenant, incoming_id, self.clock.now())

    def _welcomed(self, person: Person, place: Place) -> Person:
        """Where our own conversation with them lives is kept, so that it can be spoken in later."""
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

    def _in_our_dm(self, incoming: Incoming) -> Incoming:
        """Slack says of a command only that it was typed in some DM; where nobody can tell whose, it is not ours."""
        place = incoming.place
        if not isinstance(incoming, Typed) or not place.is_private or place.reply is None:
            return incoming
        try:
            is_ours = self.surfaces[incoming.by.platform].is_home(incoming.by, place.channel)
        except (TryLater, Unreachable, NotFound):
            is_ours = False
        return replace(incoming, place=replace(place, is_private=is_ours))

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

    def _taken_in_place(self, person: Person, incoming: Incoming, answer: Answer) -> Card:
        match answer:
            case Says(card=card):
                return card
            case Shows(kind=kind, subject=subject) as shows:
                with self.database.transaction() as tx:
                    self._show(tx, person, incoming, shows)
                    if _pressed(incoming) == shows:
                        row_id = messages.id_of(kind, subject, person.id)
                        due.postpone(tx, person.tenant, messages.KIND, row_id, self.clock.now() + AFTER_CALL)
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

    def _again(self, tenant: TenantId, incoming_id: str) -> None:
        """A worker does it once more, which changes nothing, and makes the message that was pressed say so."""
        with self.database.transaction() as tx:
            due.mark(tx, tenant, inbox.KIND, incoming_id, self.clock.now() + AFTER_CALL)

    def _pressed_view(self, person: Person, incoming: Incoming) -> Card | None:
        """An older message of several keeps its line alone."""
        pressed = _pressed(incoming)
        view = None if pressed is None else self.router.views_in_call.get(pressed.kind)
        if pressed is None or view is None:
            return None
        try:
            card = view(person.tenant, pressed.subject, person)
        except NotFound:
            return None
        with self.database.reading() as tx:
            row = messages.shown(tx, person.tenant, messages.id_of(pressed.kind, pressed.subject, person.id))
        is_older = row is not None and row.posted not in (None, _posted(incoming.place, incoming.place.message or ""))
        return shrunk(card) if card is not None and is_older else card

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
