"""The rooms that can be booked and how; for administrators the way to their page, and the word when a room is lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.chat.answers import Answer, Says
from bot.chat.cards import Block, Button, Buttons, Card, Heading, Look, OpenPage, Press
from bot.chat.conversations.words import LONGEST_NAME, command, note, paragraph, shorn, told
from bot.core.ids import PersonId, TenantId
from bot.core.people import Person
from bot.core.rooms import Room
from bot.core.text import Code, Strong
from bot.people.room_book import Kept
from bot.people.rooms import Rooms

MOST = 40
"""Of more rooms, a card says only how many there are."""
LONGEST_LINE = 160
LINES = 12
"""Rooms in one paragraph."""


@dataclass(frozen=True)
class RoomTalk:
    """Lists rooms to everybody, and lets administrators change them."""

    rooms: Rooms

    def typed(self, by: Person) -> Answer:
        """The list; an administrator gets the way to the page with it, and a lasting button for the next time."""
        listed = self._listed(by)
        if not self.rooms.is_admin(by):
            return Says(card=told(*listed))
        url = self.rooms.link(by)
        return Says(card=told(*listed, *_way(url)), lasting=told(*listed, Buttons((_change(),))))

    def show(self, by: Person, press: Press) -> Answer:
        return self.typed(by)

    def link(self, by: Person, press: Press) -> Answer:
        """A fresh link to the page."""
        return Says(card=told(paragraph("Add and change rooms on my page."), *_way(self.rooms.link(by))))

    def way(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        """Asked for on the page of a dead link."""
        return _button_card() if subject == viewer.id and self.rooms.is_admin(viewer) else None

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        """Who keeps a room has changed, or nobody can read it any more: for those whose accounts kept it."""
        kept = next((one for one in self.rooms.every(tenant) if one.person.id == PersonId(subject)), None)
        if kept is None:
            return told(paragraph("This room was removed. It can no longer be booked here."))
        return _lost(kept, is_admin=self.rooms.is_admin(viewer))

    def _listed(self, by: Person) -> list[Block]:
        found = self.rooms.every(by.tenant)
        if not found:
            return [paragraph("There are no rooms here yet. Whoever administers this workspace can add them.")]
        example = Code(f"{command(by)} @alex @{found[0].handle} 30m tomorrow")
        blocks: list[Block] = [Heading("Rooms"), *_lines(found[:MOST])]
        if len(found) > MOST:
            blocks.append(paragraph(f"And {len(found) - MOST} more."))
        return [*blocks, paragraph("Book one like a person: ", example)]


def described(room: Room) -> str:
    """Elbe, 8 seats."""
    return ", ".join(filter(None, (shorn(room.name, LONGEST_NAME), room.seats)))


def _lines(found: Iterable[Kept]) -> list[Block]:
    """One line a room, by building."""
    blocks: list[Block] = []
    for building, group in groupby(found, key=lambda one: one.room.building):
        rooms = list(group)
        for first in range(0, len(rooms), LINES):
            lines = "\n".join(_line(one) for one in rooms[first : first + LINES])
            title = f"{shorn(building, LONGEST_NAME)}\n" if building and not first else ""
            blocks.append(paragraph(Strong(title), lines) if title else paragraph(lines))
    return blocks


def _line(one: Kept) -> str:
    """@elbe: Elbe, 8 seats, floor 2, screen, whiteboard."""
    room = one.room
    kind = "equipment" if room.is_equipment else ""
    floor = f"floor {room.floor}" if room.floor else ""
    lost = "" if one.keeper is not None and room.lost_at is None else "cannot be booked now"
    parts = (described(room), kind, floor, *room.features, lost)
    return shorn(f"@{one.handle}: {', '.join(filter(None, parts))}", LONGEST_LINE)


def _way(url: str) -> Sequence[Block]:
    return (
        note("The link is for you alone, works once, and for ten minutes. Please don't pass it on."),
        Buttons((Button(label="Change rooms", does=OpenPage(url), look=Look.PRIMARY),)),
    )


def _button_card() -> Card:
    return told(
        paragraph("Add and change the rooms of this workspace on my page."),
        note("The button answers with a link for you alone. It works once, for ten minutes from the press."),
        Buttons((_change(),)),
    )


def _change() -> Button:
    return Button(label="Change rooms", does=Press("rooms.link"), look=Look.PRIMARY)


def _lost(kept: Kept, *, is_admin: bool) -> Card:
    name = shorn(kept.room.name, LONGEST_NAME)
    if kept.keeper is None or kept.room.lost_at is not None:
        first = Strong(f"No account can see {name} any more.")
        then = " I offer no time in it until one can, because I don't know when it is taken."
    elif kept.second is None:
        first = Strong(f"{name} is read through {kept.keeper.connection.label} now.")
        then = " The account before it can no longer see it. There is no second one: please name one."
    else:
        first, then = Strong(f"{name} is read through {kept.keeper.connection.label}."), ""
    who = "" if is_admin or not then else " Whoever administers this workspace can change that."
    rest = (Buttons((_change(),)),) if is_admin and then else ()
    return told(paragraph(first, f"{then}{who}"), *rest)
