"""Socket Mode: where nothing outside can reach us, we open a line to Slack and its deliveries come down that line.

docs.slack.dev/apis/events-api/using-socket-mode. What comes is kept as by HTTP, in the same rows, known again by the
same ids; only what is kept is acked, so what was not comes again.
"""

import asyncio
import ssl
import time

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.handlers.slack.app import Keep, bolt

SILENCE = 10.0
"""Seconds between two signs of life on the line, and between two attempts to open it."""


class _Line(AsyncSocketModeHandler):
    """Hands what comes down the line to Bolt, under the name by which it is known again."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """The envelope's id stands where a signature stands by HTTP: each names one delivery of one thing."""
        began = time.time()
        asked = AsyncBoltRequest(
            mode="socket_mode", body=req.payload, headers={"x-slack-signature": [req.envelope_id or ""]}
        )
        await send_async_response(client, req, await self.app.async_dispatch(asked), began)


class Socket:
    """The line to Slack; the SDK opens it again whenever it breaks, and logs why it could not."""

    def __init__(
        self,
        *,
        app_token: str,
        api_url: str,
        keep: Keep,
        trust: ssl.SSLContext | None = None,
        silence: float = SILENCE,
    ) -> None:
        self._app_token = app_token
        self._api_url = api_url
        self._keep = keep
        self._trust = trust
        self._silence = silence
        self._opening: asyncio.Task[None] | None = None
        self._line: _Line | None = None

    async def open(self) -> None:
        """Open the line from now on; it does not wait until Slack has answered."""
        web = AsyncWebClient(base_url=self._api_url, ssl=self._trust)
        app = bolt("by socket", self._keep)
        self._line = _Line(app, self._app_token, logger=app.logger, web_client=web, ping_interval=self._silence)
        self._opening = asyncio.create_task(self._line.client.connect())  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Hang up."""
        if self._opening is not None:
            self._opening.cancel()
        if self._line is not None:
            await self._line.client.close()  # type: ignore[no-untyped-call]
