"""`overlap run`: the web server and the background work, in one process, until it is told to stop."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from bot.core.errors import InvalidInput


def add(commands: Any) -> None:
    """The command and its words."""
    command = commands.add_parser("run", help="serve, and do the background work, in one process")
    command.set_defaults(run=run)


def run(_chosen: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Check the settings whole, then serve until SIGTERM or Ctrl-C."""
    from bot.wiring import logs, settings

    try:
        chosen = settings.read(environment)
    except InvalidInput as error:
        lines = str(error).splitlines()
        print("Overlap cannot start: the environment is not right yet.", file=sys.stderr)
        print("\n".join(f"  {line}" for line in lines), file=sys.stderr)
        return 2
    for remark in chosen.remarks:
        print(remark, file=sys.stderr)
    logs.set_up(environment)
    from bot.wiring import serve

    return serve.serve(chosen)
