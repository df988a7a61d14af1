"""What is filled in for somebody who has not said yet when they work: what their own account tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.calendars import Calendar, Connection
from bot.core.people import Person
from bot.core.rules import WorkingHours, office_hours
from bot.core.zones import local
from bot.storage import habits
from bot.storage.database import Tx

HALF_A_YEAR = timedelta(days=182)
SOURCES = {"microsoft": "your Outlook settings", "google": "your Google calendar"}


@dataclass(frozen=True, slots=True)
class Suggested:
    """Hours that nothing goes by until their owner saves them."""

    hours: WorkingHours
    source: str
    """Where they are from, in words."""


def suggested(
    tx: Tx, person: Person, connections: Sequence[Connection], calendars: Sequence[Calendar], now: datetime
) -> Suggested | None:
    """None once they have chosen their hours, and where nothing is told that the chat does not tell."""
    if habits.are_chosen(tx, person.tenant, person.id):
        return None
    for provider, hours in habits.told(tx, person.tenant, person.id):
        theirs = person.zone if _is_same_clock(hours.zone, person.zone, now) else hours.zone
        return Suggested(WorkingHours(theirs, hours.days), SOURCES.get(provider, "your calendar account"))
    google = {one.id for one in connections if one.provider == "google"}
    its = sorted((one for one in calendars if one.connection in google), key=lambda one: not one.receives)
    zone = its[0].zone if its else None
    # A Google calendar that nobody ever gave a zone says UTC: the chat knows better.
    if zone is None or zone == "UTC" or _is_same_clock(zone, person.zone, now):
        return None
    return Suggested(office_hours(zone), SOURCES["google"])


def _is_same_clock(one: str, other: str, now: datetime) -> bool:
    """Whether their clocks agree now and in half a year: Windows names fewer zones than there are, and
    "W. Europe" is no reason to move somebody from Amsterdam to Berlin."""
    return all(local(at, one).utcoffset() == local(at, other).utcoffset() for at in (now, now + HALF_A_YEAR))
