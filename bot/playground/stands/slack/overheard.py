"""What passes between Slack and the app, as somebody at the wire between them would hear it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, raw: with secrets, so whoever shows it must take them out."""

    at: float
    """When it was sent, in seconds since 1970."""
    by: Literal["slack", "bot"]
    """Who asked."""
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int
    """0 where no answer came."""
    answer: bytes = field(repr=False)
    seconds: float


Listener = Callable[[Exchange], None]


def nobody(_exchange: Exchange) -> None:
    """Nobody listens."""
