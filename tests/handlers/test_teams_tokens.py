"""How long keys are believed, and when they are asked for again."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.clock import SetClock
from bot.core.errors import NotAllowed
from bot.handlers.teams.registration import Registration
from bot.handlers.teams.tokens import Tokens, tokens
from bot.playground.stands.serving import Serving
from bot.playground.stands.teams.signing import Signer

AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ACTIVITY = {"serviceUrl": "https://smba.trafficmanager.net/emea/", "channelId": "msteams"}


class KeyServer:
    """Lists the signer's keys, counts how often it is asked, and fails when told to."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.asked = 0
        self.broken: Response | None = None
        self.url = ""

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/metadata", self.metadata), Route("/keys", self.keys)])

    async def metadata(self, _request: Request) -> Response:
        self.asked += 1
        return self.broken or JSONResponse({"jwks_uri": f"{self.url}/keys"})

    async def keys(self, _request: Request) -> Response:
        odd = [{"kty": "EC", "kid": "e"}, {"kty": "RSA", "kid": "broken", "n": "?", "e": 1}, "no key at all"]
        return JSONResponse({"keys": [*odd, *self.signer.listed()["keys"]]})


@pytest.fixture(scope="module")
def served() -> Iterator[KeyServer]:
    server = KeyServer(Signer("our-bot"))
    with Serving(server.app()) as serving:
        server.url = serving.url
        yield server


@pytest.fixture
def clock() -> SetClock:
    return SetClock(AT)


@pytest.fixture
def server(served: KeyServer, clock: SetClock) -> KeyServer:
    served.signer = Signer("our-bot", now=lambda: clock.now().timestamp())
    served.asked, served.broken = 0, None
    return served


@pytest.fixture
def checker(server: KeyServer, clock: SetClock) -> Tokens:
    return tokens(Registration(app_id="our-bot", password="x", openid_url=f"{server.url}/metadata"), clock)


def is_believed(checker: Tokens, header: str) -> bool:
    try:
        asyncio.run(checker.check(header, ACTIVITY))
    except NotAllowed:
        return False
    return True


def test_keys_are_asked_for_once(checker: Tokens, server: KeyServer) -> None:
    assert all(is_believed(checker, server.signer.header(ACTIVITY)) for _ in range(3))
    assert server.asked == 1


def test_many_first_requests_ask_once(checker: Tokens, server: KeyServer) -> None:
    async def at_once() -> None:
        header = server.signer.header(ACTIVITY)
        await asyncio.gather(*(checker.check(header, ACTIVITY) for _ in range(8)))

    asyncio.run(at_once())
    assert server.asked == 1


def test_keys_are_asked_for_again_after_a_day(checker: Tokens, server: KeyServer, clock: SetClock) -> None:
    is_believed(checker, server.signer.header(ACTIVITY))
    clock.move(timedelta(hours=24))
    assert is_believed(checker, server.signer.header(ACTIVITY))
    assert server.asked == 2


def test_the_first_unknown_key_asks_at_once(checker: Tokens, server: KeyServer) -> None:
    is_believed(checker, server.signer.header(ACTIVITY))
    server.signer.rotate()
    assert is_believed(checker, server.signer.header(ACTIVITY))
    assert server.asked == 2


def test_unknown_keys_ask_at_most_once_in_five_minutes(checker: Tokens, server: KeyServer, clock: SetClock) -> None:
    is_believed(checker, server.signer.header(ACTIVITY))
    stranger = f"Bearer {server.signer.stranger.sign(server.signer.claims(ACTIVITY))}"
    assert not any(is_believed(checker, stranger) for _ in range(5))
    assert server.asked == 2
    clock.move(timedelta(minutes=5))
    assert not is_believed(checker, stranger)
    assert server.asked == 3


@pytest.mark.parametrize("answer", [
    pytest.param(Response(status_code=503), id="an error"),
    pytest.param(Response("<html>"), id="a page"),
    pytest.param(JSONResponse([]), id="a list"),
    pytest.param(JSONResponse({"jwks_uri": "http://["}), id="no address"),
    pytest.param(JSONResponse({"jwks_uri": 7}), id="a number for an address"),
])  # fmt: skip
def test_good_keys_outlive_a_bad_answer(checker: Tokens, server: KeyServer, clock: SetClock, answer: Response) -> None:
    is_believed(checker, server.signer.header(ACTIVITY))
    server.broken = answer
    clock.move(timedelta(hours=25))
    assert is_believed(checker, server.signer.header(ACTIVITY))
    assert server.asked == 2


def test_without_any_keys_nobody_is_believed_and_they_are_soon_asked_for_again(
    checker: Tokens, server: KeyServer, clock: SetClock
) -> None:
    server.broken = Response(status_code=503)
    assert not any(is_believed(checker, server.signer.header(ACTIVITY)) for _ in range(3))
    assert server.asked == 1
    server.broken = None
    clock.move(timedelta(seconds=5))
    assert is_believed(checker, server.signer.header(ACTIVITY))


@pytest.mark.parametrize(("claim", "seconds", "good"), [
    pytest.param("exp", -300, True, id="ended five minutes ago"),
    pytest.param("exp", -301, False, id="ended longer ago"),
    pytest.param("nbf", 300, True, id="begins in five minutes"),
    pytest.param("nbf", 301, False, id="begins later"),
])  # fmt: skip
def test_clocks_may_differ_by_five_minutes(
    checker: Tokens, server: KeyServer, claim: str, seconds: int, good: bool
) -> None:
    claims = server.signer.claims(ACTIVITY) | {claim: int(AT.timestamp()) + seconds}
    assert is_believed(checker, f"Bearer {server.signer.key.sign(claims)}") is good


def test_a_token_for_a_channel_that_the_activity_does_not_name_is_not_good(checker: Tokens, server: KeyServer) -> None:
    header = server.signer.header(ACTIVITY)
    with pytest.raises(NotAllowed):
        asyncio.run(checker.check(header, {"serviceUrl": ACTIVITY["serviceUrl"]}))
