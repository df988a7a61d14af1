"""Socket Mode, Slack's side: a line that the app opens, down which everything comes in envelopes that it acks.

docs.slack.dev/apis/events-api/using-socket-mode: an address is good for one connection, an ack comes within three
seconds, and now and then the app is told to open a new line before the old one ends.
"""

import asyncio
import json
import secrets
import threading
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.stands.serving import bound

PATIENCE_SECONDS = 10.0


class Socket:
    """Serves while started; deliveries wait for their ack in the thread that makes them."""

    def __init__(self) -> None:
        self.app_token = f"xapp-{secrets.token_hex(20)}"
        self.unacked: list[str] = []
        """The envelopes of which no ack came in time."""
        self._at = bound()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._lines: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._acks: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._opened = 0
        self._changed = threading.Condition()

    def open(self) -> dict[str, Any]:
        """`apps.connections.open`: where to connect, once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return {"url": f"ws://127.0.0.1:{self._at.getsockname()[1]}/link/?ticket={ticket}"}

    def wait(self) -> bool:
        """Whether there is a line, by and by."""
        return self.wait_for(1)

    def wait_for(self, lines: int) -> bool:
        """Whether so many lines were opened, one after the other, by and by."""
        with self._changed:
            return self._changed.wait_for(lambda: self._opened >= lines, PATIENCE_SECONDS)

    def deliver(self, kind: str, payload: Mapping[str, Any], within: float) -> Mapping[str, Any] | None:
        """The ack of that envelope; None where none came in time."""
        sent = asyncio.run_coroutine_threadsafe(self._sent(kind, payload, within), self._loop)
        return sent.result()

    def refresh(self) -> None:
        """The app is asked to open another line in time."""
        told = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "stand"}}
        asyncio.run_coroutine_threadsafe(self._lines[-1].send_json(told), self._loop).result()

    def start(self) -> None:
        self._at.listen(16)
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._at.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        application = web.Application()
        application.router.add_get("/link/", self._line)
        runner = web.AppRunner(application, access_log=None)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.SockSite(runner, self._at).start())
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _line(self, request: web.Request) -> web.WebSocketResponse:
        if request.query.get("ticket") not in self._tickets:
            raise web.HTTPNotFound
        self._tickets.remove(request.query["ticket"])
        line = web.WebSocketResponse()
        await line.prepare(request)
        await line.send_json({"type": "hello", "num_connections": len(self._lines) + 1, "debug_info": {}})
        self._lines.append(line)
        with self._changed:
            self._opened += 1
            self._changed.notify_all()
        try:
            async for message in line:
                if message.type is WSMsgType.TEXT:
                    self._hear(json.loads(message.data))
        finally:
            self._lines.remove(line)
        return line

    def _hear(self, said: Mapping[str, Any]) -> None:
        waiting = self._acks.pop(str(said.get("envelope_id")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(said)

    async def _sent(self, kind: str, payload: Mapping[str, Any], within: float) -> Mapping[str, Any] | None:
        if not self._lines:
            return None
        envelope = secrets.token_hex(16)
        self._acks[envelope] = ack = self._loop.create_future()
        accepts = kind != "events_api"
        told = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": accepts}
        await self._lines[-1].send_json(told)
        try:
            return await asyncio.wait_for(ack, within)
        except TimeoutError:
            self._acks.pop(envelope, None)
            self.unacked.append(envelope)
            return None
