"""What a browser asks for, read with care: it may be anything."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from bot.playground.site.calm import Calm

LONGEST = 64 * 1024
"""Bytes of a request."""
PATIENCE = 64 * 1024 * 1024
"""So much more is read and thrown away, so that the browser hears the answer instead of a closed door."""

_HALVES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's fields; each is what it should be, or the answer says that it is not."""

    fields: Mapping[str, Any]

    def word(self, name: str, *, is_empty_fine: bool = False) -> str:
        """A string that must be there."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not (value or is_empty_fine):
            raise Calm(400, f"The request needs “{name}”.")
        return value

    def maybe(self, name: str) -> str | None:
        """A string, or nothing."""
        value = self.fields.get(name)
        return value if isinstance(value, str) and value else None

    def words(self, name: str) -> tuple[str, ...]:
        """A string, a list of them, or nothing."""
        value = self.fields.get(name)
        found = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(one, str) for one in found):
            raise Calm(400, f"“{name}” is a word, or a list of them.")
        return tuple(found)

    def flag(self, name: str, *, otherwise: bool | None = None) -> bool:
        """True or false."""
        value = self.fields.get(name, otherwise)
        if not isinstance(value, bool):
            raise Calm(400, f"“{name}” is true or false.")
        return value

    def number(self, name: str) -> int:
        """A whole number; 0 if it is missing."""
        value = str(self.fields.get(name, "0"))
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0


def clean(words: str) -> str:
    """What a keyboard can produce: neither control characters but line ends and tabs, nor halves of characters."""
    return _CONTROLS.sub("", _HALVES.sub("\ufffd", words.replace("\r\n", "\n")))


async def asked(request: Request) -> Asked:
    """The JSON object in the body, if there is one of a bearable size."""
    body = await _body(request)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Calm(400, "That was not JSON.") from error
    if not isinstance(found, dict):
        raise Calm(400, "That was not a JSON object.")
    return Asked(found)


async def _body(request: Request) -> bytes:
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LONGEST:
            body += chunk
        if size > PATIENCE:
            break
    if size > LONGEST:
        raise Calm(413, f"That is {size:,} bytes; {LONGEST:,} at most. Send a part of it.")
    return bytes(body)
