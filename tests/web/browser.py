"""Somebody at our pages, through their real routes."""

import asyncio
import re
from typing import Any

from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bot.people.signing_in import SigningIn
from bot.web.connect import routes
from bot.wiring.settings import OFFERED
from tests.people.desk import Desk, token_of


class Browser:
    """Somebody's browser: keeps cookies, follows redirects, sends forms with what the last page hid in them."""

    def __init__(self, desk: Desk, *, signing_in: SigningIn | None = None, offered: frozenset[str] = OFFERED) -> None:
        origin = desk.connecting.public_url.removesuffix("/overlap")
        pages = routes(desk.connecting, signing_in or desk.signing_in, offered, desk.rooms)
        app = ASGITransport(Starlette(routes=pages))
        self.client = AsyncClient(transport=app, base_url=origin)
        self.page: Response | None = None

    def ask(self, method: str, path: str, *, follow: bool = True, **rest: Any) -> Response:
        return asyncio.run(self.client.request(method, path, follow_redirects=follow, **rest))

    def get(self, path: str) -> Response:
        self.page = self.ask("GET", path)
        return self.page

    def post(self, path: str, *, files: Any = None, **fields: Any) -> Response:
        key = re.search(r'name="key" value="(\w+)"', self.page.text) if self.page is not None else None
        hidden = {"key": key[1]} if key else {}
        self.page = self.ask("POST", path, data=hidden | fields, files=files)
        return self.page


def link(desk: Desk) -> str:
    return f"/connect/{token_of(desk.connecting.link(desk.ana))}"


def title(page: Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found is not None
    return found[1]


def buttons(page: Response) -> list[str]:
    return re.findall(r"<button[^>]*>(.*?)</button>", page.text)
