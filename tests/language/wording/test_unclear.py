"""What we say to a request that we did not understand."""

import pytest

from bot.core.text import Code
from bot.language.parse import Unclear
from bot.language.wording.unclear import unclear
from tests.language.test_parse import understood


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param(
            "@alex 30m tomorow",
            "I read “30m with @alex”, but not “tomorow”. Did you mean tomorrow? Try: /meet @alex 30m tomorrow",
            id="a slip",
        ),
        pytest.param("zzz 7", "I can't read “zzz 7”. Try: /meet @alex 30m next week", id="nothing at all"),
        pytest.param(
            "45m Friday",
            "Who should join? Name somebody with @, or by e-mail address. Try: /meet @alex 45m Friday",
            id="nobody",
        ),
        pytest.param(
            "@alex 30m Feb 31",
            "There is no “Feb 31”. Did you mean 28 Feb or 1 Mar? Try: /meet @alex 30m 28 Feb",
            id="no such date",
        ),
        pytest.param(
            "@alex 30m this Monday",
            "“this Monday” has passed: it is 11:07 on Wed 25 Nov. Try: /meet @alex 30m tomorrow",
            id="too late",
        ),
        pytest.param(
            "x" * 10_240,
            "That is 10,240 characters; I read up to 1,000. Try: /meet @alex 30m next week",
            id="too long",
        ),
        pytest.param(
            "@alex <!channel>",
            "I read “with @alex”, but not “@channel”. Try: /meet @alex 30m next week",
            id="everybody",
        ),
    ],
)
def test_a_refusal_in_full(typed: str, said: str) -> None:
    answer = understood(typed)

    assert isinstance(answer, Unclear)
    assert unclear(answer).plain() == said


def test_the_example_can_be_copied() -> None:
    answer = understood("zzz 7")

    assert isinstance(answer, Unclear)
    assert Code(answer.example) in unclear(answer).pieces
