"""Where each person sees what: their own conversation with us, the message that they pressed, a private handle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.chat import codec
from bot.chat.answers import Shows
from bot.chat.surface import REPLY_LIFE, REPLY_USES, Incoming, Place, Pressed, Surface, Typed
from bot.core.clock import Clock
from bot.core.errors import NotFound, TryLater, Unreachable
from bot.core.ids import derived
from bot.core.people import Person
from bot.storage import messages, people
from bot.storage.database import Database, Tx
from bot.storage.messages import Handle, Posted
from bot.storage.vault import Vault


@dataclass(frozen=True)
class Places:
    """Keeps it, as people type and press."""

    database: Database
    clock: Clock
    vault: Vault
    surfaces: Mapping[str, Surface]

    def in_our_dm(self, incoming: Incoming) -> Incoming:
        """Slack says of a command only that it was typed in some DM; where nobody can tell whose, it is not ours."""
        place = incoming.place
        if not isinstance(incoming, Typed) or not place.is_private or place.reply is None:
            return incoming
        try:
            is_ours = self.surfaces[incoming.by.platform].is_home(incoming.by, place.channel)
        except (TryLater, Unreachable, NotFound):
            is_ours = False
        return replace(incoming, place=replace(place, is_private=is_ours))

    def welcome(self, person: Person, place: Place) -> Person:
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

    def follow(self, person: Person, incoming: Incoming) -> None:
        """A pressed message of theirs is where they see that subject now; nobody else's press moves it."""
        pressed = pressed_subject(incoming)
        if pressed is None:
            return
        with self.database.transaction() as tx:
            row_id = messages.id_of(pressed.kind, pressed.subject, person.id)
            if messages.shown(tx, person.tenant, row_id) is not None:
                self._stand(tx, person, incoming.place, pressed)

    def show(self, tx: Tx, person: Person, incoming: Incoming, shows: Shows) -> None:
        """They see it where they asked; what is asked in the app's DM, or cannot be whispered, lasts there."""
        now = self.clock.now()
        place = incoming.place
        if self.can_whisper(place) and not place.is_private:
            self._stand(tx, person, place, shows)
            return
        messages.show(tx, person.tenant, kind=shows.kind, subject=shows.subject, person=person.id, now=now, ring=False)
        if pressed_subject(incoming) == shows:
            self._stand(tx, person, place, shows)

    def can_whisper(self, place: Place) -> bool:
        platform = place.tenant.partition(":")[0]
        return place.reply is not None and self.surfaces[platform].is_private_reply_possible

    def _stand(self, tx: Tx, person: Person, place: Place, shows: Shows) -> None:
        """That view lives at this place: the message that was pressed, or the handle that came with a press."""
        row_id = messages.id_of(shows.kind, shows.subject, person.id)
        if place.message is not None:
            messages.pressed(tx, person.tenant, row_id, posted_at(place, place.message), self.clock.now())
        elif self.can_whisper(place):
            name = messages.sealed_as(row_id)
            sealed = self.vault.seal(tx, person.tenant, name, codec.encode_place(place))
            handle = Handle(
                sealed=sealed,
                name=derived("reply", place.reply or ""),
                uses=REPLY_USES - 1,  # one is kept back for a word to the one who pressed
                until=self.clock.now() + REPLY_LIFE,
            )
            messages.placed(
                tx,
                person.tenant,
                kind=shows.kind,
                subject=shows.subject,
                person=person.id,
                handle=handle,
                now=self.clock.now(),
            )


def pressed_subject(incoming: Incoming) -> Shows | None:
    """The subject whose message was pressed."""
    if not isinstance(incoming, Pressed):
        return None
    return Shows(kind=incoming.press.verb.partition(".")[0], subject=incoming.press.subject)


def posted_at(place: Place, message: str) -> Posted:
    """A message of that conversation."""
    return Posted(channel=place.channel, message=message, service=place.service)
