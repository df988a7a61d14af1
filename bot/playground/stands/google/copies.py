"""The copies of one event: what a change makes of it, what a guest's own copy keeps, whether it blocks."""

import copy
from typing import Any

from bot.playground.stands.google.series import Event, instant

PRIVATE = ("extendedProperties", "reminders", "transparency", "colorId", "visibility", "status")
"""What a guest's copy has of its own; of the properties only the private ones."""


def is_moved(before: Event, after: Event, zone: str) -> bool:
    """Whether it is at another time now."""
    return any(instant(before[side], zone) != instant(after[side], zone) for side in ("start", "end"))


def blocks(event: Event, address: str) -> bool:
    """Whether that calendar is busy then."""
    if event["status"] == "cancelled" or event.get("transparency") == "transparent":
        return False
    if event.get("eventType") in ("workingLocation", "birthday"):
        return False
    mine = [one for one in event.get("attendees") or () if one["email"].lower() == address]
    return not mine or mine[0].get("responseStatus") != "declined"


def copy_for(event: Event, kept: Event | None, *, is_out: bool) -> Event:
    """A guest's copy of the event, what is their own in it kept."""
    new = copy.deepcopy(event)
    properties = new.pop("extendedProperties", {})
    own = (kept or {}).get("extendedProperties", {})
    sides = {"shared": properties.get("shared"), "private": own.get("private")}
    if any(sides.values()):
        new["extendedProperties"] = {side: marks for side, marks in sides.items() if marks}
    for name in PRIVATE[1:-1]:
        new.pop(name, None)
        if kept is not None and name in kept:
            new[name] = kept[name]
    if is_out:
        new["status"] = "cancelled"
    return new


def merged(old: Any, new: Any) -> Any:
    """What a PATCH makes of it: objects are merged, lists replaced, null removes."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return copy.deepcopy(new)
    kept = copy.deepcopy(old)
    for name, value in new.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = merged(kept.get(name), value)
    return kept


def make_video(event: Event, state: str) -> None:
    """The video link that was ordered is there, or has failed."""
    made = event["conferenceData"]
    made["createRequest"]["status"] = {"statusCode": state}
    if state == "success":
        code = f"{made['createRequest']['requestId'][:3]}-demo-{made['createRequest']['requestId'][3:6]}"
        made["conferenceId"] = code
        made["conferenceSolution"] = {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"}
        made["entryPoints"] = [{"entryPointType": "video", "uri": f"https://meet.google.com/{code}"}]
        event["hangoutLink"] = f"https://meet.google.com/{code}"
