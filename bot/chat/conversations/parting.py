"""Disconnecting an account: what that means is said first, and it is done by a second press."""

from dataclasses import dataclass

from bot.chat.answers import Answer, Says
from bot.chat.cards import Button, Buttons, Card, Look, Press
from bot.chat.conversations.words import note, paragraph, quoted, shorn, told
from bot.core.calendars import Connection
from bot.core.errors import NotFound
from bot.core.ids import ConnectionId
from bot.core.people import Person
from bot.core.text import Strong
from bot.people.connect import Connecting
from bot.storage import calendars

LONGEST_LABEL = 80
GRANTED = ("google", "microsoft")
"""Where there is a permission to give back."""


@dataclass(frozen=True)
class PartTalk:
    """Lets go of an account of whoever presses."""

    connecting: Connecting

    def asks(self, by: Person, press: Press) -> Answer:
        """Whether they mean it."""
        account, is_last = self._account(by, press)
        return Says(card=_question(account, is_last=is_last))

    def disconnects(self, by: Person, press: Press) -> Answer:
        """They do."""
        account, is_last = self._account(by, press)
        self.connecting.disconnect(by, account.id)
        return Says(card=_done(account, is_last=is_last), replaces=True)

    def keeps(self, _by: Person, _press: Press) -> Answer:
        """They do not."""
        return Says(card=told(paragraph("All right, it stays connected.")), replaces=True)

    def _account(self, by: Person, press: Press) -> tuple[Connection, bool]:
        """That account of theirs, and whether it is the only one."""
        with self.connecting.database.reading() as tx:
            theirs = calendars.connections_of(tx, by.tenant, by.id)
        found = next((one for one in theirs if one.id == ConnectionId(press.subject)), None)
        if found is None:
            raise NotFound("That calendar account is not connected (any more).")
        return found, len(theirs) == 1


def _label(account: Connection) -> str:
    return quoted(shorn(account.label, LONGEST_LABEL))


def _question(account: Connection, *, is_last: bool) -> Card:
    gives_back = ", give back my permission there" if account.provider in GRANTED else ""
    last = [paragraph("It is your only one: nobody can be offered a time with you then.")] if is_last else []
    return told(
        paragraph(Strong(f"Disconnect {_label(account)}?"), f" I stop reading it{gives_back} and forget what I read."),
        *last,
        note("What stands in your calendar stays there, also the meetings that I wrote."),
        Buttons(
            (
                Button(label="Disconnect it", does=Press("account.disconnect", account.id), look=Look.DANGER),
                Button(label="Keep it", does=Press("account.keep", account.id)),
            )
        ),
    )


def _done(account: Connection, *, is_last: bool) -> Card:
    again = Button(label="Connect a calendar", does=Press("connect.link"))
    buttons = [Buttons((again,))] if is_last else []
    return told(paragraph(Strong(f"Disconnected: {_label(account)}."), " I know nothing of it any more."), *buttons)
