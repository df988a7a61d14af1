"""Where an account is connected again: on its service's own page, or at a form that knows all but its secret."""

from collections.abc import Container

from bot.core.calendars import Connection

APPLE = "caldav.icloud.com"
NAMED_BY = {"ics": "feed"}
"""What the page of a kind is called, where not like the kind."""


def way(account: Connection, kinds: Container[str]) -> str | None:
    """The page on which its owner connects that account again; None where such accounts are not offered."""
    is_apple = account.provider == "caldav" and account.label.endswith(APPLE)
    kind = "icloud" if is_apple else account.provider
    return f"/connect/{NAMED_BY.get(kind, kind)}?account={account.id}" if kind in kinds else None
