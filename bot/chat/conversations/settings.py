"""How somebody wants to be scheduled: the private link to their page, and the lasting button that makes a fresh one."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.answers import Answer, Says
from bot.chat.cards import Block, Button, Buttons, Card, Look, OpenPage, Press
from bot.chat.conversations.words import note, paragraph, told
from bot.core.ids import TenantId
from bot.core.people import Person
from bot.people.preferences import Preferring

WHAT = "Your hours, lunch, days off, room around meetings, and what counts as busy: all of it is set on my page."


@dataclass(frozen=True)
class SettingsTalk:
    """Hands out links, each to one person, for ten minutes from the press."""

    preferring: Preferring

    def typed(self, by: Person) -> Answer:
        return self._link(by)

    def link(self, by: Person, press: Press) -> Answer:
        """A fresh link."""
        return self._link(by)

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        """Asked for on the page of a dead link."""
        return _button_card() if subject == viewer.id else None

    def _link(self, by: Person) -> Answer:
        return Says(card=told(paragraph(WHAT), *_way(self.preferring.link(by))), lasting=_button_card())


def _way(url: str) -> Sequence[Block]:
    return (
        note("This link is for you alone, works once, and for ten minutes. Please don't pass it on."),
        Buttons((Button(label="Open my settings", does=OpenPage(url), look=Look.PRIMARY),)),
    )


def _button_card() -> Card:
    return told(
        paragraph(WHAT),
        note("The button answers with a link for you alone. It works once, for ten minutes from the press."),
        Buttons((Button(label="Get my link", does=Press("settings.link"), look=Look.PRIMARY),)),
    )
