"""The names of things: opaque strings, told apart by the type checker."""

import hashlib
import secrets
from typing import NewType

TenantId = NewType("TenantId", str)
"""One chat workspace: `slack:<team id>`, `teams:<tenant id>`, `memory:<name>`. First column of every key."""

PersonId = NewType("PersonId", str)
ConnectionId = NewType("ConnectionId", str)
"""One connected calendar account."""
CalendarId = NewType("CalendarId", str)
ProposalId = NewType("ProposalId", str)
MeetingId = NewType("MeetingId", str)
AskId = NewType("AskId", str)
ConflictId = NewType("ConflictId", str)


def new_id() -> str:
    """96 random bits as 24 hex digits."""
    return secrets.token_hex(12)


def derived(*parts: str) -> str:
    """The same 40 hex digits for the same parts, on every machine and after every crash."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
