"""Where change detectors stand, sealed: a delta link of Graph opens what it stands in, without any other proof."""

from bot.core.calendars import Calendar
from bot.core.errors import NotFound
from bot.providers.base import Cursor
from bot.storage.database import Tx
from bot.storage.vault import Vault


def sealed(tx: Tx, vault: Vault, calendar: Calendar, cursor: Cursor | None) -> bytes | None:
    """The cursor as `storage/calendars` keeps it."""
    return None if cursor is None else vault.seal(tx, calendar.tenant, _row(calendar), cursor.encode())


def unsealed(tx: Tx, vault: Vault, calendar: Calendar, kept: bytes | None) -> Cursor | None:
    """What `sealed` was given; None when the keys no longer open it: then the calendar is read whole."""
    if kept is None:
        return None
    try:
        return Cursor(vault.open(tx, calendar.tenant, _row(calendar), kept).decode())
    except NotFound:
        return None


def _row(calendar: Calendar) -> str:
    return f"calendar:cursor:{calendar.id}"
