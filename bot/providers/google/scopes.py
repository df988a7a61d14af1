"""The permissions at Google: what each opens, and what an account may do with those that were granted.

https://developers.google.com/workspace/calendar/api/auth
"""

from collections.abc import Set as AbstractSet

from bot.core.calendars import Access
from bot.providers.oauth import Asked

_AT = "https://www.googleapis.com/auth/"
EVENTS = f"{_AT}calendar.events"
FREEBUSY = f"{_AT}calendar.events.freebusy"
LIST = f"{_AT}calendar.calendarlist.readonly"
ROOMS = f"{_AT}admin.directory.resource.calendar.readonly"
SIGN_IN = ("openid", "email")

WANTED = {Access.FREEBUSY: (FREEBUSY, LIST), Access.FULL: (EVENTS, FREEBUSY, LIST)}

ASKED = (
    Asked(
        scope="openid email",
        why="to know which account was connected, and to show its address to its owner",
        when="at every sign-in",
        stored="the address and Google's number of the account, until it is disconnected",
    ),
    Asked(
        scope=FREEBUSY,
        why="to see when its owner is busy, and when colleagues and rooms are whose free/busy they may see",
        when="at the first sign-in, with both choices",
        stored="start, end and kind of busy times, without titles, for the time ahead; replaced at every reading, "
        "and kept for 7 days with each answer that rested on them",
    ),
    Asked(
        scope=LIST,
        why="to let its owner choose which calendars count and which one receives bookings",
        when="at the first sign-in, with both choices",
        stored="name and time zone of each calendar, until it is disconnected",
    ),
    Asked(
        scope=EVENTS,
        why="to write the meetings its owner books or accepts, and to answer invitations for them",
        when="at the first sign-in with “write meetings I book or accept”, else at the first booking that needs it",
        stored="nothing beyond the meetings themselves; other events are read as busy times, titles only live",
    ),
    Asked(
        scope=ROOMS,
        why="to list the organisation's rooms",
        when="only of an administrator who imports rooms",
        stored="address, name, building, capacity and features of each room that is imported",
    ),
)


def access(granted: AbstractSet[str]) -> Access | None:
    """What those scopes allow; None when they do not even show when somebody is busy."""
    if EVENTS in granted:
        return Access.FULL
    return Access.FREEBUSY if FREEBUSY in granted else None
