"""Connecting a calendar: the private link, and the lasting button that answers with a fresh one."""

from dataclasses import dataclass

from bot.chat.answers import Answer, Says
from bot.chat.cards import Button, Buttons, Card, Look, OpenPage, Press
from bot.chat.conversations.connection import named, reconnect
from bot.chat.conversations.words import note, paragraph, told
from bot.core.calendars import Connection
from bot.core.errors import NotFound
from bot.core.ids import ConnectionId, ProposalId, TenantId
from bot.core.people import Person
from bot.core.text import Strong
from bot.people.connect import RECONNECT, Connecting
from bot.storage import calendars

KIND = "connect"
"""The kind of the message with the button; its subject is the person."""


@dataclass(frozen=True)
class ConnectTalk:
    """Hands out links, each to one person, for ten minutes from the press."""

    connecting: Connecting

    def typed(self, by: Person) -> Answer:
        return self._link(by, None)

    def link(self, by: Person, press: Press) -> Answer:
        """A fresh link; the press may name the request that waits for it."""
        return self._link(by, ProposalId(press.subject) if press.subject else None)

    def consent(self, by: Person, press: Press) -> Answer:
        """The way to where the owner of an account allows more; a booking waits for it, and goes on by itself."""
        url = self.connecting.link(by, consent=ConnectionId(press.subject))
        return Says(card=_consent_card(url), lasting=_button_card(None))

    def again(self, by: Person, press: Press) -> Answer:
        """The way to where that one account is connected again, named by itself or by a calendar in it; the press may
        name the request that waits for it."""
        with self.connecting.database.reading() as tx:
            held = calendars.of_person(tx, by.tenant, by.id)
            theirs = calendars.connections_of(tx, by.tenant, by.id)
        wanted = next((one.connection for one in held if one.id == press.subject), press.subject)
        account = next((one for one in theirs if one.id == wanted), None)
        if account is None:
            raise NotFound("That calendar account is not connected (any more).")
        resume = ProposalId(press.choice) if press.choice else None
        url = self.connecting.link(by, resume, consent=account.id, purpose=RECONNECT)
        return Says(card=_again_card(account, url), lasting=_again_button(account))

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        """Asked for on the page of a dead link."""
        return _button_card(None) if subject == viewer.id else None

    def approved(self, _tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        """An administrator has allowed what this person was waiting for."""
        return _approved_card() if subject == viewer.id else None

    def _link(self, by: Person, resume: ProposalId | None) -> Answer:
        url = self.connecting.link(by, resume)
        return Says(card=_link_card(url, resume), lasting=_button_card(resume))


def _link_card(url: str, resume: ProposalId | None) -> Card:
    kept = " Your request is kept and goes on by itself." if resume else ""
    return told(
        paragraph(f"Connect your calendar, or change what counts as busy, on my page.{kept}"),
        note("This link is for you alone, works once, and for ten minutes. Please don't pass it on."),
        Buttons((Button(label="Open the page", does=OpenPage(url), look=Look.PRIMARY),)),
    )


def _consent_card(url: str) -> Card:
    return told(
        paragraph("Allow Overlap to write to your calendar on my page. What waits for it goes on by itself."),
        note("This link is for you alone, works once, and for ten minutes. Please don't pass it on."),
        Buttons((Button(label="Open the page", does=OpenPage(url), look=Look.PRIMARY),)),
    )


def _again_card(account: Connection, url: str) -> Card:
    return told(
        paragraph(f"Connect {named(account)} again on my page. What you chose for it stays as it is."),
        note("This link is for you alone, works once, and for ten minutes. Please don't pass it on."),
        Buttons((Button(label="Open the page", does=OpenPage(url), look=Look.PRIMARY),)),
    )


def _again_button(account: Connection) -> Card:
    return told(
        paragraph(f"Connect {named(account)} again on my page. What you chose for it stays as it is."),
        note("The button answers with a link for you alone. It works once, for ten minutes from the press."),
        Buttons((reconnect(account),)),
    )


def _approved_card() -> Card:
    return told(
        paragraph(Strong("Your administrator has allowed it: "), "you can connect your calendar now."),
        note("The button answers with a link for you alone. What waited for your calendar then goes on by itself."),
        Buttons((Button(label="Get my link", does=Press("connect.link"), look=Look.PRIMARY),)),
        line="Your administrator has allowed me to see calendars.",
    )


def _button_card(resume: ProposalId | None) -> Card:
    press = Press("connect.link", resume or "")
    return told(
        paragraph("Connect your calendar, or change what counts as busy, on my page."),
        note("The button answers with a link for you alone. It works once, for ten minutes from the press."),
        Buttons((Button(label="Get my link", does=press, look=Look.PRIMARY),)),
    )
