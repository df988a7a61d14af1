"""Tells the story as it happens: who typed what, who was shown what, what held, and how long it took."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

T = TypeVar("T")

SLOW_FACTOR = 10
"""The story fails for slowness only past ten times as long as it says."""


class NotAsTold(AssertionError):
    """Something is not as the story tells."""


class Teller(Protocol):
    """Whoever listens to the story."""

    def chapter(self, number: str, title: str) -> None: ...

    def types(self, who: str, words: str) -> None: ...

    def clicks(self, who: str, label: str) -> None: ...

    def shows(self, to: str, lines: Sequence[Text], *, private: bool) -> None: ...

    def behind(self, words: str) -> None: ...

    def holds(self, words: str, seconds: float | None) -> None: ...


@dataclass
class Terminal:
    """Tells it in a terminal."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=False))

    def opening(self) -> None:
        """What is about to be seen."""
        self.console.print(Text("Overlap", style="bold"), Text("· the whole story, on real calendars", style="dim"))
        self.console.print(
            Text("Starting calendar servers, stand-ins for everybody else’s, and the bot …", style="dim")
        )

    def ended(self, seconds: float) -> None:
        """It held."""
        self.console.print()
        self.console.print(
            Text.assemble(("✓ ", "bold green"), ("Everything is as told", "bold"), f", in {seconds:.0f} s.")
        )

    def failed(self, why: str, log: str) -> None:
        """It did not hold: what was expected, and what the bot said last."""
        self.console.print()
        self.console.print(Text.assemble(("✗ Not as told: ", "bold red"), why))
        self.console.print(Text("What the bot said last:", style="dim"))
        self.console.print(Text(log or "(nothing)", style="dim"))

    def chapter(self, number: str, title: str) -> None:
        self.console.print()
        self.console.print(Rule(Text(f"{number} · {title}", style="bold"), align="left", style="dim"))

    def types(self, who: str, words: str) -> None:
        self.console.print(Text.assemble((f"{who:>8}  ", "bold magenta"), (words, "bold")))

    def clicks(self, who: str, label: str) -> None:
        self.console.print(
            Text.assemble((f"{who:>8}  ", "bold magenta"), ("clicks ", "dim"), (f"[{label}]", "bold cyan"))
        )

    def shows(self, to: str, lines: Sequence[Text], *, private: bool) -> None:
        title = f"Overlap → {to}" + (" · only visible to them" if private else "")
        body = Text("\n").join(lines)
        panel = Panel(body, title=title, title_align="left", border_style="dim", width=min(96, self.console.width - 10))
        self.console.print(Padding(panel, (0, 0, 0, 10)))

    def behind(self, words: str) -> None:
        self.console.print(Text.assemble((" " * 10), ("· ", "yellow"), (words, "yellow")))

    def holds(self, words: str, seconds: float | None) -> None:
        took = "" if seconds is None else f" ({seconds:.1f} s)"
        self.console.print(Text.assemble((" " * 10), ("✓ ", "bold green"), words, (took, "dim")))


@dataclass
class Silent:
    """Listens and says nothing: for the tests."""

    held: list[str] = field(default_factory=list)

    def chapter(self, number: str, title: str) -> None:
        """Nothing."""

    def types(self, who: str, words: str) -> None:
        """Nothing."""

    def clicks(self, who: str, label: str) -> None:
        """Nothing."""

    def shows(self, to: str, lines: Sequence[Text], *, private: bool) -> None:
        """Nothing."""

    def behind(self, words: str) -> None:
        """Nothing."""

    def holds(self, words: str, seconds: float | None) -> None:
        self.held.append(words)


def must(is_so: object, words: str) -> None:
    """The story goes on only if this is so."""
    if not is_so:
        raise NotAsTold(words)


def until(found: Callable[[], T | None], words: str, *, within: float) -> T:
    """What `found` finds, as soon as it finds something; the story fails past ten times `within` seconds."""
    deadline = time.monotonic() + within * SLOW_FACTOR
    while time.monotonic() < deadline:
        answer = found()
        if answer is not None and answer is not False:
            return answer
        time.sleep(0.05)
    raise NotAsTold(f"{words} (waited {within * SLOW_FACTOR:.0f} s)")


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds since the block began."""
    began = time.monotonic()
    yield lambda: time.monotonic() - began
