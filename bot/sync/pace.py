"""When a healthy calendar is looked at again: by what its service bears, whether it rings, and what rests on it."""

from datetime import datetime, timedelta
from hashlib import blake2b

from bot.core.calendars import Calendar
from bot.providers.base import Abilities


def look_again(
    calendar: Calendar,
    abilities: Abilities,
    *,
    is_hot: bool,
    override: timedelta | None,
    now: datetime,
    chance: float,
) -> timedelta:
    """How long until then, give or take a fifth, so that looks spread; `override` is the operator's own word.

    The first wait is cut by where the calendar's id falls: what was connected together is not looked at together.
    """
    every = override or _every(calendar, abilities, is_hot=is_hot, now=now)
    wait = every * (0.8 + 0.4 * chance)
    return wait * _part(calendar) if calendar.read_at is None and override is None else wait


def _every(calendar: Calendar, abilities: Abilities, *, is_hot: bool, now: datetime) -> timedelta:
    rings = calendar.rings_until is not None and calendar.rings_until > now
    if rings and abilities.quiet_cadence is not None:
        # A channel may lag or lose a message: where something rests on the calendar, it is asked as if none rang.
        return min(abilities.cadence, abilities.quiet_cadence) if is_hot else abilities.quiet_cadence
    if is_hot and abilities.hot_cadence is not None:
        return min(abilities.cadence, abilities.hot_cadence)
    return abilities.cadence


def _part(calendar: Calendar) -> float:
    """From a half to one, the same for the same calendar."""
    drawn = int.from_bytes(blake2b(f"{calendar.tenant} {calendar.id}".encode(), digest_size=4).digest())
    return 0.5 + drawn / 2**33
