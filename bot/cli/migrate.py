"""`overlap migrate`: bring the database up to date."""

import argparse
from collections.abc import Mapping
from typing import Any


def add(commands: Any) -> None:
    """The command and its words."""
    command = commands.add_parser("migrate", help="bring the database up to date")
    command.set_defaults(run=run)


def run(_chosen: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Migrate, and say from where to where."""
    from bot.storage.migrations import history
    from bot.wiring import settings

    url = settings.read(environment).database_url
    before, after = history.upgrade(url)
    print(f"The database is at {after}." if before == after else f"The database went from {before} to {after}.")
    return 0
