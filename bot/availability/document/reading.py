"""From bytes to a document, or to the one thing that is wrong with it; never more in memory than the limits allow."""

import codecs
import re

import msgspec

from bot.availability.document.world import MOST_INTERVALS, MOST_WINDOWS, World
from bot.availability.document.wrong import Fault, Wrong

MOST_BYTES = 16 * 1024 * 1024
MOST_VALUES = 600_000
"""Whatever a document is made of, so many values of it fit into memory many times."""

BLOCK = 1 << 16
SPOT = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$\.?(?P<path>.*)`)?", re.DOTALL)
KEY = re.compile(r"(?P<what>Object contains unknown field|Object missing required field) `(?P<key>.*)`", re.DOTALL)
OF_A_PERSON = re.compile(r"people\[(\d+)\]")


class _Glance(msgspec.Struct):
    """A person of whom nothing is built yet."""

    id: msgspec.Raw = msgspec.Raw(b"null")
    busy: msgspec.Raw = msgspec.Raw(b"[]")
    held: msgspec.Raw = msgspec.Raw(b"[]")
    unknown: msgspec.Raw = msgspec.Raw(b"[]")


class _Asked(msgspec.Struct):
    windows: msgspec.Raw = msgspec.Raw(b"[]")


class _Sight(msgspec.Struct):
    """As much of a document as it takes to count what is in it."""

    request: _Asked = msgspec.field(default_factory=_Asked)
    people: tuple[_Glance, ...] = ()


def read(document: bytes) -> World:
    """The document; `Wrong` says where it is not one."""
    _fits(document)
    people: tuple[_Glance, ...] = ()
    try:
        sight = msgspec.json.decode(document, type=_Sight)
        people = sight.people
        _count(sight)
        return msgspec.json.decode(document, type=World)
    except msgspec.ValidationError as error:
        raise _wrong(str(error), people) from error
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Wrong(Fault.INVALID_JSON, "", f"This is no JSON: {why}.") from error


def _fits(document: bytes) -> None:
    if len(document) > MOST_BYTES:
        raise Wrong(Fault.TOO_LARGE, "", f"The document has more than {MOST_BYTES // 1024**2} MB.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(document), BLOCK):
            decoder.decode(document[at : at + BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Wrong(Fault.INVALID_JSON, "", "The document is not in UTF-8.") from error
    # Every value but the first of a list or an object comes after a comma.
    if sum(map(document.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise Wrong(Fault.TOO_LARGE, "", f"The document is made of more than {MOST_VALUES:,} values.")


def _count(sight: _Sight) -> None:
    """An interval is an object without objects inside, so its brackets tell how many there are before one is built."""
    message = f"There are more than {MOST_INTERVALS:,} intervals; ask about a shorter time or fewer people."
    if bytes(sight.request.windows).count(b"{") > MOST_WINDOWS:
        raise Wrong(Fault.TOO_LARGE, "request.windows", f"There are more than {MOST_WINDOWS:,} windows.")
    total = 0
    for at, one in enumerate(sight.people):
        for key, intervals in (("busy", one.busy), ("held", one.held), ("unknown", one.unknown)):
            total += bytes(intervals).count(b"{")
            if total > MOST_INTERVALS:
                raise Wrong(Fault.TOO_LARGE, f"people[{at}].{key}", message, _id(one))


def _wrong(told: str, people: tuple[_Glance, ...]) -> Wrong:
    """What the decoder tells, in our words, with the person of whom it is."""
    spot = SPOT.fullmatch(told)
    what, path = (spot["what"], spot["path"] or "") if spot else (told, "")
    fault, message = Fault.INVALID_VALUE, f"{what.replace('`', '')}."
    if key := KEY.fullmatch(what):
        is_unknown = "unknown" in key["what"]
        path = f"{path}.{key['key']}" if path else key["key"]
        fault = Fault.UNKNOWN_KEY if is_unknown else Fault.MISSING_KEY
        message = "There is no such key here; look for another spelling." if is_unknown else "This key is needed."
    elif "timezone component" in what:
        fault, message = Fault.INVALID_TIME, "A time needs its offset: end it with Z, as in 2026-11-30T09:00:00Z."
    elif "RFC3339" in what:
        fault = Fault.INVALID_TIME
        message = "This is no time: write 2026-11-30T09:00:00Z, in the years 1 to 9999, without a leap second."
    return Wrong(fault, path, message, _person(path, people))


def _person(path: str, people: tuple[_Glance, ...]) -> str | None:
    spot = OF_A_PERSON.match(path)
    return _id(people[int(spot[1])]) if spot and int(spot[1]) < len(people) else None


def _id(one: _Glance) -> str | None:
    try:
        return msgspec.json.decode(one.id, type=str)
    except (msgspec.DecodeError, RecursionError):
        return None
