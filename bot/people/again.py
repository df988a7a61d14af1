"""Connecting an account again: what is known of it fills the form, and only that very account takes its place."""

from dataclasses import dataclass

from bot.core.calendars import Connection
from bot.core.errors import NotFound, SignInNeeded
from bot.core.ids import ConnectionId
from bot.people.connect import Connecting, by_password
from bot.people.grants import unsealed
from bot.people.pending import Pending, identity
from bot.people.services import NotConnected, SignIn, Why, address, called
from bot.providers.base import Account
from bot.storage import calendars
from bot.storage.links import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What its owner need not type again."""

    connection: Connection
    service: str
    """One of `SERVICES`."""
    url: str
    user: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Again:
    """Takes up what somebody connected before."""

    connecting: Connecting

    def before(self, session: Session, connection: str) -> Before | None:
        """What is known of that account; None where it is not theirs, or not connected any more."""
        house, wanted = self.connecting, ConnectionId(connection)
        with house.database.reading() as tx:
            theirs = calendars.connections_of(tx, session.tenant, session.person)
            found = next((one for one in theirs if one.id == wanted), None)
            if found is None:
                return None
            try:
                account = unsealed(tx, house.vault, session.tenant, wanted)
            except (NotFound, SignInNeeded):  # the keys no longer open it: what it is called tells who they are there
                user = found.label.rpartition(" · ")[0] or found.label
                account = Account(provider=found.provider, url="", user=user)
        return Before(
            connection=found,
            service=called(account.url, account.user),
            url=account.url,
            user=account.user,
            addresses=account.addresses,
        )

    def sign_in(self, session: Session, before: Before, typed: SignIn) -> Pending | Connection | NotConnected:
        """Opens it with what was typed; another account than that one is neither asked nor kept."""
        url = address(typed)
        if isinstance(url, NotConnected):
            return url
        owner = self.connecting.try_once(session)
        if owner is None:
            return NotConnected((Why.TOO_MANY_TRIES,))
        account = by_password(url, typed, owner)
        with self.connecting.database.reading() as tx:
            if not calendars.is_that(tx, session.tenant, before.connection.id, identity(account)):
                return NotConnected((Why.ANOTHER,))
        return self.connecting.propose(session, account)
