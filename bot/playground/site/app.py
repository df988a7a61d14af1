"""The page's own server: JSON, server-sent events, and the static files of the page."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.site.answers import Answer, Answers
from bot.playground.site.asked import Asked, asked
from bot.playground.site.calm import Calm
from bot.playground.site.guard import Guard
from bot.playground.site.parts import Parts
from bot.playground.site.stream import Stream

Endpoint = Callable[[Request], Awaitable[Response]]

PAGE = Path(__file__).parent.parent / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
}


def application(parts: Parts) -> Guard:
    """All addresses."""
    answers = Answers(parts)
    return Guard(
        Starlette(
            routes=[
                Route("/", page),
                Route("/page/{file:path}", page),
                Route("/api/stream", _streaming(parts.stream)),
                *(Route(f"/api/{name}", _looking(look)) for name, look in answers.looks.items()),
                *(Route(f"/api/{name}", _acting(act), methods=["POST"]) for name, act in answers.acts.items()),
                Route("/{rest:path}", elsewhere),
            ],
            exception_handlers={Calm: _calm, HTTPException: _not_so, Exception: _broken},
        )
    )


async def page(request: Request) -> Response:
    """A file of the page; nothing outside its folder."""
    wanted = (PAGE / (request.path_params.get("file") or "index.html")).resolve()
    if not wanted.is_relative_to(PAGE) or not wanted.is_file() or wanted.suffix not in KINDS:
        raise Calm(404, "That file is not part of the page.")
    return FileResponse(wanted, media_type=KINDS[wanted.suffix])


async def elsewhere(request: Request) -> Response:
    """An old link opens the page afresh."""
    if request.url.path.startswith("/api/"):
        raise Calm(404, "There is nothing at that address.")
    return RedirectResponse("/", 307)


def _looking(look: Answer) -> Endpoint:
    async def answer(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(look, Asked(dict(request.query_params))))

    return answer


def _acting(act: Answer) -> Endpoint:
    async def answer(request: Request) -> Response:
        body = await asked(request)
        return JSONResponse({"ok": True, **await run_in_threadpool(act, body)})

    return answer


def _streaming(stream: Stream) -> Endpoint:
    async def answer(_request: Request) -> Response:
        return StreamingResponse(stream.events(), media_type="text/event-stream")

    return answer


async def _calm(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Calm)
    return JSONResponse({"ok": False, "says": error.says}, error.status)


async def _not_so(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"ok": False, "says": "That is not how this address is asked."}, error.status_code)


async def _broken(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"ok": False, "says": "Something went wrong in the demo itself. Try again."}, 500)
