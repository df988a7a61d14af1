"""How each person gets their one copy of a meeting; planned as data before anything is written. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.calendars import Calendar
from bot.core.events import Response
from bot.core.ids import PersonId
from bot.core.meetings import Attendance, Road


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What the choice of somebody's road depends on."""

    person: PersonId
    receiving: Calendar | None = None
    """Where they want bookings, if it can be written."""
    server: str | None = None
    """Which service holds that calendar: two of one server name the same."""
    email: str | None = None
    is_account: bool = False
    """Whether that address is the one by which their account there is known."""


def plan(organiser: Party, participants: Sequence[Party]) -> tuple[Attendance, ...]:
    """Everyone's part in the meeting, the organiser first; nobody gets two copies of it."""
    calendar = None if organiser.receiving is None else organiser.receiving.id
    own = Attendance(person=organiser.person, road=Road.ORGANISER, response=Response.ACCEPTED, calendar=calendar)
    return own, *(_participant(organiser, one) for one in participants)


def _participant(organiser: Party, one: Party) -> Attendance:
    road = _road(organiser, one)
    copy = one.receiving if road is Road.OWN_COPY else None
    return Attendance(person=one.person, road=road, calendar=None if copy is None else copy.id)


def _road(organiser: Party, one: Party) -> Road:
    if one.receiving is not None:
        return Road.ATTENDEE if _is_delivered(organiser, one) else Road.OWN_COPY
    return Road.ATTENDEE if _invites(organiser) and one.email else Road.NONE


def _is_delivered(organiser: Party, one: Party) -> bool:
    """Whether an invitation is known to arrive in that very account: the same server, which invites, and its address.

    Anything less and they get our own copy instead; both would be two events in one calendar.
    """
    is_same = organiser.server is not None and organiser.server == one.server
    return is_same and _invites(organiser) and _invites(one) and one.email is not None and one.is_account


def _invites(one: Party) -> bool:
    return one.receiving is not None and one.receiving.invites
