"""The stand-in for Slack: its servers on a port of loopback, and what its people type, press and see.

People are named by handle or id throughout; a channel by id or #name. The bot cannot tell that it is not Slack.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from bot.playground.stands.serving import Serving
from bot.playground.stands.slack import payloads
from bot.playground.stands.slack.app import Door, Refusal
from bot.playground.stands.slack.delivery import Ack, Courier, Signed
from bot.playground.stands.slack.handles import Handles
from bot.playground.stands.slack.limits import Refused, check_message
from bot.playground.stands.slack.messages import Button, Json, Message
from bot.playground.stands.slack.methods import Methods
from bot.playground.stands.slack.people import BOT, People, SlackUser
from bot.playground.stands.slack.socket import Socket
from bot.playground.stands.slack.workspace import Channel, Workspace


class NotShown(AssertionError):
    """Nobody was shown what was waited for; the message lists what they saw."""


class SlackStand:
    """Serves while its `with` block lasts. `bot_url` may be set once the bot's port is known.

    `by_socket`: the app opens a line to it (Socket Mode), and nothing is posted to the app.
    """

    def __init__(
        self,
        users: Iterable[SlackUser],
        *,
        bot_url: str = "",
        now: Callable[[], float] = time.time,
        by_socket: bool = False,
    ) -> None:
        self.socket = Socket() if by_socket else None
        self.signing_secret = secrets.token_hex(16)
        self.token = f"xoxb-{secrets.token_hex(20)}"
        self.people = People(users)
        self.workspace = Workspace(now=now)
        self._handles = Handles(now)
        self.door = Door(Methods(self.people, self.workspace, self._handles), self.token, self.socket)
        self._serving = Serving(self.door.application())
        self.courier = Courier(f"{bot_url}/slack/events", self.signing_secret, now, socket=self.socket)
        self._now = now

    @property
    def bot_url(self) -> str:
        return self.courier.url.removesuffix("/slack/events")

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self.courier.url = f"{url}/slack/events"

    @property
    def api_url(self) -> str:
        return f"{self._serving.url}/api/"

    @property
    def environment(self) -> dict[str, str]:
        """What a bot needs to be told to talk to this Slack."""
        told = {"OVERLAP_SLACK_API_URL": self.api_url, "OVERLAP_SLACK_BOT_TOKEN": self.token}
        if self.socket is None:
            return told | {"OVERLAP_SLACK_SIGNING_SECRET": self.signing_secret}
        return told | {"OVERLAP_SLACK_TRANSPORT": "socket", "OVERLAP_SLACK_APP_TOKEN": self.socket.app_token}

    @property
    def refusals(self) -> list[Refusal]:
        """Everything that was refused to the bot and was its mistake."""
        return self.door.refusals

    # What people do.

    def slash(self, user: str, line: str, *, channel: str = "#general") -> Ack:
        """They type a slash command there: `/meet @alex 30m next week`."""
        who, where = self.people.known(user), self._place(user, channel)
        name, _, tail = line.partition(" ")
        text = self.people.typed_in_command(tail.strip())
        reply, trigger = self._reply(who, where.id), self._handles.trigger()
        fields = payloads.command(who, where, name, text, response_url=reply, trigger=trigger)
        ack = self.courier.form(fields)
        self._show_answer_in_ack(ack, where, who)
        return ack

    def press(self, user: str, message: Message, label: str, *, is_stale: bool = False, is_forged: bool = False) -> Ack:
        """They press that button of that message as it stands now.

        `is_stale`: as it stood when `message` was seen (a second click before the first was drawn); `is_forged`:
        although they do not see it.
        """
        shown = message if is_stale else self.workspace.message(message.channel, message.ts)
        if not is_forged and not any(one.ts == shown.ts for one in self.messages(user)):
            raise LookupError(f"{user} does not see that message")
        return self.use(user, shown, shown.button(label))

    def use(self, user: str, shown: Message, element: Button) -> Ack:
        """They use that element of a message as it stood when they saw it: a button, or a menu with what they chose."""
        who = self.people.known(user)
        self._look(who, shown.channel)
        reply, trigger = self._reply(who, shown.channel, shown.ts), self._handles.trigger()
        pressed = payloads.press(who, shown, element, response_url=reply, trigger=trigger, at=self._now())
        return self.courier.interaction(pressed)

    def write(self, user: str, text: str, *, channel: str) -> Message:
        """They write in a channel or to somebody else, and the app is told nothing."""
        who, where = self.people.known(user), self._place(user, channel)
        return self.workspace.post(where.id, {"text": self.people.typed_in_message(text)}, by=who.id)

    def say(self, user: str, text: str) -> Ack:
        """They look at the app's DM and write there."""
        who, home = self.people.known(user), self.home(user)
        self._look(who, home)
        message = self.workspace.post(home, {"text": self.people.typed_in_message(text)}, by=who.id)
        return self.event({"type": "message", "channel_type": "im", **payloads.told(message)})

    def mention(self, user: str, text: str, *, channel: str = "#general") -> Ack:
        """They mention the app in a channel."""
        who, where = self.people.known(user), self._place(user, channel)
        words = f"<@{BOT}> {self.people.typed_in_message(text)}"
        message = self.workspace.post(where.id, {"text": words}, by=who.id)
        return self.event({"type": "app_mention", **payloads.told(message)})

    def open_home(self, user: str) -> Ack:
        """They open the app's DM, and so read it."""
        who = self.people.known(user)
        self.workspace.read(who.id)
        return self.event({"type": "app_home_opened", "user": who.id, "channel": self.home(user), "tab": "messages"})

    def event(self, event: Json) -> Ack:
        """Any event, in its envelope."""
        return self.courier.event(payloads.event(event, at=self._now()))

    def echo(self, message: Message) -> Ack:
        """The app is told of its own message in its DM, as Slack does."""
        return self.event({"type": "message", "channel_type": "im", **payloads.told(message)})

    def replay(self, ack: Ack) -> Ack:
        """Somebody who overheard that request sends it again, to the byte."""
        return self.courier.deliver(ack.sent)

    def redeliver(self, ack: Ack, number: int = 1) -> Ack:
        """Slack sends an event again that was not acked: signed anew, with its retry headers."""
        again: Signed = self.courier.signed(ack.sent.body, ack.sent.headers["content-type"])
        return self.courier.deliver(again, **{"x-slack-retry-num": str(number), "x-slack-retry-reason": "http_error"})

    # What people see.

    def home(self, user: str) -> str:
        """The channel of the app's DM with them."""
        return self.workspace.home(self.people.known(user).id).id

    def messages(self, user: str) -> list[Message]:
        """Everything from the app that they see: its DM, what only they see, and channels; oldest first."""
        return [one for one in self.workspace.seen_by(self.people.known(user).id) if one.by == BOT]

    def unread(self, user: str) -> int:
        """How many messages of the app's DM they have not looked at; an edit is none."""
        return self.workspace.unread(self.people.known(user).id)

    def read(self, user: str) -> None:
        """They look at the app's DM, without the app being told."""
        self.workspace.read(self.people.known(user).id)

    def wait(self, user: str, shows: Callable[[Message], Any], *, within: float = 10.0) -> Message:
        """The newest message they see for which `shows` holds, as soon as there is one; `NotShown` after that long."""
        found: Message | None = self.workspace.wait(
            lambda: next((one for one in reversed(self.messages(user)) if shows(one)), None), within
        )
        if found is None:
            seen = "\n---\n".join(one.words for one in self.messages(user)[-5:])
            raise NotShown(f"{user} was not shown it within {within} s, but last:\n{seen}")
        return found

    # Its life.

    def start(self) -> None:
        self._serving.start()
        if self.socket is not None:
            self.socket.start()

    def stop(self) -> None:
        self._serving.stop()
        if self.socket is not None:
            self.socket.stop()
        self.courier.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _place(self, user: str, channel: str) -> Channel:
        """Where they type: a channel, the app's DM (by its id), or `@handle` for their DM with somebody."""
        if channel.startswith("@"):
            return self.workspace.between(self.people.known(user).id, self.people.known(channel).id)
        return self.workspace.channel(channel)

    def _look(self, who: SlackUser, channel: str) -> None:
        """Whoever writes or presses something in the app's DM has read it."""
        if channel == self.workspace.home(who.id).id:
            self.workspace.read(who.id)

    def _reply(self, who: SlackUser, channel: str, ts: str | None = None) -> str:
        return self._serving.url + self._handles.reply(who.id, channel, ts)

    def _show_answer_in_ack(self, ack: Ack, where: Channel, who: SlackUser) -> None:
        """The body of an ack is a first answer, as text or JSON."""
        if not ack.is_good or not ack.body.strip():
            return
        try:
            body = json.loads(ack.body)
        except ValueError:
            body = {"text": ack.body}
        try:
            check_message(body)
        except Refused as refused:
            self.refusals.append(Refusal("ack", refused.code, refused.detail))
            return
        self.workspace.post(where.id, body, only_for=None if body.get("response_type") == "in_channel" else who.id)
