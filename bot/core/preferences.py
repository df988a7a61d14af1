"""How somebody wants to be scheduled: their rules, what counts as busy for them, and what their meetings carry."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.core.errors import InvalidInput
from bot.core.reasons import WhoseHours
from bot.core.rules import DaySpan, Rules

QUARTER = timedelta(minutes=15)
LONGEST_TEMPLATE = 500


class Counts(StrEnum):
    """What an event of some kind is to a search."""

    FREE = "free"
    SOFT = "soft"
    """Offered last, and named."""
    HARD = "hard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What counts as busy where calendars leave it open; the three are each person's own to choose."""

    unanswered: Counts = Counts.SOFT
    """Invitations that they have not answered."""
    tentative: Counts = Counts.SOFT
    """What they, or its organiser, marked as tentative."""
    elsewhere: Counts = Counts.FREE
    """What is marked as "working elsewhere"."""


class AllDay(StrEnum):
    """What the all-day events of one calendar are to a search."""

    AS_MARKED = "as_marked"
    NEVER = "never"
    """None of them blocks: a calendar of birthdays and school holidays."""
    ALWAYS = "always"
    """Each of them blocks, also those marked as free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """All of one person's choices; what they never chose is what most would."""

    rules: Rules
    choices: Choices = Choices()
    step: timedelta = QUARTER
    """How far apart the starts are that they are offered when they ask."""
    whose_hours: WhoseHours = WhoseHours.OVERLAP
    """Whose working time counts when they ask."""
    title: str = ""
    """What meetings that they book are called; empty: as the workspace does it."""
    link: str = ""
    """The address of their own video room; empty: as the workspace does it."""
    quiet: DaySpan | None = None
    """When they are told of nothing that can wait, by their own clock."""

    def __post_init__(self) -> None:
        if not timedelta(0) < self.step <= timedelta(hours=4) or self.step % timedelta(minutes=5):
            raise InvalidInput("starts are offered every 5 minutes at the least and every 4 hours at the most")
        if len(self.title) > LONGEST_TEMPLATE or len(self.link) > LONGEST_TEMPLATE:
            raise InvalidInput(f"a template has at most {LONGEST_TEMPLATE} characters")
