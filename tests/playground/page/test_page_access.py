"""Everybody can use it: by keyboard, with a screen reader, on a small screen, in light and dark."""

from typing import Any

import pytest

from tests.playground.page.conftest import PHONE, WIDE
from tests.playground.page.pretend import Pretend, event

NARROW = {"width": 1000, "height": 720}
REACHED = """() => {
  const one = document.activeElement;
  return one.id || one.dataset.switch || (one.dataset.key && "event") || one.className.split(" ")[0];
}"""


@pytest.fixture
def full(world: Pretend) -> Pretend:
    """A world in which every part of the page has something to show."""
    world.says(
        {"type": "header", "text": {"type": "plain_text", "text": "Times"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Tue* `code` <https://example.com|link> <@U0ANA> <!date^1795600800^{time}|?>\n&gt; quote\n```pre```"}},  # noqa: E501
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]},
        {"type": "actions", "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Book"}, "action_id": "a", "style": "primary"},
            {"type": "button", "text": {"type": "plain_text", "text": "Undo"}, "action_id": "b", "style": "danger"},
            {"type": "overflow", "action_id": "c", "options": [{"text": {"type": "plain_text", "text": "Move"}, "value": "m"}]},  # noqa: E501
            {"type": "static_select", "action_id": "d", "options": [{"text": {"type": "plain_text", "text": "1"}, "value": "1"}]},  # noqa: E501
            {"type": "multi_static_select", "action_id": "e", "options": [{"text": {"type": "plain_text", "text": "1"}, "value": "1"}]},  # noqa: E501
        ]},
        {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "a chart"},
        {"type": "video"},
        onlyForYou=True, edits=1,
    )  # fmt: skip
    world.says(who={"handle": "sam", "name": "Sam Okafor", "isBot": False}, text="hello")
    world.says(isDeleted=True)
    looks: list[dict[str, Any]] = [
        {}, {"isOurs": True}, {"isTentative": True}, {"isDeclined": True}, {"isFree": True}, {"calendar": "personal"},
        {"isOurs": True, "isTentative": True}, {"isSeries": True, "instance": "2026-11-24T10:00:00Z"},
    ]  # fmt: skip
    for handle in ("ana", "alex", "sam", "kim"):
        world.events[handle] = [
            event(
                f"Look {place}",
                f"2026-11-{23 + place % 5}T{8 + place}:00:00Z",
                f"2026-11-{23 + place % 5}T{9 + place}:00:00Z",
                **look,
            )
            for place, look in enumerate(looks)
        ] + [
            event(
                "Office",
                "2026-11-23T00:00:00Z",
                "2026-11-25T00:00:00Z",
                allDay=True,
                first="2026-11-23",
                last="2026-11-24",
            )
        ]
    world.ghosts = [{"start": "2026-11-26T14:00:00Z", "end": "2026-11-26T14:30:00Z", "label": "Book"}]
    world.unread["ana", "D0ana"] = 2
    world.down.add("kim")
    world.story = [
        {"id": "a", "title": "Ask", "hint": "Try `/meet`.", "done": True},
        {"id": "b", "title": "Book", "hint": "Press.", "done": False},
    ]
    world.exchanges = [
        {
            "n": 1,
            "at": "2026-11-25T09:20:00Z",
            "from": "slack",
            "method": "POST",
            "path": "/slack/events",
            "request": {"headers": {"a": "b"}, "body": {}},
            "status": 500,
            "response": "",
            "seconds": 4.0,
            "isAck": True,
        }
    ]
    return world


def problems(page: Any) -> list[str]:
    """What axe-core finds that is serious, and where."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize(
    "size", [pytest.param(WIDE, id="wide"), pytest.param(NARROW, id="narrow"), pytest.param(PHONE, id="phone")]
)
def test_axe_finds_nothing_serious(visit: Any, full: Pretend, colours: str, size: dict[str, int]) -> None:
    page = visit(viewport=size, color_scheme=colours)
    page.locator(".b-unknown").wait_for()
    assert problems(page) == []
    if size is not WIDE:
        page.locator('.tab[data-tab="week"]').click()
        assert problems(page) == []
    if size is PHONE:
        page.locator('.tab[data-tab="story"]').click()
        assert problems(page) == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_serious_in_what_opens(visit: Any, full: Pretend, colours: str) -> None:
    page = visit(color_scheme=colours)
    page.get_by_role("button", name="Under the glass").click()
    page.locator(".exchange").wait_for()
    page.get_by_label("On whose clocks").select_option(label="Each their own")
    page.locator("#words").press_sequentially("@")
    page.locator(".completion-row").first.wait_for()
    assert problems(page) == []
    page.get_by_role("button", name="New event").click()
    page.get_by_label("Title").wait_for()
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.locator(".column .event").first.press("Enter")
    page.get_by_role("button", name="Delete").wait_for()
    assert problems(page) == []


@pytest.mark.parametrize("width", [360, 480, 768, 1000, 1152, 1440, 2200])
def test_nothing_is_wider_than_the_screen(visit: Any, full: Pretend, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#words").is_visible()


def test_every_part_is_reached_with_the_tab_key(visit: Any, full: Pretend) -> None:
    page = visit()
    page.locator(".b-unknown").wait_for()
    reached = set()
    for _ in range(70):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(REACHED))
    wanted = {
        "skip",
        "eye",
        "place",
        "words",
        "button",
        "chip",
        "bot",
        "event",
        "segment",
        "select",
        "person-chip",
        "glass-door",
        "messages-view",
        "grid-scroll",
    }
    assert wanted <= reached


def test_the_first_tab_leads_to_the_message_box(visit: Any, full: Pretend) -> None:
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "words"


def test_the_eyes_are_switched_with_arrow_keys(visit: Any, full: Pretend) -> None:
    page = visit()
    page.get_by_role("radio", name="Ana").focus()
    page.keyboard.press("ArrowRight")
    page.locator('.eye[aria-checked="true"][data-handle="alex"]').wait_for()
    assert page.evaluate("document.activeElement.dataset.handle") == "alex"


def test_nothing_moves_for_those_who_want_no_motion(visit: Any, full: Pretend) -> None:
    page = visit(reduced_motion="reduce")
    durations = page.evaluate(
        "[...document.querySelectorAll('*')].map((one) => parseFloat(getComputedStyle(one).animationDuration))"
    )
    assert max(durations) <= 0.001
