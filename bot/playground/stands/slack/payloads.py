"""The shapes of what Slack posts to an app.

docs.slack.dev/interactivity/implementing-slash-commands, /reference/interaction-payloads/block_actions-payload and
/apis/events-api.
"""

import html
import secrets

from bot.playground.stands.slack.messages import Button, Json, Message
from bot.playground.stands.slack.people import BOT, BOT_ID, TEAM, SlackUser
from bot.playground.stands.slack.workspace import Channel

APP = "A0OVERLAP1"


def command(who: SlackUser, where: Channel, name: str, text: str, *, response_url: str, trigger: str) -> dict[str, str]:
    """A slash command's form."""
    return {
        "command": name,
        "text": text,
        "response_url": response_url,
        "trigger_id": trigger,
        "user_id": who.id,
        "user_name": who.handle,
        "team_id": TEAM,
        "team_domain": "overlap",
        "channel_id": where.id,
        "channel_name": where.name,
        "api_app_id": APP,
        "is_enterprise_install": "false",
    }


def press(who: SlackUser, shown: Message, button: Button, *, response_url: str, trigger: str, at: float) -> Json:
    """A pressed button. An ephemeral message is not sent along: Slack does not keep it."""
    action = {key: value for key, value in button.element.items() if key != "accessibility_label"}
    action |= {"block_id": button.block_id, "action_ts": f"{at:.6f}"}
    if "value" in action:
        action["value"] = html.escape(str(action["value"]), quote=False)
    payload: Json = {
        "type": "block_actions",
        "user": {"id": who.id, "username": who.handle, "name": who.handle, "team_id": who.team},
        "api_app_id": APP,
        "container": {
            "type": "message",
            "message_ts": shown.ts,
            "channel_id": shown.channel,
            "is_ephemeral": shown.is_ephemeral,
        },
        "trigger_id": trigger,
        "team": {"id": TEAM, "domain": "overlap"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": shown.channel, "name": "directmessage" if shown.channel.startswith("D") else "channel"},
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [action],
    }
    if not shown.is_ephemeral:
        payload["message"] = {"type": "message", "ts": shown.ts, "user": BOT, "bot_id": BOT_ID, **shown.body}
    return payload


def event(inner: Json, *, at: float) -> Json:
    """An event in its envelope."""
    ours = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}
    return {
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(at),
        "team_id": TEAM,
        "api_app_id": APP,
        "authorizations": [ours],
        "event": inner,
    }


def told(message: Message) -> Json:
    """A message as an event tells it; the app's own bear its bot id."""
    event_part = {"user": message.by, "text": message.text, "ts": message.ts, "channel": message.channel, "team": TEAM}
    return {**event_part, "bot_id": BOT_ID} if message.by == BOT else event_part
