"""One playground for all tests of its page: the whole stage, everybody connected, and the page's server."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.playground.site.serve import Site, opened
from tests.playground.visitor import GENERAL, Visitor


@pytest.fixture(scope="session")
def opening() -> Iterator[tuple[Site, dict[str, Any]]]:
    """The playground, and what each of its people finds when a visitor comes."""
    with opened() as standing, httpx.Client(base_url=standing.url, timeout=90) as http:
        visitor = Visitor(http)
        people = ("ana", "alex", "sam", "kim")
        found = {who: visitor.state(who) | {"general": visitor.messages(who, GENERAL)} for who in people}
        yield standing, found


@pytest.fixture(scope="session")
def site(opening: tuple[Site, dict[str, Any]]) -> Site:
    return opening[0]


@pytest.fixture(scope="session")
def found(opening: tuple[Site, dict[str, Any]]) -> dict[str, Any]:
    """What each found, by handle."""
    return opening[1]


@pytest.fixture
def visitor(site: Site) -> Iterator[Visitor]:
    with httpx.Client(base_url=site.url, timeout=90) as http:
        yield Visitor(http)
