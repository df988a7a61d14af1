"""Google's refusals -> named errors (https://developers.google.com/workspace/calendar/api/guides/errors)."""

import logging
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from bot.core.errors import (
    ConsentNeeded,
    NotFound,
    OurFault,
    OverlapError,
    Refused,
    SignInNeeded,
    Stale,
    TryLater,
)

log = logging.getLogger(__name__)

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What comes of a body that is no JSON, is not of the form, is no UTF-8, or is nested without end."""
LONGEST = timedelta(days=1)
TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded", "calendarUsageLimits", "variableTermLimitExceeded"})
USED_UP_FOR = timedelta(hours=1)
"""Google names no time for its longer limits, some of which last hours."""
NO_SCOPE = frozenset({"insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
NO_PROJECT = frozenset({"accessNotConfigured", "SERVICE_DISABLED", "push.webhookUrlUnauthorized"})


class Existing(Stale):
    """The id that an event was to have is another's already, or was once (409)."""


class Gone(NotFound):
    """What was named was there once and is not any more (410)."""


class Unfit(Refused):
    """Google does not take the question (400)."""


_BY_STATUS: Mapping[int, tuple[type[OverlapError], str]] = {
    400: (Unfit, "Google does not take this."),
    401: (SignInNeeded, "Google no longer lets me into this account: sign in again."),
    404: (NotFound, "Google knows nothing of that name."),
    409: (Existing, "Google has an event of that id already."),
    410: (Gone, "This is over at Google."),
    412: (Stale, "It changed in the calendar meanwhile."),
}


class _One(msgspec.Struct, frozen=True):
    reason: str = ""


class _Body(msgspec.Struct, frozen=True):
    message: str = ""
    errors: list[_One] = []
    details: list[_One] = []


class _Said(msgspec.Struct, frozen=True):
    error: _Body


def reasons(body: bytes) -> frozenset[str]:
    """Every reason that an error's body names, in its old form and its new one."""
    try:
        said = msgspec.json.decode(body, type=_Said).error
    except UNREADABLE:
        return frozenset()
    return frozenset(one.reason for one in (*said.errors, *said.details) if one.reason)


def named(status: int, body: bytes, headers: Mapping[str, str]) -> OverlapError:
    """The error that this answer means; what it says to people is ours, never the body's."""
    told = reasons(body)
    after = waited(headers.get("retry-after"))
    if told & NO_PROJECT:
        log.error("Google refuses this house's project: %s", ", ".join(sorted(told & NO_PROJECT)))
        return OurFault("Google refuses this Overlap itself; its operator has been told.")
    if status == 403:
        return _forbidden(told, after)
    if status == 429:
        return TryLater("Google asks us to slow down.", after)
    if status in _BY_STATUS:
        kind, words = _BY_STATUS[status]
        return kind(words)
    if status < 500:
        return Refused("Google does not allow this.")
    return TryLater(f"Google cannot answer now ({status}).", after)


def _forbidden(told: frozenset[str], after: timedelta | None) -> OverlapError:
    if told & NO_SCOPE:
        return ConsentNeeded("Its owner has not allowed this at Google.")
    if told & USED_UP:
        return TryLater("Google's limits for this account are used up.", after or USED_UP_FOR)
    if told & TOO_FAST:
        return TryLater("Google asks us to slow down.", after)
    return Refused("Google does not allow this.")


def waited(told: str | None) -> timedelta | None:
    """Retry-After in seconds; Google gives no dates there."""
    told = (told or "").strip()
    return min(timedelta(seconds=int(told)), LONGEST) if told.isdecimal() and len(told) < 9 else None
