"""The stand-in for Teams: its servers on a port of loopback, and what its people type, press and see.

People are named by handle throughout. The bot cannot tell that it is not Teams.
"""

import secrets
import time
import uuid
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

import httpx

from bot.playground.stands.serving import Serving
from bot.playground.stands.teams import cards, payloads
from bot.playground.stands.teams.connector import Connector, Fault
from bot.playground.stands.teams.messages import Message
from bot.playground.stands.teams.office import Office, TeamsUser
from bot.playground.stands.teams.signing import ISSUER, Signer

INVOKE_SECONDS = 10.0
"""How long Teams waits for the answer to a pressed button."""
MESSAGE_SECONDS = 15.0


class NotAnswered(AssertionError):
    """The bot did not answer a pressed button as Teams wants to be answered."""


class NotShown(AssertionError):
    """Nobody was shown what was waited for; the message lists what they saw."""


class TeamsStand:
    """Serves while its `with` block lasts. `bot_url` may be set once the bot's port is known."""

    def __init__(
        self,
        users: Iterable[TeamsUser] = (),
        *,
        tenant: str | None = None,
        bot_url: str = "",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app_id = str(uuid.uuid4())
        self.password = secrets.token_urlsafe(24)
        self.bot_url = bot_url
        self.office = Office(tenant or str(uuid.uuid4()), now)
        self.signer = Signer(self.app_id)
        self.connector = Connector(office=self.office, signer=self.signer, password=self.password)
        self._serving = Serving(self.connector.app())
        self.connector.url = self._serving.url
        self._client = httpx.Client(timeout=MESSAGE_SECONDS, trust_env=False)
        for user in users:
            self.office.add(user)

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
    def environment(self) -> dict[str, str]:
        """What a bot needs to be told to talk to this Teams."""
        return {
            "OVERLAP_TEAMS_APP_ID": self.app_id,
            "OVERLAP_TEAMS_APP_PASSWORD": self.password,
            "OVERLAP_TEAMS_TENANTS": self.tenant,
            "OVERLAP_TEAMS_OPENID_URL": f"{self.url}/v1/.well-known/openidconfiguration",
            "OVERLAP_TEAMS_TOKEN_ISSUER": ISSUER,
            "OVERLAP_TEAMS_LOGIN_URL": f"{self.url}/login",
            "OVERLAP_TEAMS_SERVICE_HOSTS": f"127.0.0.1:{self._serving.port}",
        }

    @property
    def refusals(self) -> list[str]:
        """Everything that was refused to the bot, as status and code."""
        return self.connector.refusals

    # What people do.

    def install(self, user: str) -> list[httpx.Response]:
        """They add the app, of which Teams tells twice."""
        self.office.set_app(user, has_app=True)
        added = self.activity(user, "conversationUpdate", membersAdded=[{"id": f"28:{self.app_id}"}])
        return [self.deliver(one) for one in (added, self.activity(user, "installationUpdate", action="add"))]

    def uninstall(self, user: str) -> None:
        """They remove the app: from now on nothing can be posted to them."""
        self.office.set_app(user, has_app=False)

    def say(self, user: str, text: str) -> httpx.Response:
        """They look at their chat with the app and write there."""
        self.read(user)
        return self.deliver(self.activity(user, "message", text=text, textFormat="plain"))

    def press(self, user: str, message: Message, label: str, *, is_stale: bool = False) -> dict[str, Any]:
        """They press that button of that message as it stands now: the answer takes the card's place, as in Teams.

        `is_stale`: as it stood when `message` was seen. What the bot answered, or `{"url": …}` where the button opens
        a page, which Teams tells nobody.
        """
        self.read(user)
        button = (message if is_stale else self._now(message)).button(label)
        if button.url is not None:
            return {"url": button.url}
        pressed = payloads.executed(button.action, message.id)
        answer = self.deliver(self.activity(user, "invoke", **pressed), seconds=INVOKE_SECONDS)
        body = _body_of(answer)
        if body["type"] == cards.CARD_TYPE:
            if why := cards.wrong_card(body["value"]):
                raise NotAnswered(f"Teams cannot show the answering card: {why}")
            self.office.answer(message, body["value"])
        return body

    def submit(self, user: str, message: Message, label: str) -> httpx.Response:
        """They press it in a client that knows no Action.Execute: its fallback, an Action.Submit."""
        self.read(user)
        fallback = self._now(message).button(label).action["fallback"]
        return self.deliver(self.activity(user, "message", value=fallback["data"], replyToId=message.id))

    # What people see.

    def messages(self, user: str) -> list[Message]:
        """Everything in their chat with the app that came from it, oldest first."""
        return self.office.messages(user)

    def unread(self, user: str) -> int:
        """How many of them they have not looked at; an edit is none."""
        return sum(message.is_unread for message in self.messages(user))

    def read(self, user: str) -> None:
        """They look at the chat, without the app being told."""
        self.office.read(user)

    def reopen(self, user: str) -> None:
        """They leave the chat and come back: an answering card is gone unless the bot edited the message too."""
        self.office.reopen(user)

    def wait(self, user: str, shows: Callable[[Message], Any], *, within: float = 10.0) -> Message:
        """The newest message they see for which `shows` holds, as soon as there is one; `NotShown` after that long."""
        found: Message | None = self.office.wait(
            lambda: next((one for one in reversed(self.messages(user)) if shows(one)), None), within
        )
        if found is None:
            seen = "\n---\n".join(one.words for one in self.messages(user)[-5:])
            raise NotShown(f"{user} was not shown it within {within} s, but last:\n{seen}")
        return found

    # What Teams does.

    def fail_next(self, status: int, *, retry_after: int | None = None, times: int = 1) -> None:
        """The connector's next calls end so."""
        self.connector.faults.extend([Fault(status, retry_after)] * times)

    def activity(self, user: str, kind: str, **parts: Any) -> dict[str, Any]:
        """An activity of that kind from that person in their chat with the app, as Teams writes it."""
        about = payloads.About(self.office.user(user), self.tenant, self.app_id, self.service_url)
        return payloads.activity(about, kind) | parts

    def deliver(
        self, activity: dict[str, Any], *, flaw: str | None = None, seconds: float = MESSAGE_SECONDS
    ) -> httpx.Response:
        """Send it to the bot, signed, or with a token that has that flaw (one of `signing.FLAWS`)."""
        header = self.signer.forged(flaw, activity) if flaw else self.signer.header(activity)
        headers = {} if header is None else {"Authorization": header}
        return self._client.post(f"{self.bot_url}/api/messages", json=activity, headers=headers, timeout=seconds)

    # Its life.

    def start(self) -> None:
        self._serving.start()

    def stop(self) -> None:
        self._serving.stop()
        self._client.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _now(self, message: Message) -> Message:
        now = self.office.message(message.user, message.id)
        if now is None:
            raise LookupError(f"{message.user} does not see that message any more")
        return now


def _body_of(answer: httpx.Response) -> dict[str, Any]:
    """The body of an invoke's answer, if Teams would take it."""
    if answer.status_code != 200:
        raise NotAnswered(f"a pressed button was answered with {answer.status_code}")
    body = answer.json()
    if not isinstance(body, dict) or not {"statusCode", "type", "value"} <= body.keys():
        raise NotAnswered(f"an invoke's answer has statusCode, type and value; this is {body}")
    return body
