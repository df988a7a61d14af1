"""The owner's answer to an invitation, written into the text that stands there: their PARTSTAT, and not a letter else.

The text is edited line by line: what an app or a server keeps in it, known to us or not, stays as it is.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from bot.core.events import Response
from bot.providers.ical.lines import document, line

LONGEST = 75
"""Octets of a line before it is folded (RFC 5545 §3.1)."""
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)(?:[ \t][^\r\n]*(?:\r\n|\n|\r))*|[^\r\n]+")
_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_PARTSTAT = re.compile(r";[ ]*PARTSTAT[ ]*=[^;:\"]*", re.IGNORECASE)
_QUOTED = re.compile(r'("[^"]*")')


def replied(data: bytes, uid: str, addresses: Collection[str], response: Response) -> bytes | None:
    """The text with that answer in every VEVENT of that UID; None where none of them names the owner as ATTENDEE."""
    document(data)
    lines = _LINE.findall(data)
    events = list(_events(lines))
    asked = {event for one, event in zip(lines, events, strict=True) if event is not None and _is_uid(one, uid)}
    told = [
        _answering(one, response) if event in asked and _is_owner(one, addresses) else one
        for one, event in zip(lines, events, strict=True)
    ]
    is_theirs = any(event in asked and _is_owner(one, addresses) for one, event in zip(lines, events, strict=True))
    return b"".join(told) if is_theirs else None


def _events(lines: Sequence[bytes]) -> Iterator[int | None]:
    """In which VEVENT each line stands, not counting what stands in its alarms."""
    path: list[str] = []
    number = 0
    for one in lines:
        name, _, what = _unfolded(one).strip().upper().partition(":")
        if name == "BEGIN":
            path.append(what)
            number += what == "VEVENT"
        yield number if path and path[-1] == "VEVENT" else None
        if name == "END" and path:
            path.pop()


def _is_uid(one: bytes, uid: str) -> bool:
    told = line(_unfolded(one))
    return told.name == "UID" and told.value.strip() == uid


def _is_owner(one: bytes, addresses: Collection[str]) -> bool:
    told = line(_unfolded(one))
    named = {told.value.strip().lower().removeprefix("mailto:"), told.params.get("EMAIL", "").lower()}
    return told.name == "ATTENDEE" and any(address in named for address in addresses)


def _answering(one: bytes, response: Response) -> bytes:
    text = _unfolded(one)
    told, value = line(text), line(text).value
    if told.params.get("PARTSTAT", Response.NEEDS_ACTION).upper() == response.upper():
        return one
    parts = _QUOTED.split(text.removesuffix(value).removesuffix(":"))
    head = "".join(part if part.startswith('"') else _PARTSTAT.sub("", part) for part in parts)
    return _folded(f"{head};PARTSTAT={response.value.upper()}:{value}", b"\r\n" if b"\r\n" in one else b"\n")


def _unfolded(one: bytes) -> str:
    return _FOLD.sub(b"", one).rstrip(b"\r\n").decode(errors="surrogateescape")


def _folded(text: str, ending: bytes) -> bytes:
    """Folded between characters, not within one."""
    rows, row = [], b""
    for letter in text:
        one = letter.encode(errors="surrogateescape")
        if len(row) + len(one) > LONGEST:
            rows.append(row)
            row = b" "
        row += one
    return ending.join([*rows, row]) + ending
