"""The bot's own tokens: client credentials at Entra, by msal, kept until they are nearly over.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.core.errors import TryLater
from bot.handlers.teams.registration import Registration, trust

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

SCOPE = "https://api.botframework.com/.default"
TIMEOUT = 8.0
AFTER_REFUSAL = timedelta(minutes=1)
"""Only the operator can mend a wrong secret; messages wait for it."""


@dataclass(slots=True)
class Login:
    """Gives a token to any thread that asks."""

    registration: Registration
    _app: Any = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def token(self) -> str:
        """A token for the connector, from msal's cache while it lasts; `TryLater` when there is none to be had."""
        import httpx
        from msal.exceptions import MsalError

        try:
            with self._lock:
                if self._app is None:
                    self._app = _application(self.registration)
                told: dict[str, Any] = self._app.acquire_token_for_client(scopes=[SCOPE])
        except (httpx.HTTPError, MsalError, ValueError, KeyError, RuntimeError) as error:
            raise TryLater("Microsoft's sign-in does not answer as it should.", AFTER_REFUSAL) from error
        token = told.get("access_token")
        if not isinstance(token, str):
            log.error("Microsoft gives the bot no token: %s %s", told.get("error"), told.get("error_codes", ""))
            raise TryLater("Microsoft does not accept the bot's app id and password.", AFTER_REFUSAL)
        return token

    def forget(self) -> None:
        """The last token was refused: the next one is asked for anew."""
        with self._lock:
            if self._app is not None:
                self._app.remove_tokens_for_client()


def _application(registration: Registration) -> Any:
    import httpx
    import msal

    client = httpx.Client(timeout=TIMEOUT, verify=trust(registration.ca_file))
    return msal.ConfidentialClientApplication(
        registration.app_id,
        client_credential=registration.password,
        authority=_shown(registration.authority),
        http_client=_Road(client, registration),
        instance_discovery=False,  # the authority is the operator's word; asking Microsoft about it proves nothing
    )


def _shown(authority: str) -> str:
    """The authority as msal wants to see it: with https, whatever it is."""
    return f"https://{authority.partition('://')[2]}"


@dataclass(frozen=True, slots=True)
class _Road:
    """msal's way out, with a time limit, and to an authority on plain http where the operator named one.

    msal refuses to hear of http at all. It is shown https, and what it sends to the authority's host goes out by the
    scheme that `OVERLAP_TEAMS_LOGIN_URL` has.
    """

    client: "httpx.Client"
    registration: Registration

    def get(self, url: str, **options: Any) -> "_Answer":
        answer = self.client.get(self._real(url), **_known(options))
        if answer.status_code == 404 and url.endswith("/.well-known/openid-configuration"):
            return _Answer(200, json.dumps(_endpoints(_shown(self.registration.authority))), {})
        return _Answer(answer.status_code, self._as_shown(answer.text), answer.headers)

    def post(self, url: str, **options: Any) -> "_Answer":
        answer = self.client.post(self._real(url), **_known(options))
        return _Answer(answer.status_code, answer.text, answer.headers)

    def close(self) -> None:
        self.client.close()

    def _real(self, url: str) -> str:
        login, parts = urlsplit(self.registration.login_url), urlsplit(url)
        return parts._replace(scheme=login.scheme).geturl() if parts.netloc == login.netloc else url

    def _as_shown(self, text: str) -> str:
        login = urlsplit(self.registration.login_url)
        return text.replace(f"http://{login.netloc}/", f"https://{login.netloc}/") if login.scheme == "http" else text


def _endpoints(authority: str) -> dict[str, str]:
    """Where Entra's endpoints are by its documentation, for an authority that publishes no metadata."""
    return {
        "issuer": f"{authority}/v2.0",
        "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
        "token_endpoint": f"{authority}/oauth2/v2.0/token",
    }


def _known(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name in ("params", "data", "headers")}


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as msal reads it."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise RuntimeError(f"sign-in answered {self.status_code}")
