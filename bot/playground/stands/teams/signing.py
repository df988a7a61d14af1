"""Who says so: the keys with which the stand-in signs what it sends, every bad token we know of, and the bot's tokens.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
LIFE_SECONDS = 3600


@dataclass(slots=True)
class SigningKey:
    """One RSA key of the Bot Framework."""

    endorsements: tuple[str, ...] = (CHANNEL, "webchat", "skype")
    kid: str = field(default_factory=lambda: secrets.token_urlsafe(20))
    private: RSAPrivateKey = field(default_factory=lambda: generate_private_key(public_exponent=65537, key_size=2048))

    def public(self) -> dict[str, Any]:
        """As the key list shows it."""
        told: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return told | {"kid": self.kid, "x5t": self.kid, "use": "sig", "endorsements": list(self.endorsements)}

    def sign(self, claims: Mapping[str, Any], **headers: Any) -> str:
        return jwt.encode(dict(claims), self.private, algorithm="RS256", headers={"kid": self.kid, **headers})


@dataclass(slots=True)
class Signer:
    """Signs activities for one bot, well or as badly as asked."""

    app_id: str
    now: Callable[[], float] = time.time
    key: SigningKey = field(default_factory=SigningKey)
    other: SigningKey = field(default_factory=lambda: SigningKey(endorsements=("directline",)))
    """A key that is listed and may not speak for Teams."""
    stranger: SigningKey = field(default_factory=SigningKey)
    """A key that is on no list."""

    def listed(self) -> dict[str, Any]:
        return {"keys": [self.key.public(), self.other.public()]}

    def rotate(self) -> None:
        """From now on a new key signs, and the old one is listed no more."""
        self.key = SigningKey()

    def header(self, activity: Mapping[str, Any]) -> str:
        """The Authorization header that belongs to the activity."""
        return f"Bearer {self.key.sign(self.claims(activity))}"

    def claims(self, activity: Mapping[str, Any]) -> dict[str, Any]:
        now = int(self.now())
        service = activity.get("serviceUrl")
        return {"iss": ISSUER, "aud": self.app_id, "nbf": now - 300, "exp": now + LIFE_SECONDS, "serviceurl": service}

    def forged(self, flaw: str, activity: Mapping[str, Any]) -> str | None:
        """An Authorization header with that flaw, one of `FLAWS`; None is no header at all."""
        return FLAWS[flaw](self, self.claims(activity))


Claims = dict[str, Any]
FLAWS: Mapping[str, Callable[[Signer, Claims], str | None]] = {
    "missing": lambda _signer, _claims: None,
    "empty": lambda _signer, _claims: "",
    "garbage": lambda _signer, _claims: "Bearer garbage",
    "three dots": lambda _signer, _claims: "Bearer a.b.c",
    "basic": lambda _signer, _claims: "Basic dXNlcjpwYXNz",
    "no scheme": lambda signer, claims: signer.key.sign(claims),
    "expired": lambda signer, claims: f"Bearer {signer.key.sign(claims | {'exp': int(signer.now()) - 301})}",
    "not valid yet": lambda signer, claims: f"Bearer {signer.key.sign(claims | {'nbf': int(signer.now()) + 310})}",
    "without expiry": lambda signer, claims: f"Bearer {signer.key.sign(_without(claims, 'exp'))}",
    "another audience": lambda signer, claims: f"Bearer {signer.key.sign(claims | {'aud': 'another-bot'})}",
    "another issuer": lambda signer, claims: f"Bearer {signer.key.sign(claims | {'iss': 'https://sts.example'})}",
    "the emulator's issuer": lambda signer, claims: (
        f"Bearer {signer.key.sign(claims | {'iss': 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/'})}"
    ),
    "another service URL": lambda signer, claims: (
        f"Bearer {signer.key.sign(claims | {'serviceurl': 'https://smba.trafficmanager.net/else/'})}"
    ),
    "without service URL": lambda signer, claims: f"Bearer {signer.key.sign(_without(claims, 'serviceurl'))}",
    "unknown key": lambda signer, claims: f"Bearer {signer.stranger.sign(claims)}",
    "wrong signature": lambda signer, claims: f"Bearer {signer.stranger.sign(claims, kid=signer.key.kid)}",
    "not endorsed": lambda signer, claims: f"Bearer {signer.other.sign(claims)}",
    "unsigned": lambda signer, claims: f"Bearer {_with(claims, '', 'none', signer)}",
    "signed with a shared secret": lambda signer, claims: f"Bearer {_with(claims, 'x' * 32, 'HS256', signer)}",
}
"""Every way in which a token can be wrong, by a name that a test can wear."""


def _without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


def _with(claims: Claims, secret: str, algorithm: str, signer: Signer) -> str:
    return jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": signer.key.kid})


@dataclass(slots=True)
class Issued:
    """The access tokens that the bot was given, each for a while."""

    _until: dict[str, float] = field(default_factory=dict)

    def issue(self) -> str:
        token = f"teams-{secrets.token_urlsafe(24)}"
        self._until[token] = time.monotonic() + LIFE_SECONDS
        return token

    def accepts(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        return scheme == "Bearer" and self._until.get(token, 0) > time.monotonic()

    def revoke(self) -> None:
        """None of them is good any more."""
        self._until.clear()
