"""A browser for the page's tests: each test opens the page on a pretend playground of its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.playground.browser import launched
from tests.playground.page.pretend import Pretend

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
PATIENCE = 8_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The system's Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture
def world() -> Iterator[Pretend]:
    """A pretend playground; a test fills it before it opens the page, or rings afterwards."""
    pretend = Pretend()
    pretend.start()
    yield pretend
    pretend.stop()


class Visit:
    """A page that was opened, and everything that went wrong in it: `trouble` must stay empty."""

    def __init__(self, context: Any, world: Pretend) -> None:
        self.world = world
        self.trouble: list[str] = []
        self.elsewhere: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", self._requested)

    def open(self, address: str = "") -> Any:
        self.page.goto(self.world.url + address)
        self.page.wait_for_selector(".column", state="attached")
        self.page.wait_for_selector(".place[aria-current]", state="attached")
        return self.page

    def _heard(self, message: Any) -> None:
        # Chromium notes every refused or failed request, also those that a test wants to fail.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.trouble.append(message.text)

    def _requested(self, request: Any) -> None:
        if not request.url.startswith((self.world.url, "data:")):
            self.elsewhere.append(request.url)


@pytest.fixture
def visit(chromium: Any, world: Pretend) -> Iterator[Any]:
    """Opens pages: `visit()`, `visit("#as=alex", viewport=PHONE, color_scheme="dark")`; none may run into trouble."""
    contexts: list[Any] = []
    visits: list[Visit] = []

    def opened(address: str = "", *, beforehand: Any = None, **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
        contexts.append(context)
        visits.append(Visit(context, world))
        if beforehand is not None:
            beforehand(visits[-1].page)
        return visits[-1].open(address)

    yield opened
    for context in contexts:
        context.close()
    for one in visits:
        assert one.trouble == []
        assert one.elsewhere == []


@pytest.fixture(scope="module")
def sheet(chromium: Any) -> Iterator[Any]:
    """A page for tests that only ask what its modules make of something, and change nothing."""
    world = Pretend()
    world.start()
    context = chromium.new_context(viewport=WIDE)
    visit = Visit(context, world)
    yield visit.open()
    context.close()
    world.stop()
    assert visit.trouble == []
    assert visit.elsewhere == []


@pytest.fixture
def page(visit: Any) -> Any:
    """The page, opened wide with Ana's eyes on an empty world."""
    return visit()
