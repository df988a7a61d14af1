"""The Slack manifest against its published limits (docs.slack.dev/reference/app-manifest)."""

import argparse
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import manifest as command
from bot.core.errors import InvalidInput
from bot.handlers.slack.manifest import render
from bot.handlers.slack.scopes import SCOPES
from bot.language.parse import COMMANDS

TEMPLATE = (Path(__file__).parents[2] / "manifests" / "slack.yaml").read_text()
PUBLIC_URL = "https://overlap.example.com"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    rendered: dict[str, Any] = yaml.safe_load(render(TEMPLATE, public_url=PUBLIC_URL))
    return rendered


def found(manifest: dict[str, Any], path: str) -> Any:
    part: Any = manifest
    for name in path.split("."):
        part = part[name]
    return part


@pytest.mark.parametrize(
    ("path", "least", "most"),
    [
        ("display_information.name", 1, 35),
        ("display_information.description", 1, 140),
        ("display_information.long_description", 175, 4000),
        ("display_information.background_color", 4, 7),
        ("features.bot_user.display_name", 1, 80),
        ("features.slash_commands", 1, 5),
        ("oauth_config.scopes.bot", 1, 255),
        ("settings.event_subscriptions.bot_events", 1, 100),
    ],
)
def test_within_its_limit(manifest: dict[str, Any], path: str, least: int, most: int) -> None:
    assert least <= len(found(manifest, path)) <= most


@pytest.mark.parametrize(
    ("name", "least", "most"), [("command", 2, 32), ("description", 1, 2000), ("usage_hint", 1, 1000), ("url", 1, 3000)]
)
def test_the_command_is_within_its_limits(manifest: dict[str, Any], name: str, least: int, most: int) -> None:
    (only,) = found(manifest, "features.slash_commands")
    assert least <= len(only[name]) <= most


def test_only_known_parts_are_there(manifest: dict[str, Any]) -> None:
    assert manifest.keys() == {"_metadata", "display_information", "features", "oauth_config", "settings"}
    assert found(manifest, "features").keys() == {"app_home", "bot_user", "slash_commands"}
    assert found(manifest, "settings").keys() == {
        "event_subscriptions", "interactivity", "org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled",
    }  # fmt: skip


def test_it_asks_for_no_more_than_it_uses(manifest: dict[str, Any]) -> None:
    assert set(found(manifest, "oauth_config.scopes.bot")) == {
        "app_mentions:read", "chat:write", "commands", "im:history", "im:write", "users:read", "users:read.email",
    }  # fmt: skip
    assert set(found(manifest, "settings.event_subscriptions.bot_events")) == {
        "app_home_opened", "app_mention", "message.im",
    }  # fmt: skip
    assert "user" not in found(manifest, "oauth_config.scopes")


def test_everything_comes_to_the_one_address(manifest: dict[str, Any]) -> None:
    address = f"{PUBLIC_URL}/slack/events"
    (only,) = found(manifest, "features.slash_commands")
    assert only["url"] == address
    assert found(manifest, "settings.event_subscriptions.request_url") == address
    assert found(manifest, "settings.interactivity") == {"is_enabled": True, "request_url": address}


def test_by_socket_slack_knows_no_address_of_ours() -> None:
    rendered = render(TEMPLATE, public_url="http://overlap.lan", by_socket=True)
    assert "overlap.lan" not in rendered
    assert found(yaml.safe_load(rendered), "settings.socket_mode_enabled") is True


def test_each_scope_is_explained_to_administrators(manifest: dict[str, Any]) -> None:
    assert {one.scope for one in SCOPES} == set(found(manifest, "oauth_config.scopes.bot"))


def test_names_arrive_as_ids_and_the_words_are_the_parsers(manifest: dict[str, Any]) -> None:
    (only,) = found(manifest, "features.slash_commands")
    assert only["should_escape"] is True
    assert only["command"] == f"/{COMMANDS[0].verb}"
    assert all(one.verb in only["usage_hint"] for one in COMMANDS[1:])


def test_people_can_type_in_the_dm(manifest: dict[str, Any]) -> None:
    assert found(manifest, "features.app_home") == {
        "home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False,
    }  # fmt: skip


@pytest.mark.parametrize("url", ["http://overlap.example.com", "overlap.example.com", "", 'https://x"y', "https://a b"])
def test_an_address_that_slack_would_not_take_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        render(TEMPLATE, public_url=url)


@pytest.mark.parametrize("words", [["--url", PUBLIC_URL], []])
def test_the_command_prints_it(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    chosen = parsed("slack", *words)
    assert command.run(chosen, {"OVERLAP_PUBLIC_URL": PUBLIC_URL}) == 0
    assert yaml.safe_load(capsys.readouterr().out)["features"]["slash_commands"][0]["url"].startswith(PUBLIC_URL)


def test_the_command_asks_for_an_address() -> None:
    with pytest.raises(InvalidInput, match="--url"):
        command.run(parsed("slack"), {})


def test_the_command_writes_what_teams_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guid, package = "2f8a4c1e-0f53-4a6b-9a55-6f0d6c1b7a11", tmp_path / "overlap.zip"
    assert command.run(parsed("teams", "--url", PUBLIC_URL, "--app-id", guid), {}) == 0
    assert guid in capsys.readouterr().out
    assert command.run(parsed("teams", "--url", PUBLIC_URL, "--app-id", guid, "--package", str(package)), {}) == 0
    assert package.read_bytes().startswith(b"PK")


def parsed(*words: str) -> argparse.Namespace:
    top = argparse.ArgumentParser()
    command.add(top.add_subparsers())
    return top.parse_args(["manifest", *words])
