"""A second event of the same time and people as a meeting of ours, which another scheduler wrote."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.ids import MeetingId, TenantId


class RivalState(StrEnum):
    """Which of the two is to stay."""

    OPEN = "open"
    """The meeting's organiser is asked."""
    OURS = "ours"
    """Ours stays; the other one is theirs to delete."""
    THEIRS = "theirs"
    """The other one stays, and ours goes."""
    GONE = "gone"
    """It went away by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One meeting's rival; there is one at most, and it is told once."""

    tenant: TenantId
    meeting: MeetingId
    uid: str
    state: RivalState = RivalState.OPEN
