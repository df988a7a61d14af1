"""How hard what stands in calendars blocks, by the choices of whose time it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from bot.core.events import BusyCause, Instance, Kind, could_block
from bot.core.preferences import AllDay, Choices, Counts

KINDS = {Counts.FREE: None, Counts.SOFT: Kind.SOFT, Counts.HARD: Kind.HARD}


class Marked(Protocol):
    """What of an instance says how hard it blocks."""

    @property
    def kind(self) -> Kind: ...

    @property
    def cause(self) -> BusyCause: ...

    @property
    def all_day(self) -> bool: ...

    @property
    def blocks(self) -> bool: ...


def weighed(one: Marked, choices: Choices, all_day: AllDay = AllDay.AS_MARKED) -> Kind | None:
    """How hard it blocks by these choices; None where it does not."""
    if not (one.blocks or could_block(one.cause, one.all_day)) or (one.all_day and all_day is AllDay.NEVER):
        return None
    kind = _by_cause(one, choices)
    if kind is None and one.all_day and all_day is AllDay.ALWAYS:
        return Kind.SOFT if one.cause in (BusyCause.UNANSWERED, BusyCause.TENTATIVE) else Kind.HARD
    return kind


def _by_cause(one: Marked, choices: Choices) -> Kind | None:
    match one.cause:
        case BusyCause.UNANSWERED:
            return KINDS[choices.unanswered]
        case BusyCause.TENTATIVE:
            return KINDS[choices.tentative]
        case BusyCause.ELSEWHERE:
            return KINDS[choices.elsewhere]
        case _:
            return one.kind if one.blocks else None


@dataclass(frozen=True, slots=True)
class Weighing:
    """All that was chosen of one calendar."""

    choices: Choices = Choices()
    all_day: AllDay = AllDay.AS_MARKED

    def of(self, one: Marked) -> Kind | None:
        """How hard it blocks there; None where it does not."""
        return weighed(one, self.choices, self.all_day)

    def counted(self, instances: Iterable[Instance]) -> Iterator[Instance]:
        """Those that block there, as hard as they do."""
        for one in instances:
            kind = self.of(one)
            if kind is not None:
                yield one if one.blocks and kind is one.kind else replace(one, kind=kind, blocks=True)
