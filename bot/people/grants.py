"""Opens connected calendars: the one place where a sealed account becomes an opened one."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from bot.core.calendars import Access
from bot.core.errors import NotFound, NotOffered, SignInNeeded
from bot.core.ids import CalendarId, ConnectionId, TenantId
from bot.people.limits import Limits
from bot.providers.base import Account, CalendarProvider, Held, Providers, Remote
from bot.storage import calendars
from bot.storage.database import Database, Tx
from bot.storage.vault import Vault

PATIENCE = 2.0
"""Seconds that a task waits for a place at a busy account."""
IDLE = 32
"""How many opened accounts are kept for the next task; a sync every few seconds then needs no new connection."""


def sealed(tx: Tx, vault: Vault, tenant: TenantId, connection: ConnectionId, account: Account) -> bytes:
    """The account as `storage/calendars` keeps it."""
    return vault.seal(tx, tenant, _row(connection), json.dumps(asdict(account)).encode())


def unsealed(tx: Tx, vault: Vault, tenant: TenantId, connection: ConnectionId) -> Account:
    """What `sealed` was given; `NotFound` once it is disconnected, `SignInNeeded` when the keys no longer open it."""
    kept = calendars.sealed_account(tx, tenant, connection)
    try:
        told = json.loads(vault.open(tx, tenant, _row(connection), kept))
    except NotFound as error:
        raise SignInNeeded("The account's password can no longer be opened: connect it again.") from error
    access = Access(told.get("access", Access.FULL))  # what was sealed before there was a choice was for everything
    return Account(**{**told, "addresses": tuple(told["addresses"]), "access": access})


@dataclass(frozen=True, slots=True)
class _Kept:
    """The keeper of a connected account's grant: its row, sealed."""

    database: Database
    vault: Vault
    tenant: TenantId
    connection: ConnectionId
    turn: threading.Lock

    @contextmanager
    def alone(self) -> Iterator[Held]:
        with self.turn:
            with self.database.reading() as tx:
                account = unsealed(tx, self.vault, self.tenant, self.connection)
            yield _Holding(self, account.grant)

    def save(self, grant: str, instead_of: str) -> None:
        """Keep the newer of two grants; one that came meanwhile, of a new sign-in, is newer than both."""
        with self.database.transaction() as tx:
            account = unsealed(tx, self.vault, self.tenant, self.connection)
            if account.grant == instead_of:
                kept = sealed(tx, self.vault, self.tenant, self.connection, replace(account, grant=grant))
                calendars.replace_account(tx, self.tenant, self.connection, kept)


@dataclass(slots=True)
class _Holding:
    """The newest grant, in one hand."""

    keeper: _Kept
    grant: str

    def save(self, grant: str) -> None:
        self.keeper.save(grant, instead_of=self.grant)
        self.grant = grant


class Grants:
    """Lends opened accounts, each to one task at a time; one that is not allowed here (any more) is not opened."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        providers: Providers,
        limits: Limits | None = None,
        is_allowed: Callable[[Account], bool] = lambda _account: True,
    ) -> None:
        self._database = database
        self._vault = vault
        self._providers = providers
        self._limits = limits or Limits()
        self._is_allowed = is_allowed
        self._idle: dict[tuple[TenantId, ConnectionId, Account], CalendarProvider] = {}
        self._lock = threading.Lock()
        self._refreshing: dict[tuple[TenantId, ConnectionId], threading.Lock] = {}

    @contextmanager
    def open_calendar(
        self, tenant: TenantId, calendar: CalendarId, *, patience: float = PATIENCE
    ) -> Iterator[tuple[CalendarProvider, Remote]]:
        """The account that holds this calendar, and how its service names the calendar.

        `Crowded` where it, or its service, is asked too much already or is let rest; `patience` is how many seconds
        one waits for a place.
        """
        with self._database.reading() as tx:
            known = calendars.calendar(tx, tenant, calendar)
        with self.open_account(tenant, known.connection, patience=patience) as provider:
            yield provider, Remote(known.remote)

    @contextmanager
    def open_account(
        self, tenant: TenantId, connection: ConnectionId, *, patience: float = PATIENCE
    ) -> Iterator[CalendarProvider]:
        """One connected account, opened for this task alone."""
        account = self._account(tenant, connection)
        key = (tenant, connection, replace(account, grant=""))
        provider = self._taken(key) or self._opened(tenant, connection, account)
        at_once = provider.abilities.mailbox_limit
        try:
            with self._limits.turn((tenant, connection), _service(account), at_once=at_once, patience=patience):
                yield provider
        except BaseException:
            # What failed may be in any state, and its password may be the reason: never lend it again.
            provider.close()
            raise
        self._give_back(key, provider)

    def close(self) -> None:
        """Let go of every account that waits for a task."""
        with self._lock:
            waiting = list(self._idle.values())
            self._idle.clear()
        for provider in waiting:
            provider.close()

    def _account(self, tenant: TenantId, connection: ConnectionId) -> Account:
        try:
            with self._database.reading() as tx:
                account = unsealed(tx, self._vault, tenant, connection)
        except NotFound:
            self._forget(tenant, connection)
            raise
        if account.provider not in self._providers or not self._is_allowed(account):
            raise NotOffered("Accounts of this kind may not be connected here any more.")
        return account

    def _opened(self, tenant: TenantId, connection: ConnectionId, account: Account) -> CalendarProvider:
        connect = self._providers[account.provider]
        return connect(account, _Kept(self._database, self._vault, tenant, connection, self._turn(tenant, connection)))

    def _turn(self, tenant: TenantId, connection: ConnectionId) -> threading.Lock:
        """Whose turn it is to refresh that account's grant. One process has the database, so its threads are all."""
        with self._lock:
            return self._refreshing.setdefault((tenant, connection), threading.Lock())

    def _taken(self, key: tuple[TenantId, ConnectionId, Account]) -> CalendarProvider | None:
        with self._lock:
            return self._idle.pop(key, None)

    def _give_back(self, key: tuple[TenantId, ConnectionId, Account], provider: CalendarProvider) -> None:
        with self._lock:
            surplus = [provider] if key in self._idle else []
            self._idle.setdefault(key, provider)
            while len(self._idle) > IDLE:
                surplus.append(self._idle.pop(next(iter(self._idle))))
        for one in surplus:
            one.close()

    def _forget(self, tenant: TenantId, connection: ConnectionId) -> None:
        with self._lock:
            gone = [key for key in self._idle if key[:2] == (tenant, connection)]
            closing = [self._idle.pop(key) for key in gone]
        for one in closing:
            one.close()


def _service(account: Account) -> str:
    """Who would be troubled by all accounts like this one: a service, or one server of those that are many."""
    where = account.password if account.provider == "ics" else account.url  # a feed's address is its secret
    return f"{account.provider} {urlsplit(where).netloc}"


def _row(connection: ConnectionId) -> str:
    return f"connection:account:{connection}"
