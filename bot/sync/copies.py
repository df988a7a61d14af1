"""Feeds and imports that hold what a synced calendar of the same person holds already: named, and not counted twice."""

from datetime import datetime

from bot.core.ids import CalendarId, PersonId, TenantId
from bot.storage import calendars, mirror
from bot.storage.database import Tx
from bot.sync import plan

TOLD = ("ics", "import")
"""The providers whose calendars are somebody else's word about a calendar."""


def name_copies(tx: Tx, tenant: TenantId, person: PersonId, now: datetime) -> bool:
    """Look at all of that person's calendars once more; whether anything is told of them now that was not before."""
    accounts = calendars.connections_of(tx, tenant, person)
    told = {one.id for one in accounts if one.provider in TOLD}
    if not told:
        return False
    theirs = calendars.of_person(tx, tenant, person)
    synced = [one for one in theirs if one.connection not in told and one.counts]
    events: dict[CalendarId, set[str]] = {one.id: mirror.coming(tx, tenant, one.id, now) for one in synced}
    changed = False
    for one in theirs:
        if one.connection not in told:
            continue
        original = plan.copied(mirror.coming(tx, tenant, one.id, now), events)
        if original != one.copy_of:
            calendars.copies(tx, tenant, one.id, original)
            changed = True
    return changed
