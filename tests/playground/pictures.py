"""Takes the pictures that the README shows: an offer in the chat, its times in the week, and a meeting that is booked.

`make pictures` writes them to docs/pictures/, light and dark, for a wide screen and for a phone.
"""

from pathlib import Path

from bot.playground.site.serve import Site, opened
from tests.playground.browser import LOOKS, Window, launched
from tests.playground.visitor import until

PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"
NAMES = {look: f"demo-{look.removeprefix('desktop-')}.png" for look in LOOKS}
MOST_BYTES = 300_000


def take(window: Window, name: str) -> None:
    """What the window shows, as a file that a page loads at once."""
    path = PICTURES / name
    window.page.evaluate("document.activeElement?.blur()")
    window.page.mouse.move(2, 2)
    window.page.screenshot(path=path, animations="disabled")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{name} has {size} bytes, {MOST_BYTES} at most")
    print(f"  docs/pictures/{name}  {size // 1000} kB")  # noqa: T201 - a command tells what it did


def tell(window: Window, site: Site) -> None:
    """Ana books half an hour with Alex, Alex accepts, and she asks for another."""
    world = site.parts.stage.world
    window.type("/meet @alex 30m next week")
    window.page.locator(".message").last.locator(".button", has_text="Book ").first.click()
    until(lambda: world.our_copies("ana") and world.our_copies("alex"), "it is on both calendars")
    window.be("alex")
    window.enter("app")
    window.press("Accept")
    window.ticked("answer")
    window.be("ana")
    window.enter("app")
    window.sees("Alex: accepted")
    window.enter("channel")
    window.sees("Booked")
    window.type("/meet @alex 45m next week")
    window.button("Book").wait_for()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with launched() as browser, opened() as site:
        for place, (look, name) in enumerate(NAMES.items()):
            window = Window.opened(browser, site.url, **LOOKS[look])
            if place == 0:
                tell(window, site)
            if "desktop" in look:
                window.page.get_by_role("button", name="The week after").click()
                for other in ("Sam", "Kim"):
                    window.page.get_by_role("button", name=other, exact=True).click()
                window.page.locator(".ghost").first.wait_for()
            window.button("Book").wait_for()
            take(window, name)
            window.close()


if __name__ == "__main__":
    main()
