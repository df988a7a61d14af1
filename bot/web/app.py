"""The outermost door: every route in one Starlette application, and what is said when one of them breaks."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from bot.core.ids import new_id

log = logging.getLogger(__name__)

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def application(routes: Sequence[BaseRoute], lifespan: Lifespan) -> Starlette:
    """The ASGI application of these routes; `lifespan` starts and stops the background work."""
    return Starlette(routes=list(routes), lifespan=lifespan, exception_handlers={Exception: _broken})


async def _broken(request: Request, error: Exception) -> Response:
    """What nobody else could answer: a sentence with a reference for the person, the traceback for the log."""
    reference = new_id()[:8]
    log.error("a request failed", exc_info=error, extra={"reference": reference, "door": _door(request)})
    words = f"Something went wrong on our side. Please try again in a minute. Reference: {reference}\n"
    return PlainTextResponse(words, status_code=500)


def _door(request: Request) -> str:
    """The first part of the path: what follows may be a link's secret."""
    return "/" + request.url.path.lstrip("/").partition("/")[0][:40]
