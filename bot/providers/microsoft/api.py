"""Microsoft Graph v1.0, as it is spoken: one request at a time, and every refusal a named error.

https://learn.microsoft.com/graph/errors, /graph/throttling, /graph/outlook-immutable-id
"""

import base64
import binascii
import json
import logging
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import requests

from bot.core.errors import (
    CursorExpired,
    Full,
    NotACalendar,
    NotFound,
    OverlapError,
    Refused,
    SignInNeeded,
    Stale,
    TryLater,
)
from bot.providers.fetch import Door
from bot.providers.microsoft.shapes import Page
from bot.providers.pinned import GuardedSession

log = logging.getLogger(__name__)

T = TypeVar("T")
PREFER = 'IdType="ImmutableId", outlook.timezone="UTC"'
MOST_PAGES = 500
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What comes of a body that is no JSON, is not of the form, is no UTF-8, or is nested without end."""
_SYNC = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired", "fullsyncrequired"})
_NO_MAILBOX = frozenset(
    {"mailboxnotenabledforrestapi", "mailboxnotfound", "errornonexistentmailbox", "mailboxnotsupportedforrestapi"}
)
_FULL = frozenset({"errorquotaexceeded", "errormessagesizeexceeded"})
_NO_SUCH_ID = frozenset({"errorinvalididmalformed", "erroritemnotfound", "errorinvalidmailboxitemid"})
_CLAIMS = re.compile(r'claims="([^"]+)"')


class Misunderstood(Refused):
    """Graph does not take the request as it is (400)."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.reason = code


class NoMailbox(Refused):
    """The account has no mailbox that Graph reaches: no licence, or Exchange on premises."""


class Tokens(Protocol):
    """Where access tokens come from."""

    def token(self, scopes: Sequence[str] = (), *, claims: str | None = None, is_refused: bool = False) -> str:
        """A token for these scopes, or for those the account was connected with.

        `claims` answers a challenge; `is_refused` says that the last one was not taken.
        """
        ...


class Graph:
    """One account's way to Graph. Used by one thread at a time."""

    def __init__(self, url: str, door: Door, tokens: Tokens) -> None:
        self._root = f"{url.rstrip('/')}/v1.0"
        self._server = urlsplit(url)
        self._session = GuardedSession(door)
        self._tokens = tokens

    @property
    def session(self) -> GuardedSession:
        """The connections, for whoever speaks to the sign-in for the same account."""
        return self._session

    def get(
        self,
        path: str,
        of: type[T],
        query: Mapping[str, str] | None = None,
        *,
        scopes: Sequence[str] = (),
        prefer: str = "",
    ) -> T:
        """One object."""
        return _decoded(self._asked("GET", self._url(path, query), scopes=scopes, prefer=prefer), of)

    def pages(
        self,
        path: str,
        of: type[T],
        query: Mapping[str, str] | None = None,
        *,
        scopes: Sequence[str] = (),
        prefer: str = "",
    ) -> Iterator[Page[T]]:
        """Every page there is, to the last: short and empty ones are no end."""
        yield from self.onward(self._url(path, query), of, scopes=scopes, prefer=prefer)

    def onward(self, url: str, of: type[T], *, scopes: Sequence[str] = (), prefer: str = "") -> Iterator[Page[T]]:
        """The pages from a link that Graph gave."""
        for _ in range(MOST_PAGES):
            self._admit(url)
            page: Page[T] = _decoded(self._asked("GET", url, scopes=scopes, prefer=prefer), Page[of])  # type: ignore[valid-type]
            yield page
            if page.next is None:
                return
            if page.next == url:
                break
            url = page.next
        raise NotACalendar("Microsoft's answer has no end.")

    def post(self, path: str, body: Mapping[str, Any], of: type[T]) -> T:
        """What Graph made of it."""
        return _decoded(self._asked("POST", self._url(path), body), of)

    def act(self, path: str, body: Mapping[str, Any]) -> None:
        """An action that answers nothing."""
        self._asked("POST", self._url(path), body)

    def patch(self, path: str, body: Mapping[str, Any], of: type[T], *, etag: str | None = None) -> T:
        """What it is afterwards; `Stale` when it is no longer what `etag` says."""
        return _decoded(self._asked("PATCH", self._url(path), body, etag=etag), of)

    def delete(self, path: str) -> None:
        """Gone is gone."""
        try:
            self._asked("DELETE", self._url(path))
        except NotFound:
            return

    def close(self) -> None:
        self._session.close()

    def _url(self, path: str, query: Mapping[str, str] | None = None) -> str:
        asked = urlencode(query or {}, quote_via=quote, safe="$,'/():")
        return f"{self._root}{path}" + (f"?{asked}" if asked else "")

    def _admit(self, url: str) -> None:
        """A link is followed to Graph alone: the token would go wherever it points."""
        try:
            parts = urlsplit(url)
            is_graph = (parts.scheme, parts.hostname, parts.port) == (
                self._server.scheme,
                self._server.hostname,
                self._server.port,
            )
        except ValueError:
            is_graph = False
        if not is_graph:
            raise NotACalendar("Microsoft's answer points to another server.")

    def _asked(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        etag: str | None = None,
        scopes: Sequence[str] = (),
        prefer: str = "",
    ) -> bytes:
        headers = {"Prefer": f"{PREFER}, {prefer}" if prefer else PREFER, "client-request-id": str(uuid.uuid4())}
        if etag is not None:
            headers["If-Match"] = etag
        answer = self._sent(method, url, body, headers, self._tokens.token(scopes))
        if answer.status_code == 401:
            # The token may have been taken back before it ended (continuous access evaluation): one new one is tried.
            claims = _challenge(answer)
            token = self._tokens.token(scopes, claims=claims, is_refused=True)
            answer = self._sent(method, url, body, headers, token)
        if answer.ok:
            return answer.content
        raise self._refusal(answer)

    def _sent(
        self, method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], token: str
    ) -> requests.Response:
        bearing = {**headers, "Authorization": f"Bearer {token}"}
        if body is None:
            return self._session.request(method, url, headers=bearing)
        return self._session.request(
            method, url, data=json.dumps(body).encode(), headers={**bearing, "Content-Type": "application/json"}
        )

    def _refusal(self, answer: requests.Response) -> OverlapError:
        code = _code(answer)
        log.info(
            "Microsoft Graph refused a request",
            extra={
                "status": answer.status_code,
                "reason": code,
                "request_id": answer.headers.get("request-id", "")[:60],
            },
        )
        return refusal(answer.status_code, code, retry_after(answer))


def refusal(status: int, code: str, after: timedelta | None = None) -> OverlapError:
    """The error that an answer means, by its status and the service's own word."""
    word = code.lower()
    if word in _SYNC:
        return CursorExpired("Microsoft forgot where we were.")
    if word in _NO_MAILBOX:
        return NoMailbox("This account has no mailbox that Microsoft lets us reach.")
    if word in _FULL or status == 507:
        return Full("The mailbox is full.")
    if word in _NO_SUCH_ID:
        return NotFound("This is not there (any more).")
    match status:
        case 401:
            return SignInNeeded("Microsoft no longer lets us in: sign in again.")
        case 403:
            return Refused("Microsoft does not allow this.")
        case 404 | 410:
            return NotFound("This is not there (any more).")
        case 409 | 412:
            return Stale("It changed since we looked.")
        case 400 | 405 | 413 | 415 | 422 | 501:
            return Misunderstood("Microsoft does not take this request.", code)
        case _:
            return TryLater("Microsoft asks us to come back later.", after)


def retry_after(answer: requests.Response) -> timedelta | None:
    """Retry-After in either form (RFC 9110 §10.2.3); a date is taken against the server's own clock."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return timedelta(seconds=min(int(told), 86_400))
    try:
        until, now = parsedate_to_datetime(told), parsedate_to_datetime(answer.headers.get("Date", ""))
        return min(max(until - now, timedelta(0)), timedelta(days=1))
    except (ValueError, TypeError):
        return None


def _code(answer: requests.Response) -> str:
    try:
        told = msgspec.json.decode(answer.content, type=dict[str, Any])
    except UNREADABLE:
        return ""
    error = told.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code[:80] if isinstance(code, str) else ""


def _challenge(answer: requests.Response) -> str | None:
    """The claims that a 401 asks for, decoded."""
    found = _CLAIMS.search(answer.headers.get("WWW-Authenticate", ""))
    if found is None:
        return None
    try:
        return base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    except (binascii.Error, ValueError):
        return None


def _decoded(body: bytes, of: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=of)
    except UNREADABLE as error:
        raise NotACalendar("Microsoft answered with something that is no answer.") from error
