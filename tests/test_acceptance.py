"""Every test that the page of promises names is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "reference" / "acceptance.md"


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", PAGE.read_text())
    below = [(file, test) for file, test in named if not file.startswith(("bot/", "tests/"))]
    assert len(below) > 40
    for file, test in below:
        text = (TESTS / file).read_text()
        assert f"def {test}(" in text or not test, f"{file}::{test}"
