"""What every page behind a link shares: the session in its cookie, and proof that a form came from one of them."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.core.people import Person
from bot.people.connect import AGAIN, PURPOSE, SESSION_LIFE, Connecting, Opened
from bot.storage.links import Session
from bot.web import forms
from bot.web.forms import Form, Unreadable
from bot.web.pages import Pages, Who, who

COOKIE = "overlap_connect"

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Doors:
    """Lets into pages whoever has a session, and nobody else."""

    connecting: Connecting
    pages: Pages
    purpose: str = PURPOSE
    """What the link was for that opens these pages."""

    def page(self, answer: Callable[[Request, Session], Response]) -> Callable[[Request], Response]:
        """A page of a session."""

        def endpoint(request: Request) -> Response:
            session = self.session(request)
            return self.closed() if session is None else answer(request, session)

        return endpoint

    def posted(
        self, answer: Callable[[Request, Session, Form], Response], *, back: str, takes_file: bool = False
    ) -> Endpoint:
        """A form that was sent within a session; the page is open again at `back`."""

        def checked(request: Request, form: Form) -> Response:
            session = self.session(request)
            if session is None:
                return self.closed()
            if not hmac.compare_digest(form.one("key").encode(), form_key(request).encode()):
                return self.outdated(back)
            return answer(request, session, form)

        return self.sent(checked, takes_file=takes_file)

    def sent(self, answer: Callable[[Request, Form], Response], *, takes_file: bool = False) -> Endpoint:
        """A form that was sent by anybody: read here, answered in a thread."""

        async def endpoint(request: Request) -> Response:
            if takes_file and not await run_in_threadpool(self.session, request):
                return self.closed()  # nobody else hands us megabytes
            form = await forms.read(request, takes_file=takes_file)
            if isinstance(form, Unreadable):
                return self.pages.notice(form.status, form.title, form.words)
            return await run_in_threadpool(answer, request, form)

        return endpoint

    def session(self, request: Request) -> Session | None:
        found = self.visitor(request)
        return found if found is not None and found.purpose == self.purpose else None

    def visitor(self, request: Request) -> Session | None:
        """Whose session it is, whatever it is for."""
        token = request.cookies.get(COOKIE)
        return self.connecting.session(token) if token else None

    def who(self, person: Person) -> Who:
        """How a page names that person."""
        return who(person, self.connecting.workspace(person.tenant))

    def let_in(self, answer: Response, opened: Opened) -> Response:
        """From now on that browser, and no other, is in the session."""
        answer.set_cookie(
            COOKIE,
            opened.token,
            max_age=int(SESSION_LIFE.total_seconds()),
            path=f"{self.pages.base}/connect",
            secure=self.connecting.public_url.startswith("https:"),
            httponly=True,
            # Lax and not strict: a service sends the browser back with a link of its own.
            samesite="lax",
        )
        return answer

    def closed(self) -> Response:
        word = AGAIN[self.purpose]
        return self.pages.notice(
            410,
            "This page is closed",
            "It stays open for an hour after its link was used, in the browser that used it.",
            f"Type /meet {word} in Slack, or meet {word} to Overlap in Teams, and open the link you get.",
        )

    def outdated(self, path: str) -> Response:
        return self.pages.draw(
            "notice",
            status=400,
            title="This form is out of date",
            words=("Nothing was changed. Open the page again and fill it in there.",),
            again=path,
        )

    def to(self, path: str) -> RedirectResponse:
        return RedirectResponse(f"{self.pages.base}{path}", status_code=303, headers={"Cache-Control": "no-store"})


def form_key(request: Request) -> str:
    """Proof that a form came from a page of this session; the session's own token is not in any page."""
    return hashlib.sha256(f"form:{request.cookies.get(COOKIE, '')}".encode()).hexdigest()[:32]
