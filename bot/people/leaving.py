"""Letting go of a connected account: forgotten here at once, and undone at its service as soon as that answers."""

import logging
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from bot.core.clock import Clock
from bot.core.errors import NotFound, Refused, SignInNeeded
from bot.core.ids import ConnectionId, TenantId, new_id
from bot.people import pending
from bot.people.grants import unsealed
from bot.people.pending import Pending, identity
from bot.providers.base import Account, Channel, Providers
from bot.providers.oauth import SignIns
from bot.storage import calendars, channels, farewells, links, recordings, rooms
from bot.storage.database import Database, Tx
from bot.storage.links import Session
from bot.storage.vault import Vault

log = logging.getLogger(__name__)

TRIED_FOR = timedelta(days=7)
"""After this the secret goes, undone or not: a channel has ended by then, and its owner can withdraw what they gave."""


LEAVES_NOTHING = frozenset({"caldav", "ics", "import"})
"""What is opened with a password, an address or not at all: nothing was granted, and nothing rings."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """What it takes to undo at a service what was done for an account."""

    account: Account
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True)
class Leaving:
    """Undoes at services what disconnected accounts left there."""

    database: Database
    clock: Clock
    vault: Vault
    providers: Providers
    sign_ins: SignIns

    def undo(self, tenant: TenantId, farewell: str) -> None:
        """Stop its channels and give back what was granted; raises what passes, to be tried again."""
        with self.database.reading() as tx:
            try:
                sealed, since = farewells.farewell(tx, tenant, farewell)
                told = msgspec.json.decode(self.vault.open(tx, tenant, _row(farewell), sealed), type=Farewell)
            except NotFound:
                told = None
            else:
                told = told if self.clock.now() - since < TRIED_FOR else None
            is_held = told is not None and _is_held(tx, told.account)
        if told is not None:
            self._close(told)
            sign_in = self.sign_ins.get(told.account.provider)
            if sign_in is not None and not is_held:
                sign_in.revoke(told.account)
        with self.database.transaction() as tx:
            farewells.drop(tx, tenant, farewell)
        log.info("what a disconnected account left at its service is undone", extra={"tenant": tenant})

    def let_lapse(self) -> None:
        """What was signed in to and never confirmed is forgotten once its session is over, and given back."""
        with self.database.transaction() as tx:
            for session in links.unconfirmed(tx, self.clock.now()):
                give_up(tx, self.vault, session, self.clock.now())

    def _close(self, told: Farewell) -> None:
        connect = self.providers.get(told.account.provider)
        if connect is None or not told.channels:
            return
        try:
            with closing(connect(told.account)) as opened:
                if opened.channels is not None:
                    for channel in told.channels:
                        opened.channels.close(channel)
        except (SignInNeeded, NotFound, Refused):
            log.info("an account no longer opens, so its channels end by themselves")


def leave(tx: Tx, vault: Vault, tenant: TenantId, connection: ConnectionId, now: datetime) -> None:
    """Forget that account here; what its service keeps of us is undone soon."""
    recordings.forget_behind(tx, tenant, connection)
    rooms.leaves(tx, tenant, connection, now)
    try:
        account = unsealed(tx, vault, tenant, connection)
    except SignInNeeded:  # its secret does not open any more: there is nothing to undo with
        calendars.disconnect(tx, tenant, connection)
        return
    open_ones = channels.of_connection(tx, tenant, connection)
    calendars.disconnect(tx, tenant, connection)
    ringing = (Channel(id=one.service, resource=one.resource, expires_at=one.expires_at) for one in open_ones)
    part(tx, vault, tenant, Farewell(account, tuple(ringing)), now)


def give_up(tx: Tx, vault: Vault, session: Session, now: datetime, instead: Pending | None = None) -> None:
    """What waits in that session is not kept: it is forgotten, or another takes its place, and what was granted goes
    back. A grant of the account that still waits, there or anywhere, stays: see `Leaving.undo`."""
    dropped = pending.get(tx, vault, session)
    if instead is None:
        pending.forget(tx, session)
    else:
        pending.put(tx, vault, session, instead)
    if dropped is not None:
        part(tx, vault, session.tenant, Farewell(dropped.account), now)


def part(tx: Tx, vault: Vault, tenant: TenantId, told: Farewell, now: datetime) -> None:
    """Have that undone, if there is anything."""
    if told.account.provider in LEAVES_NOTHING:
        return
    farewell = new_id()
    farewells.add(tx, tenant, farewell, vault.seal(tx, tenant, _row(farewell), msgspec.json.encode(told)), now)


def _is_held(tx: Tx, account: Account) -> bool:
    """Whether somebody has that account connected, or is about to: a service that takes back one grant may take back
    every one that it ever gave for it."""
    of = identity(account)
    return calendars.is_held(tx, of) or links.is_waiting(tx, of)


def _row(farewell: str) -> str:
    return f"farewell:sealed:{farewell}"
