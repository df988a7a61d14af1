"""What every scenario reads: the answer to a line, and whether each message ever shown is fit to be read."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.playground.stage import Stage
from bot.playground.stands.slack.messages import Message
from bot.playground.stands.slack.people import BOT
from bot.playground.stands.teams.messages import Message as TeamsMessage
from bot.playground.tour.play import Play, Shows


def anything(_message: object) -> bool:
    """Whatever comes first."""
    return True


def answer(play: Play, who: str, line: str, shows: Shows = anything, *, channel: str = "#general") -> Message:
    """What they are shown after they typed that."""
    since = play.count(who)
    play.types(who, line, channel=channel)
    return play.sees(who, shows, f"an answer to {line[:80]!r}", since=since, quiet=True)


def settled(play: Play, who: str, shown: Message) -> Message:
    """The same answer once nothing is being read for it any more: the asker's account may tell of colleagues.

    A command's response URL only ever adds a message, so what was awaited stands below "Reading…".
    """
    if "Reading" not in shown.words:
        return shown
    since = [one.ts for one in play.stage.slack.messages(who)].index(shown.ts) + 1
    return play.sees(who, lambda it: "Reading" not in it.words, "all that could be read", since=since, quiet=True)


def nothing_came_of_it(play: Play, who: str, before: int) -> bool:
    """Whether they were shown nothing since; a question after it was answered, so that it would have been by now."""
    answer(play, who, "/meet help")
    return play.count(who) == before + 1


@dataclass(frozen=True, slots=True)
class Unfit:
    """A message that somebody could not read, or that rang people it had no business with."""

    why: str
    words: str


def unfit(stage: Stage) -> list[Unfit]:
    """All that is wrong with anything that the bot ever showed, on either platform."""
    slack = [one for one in stage.slack.workspace.history if one.by == BOT and not one.is_deleted]
    return [*(wrong for one in slack for wrong in _slack(one)), *_teams(stage.teams.office.history)]


def _slack(message: Message) -> Iterator[Unfit]:
    if message.pings:
        yield Unfit(f"it rings {message.pings}", message.words)
    yield from _labels(message.labels, message.fallback, message.words)


def _teams(messages: list[TeamsMessage]) -> Iterator[Unfit]:
    for message in messages:
        if not message.is_deleted:
            yield from _labels(message.labels, message.fallback, message.words)


def _labels(labels: tuple[str, ...], fallback: str, words: str) -> Iterator[Unfit]:
    if not fallback.strip():
        yield Unfit("its notification says nothing", words)
    if len(labels) != len(set(labels)):
        yield Unfit(f"two labels are equal: {labels}", words)
