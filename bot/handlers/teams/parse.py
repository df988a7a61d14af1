"""A Bot Framework activity as a `Delivery`: who typed, pressed or met us, where, and how to answer there.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#activity-object
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat.cards import Press
from bot.chat.surface import Delivery, Incoming, Met, Place, Pressed, Typed
from bot.core.errors import InvalidInput
from bot.core.ids import TenantId, derived
from bot.core.people import ChatIdentity, Profile
from bot.core.requests import Marked
from bot.core.zones import zone
from bot.language import mentions

Activity = Mapping[str, Any]

COMMAND = "meet"
BOT = "28:"
"""How the ids of bots begin; people's begin with 29:."""
INVOKE = "adaptiveCard/action"


def tenant(activity: Activity) -> str:
    """The Entra tenant that it came from; empty where the activity does not say, or says two things."""
    told = {
        _words(_part(_part(activity, "channelData"), "tenant"), "id"),
        _words(_part(activity, "conversation"), "tenantId"),
    }
    told = {one.lower() for one in told if one}
    return told.pop() if len(told) == 1 else ""


def delivery(activity: Activity) -> Delivery | None:
    """What it means for us; None for what needs no answer. `InvalidInput` for a button that is not ours."""
    sender = _part(activity, "from")
    user = _words(sender, "aadObjectId")
    if not user or _words(sender, "id").startswith(BOT):
        return None
    by = ChatIdentity(TenantId(f"teams:{tenant(activity)}"), user.lower())
    incoming = _incoming(activity, by)
    if incoming is None:
        return None
    return Delivery(key=_key(activity, incoming), incoming=incoming, profile=_profile(activity, by))


def _incoming(activity: Activity, by: ChatIdentity) -> Incoming | None:
    place = _place(activity, by)
    match activity.get("type"):
        case "message" if "press" in _part(activity, "value"):
            return Pressed(by=by, press=_press(_part(activity, "value")), place=place)
        case "message":
            return Typed(by=by, said=_said(activity), place=place, command=COMMAND)
        case "invoke" if activity.get("name") == INVOKE:
            return Pressed(by=by, press=_press(_part(_part(_part(activity, "value"), "action"), "data")), place=place)
        case "installationUpdate" if place.is_private and activity.get("action") == "add":
            return Met(by=by, place=place)
        case "conversationUpdate" if place.is_private and _were_we_added(activity):
            return Met(by=by, place=place)
        case _:
            return None


def _were_we_added(activity: Activity) -> bool:
    us = _words(_part(activity, "recipient"), "id")
    return any(_words(member, "id") == us for member in _parts(activity, "membersAdded"))


def _key(activity: Activity, incoming: Incoming) -> str:
    """Teams tells of one installation twice, as installationUpdate and as conversationUpdate: both have one key."""
    if isinstance(incoming, Met):
        return f"{incoming.place.channel} met"
    name = _words(activity, "id") or derived(json.dumps(activity, sort_keys=True, default=str))
    return f"{incoming.place.channel} {name}"


def _press(told: Activity) -> Press:
    value = told.get("press")
    if not isinstance(value, str):
        raise InvalidInput("That button is not one of mine.")
    return Press.decoded(value)


def _said(activity: Activity) -> Marked:
    us = _words(_part(activity, "recipient"), "id")
    return mentions.teams(_words(activity, "text"), _parts(activity, "entities"), bot=us)


def _place(activity: Activity, by: ChatIdentity) -> Place:
    conversation = _part(activity, "conversation")
    channel = _words(conversation, "id")
    if not channel:
        raise InvalidInput("An activity names its conversation.")
    return Place(
        tenant=by.tenant,
        channel=channel,
        is_private=conversation.get("conversationType") == "personal",
        service=_words(activity, "serviceUrl"),
        message=_words(activity, "replyToId") or None,
    )


def _profile(activity: Activity, by: ChatIdentity) -> Profile:
    name = " ".join(_words(_part(activity, "from"), "name").split())
    return Profile(identity=by, name=name or "Someone", zone=_zone(activity))


def _zone(activity: Activity) -> str:
    """The sender's zone: from their client, which travels with them, else from their account."""
    clients = [entity for entity in _parts(activity, "entities") if entity.get("type") == "clientInfo"]
    names = [*(_words(client, "timezone") for client in clients), _words(activity, "localTimezone")]
    for name in filter(None, names):
        try:
            return zone(name).key
        except InvalidInput:
            continue
    return ""


def _part(whole: Activity, name: str) -> Activity:
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}


def _parts(whole: Activity, name: str) -> Sequence[Activity]:
    parts = whole.get(name)
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


def _words(whole: Activity, name: str) -> str:
    words = whole.get(name)
    return words.encode(errors="replace").decode() if isinstance(words, str) else ""  # half a surrogate pair is no text
