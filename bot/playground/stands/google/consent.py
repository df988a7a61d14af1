"""Google's sign-in: the page where people say yes, codes, tokens, and how they end.

https://developers.google.com/identity/protocols/oauth2/web-server, and
https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions for the boxes.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.playground.stands.google.calls import Token
from bot.playground.stands.google.office import Office
from bot.playground.stands.google.page import SIGN_IN, Asking, back, drawn
from bot.playground.stands.google.refusals import Refusal

EMAIL = "https://www.googleapis.com/auth/userinfo.email"
KNOWN = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in (
        "calendar.events",
        "calendar.events.freebusy",
        "calendar.calendarlist.readonly",
        "admin.directory.resource.calendar.readonly",
    )
)
"""What the operator's project has registered."""
ACCESS_LIFE = timedelta(seconds=3599)
CODE_LIFE = timedelta(minutes=10)
WEEK = 604_799
NEEDED = ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge")


@dataclass(slots=True, kw_only=True)
class Grant:
    """What one account has allowed."""

    email: str
    scopes: frozenset[str]
    refresh_token: str
    until: datetime | None
    is_over: bool = False


@dataclass(slots=True, kw_only=True)
class Code:
    """An authorization code, good for one exchange."""

    asking: Asking
    email: str
    scopes: frozenset[str]
    until: datetime
    grant: str | None = None
    """What it was exchanged for."""


@dataclass(slots=True)
class Consent:
    """Everything under the OAuth address."""

    office: Office
    client_id: str
    client_secret: str
    now: Callable[[], datetime]
    redirects: set[str] = field(default_factory=set)
    """Those that are registered; none means that any of loopback or https is."""
    keeps_granted: bool = True
    """Whether `include_granted_scopes` adds what was allowed before."""
    is_testing: bool = False
    """The client's publishing status: in "Testing" every grant ends after seven days."""
    refuses: str | None = None
    """What the token endpoint answers to everybody, as `invalid_client`."""
    codes: dict[str, Code] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    """By refresh token."""
    tokens: dict[str, Token] = field(default_factory=dict)
    askings: dict[str, Asking] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    refreshes: int = 0
    url: str = ""

    async def page(self, request: Request) -> Response:
        """The page on which people choose an account and tick what they allow."""
        asked = request.query_params
        if wrong := self._wrong(asked):
            self.refusals.append(f"400 {wrong}")
            return HTMLResponse(f"<h1>Access blocked</h1><p>Error 400: {escape(wrong)}</p>", status_code=400)
        asking = Asking(
            scopes=tuple(asked["scope"].split()),
            redirect_uri=asked["redirect_uri"],
            state=asked["state"],
            challenge=asked["code_challenge"],
            nonce=asked.get("nonce", ""),
            is_offline=asked.get("access_type") == "offline",
            is_prompted="consent" in asked.get("prompt", "").split(),
            keeps_granted=asked.get("include_granted_scopes") == "true",
            hint=asked.get("login_hint", ""),
        )
        named = secrets.token_urlsafe(12)
        self.askings[named] = asking
        return HTMLResponse(drawn(named, asking, [one.email for one in self.office.users.values() if one.room is None]))

    async def decided(self, request: Request) -> Response:
        """They pressed a button."""
        form = await request.form()
        asking = self.askings.pop(str(form.get("asking", "")), None)
        if asking is None:
            return HTMLResponse("<h1>This page is over</h1>", status_code=400)
        email = str(form.get("email", ""))
        if form.get("answer") != "allow" or email not in self.office.users:
            return back(asking, {"error": "access_denied"})
        ticked = {str(one) for one in form.getlist("scope")}
        code = self.code(asking, email, ticked)
        scopes = " ".join(sorted(self.codes[code].scopes))
        return back(asking, {"code": code, "scope": scopes, "authuser": "0", "prompt": "consent"})

    def code(self, asking: Asking, email: str, ticked: Iterable[str]) -> str:
        """A code for what they ticked; signing in itself cannot be unticked."""
        granted = {EMAIL if one == "email" else one for one in asking.scopes if one in SIGN_IN}
        granted |= set(asking.scopes) & set(ticked)
        if asking.keeps_granted and self.keeps_granted:
            granted |= {one for kept in self._living(email) for one in kept.scopes}
        code = f"4/{secrets.token_urlsafe(24)}"
        self.codes[code] = Code(asking=asking, email=email, scopes=frozenset(granted), until=self.now() + CODE_LIFE)
        return code

    async def token(self, request: Request) -> Response:
        """Codes and refresh tokens for access tokens."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        try:
            return JSONResponse(self._tokens(form))
        except Refusal as refusal:
            self.refusals.append(str(refusal))
            return JSONResponse({"error": refusal.reason, "error_description": refusal.why}, refusal.status)

    async def revoke(self, request: Request) -> Response:
        """Gives a grant back: all of it, whichever of its tokens is named."""
        named = str((await request.form()).get("token", ""))
        grant = self.grants.get(named)
        if grant is None and named in self.tokens:
            grant = self.grants.get(self.tokens[named].grant)
        if grant is None or grant.is_over:
            return JSONResponse({"error": "invalid_token"}, status_code=400)
        self.end(grant.email)
        return JSONResponse({})

    def end(self, email: str) -> None:
        """Everything that account allowed is over."""
        for grant in self._living(email):
            grant.is_over = True
        self.tokens = {named: one for named, one in self.tokens.items() if one.email != email}

    def bearer(self, header: str) -> Token:
        """Whose call it is."""
        token = self.tokens.get(header.removeprefix("Bearer "))
        if token is None or not header.startswith("Bearer ") or self.now() >= token.until:
            raise Refusal(401, "authError")
        return token

    def granted(self, email: str, scopes: Iterable[str]) -> Grant:
        """A grant without the page, for tests and the demo."""
        until = self.now() + timedelta(seconds=WEEK) if self.is_testing else None
        grant = Grant(
            email=email,
            scopes=frozenset(scopes),
            refresh_token=f"1//{secrets.token_urlsafe(32)}",
            until=until,
        )
        self.grants[grant.refresh_token] = grant
        return grant

    def access(self, grant: Grant) -> str:
        """A new access token of it."""
        named = f"ya29.{secrets.token_urlsafe(32)}"
        self.tokens[named] = Token(grant.email, grant.scopes, self.now() + ACCESS_LIFE, grant.refresh_token)
        return named

    def _wrong(self, asked: Any) -> str | None:
        if missing := [name for name in NEEDED if not asked.get(name)]:
            return f"invalid_request: {missing[0]} is missing"
        if asked["client_id"] != self.client_id:
            return "invalid_client"
        if asked["response_type"] != "code" or asked.get("code_challenge_method") != "S256":
            return "invalid_request: code and S256"
        to = urlsplit(asked["redirect_uri"])
        is_fine = to.scheme == "https" or to.hostname in ("127.0.0.1", "localhost")
        if not is_fine or (self.redirects and asked["redirect_uri"] not in self.redirects):
            return "redirect_uri_mismatch"
        if unknown := [one for one in asked["scope"].split() if one not in SIGN_IN and one not in KNOWN]:
            return f"invalid_scope: {unknown[0]}"
        return None

    def _tokens(self, form: dict[str, str]) -> dict[str, Any]:
        if self.refuses is not None:
            raise Refusal(401, self.refuses)
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            raise Refusal(401, "invalid_client", "The OAuth client was not found.")
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchanged(form)
            case "refresh_token":
                return self._refreshed(form)
            case _:
                raise Refusal(400, "unsupported_grant_type", is_sin=True)

    def _exchanged(self, form: dict[str, str]) -> dict[str, Any]:
        code = self.codes.get(form.get("code", ""))
        if code is None or self.now() >= code.until:
            raise Refusal(400, "invalid_grant", "Malformed auth code.")
        if code.grant is not None:
            self.end(code.email)  # a code that is seen twice was stolen (RFC 6749 §4.1.2)
            raise Refusal(400, "invalid_grant", "Bad Request")
        if form.get("redirect_uri") != code.asking.redirect_uri:
            raise Refusal(400, "redirect_uri_mismatch")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != code.asking.challenge:
            raise Refusal(400, "invalid_grant", "Invalid code verifier.")
        is_first = not list(self._living(code.email))
        grant = self.granted(code.email, code.scopes)
        code.grant = grant.refresh_token
        told = self._told(grant)
        told["id_token"] = self._id_token(code)
        if code.asking.is_offline and (code.asking.is_prompted or is_first):
            told["refresh_token"] = grant.refresh_token
            if grant.until is not None:
                told["refresh_token_expires_in"] = WEEK
        return told

    def _refreshed(self, form: dict[str, str]) -> dict[str, Any]:
        self.refreshes += 1
        grant = self.grants.get(form.get("refresh_token", ""))
        if grant is None or grant.is_over or (grant.until is not None and self.now() >= grant.until):
            raise Refusal(400, "invalid_grant", "Token has been expired or revoked.")
        return self._told(grant)

    def _told(self, grant: Grant) -> dict[str, Any]:
        return {
            "access_token": self.access(grant),
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }

    def _id_token(self, code: Code) -> str:
        """Its signature is of no use to anybody who got it from Google itself."""
        now, user = int(self.now().timestamp()), self.office.users[code.email]
        claims = {
            "iss": self.url,
            "aud": self.client_id,
            "azp": self.client_id,
            "sub": user.subject,
            "email": user.email,
            "email_verified": True,
            "iat": now,
            "exp": now + 3600,
            **({"nonce": code.asking.nonce} if code.asking.nonce else {}),
        }
        parts = ({"alg": "RS256", "typ": "JWT"}, claims, {"stand-in": True})
        return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)

    def _living(self, email: str) -> list[Grant]:
        return [one for one in self.grants.values() if one.email == email and not one.is_over]
