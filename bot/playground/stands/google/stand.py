"""The stand-in for Google: Calendar, the directory of rooms and the sign-in, on a port of loopback.

People and calendars are named by their addresses and ids. The bot cannot tell that it is not Google.
"""

import copy
import secrets
import threading
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.playground.stands.google.calls import Fault, heard
from bot.playground.stands.google.consent import Consent
from bot.playground.stands.google.described import Method, methods
from bot.playground.stands.google.lists import Lists
from bot.playground.stands.google.office import Calendar, Office, User
from bot.playground.stands.google.push import Pushes
from bot.playground.stands.google.refusals import Refusal
from bot.playground.stands.google.series import Event, moment
from bot.playground.stands.google.service import Service
from bot.playground.stands.serving import Serving

FULL = (
    "openid",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.events.freebusy",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
)


class GoogleStand:
    """Serves while its `with` block lasts."""

    def __init__(self, *, port: int = 0, now: Callable[[], datetime] | None = None) -> None:
        self.client_id = f"{secrets.token_hex(8)}.apps.googleusercontent.com"
        self.client_secret = f"GOCSPX-{secrets.token_urlsafe(18)}"
        self._now = now or (lambda: datetime.now(UTC))
        self._passed = timedelta(0)
        self._lock = threading.RLock()
        self.office = Office(self.now)
        self.lists = Lists(self.office)
        self.pushes = Pushes(self.now)
        self.office.changed.append(self.pushes.ring)
        self.service = Service(self.office, self.lists, self.pushes)
        self.consent = Consent(self.office, self.client_id, self.client_secret, self.now)
        self.faults: list[Fault] = []
        self.meanwhile: dict[str, Callable[[], object]] = {}
        """What somebody does just before the next call of a method is answered."""
        self.calls: list[str] = []
        """Every method that was called, in order, refused ones too."""
        self.refusals: list[str] = []
        """Everything that was refused."""
        self.sins: list[str] = []
        """What only a careless client does: unknown names, wrong types, questions that Google does not know."""
        self._serving = Serving(self._app(), port)
        self.is_up = False
        self.consent.url = self._serving.url

    @property
    def url(self) -> str:
        return self._serving.url

    @property
    def environment(self) -> dict[str, str]:
        """What a bot needs to be told to talk to this Google."""
        return {
            "OVERLAP_GOOGLE_CLIENT_ID": self.client_id,
            "OVERLAP_GOOGLE_CLIENT_SECRET": self.client_secret,
            "OVERLAP_GOOGLE_API_URL": self.url,
            "OVERLAP_GOOGLE_OAUTH_URL": self.url,
        }

    def now(self) -> datetime:
        """The stand-in's clock."""
        return self._now() + self._passed

    def let_pass(self, time: timedelta) -> None:
        """So much time passes."""
        self._passed += time

    def __enter__(self) -> Self:
        self._serving.start()
        self.is_up = True
        self.pushes.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pushes.finish()
        self._serving.stop()

    def stop(self) -> None:
        """As when the network is gone; `start` brings it back at the same address."""
        self._serving.stop()
        self.is_up = False

    def start(self) -> None:
        self._serving = Serving(self._app(), self._serving.port)
        self._serving.start()
        self.is_up = True

    def add(self, email: str, name: str, *, zone: str = "Europe/Berlin", is_admin: bool = False) -> None:
        """A new account, with its own calendar."""
        with self._lock:
            self.office.add(User(email=email, name=name, is_admin=is_admin), zone)

    def add_room(self, email: str, name: str, *, zone: str = "Europe/Berlin", **told: Any) -> None:
        """A room, or equipment; `told` is what else the directory says of it."""
        resource = {"resourceId": secrets.token_hex(6), "resourceEmail": email, "resourceName": name}
        resource |= {"resourceCategory": "CONFERENCE_ROOM", **told}
        with self._lock:
            self.office.add(User(email=email, name=name, room=resource), zone)

    def new_calendar(self, owner: str, name: str, *, zone: str = "Europe/Berlin", **kept: Any) -> str:
        """A further calendar of that account; its id."""
        named = f"{secrets.token_hex(13)}@group.calendar.google.com"
        with self._lock:
            self.office.calendars[named] = Calendar(id=named, owner=owner, summary=name, zone=zone, **kept)
        return named

    def share(self, calendar: str, email: str, role: str) -> None:
        """Lets somebody else into a calendar: freeBusyReader, reader, writer."""
        with self._lock:
            self.office.calendars[calendar].roles[email] = role

    def place(self, calendar: str, *, start: datetime, end: datetime, **told: Any) -> str:
        """An event that somebody makes with Google's own app; its id."""
        with self._lock:
            kept = self.office.calendars[calendar]
            body = {"start": moment(start, kept.zone), "end": moment(end, kept.zone), "summary": "Something", **told}
            return str(self.office.insert(kept, body, by=kept.owner)["id"])

    def keep(self, calendar: str, event: Event) -> str:
        """An event exactly as Google would hold it, a master or an exception; its id."""
        with self._lock:
            return str(self.office.insert(self.office.calendars[calendar], event, by=event["organizer"]["email"])["id"])

    def move(self, calendar: str, named: str, *, start: datetime, end: datetime) -> None:
        """Its owner moves it by hand."""
        with self._lock:
            kept = self.office.calendars[calendar]
            told = {"start": moment(start, kept.zone), "end": moment(end, kept.zone)}
            self.office.change(kept, self.office.event(kept, named), told)

    def edit(self, calendar: str, named: str, **told: Any) -> None:
        """Its owner changes anything else."""
        with self._lock:
            kept = self.office.calendars[calendar]
            self.office.change(kept, self.office.event(kept, named), told)

    def answer(self, email: str, named: str, response: str) -> None:
        """A guest answers in their own calendar."""
        with self._lock:
            self.office.answer(email, self.office.calendars[email].events[named], response)

    def delete(self, calendar: str, named: str) -> None:
        """Its owner deletes it by hand."""
        with self._lock:
            kept = self.office.calendars[calendar]
            self.office.delete(kept, self.office.event(kept, named))

    def drop_calendar(self, calendar: str) -> None:
        """The whole calendar goes."""
        with self._lock:
            del self.office.calendars[calendar]

    def events(self, calendar: str) -> list[Event]:
        """What stands there now; the deleted do not."""
        with self._lock:
            kept = self.office.calendars[calendar].events.values()
            return [copy.deepcopy(one) for one in kept if one["status"] != "cancelled"]

    def named(self, calendar: str, ical_uid: str) -> str:
        """The id of the event with that iCalUID."""
        with self._lock:
            kept = self.office.calendars[calendar].events.values()
            return next(str(one["id"]) for one in kept if one["iCalUID"] == ical_uid and "recurringEventId" not in one)

    def grant(self, email: str, scopes: Iterable[str] = FULL) -> dict[str, str]:
        """Tokens without the page: an access token and a refresh token."""
        with self._lock:
            kept = self.consent.granted(email, scopes)
            return {"access_token": self.consent.access(kept), "refresh_token": kept.refresh_token}

    def revoke(self, email: str) -> None:
        """Its owner takes the access away in their Google account."""
        with self._lock:
            self.consent.end(email)
            self.pushes.revoke(email)

    def press(self, url: str, email: str, *, untick: Iterable[str] = (), answer: str = "allow") -> dict[str, str]:
        """Somebody decides on the consent page; the parameters with which the browser is sent back."""
        with httpx.Client(trust_env=False) as browser:
            browser.get(url).raise_for_status()
            named, asking = list(self.consent.askings.items())[-1]
            ticked = [one for one in asking.scopes if one.rpartition("/")[2] not in set(untick)]
            told = {"asking": named, "email": email, "answer": answer, "scope": ticked}
            sent = browser.post(f"{self.url}/o/oauth2/v2/consent", data=told)
        return dict(parse_qsl(urlsplit(sent.headers["location"]).query))

    def _app(self) -> Starlette:
        routes = [
            Route("/o/oauth2/v2/auth", self.consent.page),
            Route("/o/oauth2/v2/consent", self.consent.decided, methods=["POST"]),
            Route("/token", self.consent.token, methods=["POST"]),
            Route("/revoke", self.consent.revoke, methods=["POST"]),
        ]
        routes += [Route(one.path, self._endpoint(one), methods=[one.verb]) for one in methods()]
        return Starlette(routes=routes)

    def _endpoint(self, method: Method) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            with self._lock:
                self.calls.append(method.id)
                fault = next((one for one in self.faults if one.method in (None, method.id)), None)
                if fault is not None:
                    self.faults.remove(fault)
            try:
                if fault is not None and fault.html is not None:
                    return HTMLResponse(fault.html, status_code=fault.status)
                if fault is not None and not fault.is_done:
                    raise Refusal(fault.status, fault.reason, retry_after=fault.retry_after)
                answer = await self._answered(method, request)
                if fault is not None:
                    raise Refusal(fault.status, fault.reason, retry_after=fault.retry_after)
            except Refusal as refusal:
                told = f"{method.id}: {refusal}"
                self.refusals.append(told)
                if refusal.is_sin:
                    self.sins.append(told)
                return refusal.answer
            return answer

        return endpoint

    async def _answered(self, method: Method, request: Request) -> Response:
        call = await heard(method, request, self.consent.bearer(request.headers.get("authorization", "")))
        with self._lock:
            self.meanwhile.pop(method.id, lambda: None)()
            told = self.service.methods()[method.id](call)
        if told is None:
            return Response(status_code=204)
        headers = {"ETag": told["etag"]} if "etag" in told else {}
        return JSONResponse(method.picked(told, call.asked.get("fields")), headers=headers)
