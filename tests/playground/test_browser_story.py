"""The whole story, played by clicking in the page; what came of it is read from the calendar servers.

One visitor in one window, chapter after chapter, as somebody would who looks at Overlap for the first time.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.client import Event
from bot.playground.site.serve import Site, opened
from bot.playground.site.story import STEPS
from tests.playground.browser import LOOKS, Window, free_point, launched
from tests.playground.visitor import until

pytestmark = pytest.mark.xdist_group("browser")

ASK = "/meet @alex 30m next week"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def played(browser: Any) -> Iterator[Site]:
    """A playground of this story's own, in which nothing has happened yet."""
    with opened() as site:
        yield site


@pytest.fixture(scope="module")
def window(browser: Any, played: Site) -> Iterator[Window]:
    window = Window.opened(browser, played.url)
    window.page.get_by_role("button", name="The week after").click()
    yield window
    window.close()


@pytest.fixture(autouse=True)
def picture(request: pytest.FixtureRequest, window: Window) -> Iterator[None]:
    """Of what the visitor saw when something was not as told."""
    before = request.session.testsfailed
    yield
    if request.session.testsfailed > before:
        window.page.screenshot(path=Path("build") / "browser" / f"{request.node.name}.png")


def copies(site: Site, who: str) -> list[Event]:
    """What truly stands in their calendars."""
    return [one for one in site.parts.stage.world.our_copies(who) if one.status != "CANCELLED"]


def stands_for(site: Site, *people: str, elsewhere_than: Event | None = None, is_one_uid: bool = True) -> Event | None:
    """One meeting, under one identity and at one time, in the calendars of exactly these people."""

    def found() -> list[Event] | None:
        held = {who: copies(site, who) for who in ("ana", "alex", "sam", "kim")}
        if any(len(events) != (who in people) for who, events in held.items()):
            return None
        events = [held[who][0] for who in people]
        is_one = len({(one.uid if is_one_uid else one.tag, one.start, one.end) for one in events}) < 2
        has_moved = elsewhere_than is None or events[0].start != elsewhere_than.start
        return events if is_one and has_moved else None

    return next(iter(until(found, f"one meeting, in the calendars of {', '.join(people) or 'nobody'}")), None)


def ask(window: Window, words: str = ASK) -> Any:
    """As Ana in the channel; the first time on offer in what came, if there is any."""
    window.be("ana")
    window.enter("channel")
    before = window.page.locator(".message").count()
    window.type(words)
    until(lambda: window.page.locator(".message").count() > before, "an answer")
    return window.page.locator(".message").last.locator(".button", has_text="Book ").first


def book(window: Window, site: Site) -> Event:
    """Ask, and press the first time."""
    ask(window).click()
    window.settled()
    stands = stands_for(site, "ana", "alex")
    assert stands is not None
    return stands


def undo(window: Window, site: Site) -> None:
    window.be("ana")
    window.enter("app")
    window.press("Undo")
    stands_for(site)


def receive(window: Window, who: str, words: str) -> None:
    """Through their private link they choose the first calendar beside which these words stand."""
    window.be(who)
    window.enter("app")
    before = window.page.locator(".message a.button").count()
    window.type("/meet connect")
    until(lambda: window.page.locator(".message a.button").count() > before, "a private link")
    with window.page.context.expect_page() as opening:
        window.page.locator(".message a.button").last.click()
    page = opening.value
    page.locator("form button").first.click()
    page.wait_for_url("**/connect")
    page.goto(f"{page.url}/calendars")
    page.locator("#receives li", has_text=words).first.get_by_role("radio").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("That’s it").wait_for()
    page.close()


def land_on_it(window: Window) -> None:
    """Drag over the meeting in the week: from free paper beside it, across it, and let go."""
    meeting = window.ours().first
    meeting.wait_for()
    x, y, to = free_point(window, meeting)
    mouse = window.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, (y + to) / 2, steps=4)
    mouse.move(x, to, steps=4)
    mouse.up()
    window.page.get_by_label("Title").fill("Customer visit")
    window.page.get_by_role("button", name="Put it in the calendar").click()


def delete(window: Window, title: str) -> None:
    """By keyboard: Enter on the event opens it, and Delete asks once more."""
    event = window.page.locator(".column .event", has_text=title).first
    event.focus()
    event.press("Enter")
    window.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    window.page.get_by_role("button", name="Delete", exact=True).click()
    window.page.locator(".column .event", has_text=title).wait_for(state="detached")


def test_it_begins_with_nothing_done_and_everybody_connected(window: Window) -> None:
    assert window.steps_done() == set()
    assert window.page.locator(".unread:visible").count() == 0
    window.type("/meet help")
    window.sees("Only visible to you")


def test_the_box_completes_people_and_keeps_earlier_lines(window: Window) -> None:
    box = window.page.locator("#words")
    box.press_sequentially("/meet @al")
    window.page.get_by_role("option", name="Alex Rivera").wait_for()
    box.press("Enter")
    assert box.input_value() == "/meet @alex "
    box.press_sequentially("30m next week")
    box.press("Enter")
    window.button("Book").wait_for()
    box.press("ArrowUp")
    assert box.input_value() == ASK
    box.fill("")
    window.ticked("ask")


def test_the_times_on_offer_are_ghosts_in_the_week(window: Window) -> None:
    offered = window.page.locator(".message").last.locator(".button", has_text="Book ")
    until(lambda: window.page.locator(".ghost").count() == offered.count() == 5, "five ghosts")
    window.be("alex")
    window.page.locator(".ghost").first.wait_for(state="detached")
    assert window.page.locator(".message").count() == 0
    window.be("ana")


def test_more_times_and_not_now(window: Window) -> None:
    first = window.button("Book").inner_text()
    window.press("More times")
    until(lambda: window.button("Book").inner_text() != first, "other times")
    window.press("Not now")
    window.ticked("pages")
    window.page.locator(".ghost").first.wait_for(state="detached")


def test_one_click_books_it_in_both_calendars(window: Window, played: Site) -> None:
    book(window, played)
    window.ticked("book")
    until(lambda: window.ours().count() == 2, "both copies in the week")
    assert window.page.locator(".place[data-kind=app] .unread").inner_text().startswith("1")


def test_alex_answers_and_suggests_another_time(window: Window, played: Site) -> None:
    before = stands_for(played, "ana", "alex")
    window.be("alex")
    window.enter("app")
    window.press("Accept")
    window.ticked("answer")
    window.press("Suggest another time")
    window.press("Ask for")
    window.be("ana")
    window.enter("app")
    window.sees("asks to move")
    window.press("Move")
    window.ticked("suggest")
    after = stands_for(played, "ana", "alex", elsewhere_than=before)
    assert before is not None
    assert after is not None
    assert after.uid == before.uid


def test_undo_takes_it_off_both_calendars(window: Window, played: Site) -> None:
    undo(window, played)
    window.ticked("undo")
    until(lambda: window.ours().count() == 0, "nothing of ours is in the week")
    window.be("alex")
    window.enter("app")
    window.sees("took back")


def test_declining_takes_only_ones_own_copy(window: Window, played: Site) -> None:
    book(window, played)
    window.be("alex")
    window.enter("app")
    window.press("Decline")
    stands_for(played, "ana")
    window.ticked("decline")
    undo(window, played)


def test_a_drag_over_it_is_a_clash_and_one_press_moves_it(window: Window, played: Site) -> None:
    before = book(window, played)
    land_on_it(window)
    window.enter("app")
    window.sees("Clash", "Customer visit")
    window.press("Move to")
    window.ticked("clash")
    stands_for(played, "ana", "alex", elsewhere_than=before)
    delete(window, "Customer visit")


def test_a_clash_of_alex_asks_ana_and_she_keeps_it(window: Window, played: Site) -> None:
    before = stands_for(played, "ana", "alex")
    window.be("alex")
    window.page.get_by_role("button", name="Ana", exact=True).click()
    land_on_it(window)
    window.enter("app")
    window.sees("Clash")
    window.press("Ask to move")
    window.ticked("clash-other")
    window.page.get_by_role("button", name="Ana", exact=True).click()
    window.be("ana")
    window.enter("app")
    window.press("Keep")
    window.be("alex")
    window.sees("keeps")
    assert stands_for(played, "ana", "alex") == before
    delete(window, "Customer visit")
    undo(window, played)


def test_a_booking_that_is_dragged_takes_the_other_copy_along(window: Window, played: Site) -> None:
    before = book(window, played)
    meeting = window.page.locator('.event.is-ours[data-key^="ana "]')
    meeting.scroll_into_view_if_needed()
    box = meeting.bounding_box()
    mouse = window.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 6)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 56, steps=6)
    mouse.up()
    stands_for(played, "ana", "alex", elsewhere_than=before)
    window.ticked("drag")
    undo(window, played)


def test_a_new_event_goes_to_any_calendar_of_whoever_it_is_for(window: Window, played: Site) -> None:
    window.be("ana")
    day = window.page.locator(".column").nth(4).get_attribute("data-date")
    window.page.get_by_role("button", name="New event").click()
    dialog = window.page.get_by_role("dialog")
    dialog.get_by_label("Whose").select_option("alex")
    calendars = dialog.locator("select[name=calendar]")
    assert calendars.locator("option").all_text_contents() == ["Work", "Personal", "Microsoft"]
    calendars.select_option("microsoft")
    dialog.get_by_label("Title").fill("Piano lesson")
    dialog.get_by_label("Date").fill(str(day))
    dialog.get_by_label("From").fill("20:00")
    dialog.get_by_label("To").fill("21:00")
    dialog.get_by_role("button", name="Put it in the calendar").click()
    window.page.locator(".column .event[data-calendar=microsoft]", has_text="Piano lesson").wait_for()
    assert "Piano lesson" in [one.summary for one in played.parts.stage.world.account("alex").events("microsoft")]
    delete(window, "Piano lesson")


def test_room_that_is_made_is_offered(window: Window, played: Site) -> None:
    window.be("ana")
    day = window.page.locator(".column").nth(4).get_attribute("data-date")
    window.page.get_by_role("button", name="New event").click()
    dialog = window.page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("All of Friday")
    dialog.get_by_label("Date").fill(str(day))
    dialog.get_by_label("From").fill("09:00")
    dialog.get_by_label("To").fill("18:00")
    dialog.get_by_role("button", name="Put it in the calendar").click()
    window.page.locator(".column .event", has_text="All of Friday").wait_for()
    delete(window, "All of Friday")
    until(lambda: ask(window, "/meet @alex 30m next Friday").count(), "the day is on offer again")
    window.press("Book")
    window.ticked("room")
    stands_for(played, "ana", "alex")
    undo(window, played)


def test_three_services_hold_one_meeting(window: Window, played: Site) -> None:
    """Ana's own page sends her bookings to Google, Alex's to Microsoft; Sam keeps the CalDAV server."""
    receive(window, "ana", "gmail.example")
    receive(window, "alex", "outlook.example")
    ask(window, "/meet @alex @sam 30m next week").click()
    window.settled()
    stands_for(played, "ana", "alex", "sam", is_one_uid=False)
    window.ticked("mixed")
    until(lambda: window.ours().count() == 3, "all three copies in the week")
    kept = {str(one.get_attribute("data-calendar")) for one in window.ours().all()}
    assert kept == {"google", "microsoft", "work"}
    undo(window, played)
    receive(window, "ana", "acme.example")
    receive(window, "alex", "acme.example")


def test_kill_9_right_after_the_press_books_once(window: Window, played: Site) -> None:
    ask(window).click()
    window.turn("bot", on=False)
    assert played.parts.switches.bot() == {"isUp": False, "isStarting": False}
    window.turn("bot", on=True)
    stands_for(played, "ana", "alex")
    window.ticked("kill")
    undo(window, played)


def test_what_a_stopped_server_holds_is_not_offered_until_it_is_back(window: Window) -> None:
    window.turn("server kim", on=False)
    window.page.locator(".week-down", has_text="Kim").wait_for()

    until(lambda: ask(window, "/meet @kim 30m next week").count() == 0, "Kim's calendars vouch no longer")
    window.turn("server kim", on=True)
    window.page.locator(".message").last.locator(".button", has_text="Book ").first.wait_for()
    window.ticked("outage")


def test_status_and_the_private_link(window: Window) -> None:
    window.enter("app")
    window.type("/meet status")
    window.sees("Working hours")
    window.ticked("status")
    window.type("/meet connect")
    window.sees("works once")
    with window.page.context.expect_page() as opening:
        window.page.locator(".message").last.locator("a.button").last.click()
    opening.value.locator("form").first.wait_for()
    opening.value.close()


def test_every_step_of_the_story_is_ticked(window: Window) -> None:
    assert window.steps_done() == {one.id for one in STEPS}


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_keeps_anybody_from_using_it(browser: Any, played: Site, window: Window, look: str) -> None:
    """With an offer in the chat, in each part of the page, by axe-core."""
    if look == next(iter(LOOKS)):
        ask(window).wait_for()
    visitor = Window.opened(browser, played.url, **LOOKS[look])
    page = visitor.page
    parts = page.locator(".tab:visible")
    for part in range(max(1, parts.count())):
        if parts.count():
            parts.nth(part).click()
        assert visitor.flaws() == [], (look, part)
        width, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= room, "nothing is wider than the window"
    page.locator("#glass-door").click()
    page.locator(".exchange").first.wait_for()
    assert visitor.flaws() == [], (look, "under the glass")
    visitor.close()
    assert visitor.trouble == []


def test_nothing_left_this_machine_and_the_console_is_silent(window: Window, played: Site) -> None:
    assert window.trouble == []
    assert played.parts.stage.slack.refusals == []
