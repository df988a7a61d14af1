"""The pages on which somebody signs in to a calendar with a password: iCloud, and every other CalDAV service."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.calendars import Connection
from bot.people.again import Again, Before
from bot.people.services import OTHER, SERVICES, NotConnected, SignIn, Why
from bot.storage.links import Session
from bot.web.doors import Doors, form_key
from bot.web.forms import Form
from bot.web.mistakes import of_sign_in

ICLOUD = "icloud"
NOTHING_TYPED = SignIn(service="", url="", user="", password="")


@dataclass(frozen=True)
class Passwords:
    """The pages of those services that are offered."""

    doors: Doors
    again: Again
    kinds: frozenset[str]

    def routes(self) -> Sequence[BaseRoute]:
        found: list[BaseRoute] = []
        for path in (one for one in ("icloud", "caldav") if one in self.kinds):
            at = f"/connect/{path}"
            found += [
                Route(at, self.doors.page(self.page)),
                Route(at, self.doors.posted(self.sign_in, back=at), methods=["POST"]),
            ]
        return found

    def page(self, request: Request, session: Session) -> Response:
        before = self._before(session, request.query_params.get("account", ""))
        if before is not None:
            return self._draw(request, session, _typed(before, before.user), before=before)
        asked = request.query_params.get("service", "")
        return self._draw(request, session, SignIn(service=asked, url="", user="", password=""))

    def sign_in(self, request: Request, session: Session, form: Form) -> Response:
        """Opens the account, or says what is wrong and keeps everything that was typed but the password."""
        before = self._before(session, form.one("account"))
        if before is not None:
            return self._sign_in_again(request, session, form, before)
        named = form.one("service")
        service = ICLOUD if self._is_icloud(request) else named if named != ICLOUD else ""
        typed = SignIn(service=service, url=form.one("url"), user=form.one("user"), password=form.one("password"))
        made = self.doors.connecting.sign_in(session, typed)
        if isinstance(made, NotConnected):
            return self._draw(request, session, typed, made.reasons)
        return self.doors.to("/connect/calendars?again=yes" if isinstance(made, Connection) else "/connect/confirm")

    def _sign_in_again(self, request: Request, session: Session, form: Form, before: Before) -> Response:
        """Only the account that was connected before takes its own place."""
        typed = _typed(before, form.one("user"), form.one("password"), form.one("url"))
        made = self.again.sign_in(session, before, typed)
        if isinstance(made, NotConnected):
            return self._draw(request, session, typed, made.reasons, before)
        return self.doors.to("/connect/calendars?again=yes")

    def _before(self, session: Session, account: str) -> Before | None:
        found = self.again.before(session, account) if account else None
        return found if found is not None and found.connection.provider == "caldav" else None

    def _draw(
        self,
        request: Request,
        session: Session,
        typed: SignIn = NOTHING_TYPED,
        reasons: tuple[Why, ...] = (),
        before: Before | None = None,
    ) -> Response:
        is_icloud = self._is_icloud(request)
        services = [one for one in SERVICES.values() if one.name != ICLOUD]  # it has a page of its own
        return self.doors.pages.draw(
            "icloud" if is_icloud else "sign_in" if before is None else "again",
            status=_status(reasons),
            who=self.doors.who(self.doors.connecting.setup(session).person),
            services=services,
            before=before,
            chosen=SERVICES.get(typed.service, SERVICES[OTHER]),
            service=typed.service or (OTHER if typed.url else ""),
            url=typed.url,
            user=typed.user,
            mistakes=of_sign_in(typed, reasons, shows_service=not is_icloud),
            key=form_key(request),
        )

    def _is_icloud(self, request: Request) -> bool:
        return request.url.path.rstrip("/").endswith("/icloud")


def _typed(before: Before, user: str, password: str = "", url: str = "") -> SignIn:
    """A sign-in at the place where that account is."""
    return SignIn(service=before.service, url=before.url or url, user=user, password=password)


def _status(reasons: tuple[Why, ...]) -> int:
    if Why.TOO_MANY_TRIES in reasons:
        return 429
    return 422 if reasons else 200
