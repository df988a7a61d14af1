"""What holds for every test."""

from typing import Any

import pytest
from hypothesis import settings

from tests.playground.browser import NO_BROWSER

# No test asserts a duration: two busy cores would make liars of all deadlines.
settings.register_profile("overlap", deadline=None)
settings.load_profile("overlap")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One clear line when the page could not be tested in a browser; a quiet run names no skip by itself."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(one.longrepr) for one in skipped):
        terminalreporter.write_line(NO_BROWSER)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of one `xdist_group` run on one worker, in order: they share a stage that one of them may have to leave.

    pytest-xdist 3.8 says so by a name that pytest 9.2 no longer reads, and then spreads them silently
    (github.com/pytest-dev/pytest-xdist/issues/1386).
    """
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        group = next((str(mark.args[0]) for mark in item.iter_markers("xdist_group")), "")
        if group and not item.nodeid.endswith(f"@{group}"):
            item._id = item.parent.id.child(f"{item.name}@{group}")  # type: ignore[attr-defined,union-attr]
