"""The servers around Teams, as one ASGI application: the keys, the sign-in, and the connector.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.stands.teams import cards
from bot.playground.stands.teams.messages import Message
from bot.playground.stands.teams.office import Office, TeamsUser
from bot.playground.stands.teams.signing import ISSUER, Issued, Signer

Endpoint = Callable[[Request], Awaitable[Response]]
SCOPE = "https://api.botframework.com/.default"


class Refusal(Exception):
    """What Teams answers instead of doing it."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Fault:
    """What the connector answers to the next calls instead of listening."""

    status: int
    retry_after: int | None = None


@dataclass(slots=True, kw_only=True)
class Connector:
    """Answers the bot; `refusals` are its sins, which a good bot has none of."""

    office: Office
    signer: Signer
    password: str
    url: str = ""
    issued: Issued = field(default_factory=Issued)
    refusals: list[str] = field(default_factory=list)
    authorities: list[str] = field(default_factory=list)
    """Whose tokens the bot asked for, in order."""
    faults: list[Fault] = field(default_factory=list)

    def app(self) -> Starlette:
        at = "/teams/v3/conversations"
        activity = f"{at}/{{conversation}}/activities/{{activity}}"
        return Starlette(
            routes=[
                Route("/v1/.well-known/openidconfiguration", self._metadata),
                Route("/v1/.well-known/keys", self._keys),
                Route("/login/{authority}/v2.0/.well-known/openid-configuration", self._authority),
                Route("/login/{authority}/oauth2/v2.0/token", self._token, methods=["POST"]),
                Route(at, self._guarded(self._create), methods=["POST"]),
                Route(f"{at}/{{conversation}}/activities", self._guarded(self._post), methods=["POST"]),
                Route(activity, self._guarded(self._post), methods=["POST"]),
                Route(activity, self._guarded(self._edit), methods=["PUT"]),
                Route(activity, self._guarded(self._delete), methods=["DELETE"]),
                Route(f"{at}/{{conversation}}/members", self._guarded(self._members)),
                Route(f"{at}/{{conversation}}/members/{{member}}", self._guarded(self._member)),
            ]
        )

    async def _metadata(self, _request: Request) -> Response:
        keys = f"{self.url}/v1/.well-known/keys"
        return JSONResponse({"issuer": ISSUER, "jwks_uri": keys, "id_token_signing_alg_values_supported": ["RS256"]})

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(self.signer.listed())

    async def _authority(self, request: Request) -> Response:
        at = f"{self.url}/login/{request.path_params['authority']}"
        return JSONResponse(
            {
                "issuer": f"{at}/v2.0",
                "authorization_endpoint": f"{at}/oauth2/v2.0/authorize",
                "token_endpoint": f"{at}/oauth2/v2.0/token",
            }
        )

    async def _token(self, request: Request) -> Response:
        """A single-tenant bot gets tokens from its own tenant's authority and from no other."""
        asked, authority = await request.form(), request.path_params["authority"]
        self.authorities.append(authority)
        if authority != self.office.tenant:
            return self._no_token("unauthorized_client", 700016)
        if asked.get("client_id") != self.signer.app_id or asked.get("client_secret") != self.password:
            return self._no_token("invalid_client", 7000215)
        if asked.get("grant_type") != "client_credentials" or asked.get("scope") != SCOPE:
            return self._no_token("invalid_scope", 70011)
        return JSONResponse({"token_type": "Bearer", "expires_in": 3599, "access_token": self.issued.issue()})

    def _no_token(self, error: str, code: int) -> Response:
        self.refusals.append(f"401 {error}")
        told = {"error": error, "error_codes": [code], "error_description": f"AADSTS{code}: refused by the stand-in."}
        return JSONResponse(told, status_code=401 if error == "invalid_client" else 400)

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint behind the bearer token, the faults that were ordered, and Teams' own error bodies."""

        async def guarded(request: Request) -> Response:
            if not self.issued.accepts(request.headers.get("authorization", "")):
                return self._refused(Refusal(401, "Unauthorized"))
            if self.faults:
                return _faulty(self.faults.pop(0))
            try:
                return await endpoint(request)
            except Refusal as refusal:
                return self._refused(refusal)

        return guarded

    def _refused(self, refusal: Refusal) -> Response:
        self.refusals.append(str(refusal))
        return JSONResponse({"error": {"code": refusal.code, "message": refusal.code}}, status_code=refusal.status)

    async def _create(self, request: Request) -> Response:
        asked = await _body(request)
        if asked.get("isGroup") or len(asked.get("members") or []) != 1:
            raise Refusal(400, "BadArgument: one member and no group")
        if asked.get("tenantId") != self.office.tenant:
            raise Refusal(403, "TenantMismatch")
        user = self.office.known_as(str(asked["members"][0].get("id")))
        if user is None:
            raise Refusal(404, "MemberNotFound")
        return JSONResponse({"id": self._with_app(user).chat}, status_code=201)

    async def _post(self, request: Request) -> Response:
        user, activity = self._chat(request), await _body(request)
        if self.office.is_too_fast(user.chat):
            return _faulty(Fault(429, retry_after=1))
        _check(activity)
        return JSONResponse({"id": self.office.post(user, activity).id}, status_code=201)

    async def _edit(self, request: Request) -> Response:
        user, activity = self._chat(request), await _body(request)
        message = self._message(user, request)
        _check(activity)
        self.office.edit(message, activity)
        return JSONResponse({"id": message.id})

    async def _delete(self, request: Request) -> Response:
        self.office.delete(self._message(self._chat(request), request))
        return Response(status_code=200)

    async def _members(self, request: Request) -> Response:
        return JSONResponse([_member(self._chat(request), self.office)])

    async def _member(self, request: Request) -> Response:
        """A personal chat's roster holds its user and nobody else."""
        user = self._chat(request)
        if self.office.known_as(request.path_params["member"]) is not user:
            raise Refusal(404, "MemberNotFoundInConversation")
        return JSONResponse(_member(user, self.office))

    def _chat(self, request: Request) -> TeamsUser:
        user = self.office.whose_chat(request.path_params["conversation"])
        if user is None:
            raise Refusal(404, "ConversationNotFound")
        return self._with_app(user)

    def _with_app(self, user: TeamsUser) -> TeamsUser:
        if not self.office.has_app(user):
            raise Refusal(403, "BotNotInConversationRoster")
        return user

    def _message(self, user: TeamsUser, request: Request) -> Message:
        message = self.office.message(user.handle, request.path_params["activity"])
        if message is None:
            raise Refusal(404, "ActivityNotFoundInConversation")
        return message


def _check(activity: dict[str, Any]) -> None:
    if wrong := cards.wrong_with(activity):
        raise Refusal(*wrong)


def _member(user: TeamsUser, office: Office) -> dict[str, Any]:
    given, _, family = user.name.partition(" ")
    return {
        "id": user.bot_wise_id,
        "aadObjectId": user.object_id,
        "name": user.name,
        "givenName": given,
        "surname": family,
        "email": user.email,
        "userPrincipalName": user.email,
        "tenantId": office.tenant,
        "userRole": "guest" if user.is_guest else "user",
    }


def _faulty(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return JSONResponse({"error": {"code": secrets.token_hex(4)}}, status_code=fault.status, headers=headers)


async def _body(request: Request) -> dict[str, Any]:
    try:
        told = await request.json()
    except ValueError as error:
        raise Refusal(400, "BadSyntax") from error
    if not isinstance(told, dict):
        raise Refusal(400, "BadSyntax")
    return told
