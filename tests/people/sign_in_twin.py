"""A service's own sign-in page, in memory: as forgetful and as strict as the real ones."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from bot.core.calendars import Access
from bot.providers.base import Account
from bot.providers.memory import PASSWORD
from bot.providers.oauth import Asked, Begun, NotSignedIn, Refusal


@dataclass
class SignInTwin:
    """A service where people sign in, allow all, a part or nothing, and are sent back with a code."""

    provider: str = "google"
    has_admin_page: bool = False
    fails: Refusal | None = None
    """What the next answers to us are, instead of an account."""
    codes: dict[str, tuple[str, str, Access, str]] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    hints: list[str | None] = field(default_factory=list)
    asked_rooms: bool = False
    """Whether the last sign-in was to open the organisation's rooms as well."""

    @property
    def asks(self) -> tuple[Asked, ...]:
        return ()

    def begin(
        self, *, state: str, redirect_uri: str, access: Access, hint: str | None = None, rooms: bool = False
    ) -> Begun:
        self.hints.append(hint)
        self.asked_rooms = rooms
        verifier = secrets.token_urlsafe(32)
        told = {"state": state, "redirect_uri": redirect_uri, "access": access.value, "challenge": _hashed(verifier)}
        url = f"https://{self.provider}.example/auth?{urlencode(told)}"
        return Begun(url, json.dumps({"verifier": verifier, "state": state}))

    def finish(self, flow: str, answered: Mapping[str, str]) -> Account:
        begun = json.loads(flow)
        if begun["state"] != answered.get("state"):
            raise NotSignedIn(Refusal.STALE)
        if self.fails is not None:
            raise NotSignedIn(self.fails)
        if "error" in answered:
            raise NotSignedIn(Refusal.DENIED)
        found = self.codes.pop(answered.get("code", ""), None)
        if found is None or found[1] != _hashed(begun["verifier"]):
            raise NotSignedIn(Refusal.STALE)
        user, _, access, subject = found
        return Account(
            provider=self.provider,
            url="",
            user=user,
            password=PASSWORD,
            addresses=(user,),
            subject=subject,
            access=access,
            grant=f"refresh-token-of-{user}",
        )

    def admin_url(self, *, state: str, redirect_uri: str) -> str | None:
        if not self.has_admin_page:
            return None
        return (
            f"https://{self.provider}.example/adminconsent?{urlencode({'state': state, 'redirect_uri': redirect_uri})}"
        )

    def revoke(self, account: Account) -> None:
        self.revoked.append(account.grant)

    def signs_in(self, url: str, user: str, *, allows: Access | None = None, subject: str = "") -> str:
        """Where the browser goes when that user signs in at the page of that address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(8)
        access = allows or Access(asked["access"])
        self.codes[code] = (user, asked["challenge"], access, subject or f"subject of {user}")
        return _back(asked, code=code)

    def says_no(self, url: str) -> str:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        return _back(asked, error="access_denied")


def _back(asked: Mapping[str, str], **told: str) -> str:
    parts = urlsplit(asked["redirect_uri"])
    return f"{parts.path}?{urlencode({'state': asked['state'], **told})}"


def _hashed(verifier: str) -> str:
    return hashlib.sha256(verifier.encode()).hexdigest()
