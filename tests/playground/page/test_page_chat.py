"""The conversation: typing into it, reading it, pressing in it, as one person or another."""

from typing import Any

import pytest

from tests.playground.page.pretend import GENERAL, PEOPLE, Pretend, until

ANA, ALEX = ({**one, "isBot": False} for one in PEOPLE[:2])
TYPED = "#words"
LEFT = "(view) => view.scrollHeight - view.scrollTop - view.clientHeight"


def words(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def button(label: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": f"press:{label}",
        "value": label,
        **more,
    }


def test_enter_sends_and_the_ack_is_told(page: Any, world: Pretend) -> None:
    page.fill(TYPED, "/meet status")
    page.keyboard.press("Enter")
    (sent,) = until(lambda: world.wanted("type"), "the line")
    assert sent == {"as": "ana", "place": GENERAL, "text": "/meet status"}
    page.get_by_text("Overlap acknowledged it in 21 ms.").wait_for()
    assert page.input_value(TYPED) == ""


def test_shift_enter_is_a_new_line(page: Any, world: Pretend) -> None:
    page.fill(TYPED, "one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    assert page.input_value(TYPED) == "one\ntwo"
    assert world.wanted("type") == []


def test_people_are_completed_after_an_at(page: Any) -> None:
    page.locator(TYPED).press_sequentially("/meet @a")
    assert page.locator(".completion-name").all_inner_texts() == ["Alex Rivera"]
    assert page.locator(TYPED).get_attribute("aria-activedescendant") == "completion-0"
    page.keyboard.press("Enter")
    assert page.input_value(TYPED) == "/meet @alex "
    assert page.locator(".completion-row").count() == 0


def test_commands_are_offered_after_a_slash_and_escape_closes_them(page: Any) -> None:
    page.locator(TYPED).press_sequentially("/")
    assert page.locator(".completion-row").count() == 4
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.input_value(TYPED) == "/meet status"
    page.fill(TYPED, "@")
    page.keyboard.press("Escape")
    assert page.locator(".completion-row").count() == 0
    assert page.input_value(TYPED) == "@"


def test_arrow_up_brings_earlier_lines_back_and_arrow_down_the_draft(page: Any, world: Pretend) -> None:
    for line in ("first", "second"):
        page.fill(TYPED, line)
        page.keyboard.press("Enter")
        until(lambda: page.input_value(TYPED) == "", "it was sent")
    page.fill(TYPED, "draft")
    seen = []
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        seen.append(page.input_value(TYPED))
    assert seen == ["second", "first", "first", "second", "draft"]


def test_a_refusal_keeps_the_words_and_says_why(page: Any, world: Pretend) -> None:
    world.refusals["/api/type"] = (502, "/meet failed because Overlap did not respond. Try again in a moment.")
    page.fill(TYPED, "/meet @alex")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.get_by_text("/meet failed because Overlap did not respond.").wait_for()
    assert page.input_value(TYPED) == "/meet @alex"


def test_ten_million_characters_are_pasted_calmly(page: Any, world: Pretend) -> None:
    page.locator(TYPED).evaluate("""(box) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "x".repeat(10_000_000));
      box.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
    }""")
    assert len(page.input_value(TYPED)) == 12_000
    page.get_by_text(
        "That was 10,000,000 characters, and a message takes 12,000: only its beginning is here."
    ).wait_for()


def test_too_much_is_not_sent_and_says_how_much_it_is(page: Any, world: Pretend) -> None:
    page.fill(TYPED, "x" * 12_001)
    page.get_by_text("12,001 characters: a message takes 12,000 at most.").wait_for()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Send").is_disabled()
    assert world.wanted("type") == []


def test_a_draft_survives_a_reload_and_another_conversation(page: Any) -> None:
    page.fill(TYPED, "half a thought")
    page.locator(".place", has_text="Overlap").click()
    until(lambda: page.input_value(TYPED) == "", "the other box is empty")
    page.locator(".place", has_text="general").click()
    until(lambda: page.input_value(TYPED) == "half a thought", "the draft is back")
    page.reload()
    until(lambda: page.input_value(TYPED) == "half a thought", "the draft is back")


def test_what_one_sees_is_what_the_server_says_they_see(page: Any, world: Pretend) -> None:
    world.says(words("For Ana alone"), onlyForYou=True)
    world.says(words("Alex reads this"), to="alex")
    world.ring("chat")
    page.get_by_text("For Ana alone").wait_for()
    assert page.get_by_text("Only visible to you").count() == 1
    page.get_by_role("radio", name="Alex").click()
    page.locator(".message").get_by_text("Alex reads this").wait_for()
    assert page.get_by_text("For Ana alone").count() == 0
    assert "as=alex" in page.url


def test_an_edit_is_made_in_place_and_keeps_the_focus(page: Any, world: Pretend) -> None:
    message = world.says(words("Booking"), actions(button("Undo")))
    world.ring("chat")
    page.get_by_role("button", name="Undo").focus()
    message["blocks"] = [words("Booked")]
    message["edits"] = 1
    world.ring("chat")
    page.get_by_text("(edited)").wait_for()
    assert page.locator(".message").count() == 1
    assert page.evaluate("document.activeElement.classList.contains('message')")


def test_what_is_not_changed_is_not_drawn_again(page: Any, world: Pretend) -> None:
    world.says(words("stays"))
    world.ring("chat")
    page.locator(".message").evaluate("(one) => { one.marked = true; }")
    world.says(words("comes"))
    world.ring("chat")
    page.locator(".message .b-text", has_text="comes").wait_for()
    assert page.locator(".message").first.evaluate("(one) => one.marked === true")


def test_a_deleted_message_says_that_it_was(page: Any, world: Pretend) -> None:
    world.says(isDeleted=True, text="")
    world.ring("chat")
    page.get_by_text("This message was deleted.").wait_for()


def test_times_are_on_the_viewers_clocks(page: Any, world: Pretend) -> None:
    said = {"type": "section", "text": {"type": "mrkdwn", "text": "<!date^1795600800^at {time}|?>"}}
    for one in ("ana", "kim"):
        world.says(said, to=one)
    world.ring("chat")
    page.locator(".message").get_by_text("at 11:00").wait_for()
    page.get_by_role("radio", name="Kim").click()
    page.locator(".message").get_by_text("at 15:30").wait_for()


def test_a_press_says_which_button_of_which_message(page: Any, world: Pretend) -> None:
    message = world.says(words("Times"), actions(button("Book Tue 16:00")))
    world.ring("chat")
    page.get_by_role("button", name="Book Tue 16:00").click()
    (sent,) = until(lambda: world.wanted("press"), "the press")
    assert sent == {
        "as": "ana", "place": GENERAL, "ts": message["ts"], "blockId": "b1",
        "actionId": "press:Book Tue 16:00", "value": "Book Tue 16:00",
    }  # fmt: skip


def test_of_two_tabs_the_slower_one_is_told_calmly(page: Any, world: Pretend) -> None:
    world.says(actions(button("Book")))
    world.ring("chat")
    world.refusals["/api/press"] = (409, "That message has changed meanwhile. Look again.")
    page.get_by_role("button", name="Book").click()
    page.get_by_text("That message has changed meanwhile. Look again.").wait_for()
    assert page.get_by_role("button", name="Book").get_attribute("aria-busy") is None


CONFIRM = {
    "title": {"type": "plain_text", "text": "Cancel it?"},
    "text": {"type": "mrkdwn", "text": "*Everybody* is told."},
    "confirm": {"type": "plain_text", "text": "Cancel it"},
    "deny": {"type": "plain_text", "text": "Keep it"},
}


def test_a_button_asks_first_where_it_says_so(page: Any, world: Pretend) -> None:
    world.says(actions(button("Cancel", confirm=CONFIRM)))
    world.ring("chat")
    for answer in ("Keep it", "Cancel it"):
        page.locator(".message").get_by_role("button", name="Cancel").click()
        dialog = page.get_by_role("dialog", name="Cancel it?")
        assert dialog.locator("strong").inner_text() == "Everybody"
        assert world.wanted("press") == []
        dialog.get_by_role("button", name=answer).click()
    assert len(until(lambda: world.wanted("press"), "the press")) == 1


def choice(label: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": label}, "value": label.lower()}


@pytest.mark.parametrize("kind", ["overflow", "static_select", "users_select", "multi_static_select"])
def test_whatever_can_be_chosen_is_sent(page: Any, world: Pretend, kind: str) -> None:
    options = [choice("Move"), choice("Cancel")]
    world.says(
        actions(
            {
                "type": kind,
                "action_id": "a",
                "options": options,
                "placeholder": {"type": "plain_text", "text": "Which?"},
            }
        )
    )
    world.ring("chat")
    said = page.locator(".message")
    match kind:
        case "overflow":
            said.get_by_role("button", name="More actions").click()
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
        case "static_select":
            said.get_by_label("Which?").select_option(label="Cancel")
        case "users_select":
            said.get_by_label("Which?").select_option(label="Alex Rivera")
        case "multi_static_select":
            said.locator("summary").click()
            said.get_by_label("Move").check()
            said.get_by_label("Cancel").check()
            said.get_by_role("button", name="Done").click()
    (sent,) = until(lambda: world.wanted("press"), "the choice")
    wanted = {"users_select": "U0ALEX", "multi_static_select": ["move", "cancel"]}.get(kind, "cancel")
    assert sent["value"] == wanted


def test_a_choice_that_is_not_confirmed_is_taken_back(page: Any, world: Pretend) -> None:
    world.says(
        actions(
            {
                "type": "static_select",
                "action_id": "a",
                "options": [choice("One"), choice("Two")],
                "initial_option": choice("One"),
                "confirm": CONFIRM,
            }
        )
    )
    world.ring("chat")
    page.locator(".message select").select_option("two")
    page.get_by_role("button", name="Keep it").click()
    until(lambda: page.locator(".message select").input_value() == "one", "the choice is as it was")
    assert world.wanted("press") == []


def test_a_message_that_comes_moves_nothing_one_is_reading(page: Any, world: Pretend) -> None:
    for number in range(40):
        world.says(words(f"number {number}"))
    world.ring("chat")
    page.get_by_text("number 39").wait_for()
    page.locator(".messages-view").evaluate("(view) => { view.scrollTop = 200; }")
    page.wait_for_timeout(100)
    place = "document.querySelector('.message:nth-of-type(9)').getBoundingClientRect().top"
    before = page.evaluate(place)
    world.says(words("one more"))
    world.ring("chat")
    page.get_by_role("button", name="New messages").wait_for()
    assert page.evaluate(place) == before
    page.get_by_role("button", name="New messages").click()
    until(
        lambda: page.locator(".messages-view").evaluate(LEFT) < 2,
        "the end is in sight",
    )


def test_a_new_message_is_said_to_a_screen_reader_once(page: Any, world: Pretend) -> None:
    world.says(words("before"), text="before")
    world.ring("chat")
    page.locator(".message").wait_for()
    world.says(words("Booked"), text="Booked with Alex")
    world.ring("chat")
    until(
        lambda: page.locator("#told p").all_inner_texts() == ["Overlap: before", "Overlap: Booked with Alex"],
        "it is said",
    )


def test_unread_is_counted_until_it_is_looked_at(visit: Any, world: Pretend) -> None:
    world.unread["ana", "D0ana"] = 3
    page = visit()
    assert page.locator(".place", has_text="Overlap").locator(".unread").inner_text().startswith("3")
    assert page.title() == "(3) Overlap · playground"
    page.locator(".place", has_text="Overlap").click()
    until(lambda: {"as": "ana", "place": "D0ana"} in world.wanted("read"), "it was read")
    until(lambda: page.title() == "Overlap · playground", "nothing is unread")


def test_messages_are_walked_with_the_arrow_keys(page: Any, world: Pretend) -> None:
    world.says(words("first"))
    world.says(words("second"))
    world.ring("chat")
    page.locator(".message").get_by_text("second").wait_for()
    page.locator(".messages-view").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert "first" in page.evaluate("document.activeElement.textContent")


def test_people_write_to_each_other(page: Any, world: Pretend) -> None:
    world.says(who=ANA, text="*Lunch?* :pizza:")
    world.says(who=ANA, text="or coffee")
    world.says(who=ALEX, text="<@U0ANA> yes")
    world.ring("chat")
    page.locator(".message").get_by_text("yes").wait_for()
    assert page.locator(".message.is-first").count() == 2
    assert page.locator(".message strong.m-strong").inner_text() == "Lunch?"
    assert page.locator(".mention.is-me").inner_text() == "@Ana Brandt"
