"""The two servers that are compared: our own door, and Bolt's `AsyncApp` as it comes, both saving the same row.

Run as `python -m tests.benchmarks.servers ours|bolt FOLDER PORT`. No worker runs in either.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.slack.parse import delivery
from bot.storage.migrations import history
from bot.wiring import settings
from bot.wiring.build import House, build
from tests.benchmarks.house import SECRET, environment


@asynccontextmanager
async def nothing(_application: Starlette) -> AsyncIterator[None]:
    """No background work."""
    yield


def ours(house: House) -> Starlette:
    """The house as it is served."""
    return house.application(nothing)


def bolt(house: House) -> Starlette:
    """Bolt with its defaults, whose listener saves the row and then acks."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)

    app = AsyncApp(signing_secret=SECRET, authorize=authorize)

    @app.command("/meet")
    async def meet(ack: AsyncAck, req: AsyncBoltRequest) -> None:
        found = delivery(req.body, req.headers["x-slack-signature"][0])
        if found is not None:
            await asyncio.to_thread(house.tray.keep, found)
        await ack()

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


SERVERS: dict[str, Callable[[House], Starlette]] = {"ours": ours, "bolt": bolt}


def main(name: str, folder: str, port: str) -> None:
    """Serve that one until stopped."""
    chosen = settings.read(environment(Path(folder), int(port)))
    history.upgrade(chosen.database_url)
    uvicorn.run(SERVERS[name](build(chosen)), port=int(port), log_level="error", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
