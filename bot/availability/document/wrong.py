"""What can be wrong with a document, and where: one kind of error, with few codes that stay."""

from enum import StrEnum

from bot.core.errors import InvalidInput

SHOWN = 200
"""So many characters of anybody's text are repeated in an error."""


class Fault(StrEnum):
    """What is wrong; tools may match on it."""

    UNREADABLE = "unreadable"
    """The file cannot be read."""
    INVALID_JSON = "invalid_json"
    """It is no JSON, or not in UTF-8."""
    TOO_LARGE = "too_large"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    INVALID_VALUE = "invalid_value"
    """Of another type, another word, or out of range."""
    INVALID_TIME = "invalid_time"
    """No instant, or one without a zone, with a leap second, or outside the years 1 to 9999."""
    UNKNOWN_ZONE = "unknown_zone"
    INVALID_INTERVAL = "invalid_interval"
    """It ends before it starts; a window or horizon also where it is empty."""
    UNKNOWN_PROPOSAL = "unknown_proposal"
    """Nothing is recorded of it (any more)."""
    UNKNOWN_PERSON = "unknown_person"
    """A group names somebody who is not among the people."""
    CONTRADICTION = "contradiction"
    """Each part is fine, and they do not go together."""


class Wrong(InvalidInput):
    """The document cannot be understood; `field` says where, and `person` of whom, where it is of one."""

    def __init__(self, fault: Fault, field: str, message: str, person: str | None = None) -> None:
        super().__init__(message[:SHOWN])
        self.fault = fault
        self.field = field[:SHOWN] or None
        self.person = None if person is None else person[:SHOWN]
