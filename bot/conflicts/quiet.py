"""Quiet hours: until when somebody is told of nothing that can wait. Pure."""

from datetime import UTC, datetime, timedelta

from bot.availability.clock import stretch, zone_on
from bot.core.preferences import Preferences
from bot.core.zones import local

ONE_DAY = timedelta(days=1)


def quiet_until(wishes: Preferences, now: datetime) -> datetime | None:
    """When the quiet hours end in which they are, by the clocks of where they are; None where they are in none."""
    if wishes.quiet is None:
        return None
    today, at = local(now, wishes.rules.zone).date(), now.timestamp()
    for day in (today - ONE_DAY, today, today + ONE_DAY):
        start, end = stretch(day, wishes.quiet, zone_on(wishes.rules, day))
        if start <= at < end:
            return datetime.fromtimestamp(end, UTC)
    return None
