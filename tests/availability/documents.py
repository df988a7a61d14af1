"""Documents for `overlap slots`, in the fewest words: one person in Berlin, the first week of December 2026."""

import json
from typing import Any

from bot.availability.document.asking import search_of
from bot.availability.document.reading import read
from bot.availability.document.wrong import Wrong
from bot.availability.terms import Search

TUESDAY = {"start": "2026-12-01T00:00:00Z", "end": "2026-12-02T00:00:00Z"}


def person(name: str = "ana", **rules: Any) -> dict[str, Any]:
    """Somebody in Berlin who lives by these rules."""
    return {"id": name, "zone": "Europe/Berlin", **rules}


def busy(start: str, end: str, **more: Any) -> dict[str, Any]:
    """On that Tuesday, in UTC."""
    return {"start": f"2026-12-01T{start}:00Z", "end": f"2026-12-01T{end}:00Z", **more}


def world(*people: Any, request: Any = None, **more: Any) -> dict[str, Any]:
    """A question for an hour on that Tuesday, every hour."""
    asked = {"duration_min": 60, "step_min": 60, "windows": [TUESDAY], **(request or {})}
    return {"now": "2026-11-30T00:00:00Z", "request": asked, "people": list(people or [person()]), **more}


def as_bytes(document: Any) -> bytes:
    """The same as it is sent; bytes stay as they are."""
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def search(document: Any) -> Search:
    """What it asks the engine."""
    return search_of(read(as_bytes(document)))


def wrong(document: Any) -> tuple[str, str | None, str | None]:
    """The code, the field and the person of what is wrong with it."""
    try:
        search(document)
    except Wrong as error:
        return str(error.fault), error.field, error.person
    raise AssertionError("nothing is wrong with it")
