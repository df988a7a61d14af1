"""WebDAV as it is spoken: one request, and either a named error or an answer that hides nothing.

Requests go through `caldav`'s client, whose session is the guarded door. Answers are judged before the client sees
them, because it logs whole bodies that it cannot parse, and titles must be in no log.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
from caldav.davclient import DAVClient
from lxml import etree

from bot.core.errors import (
    AddressRefused,
    CursorExpired,
    Full,
    NotACalendar,
    NotFound,
    Refused,
    SentAway,
    SignInNeeded,
    Stale,
    TryLater,
)
from bot.providers.base import Account
from bot.providers.fetch import Door, Target
from bot.providers.pinned import GuardedSession

logging.getLogger("caldav").setLevel(logging.CRITICAL)  # it logs requests and answers, titles and all

D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
CS = "{http://calendarserver.org/ns/}"
NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"'
PREFIXES = {"DAV:": "D", "urn:ietf:params:xml:ns:caldav": "C", "http://calendarserver.org/ns/": "CS"}
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
FAMILIES = ("icloud.com",)
"""Services that answer from several hosts of one domain, all of which may see the password (iCloud's partitions)."""


def is_many_hosted(url: str) -> bool:
    """Whether that address is of a service that answers from several hosts."""
    host = (urlsplit(url).hostname or "").lower()
    return any(host == family or host.endswith(f".{family}") for family in FAMILIES)


class UidTaken(Stale):
    """The UID stands under another name in this calendar (no-uid-conflict, RFC 4791 §5.3.2.1)."""


class Unsupported(Refused):
    """The server does not know this request, or not in this form; there may be another way to ask."""


class Broken(TryLater):
    """500: it may pass, and it may be this server's way to refuse what was asked."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a multistatus answer (RFC 4918 §14.24)."""

    href: str
    status: int
    """Of the member as a whole; 200 where only its properties have one."""
    props: Mapping[str, Any]
    """The properties that were found, by their Clark names, as XML elements."""
    refused: Mapping[str, int]
    """The status of those that were not."""

    def text(self, name: str) -> str | None:
        """The text of a property, if there is any."""
        element = self.props.get(name)
        return None if element is None else (element.text or "").strip() or None

    def names(self, name: str) -> set[str]:
        """The Clark names of all the elements in a property."""
        element = self.props.get(name)
        return set() if element is None else {one.tag for one in element.iter() if isinstance(one.tag, str)}

    def href_of(self, name: str) -> str | None:
        """The address that a property holds, if any."""
        return next(iter(self.hrefs_of(name)), None)

    def hrefs_of(self, name: str) -> list[str]:
        element = self.props.get(name)
        found = [] if element is None else [_sound(one.text or "") for one in element.iter(f"{D}href")]
        return [one for one in found if one]


class Dav:
    """The connection to one account's server."""

    def __init__(self, account: Account, door: Door) -> None:
        self._door = door
        self._home = door.target(account.url)
        self._client = DAVClient(
            url=account.url,
            username=account.user,
            password=account.password,
            auth_type="basic",
            enable_rfc6764=False,
        )
        self._client.session.close()
        self._client.session = self._session = _JudgedSession(door)

    def close(self) -> None:
        self._client.close()

    def propfind(self, url: str, *names: str, depth: int = 0) -> list[Member]:
        """These properties of a resource, and with a `depth` of 1 of those in it."""
        return self._members("PROPFIND", url, f"<D:propfind {NAMESPACES}>{asked(*names)}</D:propfind>", depth)

    def report(self, url: str, body: str, depth: int = 0) -> list[Member]:
        """What a REPORT answers; `body` is its XML without the declaration."""
        return self._members("REPORT", url, body, depth)

    def get(self, url: str) -> tuple[bytes, str | None, str | None]:
        """A resource, its ETag, and its Schedule-Tag (RFC 6638 §3.2.10), where the server gives them."""
        answer = self._plainly("GET", url, b"", {})
        return answer.content, answer.headers.get("ETag"), answer.headers.get("Schedule-Tag")

    def put(self, url: str, data: bytes, headers: Mapping[str, str]) -> None:
        self._plainly("PUT", url, data, {"Content-Type": "text/calendar; charset=utf-8", **headers})

    def delete(self, url: str, headers: Mapping[str, str]) -> None:
        self._plainly("DELETE", url, b"", headers)

    def features(self, url: str) -> str:
        """What the server says it can do: its DAV header (RFC 4918 §10.1), in lower case."""
        return str(self._plainly("OPTIONS", url, b"", {}).headers.get("DAV", "")).lower()

    def _members(self, method: str, url: str, body: str, depth: int) -> list[Member]:
        self._check(url)
        headers = {"Depth": str(depth), "Content-Type": "application/xml; charset=utf-8"}
        answer = self._client.request(url, method, DECLARATION + body, headers)
        if answer.tree is None or answer.tree.tag != f"{D}multistatus":
            raise NotACalendar("The answer is not what a calendar server says.")
        return [_member(one) for one in answer.tree.iterfind(f"{D}response")]

    def _plainly(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """What is not XML goes by the same session, past the client: it takes every body for XML."""
        self._check(url)
        return self._session.request(method, url, data=body or None, headers=dict(headers), auth=self._client.auth)

    def _check(self, url: str) -> None:
        try:
            is_home = self._is_home(self._door.target(url))
        except AddressRefused as error:
            raise SentAway(str(error)) from error
        if not is_home:
            # Whoever can write into an answer could otherwise have the password sent anywhere.
            raise SentAway("The calendar server sends us to another host, which must not see the password.")

    def _is_home(self, target: Target) -> bool:
        if target == self._home:
            return True
        return target.scheme == "https" and any(
            one.endswith(f".{family}") and target.host.endswith(f".{family}")
            for family in FAMILIES
            for one in (self._home.host,)
        )


class _JudgedSession(GuardedSession):
    """Turns every answer that is no answer into its named error."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        answer = super().send(request, **kwargs)
        _judge(request.method or "", answer)
        return answer


def asked(*names: str) -> str:
    """The `<prop>` that asks for these properties, given by their Clark names."""
    tags = (f"<{PREFIXES[name[1:].partition('}')[0]]}:{name.partition('}')[2]}/>" for name in names)
    return f"<D:prop>{''.join(tags)}</D:prop>"


def same_place(url: str, href: str) -> bool:
    """Whether an href of an answer names that address, however it is quoted."""
    return place(url) == place(urljoin(url, href))


def place(url: str) -> str:
    """The path of an address, unquoted, without the slash at its end."""
    return unquote(urlsplit(url).path).rstrip("/")


def _judge(method: str, answer: requests.Response) -> None:
    status, body = answer.status_code, answer.content
    if status < 300:
        if method in ("PROPFIND", "REPORT"):
            _judge_xml(status, body)
        return
    if b"valid-sync-token" in body:
        raise CursorExpired("The calendar server forgot where we were.")
    if b"no-uid-conflict" in body:
        raise UidTaken("Another event of this calendar has this UID.")
    after = _retry_after(answer)
    match status:
        case 401:
            raise SignInNeeded("The calendar server does not accept this user and password.")
        case 403 if after is None:
            raise Refused("The calendar server does not allow this.")
        case 404 | 410:
            raise NotFound("The calendar server knows nothing at this address.")
        case 409 | 412 | 428:
            raise Stale("It changed in the calendar meanwhile.")
        case 400 | 405 | 406 | 415 | 422 | 501:
            raise Unsupported("The calendar server does not know this request.")
        case 507 if method == "PUT":  # RFC 4331 §6: a quota is reached; asking again changes nothing
            raise Full("The calendar server takes no more events: its quota is used up.")
        case 500:
            raise Broken("The calendar server failed.", after)
        case _:
            raise TryLater(f"The calendar server cannot answer now ({status}).", after)


def _judge_xml(status: int, body: bytes) -> None:
    if status != 207 or b"<!DOCTYPE" in body or b"<!doctype" in body:
        raise NotACalendar("The answer is not what a calendar server says.")
    try:
        etree.XML(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError as error:
        raise NotACalendar("The calendar server's answer is cut off, or garbage.") from error


def _retry_after(answer: requests.Response) -> timedelta | None:
    """Retry-After in either form (RFC 9110 §10.2.3); a date is taken against the server's own clock."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return timedelta(seconds=min(int(told), 86_400))
    try:
        until, now = parsedate_to_datetime(told), parsedate_to_datetime(answer.headers.get("Date", ""))
        return min(max(until - now, timedelta(0)), timedelta(days=1))
    except (ValueError, TypeError):
        return None


def _member(response: Any) -> Member:
    props: dict[str, Any] = {}
    refused: dict[str, int] = {}
    for propstat in response.iter(f"{D}propstat"):
        status = _status(propstat)
        for prop in propstat.iterfind(f"{D}prop"):
            for one in _elements(prop):
                if status < 300:
                    props[one.tag] = one
                else:
                    refused[one.tag] = status
    href = _sound(response.findtext(f"{D}href") or "")
    return Member(href, _status(response), props, refused)


def _sound(href: str) -> str:
    """An href as it stands, if it can be one at all."""
    try:
        urlsplit(href.strip())
    except ValueError as error:
        raise NotACalendar("The calendar server names an address that is none.") from error
    return href.strip()


def _elements(parent: Any) -> Iterator[Any]:
    return (one for one in parent if isinstance(one.tag, str))


def _status(parent: Any) -> int:
    words = (parent.findtext(f"{D}status") or "HTTP/1.1 200").split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 500
