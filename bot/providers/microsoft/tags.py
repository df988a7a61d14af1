"""How an event says that it is ours: extended properties that only Graph shows, and that its owner does not see.

One has the same value on all of ours, one carries the UID, one the rest: Graph finds events by a property that equals
something (learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get).
"""

import msgspec

from bot.core.events import Status
from bot.core.ids import MeetingId
from bot.providers.microsoft.shapes import Event

_SET = "String {9a1f4c0e-6f1b-4b0e-8a35-2d7c6f3b51aa} Name "
MARK, UID, TAG = f"{_SET}Overlap", f"{_SET}OverlapUid", f"{_SET}OverlapTag"
OURS = "yes"


class Tag(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an event of ours keeps for us."""

    meeting: str
    sequence: int = 0
    """Graph has none that could be set."""
    status: str = Status.CONFIRMED.value
    told: str = ""
    """A fingerprint of what we wrote into its body, which Exchange rewrites."""
    place: str = ""
    invited: list[str] = []
    """Fingerprints of whom we invited: whoever else is invited was added by hand."""


def properties(uid: str, tag: Tag) -> list[dict[str, str]]:
    """As they are written."""
    values = {MARK: OURS, UID: uid, TAG: msgspec.json.encode(tag).decode()}
    return [{"id": name, "value": value} for name, value in values.items()]


def tagged(event: Event) -> tuple[str, Tag] | None:
    """The UID and the tag of an event of ours."""
    found = {one.id.lower(): one.value for one in event.single_value_extended_properties or ()}
    uid, told = found.get(UID.lower()), found.get(TAG.lower())
    if not uid or not told:
        return None
    try:
        return uid, msgspec.json.decode(told, type=Tag)
    except msgspec.DecodeError:
        return None


def meeting(tag: Tag) -> MeetingId:
    return MeetingId(tag.meeting)


EXPAND = f"singleValueExtendedProperties($filter=id eq '{UID}' or id eq '{TAG}')"
"""Asks for both with every event."""
IS_OURS = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq '{OURS}')"


def has_uid(uid: str) -> str:
    """The filter that finds ours by UID."""
    return f"singleValueExtendedProperties/Any(ep: ep/id eq '{UID}' and ep/value eq '{quoted(uid)}')"


def quoted(words: str) -> str:
    """Within quotes of an OData filter."""
    return words.replace("'", "''")
