"""Who signed an incoming activity: the keys of the Bot Framework, and what its token must say.

Our own validator: botframework-connector fetches the keys without a time limit, keeps them for a day and never asks
again when a key is unknown, which is an outage whenever Microsoft rotates them; and it raises eight kinds of errors for
a bad token. The rules: learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core.clock import Clock
from bot.core.errors import NotAllowed
from bot.handlers.teams.registration import Registration, trust

if TYPE_CHECKING:
    import jwt

log = logging.getLogger(__name__)

FRESH = timedelta(hours=24)
"""How long keys may be used without being asked for again."""
PATIENCE = timedelta(minutes=5)
"""How often an unknown key may make us ask; and how far clocks may differ."""
FIRST_TRIES = timedelta(seconds=5)
"""How often we ask while we have no keys at all."""
TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Key:
    """A public key and the channels that it may sign for."""

    key: "jwt.PyJWK"
    endorses: frozenset[str]


@dataclass(slots=True)
class Keys:
    """The keys behind the metadata address, as last read well; safe to use from many requests of one event loop."""

    registration: Registration
    clock: Clock
    _keys: dict[str, Key] = field(default_factory=dict)
    _read_at: datetime | None = None
    _asked_at: datetime | None = None
    _missed_at: datetime | None = None
    """When an unknown key last made us ask."""
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def key(self, kid: str) -> Key | None:
        """The key of that name; asks for the keys when they are old, or when this one is unknown."""
        known = self._keys.get(kid)
        if known is not None and (not self._is_old() or self._asking.locked()):
            return known
        async with self._asking:  # whoever waited here finds what the one before has read
            if self._is_old():
                await self._ask()
            elif kid not in self._keys and self._may_have_missed():
                self._missed_at = self.clock.now()
                await self._ask()
        return self._keys.get(kid)

    def _is_old(self) -> bool:
        now = self.clock.now()
        if self._read_at is not None and now - self._read_at < FRESH:
            return False
        pause = PATIENCE if self._keys else FIRST_TRIES
        return self._asked_at is None or now - self._asked_at >= pause

    def _may_have_missed(self) -> bool:
        return bool(self._keys) and (self._missed_at is None or self.clock.now() - self._missed_at >= PATIENCE)

    async def _ask(self) -> None:
        """Read the keys; what was good stays when that fails."""
        import httpx

        self._asked_at = self.clock.now()
        try:
            self._keys = await self._read()
            self._read_at = self._asked_at
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("the keys that sign what Teams sends cannot be read: %s", type(error).__name__)

    async def _read(self) -> dict[str, Key]:
        import httpx

        async with httpx.AsyncClient(timeout=TIMEOUT, verify=trust(self.registration.ca_file)) as client:
            metadata = (await client.get(self.registration.openid_url)).raise_for_status().json()
            named = (await client.get(metadata["jwks_uri"])).raise_for_status().json()["keys"]
        keys = {one["kid"]: key for one in named if (key := _key(one)) is not None}
        if not keys:
            raise ValueError("no key among them")
        return keys


def _key(told: Any) -> Key | None:
    """The RSA key that was told; None for what is none, so that one odd entry spoils nothing."""
    import jwt

    try:
        if told["kty"] != "RSA" or told.get("use", "sig") != "sig" or not isinstance(told["kid"], str):
            return None
        return Key(jwt.PyJWK(told, algorithm="RS256"), frozenset(map(str, told.get("endorsements") or ())))
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError):
        return None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Believes an activity, or says why not."""

    registration: Registration
    clock: Clock
    keys: Keys

    async def check(self, header: str | None, activity: Mapping[str, Any]) -> dict[str, Any]:
        """The claims of the token in that Authorization header; `NotAllowed` unless it may speak for this activity."""
        import jwt

        try:
            return await self._check(header or "", activity)
        except jwt.PyJWTError as error:
            raise NotAllowed(f"The token is not good: {type(error).__name__}") from error

    async def _check(self, header: str, activity: Mapping[str, Any]) -> dict[str, Any]:
        import jwt

        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAllowed("There is no bearer token.")
        head = jwt.get_unverified_header(token)
        kid = head.get("kid")
        if head.get("alg") != "RS256" or not isinstance(kid, str):
            raise NotAllowed("The token is not signed as the Bot Framework signs.")
        key = await self.keys.key(kid)
        if key is None:
            raise NotAllowed("The token is signed by an unknown key.")
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            audience=self.registration.app_id,
            issuer=self.registration.issuer,
            # Times are judged by our own clock, below.
            options={"require": ["exp", "iss", "aud"], "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        self._judge_times(claims)
        _judge_activity(claims, key, activity)
        return claims

    def _judge_times(self, claims: Mapping[str, Any]) -> None:
        now = self.clock.now().timestamp()
        exp, nbf = claims["exp"], claims.get("nbf", 0)
        if not isinstance(exp, int | float) or not isinstance(nbf, int | float):
            raise NotAllowed("The token's times are no numbers.")
        slack = PATIENCE.total_seconds()
        if not now <= exp + slack:
            raise NotAllowed("The token has expired.")
        if not now >= nbf - slack:
            raise NotAllowed("The token is not valid yet.")


def _judge_activity(claims: Mapping[str, Any], key: Key, activity: Mapping[str, Any]) -> None:
    service = claims.get("serviceurl", claims.get("serviceUrl"))
    if not isinstance(service, str) or service != activity.get("serviceUrl"):
        raise NotAllowed("The token speaks for another service URL.")
    if activity.get("channelId") not in key.endorses:
        raise NotAllowed("The token's key is not endorsed for this channel.")


def tokens(registration: Registration, clock: Clock) -> Tokens:
    """The checker of that registration's tokens, with keys of its own."""
    return Tokens(registration, clock, Keys(registration, clock))
