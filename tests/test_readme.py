"""What the README tells somebody to type can be typed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
FENCES = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
WORDS = sorted(set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s])", "\n".join([*FENCES, *re.findall(r"`[^`\n]+`", README)]))))
OVERLAP = sorted(set(re.findall(r"`(?:\.venv/bin/)?overlap ([^`]+)`", README)))
GUID = "00000000-0000-4000-8000-000000000001"


def typed(line: str, **settings: str) -> str:
    """What it says; it must succeed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        ["bash", "-euc", line], cwd=ROOT, env={"PATH": path, **settings}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_readme_names_commands() -> None:
    assert {"demo", "tour", "test", "check", "setup", "faults", "fix", "bench", "pictures"} <= set(WORDS)
    assert len(OVERLAP) >= 3


@pytest.mark.parametrize("word", WORDS)
def test_make_knows_the_word(word: str) -> None:
    assert typed(f"make --dry-run {word}")
    assert f"make {word}" in typed("make help")


def test_make_demo_is_the_playground_and_make_tour_the_story() -> None:
    """What these two commands do is tested beside the playground and among the scenarios."""
    assert typed("make --dry-run demo").splitlines()[-1] == ".venv/bin/overlap demo"
    assert typed("make --dry-run tour").splitlines()[-1] == ".venv/bin/overlap demo --tour"


@pytest.mark.parametrize("line", OVERLAP)
def test_overlap_understands_the_line(line: str) -> None:
    parser().parse_args(line.replace("$OVERLAP_PUBLIC_URL", "https://overlap.example.com").replace("…", GUID).split())


def test_what_is_set_and_typed_first_works_as_it_stands(tmp_path: Path) -> None:
    """The environment of step 2, and with it the manifest of step 3 and the database of step 4."""
    (exports,) = [fence for fence in FENCES if "export " in fence]
    manifest = next(line for line in OVERLAP if line.startswith("manifest slack"))
    assert "https://overlap.example.com/" in typed(f"{exports}\noverlap {manifest}")
    database = tmp_path / "overlap.sqlite3"
    typed(f"{exports}\noverlap migrate", OVERLAP_DATABASE_URL=f"sqlite:///{database}")
    assert database.is_file()


def test_the_manifest_for_teams_is_written(tmp_path: Path) -> None:
    line = next(line for line in OVERLAP if line.startswith("manifest teams")).replace("…", GUID)
    package = tmp_path / "overlap.zip"
    typed(
        f"overlap {line.replace('overlap.zip', str(package))}",
        OVERLAP_PUBLIC_URL="https://overlap.example.com",
    )
    assert package.is_file()


def test_the_pictures_are_there() -> None:
    for picture in re.findall(r'(?:src|srcset)="([^"]+)"', README):
        assert 0 < (ROOT / picture).stat().st_size < 300_000
