"""A stand-in for Teams: players type and press here, and see what the bot lets them see. The bot cannot tell.

stand = TeamsStand(app_id=..., password=...)
stand.start()                                  # before the bot, which is told `stand.environment()`
stand.add("ana", "Ana Ruiz", "ana@contoso.example", "Europe/Berlin")
stand.bot_url = "http://127.0.0.1:8000"
stand.say("ana", "meet sam@contoso.example 30m next week")
offer = stand.wait_for("ana", button="Book")
stand.press("ana", offer, offer.buttons[0])
"""

import secrets
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.playground.stands.serving import Serving
from bot.playground.stands.teams import cards
from bot.playground.stands.teams.connector import Connector, Fault
from bot.playground.stands.teams.office import Message, Office, User
from bot.playground.stands.teams.signing import CHANNEL, ISSUER, Signer

INVOKE_SECONDS = 10.0
"""How long Teams waits for the answer to a pressed button."""
MESSAGE_SECONDS = 15.0


class NotAnswered(AssertionError):
    """The bot did not answer as Teams wants to be answered."""


class TeamsStand:
    """One tenant, its people, and the servers around them."""

    def __init__(
        self,
        *,
        app_id: str | None = None,
        password: str | None = None,
        tenant: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` counts the seconds of the rate limits."""
        self.app_id = app_id or str(uuid.uuid4())
        self.password = password or secrets.token_urlsafe(24)
        self.office = Office(tenant=tenant or str(uuid.uuid4()), clock=clock)
        self.signer = Signer(self.app_id)
        self.connector = Connector(office=self.office, signer=self.signer, password=self.password)
        self.bot_url = ""
        self._serving = Serving(self.connector.app())
        self._client = httpx.Client(timeout=MESSAGE_SECONDS)

    @property
    def url(self) -> str:
        return self._serving.url

    @property
    def service_url(self) -> str:
        return f"{self.url}/teams/"

    @property
    def tenant(self) -> str:
        return self.office.tenant

    @property
    def refusals(self) -> list[str]:
        """What Teams refused so far, as status and code."""
        return list(self.connector.refusals)

    def environment(self) -> dict[str, str]:
        """What the bot must be told to find this in Teams' place."""
        return {
            "OVERLAP_TEAMS_APP_ID": self.app_id,
            "OVERLAP_TEAMS_APP_PASSWORD": self.password,
            "OVERLAP_TEAMS_TENANTS": self.tenant,
            "OVERLAP_TEAMS_OPENID_URL": f"{self.url}/v1/.well-known/openidconfiguration",
            "OVERLAP_TEAMS_TOKEN_ISSUER": ISSUER,
            "OVERLAP_TEAMS_LOGIN_URL": f"{self.url}/login",
            "OVERLAP_TEAMS_SERVICE_HOSTS": f"127.0.0.1:{self._serving.port}",
        }

    def start(self) -> None:
        self.connector.url = self.url
        self._serving.start()

    def stop(self) -> None:
        self._serving.stop()
        self._client.close()

    def add(self, key: str, name: str, email: str, zone: str, *, role: str = "user") -> User:
        """Somebody new in the tenant, with the app."""
        return self.office.add(User(key=key, name=name, email=email, zone=zone, role=role))

    def install(self, key: str) -> list[int]:
        """They add the app: Teams says so twice. The statuses that the bot answered."""
        user = self.office.user(key)
        user.has_app = True
        us = {"id": f"28:{self.app_id}"}
        added = self.activity(key, "conversationUpdate") | {"membersAdded": [us]}
        installed = self.activity(key, "installationUpdate") | {"action": "add"}
        return [self.deliver(one).status_code for one in (added, installed)]

    def uninstall(self, key: str) -> None:
        """They remove the app: from now on nothing can be posted to them."""
        self.office.user(key).has_app = False

    def say(self, key: str, text: str) -> httpx.Response:
        """They type to the bot in their personal chat."""
        self.read(key)
        return self.deliver(self.activity(key, "message") | {"text": text, "textFormat": "plain"})

    def press(self, key: str, message: Message, label: str) -> dict[str, Any]:
        """They press a button: the bot's answer takes the card's place, as in Teams. What the bot answered.

        A button that opens a page sends nothing: `{"url": …}` is where it leads.
        """
        self.read(key)
        action = _labelled(message, label)
        if action["type"] == "Action.OpenUrl":
            return {"url": action["url"]}
        answer = self.deliver(self.invoke(key, message, action), seconds=INVOKE_SECONDS)
        body = _answer_of(answer)
        if body["type"] == cards.CARD_TYPE:
            if why := cards.wrong_card(body["value"]):
                raise NotAnswered(f"Teams cannot show the answering card: {why}")
            shown = message.activity | {"attachments": [{"contentType": cards.CARD_TYPE, "content": body["value"]}]}
            self.office.edit(message, shown)
        return body

    def submit(self, key: str, message: Message, label: str) -> httpx.Response:
        """They press the same button in a client that knows no Action.Execute: its fallback, an Action.Submit."""
        action = _labelled(message, label)["fallback"]
        pressed = {"value": action["data"], "replyToId": message.id}
        return self.deliver(self.activity(key, "message") | pressed)

    def messages(self, key: str) -> list[Message]:
        """What the bot has posted to them, oldest first."""
        return self.office.messages(key)

    def unread(self, key: str) -> list[Message]:
        """What rang and was not looked at; an edit rings nobody."""
        return [message for message in self.messages(key) if message.is_unread]

    def read(self, key: str) -> None:
        """They look at the chat."""
        self.office.read(key)

    def wait(self, found: Callable[[], Any], what: str, seconds: float = 10.0) -> Any:
        """The first true thing that `found` finds, looked for whenever something changes."""
        return self.office.wait(found, seconds, what)

    def wait_for(self, key: str, *, text: str = "", button: str = "", after: int = 0, seconds: float = 10.0) -> Message:
        """Their newest message that says `text` and has a button that begins with `button`, changed after `after`."""

        def found() -> Message | None:
            fitting = (message for message in reversed(self.messages(key)) if message.revision > after)
            return next((message for message in fitting if _fits(message, text, button)), None)

        message: Message = self.wait(found, f"{key} to be told “{text or button}”", seconds)
        return message

    def now(self) -> int:
        """The revision of this moment, for `wait_for(after=…)`."""
        return self.office.revision

    def fail_next(self, status: int, *, retry_after: int | None = None, times: int = 1) -> None:
        """The connector's next calls end so."""
        self.connector.faults.extend([Fault(status, retry_after)] * times)

    def activity(self, key: str, kind: str) -> dict[str, Any]:
        """An activity of that kind from that person in their personal chat, as Teams writes it."""
        user = self.office.user(key)
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {
            "type": kind,
            "id": str(time.time_ns()),
            "timestamp": at,
            "localTimezone": user.zone,
            "channelId": CHANNEL,
            "serviceUrl": self.service_url,
            "from": {"id": user.bot_wise_id, "name": user.name, "aadObjectId": user.object_id},
            "conversation": {"conversationType": "personal", "tenantId": self.tenant, "id": user.chat},
            "recipient": {"id": f"28:{self.app_id}", "name": "Overlap"},
            "entities": [
                {"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web", "timezone": user.zone}
            ],
            "channelData": {"tenant": {"id": self.tenant}},
            "locale": "en-GB",
        }

    def invoke(self, key: str, message: Message, action: dict[str, Any]) -> dict[str, Any]:
        """The invoke that a pressed Action.Execute becomes."""
        told = {name: action[name] for name in ("type", "title", "verb", "data") if name in action}
        return self.activity(key, "invoke") | {
            "name": "adaptiveCard/action",
            "id": f"f:{uuid.uuid4()}",
            "replyToId": message.id,
            "value": {"action": told, "trigger": "manual"},
        }

    def deliver(
        self, activity: dict[str, Any], *, flaw: str | None = None, seconds: float = MESSAGE_SECONDS
    ) -> httpx.Response:
        """Send it to the bot, signed, or with a token that has that flaw (see `signing.FLAWS`)."""
        header = self.signer.forged(flaw, activity) if flaw else self.signer.header(activity)
        headers = {} if header is None else {"Authorization": header}
        return self._client.post(f"{self.bot_url}/api/messages", json=activity, headers=headers, timeout=seconds)


def _labelled(message: Message, label: str) -> dict[str, Any]:
    found = [action for action in cards.actions(message.card or {}) if action.get("title") == label]
    if len(found) != 1:
        raise NotAnswered(f"“{label}” is on {len(found)} of the buttons {message.buttons}")
    return found[0]


def _answer_of(answer: httpx.Response) -> dict[str, Any]:
    """The body of an invoke's answer, if Teams would take it."""
    if answer.status_code != 200:
        raise NotAnswered(f"a pressed button was answered with {answer.status_code}")
    body = answer.json()
    if not isinstance(body, dict) or not {"statusCode", "type", "value"} <= body.keys():
        raise NotAnswered(f"an invoke's answer has statusCode, type and value; this has {sorted(body)}")
    return body


def _fits(message: Message, text: str, button: str) -> bool:
    says = text in message.text or text in message.summary
    return says and (not button or any(label.startswith(button) for label in message.buttons))
