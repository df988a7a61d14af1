"""The stand-in for Microsoft's sign-in: metadata, a page to allow or refuse on, tokens, and an administrator's page.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow and /v2-admin-consent
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.playground.stands.microsoft.directory import BASIC, SCOPES, Directory, MicrosoftUser
from bot.playground.stands.microsoft.tokens import TOKEN_SECONDS, Code, Tokens, client_info, proves

GRAPH = "https://graph.microsoft.com/"
_ASKED = frozenset(
    {
        *("client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "code_challenge", "prompt"),
        *("code_challenge_method", "response_mode", "login_hint", "client_info", "claims", "X-AnchorMailbox"),
        "domain_hint",
    }
)
_FORM = frozenset(
    {
        *("client_id", "client_secret", "grant_type", "code", "redirect_uri", "code_verifier", "scope"),
        *("client_info", "refresh_token", "claims"),
    }
)


class Refused(Exception):
    """The authority says no, in its own words."""

    def __init__(self, error: str, code: int, detail: str, suberror: str = "", status: int = 400) -> None:
        super().__init__(detail)
        self.error = error
        self.code = code
        self.detail = f"AADSTS{code}: {detail}"
        self.suberror = suberror
        self.status = status


REFRESH_REFUSALS: Mapping[int, tuple[str, str]] = {
    70008: ("invalid_grant", "token_expired"),
    700082: ("invalid_grant", "token_expired"),
    50173: ("invalid_grant", "bad_token"),
    65001: ("invalid_grant", "consent_required"),
    65004: ("invalid_grant", "consent_required"),
    50076: ("interaction_required", "basic_action"),
    50079: ("interaction_required", "basic_action"),
    50158: ("interaction_required", "additional_action"),
    53000: ("interaction_required", "message_only"),
    53003: ("interaction_required", "message_only"),
    90094: ("invalid_grant", ""),
    90095: ("invalid_grant", ""),
    700016: ("unauthorized_client", ""),
    7000215: ("invalid_client", ""),
    7000222: ("invalid_client", ""),
    50034: ("invalid_grant", ""),
    50057: ("invalid_grant", ""),
    90033: ("temporarily_unavailable", ""),
}
"""How each code comes at the token endpoint: `error` and `suberror`."""


@dataclass
class Authority:
    """The pages and the token endpoint."""

    directory: Directory
    tokens: Tokens
    url: str = ""
    page_url: str = ""
    """Where the page is on which people decide, if it is at another address; the rest of it only is at `url`."""
    redirect_uris: set[str] = field(default_factory=set)
    """Those the app registered; empty: any."""
    refusals: list[str] = field(default_factory=list)
    """What was refused to the bot and was its mistake."""
    troubles: dict[str, int] = field(default_factory=dict)
    """AADSTS code by oid (or `*`) with which every token request is refused."""
    claims: list[str] = field(default_factory=list)
    """With which claims tokens were asked for, in order."""
    metadata_asked: int = 0
    status: int = 0
    """With which everything is answered, when set."""

    def routes(self) -> list[Route]:
        return [
            Route("/{tenant}/v2.0/.well-known/openid-configuration", self._metadata),
            Route("/{tenant}/discovery/v2.0/keys", self._keys),
            *self.pages(),
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            Route("/{tenant}/v2.0/adminconsent", self._admin),
            Route("/{tenant}/v2.0/admindecided", self._admin_decided, methods=["POST"]),
        ]

    def pages(self) -> list[Route]:
        """Those that are for people."""
        return [
            Route("/{tenant}/oauth2/v2.0/authorize", self._authorize),
            Route("/{tenant}/oauth2/v2.0/decided", self._decided, methods=["POST"]),
        ]

    async def _metadata(self, request: Request) -> Response:
        if self.status:
            return Response(status_code=self.status)
        self.metadata_asked += 1
        tenant = request.path_params["tenant"]
        base = f"{self.url}/{tenant}"
        return JSONResponse(
            {
                "issuer": f"{self.url}/{{tenantid}}/v2.0",
                "authorization_endpoint": f"{self.page_url or self.url}/{tenant}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_modes_supported": ["query", "fragment", "form_post"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(self.tokens.listed())

    # The page on which somebody allows it.

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        try:
            scopes = self._checked(asked)
        except Refused as refused:
            return self._mistake(refused)
        hint = asked.get("login_hint", "").lower()
        return HTMLResponse(_page("Sign in", "decided", asked, scopes, self._people(hint)))

    def _checked(self, asked: Mapping[str, str]) -> list[str]:
        unknown = set(asked) - _ASKED
        wanted = {"response_type": "code", "code_challenge_method": "S256", "client_id": self.directory.client_id}
        wrong = [name for name, value in wanted.items() if asked.get(name) != value]
        missing = [
            name for name in ("redirect_uri", "scope", "state", "nonce", "code_challenge") if not asked.get(name)
        ]
        if not self.directory.is_registered or "client_id" in wrong:
            raise Refused("unauthorized_client", 700016, "The application was not found in the directory.")
        if unknown or wrong or missing:
            raise Refused("invalid_request", 900144, f"unknown {sorted(unknown)}, wrong {wrong}, missing {missing}")
        if self.redirect_uris and asked["redirect_uri"] not in self.redirect_uris:
            raise Refused("invalid_request", 50011, "The redirect URI is not registered.")
        return self._scopes(asked["scope"])

    def _scopes(self, told: str) -> list[str]:
        scopes = [one.removeprefix(GRAPH) for one in told.split()]
        unknown = set(scopes) - SCOPES - BASIC
        if unknown:
            raise Refused("invalid_scope", 70011, f"unknown {sorted(unknown)}")
        return scopes

    async def _decided(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked = dict(parse_qsl(form["asked"]))
        scopes, user = self._scopes(asked["scope"]), self.directory.user(form["user"])
        state = {"state": asked["state"]}
        if form["verdict"] != "accept":
            return self._back(asked, state | _denied(65004, "User declined to consent to access the app."))
        if self.directory.needs_admin(user, scopes):
            return self._back(
                asked, state | _denied(90094, "An administrator must grant it; admin consent is required.")
            )
        trouble = self.troubles.get(user.oid, 0)
        if trouble in REFRESH_REFUSALS and REFRESH_REFUSALS[trouble][0] == "interaction_required":
            return self._back(
                asked, state | {"error": "interaction_required", "error_description": f"AADSTS{trouble}: ."}
            )
        allowed = self.directory.allowed.setdefault(user.oid, set())
        allowed |= set(scopes) - BASIC
        code = self.tokens.code(
            oid=user.oid,
            scopes=tuple(scopes),
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            nonce=asked["nonce"],
        )
        told = state | {"code": code, "session_state": "0"}
        if asked.get("client_info"):
            told["client_info"] = client_info(user.oid, user.tenant)
        return self._back(asked, told)

    def _back(self, asked: Mapping[str, str], told: Mapping[str, str]) -> Response:
        mark = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        return RedirectResponse(f"{asked['redirect_uri']}{mark}{urlencode(told)}", 302)

    def _people(self, hint: str) -> list[tuple[MicrosoftUser, bool]]:
        return [(one, one.email.lower() == hint) for one in self.directory.users.values()]

    # Tokens.

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if self.status:
            return JSONResponse({"error": "temporarily_unavailable"}, self.status)
        try:
            return JSONResponse(self._issued(form))
        except Refused as refused:
            if refused.code in (900144, 70011, 9002313):
                self.refusals.append(f"token: {refused.detail}")
            told = {"error": refused.error, "error_description": refused.detail, "error_codes": [refused.code]}
            if refused.suberror:
                told["suberror"] = refused.suberror
            return JSONResponse(told, refused.status)

    def _issued(self, form: Mapping[str, str]) -> dict[str, Any]:
        if set(form) - _FORM:
            raise Refused("invalid_request", 900144, f"unknown {sorted(set(form) - _FORM)}")
        self.claims.append(form.get("claims", ""))
        self._trouble("*")
        if form.get("client_id") != self.directory.client_id or not self.directory.is_registered:
            raise Refused("unauthorized_client", 700016, "The application was not found in the directory.")
        if form.get("client_secret") != self.directory.client_secret:
            raise Refused("invalid_client", 7000215, "Invalid client secret provided.", status=401)
        nonce: str | None = None
        match form.get("grant_type"):
            case "authorization_code":
                code = self._redeemed(form)
                user, nonce = self.directory.by_oid(code.oid), code.nonce
            case "refresh_token":
                user = self._refreshed(form)
            case other:
                raise Refused("unsupported_grant_type", 70003, f"{other}")
        self._trouble(user.oid)
        return self._answer(user, self._scopes(form.get("scope", "")), nonce, form)

    def _trouble(self, whose: str) -> None:
        code = self.troubles.get(whose, 0)
        if code:
            error, suberror = REFRESH_REFUSALS[code]
            raise Refused(error, code, "as it was told to", suberror, 401 if error == "invalid_client" else 400)

    def _redeemed(self, form: Mapping[str, str]) -> Code:
        with self.tokens.lock:
            code = self.tokens.codes.get(form.get("code", ""))
            if code is None:
                raise Refused("invalid_grant", 70000, "The provided value for the code is not valid.")
            if code.is_used:
                raise Refused("invalid_grant", 54005, "The code was already redeemed.")
            if code.until < self.tokens.now():
                raise Refused("invalid_grant", 70008, "The code is expired.")
            if form.get("redirect_uri") != code.redirect_uri:
                raise Refused("invalid_grant", 500112, "The redirect URI is another.")
            if not proves(form.get("code_verifier", ""), code.challenge):
                raise Refused("invalid_grant", 50148, "The code verifier does not match the challenge.")
            code.is_used = True
        return code

    def _refreshed(self, form: Mapping[str, str]) -> MicrosoftUser:
        with self.tokens.lock:
            token = form.get("refresh_token", "")
            owner = self.tokens.refreshes.get(token)
            if owner is None:
                raise Refused("invalid_grant", 50173, "The grant was revoked.", "bad_token")
            self.tokens.used.append(token)
        return self.directory.by_oid(owner)

    def _answer(
        self, user: MicrosoftUser, scopes: list[str], nonce: str | None, form: Mapping[str, str]
    ) -> dict[str, Any]:
        granted = self.directory.granted(user)
        if set(scopes) - BASIC - granted:
            raise Refused("invalid_grant", 65001, "The user or administrator has not consented.", "consent_required")
        now = int(self.tokens.now())
        claims: dict[str, Any] = {
            "aud": self.directory.client_id,
            "iss": f"{self.url}/{user.tenant}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_SECONDS,
            "oid": user.oid,
            "sub": f"sub-{user.oid}",
            "tid": user.tenant,
            "name": user.name,
            "preferred_username": user.email,
            "ver": "2.0",
        }
        told: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": " ".join([*sorted(granted), "openid", "profile"]),
            "expires_in": TOKEN_SECONDS,
            "ext_expires_in": TOKEN_SECONDS,
            "access_token": self.tokens.access(user.oid, frozenset(granted)),
            "refresh_token": self.tokens.refresh(user.oid),
            "id_token": self.tokens.signed(claims | ({} if nonce is None else {"nonce": nonce})),
        }
        if form.get("client_info"):
            told["client_info"] = client_info(user.oid, user.tenant)
        return told

    # The page on which an administrator allows it for everybody.

    async def _admin(self, request: Request) -> Response:
        asked = dict(request.query_params)
        tenant = request.path_params["tenant"]
        known = {"client_id", "redirect_uri", "state", "scope"}
        if set(asked) != known or asked["client_id"] != self.directory.client_id or tenant in ("common", "consumers"):
            return self._mistake(Refused("invalid_request", 900144, f"{sorted(set(asked) ^ known)} at {tenant}"))
        try:
            scopes = self._scopes(asked["scope"])
        except Refused as refused:
            return self._mistake(refused)
        admins = [(one, False) for one in self.directory.users.values() if one.is_admin]
        return HTMLResponse(_page("Permissions requested for your organisation", "admindecided", asked, scopes, admins))

    async def _admin_decided(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked, user = dict(parse_qsl(form["asked"])), self.directory.user(form["user"])
        if form["verdict"] != "accept" or not user.is_admin:
            return self._back(asked, {"state": asked["state"], **_denied(65004, "The admin declined.")})
        allowed = self.directory.allowed.setdefault(user.tenant, set())
        allowed |= set(self._scopes(asked["scope"])) - BASIC
        told = {"admin_consent": "True", "tenant": user.tenant, "state": asked["state"], "scope": asked["scope"]}
        return self._back(asked, told)

    def _mistake(self, refused: Refused) -> Response:
        self.refusals.append(f"authorize: {refused.detail}")
        return HTMLResponse(f"<h1>Sorry</h1><p>{escape(refused.detail)}</p>", 400)


def _denied(code: int, detail: str) -> dict[str, str]:
    return {"error": "access_denied", "error_description": f"AADSTS{code}: {detail}"}


def _page(
    title: str, action: str, asked: Mapping[str, str], scopes: list[str], people: list[tuple[MicrosoftUser, bool]]
) -> str:
    chosen = next((one.email for one, is_hinted in people if is_hinted), people[0][0].email if people else "")
    choices = "".join(
        f'<label><input type="radio" name="user" value="{escape(one.email)}"'
        f"{' checked' if one.email == chosen else ''}> {escape(one.name)} &lt;{escape(one.email)}&gt;</label><br>"
        for one, _ in people
    )
    listed = "".join(f"<li>{escape(one)}</li>" for one in scopes if one not in BASIC)
    return (
        '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title>"
        f"<h1>{escape(title)}</h1><p>This stands in for Microsoft. Overlap wants to:</p><ul>{listed}</ul>"
        f'<form method="post" action="{action}"><input type="hidden" name="asked" value="{escape(urlencode(asked))}">'
        f"{choices}"
        '<button name="verdict" value="accept">Accept</button> <button name="verdict" value="cancel">Cancel</button>'
        "</form></html>"
    )


def told(page: str) -> dict[str, str]:
    """What the form of such a page holds, for whoever presses its button without a browser."""
    name = 'name="asked" value="'
    start = page.index(name) + len(name)
    return {"asked": unescape(page[start : page.index('"', start)])}
