"""What is pasted into Slack's app configuration: the manifest for one public address.

docs.slack.dev/reference/app-manifest
"""

import re
from collections.abc import Sequence
from typing import Any

import yaml

from bot.core.errors import InvalidInput
from bot.handlers.slack.parse import PATH
from bot.language.parse import COMMANDS, Command

_ADDRESS = re.compile(r"https://[\w.-]+(:\d+)?(/[\w./~-]*)?")


def render(template: str, *, public_url: str, commands: Sequence[Command] = COMMANDS, by_socket: bool = False) -> str:
    """The manifest for that address, as YAML; `InvalidInput` for an address that Slack would not take.

    `by_socket`: for Socket Mode, in which Slack knows no address of ours.
    """
    if not by_socket and not _ADDRESS.fullmatch(public_url):
        raise InvalidInput("Slack takes only addresses that start with https://")
    address = public_url.rstrip("/")
    filled = template.replace("{public_url}", address).replace("{command}", f"/{commands[0].verb}")
    manifest: dict[str, Any] = yaml.safe_load(filled)
    manifest["features"]["slash_commands"] = [_command(commands, address)]
    if by_socket:
        _without_addresses(manifest)
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=1000)


def _without_addresses(manifest: dict[str, Any]) -> None:
    """Everything comes down the line that the app opens."""
    settings = manifest["settings"]
    settings["socket_mode_enabled"] = True
    for part in (*manifest["features"]["slash_commands"], settings["event_subscriptions"], settings["interactivity"]):
        part.pop("url", None)
        part.pop("request_url", None)


def _command(commands: Sequence[Command], address: str) -> dict[str, Any]:
    """The first command is the slash command; the others are words after it."""
    first, *others = commands
    return {
        "command": f"/{first.verb}",
        "url": f"{address}{PATH}",
        "description": first.description,
        "usage_hint": " | ".join([first.hint, *(other.verb for other in others)]),
        "should_escape": True,  # so that a name arrives as an id
    }
