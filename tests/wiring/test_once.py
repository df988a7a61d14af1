"""What is made when it is first asked for."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.wiring.later import Later
from bot.wiring.once import Once


def test_it_is_made_once_however_many_ask_at_once() -> None:
    made: list[object] = []
    everybody_is_there = threading.Barrier(8)

    def make() -> object:
        made.append(object())
        return made[-1]

    once = Once(make)

    def ask(_number: int) -> object:
        everybody_is_there.wait()
        return once()

    with ThreadPoolExecutor(8) as threads:
        given = set(threads.map(ask, range(8)))
    assert given == {made[0]}
    assert len(made) == 1


def test_it_is_not_made_before_anybody_asks() -> None:
    once = Once(object)
    assert not once.is_made
    once()
    assert once.is_made


def test_what_could_not_be_made_is_tried_again() -> None:
    outcomes = iter([ValueError("not yet"), None])

    def make() -> str:
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        return "made"

    once = Once(make)
    with pytest.raises(ValueError, match="not yet"):
        once()
    assert once() == "made"


def hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


def test_routes_below_a_path_are_made_by_the_first_who_knocks_there() -> None:
    made: list[str] = []

    def make() -> list[BaseRoute]:
        made.append("routes")
        return [Route("/rooms", hello), Route("/rooms/{name}", hello, methods=["POST"])]

    door = ASGITransport(Starlette(routes=[Route("/", hello), Later(["/rooms"], make)]))
    web = AsyncClient(transport=door, base_url="http://house")

    def knock(path: str, method: str = "GET") -> int:
        return asyncio.run(web.request(method, path)).status_code

    assert knock("/") == 200
    assert knock("/roomservice") == 404
    assert made == []
    assert knock("/rooms") == 200
    assert knock("/rooms/blue", "POST") == 200
    assert knock("/rooms/blue") == 405
    assert knock("/rooms/blue/no-such-door") == 404
    assert made == ["routes"]
