"""Teams, going out: the connector's REST API, called from any thread.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import logging
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.chat.cards import Card
from bot.chat.surface import Place, Ref
from bot.core.errors import NotFound, TryLater, Unreachable
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Person, Profile, Standing
from bot.handlers.teams.login import Login
from bot.handlers.teams.registration import Registration, trust
from bot.handlers.teams.render import activity

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

WORLD = "https://smba.trafficmanager.net/teams/"
"""The connector that finds everybody, for people whose own was never seen."""
TIMEOUT = 8.0
PASSING = frozenset({408, 412, 429, 500, 502, 503, 504})
"""What Microsoft asks to be tried again, and what any server may answer on a bad day."""
LONGEST = timedelta(hours=1)


class _Missing(Unreachable):
    """A roster that could be read does not hold them."""


@dataclass(slots=True)
class TeamsSurface:
    """Posts into personal chats, edits there, and looks people up in them."""

    registration: Registration
    login: Login
    _client: "httpx.Client | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_private_reply_possible(self) -> bool:
        return False

    def is_home(self, identity: ChatIdentity, channel: str) -> bool:
        """Always: Teams says of each conversation whether it is personal, and the bot sees no others of two people."""
        return True

    def whisper(self, place: Place, card: Card, *, replace: bool) -> None:
        raise Unreachable("Teams shows nothing to one person of a conversation.")

    def post(self, to: Person, card: Card, *, home: Place | None, key: str) -> Ref:
        """A new message in their personal chat with the bot, which is opened where it was never seen.

        Teams has no idempotency key: a post whose answer was lost may stand there twice.
        """
        service, channel = (home.service, home.channel) if home and home.is_private else self._opened(to, home)
        told = self._call("POST", service, f"v3/conversations/{_quoted(channel)}/activities", activity(card))
        return Ref(channel=channel, message=_id(told), service=service)

    def sent(self, to: Person, *, home: Place | None, keys: Collection[str]) -> Mapping[str, Ref]:
        """Nothing: the connector lists no messages of a conversation."""
        return {}

    def edit(self, ref: Ref, card: Card) -> None:
        path = f"v3/conversations/{_quoted(ref.channel)}/activities/{_quoted(ref.message)}"
        self._call("PUT", ref.service, path, activity(card) | {"id": ref.message})

    def profile(self, identity: ChatIdentity, *, home: Place | None = None) -> Profile:
        if home is None:
            raise NotFound("Teams tells only about people whose conversation with the bot is known.")
        path = f"v3/conversations/{_quoted(home.channel)}/members/{_quoted(identity.user)}"
        try:
            member = self._call("GET", home.service, path)
        except Unreachable as error:
            raise NotFound("Nobody is found under that id in this conversation.") from error
        email = member.get("email") or member.get("userPrincipalName")
        return Profile(
            identity=identity,
            name=str(member.get("name") or email or "Someone"),
            zone="",
            standing=_standing(member, identity.tenant),
            email=str(email).lower() if email and "@" in str(email) else None,
            handle=None,
        )

    def has_left(self, identity: ChatIdentity, *, home: Place | None = None) -> bool:
        """Whether their own chat's roster misses them. A 403 only says that they do not have the app."""
        if home is None:
            return False
        try:
            self._call(
                "GET", home.service, f"v3/conversations/{_quoted(home.channel)}/members/{_quoted(identity.user)}"
            )
        except _Missing:
            return True
        except Unreachable:
            return False
        return False

    def find(self, tenant: TenantId, email: str) -> Profile | None:
        """Nobody: a personal chat's roster holds only its user, so people are found among those who talked to us."""
        return None

    def _opened(self, to: Person, near: Place | None) -> tuple[str, str]:
        """The service and the id of the personal chat with them."""
        if "@" in to.identity.user:
            raise Unreachable(f"{to.name} is known by an address alone.")
        service = near.service if near else WORLD
        tenant = to.tenant.partition(":")[2]
        asked = {
            "isGroup": False,
            "bot": {"id": f"28:{self.registration.app_id}"},
            "members": [{"id": to.identity.user}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        return service, _id(self._call("POST", service, "v3/conversations", asked))

    def _call(self, method: str, service: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The connector's answer, or a named error; the token goes to hosts on the list and to no other."""
        import httpx

        if not self.registration.trusts(service):
            raise Unreachable("The address of that conversation is not on the list of Teams' servers.")
        headers = {"Authorization": f"Bearer {self.login.token()}"}
        try:
            answer = self._http().request(method, f"{service.rstrip('/')}/{path}", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise TryLater("Teams does not answer.") from error
        self._judge(answer)
        return _object(answer)

    def _judge(self, answer: "httpx.Response") -> None:
        status = answer.status_code
        if status == 401:
            self.login.forget()
            raise TryLater("Teams does not accept the bot's token.", timedelta(seconds=5))
        if status in PASSING:
            raise TryLater(f"Teams answered {status}.", _after(answer))
        if not answer.is_success:
            log.warning("Teams refuses: %s %s", status, _code(answer))
            if status == 404 and _code(answer).startswith("MemberNotFound"):
                raise _Missing("Nobody is found under that id there.")
            raise Unreachable(f"Teams answered {status}: the message cannot be delivered there.")

    def _http(self) -> "httpx.Client":
        import httpx

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(timeout=TIMEOUT, verify=trust(self.registration.ca_file))
            return self._client


def surface(registration: Registration) -> TeamsSurface:
    """The way out for that registration; it connects when first used."""
    return TeamsSurface(registration, Login(registration))


def _standing(member: dict[str, Any], tenant: TenantId) -> Standing:
    home = str(member.get("tenantId") or "").lower()
    if home and home != tenant.partition(":")[2]:
        return Standing.STRANGER
    return Standing.MEMBER if member.get("userRole", "user") == "user" else Standing.GUEST


def _after(answer: "httpx.Response") -> timedelta | None:
    told = answer.headers.get("retry-after", "")
    return min(timedelta(seconds=int(told)), LONGEST) if told.isdecimal() and len(told) < 9 else None


def _object(answer: "httpx.Response") -> dict[str, Any]:
    try:
        told = answer.json() if answer.content else {}
    except ValueError as error:
        raise TryLater("Teams answered with something that is no JSON.") from error
    return told if isinstance(told, dict) else {}


def _code(answer: "httpx.Response") -> str:
    """Teams' own word for it: {"error": {"code": …}}."""
    try:
        return str(answer.json()["error"]["code"])[:60]
    except (ValueError, KeyError, TypeError):
        return ""


def _id(told: dict[str, Any]) -> str:
    if not isinstance(told.get("id"), str):
        raise TryLater("Teams answered without the id of what it made.")
    return str(told["id"])


def _quoted(name: str) -> str:
    return quote(name, safe="")
