"""What people do while faults happen: ask, book, move, answer, take back."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from bot.playground.stands.slack.messages import Message
from bot.playground.tour.play import offers
from bot.playground.tour.telling import until
from tests.faults.battlefield import Field

Trouble = Callable[[], AbstractContextManager[None]]
"""What strikes while something is pressed."""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody's finger on a button."""

    who: str
    message: Message
    label: str


def calm() -> AbstractContextManager[None]:
    """Nothing strikes."""
    return nullcontext()


def ask(field: Field, who: str, whom: str) -> Message:
    """Times for both, or all, of them."""
    since = field.play.count(who)
    field.stage.slack.slash(who, f"/meet {whom} 30m next week")
    return field.play.sees(who, offers, f"times with {whom}", since=since, within=12, quiet=True)


def press(field: Field, presses: Sequence[Press], trouble: Trouble) -> None:
    """They press these at the same moment, in trouble; and again, whomever Slack tells that it did not work."""
    slack = field.stage.slack

    def pressed(one: Press) -> bool:
        return slack.press(one.who, one.message, one.label, is_stale=True).is_good

    with trouble(), ThreadPoolExecutor(len(presses)) as hands:
        worked = list(hands.map(pressed, presses))
    for one, is_done in zip(presses, worked, strict=True):
        if not is_done:
            until(lambda one=one: pressed(one) or None, f"{one.who} can press “{one.label}”", within=6)


def button(message: Message, *words: str) -> str | None:
    """Its first button whose label begins with one of these."""
    return next((label for label in message.labels if label.startswith(words)), None)


def seen(field: Field, since: int, who: str, *words: str) -> Press:
    """Their newest message with a button whose label begins so, of those posted after the first `since`."""
    slack = field.stage.slack
    after = slack.workspace.history[since].ts

    def newest() -> Press | None:
        for message in reversed(slack.messages(who)):
            label = button(message, *words)
            if label is not None and message.ts >= after:
                return Press(who, message, label)
        return None

    return until(newest, f"{who} sees a button {words}", within=6)
