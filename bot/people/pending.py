"""An account between its sign-in and its owner's word: sealed in their session, and nothing of it counts."""

from dataclasses import dataclass

import msgspec

from bot.core.calendars import Access
from bot.core.errors import NotFound
from bot.core.ids import derived
from bot.people.services import host
from bot.providers.base import Abilities, Account, RemoteCalendar
from bot.storage import links
from bot.storage.database import Tx
from bot.storage.links import Session
from bot.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An account, and what its service listed when it was opened."""

    account: Account
    abilities: Abilities
    calendars: tuple[RemoteCalendar, ...]
    wanted: Access = Access.FULL
    """What was asked for at the sign-in; `account.access` is what was given."""
    told: tuple[str, ...] = ()
    """What was seen when it was looked at: of a file, how many events, from when to when, and what was odd."""

    @property
    def is_less(self) -> bool:
        """Its owner did not allow all that was asked."""
        return self.wanted is Access.FULL and self.account.access is Access.FREEBUSY


def identity(account: Account) -> str:
    """A hash that is the same for the same account, however often it is signed in to."""
    return derived("account", *account.identity)


def label(account: Account) -> str:
    """What its owner knows it by: who they are there and where, never a secret."""
    match account.provider:
        case "google":
            return f"{account.user} · Google"
        case "microsoft":
            return f"{account.user} · Microsoft"
        case "import":
            return f"{account.user} · imported, not updating"
        case _:
            return f"{account.user} · {host(account.url)}" if account.url else account.user


def put(tx: Tx, vault: Vault, session: Session, pending: Pending) -> None:
    """It waits in that session; another one that waited there is forgotten."""
    sealed = vault.seal(tx, session.tenant, _row(session), msgspec.json.encode(pending))
    links.set_pending(tx, session, sealed, identity(pending.account))


def get(tx: Tx, vault: Vault, session: Session) -> Pending | None:
    """What waits in that session."""
    try:
        sealed = links.pending(tx, session)
        return msgspec.json.decode(vault.open(tx, session.tenant, _row(session), sealed), type=Pending)
    except NotFound:
        return None


def forget(tx: Tx, session: Session) -> None:
    """Nothing waits there any more."""
    links.set_pending(tx, session, None)


def _row(session: Session) -> str:
    return f"web_session:pending:{session.hash}"
