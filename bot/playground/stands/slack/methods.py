"""The Web API methods that the bot calls, each as its page under docs.slack.dev/reference/methods tells."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.stands.slack.handles import Handles
from bot.playground.stands.slack.limits import Refused, check_blocks, check_message, check_metadata, size
from bot.playground.stands.slack.messages import Json, Message
from bot.playground.stands.slack.people import BOT, BOT_ID, TEAM, People
from bot.playground.stands.slack.workspace import Workspace

READS_JSON = frozenset({"chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.open", "views.open"})
"""The rest ignore a JSON body (docs.slack.dev/apis/web-api, "POST bodies")."""


@dataclass(frozen=True)
class Methods:
    """What each method does."""

    people: People
    workspace: Workspace
    handles: Handles

    def __getitem__(self, method: str) -> Callable[[Json], Json]:
        found = {
            "auth.test": self._test,
            "users.info": self._info,
            "users.lookupByEmail": self._lookup,
            "conversations.open": self._open,
            "conversations.history": self._history,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "views.open": self._view,
        }.get(method)
        if found is None:
            raise Refused("unknown_method", method)
        return found

    def respond(self, path: str, body: Json) -> None:
        """A post to a response URL. Only a press's has a message to replace; a command's always adds one."""
        handle = self.handles.use_reply(path)
        source = None if handle.ts is None else self.workspace.message(handle.channel, handle.ts)
        if body.get("delete_original") is True and source is not None:
            self.workspace.delete(source)
            return
        check_message(body)
        if body.get("replace_original") is True and source is not None:
            self.workspace.edit(source, body)
        else:
            is_for_all = body.get("response_type") == "in_channel"
            self.workspace.post(handle.channel, body, only_for=None if is_for_all else handle.user)

    def _test(self, _asked: Json) -> Json:
        return {"team": "Overlap", "team_id": TEAM, "user": "overlap", "user_id": BOT, "bot_id": BOT_ID}

    def _info(self, asked: Json) -> Json:
        return {"user": self.people.info(asked.get("user")).told()}

    def _lookup(self, asked: Json) -> Json:
        return {"user": self.people.with_email(asked.get("email")).told()}

    def _open(self, asked: Json) -> Json:
        user = self.people.info(asked.get("users"))
        if user.is_deactivated:
            raise Refused("user_disabled", user.id)
        if user.is_bot:
            raise Refused("cannot_dm_bot", user.id)
        return {"channel": {"id": self.workspace.home(user.id).id}}

    def _history(self, asked: Json) -> Json:
        channel = self.workspace.for_app(asked.get("channel"))
        most = str(asked.get("limit", 100))
        if not most.isdecimal() or not 1 <= int(most) <= 999:
            raise Refused("invalid_limit", most)
        is_whole = str(asked.get("include_all_metadata", "")).lower() in {"true", "1"}
        return {
            "messages": [_told(one, with_metadata=is_whole) for one in self.workspace.newest(channel.id, int(most))]
        }

    def _post(self, asked: Json) -> Json:
        channel = self.workspace.for_app(asked.get("channel"))
        check_message(_with_blocks(asked))
        if "metadata" in asked:
            check_metadata(asked["metadata"])
        return _posted(self.workspace.post(channel.id, _with_blocks(asked)))

    def _update(self, asked: Json) -> Json:
        channel = self.workspace.for_app(asked.get("channel"))
        message = self.workspace.message(channel.id, asked.get("ts"))
        if message.is_ephemeral:
            raise Refused("message_not_found", "an ephemeral message cannot be edited")
        if message.by != BOT:
            raise Refused("cant_update_message", "it is somebody else's")
        check_message(_with_blocks(asked), is_edit=True)
        return _posted(self.workspace.edit(message, _with_blocks(asked)))

    def _whisper(self, asked: Json) -> Json:
        channel = self.workspace.for_app(asked.get("channel"))
        user = self.people.info(asked.get("user"))
        if not channel.is_seen_by(user.id):
            raise Refused("user_not_in_channel", user.id)
        check_message(_with_blocks(asked))
        return {"message_ts": self.workspace.post(channel.id, _with_blocks(asked), only_for=user.id).ts}

    def _view(self, asked: Json) -> Json:
        self.handles.use_trigger(asked.get("trigger_id"))
        view = _decoded(asked.get("view"))
        if not isinstance(view, dict) or view.get("type") != "modal":
            raise Refused("invalid_arguments", "a view is an object of type modal")
        title = view.get("title")
        if not isinstance(title, Mapping) or not 1 <= size(str(title.get("text", ""))) <= 24:
            raise Refused("invalid_arguments", "a view has a title of 1 to 24")
        check_blocks(view.get("blocks"), "blocks of a view")
        return {"view": {**view, "id": "V0OVERLAP1"}}


def _with_blocks(asked: Json) -> Json:
    """The arguments, with blocks as a list: form arguments carry them as JSON."""
    return {**asked, "blocks": _decoded(asked["blocks"])} if "blocks" in asked else asked


def _decoded(value: object) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise Refused("invalid_blocks_format", "it is no JSON") from error


def _told(message: Message, *, with_metadata: bool) -> Json:
    """One message of a history."""
    who = {"user": message.by, "bot_id": BOT_ID} if message.by == BOT else {"user": message.by}
    metadata = {"metadata": dict(message.metadata)} if with_metadata and message.metadata else {}
    return {"type": "message", "ts": message.ts, **who, **message.body, **metadata}


def _posted(message: Message) -> Json:
    return {"channel": message.channel, "ts": message.ts, "message": {**message.body, "user": BOT, "bot_id": BOT_ID}}
