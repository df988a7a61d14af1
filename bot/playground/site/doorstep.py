"""What the terminal says of the playground: that it starts, where it is, how it ends."""

import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text


@dataclass
class Doorstep:
    """Says it, once each."""

    console: Console = field(default_factory=lambda: Console(highlight=False))
    _began: float = field(default_factory=time.monotonic)

    def opening(self) -> None:
        """What is being started."""
        self.console.print()
        self.console.print(Text("  Overlap", style="bold"), Text("· the playground", style="dim"))
        self.console.print(
            Text(
                "  Starting two calendar servers, stand-ins for Google, Microsoft and Slack, and the bot …", style="dim"
            )
        )

    def ready(self, url: str) -> None:
        """Where it is: one address, and nothing else that looks like one."""
        where = Text.assemble(("Open  ", "dim"), (url, f"bold cyan underline link {url}"))
        self.console.print()
        self.console.print(
            Padding(Panel(where, padding=(1, 3), border_style="cyan", expand=False), (0, 0, 0, 2), expand=False)
        )
        self.console.print()
        for line in (
            "You are Ana, Alex, Sam and Kim at once; all of them are connected.",
            "First thing to try, in #general:  /meet @alex 30m next week",
            f"Ready in {time.monotonic() - self._began:.0f} s. Everything stays on this machine. Ctrl-C ends it.",
        ):
            self.console.print(Text(f"  {line}", style="dim"))

    def ended(self) -> None:
        """All of it is gone."""
        self.console.print()
        self.console.print(Text("  Stopped. Nothing was left behind.", style="dim"))
