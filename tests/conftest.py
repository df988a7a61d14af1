"""What holds for every test."""

from typing import Any

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
