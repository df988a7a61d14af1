"""The road that can break: what passes, what is lost before or after it was done, and what comes back instead."""

from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.road import Altered, Instead, Late, Lost, Mishap, Passage, Road
from bot.playground.stands.serving import Serving


class Shop:
    """A server that counts what it was asked and says it back."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        self.asked.append((request.method, str(request.url.path), body))
        return Response(b"<" + body + b">", 207, {"ETag": '"1"', "X-Depth": request.headers.get("depth", "")})


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def road(shop: Shop) -> Iterator[Road]:
    app = Starlette(routes=[Route("/{rest:path}", shop.answer, methods=["PROPFIND", "PUT", "GET"])])
    with Serving(app) as serving, Road(f"127.0.0.1:{serving.port}") as road:
        yield road


def ask(road: Road, method: str = "PROPFIND") -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=10) as client:
        return client.request(method, f"{road.url}some/where", content=b"body", headers={"Depth": "1"})


def test_what_passes_unharmed_is_what_was_sent_and_said(road: Road, shop: Shop) -> None:
    answer = ask(road)
    assert (answer.status_code, answer.content) == (207, b"<body>")
    assert (answer.headers["ETag"], answer.headers["X-Depth"]) == ('"1"', "1")
    assert shop.asked == [("PROPFIND", "/some/where", b"body")]
    assert [trip.passage for trip in road.travelled] == [Passage("PROPFIND", "/some/where")]


@pytest.mark.parametrize("is_done", [False, True])
def test_a_dead_line_says_nothing_whether_it_was_done_or_not(road: Road, shop: Shop, is_done: bool) -> None:
    road.weather = lambda _: Lost(is_done)
    with pytest.raises(httpx.RemoteProtocolError):
        ask(road)
    assert len(shop.asked) == is_done


@pytest.mark.parametrize(
    ("mishap", "status", "body", "times"),
    [
        pytest.param(Instead(status=429, headers={"Retry-After": "1"}), 429, b"", 0, id="refused on the way"),
        pytest.param(Instead(status=500, body=b"oh", is_done=True), 500, b"oh", 1, id="done and not believed"),
        pytest.param(Altered(lambda body: body[:3]), 207, b"<bo", 1, id="cut short"),
        pytest.param(Late(0.01), 207, b"<body>", 1, id="late"),
    ],
)
def test_what_comes_back(road: Road, shop: Shop, mishap: Mishap, status: int, body: bytes, times: int) -> None:
    road.weather = lambda _: mishap
    answer = ask(road)
    assert (answer.status_code, answer.content) == (status, body)
    assert len(shop.asked) == times


def test_the_weather_sees_who_passes(road: Road, shop: Shop) -> None:
    road.weather = lambda passage: Instead(status=503) if passage.method == "PUT" else None
    assert (ask(road, "PUT").status_code, ask(road, "GET").status_code) == (503, 207)


def test_a_server_that_is_not_there_is_a_dead_line() -> None:
    with Road("127.0.0.1:1") as nowhere, pytest.raises(httpx.RemoteProtocolError):
        ask(nowhere)
