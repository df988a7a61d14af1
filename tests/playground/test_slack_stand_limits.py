"""The stand-in refuses what Slack refuses: a table with one row a limit."""

from typing import Any

import pytest

from bot.playground.stands.slack.limits import LIMITS, Refused, check_message

Json = dict[str, Any]


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def section(words: str = "words", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}, **more}


def button(number: int = 0, **more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": f"a{number}", "value": "v", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def said(*blocks: Json, text: str = "words") -> Json:
    return {"text": text, "blocks": list(blocks)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(said(), id="text alone"),
        pytest.param(said(*[section()] * 50), id="50 blocks"),
        pytest.param(said(section("x" * 3000)), id="a section of 3,000"),
        pytest.param(said({"type": "header", "text": plain("x" * 150)}), id="a header of 150"),
        pytest.param(said({"type": "context", "elements": [plain("x")] * 10}), id="10 words of small print"),
        pytest.param(said(actions(*map(button, range(25)))), id="25 buttons"),
        pytest.param(said(actions(button(text=plain("x" * 75)))), id="a label of 75"),
        pytest.param(said(actions(button(value="x" * 2000))), id="a value of 2,000"),
        pytest.param(said(actions(button(), button(1)), actions(button())), id="the same action_id in two blocks"),
        pytest.param(said({"type": "divider"}), id="a line"),
        pytest.param(said(section(accessory=button(style="primary"))), id="a button beside words"),
    ],
)
def test_slack_takes(body: Json) -> None:
    check_message(body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"blocks": [section()]}, "no_text", id="no text"),
        pytest.param(said(text="  "), "no_text", id="blank text"),
        pytest.param(said(text="x" * 40_001), "msg_too_long", id="text that is too long"),
        pytest.param(said(*[section()] * 51), "invalid_blocks", id="51 blocks"),
        pytest.param(said(section("x" * 3001)), "invalid_blocks", id="a section of 3,001"),
        pytest.param(said(section("😀" * 1501)), "invalid_blocks", id="1,501 characters of two units"),
        pytest.param(said(section("")), "invalid_blocks", id="an empty section"),
        pytest.param(said(section("x" * 2900), *[section("x" * 2600)] * 4), "msg_blocks_too_long", id="13,300 in all"),
        pytest.param(said({"type": "header", "text": plain("x" * 151)}), "invalid_blocks", id="a header of 151"),
        pytest.param(said({"type": "header", "text": section()["text"]}), "invalid_blocks", id="markup in a header"),
        pytest.param(said({"type": "context", "elements": [plain("x")] * 11}), "invalid_blocks", id="11 small words"),
        pytest.param(said(actions(*map(button, range(26)))), "invalid_blocks", id="26 buttons"),
        pytest.param(said(actions()), "invalid_blocks", id="no buttons"),
        pytest.param(said(actions(button(text=plain("x" * 76)))), "invalid_blocks", id="a label of 76"),
        pytest.param(said(actions(button(text=section()["text"]))), "invalid_blocks", id="markup in a label"),
        pytest.param(said(actions(button(value="x" * 2001))), "invalid_blocks", id="a value of 2,001"),
        pytest.param(said(actions(button(url="x" * 3001))), "invalid_blocks", id="an address of 3,001"),
        pytest.param(said(actions(button(accessibility_label="x" * 76))), "invalid_blocks", id="a hint of 76"),
        pytest.param(said(actions(button(action_id="x" * 256))), "invalid_blocks", id="an action_id of 256"),
        pytest.param(said(actions(button(), button())), "invalid_blocks", id="the same action_id in one block"),
        pytest.param(said(actions(button(style="plain"))), "invalid_blocks", id="a style that is none"),
        pytest.param(said(actions({"type": "datepicker"})), "invalid_blocks", id="an element that is not checked"),
        pytest.param(said({"type": "carousel"}), "invalid_blocks", id="a kind of block that is not checked"),
        pytest.param(said(section(colour="red")), "invalid_blocks", id="a field that Slack does not know"),
        pytest.param(said(*[section(block_id="b")] * 2), "invalid_blocks", id="the same block_id twice"),
        pytest.param({"text": "x", "blocks": "[]"}, "invalid_blocks_format", id="blocks as words"),
        pytest.param({"text": "x", "blocks": ["x"]}, "invalid_blocks", id="a block that is a word"),
    ],
)
def test_slack_refuses(body: Json, code: str) -> None:
    with pytest.raises(Refused) as raised:
        check_message(body)
    assert raised.value.code == code


def test_an_edit_has_a_shorter_text() -> None:
    check_message(said(text="x" * 4000), is_edit=True)
    with pytest.raises(Refused, match="msg_too_long"):
        check_message(said(text="x" * 4001), is_edit=True)


def test_every_limit_names_its_page() -> None:
    assert all("." in limit.source for limit in LIMITS.values())
