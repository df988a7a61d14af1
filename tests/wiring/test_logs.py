"""No secret reaches a log line."""

import pytest

from bot.wiring.logs import scrub


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("xoxb-123-abc", id="a Slack token"),
        pytest.param("Bearer abcdefgh.ijk", id="a bearer token"),
        pytest.param("eyJhbGciOi.eyJzdWIi.c2ln", id="a JSON web token"),
        pytest.param("https://ana:geheim@cal.example/", id="a password in an address"),
        pytest.param("https://hooks.slack.com/commands/T1/2/abc", id="a reply handle"),
    ],
)
def test_a_secret_is_taken_out(secret: str) -> None:
    assert "[secret]" in scrub(f"failed with {secret} at once")
    assert secret not in scrub(f"failed with {secret} at once")
