"""What a benchmark says: rows with a value, a goal and whether it holds; as a table and as a file."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

FILE = Path("build/bench.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure; `goal` None means that it is only reported."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def holds(self) -> bool:
        return self.goal is None or self.value <= self.goal


def median_of_ratios(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios pair by pair: what a drifting machine cannot spoil."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def report(rows: Sequence[Row]) -> bool:
    """Print the table, write the file; whether every goal holds."""
    table = Table("what", "value", "goal", "holds")
    for row in rows:
        goal = "" if row.goal is None else f"≤ {row.goal:g} {row.unit}"
        table.add_row(
            row.name, f"{row.value:.3g} {row.unit}", goal, "" if row.goal is None else "yes" if row.holds else "NO"
        )
    Console().print(table)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps([{**asdict(row), "holds": row.holds} for row in rows], indent=1) + "\n")
    return all(row.holds for row in rows)
