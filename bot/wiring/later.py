"""Doors behind which nothing stands yet: their routes are imported and made when somebody first knocks."""

from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Router
from starlette.types import Receive, Scope, Send

from bot.wiring.once import Once


class Later(BaseRoute):
    """Stands for every route below certain paths ("/connect")."""

    def __init__(self, below: Sequence[str], make: Callable[[], Sequence[BaseRoute]]) -> None:
        self._below = tuple(below)
        self._router = Once(lambda: Router(routes=make()))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.FULL if scope["type"] == "http" and self._is_below(scope["path"]) else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        router = self._router() if self._router.is_made else await run_in_threadpool(self._router)
        await router(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        raise NoMatchFound(name, path_params)

    def _is_below(self, path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in self._below)
