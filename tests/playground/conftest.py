"""One playground for all tests of its page: the whole stage, everybody connected, and the page's server."""

from collections.abc import Iterator

import httpx
import pytest

from bot.playground.site.serve import Site, opened
from tests.playground.visitor import Visitor


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with opened() as standing:
        yield standing


@pytest.fixture
def visitor(site: Site) -> Iterator[Visitor]:
    with httpx.Client(base_url=site.url, timeout=90) as http:
        yield Visitor(http)
