"""What Slack posts to us, as a `Delivery`; None for whatever is not for us.

Payloads: docs.slack.dev/interactivity/implementing-slash-commands, /apis/events-api and
/reference/interaction-payloads/block_actions-payload. An event is known again by its `event_id`, a command or a press
by its request's signature, which covers the second and a `trigger_id` that is never given twice.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.chat.cards import Press
from bot.chat.surface import Delivery, Incoming, Met, Place, Pressed, Typed
from bot.core.errors import InvalidInput
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity
from bot.handlers.slack.render import PRESS
from bot.language import mentions

PATH = "/slack/events"
"""The one address for all of it."""

Payload = Mapping[str, Any]

_USER = re.compile(r"[UW][A-Z0-9]+")


def delivery(payload: Payload, signature: str) -> Delivery | None:
    """The delivery in this payload, whichever kind it is."""
    if "command" in payload:
        return _delivery(signature, _command(payload))
    match payload.get("type"):
        case "block_actions":
            return _delivery(signature, _press(payload))
        case "event_callback":
            return _delivery(_word(payload, "event_id"), _event(payload))
        case _:
            return None


def tenant(team: str) -> TenantId:
    """The tenant that a Slack workspace is."""
    return TenantId(f"slack:{team}")


def team(of: TenantId) -> str:
    """The id of the workspace that a tenant is."""
    return of.partition(":")[2]


def _delivery(key: str, incoming: Incoming | None) -> Delivery | None:
    return Delivery(key=key, incoming=incoming) if key and incoming is not None else None


def _command(payload: Payload) -> Typed | None:
    by = _somebody(_word(payload, "team_id"), _word(payload, "user_id"))
    if by is None:
        return None
    channel = _word(payload, "channel_id")
    place = Place(
        tenant=by.tenant,
        channel=channel,
        is_private=channel.startswith("D"),
        reply=_word(payload, "response_url") or None,
    )
    return Typed(by=by, said=mentions.slack(_word(payload, "text")), place=place, command=_word(payload, "command"))


def _press(payload: Payload) -> Pressed | None:
    user, where = _part(payload, "user"), _part(payload, "container")
    home = _word(_part(payload, "team"), "id") or _word(user, "team_id")
    by = _somebody(home, _word(user, "id"))
    press = _pressed(payload.get("actions"))
    if by is None or press is None:
        return None
    is_ephemeral = where.get("is_ephemeral") is True
    channel = _word(where, "channel_id") or _word(_part(payload, "channel"), "id")
    place = Place(
        tenant=by.tenant,
        channel=channel,
        is_private=channel.startswith("D") and not is_ephemeral,
        reply=_word(payload, "response_url") or None,
        can_replace=True,
        message=None if is_ephemeral else _word(where, "message_ts") or None,
    )
    return Pressed(by=by, press=press, place=place)


def _pressed(actions: object) -> Press | None:
    """What was pressed; None for a button that only opened a page, and for one that is not ours."""
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], dict):
        return None
    if not _word(actions[0], "action_id").startswith(PRESS):
        return None
    try:
        return Press.decoded(_word(actions[0], "value"))
    except InvalidInput:
        return None


def _event(payload: Payload) -> Incoming | None:
    """Words in our DM, a mention, or our DM being opened; nothing that a bot, an edit or a deletion caused."""
    event, home, us = _part(payload, "event"), *_receiver(payload)
    by = _somebody(home, _word(event, "user"))
    if by is None or by.user == us or any(event.get(mark) for mark in ("subtype", "bot_id", "edited", "hidden")):
        return None
    channel = _word(event, "channel")
    place = Place(tenant=by.tenant, channel=channel, is_private=channel.startswith("D"))
    match event.get("type"), event.get("channel_type"):
        case ("message", "im") | ("app_mention", _):
            return Typed(by=by, said=mentions.slack(_without(us, _word(event, "text"))), place=place)
        case "app_home_opened", _:
            return Met(by=by, place=place)
        case _:
            return None


def _receiver(payload: Payload) -> tuple[str, str]:
    """The workspace that an event is meant for, and our own bot user there.

    In a channel shared between organisations `team_id` may be the other one: `authorizations` tells whose event it is.
    """
    authorizations = payload.get("authorizations")
    ours = authorizations[0] if isinstance(authorizations, list) and authorizations else {}
    ours = ours if isinstance(ours, dict) else {}
    return _word(ours, "team_id") or _word(payload, "team_id"), _word(ours, "user_id")


def _without(us: str, text: str) -> str:
    """The text without our own mention, wherever it stands."""
    return re.sub(rf"<@{re.escape(us)}(\|[^>]*)?>", " ", text).strip() if us else text


def _somebody(home: str, user: str) -> ChatIdentity | None:
    return ChatIdentity(tenant(home), user) if home and _USER.fullmatch(user) else None


def _part(payload: Payload, name: str) -> Payload:
    part = payload.get(name)
    return part if isinstance(part, Mapping) else {}


def _word(payload: Payload, name: str) -> str:
    word = payload.get(name)
    return word if isinstance(word, str) else ""
