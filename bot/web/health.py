"""Whether this process lives, and whether it is ready to be asked: for whatever watches it."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

Check = Callable[[], str | None]
"""What is wrong, in a few words without secrets; None when all is well."""


def routes(*, alive: Check, ready: Check) -> list[BaseRoute]:
    """`/livez`: restart me when this fails. `/readyz`: send me nobody while this fails."""
    return [Route("/livez", _door(alive)), Route("/readyz", _door(ready))]


def _door(check: Check) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        wrong = check()
        return PlainTextResponse("ok\n") if wrong is None else PlainTextResponse(f"{wrong}\n", status_code=503)

    return answer
