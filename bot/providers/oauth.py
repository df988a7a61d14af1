"""The port to sign-ins: how somebody lets us into an account at a service that never tells us a password.

OAuth 2.0 authorization code with PKCE (RFC 6749 §4.1, RFC 7636). What must live between the two halves is opaque
`flow`, kept sealed by the caller under a single-use `state`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.core.calendars import Access
from bot.core.errors import OverlapError
from bot.providers.base import Account


class Refusal(StrEnum):
    """Why a sign-in gave no account."""

    DENIED = "denied"
    """They said no on the service's page."""
    NOTHING_GRANTED = "nothing_granted"
    """They unticked everything that would let us see when they are busy."""
    ADMIN_NEEDED = "admin_needed"
    """Their organisation lets only an administrator allow it."""
    POLICY = "policy"
    """Their organisation's rules forbid it, or want a further step (conditional access, MFA)."""
    NO_MAILBOX = "no_mailbox"
    """The account has no calendar that could be reached."""
    STALE = "stale"
    """A code or state that was used, is too old, or never was ours."""
    OURS = "ours"
    """The service refuses our own registration: the operator is told."""
    UNREACHABLE = "unreachable"


class NotSignedIn(OverlapError):
    """The sign-in gave no account; `refusal` says why, and nothing was kept."""

    code = "not_signed_in"

    def __init__(self, refusal: Refusal, message: str = "") -> None:
        super().__init__(message or refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Begun:
    """The first half of a sign-in."""

    url: str
    """Where the browser is to go."""
    flow: str = field(repr=False)
    """What `finish` needs of it: holds the PKCE verifier, so it is kept sealed and used once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One permission, as an administrator reads of it."""

    scope: str
    why: str
    when: str
    """At which step of which choice it is asked."""
    stored: str
    """What is kept of what it opens, and for how long."""


class OAuth(Protocol):
    """One service's sign-in."""

    @property
    def asks(self) -> tuple[Asked, ...]:
        """Every scope that is ever asked for."""
        ...

    def begin(
        self, *, state: str, redirect_uri: str, access: Access, hint: str | None = None, rooms: bool = False
    ) -> Begun:
        """Where to send the browser, asking for that access; `hint` is the address they probably sign in with.

        `rooms` asks an administrator for the list of their organisation's rooms as well, where that is a matter of a
        sign-in and not of `admin_url`.
        """
        ...

    def finish(self, flow: str, answered: Mapping[str, str]) -> Account:
        """The account that was let in, its `access` being what was truly granted; raises `NotSignedIn`.

        `answered` are the parameters with which the service sent the browser back.
        """
        ...

    def admin_url(self, *, state: str, redirect_uri: str) -> str | None:
        """Where an administrator allows everything for a whole organisation at once; None where there is no such."""
        ...

    def revoke(self, account: Account) -> None:
        """Give back what was granted, as far as the service has a way; never raises for what is gone already."""
        ...


SignIns = Mapping[str, OAuth]
"""By the provider's name; only those whose client is registered here."""
