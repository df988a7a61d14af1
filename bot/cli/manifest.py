"""`overlap manifest`: what a platform is told about the app, for one public address."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.core.errors import InvalidInput

_HERE = Path(__file__).resolve()
_PLACES = (_HERE.parents[2] / "manifests", _HERE.parents[1] / "manifests")
"""Beside `bot/` in the repository; within it once installed from a wheel."""


def add(commands: Any) -> None:
    """The command and its words."""
    command = commands.add_parser("manifest", help="print what to tell Slack or Teams about the app")
    command.add_argument("platform", choices=("slack", "teams"))
    command.add_argument("--url", help="the public address, https://… (else OVERLAP_PUBLIC_URL)")
    command.add_argument("--socket", action="store_true", help="Slack: by Socket Mode, for a server without an address")
    command.add_argument("--app-id", help="Teams: the bot's id, a GUID (else OVERLAP_TEAMS_APP_ID)")
    command.add_argument("--package", type=Path, metavar="FILE", help="Teams: write the zip to upload there")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Print it; for Teams, `--package` writes it with its icons, ready to upload."""
    url = chosen.url or environment.get("OVERLAP_PUBLIC_URL", "")
    if not url and not chosen.socket:
        raise InvalidInput("Say where the bot is reached: --url https://… (or OVERLAP_PUBLIC_URL).")
    if chosen.platform == "slack":
        _slack(url, by_socket=chosen.socket)
    else:
        _teams(url, chosen.app_id or environment.get("OVERLAP_TEAMS_APP_ID", ""), chosen.package)
    return 0


def _slack(url: str, *, by_socket: bool) -> None:
    from bot.handlers.slack import manifest

    template = (_folder() / "slack.yaml").read_text(encoding="utf-8")
    print(manifest.render(template, public_url=url, by_socket=by_socket), end="")


def _teams(url: str, app_id: str, package: Path | None) -> None:
    from bot.handlers.teams import manifest

    folder = _folder() / "teams"
    if package is not None:
        package.write_bytes(manifest.package(folder, public_url=url, app_id=app_id))
        print(f"{package} is ready to upload to Teams.", file=sys.stderr)
        return
    template = (folder / "manifest.json").read_text(encoding="utf-8")
    told = manifest.render(template, public_url=url, app_id=app_id)
    print(json.dumps(told, ensure_ascii=False, indent=2))


def _folder() -> Path:
    return next(place for place in _PLACES if place.is_dir())
