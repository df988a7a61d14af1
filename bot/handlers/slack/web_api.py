"""One call of Slack's, every failure a named error. Nothing is tried twice here, and no token or text is logged.

Errors: each method's page under docs.slack.dev/reference/methods; waiting: docs.slack.dev/apis/web-api/rate-limits.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException
from ssl import SSLContext
from typing import Any, NoReturn
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient

from bot.core.errors import NotFound, TryLater, Unreachable

SLACK = "https://slack.com/api/"
TIMEOUT = 8

_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_PASSING = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
                      "request_timeout", "team_added_to_org", "message_limit_exceeded"})  # fmt: skip
_TOKEN = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "missing_scope", "no_permission"})
"""What only the operator can mend: it is tried again until they have."""
_UNTIL_MENDED = timedelta(minutes=5)
_CODE = re.compile(r"[a-z0-9_]+")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_quiet = logging.getLogger("bot.handlers.slack.sdk")
_quiet.setLevel(logging.CRITICAL)  # the SDK writes whole bodies at DEBUG, and each failure that we raise anyway


class WebApi:
    """Slack's Web API and its response URLs. Safe to use from several threads: every call opens its own connection."""

    def __init__(self, token: str, *, base_url: str = SLACK, ssl: SSLContext | None = None) -> None:
        self._ssl = ssl
        self._client = WebClient(
            token=token, base_url=base_url, timeout=TIMEOUT, ssl=ssl, retry_handlers=[], logger=_quiet
        )
        if _is_here(base_url):
            self._client.proxy = None  # the SDK takes HTTPS_PROXY for every host

    def call(self, method: str, **arguments: object) -> Mapping[str, Any]:
        """The answer to one call.

        Raises `NotFound` when it was asked about a person who is not there, `Unreachable` where trying again is no use,
        else `TryLater`.
        """
        is_chat = method.startswith("chat.")  # the others do not read JSON bodies
        try:
            answer = self._client.api_call(
                method, json=arguments if is_chat else None, params=None if is_chat else arguments
            )
        except SlackApiError as error:
            refusal = error.response
            code, after = str(refusal.get("error")), _after(refusal.headers)
            if method.startswith("users.") and code in _NOBODY:
                raise NotFound(f"Slack knows nobody like that: {code}") from error
            if not _CODE.fullmatch(code):
                raise TryLater(f"something that is not Slack answered: {refusal.status_code}", after) from error
            _refused(refusal.status_code, code, after, error)
        except (OSError, HTTPException, ValueError) as error:
            raise TryLater(f"Slack did not answer {method}: {type(error).__name__}") from error
        return answer.data if isinstance(answer.data, dict) else {}

    def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Post to a response URL: 5 times within 30 minutes, then `Unreachable`."""
        if not url.startswith(("https://", "http://")):
            raise Unreachable("that is no response URL")
        client = WebhookClient(url, timeout=TIMEOUT, ssl=self._ssl, retry_handlers=[], logger=_quiet)
        if _is_here(url):
            client.proxy = None
        try:
            answer = client.send_dict(dict(body))
        except (OSError, HTTPException, ValueError) as error:
            raise TryLater(f"Slack did not answer: {type(error).__name__}") from error
        code = _error(answer.body)
        if answer.status_code != 200 or code:
            _refused(answer.status_code, code, _after(answer.headers), None)


def _refused(status: int, error: str, after: timedelta | None, cause: Exception | None) -> NoReturn:
    """Raise what Slack's refusal means."""
    if status == 429 or status >= 500 or error in _PASSING:
        raise TryLater(f"Slack cannot now: {status}", after) from cause
    if error in _TOKEN:
        raise TryLater(f"Slack refuses our token ({error}): check it, and the app's scopes", _UNTIL_MENDED) from cause
    raise Unreachable(f"Slack refused: {error}") from cause


def _error(body: str) -> str:
    """The code in a response URL's answer, which is JSON, a bare word or a page; nothing where it went well."""
    try:
        answer = json.loads(body)
    except ValueError:
        word = body.strip()
        return word if word != "ok" and _CODE.fullmatch(word) else ""
    return "" if not isinstance(answer, dict) or answer.get("ok") else str(answer.get("error", ""))


def _after(headers: Mapping[str, Any]) -> timedelta | None:
    """What Retry-After says, in seconds."""
    said = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=int(said)) if said.isascii() and said.isdigit() and len(said) < 6 else None


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK
