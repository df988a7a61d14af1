"""What a search is given: who takes part, when it may be, and what is known of everyone's time.

Inside the search an instant is an `int`, whole seconds since 1970-01-01T00:00Z, and a stretch a pair of them that
holds its start and not its end. Who makes one from a finer instant widens taken time and narrows free time to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.core.errors import InvalidInput
from bot.core.ids import PersonId
from bot.core.reasons import Cause, Code, Role, State, WhoseHours
from bot.core.rules import DaySpan, Rules
from bot.core.weeks import BIT, BITS_A_WEEK, MONDAY, WEEK, Pair, Rows, Weeks
from bot.core.zones import zone

__all__ = (
    "BIT",
    "BITS_A_WEEK",
    "MONDAY",
    "WEEK",
    "Cause",
    "Code",
    "Pair",
    "Role",
    "Rows",
    "State",
    "Weeks",
    "WhoseHours",
)
"""What storage makes and a card tells is of `core`, and told of here as well."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a cap counts on one of a person's local days: how many hard instances start then, and their whole length."""

    meetings: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """One of those who take part, with all that is known of their time."""

    person: PersonId
    rules: Rules
    role: Role = Role.REQUIRED
    taken: Rows | Weeks = Rows()
    unknown: tuple[Pair, ...] = ()
    """Where it is not known whether they are free, by start, without overlaps."""
    counted: Mapping[date, Counted] | None = None
    """By local day; None: the rows that are taken (hard) are what counts."""
    is_room: bool = False
    """A room or equipment, for which no hour is early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Any `need` of these people or rooms, the first that fit in this order."""

    id: str
    need: int
    of: tuple[PersonId, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.need <= len(self.of):
            raise InvalidInput(f"“{self.id[:40]}” needs {self.need} of {len(self.of)}")


@dataclass(frozen=True, slots=True)
class Daily:
    """Hours of each day in which it may be, read in a zone of their own like working hours; not joined."""

    span: DaySpan
    zone: str

    def __post_init__(self) -> None:
        zone(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One question to the engine: everything it rests on, and nothing that is not in here."""

    now: int
    length: int
    """In seconds."""
    step: int
    """In seconds: a slot starts where the clock in `zone` shows a multiple of it past midnight."""
    zone: str
    windows: tuple[Pair, ...]
    """A slot lies wholly inside one of them."""
    horizon: Pair | None = None
    """And wholly inside this, whatever is allowed besides."""
    daily: tuple[Daily, ...] = ()
    """And wholly inside one of these on one day, where there are any."""
    hours: WhoseHours = WhoseHours.OVERLAP
    people: tuple[Attendee, ...]
    """The first one, who is required, organises."""
    groups: tuple[Group, ...] = field(default=())
    allow_unknown: bool = False
    allow_soft: bool = False

    def __post_init__(self) -> None:
        zone(self.zone)
        if self.length <= 0 or self.step <= 0 or self.step % 60:
            raise InvalidInput("a length is above zero, and a step a number of whole minutes")
        if not self.people or self.people[0].role is not Role.REQUIRED:
            raise InvalidInput("the first person takes part in any case")
        if any(end <= start for start, end in self.windows):
            raise InvalidInput("a window ends after it starts")
