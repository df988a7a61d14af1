"""A room or a piece of equipment: a calendar of nobody, read through the account of whoever keeps it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.errors import InvalidInput
from bot.core.ids import ConnectionId, PersonId, TenantId

MARK = "room:"
"""How the identity of a room begins; what follows is its address, or a word of ours where it has none."""


class Source(StrEnum):
    """How a room's time is known."""

    GOOGLE = "google"
    """By its address, as Google tells the keeper's account (freeBusy)."""
    MICROSOFT = "microsoft"
    """By its address, as Microsoft tells the keeper's account (getSchedule)."""
    CALDAV = "caldav"
    """By a calendar of its own, in the keeper's account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is known of a room besides its calendar; as somebody whose time we look at it is a `Person`."""

    tenant: TenantId
    person: PersonId
    source: Source
    name: str
    address: str = ""
    """Where it is invited; empty for one that is only a calendar."""
    capacity: int | None = None
    building: str = ""
    floor: str = ""
    features: tuple[str, ...] = ()
    is_equipment: bool = False
    keeper: ConnectionId | None = None
    """The account through which it is read; None: nobody's, and it is unknown."""
    second: ConnectionId | None = None
    """The account that takes over when the keeper's no longer can."""
    imported_at: datetime
    lost_at: datetime | None = None
    """Since when no account can read it."""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidInput("a room has a name")
        if self.capacity is not None and self.capacity < 1:
            raise InvalidInput("a room has at least one seat")

    @property
    def seats(self) -> str:
        """8 seats; empty where nobody said."""
        if self.capacity is None or self.is_equipment:
            return ""
        return "1 seat" if self.capacity == 1 else f"{self.capacity} seats"
