"""The three pages that a chat platform links to: what Overlap is, what it keeps, and on what terms."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.web.pages import Pages

ABOUT = (
    "Overlap finds meeting times that are truly free, in Slack and Microsoft Teams.",
    "Type /meet help in Slack, or help to Overlap in Teams.",
)
PRIVACY = (
    "Overlap keeps when you are busy, your name, address and time zone as your chat tells them, and the meetings that"
    " are booked with it. It keeps no titles, guests or notes of other events.",
    "What opens your calendars is kept encrypted. You can disconnect a calendar at any time from your chat; what was"
    " known of it is then deleted.",
    "Nothing is passed on to anybody but the calendars and the chat that you use it with.",
)
TERMS = (
    "This Overlap is run by your organisation, on its own terms; ask whoever added it to your chat.",
    "The software is licensed under the Apache License 2.0, without warranty.",
)


def routes(base: str) -> list[BaseRoute]:
    """`/`, `/privacy` and `/terms`."""
    pages = Pages(base)

    def page(path: str, title: str, words: tuple[str, ...]) -> Route:
        def answer(_request: Request) -> Response:
            return pages.notice(200, title, *words)

        return Route(path, answer)

    return [page("/", "Overlap", ABOUT), page("/privacy", "Privacy", PRIVACY), page("/terms", "Terms", TERMS)]
