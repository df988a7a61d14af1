"""Runs the bot for as long as whoever started it holds the other end of its standard input.

A demo that is killed outright cannot stop its bot; the closed pipe does, as a SIGTERM would, and its folder goes too.
It is the bot's own process all the same: what kills it kills the bot.
Run as `python -m bot.playground.guarded <folder to remove at the end> run`.
"""

import os
import runpy
import shutil
import signal
import sys
import threading
import time

PATIENCE_SECONDS = 15.0


def main() -> None:
    """The bot's command line; once nobody holds the pipe, nothing is left behind."""
    folder, is_over = sys.argv.pop(1), threading.Event()
    threading.Thread(target=_end_with_starter, args=(folder, is_over), daemon=True).start()
    # Once all is quiet, uvicorn raises again what ended it: by default the process would be gone before the folder.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    try:
        runpy.run_module("bot.cli.main", run_name="__main__", alter_sys=True)
    finally:
        if is_over.is_set():
            shutil.rmtree(folder, ignore_errors=True)


def _end_with_starter(folder: str, is_over: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    is_over.set()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main()
