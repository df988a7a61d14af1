"""`overlap slots` as it is typed: its exit status, its one document, and how little memory it takes."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.availability.documents import as_bytes, busy, person, world

OVERLAP = [sys.executable, "-m", "bot.cli.main", "slots"]
MB = 1024 * 1024
ROOT = Path(__file__).parents[2]


def told(*words: str, given: bytes = b"") -> tuple[int, Any]:
    """Its exit status and its document; it never writes anything else."""
    ended = subprocess.run([*OVERLAP, *words], input=given, capture_output=True, check=False, cwd=ROOT)
    assert ended.stderr == b""
    return ended.returncode, json.loads(ended.stdout)


def within(megabytes: int, given: bytes) -> tuple[int, Any]:
    """The same where no more than that much memory is to be had."""
    limit = megabytes * MB
    ended = subprocess.run(
        [*OVERLAP, "-"],
        input=given,
        capture_output=True,
        check=False,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert ended.stderr == b""
    return ended.returncode, json.loads(ended.stdout)


def test_a_file_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_bytes(as_bytes(world(person(hours={"tue": [["09:00", "10:00"]]}))))
    status, answer = told(str(file))
    assert (status, [slot["start"] for slot in answer["slots"]]) == (0, ["2026-12-01T08:00:00Z"])
    assert told(str(file), "--explain", "2026-12-01T08:00:00Z") == (0, {"fits": True, "because": []})


def test_where_nothing_fits_all_is_well() -> None:
    status, answer = told("-", given=as_bytes(world(person(busy=[busy("00:00", "23:59")]))))
    assert (status, answer["slots"]) == (0, [])
    assert answer["relaxations"]
    assert told("-", "--all", given=as_bytes(world(person(hours={}))))[1]["slots"] == []


@pytest.mark.parametrize("name", ["missing.json", ".", "with\0nul"])
def test_what_cannot_be_read_is_said(name: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    from bot.cli.main import main

    assert main(["slots", str(tmp_path / name)]) == 2
    error = json.loads(capsysbinary.readouterr().out)["error"]
    assert (error["code"], error["field"], error["person"]) == ("unreadable", None, None)


def test_what_is_wrong_is_said_on_standard_output() -> None:
    status, answer = told("-", given=as_bytes(world(person(zone="Mars/Base"))))
    assert status == 2
    assert answer["error"].keys() == {"code", "field", "person", "message"}
    assert (answer["error"]["field"], answer["error"]["person"]) == ("people[0].zone", "ana")


@pytest.mark.parametrize("at", ["soon", "2026-12-01T10:00:00", "0001-01-01T00:00:00Z", "2026-12-01T10:00:00.5Z"])
def test_an_instant_that_is_none_is_said(at: str) -> None:
    status, answer = told("-", "--explain", at, given=as_bytes(world()))
    assert (status, answer["error"]["code"], answer["error"]["field"]) == (2, "invalid_time", "--explain")


def test_whoever_reads_only_the_beginning_is_not_complained_to() -> None:
    line = f"{' '.join(OVERLAP)} - --all | head -c 10"
    given = as_bytes(world(request={"step_min": 1, "duration_min": 1}))
    ended = subprocess.run(["bash", "-c", line], input=given, capture_output=True, check=False, cwd=ROOT)
    assert (ended.stdout, ended.stderr) == (b'{"slots":[', b"")


def intervals(count: int) -> bytes:
    """A document with so many busy half hours, no two alike."""
    hours = (
        f'{{"start":"2026-{n // 672 % 12 + 1:02}-{n // 24 % 28 + 1:02}T{n % 24:02}:00:{n // 8064 % 60:02}Z",'
        f'"end":"2026-{n // 672 % 12 + 1:02}-{n // 24 % 28 + 1:02}T{n % 24:02}:30:00Z"}}'
        for n in range(count)
    )
    head, tail = as_bytes(world(person(busy=["HERE"]))).split(b'"HERE"')
    return head + ",".join(hours).encode() + tail


def test_a_hundred_thousand_intervals_fit_into_little_memory() -> None:
    status, answer = within(200, intervals(100_000))
    assert (status, answer["slots"]) == (0, [])
    assert answer["relaxations"]


@pytest.mark.parametrize("count", [100_001, 1_000_000])
def test_more_are_refused_in_no_more(count: int) -> None:
    status, answer = within(200, intervals(count))
    assert (status, answer["error"]["code"]) == (2, "too_large")


def test_nothing_heavy_is_loaded_for_it() -> None:
    script = "import sys; from bot.cli.main import main; main(['slots', '-']); print(*sys.modules, file=sys.stderr)"
    ended = subprocess.run(
        [sys.executable, "-c", script], input=as_bytes(world()), capture_output=True, check=True, cwd=ROOT
    )
    loaded = set(ended.stderr.decode().split())
    assert not loaded & {"sqlalchemy", "alembic", "starlette", "httpx", "requests", "rich", "socket", "asyncio"}
