"""How soon a calendar is read again: around its cadence, and after a failure neither in a hurry nor for ever. Pure."""

import random
from datetime import timedelta

from bot.core.errors import OverlapError, SignInNeeded, TryLater

SPREAD = 0.2
"""Polls come up to a fifth earlier, so that calendars connected together do not stay in step."""
SHORTEST, LONGEST = timedelta(seconds=2), timedelta(minutes=10)
SIGN_IN = timedelta(hours=1)
"""Wrong credentials are tried rarely: services lock accounts out."""


def next_poll(cadence: timedelta) -> timedelta:
    """After a good reading. Never later than the cadence: three of them is how long it vouches."""
    return cadence * random.uniform(1 - SPREAD, 1.0)


def after_failure(cadence: timedelta, failing: timedelta | None, error: OverlapError) -> timedelta:
    """A little longer the longer it has been failing; at most two cadences or ten minutes; the service's word is a floor.

    `failing` is how long ago the last good reading was, None if there never was one.
    """
    if isinstance(error, SignInNeeded):
        return max(cadence, SIGN_IN)
    most = min(LONGEST, max(cadence * 2, SHORTEST))
    wait = min(most, max(SHORTEST, (failing or timedelta(0)) / 2)) * random.uniform(0.5, 1.0)
    floor = error.after if isinstance(error, TryLater) and error.after is not None else timedelta(0)
    return max(wait, floor)
