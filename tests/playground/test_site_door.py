"""The page's server as the outside meets it: its files, its guard, the wire under the glass, and its command."""

import json
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from bot.playground.site.glass import redacted
from bot.playground.site.guard import POLICY
from bot.playground.site.serve import Site
from tests.playground.visitor import GENERAL, Visitor, offers

pytestmark = pytest.mark.xdist_group("site")

OVERLAP = [sys.executable, "-m", "bot.cli.main"]


def test_the_page_is_served_with_a_strict_policy(visitor: Visitor) -> None:
    for path in ("", "page/index.html", "api/state?as=ana", "api/nothing"):
        answer = visitor.http.get(path)
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert visitor.http.get("").headers["content-type"] == "text/html; charset=utf-8"
    assert "'unsafe" not in POLICY


def test_every_file_of_the_page_is_there_and_nothing_else(visitor: Visitor) -> None:
    page = visitor.http.get("").text
    for path in re.findall(r'(?:src|href)="/?(page/[^"]+)"', page):
        assert visitor.http.get(path).status_code == 200, path
    for path in ("page/../site/app.py", "page/%2e%2e/site/app.py", "page//etc/passwd", "page/", "page/none.js"):
        answer = visitor.http.get(path)
        assert answer.status_code in {307, 404} or answer.headers["content-type"].startswith("text/html")
        assert "import " not in answer.text or path == "page/"


def test_an_old_link_opens_the_page_afresh(visitor: Visitor) -> None:
    for path in ("c/D0YESTERDAY", "index.html", "anything?at=all"):
        answer = visitor.http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (307, "/")
    assert visitor.http.get("api/yesterday").status_code == 404
    assert visitor.http.get("api/yesterday").json()["ok"] is False


def test_another_page_in_the_same_browser_can_do_nothing(site: Site) -> None:
    body = json.dumps({"isUp": False})
    as_json = {"content-type": "application/json"}
    for headers in (
        {**as_json, "origin": "https://evil.example"},
        {**as_json, "host": "evil.example"},
        {**as_json, "origin": "null"},
        {"content-type": "text/plain"},
        {},
    ):
        answer = httpx.post(f"{site.url}api/bot", content=body, headers=headers)
        assert (answer.status_code, answer.json()["ok"]) == (403, False)
    assert httpx.get(site.url, headers={"host": "evil.example"}).status_code == 403
    assert site.parts.switches.bot()["isUp"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b'"words"', b"\xff\xfe", b"[" * 60_000], ids=lambda body: repr(body[:8])
)
def test_what_is_no_request_is_refused_in_a_sentence(visitor: Visitor, body: bytes) -> None:
    answer = visitor.http.post("api/type", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


def test_under_the_glass_lies_everything_but_what_would_let_one_in(visitor: Visitor, site: Site) -> None:
    before = max((one["n"] for one in visitor.get("glass", after=0)["exchanges"]), default=0)
    message = visitor.offered("sam", "/meet @kim 25m next week")
    visitor.presses("sam", GENERAL, message, "Not now")
    visitor.types("sam", "/meet connect")
    visitor.sees("sam", GENERAL, lambda one: "works once" in one["text"], "a private link")
    exchanges = visitor.get("glass", after=before)["exchanges"]
    acks = [one for one in exchanges if one["isAck"]]
    assert [one["from"] for one in acks] == ["slack"] * len(acks)
    assert acks[0]["request"]["body"]["command"] == "/meet"
    assert acks[1]["request"]["body"]["payload"]["type"] == "block_actions"
    assert all(one["status"] == 200 and 0 < one["seconds"] < 60 for one in acks)
    answers = [one for one in exchanges if one["from"] == "bot"]
    assert any(one["request"]["body"].get("blocks") for one in answers)
    told = json.dumps(visitor.get("glass", after=0))
    slack = site.parts.stage.slack
    assert slack.signing_secret not in told
    assert slack.token not in told
    for ack in slack.courier.acks:
        assert ack.sent.headers["x-slack-signature"].removeprefix("v0=") not in told
    for shown in slack.messages("sam"):
        for button in shown.buttons:
            if button.url:
                assert button.url.rpartition("/")[2] not in told
    assert not re.search(r"/(?:commands|actions)/T0OVERLAP1/\d", told)
    assert [one["n"] for one in exchanges] == sorted(one["n"] for one in exchanges)
    assert offers(message)


def test_what_is_redacted() -> None:
    link = "http://127.0.0.1:5000/connect/abc.DEF-123_x"
    assert redacted({"url": link, "text": f"<{link}|here>"}) == {
        "url": "http://127.0.0.1:5000/connect/••••",
        "text": "<http://127.0.0.1:5000/connect/••••|here>",
    }
    assert redacted("Bearer xoxb-0a1b2c") == "Bearer xoxb-••••"
    assert redacted(["v0=0123456789abcdef0123"]) == ["v0=••••"]
    assert redacted("https://meet.example.com/abc") == "https://meet.example.com/abc"


def test_a_port_that_is_taken_or_none_is_refused_in_one_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = subprocess.run([*OVERLAP, "demo", "--port", str(port)], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == f"Port {port} cannot be used: Address already in use. Try another, or leave --port out.\n"
    for wrong in ("0", "65536", "http"):
        assert subprocess.run([*OVERLAP, "demo", "--port", wrong], capture_output=True, check=False).returncode == 2


def test_the_command_names_one_address_and_ctrl_c_ends_everything() -> None:
    with subprocess.Popen([*OVERLAP, "demo"], stdout=subprocess.PIPE, text=True, start_new_session=True) as demo:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        (address,) = re.findall(r"http://\S+", said)
        with httpx.stream("GET", f"{address}api/stream", timeout=30) as stream:
            assert next(stream.iter_lines()).startswith("retry:")
            demo.send_signal(signal.SIGINT)
            assert "Nothing was left behind" in demo.stdout.read()
        assert demo.wait(60) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
