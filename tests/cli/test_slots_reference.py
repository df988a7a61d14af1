"""docs/reference/slots.md says what is true."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.availability.document.wrong import Fault
from bot.core.reasons import Code

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "slots.md").read_text()


def block(name: str) -> str:
    """The JSON of that name on the page."""
    found = re.search(rf"```json {name}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def said(*words: str) -> Any:
    """What it answers to the example."""
    line = [sys.executable, "-m", "bot.cli.main", "slots", "-", *words]
    return json.loads(subprocess.run(line, input=block("world").encode(), capture_output=True, check=True).stdout)


def test_the_example_is_answered_as_it_says() -> None:
    assert said() == json.loads(block("answer"))


def test_the_example_is_explained_as_it_says() -> None:
    assert said("--explain", "2026-12-01T08:30:00Z") == json.loads(block("explained"))


def test_every_code_is_told_of() -> None:
    named = {code for line in PAGE.splitlines() if line.startswith("| `") for code in re.findall(r"`(\w+)`", line)}
    assert named >= {*map(str, Fault), *map(str, Code)}
