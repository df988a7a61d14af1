"""The times that stand on buttons before somebody, as stretches that the week can draw."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.stands.slack.messages import Message

_OFFERED = re.compile(
    r"(?P<day>\d{1,2} [A-Z][a-z]+ \d{4}), (?P<begins>\d\d:\d\d)(?: (?P<begins_in>[^\s–]+))?"
    r"–(?P<ends>\d\d:\d\d) (?P<ends_in>\S+)"
)
_KINDS = {"Book ": "book", "Move ": "move", "Ask ": "ask"}


def ghosts(seen: Sequence[Message], zone: str) -> list[dict[str, Any]]:
    """What the newest message with times to choose from offers its reader; nothing of what has begun."""
    for message in reversed(seen):
        found = list(times(message, zone))
        if found:
            return found
    return []


def times(message: Message, zone: str) -> Iterator[dict[str, Any]]:
    """Those on the buttons of one message that are still to come."""
    for button in message.buttons:
        kind = next((kind for begins, kind in _KINDS.items() if button.label.startswith(begins)), None)
        found = _OFFERED.search(button.hint)
        if kind is None or found is None:
            continue
        start = _at(found["day"], found["begins"], found["begins_in"] or found["ends_in"], zone)
        end = _at(found["day"], found["ends"], found["ends_in"], zone)
        if end > datetime.now(UTC):
            yield {"start": _told(start), "end": _told(end), "label": button.label, "kind": kind}


def _at(day: str, clock: str, mark: str, zone: str) -> datetime:
    """That time on those clocks; of an hour that comes twice, the one that the mark means."""
    first = datetime.strptime(f"{day} {clock}", "%d %B %Y %H:%M").replace(tzinfo=ZoneInfo(zone))
    second = first.replace(fold=1)
    return (second if first.tzname() != mark == second.tzname() else first).astimezone(UTC)


def _told(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
