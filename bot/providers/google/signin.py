"""Signing in to Google: OAuth with PKCE, by our own two requests.

https://developers.google.com/identity/protocols/oauth2/web-server. Google shows a box for every permission, and people
untick some: what was truly granted is read from the answer (granular permissions).
"""

import base64
import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import msgspec

from bot.core.calendars import Access
from bot.core.clients import GoogleClient
from bot.core.clock import Clock, SystemClock
from bot.core.errors import OverlapError, TryLater
from bot.providers.base import Account
from bot.providers.fetch import Door
from bot.providers.google.grant import OURS, Answered, Grant, exchanged, expiry, loaded
from bot.providers.google.refusals import waited
from bot.providers.google.scopes import ASKED, ROOMS, SIGN_IN, WANTED
from bot.providers.google.scopes import access as allowed_by
from bot.providers.oauth import Asked, Begun, NotSignedIn, Refusal
from bot.providers.pinned import GuardedSession

log = logging.getLogger(__name__)

TESTING = timedelta(days=7)
ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
POLICIES = frozenset({"org_internal", "disallowed_useragent", "access_blocked", "deleted_client"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What lives between the two halves."""

    verifier: str
    nonce: str
    state: str
    redirect_uri: str
    access: Access


class Claims(msgspec.Struct, frozen=True):
    """Who signed in (OpenID Connect Core §2)."""

    iss: str
    aud: str
    sub: str
    email: str = ""
    nonce: str = ""


class GoogleSignIn:
    """The port to Google's sign-in."""

    def __init__(self, client: GoogleClient, door: Door, clock: Clock | None = None) -> None:
        self._client = client
        self._door = door
        self._clock = clock or SystemClock()

    @property
    def asks(self) -> tuple[Asked, ...]:
        return ASKED

    def begin(
        self, *, state: str, redirect_uri: str, access: Access, hint: str | None = None, rooms: bool = False
    ) -> Begun:
        """`rooms` asks an administrator for the organisation's rooms as well."""
        flow = Flow(
            verifier=secrets.token_urlsafe(48),
            nonce=secrets.token_urlsafe(18),
            state=state,
            redirect_uri=redirect_uri,
            access=access,
        )
        digest = hashlib.sha256(flow.verifier.encode()).digest()
        asked = {
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": " ".join((*SIGN_IN, *WANTED[access], *((ROOMS,) if rooms else ()))),
            "state": state,
            "nonce": flow.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            "access_type": "offline",
            # Without it a second consent brings no refresh token.
            "prompt": "consent select_account" if hint is None else "consent",
            "include_granted_scopes": "true",
            **({} if hint is None else {"login_hint": hint}),
        }
        return Begun(f"{self._page()}?{urlencode(asked)}", msgspec.json.encode(flow).decode())

    def finish(self, flow: str, answered: Mapping[str, str]) -> Account:
        try:
            begun = msgspec.json.decode(flow, type=Flow)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise NotSignedIn(Refusal.STALE) from error
        if not secrets.compare_digest(answered.get("state", "").encode(), begun.state.encode()):
            raise NotSignedIn(Refusal.STALE)
        if "error" in answered:
            raise NotSignedIn(_refusal(answered["error"]))
        told = self._exchanged(begun, answered.get("code", ""))
        who = self._claims(told, begun)
        granted = frozenset((told.scope or "").split())
        allowed = allowed_by(granted)
        if allowed is None:
            # Not given back: that would end what the same account allowed us from another workspace.
            raise NotSignedIn(Refusal.NOTHING_GRANTED)
        if told.refresh_token is None:
            raise NotSignedIn(Refusal.STALE, "Google gave no lasting sign-in: try once more.")
        _warn_of_testing(told.refresh_token_expires_in)
        return Account(
            provider="google",
            url="",
            user=who.email.lower(),
            addresses=(who.email.lower(),),
            subject=who.sub,
            # What the same person allowed us elsewhere counts too at Google, and not here.
            access=allowed if begun.access is Access.FULL else Access.FREEBUSY,
            grant=self._grant(told, told.refresh_token, granted).dumped(),
            ends_at=self._end(told.refresh_token_expires_in),
        )

    def admin_url(self, *, state: str, redirect_uri: str) -> None:
        """Google has no such page: an administrator trusts the client in their admin console."""

    def revoke(self, account: Account) -> None:
        """Ends all that this account allowed this client, in whichever workspace; an unknown token is over (400)."""
        try:
            token = loaded(account.grant).refresh_token
        except OverlapError:
            return
        with GuardedSession(self._door) as session:
            answer = session.post(f"{self._oauth('https://oauth2.googleapis.com')}/revoke", data={"token": token})
        if answer.status_code == 429 or answer.status_code >= 500:
            raise TryLater("Google's sign-in does not answer now.", waited(answer.headers.get("Retry-After")))

    def _exchanged(self, begun: Flow, code: str) -> Answered:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": begun.verifier,
            "redirect_uri": begun.redirect_uri,
        }
        try:
            with GuardedSession(self._door) as session:
                told = exchanged(session, self._client, asked)
        except OverlapError as error:
            raise NotSignedIn(Refusal.UNREACHABLE) from error
        if told.error:
            if told.error != "invalid_grant":
                log.error("Google refuses a sign-in (%s)", told.error[:60])
            raise NotSignedIn(_refusal(told.error))
        return told

    def _claims(self, told: Answered, begun: Flow) -> Claims:
        """Read without its signature: it came from Google itself, over TLS (OpenID Connect Core §3.1.3.7)."""
        try:
            body = (told.id_token or "").split(".")[1]
            claims = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=Claims)
        except (IndexError, ValueError, msgspec.DecodeError, msgspec.ValidationError) as error:
            raise NotSignedIn(Refusal.UNREACHABLE) from error
        issuers = ISSUERS | ({self._client.oauth_url.rstrip("/")} - {""})
        if claims.aud != self._client.client_id or claims.iss not in issuers or claims.nonce != begun.nonce:
            raise NotSignedIn(Refusal.STALE)
        if not claims.email:
            raise NotSignedIn(Refusal.NO_MAILBOX)
        return claims

    def _grant(self, told: Answered, refresh_token: str, granted: frozenset[str]) -> Grant:
        return Grant(
            access_token=told.access_token,
            refresh_token=refresh_token,
            expiry=expiry(told, self._clock.now()),
            scopes=granted,
        )

    def _end(self, lasts: int | None) -> int | None:
        """When it ends by itself: they chose a time on Google's page (time-based access), or the client is in
        "Testing" (https://developers.google.com/identity/protocols/oauth2/web-server#time-based-access)."""
        return None if not lasts or lasts < 0 else int(self._clock.now().timestamp()) + lasts

    def _page(self) -> str:
        return f"{self._oauth('https://accounts.google.com')}/o/oauth2/v2/auth"

    def _oauth(self, host: str) -> str:
        return (self._client.oauth_url or host).rstrip("/")


def _warn_of_testing(lasts: int | None) -> None:
    """Of a client in "Testing" Google ends every grant after a week, which only the operator can mend."""
    if lasts is not None and abs(timedelta(seconds=lasts) - TESTING) < timedelta(hours=1):
        log.error(
            "Google ends this house's grants after seven days, because its OAuth client is in “Testing”: "
            "publish it, or make it Internal"
        )


def _refusal(error: str) -> Refusal:
    if error == "access_denied":
        return Refusal.DENIED
    if error == "admin_policy_enforced":
        return Refusal.ADMIN_NEEDED
    if error in POLICIES:
        return Refusal.POLICY
    if error in OURS or error in ("redirect_uri_mismatch", "invalid_request", "invalid_scope"):
        return Refusal.OURS
    return Refusal.STALE
