"""What goes through the guarded door: a `requests` session whose every connection is checked and pinned.

`caldav` speaks through `requests`, so the guard sits where a socket is made: whatever the library or a server names,
it cannot reach an address that the door refuses. No proxy, no `.netrc`, no cookies, and no password for another host.
"""

import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from bot.core.errors import AddressRefused, NotACalendar, SentAway, TryLater
from bot.providers.fetch import Door, Target
from bot.version import __version__

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
CHUNK = 65536
FREE, MOST_RATIO = 1024 * 1024, 100
"""From how many unpacked bytes on it matters how few they came in: no calendar is packed so well."""


class TooLarge(NotACalendar):
    """The answer is larger than we take at once; a smaller question may have a smaller one."""


class Line:
    """The socket that is being waited on, so that a timer can cut it.

    Each single read has its own, shorter limit; a server that drips one byte at a time would never meet that one.
    """

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.is_cut = False

    def hold(self, connected: socket.socket | None) -> None:
        """From now on it is this one; time may have run out while it was still being connected."""
        self.socket = connected
        if self.is_cut:
            self.cut()

    def cut(self) -> None:
        """End whatever is being read or written on it, from another thread."""
        self.is_cut = True
        if self.socket is not None:
            with contextlib.suppress(OSError):
                # Not the TLS object's own method: that one takes the session from under the reading thread.
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class Waiting:
    """How long one was waited for, less how long one was left alone since: a bucket that leaks."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._since = time.monotonic()

    @contextlib.contextmanager
    def one(self, most: float) -> Iterator[None]:
        """One more answer; `TryLater` where there were too many before it."""
        begun = time.monotonic()
        self._seconds = max(0.0, self._seconds - (begun - self._since))
        if self._seconds > most:
            raise TryLater("The calendar server took too long over all of its answers.")
        try:
            yield
        finally:
            self._since = time.monotonic()
            self._seconds += self._since - begun


logging.getLogger("urllib3").setLevel(logging.WARNING)
"""In detail it logs every address, and a published calendar's is a secret."""


class GuardedSession(requests.Session):
    """A session that only goes where the door lets it, brings back only so much, and does not wait for ever.

    Used by one thread at a time.
    """

    def __init__(self, door: Door) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.headers["User-Agent"] = f"Overlap/{__version__}"
        self._door = door
        self._line = Line()
        self._waiting = Waiting()
        adapter = _PinnedAdapter(door, self._line)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """The whole answer, redirects followed; `AddressRefused`, `NotACalendar` (too large) or `TryLater`."""
        within = (self._door.connect_within.total_seconds(), self._door.read_within.total_seconds())
        kwargs.update(allow_redirects=False, stream=True, timeout=within)
        self._line.socket, self._line.is_cut = None, False
        timer = threading.Timer(self._door.all_within.total_seconds(), self._line.cut)
        timer.daemon = True
        timer.start()
        try:
            with self._waiting.one(self._door.in_a_row.total_seconds()):
                return self._followed(request, kwargs)
        finally:
            timer.cancel()

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """As it will be sent; some names pass for a host until they are to be written down (RFC 5890 §2.3.1)."""
        try:
            return super().prepare_request(request)
        except (requests.exceptions.RequestException, ValueError) as error:
            raise AddressRefused("This is no web address that I can use.") from error

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[Any]:
        """None by the library: its own way reads bodies without limit and turns PROPFIND into GET."""
        return iter(())

    def _followed(self, request: requests.PreparedRequest, kwargs: dict[str, Any]) -> requests.Response:
        for hop in range(MOST_REDIRECTS + 1):
            try:
                self._door.target(request.url or "")
                answer = self._exchanged(request, kwargs)
            except AddressRefused as error:
                if hop == 0:
                    raise
                raise SentAway("The calendar server sends us where we must not go.") from error
            location = answer.headers.get("Location")
            if answer.status_code not in REDIRECTS or not location or request.method not in SAFE:
                return answer
            request = self._redirected(request, answer.url, location)
        raise TryLater("The calendar server redirects in circles.")

    def _redirected(self, request: requests.PreparedRequest, here: str, location: str) -> requests.PreparedRequest:
        onward = request.copy()
        try:
            url = urljoin(here, location)
            self._door.target(url)
            onward.prepare_url(url, None)
        except (requests.exceptions.RequestException, ValueError, AddressRefused) as error:
            raise SentAway("The calendar server sends us where we must not go.") from error
        if self.should_strip_auth(request.url, onward.url):  # type: ignore[no-untyped-call]
            onward.headers.pop("Authorization", None)
        return onward

    def _exchanged(self, request: requests.PreparedRequest, kwargs: dict[str, Any]) -> requests.Response:
        try:
            answer = super().send(request, **kwargs)
            answer._content = self._body(answer)
            answer._content_consumed = True  # type: ignore[attr-defined]
        except requests.exceptions.SSLError as error:
            raise TryLater("The calendar server's certificate cannot be trusted.") from error
        except requests.exceptions.Timeout as error:
            raise TryLater("The calendar server did not answer in time.") from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise TryLater("The calendar server cannot be reached, or broke off.") from error
        if self._line.is_cut:
            raise TryLater("The calendar server took too long.")
        return answer

    def _body(self, answer: requests.Response) -> bytes:
        body = bytearray()
        for chunk in answer.iter_content(CHUNK):
            body += chunk
            if len(body) > self._door.most_bytes:
                answer.close()
                raise TooLarge("The calendar server's answer is too large to be read.")
            if len(body) > FREE and len(body) > MOST_RATIO * answer.raw.tell():
                answer.close()
                raise NotACalendar("The calendar server's answer unpacks to far more than it is.")
        return bytes(body)


class _PinnedAdapter(HTTPAdapter):
    """Makes connections only to addresses that the door has checked."""

    def __init__(self, door: Door, line: Line) -> None:
        self._context = _tls(door.ca_file)
        super().__init__(pool_connections=4, pool_maxsize=2, max_retries=0)
        self.poolmanager.pool_classes_by_scheme = _pools(door, line)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def close(self) -> None:
        """Now: urllib3 2 waits until nothing refers to a pool, and an error's traceback may do so for long."""
        for key in self.poolmanager.pools.keys():  # noqa: SIM118 - no mapping: its own iteration is refused
            self.poolmanager.pools[key].close()
        super().close()

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Always verified, by the shared context: loading the authorities anew costs milliseconds a connection."""
        conn.cert_reqs = "CERT_REQUIRED"


@lru_cache(maxsize=4)
def _tls(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _pools(door: Door, line: Line) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(door, "http", self)

        def request(self, *args: Any, **kwargs: Any) -> None:
            super().request(*args, **kwargs)
            line.hold(self.sock)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(door, "https", self)

        def request(self, *args: Any, **kwargs: Any) -> None:
            super().request(*args, **kwargs)
            line.hold(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connected(door: Door, scheme: str, connection: HTTPConnection) -> socket.socket:
    """A socket to one of the checked addresses: the name is not looked up a second time."""
    failed: Exception = OSError("the name has no address")
    for address in door.addresses(Target(scheme, connection.host.strip("[]"), connection.port)):
        try:
            return create_connection(
                (address, connection.port), connection.timeout, socket_options=connection.socket_options
            )
        except TimeoutError as error:
            failed = ConnectTimeoutError(connection, f"{address} timed out")
            failed.__cause__ = error
        except OSError as error:
            failed = NewConnectionError(connection, f"{address} cannot be reached: {error}")
    if isinstance(failed, OSError):
        raise NewConnectionError(connection, str(failed))
    raise failed
