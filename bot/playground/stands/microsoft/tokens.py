"""What the authority hands out: codes, access and refresh tokens, and signed id tokens."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

CODE_SECONDS = 600
TOKEN_SECONDS = 3600


@cache
def _signing_key() -> RSAPrivateKey:
    """One for the process: to make one takes longer than most tests."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True, kw_only=True)
class Code:
    """An authorization code: good once."""

    oid: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    nonce: str
    until: float
    is_used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What an access token opens."""

    oid: str
    scopes: frozenset[str]
    until: float


@dataclass(slots=True)
class Tokens:
    """All that were handed out."""

    now: Callable[[], float] = time.time
    key: RSAPrivateKey = field(default_factory=_signing_key)
    kid: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    codes: dict[str, Code] = field(default_factory=dict)
    accesses: dict[str, Access] = field(default_factory=dict)
    refreshes: dict[str, str] = field(default_factory=dict)
    """To whom each belongs; using one does not end it."""
    used: list[str] = field(default_factory=list)
    """The refresh tokens that were used, in order."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def code(self, *, oid: str, scopes: tuple[str, ...], redirect_uri: str, challenge: str, nonce: str) -> str:
        made = f"M.{secrets.token_urlsafe(32)}"
        until = self.now() + CODE_SECONDS
        with self.lock:
            self.codes[made] = Code(
                oid=oid, scopes=scopes, redirect_uri=redirect_uri, challenge=challenge, nonce=nonce, until=until
            )
        return made

    def access(self, oid: str, scopes: frozenset[str]) -> str:
        made = f"eyJ.{secrets.token_urlsafe(40)}"
        with self.lock:
            self.accesses[made] = Access(oid=oid, scopes=scopes, until=self.now() + TOKEN_SECONDS)
        return made

    def refresh(self, oid: str) -> str:
        made = f"0.A{secrets.token_urlsafe(40)}"
        with self.lock:
            self.refreshes[made] = oid
        return made

    def opened(self, header: str) -> Access | None:
        """What a bearer header opens now."""
        scheme, _, token = header.partition(" ")
        with self.lock:
            found = self.accesses.get(token)
        return found if scheme == "Bearer" and found is not None and found.until > self.now() else None

    def end_accesses(self, oid: str) -> None:
        """Every access token of theirs is taken back."""
        with self.lock:
            self.accesses = {token: one for token, one in self.accesses.items() if one.oid != oid}

    def revoke(self, oid: str) -> None:
        """Every session of theirs ends."""
        self.end_accesses(oid)
        with self.lock:
            self.refreshes = {token: owner for token, owner in self.refreshes.items() if owner != oid}

    def signed(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode(dict(claims), self.key, algorithm="RS256", headers={"kid": self.kid})

    def listed(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [told | {"kid": self.kid, "use": "sig"}]}


def proves(verifier: str, challenge: str) -> bool:
    """RFC 7636 §4.6, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


def client_info(oid: str, tenant: str) -> str:
    """Whose tokens these are, as msal wants to be told."""
    told = json.dumps({"uid": oid, "utid": tenant}).encode()
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()
