"""What goes wrong around the page is met calmly: two tabs at once, a server that stops in mid-drag, a wrong clock."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.playground.site.serve import Site, opened
from bot.playground.stands.serving import held_or_free
from tests.playground.browser import Window, launched
from tests.playground.visitor import until

pytestmark = pytest.mark.xdist_group("browser")

REFUSED = "Failed to load resource"
"""What Chromium itself writes into the console about every answer that is a refusal."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def played(browser: Any) -> Iterator[Site]:
    with opened() as site:
        yield site


def test_a_demo_of_yesterday_that_still_runs_is_left_alone() -> None:
    with held_or_free(0) as yesterday:
        taken = yesterday.getsockname()[1]
        with held_or_free(taken) as today:
            assert today.getsockname()[1] not in {0, taken}


def test_two_tabs_that_race_on_one_button_book_once(browser: Any, played: Site) -> None:
    one, other = (Window.opened(browser, played.url) for _ in range(2))
    one.type("/meet @alex 30m next week")
    buttons = [window.button("Book").element_handle() for window in (one, other)]
    for button in buttons:
        button.evaluate("(button) => button.click()")
    for window in (one, other):
        window.sees("Booked")
    world = played.parts.stage.world
    until(lambda: world.our_copies("ana") and world.our_copies("alex"), "it is on both calendars")
    assert len(world.our_copies("ana")) == len(world.our_copies("alex")) == 1
    for window in (one, other):
        window.close()
        assert window.trouble == []


def test_a_server_that_stops_in_mid_drag_is_told_and_the_event_stays(browser: Any, played: Site) -> None:
    window = Window.opened(browser, played.url)
    window.page.get_by_role("button", name="The week after").click()
    for who in ("Ana", "Alex", "Sam"):
        window.page.get_by_role("button", name=who, exact=True).click()
    event = window.page.locator(".column .event", has_text=re.compile(r"\d\d:\d\d")).first
    event.scroll_into_view_if_needed()
    words, box = event.get_attribute("aria-label"), event.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    mouse = window.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y + 40, steps=4)
    world = played.parts.stage.world
    world.stop_server("kim")
    try:
        mouse.move(x, y + 60, steps=4)
        mouse.up()
        window.page.locator(".notices", has_text=re.compile(r"\w")).wait_for()
        window.page.locator(".week-down", has_text="Kim").wait_for()
    finally:
        world.start_server("kim")
    window.page.locator(".week-down", has_text="Kim").wait_for(state="hidden")
    assert window.page.locator(f'.event[aria-label="{words}"]').count() == 1
    window.close()
    assert [one for one in window.trouble if REFUSED not in one] == []


def test_a_clock_that_is_an_hour_fast_changes_nothing(browser: Any, played: Site) -> None:
    window = Window.opened(browser, played.url, minutes_fast=60, timezone_id="Pacific/Auckland")
    window.type("/meet help")
    written = window.sees("Only visible to you").locator("time").first.get_attribute("datetime")
    told = window.page.locator(".now").first.get_attribute("aria-label")
    now = datetime.now(UTC)
    clocks = {f"Now: {(now - timedelta(minutes=ago)).astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" for ago in (0, 1)}
    assert told in clocks
    assert abs(datetime.fromisoformat(str(written)) - now) < timedelta(minutes=1)
    assert window.page.locator(".day").first.inner_text().lower() == "today"
    window.close()
    assert window.trouble == []
