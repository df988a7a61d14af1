"""What goes wrong around the page has a calm answer: no connection, old links, switches, a server that refuses."""

from typing import Any

from tests.playground.page.pretend import Pretend, until

LOST = "The playground does not answer. What you see is as it was; it comes back by itself."


def words(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def test_a_lost_connection_says_so_and_comes_back_by_itself(page: Any, world: Pretend) -> None:
    world.stop()
    page.get_by_text(LOST).wait_for()
    world.says(words("said meanwhile"))
    world.start()
    page.get_by_text("said meanwhile").wait_for()
    until(lambda: not page.locator("#banner").is_visible(), "the banner is gone")


def test_what_is_typed_while_nobody_answers_is_kept(page: Any, world: Pretend) -> None:
    world.stop()
    page.fill("#words", "hello?")
    page.keyboard.press("Enter")
    page.get_by_text("so nothing was sent. Your words are still here.").wait_for()
    assert page.input_value("#words") == "hello?"


def test_an_old_link_shows_what_there_is(visit: Any, world: Pretend) -> None:
    page = visit("#as=zoe&place=C0LONGGONE&tab=nonsense")
    assert page.get_by_role("radio", name="Ana").get_attribute("aria-checked") == "true"
    assert page.locator(".place[aria-current]").inner_text() == "general"


def test_a_link_to_somebody_elses_conversation_shows_ones_own(visit: Any, world: Pretend) -> None:
    page = visit("#as=alex&place=D0ana")
    assert page.get_by_role("radio", name="Alex").get_attribute("aria-checked") == "true"
    assert page.locator(".place[aria-current]").inner_text() == "general"


def test_two_windows_see_the_same_world(visit: Any, world: Pretend) -> None:
    one, other = visit(), visit("#as=ana")
    world.says(words("to both"))
    world.ring("chat")
    for page in (one, other):
        page.get_by_text("to both").wait_for()


def test_the_bot_is_killed_and_brought_back(page: Any, world: Pretend) -> None:
    switch = page.get_by_role("switch", name="Overlap, the bot")
    switch.click()
    page.get_by_text("killed (kill -9)").wait_for()
    assert switch.get_attribute("aria-checked") == "false"
    switch.click()
    page.get_by_text("running", exact=True).wait_for()
    assert world.wanted("bot") == [{"isUp": False}, {"isUp": True}]


def test_a_calendar_server_has_its_switch(page: Any, world: Pretend) -> None:
    page.get_by_role("switch", name="Calendars of Kim").click()
    until(lambda: world.wanted("servers") == [{"name": "kim", "isUp": False}], "it was switched")


def test_the_story_ticks_what_has_happened_and_opens_the_next(page: Any, world: Pretend) -> None:
    world.story = [
        {
            "id": "ask",
            "title": "Ask",
            "hint": "In #general: /meet @alex 30m next week. Only she sees it.",
            "done": False,
        },
        {"id": "book", "title": "Book", "hint": "Press `/meet status` or a time.", "done": False},
    ]
    world.ring("story")
    page.get_by_role("button", name="/meet @alex 30m next week").last.click()
    assert page.input_value("#words") == "/meet @alex 30m next week"
    world.story[0]["done"] = True
    world.ring("story")
    page.get_by_text("1 of 2 seen").wait_for()
    page.locator("#story").get_by_role("button", name="/meet status").click()
    assert page.input_value("#words") == "/meet status"


EXCHANGE = {
    "n": 1, "at": "2026-11-25T09:20:01.250Z", "from": "slack", "method": "POST", "path": "/slack/events",
    "request": {"headers": {"x-slack-signature": "v0=••••"}, "body": {"text": "<script>alert(1)</script>"}},
    "status": 200, "response": "", "seconds": 0.014, "isAck": True,
}  # fmt: skip


def test_under_the_glass_are_the_requests_as_they_were(page: Any, world: Pretend) -> None:
    page.get_by_role("button", name="Under the glass").click()
    page.get_by_text("Nothing has passed yet.").wait_for()
    world.exchanges = [EXCHANGE, {**EXCHANGE, "n": 2, "from": "bot", "path": "/api/chat.postMessage", "isAck": False}]
    world.ring("glass")
    rows = page.locator("#glass").get_by_role("option")
    until(lambda: rows.count() == 2, "both are there")
    page.get_by_role("listbox", name="Requests").focus()
    page.keyboard.press("End")
    assert rows.nth(1).get_attribute("aria-selected") == "true"
    assert "ack 14 ms" in rows.nth(1).inner_text()
    assert "10:20:01.250" in rows.nth(1).inner_text()
    assert "<script>alert(1)</script>" in page.locator(".exchange-body").first.inner_text()
    page.locator("#glass").get_by_role("button", name="Close").click()
    assert page.evaluate("document.activeElement.id") == "glass-door"
