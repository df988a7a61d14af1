"""What can be wrong with a request, as codes that are stable and may be matched on."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Why a request was not understood."""

    NOT_UNDERSTOOD = "not_understood"
    NO_PARTICIPANTS = "no_participants"
    TOO_LONG = "too_long"
    TOO_MANY_PARTICIPANTS = "too_many_participants"
    INVALID_DATE = "invalid_date"
    AMBIGUOUS_DATE = "ambiguous_date"
    CONFLICTING_DATE = "conflicting_date"
    """A weekday and a date that is another one."""
    SEVERAL_DAYS = "several_days"
    """More than one day or week, where one is read."""
    NO_HOURS = "no_hours"
    """The hours named never meet."""
    IN_PAST = "in_past"
    INVALID_DURATION = "invalid_duration"
    CONFLICTING_DURATION = "conflicting_duration"
    WINDOW_TOO_SHORT = "window_too_short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong: in which words, what is known about it, and what could be said in their stead."""

    code: Code
    words: str
    hint: str = ""
    """A fact for the answer: "a Wednesday", "30 Nov or 1 Dec"."""
    instead: str = ""
    """Words about when that would do, for the example."""
