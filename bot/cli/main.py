"""The `overlap` command: what it can do, and how it says that something is wrong."""

import argparse
import os
import sys
from collections.abc import Sequence

from bot.cli import demo, manifest, migrate, run, scopes, slots
from bot.core.errors import OverlapError
from bot.version import __version__

ABOUT = """\
Overlap finds meeting times that are truly free, for Slack and Microsoft Teams.

See it work, with no account and nothing to configure:
  overlap demo              in a browser: be four people, and watch their calendars
  overlap demo --tour       the whole story, told in this terminal

Run it:
  overlap run               the web server and the background work, in one process
  overlap migrate           bring the database up to date (run does it too)
  overlap manifest slack    what to paste into Slack's app configuration
  overlap manifest teams    what to upload to Teams
  overlap scopes            every permission it asks for, and why, for whoever has to allow it

Look behind it:
  overlap slots WORLD.json  the search by itself: who could meet when, and why not, from a JSON document

Everything else is set by the environment; see docs/reference/settings.md.
"""

COMMANDS = (demo, run, migrate, manifest, scopes, slots)


def parser() -> argparse.ArgumentParser:
    """Every command and its words."""
    top = argparse.ArgumentParser(
        prog="overlap", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    top.add_argument("--version", action="version", version=f"overlap {__version__}")
    commands = top.add_subparsers(dest="command", metavar="command")
    for command in COMMANDS:
        command.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed; 0 when it went well, 1 when not, 2 when the words are off."""
    top = parser()
    chosen = top.parse_args(arguments)
    if chosen.command is None:
        top.print_help()
        return 0
    try:
        code: int = chosen.run(chosen, os.environ)
    except OverlapError as error:
        print(f"overlap {chosen.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
