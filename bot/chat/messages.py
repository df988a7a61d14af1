"""A due message, drawn as its subject is now: posted anew where it must ring, edited where it changed, else left alone.

What is told is a row first (`storage/messages`), and nothing is told twice: after a crash between a call and its row
the message is looked for before it is posted again. A platform that cannot tell has it at worst repeated, never lost.
Only one task at a time draws one row: it is lent under a lease.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat.answers import View
from bot.chat.cards import Card, Note, Say
from bot.chat.codec import decode_home, decode_place
from bot.chat.surface import Place, Ref, Surface
from bot.core.clock import Clock
from bot.core.errors import NotFound, Unreachable
from bot.core.ids import MeetingId, TenantId
from bot.core.people import Person
from bot.core.text import say
from bot.storage import due, invitations, meetings, messages, people
from bot.storage.database import Database
from bot.storage.messages import Posted, Shown
from bot.storage.vault import Vault

log = logging.getLogger(__name__)

OLD_NEWS = "This has changed: the newer message tells how it stands."
ANSWERED = "The answer is in our direct messages."


@dataclass(frozen=True)
class Messages:
    """Draws due messages; `views` knows the card of each kind of subject."""

    database: Database
    clock: Clock
    vault: Vault
    surfaces: Mapping[str, Surface]
    views: Mapping[str, View]

    def draw(self, tenant: TenantId, message_id: str, *, is_again: bool = False) -> datetime | None:
        """Bring that message up to date; answers when it must be drawn again although nothing happened.

        `is_again`: somebody drew at it before, and perhaps died between a post and its row.

        Raises `TryLater` when the platform asks for patience.
        """
        with self.database.reading() as tx:
            row = messages.shown(tx, tenant, message_id)
            person = None if row is None else people.person(tx, tenant, row.person)
        if row is None or person is None or row.is_refused:
            return None
        surface = self.surfaces.get(person.identity.platform)
        card = self.card(row.kind, row.subject, person)
        if card is None or surface is None:  # nothing to see, or their platform is switched off
            return None
        drawing = _Drawing(self, row, person, card, surface, is_again)
        if row.older is not None:
            drawing.shrink(row.older)
        drawing.draw()
        return card.until

    def card(self, kind: str, subject: str, viewer: Person) -> Card | None:
        """That subject as that person may see it now."""
        try:
            return self.views[kind](viewer.tenant, subject, viewer)
        except NotFound:
            return None


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One drawing of one message."""

    desk: Messages
    row: Shown
    person: Person
    card: Card
    surface: Surface
    is_again: bool

    def draw(self) -> None:
        row = self.row
        is_open = row.handle is not None and row.handle.is_open(self.desk.clock.now())
        if is_open and row.posted is not None:
            self._close_whisper()  # a whisper from before was pressed: what lasts tells it
            is_open = False
        if is_open and not row.rings:
            self._whisper()
        elif row.rings or self._has_no_place():
            self._post()
        elif row.posted is not None and row.digest != digest(self.card):
            self._edit(row.posted)

    def _has_no_place(self) -> bool:
        """Nothing tells it yet, or its handle closed while its person still waits for the answer."""
        return self.row.posted is None and (not self.row.digest or self.row.is_awaited)

    def _whisper(self) -> None:
        row = self.row
        assert row.handle is not None
        if row.digest == digest(self.card):
            return
        place = self._place()
        if row.digest and not (place.can_replace or row.is_awaited):
            return  # it would stand below what was said, which answers for itself when it is pressed
        try:
            self.surface.whisper(place, self.card, replace=bool(row.digest) and place.can_replace)
        except Unreachable:
            with self.desk.database.transaction() as tx:
                messages.closed(tx, row)
            if self._has_no_place():
                self._post()
            return
        with self.desk.database.transaction() as tx:
            messages.whispered(tx, row, digest(self.card), is_awaited=self.card.is_waiting)

    def _place(self) -> Place:
        """Where the open handle answers."""
        assert self.row.handle is not None
        with self.desk.database.reading() as tx:
            name = messages.sealed_as(self.row.id)
            return decode_place(self.desk.vault.open(tx, self.row.tenant, name, self.row.handle.sealed))

    def _post(self) -> None:
        row = self.row
        with self.desk.database.reading() as tx:
            kept = people.home(tx, row.tenant, row.person)
        home = decode_home(kept) if kept else None
        try:
            ref = self._found(home) or self.surface.post(self.person, self.card, home=home, key=_key(row))
        except Unreachable:
            log.info("a message was refused for good", extra={"row": row.id, "kind": row.kind})
            with self.desk.database.transaction() as tx:
                messages.refused(tx, row)
                due.mark(tx, row.tenant, "gone", row.person, self.desk.clock.now())  # perhaps they left
            self._tell_reach(is_reachable=False)
            return
        at = Posted(channel=ref.channel, message=ref.message, service=ref.service)
        with self.desk.database.transaction() as tx:
            messages.posted(tx, row, at, digest(self.card), is_awaited=self.card.is_waiting)
        self._tell_reach(is_reachable=True)
        if row.posted is not None:
            self.shrink(row.posted)
        elif row.handle is not None and row.digest:
            self._close_whisper()

    def _found(self, home: Place | None) -> Ref | None:
        """The message as a drawing before this one left it, with no row: it says what it should, and rang already.

        What that drawing posted for an earlier ring shrinks, as it would have.
        """
        row = self.row
        if not self.is_again:
            return None
        keys = [_key(row, ring) for ring in range(row.rings_shown, row.rings_wanted + 1)]
        sent = self.surface.sent(self.person, home=home, keys=keys)
        known = {at.message for at in (row.posted, row.older) if at is not None}
        lost = {key: ref for key, ref in sent.items() if ref.message not in known}
        newest = lost.pop(_key(row), None)
        for ref in lost.values():
            self._shrink(ref)
        if newest is None:
            return None
        try:
            self.surface.edit(newest, self.card)
        except Unreachable:
            return None
        log.info("a message that a crash had lost is found", extra={"row": row.id, "kind": row.kind})
        return newest

    def _edit(self, at: Posted) -> None:
        try:
            self.surface.edit(_ref(at), self.card)
        except Unreachable:
            with self.desk.database.transaction() as tx:
                messages.lost(tx, self.row)
            return
        with self.desk.database.transaction() as tx:
            messages.edited(tx, self.row, digest(self.card), is_awaited=self.card.is_waiting)

    def shrink(self, at: Posted) -> None:
        """The older message keeps one line and no buttons."""
        self._shrink(_ref(at))
        with self.desk.database.transaction() as tx:
            messages.shrunk(tx, replace(self.row, older=at))

    def _shrink(self, ref: Ref) -> None:
        try:
            self.surface.edit(ref, shrunk(self.card))
        except Unreachable:
            log.info("an older message is gone", extra={"row": self.row.id})

    def _close_whisper(self) -> None:
        """What was whispered and is told in the app's DM keeps no buttons, as far as it can be reached."""
        if self.row.handle is None or not self.row.handle.is_open(self.desk.clock.now()):
            return
        try:
            place = self._place()
            if place.can_replace:
                self.surface.whisper(place, _line(ANSWERED), replace=True)
        except Unreachable:
            log.info("a private answer could not be closed", extra={"row": self.row.id})
        with self.desk.database.transaction() as tx:
            messages.closed(tx, self.row)

    def _tell_reach(self, *, is_reachable: bool) -> None:
        """Whom the news concerns that this person can or cannot be reached sees it: an organiser, an asker."""
        row, now = self.row, self.desk.clock.now()
        with self.desk.database.transaction() as tx:
            if row.kind == "invite":
                invitations.reached(tx, row.tenant, row.person, now, is_reachable=is_reachable)
                messages.changed(tx, row.tenant, "proposal", row.subject, now)
            if row.kind != "meeting":
                return
            meeting = meetings.meeting(tx, row.tenant, MeetingId(row.subject))
            mine = meeting.attendance(row.person)
            if mine is None or mine.is_reachable is is_reachable:
                return
            theirs = tuple(
                replace(one, is_reachable=is_reachable) if one.person == row.person else one
                for one in meeting.attendances
            )
            meetings.save(tx, replace(meeting, attendances=theirs))
            messages.changed(tx, row.tenant, "meeting", row.subject, now)


def _key(row: Shown, ring: int | None = None) -> str:
    """What names one message of a row: each ring is one."""
    return f"{row.id}:{row.rings_wanted if ring is None else ring}"


def digest(card: Card) -> str:
    """A hash of what the card shows. Small print alone, such as an age, is no reason to draw it again."""
    shown = [block for block in card.blocks if not isinstance(block, Note)]
    return hashlib.sha256(repr((shown, card.is_waiting)).encode()).hexdigest()


def shrunk(card: Card) -> Card:
    """What is left of a message once a newer one tells the same story: a line, and no buttons."""
    return _line(card.line or OLD_NEWS)


def _line(words: str) -> Card:
    return Card(summary=words, blocks=(Say(say(words)),))


def _ref(at: Posted) -> Ref:
    return Ref(channel=at.channel, message=at.message, service=at.service)
