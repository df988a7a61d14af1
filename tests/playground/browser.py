"""A person at a real browser: the system's Chromium, driven by Playwright, on the playground's own page.

Playwright brings no browser of its own here. Where there is none, the tests are skipped in one line that says how to
get it; on a build server (`CI` is set) they fail with that line instead.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.playground.visitor import until

NO_BROWSER = "No Chromium, so the page is not tested in a browser. Get one with: apt-get install chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LOOKS = {
    f"{size}-{scheme}": {**shape, "color_scheme": scheme}
    for size, shape in {"desktop": DESKTOP, "phone": PHONE}.items()
    for scheme in ("light", "dark")
}
FAST = """(() => {
  const RealDate = Date, ahead = MINUTES * 60_000;
  Date = class extends RealDate {
    constructor(...given) { given.length ? super(...given) : super(RealDate.now() + ahead); }
    static now() { return RealDate.now() + ahead; }
  };
})();"""
PATIENCE_MS = 40_000
LOOPBACK = {"127.0.0.1", "localhost", ""}
SERIOUS = {"serious", "critical"}


@contextmanager
def launched() -> Iterator[Any]:
    """A Chromium; or the reason why there is none, as a skip or a failure.

    While it runs, Playwright keeps an event loop going in this thread, so nobody else may start one: use it per module.
    """
    path = os.environ.get("OVERLAP_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """One browser window on the playground, and whatever went wrong in it: `trouble` must stay empty."""

    page: Any
    trouble: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, browser: Any, url: str, *, minutes_fast: int = 0, **look: Any) -> "Window":
        """A new window of a new visitor, whose own clock may be fast."""
        context = browser.new_context(**{**DESKTOP, "reduced_motion": "reduce", **look})
        context.set_default_timeout(PATIENCE_MS)
        window = cls(context.new_page())
        context.on("console", window._console)
        context.on("weberror", lambda error: window.trouble.append(f"error: {error.error}"))
        context.on("request", window._request)
        if minutes_fast:
            window.page.add_init_script(FAST.replace("MINUTES", str(minutes_fast)))
        window.page.goto(url)
        window.page.locator(".place[aria-current]").first.wait_for(state="attached")
        window.page.locator(".column .event").first.wait_for(state="attached")
        return window

    def close(self) -> None:
        self.page.context.close()

    def be(self, who: str) -> None:
        """See with that person's eyes."""
        self.page.locator(f".eye[data-handle={who}]").click()
        self.page.locator(f".eye[data-handle={who}][aria-checked=true]").wait_for()

    def enter(self, kind: str) -> None:
        """Go to the channel, the app's own messages, or a direct message."""
        self.page.locator(f".place[data-kind={kind}]").first.click()
        self.page.locator(f".place[data-kind={kind}][aria-current]").first.wait_for()

    def type(self, words: str) -> None:
        """Into the box, and Enter."""
        box = self.page.locator("#words")
        box.fill(words)
        box.press("Escape")
        box.press("Enter")
        until(lambda: box.input_value() == "", "it is sent")

    def press(self, label: str, *, within: str = "") -> None:
        """The newest button whose words begin so, in a message that says `within`."""
        self.button(label, within=within).click()
        self.settled()

    def settled(self) -> None:
        """What was pressed has been acknowledged."""
        self.page.locator(".message [aria-busy=true]").first.wait_for(state="detached")

    def button(self, label: str, *, within: str = "") -> Any:
        messages = self.page.locator(".message", has_text=within) if within else self.page.locator(".message")
        words = self.page.locator(".button-words", has_text=re.compile(f"^{re.escape(label)}"))
        return messages.locator(".button", has=words).last

    def sees(self, *words: str) -> Any:
        """The newest message that says all of it, as soon as there is one."""
        found = self.page.locator(".message")
        for each in words:
            found = found.filter(has_text=each)
        found.last.wait_for()
        return found.last

    def ticked(self, step: str) -> None:
        """That step of the story is done, and the panel shows it."""
        self.page.locator(f".step.is-done[data-step={step}]").wait_for(state="attached")

    def steps_done(self) -> set[str]:
        done = self.page.locator(".step.is-done")
        return {str(one.get_attribute("data-step")) for one in done.all()}

    def ours(self) -> Any:
        """The meetings of Overlap's that the week shows."""
        return self.page.locator(".column .event.is-ours")

    def turn(self, switch: str, *, on: bool) -> None:
        """Flip a switch, and wait until it has flipped."""
        knob = self.page.locator(f'.switch[data-switch="{switch}"]')
        knob.click()
        self.page.locator(
            f'.switch[data-switch="{switch}"][aria-checked={str(on).lower()}]:not([aria-busy])'
        ).wait_for()

    def flaws(self) -> list[str]:
        """What axe-core finds that would keep somebody from using what is shown now."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']} ({one['impact']}): {node['html'][:160]} | {node.get('failureSummary', '')[:300]}"
            for one in found
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.trouble.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "about"} and address.hostname not in LOOPBACK:
            self.trouble.append(f"a request left this machine: {request.url}")


def free_point(window: Window, event: Any) -> tuple[float, float, float]:
    """Where to press in the column of that event without touching any, so that drawing from there covers it.

    x and y of a free spot just above it, just below or in the gap beside it, and the y at which to let go.
    """
    event.scroll_into_view_if_needed()
    spot = event.evaluate("""(event) => {
      const box = event.getBoundingClientRect(), column = event.closest(".column").getBoundingClientRect();
      const [top, bottom] = [box.top + 4, box.bottom - 4];
      for (const [y, to] of [[box.top - 6, bottom], [box.bottom + 6, top], [top, bottom]]) {
        for (let x = column.left + 2; x < column.right; x += 0.5) {
          const under = document.elementFromPoint(x, y);
          if (under?.closest(".column") && !under.closest(".event")) return [x, y, to];
        }
      }
      return null;
    }""")
    assert spot is not None, "there is no free paper beside the meeting"
    x, y, to = spot
    return x, y, to
