"""Activities in the shapes that Teams sends them.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.playground.stands.teams.office import TeamsUser
from bot.playground.stands.teams.signing import CHANNEL

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """Who writes to which bot, and where the answer goes."""

    user: TeamsUser
    tenant: str
    app_id: str
    service_url: str


def activity(about: About, kind: str) -> Json:
    """An activity of that kind in the personal chat, with what all of them carry."""
    user, at = about.user, datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    client = {"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web", "timezone": user.tz}
    return {
        "type": kind,
        "id": str(time.time_ns()),
        "timestamp": at,
        "localTimezone": user.tz,
        "channelId": CHANNEL,
        "serviceUrl": about.service_url,
        "from": {"id": user.bot_wise_id, "name": user.name, "aadObjectId": user.object_id},
        "conversation": {"conversationType": "personal", "tenantId": about.tenant, "id": user.chat},
        "recipient": {"id": f"28:{about.app_id}", "name": "Overlap"},
        "entities": [client],
        "channelData": {"tenant": {"id": about.tenant}},
        "locale": "en-GB",
    }


def executed(action: Mapping[str, Any], message: str) -> Json:
    """What an invoke carries when that Action.Execute of that message was pressed."""
    told = {name: action[name] for name in ("type", "title", "verb", "data") if name in action}
    return {
        "name": "adaptiveCard/action",
        "id": f"f:{uuid.uuid4()}",
        "replyToId": message,
        "value": {"action": told, "trigger": "manual"},
    }
