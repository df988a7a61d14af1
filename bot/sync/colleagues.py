"""How long what an account may see of a colleague is read: while they are asked about; then it rests, and goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.availability import known
from bot.core.calendars import Calendar
from bot.storage import calendars, proposals, seen
from bot.storage.database import Tx

LASTS = timedelta(days=5)
"""So long after the last request it is forgotten."""
MUTE_FOR = timedelta(hours=6)
"""How long a service that does not show that colleague is left alone."""


@dataclass(frozen=True, slots=True)
class Rest:
    """It is not read now, but looked at again then; None once it is gone."""

    until: datetime | None


def rest(tx: Tx, calendar: Calendar, now: datetime) -> Rest | None:
    """None while it is to be read. It goes once its person has a calendar of their own, or nobody asked for days."""
    assert calendar.seen_by is not None
    if known.vouchers(calendars.of_person(tx, calendar.tenant, calendar.person)):
        seen.remove(tx, calendar)
        return Rest(None)
    is_open, asked_at = proposals.asked_between(tx, calendar.tenant, calendar.seen_by, calendar.person)
    if is_open:
        return None
    if asked_at is None or asked_at + LASTS <= now:
        seen.remove(tx, calendar)
        return Rest(None)
    return Rest(asked_at + LASTS)
