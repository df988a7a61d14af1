"""What only whoever runs Overlap can mend, as a workspace's administrators see it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.calendars import Connection, Problem
from bot.core.ids import TenantId
from bot.storage import accounts, faults
from bot.storage.database import Database

REMEMBERED = timedelta(days=7)
"""How long a refused sign-in is shown, should nobody sign in there again."""
A_LITTLE_OVER_A_WEEK = timedelta(days=8)


class Kind(StrEnum):
    """What is wrong."""

    REFUSED = "refused"
    """The service refuses Overlap's own registration."""
    TESTING = "testing"
    """The client's publishing status is "Testing": its grants end after seven days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing to mend."""

    kind: Kind
    provider: str
    accounts: int
    """How many accounts of the workspace it touches."""


def matters(database: Database, tenant: TenantId, now: datetime) -> tuple[Matter, ...]:
    """Everything that is to be mended, as far as this workspace meets it."""
    with database.reading() as tx:
        connected = list(accounts.every(tx, tenant))
        met = faults.of(tx, tenant, now - REMEMBERED)
    refused = Counter(one.provider for one in connected if one.problem is Problem.OURS)
    refused.update(dict.fromkeys(met, 0))
    testing = Counter(one.provider for one in connected if _is_testing(one, now))
    found = {Kind.REFUSED: refused, Kind.TESTING: testing}
    return tuple(
        Matter(kind=kind, provider=provider, accounts=count)
        for kind, counted in found.items()
        for provider, count in sorted(counted.items())
    )


def _is_testing(account: Connection, now: datetime) -> bool:
    """Whether its grant ends after a week, or did so lately."""
    if account.ends_at is not None:
        return account.is_of_testing
    is_over = account.problem is Problem.SIGN_IN_NEEDED
    return account.lapses > 0 and (is_over or now - account.connected_at < A_LITTLE_OVER_A_WEEK)
