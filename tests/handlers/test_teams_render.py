"""A card as Teams draws it: everything is there, nothing is markup, nothing is too large."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
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
from bot.core.text import Code, Link, Someone, Strong, Text, Words, say
from bot.handlers.teams.render import LARGEST, activity, render
from bot.playground.stands.teams import cards

NASTY = ["<at>Ana</at>", "**", "_", "[x](https://evil.example)", "{{DATE(2026-12-01T10:00:00Z)}}", "&lt;at&gt;", "\\"]
WORDS = st.text(max_size=40) | st.sampled_from(NASTY)


@st.composite
def texts(draw: st.DrawFn) -> Text:
    pieces = st.one_of(
        st.builds(Words, WORDS),
        st.builds(Strong, WORDS),
        st.builds(Code, WORDS),
        st.builds(Someone, st.just(PersonId("p")), WORDS),
        st.builds(Link, st.sampled_from(["https://overlap.example/c", "javascript:alert(1)"]), WORDS),
    )
    return Text(tuple(draw(st.lists(pieces, min_size=1, max_size=4))))


@st.composite
def whole_cards(draw: st.DrawFn, most: int = 7) -> Card:
    blocks: list[Block] = []
    for number in range(draw(st.integers(0, most))):
        label = f"{number} {draw(st.text(min_size=1, max_size=30))}"
        does = draw(st.sampled_from([Press("a.b", "c" * 24, "d"), OpenPage("https://overlap.example/c")]))
        button = Button(label=label, does=does, hint=draw(st.text(max_size=75)), look=draw(st.sampled_from(Look)))
        blocks.append(
            draw(
                st.one_of(
                    st.builds(Heading, WORDS),
                    st.builds(Say, texts()),
                    st.builds(Note, texts()),
                    st.builds(Row, texts(), st.just(button)),
                    st.builds(Buttons, st.just((button,))),
                    st.just(Rule()),
                )
            )
        )
    return Card(summary=draw(WORDS.filter(lambda words: words.strip() != "")), blocks=tuple(blocks))


@given(whole_cards())
def test_teams_takes_every_card(card: Card) -> None:
    assert cards.wrong_with(activity(card)) is None


@given(whole_cards(), st.integers(1, 40))
def test_no_card_is_too_large(card: Card, times: int) -> None:
    grown = Card(summary=card.summary, blocks=tuple(b for b in card.blocks if not isinstance(b, Row | Buttons)) * times)
    assert len(json.dumps(render(grown)).encode()) <= LARGEST


@given(whole_cards())
def test_every_button_is_there_in_its_order(card: Card) -> None:
    drawn = cards.actions(render(card))
    assert [action.get("url") or action["data"]["press"] for action in drawn] == [
        button.does.url if isinstance(button.does, OpenPage) else button.does.encoded() for button in card.buttons
    ]


@given(WORDS)
def test_words_are_read_as_they_were_written(words: str) -> None:
    assert seen(read(plain_card(say("x", words, "x")))) == seen(f"x{words}x")


@given(st.lists(st.sampled_from(NASTY) | st.text("<>[]()*_`~{}&;#-+.1 at/\\\n", max_size=20), max_size=5))
def test_words_never_become_markup(parts: list[str]) -> None:
    drawn = render(Card(summary="s", blocks=(Say(say("".join(parts))),)))
    for line in (element["text"] for element in cards.elements(drawn)):
        bare = re.sub(r"\\[!-/:-@\[-`{-~]", "·", line)
        assert not re.search(r"[*_~`\[\]\\]|<[A-Za-z/!?]|\{\{|&#?\w+;", bare)
        assert not re.match(r"\s*([-+#>]|\d+[.)])(\s|$)", bare)


def test_a_row_is_its_words_beside_its_button() -> None:
    press = Press("proposal.book", "p1", "s1")
    button = Button(label="Book Tue 10:00", does=press, hint="Book Tuesday 1 December 2026", look=Look.PRIMARY)
    [columns] = render(Card(summary="s", blocks=(Row(say("Tue 1 Dec 10:00–10:30"), button),)))["body"]
    words, action = columns["columns"][0]["items"][0], columns["columns"][1]["items"][0]["actions"][0]
    assert words == {"type": "TextBlock", "text": "Tue 1 Dec 10:00–10:30", "wrap": True}
    shown = {"title": button.label, "tooltip": button.hint, "style": "positive", "data": {"press": press.encoded()}}
    older = {"type": "Action.Submit"} | shown
    assert action == {"type": "Action.Execute", "verb": press.verb, "fallback": older} | shown


def test_a_page_is_opened_by_the_client() -> None:
    button = Button(label="Connect a calendar", does=OpenPage("https://overlap.example/connect/x"))
    [action] = cards.actions(render(plain_card(say("To check your times I need your calendar."), button)))
    expected = {"type": "Action.OpenUrl", "title": button.label, "url": "https://overlap.example/connect/x"}
    assert action == expected


def test_a_heading_is_one_for_a_screen_reader() -> None:
    [heading] = render(Card(summary="s", blocks=(Heading("30 min with Sam"),)))["body"]
    assert (heading["style"], heading["text"]) == ("heading", "30 min with Sam")


def test_a_rule_is_a_line_above_what_follows() -> None:
    card = Card(summary="s", blocks=(Rule(), Say(say("a")), Rule(), Rule(), Say(say("b\nc")), Rule()))
    assert [element.get("separator", False) for element in render(card)["body"]] == [False, True, False]


def test_small_print_is_subtle_on_every_line() -> None:
    body = render(Card(summary="s", blocks=(Note(say("4 of 4 calendars\nread 20 s ago")),)))["body"]
    assert [(line["text"], line["isSubtle"]) for line in body] == [("4 of 4 calendars", True), ("read 20 s ago", True)]


@pytest.mark.parametrize(("text", "drawn"), [
    pytest.param(say(Strong("30 min"), " with Alex"), "**30 min** with Alex", id="strong"),
    pytest.param(say("a", Strong(" b "), "c"), "a **b** c", id="strong with spaces"),
    pytest.param(say(Strong("  "), "c"), "c", id="strong that says nothing"),
    pytest.param(say(Code("meet help")), "**meet help**", id="code, which a TextBlock cannot draw"),
    pytest.param(say(Link("https://a.example/(b)?c&d", "J[n")), r"[J\[n](https://a.example/%28b%29?c&d)", id="link"),
    pytest.param(say(Link("javascript:alert(1)", "Join")), "Join", id="a link that is none"),
    pytest.param(say(Someone(PersonId("p"), "Ana *R*")), r"Ana \*R\*", id="somebody"),
    pytest.param(say("1. Dec"), r"1\. Dec", id="a date that looks like a list"),
    pytest.param(say("10.30 and R&D < 5"), "10.30 and R&D < 5", id="what needs no care"),
    pytest.param(say("a\u202eb\x00c"), "abc", id="turned around"),
    pytest.param(say("a" + "\u0301" * 40), "a" + "\u0301" * 3, id="a tower of accents"),
])  # fmt: skip
def test_how_words_are_drawn(text: Text, drawn: str) -> None:
    assert render(plain_card(text))["body"][0]["text"] == drawn


def test_the_summary_is_the_notification_and_what_is_spoken() -> None:
    message = activity(plain_card(say("Booked: ", Strong("Tue 10:00"))))
    content = message["attachments"][0]["content"]
    assert message["summary"] == content["speak"] == content["fallbackText"] == "Booked: Tue 10:00"
    assert "text" not in message


def test_a_card_without_parts_shows_its_summary() -> None:
    assert read(Card(summary="Moved to Wed 2 Dec.", blocks=())) == "Moved to Wed 2 Dec."


def test_a_long_text_ends_in_an_ellipsis_before_a_button_goes() -> None:
    rows = tuple(
        Row(say("é" * 4000), Button(label=f"Book {n}", does=Press("proposal.book", "p", str(n)))) for n in range(10)
    )
    card = Card(summary="s", blocks=rows)
    assert len(cards.actions(render(card))) == 10
    assert "…" in read(card)


def read(card: Card) -> str:
    """The card as a person reads it."""
    return "\n".join(cards.words(render(card)))


def seen(words: str) -> str:
    """The letters that are on the screen: the rest is space, control characters and marks piled too high."""
    kept = (letter for letter in words if unicodedata.category(letter)[0] in "LNPS")
    return "".join(kept)
