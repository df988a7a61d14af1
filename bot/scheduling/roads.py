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
    """Where they want bookings, if it can be written; of a room the calendar of its own that its keeper connected."""
    server: str | None = None
    """Which service holds that calendar, or answers for that room: two of one service name the same."""
    email: str | None = None
    is_account: bool = False
    """Whether that address is the one by which their account there is known."""
    is_room: bool = False


def plan(organiser: Party, participants: Sequence[Party]) -> tuple[Attendance, ...]:
    """Everyone's part in the meeting, the organiser first; nobody gets two copies of it."""
    calendar = None if organiser.receiving is None else organiser.receiving.id
    own = Attendance(person=organiser.person, road=Road.ORGANISER, response=Response.ACCEPTED, calendar=calendar)
    return own, *(_participant(organiser, one) for one in participants)


def _participant(organiser: Party, one: Party) -> Attendance:
    road = _room_road(organiser, one) if one.is_room else _road(organiser, one)
    copy = one.receiving if road is Road.OWN_COPY else None
    # What stands in a room's own calendar is its answer.
    response = Response.ACCEPTED if one.is_room and copy is not None else Response.NEEDS_ACTION
    calendar = None if copy is None else copy.id
    return Attendance(person=one.person, road=road, response=response, calendar=calendar, is_room=one.is_room)


def _road(organiser: Party, one: Party) -> Road:
    if one.receiving is not None:
        return Road.ATTENDEE if _is_delivered(organiser, one) else Road.OWN_COPY
    return Road.ATTENDEE if _invites(organiser) and one.email else Road.NONE


def _room_road(organiser: Party, room: Party) -> Road:
    """A room is invited by the service that it belongs to; no other one can make it answer."""
    if _is_same(organiser, room) and _invites(organiser) and room.email is not None:
        return Road.ATTENDEE
    return Road.NONE if room.receiving is None else Road.OWN_COPY


def _is_delivered(organiser: Party, one: Party) -> bool:
    """Whether an invitation is known to arrive in that very account: the same service, which invites, and its address.

    Anything less and they get our own copy instead; both would be two events in one calendar.
    """
    is_same = _is_same(organiser, one) and _invites(organiser) and _invites(one)
    return is_same and one.email is not None and one.is_account


def _is_same(organiser: Party, one: Party) -> bool:
    return organiser.server is not None and organiser.server == one.server


def _invites(one: Party) -> bool:
    return one.receiving is not None and one.receiving.invites
