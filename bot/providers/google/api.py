"""How Google is spoken to: its own client library, over a transport of ours.

The library brings `httplib2`, which has no timeout, follows the environment's proxies and reads without end. It is
given something that only looks like it: everything goes through the guarded door, timed and bounded, with the newest
token. The library's retries are not used: they ignore Retry-After, and repeat what must not be repeated.
"""

import logging
from functools import cached_property
from typing import Any, TypeVar

import httplib2
import msgspec
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from bot.core.clients import GoogleClient
from bot.core.errors import NotACalendar
from bot.providers.google.grant import Tokens
from bot.providers.google.refusals import NO_PROJECT, UNREADABLE, named, reasons
from bot.providers.pinned import GuardedSession
from bot.version import __version__

CALENDAR_HOST = "https://www.googleapis.com"
DIRECTORY_HOST = "https://admin.googleapis.com"
AGENT = f"Overlap/{__version__} (gzip)"
"""Google compresses only for those who say `gzip` here too."""

logging.getLogger("googleapiclient").setLevel(logging.ERROR)
"""It logs whole answers that it cannot read, and addresses with calendars' names in them."""

T = TypeVar("T")
Request = Any
"""A call that the library made ready (`googleapiclient.http.HttpRequest`)."""


class Transport:
    """What the library takes for an `httplib2.Http`."""

    def __init__(self, session: GuardedSession, tokens: Tokens) -> None:
        self._session = session
        self._tokens = tokens

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **_: Any
    ) -> tuple[httplib2.Response, bytes]:
        """The answer, whatever its status; a token that Google refuses early is renewed once."""
        token = self._tokens.bearer()
        answer = self._sent(uri, method, body, headers or {}, token)
        if answer.status_code == 401 and not reasons(answer.content) & NO_PROJECT:
            answer = self._sent(uri, method, body, headers or {}, self._tokens.instead_of(token))
        told = httplib2.Response({**answer.headers, "status": str(answer.status_code)})
        return told, answer.content

    def close(self) -> None:
        self._session.close()

    def _sent(self, uri: str, method: str, body: Any, headers: dict[str, str], token: str) -> Any:
        kept = {name: value for name, value in headers.items() if name.lower() not in ("content-length", "user-agent")}
        mine = {"Authorization": f"Bearer {token}", "User-Agent": AGENT}
        return self._session.request(method, uri, data=body, headers={**kept, **mine})


class Api:
    """The services of one account; each is made when it is first needed, and none is shared between threads."""

    def __init__(self, client: GoogleClient, transport: Transport) -> None:
        self._root = client.api_url.rstrip("/")
        self._transport = transport

    @cached_property
    def events(self) -> Any:
        return self._calendar.events()

    @cached_property
    def calendar_list(self) -> Any:
        return self._calendar.calendarList()

    @cached_property
    def freebusy(self) -> Any:
        return self._calendar.freebusy()

    @cached_property
    def channels(self) -> Any:
        return self._calendar.channels()

    @cached_property
    def rooms(self) -> Any:
        service = self._service("admin", "directory_v1", f"{self._root or DIRECTORY_HOST}/")
        return service.resources().calendars()

    @cached_property
    def _calendar(self) -> Any:
        return self._service("calendar", "v3", f"{self._root or CALENDAR_HOST}/calendar/v3/")

    def bytes(self, request: Request, if_match: str | None = None) -> bytes:
        """The body of the answer; what is no success is raised by its name."""
        request.postproc = _untouched
        if if_match is not None:
            request.headers["If-Match"] = if_match
        try:
            body: bytes = request.execute(http=self._transport)
        except HttpError as error:
            # Not `from error`: its text holds the address, and with it the calendar's name.
            raise named(error.resp.status, error.content, error.resp) from None
        return body

    def ask(self, request: Request, form: msgspec.json.Decoder[T], if_match: str | None = None) -> T:
        """The same, understood; `NotACalendar` where it is something else."""
        body = self.bytes(request, if_match)
        try:
            return form.decode(body)
        except UNREADABLE as error:
            raise NotACalendar("Google answered something that I cannot read.") from error

    def close(self) -> None:
        self._transport.close()

    def _service(self, name: str, version: str, at: str) -> Any:
        return build(
            name,
            version,
            http=self._transport,
            cache_discovery=False,
            static_discovery=True,
            client_options={"api_endpoint": at},
        )


def _untouched(_response: httplib2.Response, content: bytes) -> bytes:
    return content
