"""Free/busy at Google: of colleagues, of rooms, and of calendars that may not be looked into.

https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query. The answer is 200 even where a
calendar could not be asked, and its list of busy times is then empty: the errors in it are looked at first.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from bot.core.errors import NotACalendar, NotFound, OverlapError, Refused, TryLater, Untold
from bot.core.events import Instance, Kind
from bot.core.ids import derived
from bot.core.intervals import Interval, merge
from bot.providers.google.api import Api

CHUNK = timedelta(days=60)
"""Longer questions are refused (`timeRangeTooLong`)."""


class Reason(msgspec.Struct, frozen=True):
    """Why one calendar could not be asked."""

    reason: str = ""


class Stretch(msgspec.Struct, frozen=True):
    """One busy time."""

    start: datetime
    end: datetime


class Told(msgspec.Struct, frozen=True):
    """What is told of one calendar."""

    busy: list[Stretch] = []
    errors: list[Reason] = []


class Answer(msgspec.Struct, frozen=True):
    """What is told of all that were asked for."""

    calendars: dict[str, Told] = {}


ANSWER = msgspec.json.Decoder(Answer)


def busy(api: Api, address: str, window: Interval) -> list[Interval]:
    """When that calendar is busy in the window, merged; an error for it is raised, and never an empty answer."""
    found: list[Interval] = []
    for part in parts(window):
        body = {"timeMin": part.start.isoformat(), "timeMax": part.end.isoformat(), "items": [{"id": address}]}
        answer = api.ask(api.freebusy.query(body=body, fields="calendars"), ANSWER)
        told = next((one for name, one in answer.calendars.items() if name.lower() == address.lower()), None)
        if told is None:
            raise NotFound("Google says nothing of that calendar.")
        if told.errors:
            raise _error(told.errors)
        for one in told.busy:
            try:
                start, end = (at.astimezone(window.start.tzinfo).replace(microsecond=0) for at in (one.start, one.end))
            except OverflowError as error:
                raise NotACalendar("Google tells of a time that no clock reaches.") from error
            if start < end:
                found.append(Interval(start, end))
    return [one for one in merge(found) if one.overlaps(window)]


def parts(window: Interval) -> Iterator[Interval]:
    """The window, in pieces that Google answers at once."""
    start = window.start
    while start < window.end:
        end = min(start + CHUNK, window.end)
        yield Interval(start, end)
        start = end


def anonymous(address: str, stretches: list[Interval]) -> tuple[Instance, ...]:
    """Instances without a name of their own: where each stands is who it is."""
    return tuple(
        Instance(
            uid=f"busy-{derived(address, one.start.isoformat(), one.end.isoformat())}",
            starts=one.start,
            when=one,
            kind=Kind.HARD,
        )
        for one in stretches
    )


def _error(errors: list[Reason]) -> OverlapError:
    reasons = {one.reason for one in errors}
    if "notFound" in reasons:
        return NotFound("Google knows no such calendar, or does not show it to this account.")
    if "rateLimitExceeded" in reasons:
        return TryLater("Google asks us to slow down.")
    if reasons & {"internalError", "backendError"}:
        return Untold("Google cannot say now when that calendar is busy.")
    return Refused("Google does not say when that calendar is busy.")
