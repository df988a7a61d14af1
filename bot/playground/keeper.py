"""Runs Radicale for as long as whoever started it holds the other end of its standard input.

A demo that is killed outright cannot stop its servers; the closed pipe tells them, and they tidy up after themselves.
Run as `python -m bot.playground.keeper <config> <folder to remove at the end>`.
"""

import os
import shutil
import sys
import threading


def main() -> None:
    """Serve until standard input ends; then leave nothing behind."""
    config, folder = sys.argv[1:]
    threading.Thread(target=_end_with_starter, args=(folder,), daemon=True).start()
    from radicale.__main__ import run

    sys.argv = ["radicale", "--config", config]
    run()


def _end_with_starter(folder: str) -> None:
    while os.read(0, 1024):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()
