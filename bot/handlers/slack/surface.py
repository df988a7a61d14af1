"""Slack, going out: private answers through response URLs, everything that lasts in the app's DM."""

import threading
from collections.abc import Collection, Mapping
from ssl import SSLContext
from typing import Any

from bot.chat.cards import Card
from bot.chat.surface import Place, Ref
from bot.core.errors import InvalidInput, NotFound, TryLater, Unreachable
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.core.zones import zone
from bot.handlers.slack.parse import team
from bot.handlers.slack.render import message
from bot.handlers.slack.web_api import SLACK, WebApi

_SLACKBOT = "USLACKBOT"
_EVENT = "overlap_message"
"""The type of the metadata that names each message (docs.slack.dev/messaging/message-metadata)."""
_NEWEST = 20
"""How many messages of a DM are looked through for one that a crash lost."""
_CALM = {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False}


class SlackSurface:
    """One workspace's app. It keeps nothing but where each person's DM is."""

    def __init__(self, token: str, *, api_url: str = SLACK, ssl: SSLContext | None = None) -> None:
        self._api = WebApi(token, base_url=api_url, ssl=ssl)
        self._homes: dict[str, str] = {}
        self._lock = threading.Lock()

    @property
    def is_private_reply_possible(self) -> bool:
        return True

    def whisper(self, place: Place, card: Card, *, replace: bool) -> None:
        """Through the response URL. Only a press's can replace: a command's has no message yet, so it adds one."""
        if place.reply is None:
            raise Unreachable("there is no response URL to answer through")
        how = {"replace_original": True} if replace else {"response_type": "ephemeral", "replace_original": False}
        self._api.respond(place.reply, {**message(card), **how, "mrkdwn": False})

    def post(self, to: Person, card: Card, *, home: Place | None, key: str) -> Ref:
        """Slack takes the same key twice, so it goes along for `sent`; where their DM is, is asked of Slack."""
        if to.standing in (Standing.ADDRESS, Standing.ROOM):
            raise Unreachable("they are known by an address alone")
        channel, is_remembered = self._home(to.identity.user)
        try:
            answer = self._api.call(
                "chat.postMessage", channel=channel, metadata=_metadata(key), **message(card), **_CALM
            )
        except Unreachable as error:
            if not is_remembered:
                raise
            with self._lock:
                self._homes.pop(to.identity.user, None)
            raise TryLater("their DM may have moved: ask for it again") from error
        return Ref(channel=str(answer["channel"]), message=str(answer["ts"]))

    def sent(self, to: Person, *, home: Place | None, keys: Collection[str]) -> Mapping[str, Ref]:
        """Found by the metadata that `post` sent along (docs.slack.dev/reference/methods/conversations.history)."""
        if to.standing in (Standing.ADDRESS, Standing.ROOM):
            return {}
        try:
            channel, _ = self._home(to.identity.user)
            told = self._api.call("conversations.history", channel=channel, limit=_NEWEST, include_all_metadata=True)
        except Unreachable:
            return {}  # what that means for them is for `post` to say
        found = {_key(one): str(one["ts"]) for one in told.get("messages") or ()}
        return {key: Ref(channel=channel, message=found[key]) for key in keys if key in found}

    def edit(self, ref: Ref, card: Card) -> None:
        self._api.call("chat.update", channel=ref.channel, ts=ref.message, **message(card))

    def profile(self, identity: ChatIdentity, *, home: Place | None = None) -> Profile:
        answer = self._api.call("users.info", user=identity.user)
        return _profile(identity.tenant, answer["user"])

    def has_left(self, identity: ChatIdentity, *, home: Place | None = None) -> bool:
        """Slack keeps whoever left, and marks them as deleted; whom our app may not see did not leave."""
        try:
            return self.profile(identity).standing is Standing.DEACTIVATED
        except (NotFound, Unreachable):
            return False

    def find(self, tenant: TenantId, email: str) -> Profile | None:
        try:
            answer = self._api.call("users.lookupByEmail", email=email)
        except NotFound:
            return None
        return _profile(tenant, answer["user"])

    def workspace(self) -> str:
        """What the workspace calls itself (docs.slack.dev/reference/methods/auth.test)."""
        return str(self._api.call("auth.test").get("team") or "")

    def is_home(self, identity: ChatIdentity, channel: str) -> bool:
        """Whether that channel is our own DM with them: a command says only that it was typed in some DM."""
        return channel.startswith("D") and self._home(identity.user)[0] == channel

    def _home(self, user: str) -> tuple[str, bool]:
        """The channel of our DM with them, and whether it was known without asking."""
        with self._lock:
            known = self._homes.get(user)
        if known is not None:
            return known, True
        channel = str(self._api.call("conversations.open", users=user)["channel"]["id"])
        with self._lock:
            self._homes[user] = channel
        return channel, False


def _metadata(key: str) -> Mapping[str, Any]:
    return {"event_type": _EVENT, "event_payload": {"key": key}}


def _key(message: Mapping[str, Any]) -> str:
    """The key that a message was posted with; nothing where it is not one of ours."""
    metadata = message.get("metadata") or {}
    return str(metadata.get("event_payload", {}).get("key", "")) if metadata.get("event_type") == _EVENT else ""


def _profile(tenant: TenantId, user: Mapping[str, Any]) -> Profile:
    """What `users.info` tells of somebody (docs.slack.dev/reference/objects/user-object)."""
    about = user.get("profile") or {}
    names = (about.get("display_name"), about.get("real_name"), user.get("real_name"), user.get("name"), user["id"])
    return Profile(
        identity=ChatIdentity(tenant, str(user["id"])),
        name=next(str(name).strip() for name in names if name and str(name).strip()),
        zone=_zone(user.get("tz")),
        standing=_standing(team(tenant), user),
        email=about.get("email") or None,
        handle=user.get("name") or None,
        is_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
    )


def _standing(ours: str, user: Mapping[str, Any]) -> Standing:
    if user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == _SLACKBOT:
        return Standing.BOT
    if user.get("deleted"):
        return Standing.DEACTIVATED
    homes = {user.get("team_id") or ours, *((user.get("enterprise_user") or {}).get("teams") or ())}
    if user.get("is_stranger") or ours not in homes:
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER


def _zone(name: object) -> str:
    """The zone; nothing where Slack names none that we know, so that the one known before stays."""
    try:
        return zone(str(name)).key if name else ""
    except InvalidInput:
        return ""
