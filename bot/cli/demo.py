"""`overlap demo --tour`: the whole story, on real calendar servers, told in this terminal."""

import argparse
import sys
import time
from collections.abc import Mapping
from typing import Any


def add(commands: Any) -> None:
    """The command and its words."""
    command = commands.add_parser("demo", help="see it work: no account, nothing to configure")
    command.add_argument("--tour", action="store_true", help="play the whole story and say whether it held")
    command.set_defaults(run=run)


def run(_chosen: argparse.Namespace, _environment: Mapping[str, str]) -> int:
    """Play the story; 1 at the first thing that is not as told. Ctrl-C stops everything that was started."""
    try:
        import radicale  # noqa: F401 - only to say early and in words that it is missing
    except ModuleNotFoundError:
        print("The demo runs Radicale as its calendar servers, and it is not installed: make setup", file=sys.stderr)
        return 1
    from bot.playground.stage import stage
    from bot.playground.tour.play import Play
    from bot.playground.tour.story import perform
    from bot.playground.tour.telling import NotAsTold, Terminal

    tell = Terminal()
    began = time.monotonic()
    tell.opening()
    with stage() as scene:
        try:
            perform(Play(scene, tell))
        except NotAsTold as error:
            tell.failed(str(error), scene.bot.said())
            return 1
    tell.ended(time.monotonic() - began)
    return 0
