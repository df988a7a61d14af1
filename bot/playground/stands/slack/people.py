"""Who is in the workspace, as `users.info` tells it, and how Slack writes a name that somebody types."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.playground.stands.slack.limits import Refused

TEAM = "T0OVERLAP1"
BOT = "U0OVERLAPB"
BOT_ID = "B0OVERLAP1"

_HANDLE = re.compile(r"(?<![\w.@<])@(?P<handle>[\w][\w.-]{0,79})")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_EVERYBODY = {"channel": "<!channel>", "here": "<!here>", "everyone": "<!everyone>"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackUser:
    """Somebody, with the flags that Slack has for them (docs.slack.dev/reference/objects/user-object)."""

    id: str
    handle: str
    name: str
    tz: str | None = "Europe/Berlin"
    email: str | None = None
    is_bot: bool = False
    is_deactivated: bool = False
    is_guest: bool = False
    """A multi-channel guest: `is_restricted`."""
    is_single_channel_guest: bool = False
    is_stranger: bool = False
    """Of another organisation, met through Slack Connect."""
    is_admin: bool = False
    """An administrator of the workspace."""

    @property
    def team(self) -> str:
        return "T0ELSEWHER" if self.is_stranger else TEAM

    def told(self) -> dict[str, Any]:
        """The user object. Slack leaves out the zone of the deactivated and the address of strangers."""
        user: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team,
            "name": self.handle,
            "deleted": self.is_deactivated,
            "real_name": self.name,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "profile": {"real_name": self.name, "display_name": self.name, "team": self.team},
        }
        if not self.is_deactivated:
            user |= {"tz": self.tz, "is_admin": self.is_admin, "is_owner": False, "is_primary_owner": False,
                     "is_restricted": self.is_guest or self.is_single_channel_guest,
                     "is_ultra_restricted": self.is_single_channel_guest}  # fmt: skip
        if self.is_stranger:
            user["is_stranger"] = True
        elif self.email is not None:
            user["profile"]["email"] = self.email
        return user


class People:
    """Everybody in the workspace, and the app's own bot user."""

    def __init__(self, users: Iterable[SlackUser]) -> None:
        bot = SlackUser(id=BOT, handle="overlap", name="Overlap", tz=None, is_bot=True)
        self._users = {user.id: user for user in (bot, *users)}

    def add(self, user: SlackUser) -> None:
        """Somebody joins, or is not any more what they were."""
        self._users[user.id] = user

    def everybody(self) -> list[SlackUser]:
        """All of them, the app first."""
        return list(self._users.values())

    def known(self, id_or_handle: str) -> SlackUser:
        """The one with that id or handle (with or without @); `LookupError` for nobody."""
        wanted = id_or_handle.removeprefix("@")
        for user in self._users.values():
            if wanted in (user.id, user.handle):
                return user
        raise LookupError(f"nobody here is called {id_or_handle}")

    def info(self, user: object) -> SlackUser:
        """For `users.info`: by id alone."""
        found = self._users.get(str(user))
        if found is None:
            raise Refused("user_not_found", str(user))
        return found

    def with_email(self, email: object) -> SlackUser:
        """For `users.lookupByEmail`, which finds neither the deactivated nor strangers."""
        for user in self._users.values():
            is_here = not (user.is_deactivated or user.is_stranger)
            if is_here and user.email is not None and user.email.casefold() == str(email).casefold():
                return user
        raise Refused("users_not_found", "nobody has that address")

    def typed_in_command(self, text: str) -> str:
        """The tail of a slash command with `should_escape`: names become ids, with the handle as a label."""
        return self._with_names(html.escape(text, quote=False), lambda user: f"<@{user.id}|{user.handle}>")

    def typed_in_message(self, text: str) -> str:
        """The text of a message: names become ids alone, and addresses become links."""
        linked = _EMAIL.sub(lambda found: f"<mailto:{found[0]}|{found[0]}>", html.escape(text, quote=False))
        return self._with_names(linked, lambda user: f"<@{user.id}>")

    def _with_names(self, text: str, written: Any) -> str:
        def one(found: re.Match[str]) -> str:
            handle = found["handle"].rstrip(".-")
            rest = found["handle"][len(handle) :]
            if handle in _EVERYBODY:
                return _EVERYBODY[handle] + rest
            try:
                return str(written(self.known(handle))) + rest
            except LookupError:
                return found[0]

        return _HANDLE.sub(one, text)
