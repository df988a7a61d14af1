"""Block Kit becomes elements: one golden file of HTML a document, and nothing in it ever becomes markup.

To write a golden file anew, delete it and run this; then look at what changed.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent.parent / "golden"
DOCUMENTS = sorted(path.stem for path in GOLDEN.glob("*.json"))

RENDER = """async (blocks) => {
  const { render } = await import("/page/blocks/render.js");
  const people = [{handle: "ana", name: "Ana Brandt", zone: "Europe/Berlin", id: "U0ANA"},
                  {handle: "alex", name: "Alex Rivera", zone: "America/New_York", id: "U0ALEX"}];
  const context = {reader: {me: people[0], people, zone: "Europe/Berlin"}, act: () => {}};
  const place = document.createElement("div");
  place.append(...render(blocks, context));
  document.querySelector("#chat").append(place);
  const html = place.innerHTML;
  const found = {html, words: place.textContent, names: [...new Set([...place.querySelectorAll("*")].map((one) => one.localName))],
    attributes: [...new Set([...place.querySelectorAll("*")].flatMap((one) => one.getAttributeNames()))],
    addresses: [...place.querySelectorAll("[href], [src]")].map((one) => one.getAttribute("href") ?? one.getAttribute("src"))};
  place.remove();
  return found;
}"""  # noqa: E501

KNOWN_NAMES = {
    "a", "bdi", "blockquote", "br", "button", "code", "details", "div", "em", "fieldset", "figcaption", "figure", "h3",
    "hr", "input", "label", "legend", "optgroup", "option", "path", "pre", "s", "select", "span", "strong", "summary",
    "svg", "time",
}  # fmt: skip
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b onmouseover=alert(1)>&lt;i&gt;"


def readable(html: str) -> str:
    """One element a line, so that a difference can be read."""
    return (
        re.sub(
            r"(?=<(?:a|blockquote|button|details|div|figure|h3|hr|label|option|pre|select|span)\b)", "\n", html
        ).strip()
        + "\n"
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_drawn_as_its_golden_file_says(sheet: Any, name: str) -> None:
    blocks = json.loads((GOLDEN / f"{name}.json").read_text())
    drawn = readable(sheet.evaluate(RENDER, blocks)["html"])
    kept = GOLDEN / f"{name}.html"
    if not kept.exists():
        kept.write_text(drawn)
        pytest.fail(f"{kept.name} was written: look at it, and run this again")
    assert drawn == kept.read_text()


def plain(words: str) -> dict[str, str]:
    return {"type": "plain_text", "text": words}


def marked(words: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": words}


def in_every_field(words: str) -> list[dict[str, Any]]:
    """A message of every block, with the words wherever there can be words."""
    option = {"text": plain(words), "value": words}
    confirm = {"title": plain(words), "text": marked(words), "confirm": plain(words), "deny": plain(words)}
    shared = {"action_id": words}
    button = {"type": "button", "text": plain(words), "value": words, "accessibility_label": words, **shared}
    elements = [
        {**button, "confirm": confirm},
        {**button, "url": words},
        {**button, "url": "https://example.com/" + words},
        {"type": "overflow", "options": [option, {**option, "url": words}], **shared},
        {"type": "static_select", "placeholder": plain(words), "options": [option], **shared},
        {
            "type": "static_select",
            "placeholder": plain(words),
            "option_groups": [{"label": plain(words), "options": [option]}],
        },
        {"type": "multi_static_select", "placeholder": plain(words), "options": [option], **shared},
        {"type": words, "text": words},
    ]
    picture = {"type": "image", "image_url": words, "alt_text": words}
    return [
        {"type": "header", "text": plain(words)},
        {"type": "section", "text": marked(words), "fields": [plain(words), marked(words)], "accessory": button},
        {"type": "section", "text": plain(words), "accessory": picture},
        {"type": "section", "text": marked(f"<https://example.com|{words}> <!date^1764579600^{words}|{words}>")},
        {"type": "section", "text": marked(f"<@{words}> <#{words}|{words}> `{words}` ```{words}``` *{words}*")},
        {"type": "context", "elements": [marked(words), plain(words), picture]},
        {"type": "actions", "block_id": words, "elements": elements},
        {**picture, "title": plain(words)},
        {"type": words, "anything": words},
    ]


HOSTILE = [
    pytest.param(EVIL, id="markup"),
    pytest.param(
        "<!channel> <https://evil.example|javascript:alert(1)> <javascript:alert(1)|press>", id="Slack's own markup"
    ),
    pytest.param("N" * 300, id="a name of 300 characters"),
    pytest.param("שלום عالم \u202eevil\u202c \u2066x\u2069", id="right to left, and overrides"),
    pytest.param("*_~`>*_~`" * 60, id="nothing but markers"),
    pytest.param("\u0000\ud7ff\u200b\ufeff💥" * 40, id="odd characters"),
    pytest.param("{date} {nope} ^^^ ||| <<<>>>", id="tokens that are none"),
]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_become_markup(sheet: Any, words: str) -> None:
    found = sheet.evaluate(RENDER, in_every_field(words))
    assert set(found["names"]) <= KNOWN_NAMES
    assert not [name for name in found["attributes"] if name.startswith("on") or name in {"style", "src", "srcdoc"}]
    assert not [one for one in found["addresses"] if not one.startswith(("https://", "http://", "mailto:"))]


@pytest.mark.parametrize("block", [
    pytest.param({"type": "video", "title": plain("x")}, id="a kind that is not drawn here"),
    pytest.param({"type": "rich_text", "elements": []}, id="rich text"),
    pytest.param({"type": "toString"}, id="a kind that every object has a property of"),
    pytest.param({"type": "__proto__"}, id="the prototype"),
    pytest.param({"type": "section"}, id="a section without text"),
    pytest.param({"type": "section", "text": {"type": "plain_text"}}, id="text without words"),
    pytest.param({"type": "section", "text": {"type": "html", "text": "<b>"}}, id="text of no kind"),
    pytest.param({"type": "actions", "elements": "none"}, id="elements that are no list"),
    pytest.param({"type": "actions", "elements": [{"type": "datepicker"}]}, id="an element that is not drawn here"),
    pytest.param({"type": "header", "text": {"type": "mrkdwn", "text": "*x*"}}, id="a header with markup"),
    pytest.param({}, id="no type at all"),
    pytest.param(None, id="nothing"),
    pytest.param("words", id="words instead of a block"),
    pytest.param(7, id="a number"),
])  # fmt: skip
def test_what_cannot_be_drawn_warns_and_the_rest_is_drawn(sheet: Any, block: object) -> None:
    found = sheet.evaluate(RENDER, [block, {"type": "section", "text": plain("The rest.")}])
    assert "This page cannot draw: " in found["words"]
    assert "The rest." in found["words"]


def test_blocks_that_are_no_list_warn(sheet: Any) -> None:
    assert "This page cannot draw: list of blocks" in sheet.evaluate(RENDER, {"type": "section"})["words"]


def test_fifty_blocks_and_twelve_thousand_characters_are_all_there(sheet: Any) -> None:
    blocks = [{"type": "section", "text": marked(f"*{place}* {'word ' * 47}")} for place in range(50)]
    words = sheet.evaluate(RENDER, blocks)["words"]
    assert len(words) > 11_500
    assert "49 word" in words


def test_long_words_do_not_make_the_page_wider(visit: Any, world: Any) -> None:
    world.says(*in_every_field("W" * 300))
    phone = visit(viewport={"width": 360, "height": 740})
    phone.wait_for_selector(".message")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert phone.evaluate(
        "document.querySelector('.messages-view').scrollWidth <= document.querySelector('.messages-view').clientWidth"
    )
