"""The pages on which somebody connects a calendar: a link, a sign-in, a choice.

A GET never changes anything, because scanners and previews open links; the first POST of a link consumes it and
opens the session, a cookie that only these pages see.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.core.errors import InvalidInput, NotFound
from bot.core.ids import CalendarId, ConnectionId
from bot.core.rules import WorkingHours
from bot.people.connect import SESSION_LIFE, Alive, Choice, Connecting, Dead, Setup
from bot.people.services import OTHER, SERVICES, NotConnected, SignIn, Why
from bot.storage.links import Session
from bot.web import forms
from bot.web.forms import DAYS, Form, Mistake, Unreadable
from bot.web.mistakes import of_sign_in
from bot.web.pages import STATIC, Day, Pages, days, week, who

COOKIE = "overlap_connect"
NOTHING_TYPED = SignIn(service="", url="", user="", password="")


def routes(connecting: Connecting) -> list[BaseRoute]:
    """Everything below `/connect`, and the style sheet."""
    doors = Doors(connecting, Pages(urlsplit(connecting.public_url).path.rstrip("/")))
    return [
        Route("/connect", doors.sign_in_page),
        Route("/connect/caldav", doors.to_start),
        Route("/connect/caldav", _posted(doors, doors.sign_in), methods=["POST"]),
        Route("/connect/calendars", doors.calendars_page),
        Route("/connect/calendars", _posted(doors, doors.choose), methods=["POST"]),
        Route("/connect/done", doors.done_page),
        Route("/connect/disconnect", doors.disconnect_page),
        Route("/connect/disconnect", _posted(doors, doors.disconnect), methods=["POST"]),
        Route("/connect/{token}", doors.link_page),
        Route("/connect/{token}", _posted(doors, doors.open), methods=["POST"]),
        Route("/connect/{token}/again", doors.to_link),
        Route("/connect/{token}/again", _posted(doors, doors.send_again), methods=["POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


Answer = Callable[[Request, Form], Response]


def _posted(doors: "Doors", answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Reads the form here, and answers in a thread."""

    async def endpoint(request: Request) -> Response:
        form = await forms.read(request)
        if isinstance(form, Unreadable):
            return doors.pages.notice(form.status, form.title, form.words)
        return await run_in_threadpool(answer, request, form)

    return endpoint


@dataclass(frozen=True)
class Doors:
    """One method a page."""

    connecting: Connecting
    pages: Pages

    def link_page(self, request: Request) -> Response:
        """Says whose calendar would be connected, and asks."""
        token = request.path_params["token"]
        found = self.connecting.look(token)
        if isinstance(found, Alive):
            return self.pages.draw("link", token=token, who=who(found.person))
        return self._dead(token, found)

    def open(self, request: Request, _form: Form) -> Response:
        """Consumes the link."""
        token = request.path_params["token"]
        opened = self.connecting.open_session(token)
        if not isinstance(opened, Dead):
            answer = self._to("/connect")
            answer.set_cookie(
                COOKIE,
                opened.token,
                max_age=int(SESSION_LIFE.total_seconds()),
                path=f"{self.pages.base}/connect",
                secure=self.connecting.public_url.startswith("https:"),
                httponly=True,
                samesite="lax",
            )
            return answer
        session = self._session(request)
        if session is not None and self.connecting.opened_by(session, token):
            return self._to("/connect")  # a button pressed twice is one press
        return self._dead(token, opened)

    def send_again(self, request: Request, _form: Form) -> Response:
        """A new link, in the chat of whom the dead one was for: never on this page."""
        if not self.connecting.send_again(request.path_params["token"]):
            return self._dead("", Dead.UNKNOWN)
        return self.pages.notice(
            200,
            "Look into your chat",
            "Overlap has just sent a message to whoever this link was made for. Its button makes a new link.",
            "You can close this page.",
        )

    def sign_in_page(self, request: Request) -> Response:
        session = self._session(request)
        return self._closed() if session is None else self._sign_in(request, session)

    def sign_in(self, request: Request, form: Form) -> Response:
        """Connects the account, or says what is wrong and keeps everything that was typed but the password."""
        session = self._session(request)
        if session is None:
            return self._closed()
        if not self._is_ours(request, form):
            return self._outdated("/connect")
        typed = SignIn(
            service=form.one("service"), url=form.one("url"), user=form.one("user"), password=form.one("password")
        )
        connected = self.connecting.sign_in(session, typed)
        if isinstance(connected, NotConnected):
            return self._sign_in(request, session, typed, connected.reasons)
        return self._to("/connect/calendars")

    def calendars_page(self, request: Request) -> Response:
        session = self._session(request)
        if session is None:
            return self._closed()
        setup = self.connecting.setup(session)
        return self._calendars(request, setup) if setup.calendars else self._to("/connect")

    def choose(self, request: Request, form: Form) -> Response:
        """Keeps the choice, or says what is wrong with it and keeps what was ticked and typed."""
        session = self._session(request)
        if session is None:
            return self._closed()
        if not self._is_ours(request, form):
            return self._outdated("/connect/calendars")
        setup = self.connecting.setup(session)
        choice = _choice(form, setup)
        if isinstance(choice, list):
            return self._calendars(request, setup, form, choice)
        try:
            self.connecting.choose(session, choice)
        except InvalidInput as error:
            return self.pages.notice(400, "The list has changed", str(error))
        is_awaited = setup.is_awaited or session.resume is not None
        return self._to("/connect/done?resumes=yes" if is_awaited else "/connect/done")

    def done_page(self, request: Request) -> Response:
        session = self._session(request)
        if session is None:
            return self._closed()
        setup = self.connecting.setup(session)
        return self.pages.draw(
            "done",
            who=who(setup.person),
            setup=setup,
            week=week(setup.person.hours),
            resumes="resumes" in request.query_params,
        )

    def disconnect_page(self, request: Request) -> Response:
        """Asks once more, because what is forgotten must be signed in to again."""
        session = self._session(request)
        if session is None:
            return self._closed()
        setup = self.connecting.setup(session)
        wanted = request.query_params.get("connection")
        found = next((one for one in setup.connections if one.id == wanted), None)
        if found is None:
            return self._to("/connect/calendars")
        return self.pages.draw("disconnect", who=who(setup.person), connection=found, key=_form_key(request))

    def disconnect(self, request: Request, form: Form) -> Response:
        session = self._session(request)
        if session is None:
            return self._closed()
        if not self._is_ours(request, form):
            return self._outdated("/connect/calendars")
        with suppress(NotFound):  # pressed twice
            owner = self.connecting.setup(session).person
            self.connecting.disconnect(owner, ConnectionId(form.one("connection")))
        return self._to("/connect/calendars")

    def to_start(self, _request: Request) -> Response:
        return self._to("/connect")

    def to_link(self, request: Request) -> Response:
        return self._to(f"/connect/{request.path_params['token']}")

    def _sign_in(
        self, request: Request, session: Session, typed: SignIn = NOTHING_TYPED, reasons: tuple[Why, ...] = ()
    ) -> Response:
        setup = self.connecting.setup(session)
        return self.pages.draw(
            "sign_in",
            status=_status(reasons),
            who=who(setup.person),
            setup=setup,
            services=SERVICES.values(),
            service=typed.service or (OTHER if typed.url else ""),
            url=typed.url,
            user=typed.user,
            mistakes=of_sign_in(typed, reasons),
            key=_form_key(request),
        )

    def _calendars(
        self, request: Request, setup: Setup, form: Form | None = None, mistakes: list[Mistake] | None = None
    ) -> Response:
        counts = form.all("counts") if form else {one.id for one in setup.calendars if one.counts}
        receives = form.one("receives") if form else next((one.id for one in setup.calendars if one.receives), "")
        return self.pages.draw(
            "calendars",
            status=422 if mistakes else 200,
            who=who(setup.person),
            setup=setup,
            counts=counts,
            receives=receives,
            days=_typed_days(form) if form else days(setup.person.hours),
            zone=form.one("zone") if form else setup.person.hours.zone,
            zones=forms.zones(),
            mistakes=mistakes or [],
            key=_form_key(request),
        )

    def _dead(self, token: str, why: Dead) -> Response:
        """Says nothing of whom the link was for: whoever holds it may be anybody."""
        return self.pages.draw("dead", status=404 if why is Dead.UNKNOWN else 410, token=token, why=why.value)

    def _closed(self) -> Response:
        return self.pages.notice(
            410,
            "This page is closed",
            "It stays open for an hour after its link was used, in the browser that used it.",
            "Type /meet connect in Slack, or meet connect to Overlap in Teams, and open the link you get.",
        )

    def _outdated(self, path: str) -> Response:
        return self.pages.draw(
            "notice",
            status=400,
            title="This form is out of date",
            words=("Nothing was changed. Open the page again and fill it in there.",),
            again=path,
        )

    def _session(self, request: Request) -> Session | None:
        token = request.cookies.get(COOKIE)
        return self.connecting.session(token) if token else None

    def _is_ours(self, request: Request, form: Form) -> bool:
        return hmac.compare_digest(form.one("key").encode(), _form_key(request).encode())

    def _to(self, path: str) -> RedirectResponse:
        return RedirectResponse(f"{self.pages.base}{path}", status_code=303, headers={"Cache-Control": "no-store"})


def _form_key(request: Request) -> str:
    """Proof that a form came from a page of this session; the session's own token is not in any page."""
    return hashlib.sha256(f"form:{request.cookies.get(COOKIE, '')}".encode()).hexdigest()[:32]


def _status(reasons: tuple[Why, ...]) -> int:
    if Why.TOO_MANY_TRIES in reasons:
        return 429
    return 422 if reasons else 200


def _choice(form: Form, setup: Setup) -> Choice | list[Mistake]:
    counts = frozenset(CalendarId(one) for one in form.all("counts"))
    receives = CalendarId(form.one("receives")) if form.one("receives") else None
    hours = forms.hours(form)
    mistakes = [] if isinstance(hours, WorkingHours) else hours
    if receives is None and any(one.is_writable for one in setup.calendars):
        mistakes = [Mistake("receives", "Choose the calendar that gets your bookings."), *mistakes]
    if not counts:
        words = "Tick at least one calendar: without one nobody can tell when you are free."
        mistakes = [Mistake("counts", words), *mistakes]
    if mistakes or not isinstance(hours, WorkingHours):
        return mistakes
    return Choice(counts=counts, receives=receives, hours=hours)


def _typed_days(form: Form) -> list[Day]:
    return [
        Day(
            number=number,
            name=name,
            is_on=bool(form.one(f"on-{number}")),
            start=form.one(f"from-{number}"),
            end=form.one(f"to-{number}"),
        )
        for number, name in enumerate(DAYS)
    ]
