"""`overlap scopes`: everything that Overlap may ask for, said for whoever has to allow it."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.providers.oauth import Asked


@dataclass(frozen=True, slots=True)
class Section:
    """What one service is asked for."""

    title: str
    about: str
    asks: "Sequence[Asked]"


def add(commands: Any) -> None:
    """The command and its words."""
    command = commands.add_parser("scopes", help="print every permission: why, when asked, what is stored, how long")
    command.set_defaults(run=run)


def run(_chosen: argparse.Namespace, _environment: Mapping[str, str]) -> int:
    """Print it, as wide as the terminal is."""
    from rich.console import Console
    from rich.padding import Padding

    console = Console(file=sys.stdout, highlight=False, markup=False)
    for section in sections():
        console.print(f"\n{section.title}", style="bold underline")
        console.print(section.about)
        for one in section.asks:
            console.print(f"\n  {one.scope}", style="bold", soft_wrap=True)
            lines = (f"Why: {one.why}.", f"Asked {one.when}.", f"Stored: {one.stored}.")
            console.print(Padding("\n".join(lines), (0, 0, 0, 4), expand=False))
    return 0


def sections() -> tuple[Section, ...]:
    """What each service is asked for, from the code that asks."""
    from bot.core.clients import GoogleClient, MicrosoftClient
    from bot.handlers.slack import scopes as slack
    from bot.handlers.teams import scopes as teams
    from bot.providers.by_password import ASKS
    from bot.providers.registry import Services, sign_ins

    nobody = Services(
        google=GoogleClient(client_id="", client_secret=""), microsoft=MicrosoftClient(client_id="", client_secret="")
    )
    oauth = sign_ins(nobody)
    return (
        Section("Slack", "Bot scopes of the app; no user scope is ever asked for.", slack.SCOPES),
        Section("Microsoft Teams", "The app's manifest asks for no permission of its own.", teams.SCOPES),
        Section("Google Calendar", "Asked of each person on Google's page, when they connect.", oauth["google"].asks),
        Section(
            "Microsoft 365 and Outlook.com",
            "Delegated permissions, asked of each person, or allowed by an administrator for all at once.",
            oauth["microsoft"].asks,
        ),
        Section(
            "iCloud, CalDAV and calendar files", "There are no scopes here; what is given opens what it opens.", ASKS
        ),
    )
