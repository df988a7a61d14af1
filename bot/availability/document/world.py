"""The document that a search is asked in: a snapshot of people, their rules and their time, as JSON.

Its JSON Schema is made from these types, so a docstring here is a description there.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from bot.core.reasons import Role, WhoseHours

MOST_INTERVALS = 100_000
"""Busy and unknown intervals of everybody, taken together."""
MOST_WINDOWS = 10_000
MOST_PEOPLE = 1000
MINUTES_A_DAY = 24 * 60
MINUTES_A_YEAR = 366 * MINUTES_A_DAY
MOST = 1_000_000
"""More than any cap that still means something."""

Instant: TypeAlias = Annotated[
    datetime,
    Meta(tz=True, description="RFC 3339 with its offset, as in 2026-11-30T09:00:00Z; years 1 to 9999, no leap second."),
]
Zone: TypeAlias = Annotated[str, Meta(description="An IANA time zone, as in Europe/Berlin.")]
Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Date: TypeAlias = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", max_length=10)]
Opens: TypeAlias = Annotated[
    str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5, description="What the clock on the wall shows.")
]
Closes: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        max_length=5,
        description="The same; before the start it is of the next day, and 24:00 is the midnight that ends the day.",
    ),
]
Span: TypeAlias = tuple[Opens, Closes]
Minutes: TypeAlias = Annotated[int, Meta(ge=0, le=MINUTES_A_DAY)]
Cap: TypeAlias = Annotated[int, Meta(ge=0, le=MOST)]
Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """An object in which an unknown key is an error, because a misspelt rule would silently not hold."""


class Stretch(Closed, frozen=True, kw_only=True, gc=False):
    """It holds its start and not its end."""

    start: Instant
    end: Instant


class Busy(Closed, frozen=True, kw_only=True, gc=False):
    """One event of a calendar; overlapping and duplicate ones are normal, one of no length is dropped."""

    start: Instant
    end: Instant
    kind: Annotated[Literal["hard", "soft"], Meta(description="Soft: tentative, unanswered, or time to focus.")] = (
        "hard"
    )


class DailySpan(Closed, frozen=True, kw_only=True):
    """Hours of each day in which the meeting may be; a slot lies wholly inside one of them."""

    opens: Opens = msgspec.field(name="from")
    closes: Closes = msgspec.field(name="to")
    zone: Annotated[Zone | None, Meta(description="Absent: the request's.")] = None


class Request(Closed, frozen=True, kw_only=True):
    """What is looked for."""

    duration_min: Annotated[int, Meta(ge=1, le=MINUTES_A_DAY, description="How long the meeting is.")]
    step_min: Annotated[
        int,
        Meta(
            ge=1, le=MINUTES_A_DAY, description="Slots start at multiples of it past midnight, by the request's clock."
        ),
    ] = 15
    limit: Annotated[int, Meta(ge=1, le=1000, description="So many slots are answered.")] = 5
    zone: Zone = "UTC"
    hours: Annotated[
        WhoseHours,
        Meta(
            description="Whose working time binds: of every required person and chosen member, of the first person "
            "only, or of nobody."
        ),
    ] = WhoseHours.OVERLAP
    windows: Annotated[
        tuple[Stretch, ...] | None,
        Meta(description="A slot lies wholly inside one of them. Absent: inside the horizon, which then is needed."),
    ] = None
    near: Annotated[
        Instant | None,
        Meta(
            description="A start that was asked for and does not fit: those nearest to it are answered, no two "
            "overlapping, and what it would take to have it all the same."
        ),
    ] = None
    daily: tuple[DailySpan, ...] = ()
    allow_unknown: Annotated[bool, Meta(description="Offer times at which somebody's time is not known.")] = False
    allow_soft: Annotated[bool, Meta(description="Offer times over soft intervals.")] = False


class Hours(Closed, frozen=True, kw_only=True):
    """Working time by weekday, in the zone of each date; an absent weekday is a day off."""

    mon: tuple[Span, ...] = ()
    tue: tuple[Span, ...] = ()
    wed: tuple[Span, ...] = ()
    thu: tuple[Span, ...] = ()
    fri: tuple[Span, ...] = ()
    sat: tuple[Span, ...] = ()
    sun: tuple[Span, ...] = ()


class Journey(Closed, frozen=True, kw_only=True):
    """Dates that are lived in another zone, both ends included."""

    first: Date = msgspec.field(name="from")
    last: Date = msgspec.field(name="to")
    zone: Zone


class LunchTime(Closed, frozen=True, kw_only=True):
    """So many minutes stay free in one piece somewhere inside the span, every day."""

    opens: Opens = msgspec.field(name="from")
    closes: Closes = msgspec.field(name="to")
    minutes: Annotated[int, Meta(ge=1, le=MINUTES_A_DAY)]


class Person(Closed, frozen=True, kw_only=True):
    """One of those who take part, or a room; every rule is in their own zone."""

    id: Id
    role: Annotated[
        Role,
        Meta(description="Optional: never excludes a time. Member: of a group, and restricts only where chosen."),
    ] = Role.REQUIRED
    room: Annotated[bool, Meta(description="A room or equipment, for which no hour is early.")] = False
    zone: Annotated[Zone | None, Meta(description="Where they live. Absent: the request's.")] = None
    hours: Annotated[Hours | None, Meta(description="Absent: any time.")] = None
    overrides: Annotated[
        dict[Date, tuple[Span, ...]], Meta(description="The hours of one date, instead of its weekday's; none: off.")
    ] = {}
    away: Annotated[tuple[Journey, ...], Meta(description="Two may not overlap.")] = ()
    buffer_before_min: Annotated[Minutes, Meta(description="Kept free before the meeting.")] = 0
    buffer_after_min: Annotated[Minutes, Meta(description="Kept free after it.")] = 0
    min_notice_min: Annotated[
        int, Meta(ge=0, le=MINUTES_A_YEAR, description="How long before it starts they must know of it.")
    ] = 0
    max_outside_min: Annotated[
        Minutes | None,
        Meta(description="How far outside their hours a relaxation may ask them to come; 0: never. Absent: any far."),
    ] = None
    max_meetings_per_day: Cap | None = None
    max_minutes_per_day: Cap | None = None
    max_meetings_per_week: Cap | None = None
    max_minutes_per_week: Cap | None = None
    week_start: Weekday = "mon"
    lunch: LunchTime | None = None
    busy: tuple[Busy, ...] = ()
    held: Annotated[
        tuple[Stretch, ...],
        Meta(description="What of `busy` is a meeting over which no relaxation ever goes, whoever pays."),
    ] = ()
    unknown: Annotated[
        tuple[Stretch, ...], Meta(description="Where it is not known whether they are free, which is never free.")
    ] = ()
    counts: Annotated[
        dict[Date, tuple[Cap, Annotated[float, Meta(ge=0, le=MOST)]]] | None,
        Meta(
            description="By local day, how many hard intervals start on it and their minutes: what the caps count, "
            "instead of `busy`. Recordings have it, because their `busy` is rounded to five minutes."
        ),
    ] = None
    read_at: Annotated[Instant | None, Meta(description="When their calendars were read.")] = None


class Choice(Closed, frozen=True, kw_only=True):
    """Any `need` of these: the first that fit, in this order."""

    id: Id
    need: Annotated[int, Meta(ge=1, le=MOST_PEOPLE)] = 1
    of: Annotated[tuple[Id, ...], Meta(description="Ids of people.")]


class World(Closed, frozen=True, kw_only=True):
    """A question about people's time, with everything that its answer rests on."""

    now: Instant
    horizon: Annotated[
        Stretch | None, Meta(description="What is known at all; a slot lies wholly inside it. Absent: as the windows.")
    ] = None
    request: Request
    people: Annotated[tuple[Person, ...], Meta(description="The first one organises, and is required.")]
    groups: tuple[Choice, ...] = ()
