"""Who is invited: Graph takes the whole list each time, so what they answered must be given back with it."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from bot.core.errors import Refused
from bot.core.events import Draft, Invitee
from bot.providers.microsoft.shapes import Attendee, Event

MOST = 500


def fingerprint(words: str) -> str:
    """Enough of it to know it again, and to read nothing from it."""
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def attendees(
    draft: Draft, stands: Event | None, before: Sequence[str], own: Collection[str]
) -> list[dict[str, Any]] | None:
    """The list to write; None where the one that stands is right. Whom somebody added by hand stays."""
    standing = [] if stands is None else [one for one in stands.attendees or () if one.email_address.address]
    wanted = {one.email.lower(): one for one in draft.invitees if one.is_invited and one.email}
    wanted = {address: one for address, one in wanted.items() if address not in own}
    kept = [one for one in standing if _address(one) in wanted or fingerprint(_address(one)) not in before]
    there = {_address(one) for one in kept}
    added = [one for address, one in wanted.items() if address not in there]
    if len(kept) + len(added) > MOST:
        raise Refused(f"Microsoft invites at most {MOST} people to one event.")
    if not added and len(kept) == len(standing):
        return None
    return [*map(_again, kept), *map(_new, added)]


def _address(one: Attendee) -> str:
    return (one.email_address.address or "").lower()


def _again(one: Attendee) -> dict[str, Any]:
    told: dict[str, Any] = {
        "emailAddress": {"address": one.email_address.address, "name": one.email_address.name or ""},
        "type": one.type or "required",
    }
    if one.status is not None and one.status.response:
        told["status"] = {"response": one.status.response}
    return told


def _new(one: Invitee) -> dict[str, Any]:
    return {
        "emailAddress": {"address": (one.email or "").lower(), "name": one.name},
        "type": "resource" if one.is_room else "required",
    }
