"""Whatever is typed: an answer, never an exception, never a word dropped, never long to think."""

import string
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.requests import PLACEHOLDER
from bot.language import mentions
from bot.language.lexicon import en
from bot.language.parse import Connect, Help, Meet, Status, Unclear, understand
from bot.language.tokens import tokens
from bot.language.wording.unclear import unclear
from tests.language.test_parse import BERLIN, NOW, understood

KNOWN = sorted(
    {*en.WEEKDAYS, *en.MONTHS, *en.TODAY, *en.TOMORROW, *en.NEXT, *en.THIS, *en.WEEK, *en.PARTS, *en.AFTER, *en.BEFORE}
    | {*en.BETWEEN, *en.TO, *en.CLOCKS, *en.HOURS, *en.MINUTES, *en.ARTICLES, *en.NUMBERS, *en.ABOUT, *en.ORDINALS}
    | {"half", "quarter", "quarters", "of", "-", "'", '"', ":", "@alex", "@sam", "me", "3", "30", "12", "2026-12-03"}
    | {"3.12.", "3/12", "31/31", "14:30", "99:99", "29 feb", "0", "9999", "am", "pm", "sam@x.example", "zzz", "help"}
)


@settings(max_examples=400)
@given(st.text(max_size=300) | st.lists(st.sampled_from(KNOWN), max_size=14).map(" ".join))
@example("9" * 10_000)
@example("Z̸̢̛̗̰a̵̡͕͑l̶̘̈́g̸͚͑o̷̮̍ " * 40)
@example("\u202e\u2066abc\u2069 30m")
@example("next " * 200)
@example('"' * 900)
@example("<" * 900)
@example(PLACEHOLDER * 50)
@example("about about about")
@example("@alex 29.2.")
@example("ﷺ" * 900)
def test_any_text_gets_an_answer_and_an_example_that_works(text: str) -> None:
    answer = understood(text)

    assert isinstance(answer, Meet | Help | Connect | Status | Unclear)
    if isinstance(answer, Unclear):
        assert len(answer.missed) <= 40
        assert not isinstance(understood(answer.example), Unclear), answer
        assert answer.example in unclear(answer).plain()


@given(
    st.lists(st.sampled_from(KNOWN), max_size=12), st.text(string.ascii_lowercase, min_size=5, max_size=9), st.data()
)
def test_a_word_nobody_knows_is_never_dropped(words: list[str], strange: str, data: st.DataObject) -> None:
    strange = f"qx{strange}"
    place = data.draw(st.integers(0, len(words)))
    answer = understood(" ".join([*words[:place], strange, *words[place:]]))

    if isinstance(answer, Meet):
        assert strange in (answer.request.title or "")
    else:
        assert isinstance(answer, Unclear)


@given(st.text(max_size=200))
def test_every_character_is_in_one_token(text: str) -> None:
    spans = [(token.start, token.end) for token in tokens(text)]

    assert spans == sorted(spans)
    assert "".join(text[start:end] for start, end in spans) == "".join(text.split())


@given(st.sampled_from(["30m", "1h", "half an hour"]), st.sampled_from(["next week", "Friday after 2pm", "3 Dec"]))
def test_the_order_of_the_parts_does_not_matter(length: str, when: str) -> None:
    one, *others = (
        understood(f"{a} {b} {c}")
        for a, b, c in [("@alex", length, when), (when, "@alex", length), (length, when, "@alex")]
    )

    assert isinstance(one, Meet)
    assert all(other == one for other in others)


@pytest.mark.parametrize("filler", ["please {}", "{} please!", "hi, {}", "Meet {}", "find a time with {}", "  {}  "])
def test_fillers_change_nothing(filler: str) -> None:
    assert understood(filler.format("@alex 30m tomorrow")) == understood("@alex 30m tomorrow")


HOSTILE: list[Callable[[int], str]] = [
    lambda size: " " * size,
    lambda size: "1" * size,
    lambda size: "1h" * (size // 2),
    lambda size: "next " * (size // 5),
    lambda size: "3.12." * (size // 5),
    lambda size: "tomorrow" + " " * size + "3pm",
    lambda size: '"a' * (size // 2),
    lambda size: "@" * size,
    lambda size: "a@" * (size // 2),
    lambda size: "<" * size,
    lambda size: "an hour and " * (size // 12),
    lambda size: "é̸̢" * (size // 3),
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_answered(hostile: Callable[[int], str]) -> None:
    for size in (250, 1_000, 100_000):
        said = mentions.slack(hostile(size))

        assert understand(said, now=datetime(2026, 11, 25, tzinfo=UTC), zone=BERLIN, command="/meet") is not None


def test_the_same_words_at_the_same_time_mean_the_same() -> None:
    said = mentions.plain("@alex 30m next week")

    assert understand(said, now=NOW, zone=BERLIN, command="/meet") == understand(
        said, now=NOW, zone=BERLIN, command="meet"
    )
