"""What a person asked for, once understood."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from bot.core.errors import InvalidInput


class Source(StrEnum):
    """How a person was named."""

    MENTION = "mention"
    """By the platform's id."""
    ADDRESS = "address"
    """By e-mail address."""
    HANDLE = "handle"
    """By an @name that the platform did not resolve."""
    ME = "me"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody as the request names them: `value` is an id, an address or a handle; `shown` is what was typed."""

    source: Source
    value: str
    shown: str


PLACEHOLDER = "\ufffc"
"""Stands in a `Marked` text where somebody is named (OBJECT REPLACEMENT CHARACTER)."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What was typed, with every named person taken out: the n-th placeholder in `text` is `named[n]`.

    So a name like "May" never reaches the grammar of time, and no platform's syntax reaches the grammar at all.
    """

    text: str
    named: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When it may be: whole dates in the asker's zone, and hours of each day within them."""

    first: date
    last: date
    """Inclusive."""
    from_time: time = time(0)
    to_time: time = time(0)
    """00:00 means the end of the day."""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput("a window must end after it starts")
        if self.to_time != time(0) and self.from_time >= self.to_time:
            raise InvalidInput("the hours of a window must end after they start")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: who, how long, when, about what."""

    people: tuple[Named, ...]
    length: timedelta
    window: Window
    when_words: str
    """The window as the person put it, for the echo: "next week"."""
    title: str | None = None
