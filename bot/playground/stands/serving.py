"""A stand-in on loopback: an ASGI application on a port of its own, served from a thread."""

import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

PATIENCE_SECONDS = 20.0


def bound(port: int = 0) -> socket.socket:
    """That port of loopback, or any that is free; `OSError` if somebody has it."""
    new = socket.socket()
    new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Headers and body go out in two pieces, and the second would wait 40 ms for the first to be acknowledged (tcp(7)).
    new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        new.bind(("127.0.0.1", port))
    except OSError:
        new.close()
        raise
    return new


def held(port: int = 0) -> socket.socket:
    """The same, and listening already: only then can nobody else come to have it (socket(7), SO_REUSEADDR)."""
    kept = bound(port)
    try:
        kept.listen(128)
    except OSError:
        kept.close()
        raise
    return kept


def held_or_free(port: int) -> socket.socket:
    """That port if nobody has it, else another."""
    try:
        return held(port)
    except OSError:
        return held()


class Serving:
    """Serves the application while the `with` block lasts; `url` has no slash at its end."""

    def __init__(
        self, app: ASGIApp, port: int = 0, *, at: socket.socket | None = None, tls: tuple[Path, Path] | None = None
    ) -> None:
        """`tls`: the files of a certificate and of its key."""
        self._socket = at or bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._scheme = "http" if tls is None else "https"
        config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", ws="none")
        if tls is not None:
            config.ssl_certfile, config.ssl_keyfile = map(str, tls)
            config.timeout_graceful_shutdown = 1  # else it waits for idle clients to say goodbye, as TLS would have it
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve; the socket listens before this returns, so no caller is ever refused."""
        self._socket.listen(128)
        self._thread.start()

    def stop(self) -> None:
        """End, with the requests that are being answered."""
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
