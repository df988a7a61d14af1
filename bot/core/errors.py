"""Every way in which Overlap can fail, as one tree; each error says what happened and what to do next.

OverlapError
├── InvalidInput        the caller gave something that cannot be
├── NotFound            there is no such thing (any more)
├── NotAllowed          this person may not do this
├── Stale               it changed since you looked: read again, decide again
├── Taken               somebody's time is claimed already
├── TryLater            a passing fault; `after` says how long to wait at least
│   └── Crowded         we ask that service enough already: nothing was asked, and nothing failed
├── SignInNeeded        the credentials no longer open the account
├── Refused             the service forbids it, now and later
│   ├── ConsentNeeded   its owner would have to allow it first (a missing scope)
│   ├── NotOffered      whoever runs Overlap does not allow such accounts here (any more)
│   └── Full            nothing more fits into that calendar or account (507, quota)
├── OurFault            the service refuses Overlap itself: only its operator can mend that
├── CursorExpired       the service forgot where we were: read everything
├── NotACalendar        the answer was no calendar: keep what was known
├── AddressRefused      this address must not be contacted
│   └── SentAway        a server leads to an address that must not be contacted
└── Unreachable         a message cannot be delivered there (any more)
"""

from datetime import timedelta
from typing import ClassVar


class OverlapError(Exception):
    """The root: `code` is stable and may be matched on, the message is for people."""

    code: ClassVar[str] = "error"


class InvalidInput(OverlapError):
    """The caller gave something that cannot be; the message says what and how to mend it."""

    code = "invalid_input"


class NotFound(OverlapError):
    """There is no such thing, or none that the caller may know of."""

    code = "not_found"


class NotAllowed(OverlapError):
    """This person may not do this."""

    code = "not_allowed"


class Stale(OverlapError):
    """It changed since the caller looked: read again and decide again."""

    code = "stale"


class Taken(OverlapError):
    """The time is claimed already, for the people in `people` (person ids)."""

    code = "taken"

    def __init__(self, message: str, people: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.people = people


class TryLater(OverlapError):
    """A passing fault: throttled, timed out, or answered 5xx. `after` is a floor, never a cap."""

    code = "try_later"

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class Crowded(TryLater):
    """We ask that account or service enough already, or let it rest: nothing was asked and nothing failed."""

    code = "crowded"


class Untold(TryLater):
    """The service answered, but not about that one: no trouble of the account or of the service."""


class SignInNeeded(OverlapError):
    """The credentials no longer open the account: its owner must sign in again (401)."""

    code = "sign_in_needed"


class Refused(OverlapError):
    """The service forbids this, and will forbid it again (403, read-only calendar)."""

    code = "refused"


class ConsentNeeded(Refused):
    """The service would do it, had the account's owner allowed it: a scope is missing."""

    code = "consent_needed"


class NotOffered(Refused):
    """Whoever runs Overlap does not allow accounts of that kind or domain here (any more): nothing was asked."""

    code = "not_offered"


class Full(Refused):
    """Nothing more fits: the calendar or its account is at its limit (507, a quota of the account)."""

    code = "full"


class OurFault(OverlapError):
    """The service refuses Overlap's own registration (a wrong or expired client secret): its operator is told."""

    code = "our_fault"


class CursorExpired(OverlapError):
    """The service forgot the cursor: everything must be read again (RFC 6578 §3.8, valid-sync-token)."""

    code = "cursor_expired"


class NotACalendar(OverlapError):
    """The answer was no calendar, or only a part of one: what was known before stays."""

    code = "not_a_calendar"


class AddressRefused(OverlapError):
    """A private, loopback, link-local or metadata address, or a scheme that is not allowed."""

    code = "address_refused"


class SentAway(AddressRefused):
    """A server that may be contacted sends us on to where we must not go."""

    code = "sent_away"


class Unreachable(OverlapError):
    """A message cannot be delivered there (any more); trying again will not help."""

    code = "unreachable"
