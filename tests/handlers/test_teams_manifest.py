"""The Teams manifest against its published limits (schema 1.19)."""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import InvalidInput
from bot.handlers.teams.manifest import package, render
from bot.language.parse import COMMANDS

FOLDER = Path(__file__).parents[2] / "manifests" / "teams"
APP_ID = "2f8a4c1e-0f53-4a6b-9a55-6f0d6c1b7a11"
PUBLIC_URL = "https://overlap.example.com"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return render((FOLDER / "manifest.json").read_text(), public_url=PUBLIC_URL, app_id=APP_ID)


@pytest.mark.parametrize(("path", "limit"), [
    ("developer.name", 32), ("name.short", 30), ("name.full", 100),
    ("description.short", 80), ("description.full", 4000), ("version", 256),
])  # fmt: skip
def test_no_text_is_longer_than_it_may_be(manifest: dict[str, Any], path: str, limit: int) -> None:
    value: Any = manifest
    for name in path.split("."):
        value = value[name]
    assert 0 < len(value) <= limit


def test_every_address_of_it_is_the_public_one(manifest: dict[str, Any]) -> None:
    addresses = [manifest["developer"][name] for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl")]
    assert all(address.startswith(f"{PUBLIC_URL}/") for address in addresses)


def test_nothing_is_left_to_fill_in(manifest: dict[str, Any]) -> None:
    assert "{" not in "".join(leaves(manifest))


def test_only_what_the_schema_names_is_there(manifest: dict[str, Any]) -> None:
    assert set(manifest) <= {
        "$schema", "manifestVersion", "version", "id", "developer", "name", "description", "icons", "accentColor",
        "defaultInstallScope", "bots",
    }  # fmt: skip
    assert manifest["manifestVersion"] == "1.19"
    assert "/v1.19/" in manifest["$schema"]


def test_it_asks_for_as_little_as_can_be(manifest: dict[str, Any]) -> None:
    """A bot in the personal chat: no permissions, no resource-specific consent, no domains, no tabs."""
    assert manifest["bots"][0]["scopes"] == ["personal"]
    assert not {"permissions", "authorization", "webApplicationInfo", "validDomains", "staticTabs"} & set(manifest)


def test_its_commands_are_the_parsers(manifest: dict[str, Any]) -> None:
    [bot] = manifest["bots"]
    [offered] = bot["commandLists"]
    assert [command["title"] for command in offered["commands"]] == [command.verb for command in COMMANDS]
    assert len(offered["commands"]) <= 10
    assert all(len(one["title"]) <= 32 and len(one["description"]) <= 128 for one in offered["commands"])


def test_the_bot_is_the_app(manifest: dict[str, Any]) -> None:
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID


@pytest.mark.parametrize("other", [
    pytest.param({"public_url": "http://overlap.example.com"}, id="an address in the clear"),
    pytest.param({"app_id": "overlap"}, id="an app id that is no GUID"),
])  # fmt: skip
def test_what_teams_would_not_take_is_refused(other: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        render("{}", **({"public_url": PUBLIC_URL, "app_id": APP_ID} | other))


def test_the_package_holds_the_manifest_and_both_icons_at_its_root(manifest: dict[str, Any]) -> None:
    packed = package(FOLDER, public_url=f"{PUBLIC_URL}/", app_id=APP_ID.upper())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        assert json.loads(archive.read("manifest.json")) == manifest
    assert packed == package(FOLDER, public_url=PUBLIC_URL, app_id=APP_ID)


def test_the_colour_icon_is_192_by_192() -> None:
    width, height, pixels = read_png(FOLDER / "color.png")
    assert (width, height) == (192, 192)
    assert len({pixel[:3] for pixel in pixels}) > 3


def test_the_outline_icon_is_32_by_32_and_white_on_nothing() -> None:
    width, height, pixels = read_png(FOLDER / "outline.png")
    assert (width, height) == (32, 32)
    assert {pixel[:3] for pixel in pixels} == {b"\xff\xff\xff"}
    assert {0, 255} <= {pixel[3] for pixel in pixels}


def leaves(part: Any) -> list[str]:
    """Every text in it."""
    if isinstance(part, dict):
        return [leaf for value in part.values() for leaf in leaves(value)]
    if isinstance(part, list):
        return [leaf for value in part for leaf in leaves(value)]
    return [str(part)]


def read_png(path: Path) -> tuple[int, int, list[bytes]]:
    """Size and RGBA pixels of an unfiltered PNG of 8 bits a channel."""
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colours = struct.unpack(">IIBB", content[16:26])
    assert (depth, colours) == (8, 6)
    at, packed = 8, b""
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            packed += content[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride = zlib.decompress(packed), 4 * width + 1
    rows = [raw[row * stride : (row + 1) * stride] for row in range(height)]
    assert {row[0] for row in rows} == {0}
    return width, height, [row[1 + 4 * x : 5 + 4 * x] for row in rows for x in range(width)]
