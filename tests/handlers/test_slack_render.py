"""Any card becomes a message that Slack takes, and nobody's words become markup."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.cards import (
    Block,
    Button,
    Buttons,
    Card,
    Heading,
    Look,
    Note,
    OpenPage,
    Press,
    Row,
    Rule,
    Say,
    plain_card,
)
from bot.core.ids import PersonId
from bot.core.text import Code, Link, Piece, Someone, Strong, Text, Words, say
from bot.handlers.slack.render import message
from bot.playground.stands.slack.limits import check_message, texts

NASTY = "&<>*_~`|@#!\n\t \u200f\u202e😀é漢:/aZ9"
words = st.text(st.one_of(st.sampled_from(NASTY), st.characters(codec="utf-8")), max_size=40)
long_words = st.builds(lambda some, times: some * times, words.filter(bool), st.integers(1, 400))
anything = st.one_of(words, long_words)

pieces: st.SearchStrategy[Piece] = st.one_of(
    st.builds(Words, anything),
    st.builds(Strong, anything),
    st.builds(Code, anything),
    st.builds(Link, st.one_of(anything, anything.map("https://example.com/{}".format)), anything),
    st.builds(Someone, st.just(PersonId("p")), anything),
)
some_text = st.builds(lambda some: Text(tuple(some)), st.lists(pieces, max_size=6))


@st.composite
def cards(draw: st.DrawFn) -> Card:
    labels = iter(draw(st.lists(anything, unique=True, max_size=70)))

    def button() -> Button | None:
        label = next(labels, None)
        if label is None:
            return None
        does = draw(st.one_of(st.builds(Press, words.filter(bool), words, words), st.builds(OpenPage, anything)))
        return Button(label=label, does=does, hint=draw(anything), look=draw(st.sampled_from(Look)))

    def block(kind: int) -> Block:
        row = button() if kind == 0 else None
        if row is not None:
            return Row(draw(some_text), row)
        match kind:
            case 1:
                return Buttons(tuple(one for _ in range(draw(st.integers(0, 30))) if (one := button())))
            case 2:
                return Note(draw(some_text))
            case 3:
                return Heading(draw(anything))
            case 4:
                return Rule()
            case _:
                return Say(draw(some_text))

    kinds = draw(st.lists(st.integers(0, 6), max_size=60))
    return Card(summary=draw(anything.filter(str.strip)), blocks=tuple(block(kind) for kind in kinds))


@settings(deadline=None)
@given(cards())
def test_slack_takes_any_card_as_a_new_message_and_as_an_edit(card: Card) -> None:
    check_message(message(card))
    check_message(message(card), is_edit=True)


@settings(deadline=None)
@given(cards())
def test_action_ids_are_unique_in_a_message(card: Card) -> None:
    ids = [button["action_id"] for button in buttons(message(card))]
    assert len(ids) == len(set(ids))


@settings(deadline=None)
@given(words, words)
def test_words_beside_bold_words_are_never_markup_themselves(before: str, after: str) -> None:
    shown = text_of(Text((Words(before), Strong("BOLD"), Words(after))))
    rest = shown["text"].replace("*BOLD*", "", 1)
    assert not re.search(r"[*~`]|<[^>]*>", rest)
    assert not re.search(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", rest)
    assert not re.search(r"^\s*&gt;", rest.replace("\u200b", ""), re.MULTILINE)


@settings(deadline=None)
@given(words)
def test_words_alone_are_no_markup_at_all(some: str) -> None:
    shown = text_of(Text((Words(some), Words("!"))))
    assert shown["type"] == "plain_text"
    assert not re.search("[<>]", shown["text"])


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        pytest.param(say("R&D <!channel>"), "R&amp;D &lt;!channel&gt;", id="what rings everybody is only words"),
        pytest.param(say(Strong("Tue 10:00")), "*Tue 10:00*", id="strong"),
        pytest.param(say("a", Strong("b"), "c"), "a\u200b*b*\u200bc", id="strong inside a word"),
        pytest.param(say(Strong(" b "), "c"), " *b* c", id="strong keeps its spaces outside"),
        pytest.param(say(Strong("a\nb")), "*a*\n*b*", id="strong over two lines"),
        pytest.param(say(Strong("2*2*2")), "*2∗2∗2*", id="an asterisk in strong words"),
        pytest.param(say(Code("/meet `x`")), "`/meet ˋxˋ`", id="something to type"),
        pytest.param(say(Link("https://a.b/c?d=1&e=2", "here")), "<https://a.b/c?d=1&amp;e=2|here>", id="a link"),
        pytest.param(say(Link("https://a.b/|<x>", "l")), "<https://a.b/%7C%3Cx%3E|l>", id="no address ends a link"),
        pytest.param(say(Link("!channel", "all"), Strong("x")), "all\u200b*x*", id="a link to no address"),
        pytest.param(say(Someone(PersonId("p"), "Alex")), "Alex", id="a person is named, not pinged"),
        pytest.param(say("kim_l@example.com ", Strong("x")), "kim_l@example.com *x*", id="an address stays one"),
        pytest.param(say("_x_ ", Strong("y")), "ˍxˍ *y*", id="italics are words"),
        pytest.param(say("> x ", Strong("y")), "\u00ad&gt; x *y*", id="a quote is words"),
    ],
)
def test_text_is_drawn(text: Text, drawn: str) -> None:
    assert text_of(text)["text"] == drawn


def test_a_proposal_is_drawn_as_heading_rows_note_and_buttons() -> None:
    book = Button(label="Book Tue 10:00", does=Press("proposal.book", "p1", "s1"), hint="Book Tuesday 1 December")
    card = Card(
        summary="30 min with Alex",
        blocks=(
            Heading("30 min with Alex"),
            Row(say(Strong("Tue 1 Dec 10:00")), book),
            Rule(),
            Note(say("4 of 4 calendars")),
            Buttons((Button(label="Not now", does=Press("proposal.dismiss", "p1"), look=Look.DANGER),)),
        ),
    )
    shown = message(card)
    assert shown["text"] == "30 min with Alex"
    assert [block["type"] for block in shown["blocks"]] == ["header", "section", "divider", "context", "actions"]
    assert shown["blocks"][1]["accessory"] == {
        "type": "button",
        "text": {"type": "plain_text", "text": "Book Tue 10:00", "emoji": False},
        "action_id": "press:0:proposal.book",
        "value": "proposal.book|p1|s1",
        "accessibility_label": "Book Tuesday 1 December",
    }
    assert shown["blocks"][4]["elements"][0]["style"] == "danger"


def test_a_page_opens_from_a_button_with_its_address() -> None:
    card = plain_card(say("Connect"), Button(label="Open", does=OpenPage("https://overlap.example/c/1")))
    (button,) = buttons(message(card))
    assert button["url"] == "https://overlap.example/c/1"
    assert "value" not in button


def test_a_long_paragraph_is_split_between_words_and_loses_none() -> None:
    long = " ".join(f"word{number}" for number in range(1000))
    parts = [block["text"]["text"] for block in message(Card(summary="s", blocks=(Say(say(long)),)))["blocks"]]
    assert len(parts) > 1
    assert "".join(parts) == long


def test_a_card_of_nothing_says_its_summary() -> None:
    assert [block["text"]["text"] for block in message(Card(summary="All done.", blocks=()))["blocks"]] == ["All done."]


def test_a_message_far_too_long_is_cut_and_keeps_its_buttons() -> None:
    rows = tuple(
        Row(say("x" * 5000), Button(label=f"Book {number}", does=Press("v", "s", str(number)))) for number in range(40)
    )
    shown = message(Card(summary="s", blocks=rows))
    assert sum(map(len, texts(shown["blocks"]))) <= 13_200
    assert len(buttons(shown)) == 40


def text_of(text: Text) -> dict[str, Any]:
    """The text object of a paragraph."""
    card = Card(summary="s", blocks=(Say(text),))
    found: dict[str, Any] = message(card)["blocks"][0]["text"]
    return found


def buttons(shown: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        element
        for block in shown["blocks"]
        for element in (*block.get("elements", ()), block.get("accessory"))
        if element is not None and element["type"] == "button"
    ]
