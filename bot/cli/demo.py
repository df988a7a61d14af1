"""`overlap demo`: the playground, in a browser. `overlap demo --tour`: the whole story, told in this terminal."""

import argparse
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

USUAL_PORT = 4747
"""Where the page is when nobody else is there, so that yesterday's tab finds today's demo."""


def add(commands: Any) -> None:
    """The command and its words."""
    command = commands.add_parser("demo", help="see it work in a browser: no account, nothing to configure")
    command.add_argument("--tour", action="store_true", help="play the whole story in this terminal instead")
    command.add_argument("--port", type=_port, help="where to serve the page (else one that is free)")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace, _environment: Mapping[str, str]) -> int:
    """Play, or tell the story; 1 at the first thing that is not as told. Ctrl-C stops everything that was started."""
    try:
        import radicale  # noqa: F401 - only to say early and in words that it is missing
    except ModuleNotFoundError:
        print("The demo runs Radicale as its calendar servers, and it is not installed: make setup", file=sys.stderr)
        return 1
    return _tour() if chosen.tour else _playground(chosen.port)


def _tour() -> int:
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


def _playground(port: int | None) -> int:
    from bot.playground.process import DidNotStart
    from bot.playground.site.doorstep import Doorstep
    from bot.playground.site.serve import opened
    from bot.playground.stands.serving import held, held_or_free
    from bot.playground.tour.telling import NotAsTold

    try:
        at = held_or_free(USUAL_PORT) if port is None else held(port)
    except OSError as error:
        why = error.strerror or "it cannot be had"
        print(f"Port {port} cannot be used: {why}. Try another, or leave --port out.", file=sys.stderr)
        return 1
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    tell = Doorstep()
    try:
        tell.opening()
        with at, opened(at) as site:
            tell.ready(site.url)
            signal.pause()
    except KeyboardInterrupt:
        tell.ended()
    except (DidNotStart, NotAsTold) as error:
        print(f"The demo did not come up: {error}", file=sys.stderr)
        return 1
    return 0


def _port(word: str) -> int:
    number = int(word) if word.isascii() and word.isdigit() else 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {word!r}")
    return number
