"""The tray: what comes in is laid here before the ack, sealed, once for each delivery; somebody answers it later.

This is all that stands between a platform and its ack, so it imports nothing of those who answer.
"""

from dataclasses import dataclass

from bot.chat import codec
from bot.chat.surface import Delivery
from bot.core.clock import Clock
from bot.core.ids import TenantId, new_id
from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.vault import Vault


@dataclass(frozen=True)
class Tray:
    """Keeps what comes in, and gives it out again."""

    database: Database
    clock: Clock
    vault: Vault

    def keep(self, delivery: Delivery, *, is_due: bool = True) -> str | None:
        """The id under which it is kept, and due unless the call itself answers it; None when it came before."""
        tenant, incoming_id = delivery.incoming.by.tenant, new_id()
        clear = codec.encode(delivery)
        now = self.clock.now()
        with self.database.transaction() as tx:
            sealed = self.vault.seal(tx, tenant, _sealed_as(incoming_id), clear)
            is_new = inbox.keep(tx, tenant, delivery.key, sealed, incoming_id, now, is_due=is_due)
        return incoming_id if is_new else None

    def opened(self, tenant: TenantId, incoming_id: str) -> Delivery:
        """What was kept under that id."""
        with self.database.reading() as tx:
            sealed = inbox.sealed(tx, tenant, incoming_id)
            return codec.decode(self.vault.open(tx, tenant, _sealed_as(incoming_id), sealed))


def _sealed_as(incoming_id: str) -> str:
    return f"incoming:sealed:{incoming_id}"
