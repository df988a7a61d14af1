"""What is uploaded to Teams: the manifest for one public address, and its package with the icons.

https://learn.microsoft.com/microsoft-365/extensibility/schema/ (1.19: no command triggers, no targeted messages)
"""

import io
import json
import uuid
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.core.errors import InvalidInput
from bot.language.parse import COMMANDS, Command
from bot.version import __version__

ICONS = ("color.png", "outline.png")
MADE_AT = (2026, 1, 1, 0, 0, 0)
"""The same input makes the same package, byte by byte."""


def render(template: str, *, public_url: str, app_id: str, commands: Iterable[Command] = COMMANDS) -> dict[str, Any]:
    """The manifest for that address and bot; `InvalidInput` for what Teams would not take."""
    if urlsplit(public_url).scheme != "https":
        raise InvalidInput("Teams takes only addresses that start with https://")
    names = {"{public_url}": public_url.rstrip("/"), "{app_id}": _guid(app_id), "{version}": __version__}
    manifest: dict[str, Any] = _filled(json.loads(template), names)
    offered = [{"title": command.verb, "description": command.description} for command in commands]
    for lists in (bot["commandLists"] for bot in manifest["bots"]):
        lists[0]["commands"] = offered
    return manifest


def package(folder: Path, *, public_url: str, app_id: str, commands: Iterable[Command] = COMMANDS) -> bytes:
    """The zip to upload, of the template and icons in that folder."""
    template = (folder / "manifest.json").read_text(encoding="utf-8")
    manifest = render(template, public_url=public_url, app_id=app_id, commands=commands)
    files = {"manifest.json": json.dumps(manifest, ensure_ascii=False, indent=2).encode()}
    files |= {name: (folder / name).read_bytes() for name in ICONS}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, MADE_AT), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _filled(part: Any, names: dict[str, str]) -> Any:
    match part:
        case str():
            for name, value in names.items():
                part = part.replace(name, value)
            return part
        case list():
            return [_filled(one, names) for one in part]
        case dict():
            return {key: _filled(value, names) for key, value in part.items()}
        case _:
            return part


def _guid(app_id: str) -> str:
    try:
        return str(uuid.UUID(app_id))
    except ValueError as error:
        raise InvalidInput("OVERLAP_TEAMS_APP_ID: it must be a GUID, as Azure shows it") from error
