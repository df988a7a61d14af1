"""The environment is checked whole."""

import base64

import pytest

from bot.core.errors import InvalidInput
from bot.wiring.settings import read
from bot.wiring.variables import VARIABLES

GOOD = {
    "OVERLAP_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
    "OVERLAP_PUBLIC_URL": "https://overlap.example/",
    "OVERLAP_SLACK_SIGNING_SECRET": "s",
    "OVERLAP_SLACK_BOT_TOKEN": "xoxb-1",
}


def test_one_platform_is_enough_and_the_other_is_said_to_be_off() -> None:
    settings = read(GOOD)
    assert settings.slack is not None
    assert settings.teams is None
    assert settings.public_url == "https://overlap.example"
    assert [remark.split()[0] for remark in settings.remarks] == ["Teams", "Google", "Microsoft"]


def test_everything_that_is_wrong_is_said_at_once_by_name() -> None:
    wrong = {
        "OVERLAP_KEYS": "k1:short",
        "OVERLAP_PORT": "seventy",
        "OVERLAP_SLACK_SIGNING_SECRET": "s",
        "OVERLAP_SLACK_API_URL": "https://slack.example/",
        "OVERLAP_DATABASE_URL": "mysql://nowhere/x",
        "OVERLAP_SYNC_SECONDS": "often",
        "OVERLAP_CA_FILE": "/no/such/file",
        "OVERLAP_TITLE_TEMPLATE": "{secret}",
    }
    with pytest.raises(InvalidInput) as told:
        read(wrong)
    named = {line.split(":")[0] for line in str(told.value).splitlines()}
    assert named == set(wrong) - {"OVERLAP_SLACK_SIGNING_SECRET", "OVERLAP_SLACK_API_URL"} | {
        "OVERLAP_PUBLIC_URL",
        "OVERLAP_SLACK_BOT_TOKEN",
    }


def test_without_any_platform_there_is_nobody_to_talk_to() -> None:
    alone = {name: value for name, value in GOOD.items() if "SLACK" not in name}
    with pytest.raises(InvalidInput, match="OVERLAP_SLACK_SIGNING_SECRET"):
        read(alone)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("OVERLAP_PORT", "0", id="port 0"),
        pytest.param("OVERLAP_PORT", "65536", id="port too high"),
        pytest.param("OVERLAP_PUBLIC_URL", "overlap.example", id="no scheme"),
        pytest.param("OVERLAP_SYNC_SECONDS", "0", id="never"),
        pytest.param("OVERLAP_SYNC_SECONDS", "1e999", id="for ever"),
        pytest.param("OVERLAP_ALLOW_PRIVATE_HOSTS", "http://cal.example", id="an address where a host belongs"),
        pytest.param("OVERLAP_DATABASE_URL", "sqlite://", id="a database in memory"),
        pytest.param("OVERLAP_DATABASE_URL", "what?", id="no database at all"),
        pytest.param("OVERLAP_TITLE_TEMPLATE", "{asker.__class__}", id="a template that looks inside"),
        pytest.param("OVERLAP_MEETING_URL_TEMPLATE", "https://x/{id", id="a brace that does not close"),
    ],
)
def test_one_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{name}: "):
        read({**GOOD, name: value})


def test_no_secret_shows_when_settings_are_printed() -> None:
    shown = repr(read(GOOD))
    assert "xoxb-1" not in shown
    assert GOOD["OVERLAP_KEYS"][3:] not in shown


def test_every_variable_has_a_sentence() -> None:
    assert all(variable.means.endswith(".") for variable in VARIABLES)


GOOGLE = {"OVERLAP_GOOGLE_CLIENT_ID": "id", "OVERLAP_GOOGLE_CLIENT_SECRET": "secret"}
MICROSOFT = {"OVERLAP_MICROSOFT_CLIENT_ID": "id", "OVERLAP_MICROSOFT_CLIENT_SECRET": "secret"}
HERE = {"OVERLAP_PUBLIC_URL": "http://127.0.0.1:8000"}
TOWN = {"OVERLAP_GRAPH_URL": "https://127.0.0.1:9000"}


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        pytest.param({}, set(), id="no service is set up"),
        pytest.param(GOOGLE, {"google"}, id="one is"),
        pytest.param(GOOGLE | MICROSOFT, {"google", "microsoft"}, id="both are"),
        pytest.param(GOOGLE | MICROSOFT | HERE, set(), id="the world does not reach us"),
        pytest.param(GOOGLE | MICROSOFT | HERE | TOWN, {"microsoft"}, id="one of them is on our machine"),
    ],
)
def test_a_service_rings_where_it_reaches_us(told: dict[str, str], heard: set[str]) -> None:
    settings = read(GOOD | told)
    assert settings.heard == heard
    is_said = any("push from calendars" in remark for remark in settings.remarks)
    assert is_said is (told.get("OVERLAP_PUBLIC_URL") is not None and not heard)
