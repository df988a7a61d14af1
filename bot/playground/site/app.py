"""The page's own server: JSON, server-sent events, and the static files of the page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.site.asked import Asked, asked
from bot.playground.site.behind import Behind
from bot.playground.site.calendars import Calendars
from bot.playground.site.calm import Calm
from bot.playground.site.chat import Chat
from bot.playground.site.ghosts import ghosts
from bot.playground.site.glass import Glass
from bot.playground.site.guard import Guard
from bot.playground.site.story import Story
from bot.playground.site.stream import Stream
from bot.playground.site.switches import Switches
from bot.playground.site.week import Weeks
from bot.playground.stage import Stage
from bot.playground.stands.slack.delivery import Ack
from bot.playground.stands.slack.people import SlackUser

Json = dict[str, Any]
Answer = Callable[[Request], Awaitable[Response]]

PAGE = Path(__file__).parent.parent / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
}
LOOK_SECONDS = 0.3
LATER = "Overlap did not answer. Slack delivers it again: at once, after a minute, after five."


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the routes speak for."""

    stage: Stage
    stream: Stream
    chat: Chat
    calendars: Calendars
    weeks: Weeks
    behind: Behind
    switches: Switches
    story: Story
    glass: Glass

    def look(self, *, unless_within: float = 0.0) -> None:
        """Read what has changed in the calendars, and tell what that means."""
        if self.calendars.look(unless_within=unless_within):
            self.stream.tell("week")
            self.look_at_story()

    def look_at_story(self) -> None:
        """Tell what has happened."""
        if self.story.look():
            self.stream.tell("story")


def application(parts: Parts) -> Guard:
    """All addresses."""
    routes = Api(parts)
    return Guard(
        Starlette(
            routes=[
                Route("/", page),
                Route("/page/{file:path}", page),
                Route("/api/stream", routes.stream),
                *(Route(f"/api/{name}", answer, methods=["GET"]) for name, answer in routes.gets().items()),
                *(Route(f"/api/{name}", answer, methods=["POST"]) for name, answer in routes.posts().items()),
                Route("/{rest:path}", elsewhere),
            ],
            exception_handlers={Calm: _calm, Exception: _broken},
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


async def _calm(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Calm)
    return JSONResponse({"ok": False, "says": error.says}, error.status)


async def _broken(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"ok": False, "says": "Something went wrong in the demo itself. Try again."}, 500)


@dataclass(frozen=True)
class Api:
    """Each answer."""

    parts: Parts

    def gets(self) -> dict[str, Answer]:
        """What only looks."""
        looks = {"state": self.state, "messages": self.messages, "week": self.week, "glass": self.glass}
        return {name: _asking(look) for name, look in looks.items()}

    def posts(self) -> dict[str, Answer]:
        """What does something."""
        acts = {
            "type": self.type,
            "press": self.press,
            "read": self.read,
            "events": self.put,
            "events/move": self.move,
            "events/delete": self.delete,
            "events/decline": self.decline,
            "servers": self.server,
            "bot": self.bot,
        }
        return {name: _doing(act) for name, act in acts.items()}

    async def stream(self, _request: Request) -> Response:
        return StreamingResponse(self.parts.stream.events(), media_type="text/event-stream")

    def state(self, query: Asked) -> Json:
        parts, handle = self.parts, query.word("as")
        me = parts.chat.person(handle)
        account = parts.stage.world.account(handle)
        return {
            "me": _person(me) | {"account": {"url": account.url, "user": account.user, "password": account.password}},
            "people": [_person(parts.chat.person(one)) for one in parts.chat.handles],
            "directory": [
                {**_person(one), "isBot": one.is_bot, "isDeactivated": one.is_deactivated}
                for one in parts.stage.slack.people.everybody()
            ],
            "places": [
                {"id": one.id, "kind": one.kind, "name": one.name, "with": one.partner or None,
                 "unread": parts.chat.unread(handle, one)}
                for one in parts.chat.places(handle)
            ],
            "bot": parts.switches.bot(),
            "servers": parts.switches.servers(),
            "story": parts.story.told(),
            "now": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "version": parts.stream.version,
        }  # fmt: skip

    def messages(self, query: Asked) -> Json:
        return {"messages": self.parts.chat.messages(query.word("as"), query.word("place"))}

    def week(self, query: Asked) -> Json:
        first = _date(query.word("from"))
        self.parts.look(unless_within=LOOK_SECONDS)
        people = self.parts.weeks.people(first)
        return {"from": first.isoformat(), "people": people, "ghosts": self._ghosts(query.maybe("as"))}

    def _ghosts(self, handle: str | None) -> list[Json]:
        if not handle:
            return []
        me = self.parts.chat.person(handle)
        return ghosts(self.parts.stage.slack.messages(handle), str(ZoneInfo(me.tz or "UTC")))

    def glass(self, query: Asked) -> Json:
        return {"exchanges": self.parts.glass.since(query.number("after"))}

    def type(self, body: Asked) -> Json:
        return _acked(self.parts.chat.type(body.word("as"), body.word("place"), body.word("text", is_empty_fine=True)))

    def press(self, body: Asked) -> Json:
        where = (body.word("as"), body.word("place"), body.word("ts"))
        what = (body.word("blockId"), body.word("actionId"), body.words("value"))
        return _acked(self.parts.chat.press(*where, *what))

    def read(self, body: Asked) -> Json:
        self.parts.chat.read(body.word("as"), body.word("place"), is_opened=body.flag("isOpened", otherwise=False))
        self.parts.stream.tell("chat")
        return {}

    def put(self, body: Asked) -> Json:
        uid = self.parts.behind.put(
            body.word("person"), body.word("calendar"), body.maybe("title") or "", body.word("start"),
            body.word("end"), is_free=body.flag("isFree", otherwise=False),
        )  # fmt: skip
        return self._changed() | {"uid": uid}

    def move(self, body: Asked) -> Json:
        where = (body.word("person"), body.word("calendar"), body.word("uid"))
        self.parts.behind.move(*where, body.maybe("instance"), body.word("start"))
        return self._changed()

    def delete(self, body: Asked) -> Json:
        where = (body.word("person"), body.word("calendar"), body.word("uid"))
        self.parts.behind.delete(*where, body.maybe("instance"))
        return self._changed()

    def decline(self, body: Asked) -> Json:
        self.parts.behind.decline(body.word("person"), body.word("calendar"), body.word("uid"))
        return self._changed()

    def server(self, body: Asked) -> Json:
        self.parts.switches.turn_server(body.word("name"), is_up=body.flag("isUp"))
        return self._changed()

    def bot(self, body: Asked) -> Json:
        self.parts.switches.turn_bot(is_up=body.flag("isUp"))
        return {}

    def _changed(self) -> Json:
        self.parts.look()
        return {}


def _asking(look: Callable[[Asked], Json]) -> Answer:
    async def answer(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(look, Asked(dict(request.query_params))))

    return answer


def _doing(act: Callable[[Asked], Json]) -> Answer:
    async def answer(request: Request) -> Response:
        body = await asked(request)
        return JSONResponse({"ok": True, **await run_in_threadpool(act, body)})

    return answer


def _person(who: SlackUser) -> Json:
    return {"handle": who.handle, "name": who.name, "zone": who.tz, "id": who.id}


def _acked(ack: Ack | None) -> Json:
    if ack is None:
        return {}
    told = {"ack": {"status": ack.status, "seconds": round(ack.seconds, 4)}}
    return told if ack.is_good else {**told, "says": LATER}


def _date(words: str) -> date:
    try:
        found = date.fromisoformat(words)
    except ValueError as error:
        raise Calm(400, "A week is asked for by its first day: 2026-11-30.") from error
    if not 2000 <= found.year < 2100:
        raise Calm(400, "That is too far away.")
    return found
