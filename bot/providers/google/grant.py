"""What a sign-in at Google left: the tokens, when they end, and what they allow.

Refreshed by one POST of our own (https://developers.google.com/identity/protocols/oauth2/web-server#offline). Google's
refresh tokens do not rotate, and most answers carry none: the one that is known is never written over with nothing.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import msgspec

from bot.core.clients import GoogleClient
from bot.core.clock import Clock
from bot.core.errors import OurFault, SignInNeeded, TryLater
from bot.providers.base import Keeper
from bot.providers.google.refusals import UNREADABLE, waited
from bot.providers.pinned import GuardedSession

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=4)
OURS = frozenset({"invalid_client", "unauthorized_client", "deleted_client", "disabled_client", "org_internal"})


class Answered(msgspec.Struct, frozen=True):
    """What the token endpoint says, whether it gives tokens or not."""

    access_token: str = ""
    expires_in: int = 0
    refresh_token: str | None = None
    refresh_token_expires_in: int | None = None
    scope: str | None = None
    id_token: str | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The tokens of one account."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expiry: datetime
    """Of the access token. Kept as naive UTC, as every Google library does."""
    scopes: frozenset[str]

    def dumped(self) -> str:
        """As it is kept, sealed."""
        return msgspec.json.encode(self).decode()

    def is_fresh(self, now: datetime) -> bool:
        """Whether the access token will still be good when the call arrives."""
        return bool(self.access_token) and now.replace(tzinfo=None) < self.expiry - EARLY

    def renewed(self, answered: Answered, now: datetime) -> "Grant":
        """With the tokens of that answer, and what it does not mention as it was."""
        return replace(
            self,
            access_token=answered.access_token,
            refresh_token=answered.refresh_token or self.refresh_token,
            expiry=expiry(answered, now),
            scopes=self.scopes if answered.scope is None else frozenset(answered.scope.split()),
        )


def loaded(kept: str) -> Grant:
    """What `dumped` made; a grant that cannot be read is none."""
    try:
        return msgspec.json.decode(kept, type=Grant)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise SignInNeeded("This account has no usable sign-in: connect it again.") from error


def expiry(answered: Answered, now: datetime) -> datetime:
    """When the access token of that answer ends, as naive UTC."""
    return (now + timedelta(seconds=answered.expires_in)).astimezone(UTC).replace(tzinfo=None, microsecond=0)


def token_url(client: GoogleClient) -> str:
    """Where codes and refresh tokens are exchanged."""
    return f"{(client.oauth_url or 'https://oauth2.googleapis.com').rstrip('/')}/token"


def exchanged(session: GuardedSession, client: GoogleClient, asked: dict[str, str]) -> Answered:
    """The answer of the token endpoint; `TryLater` where it gives none, an `error` in it is the caller's to judge."""
    mine = {"client_id": client.client_id, "client_secret": client.client_secret}
    answer = session.post(token_url(client), data={**mine, **asked})
    if answer.status_code == 429 or answer.status_code >= 500:
        raise TryLater("Google's sign-in does not answer now.", waited(answer.headers.get("Retry-After")))
    try:
        told = msgspec.json.decode(answer.content, type=Answered)
    except UNREADABLE as error:
        raise TryLater("Google's sign-in answered something else than tokens.") from error
    if not told.access_token and not told.error:
        raise TryLater("Google's sign-in answered neither tokens nor a reason.")
    return told


class Tokens:
    """The access token for the next call, refreshed when it is due, by one at a time."""

    def __init__(self, client: GoogleClient, session: GuardedSession, keeper: Keeper, clock: Clock) -> None:
        self._client = client
        self._session = session
        self._keeper = keeper
        self._clock = clock
        self._known: Grant | None = None

    def bearer(self) -> str:
        """A token that is good now."""
        known = self._known
        if known is None or not known.is_fresh(self._clock.now()):
            known = self._renewed(refused="")
        return known.access_token

    def instead_of(self, refused: str) -> str:
        """Another token than the one that Google just refused, although its time had not come."""
        return self._renewed(refused).access_token

    def _renewed(self, refused: str) -> Grant:
        with self._keeper.alone() as held:
            grant, now = loaded(held.grant), self._clock.now()
            if not grant.is_fresh(now) or grant.access_token == refused:
                asked = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
                answered = exchanged(self._session, self._client, asked)
                if answered.error:
                    _refuse(answered.error)
                grant = grant.renewed(answered, now)
                held.save(grant.dumped())
        self._known = grant
        return grant


def _refuse(error: str) -> NoReturn:
    if error in OURS:
        log.error("Google refuses this house's OAuth client (%s): check OVERLAP_GOOGLE_CLIENT_ID and its secret", error)
        raise OurFault("Google refuses this Overlap itself; its operator has been told.")
    if error in ("temporarily_unavailable", "server_error", "internal_failure"):
        raise TryLater("Google's sign-in does not answer now.")
    raise SignInNeeded("Google no longer lets me into this account: sign in again.")
