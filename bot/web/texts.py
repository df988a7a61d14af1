"""The pages on which somebody connects a calendar that is text: a feed's address, or a file with a preview of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.calendars import Connection
from bot.core.errors import NotACalendar
from bot.core.zones import zone
from bot.people.again import Again, Before
from bot.people.services import NotConnected, Why
from bot.people.texts import Handed, Texts, TypedFeed
from bot.storage.links import Session
from bot.web.doors import Doors, form_key
from bot.web.forms import Form, Mistake
from bot.web.mistakes import FEED, FILE

MOST_NAMED = 5


@dataclass(frozen=True)
class TextPages:
    """The pages of feeds and files, as far as they are offered."""

    doors: Doors
    texts: Texts
    again: Again
    kinds: frozenset[str]

    def routes(self) -> Sequence[BaseRoute]:
        found: list[BaseRoute] = []
        if "ics" in self.kinds:
            path = "/connect/feed"
            found += [
                Route(path, self.doors.page(self.feed_page)),
                Route(path, self.doors.posted(self.feed, back=path), methods=["POST"]),
            ]
        if "import" in self.kinds:
            path = "/connect/import"
            found += [
                Route(path, self.doors.page(self.file_page)),
                Route(path, self.doors.posted(self.file, back=path, takes_file=True), methods=["POST"]),
            ]
        return found

    def feed_page(self, request: Request, session: Session) -> Response:
        before = self._before(session, request.query_params.get("account", ""))
        if before is None:
            return self._feed(request, session)
        known = TypedFeed(url="", name=before.user, addresses=" ".join(before.addresses))
        return self._feed(request, session, known, before=before)

    def feed(self, request: Request, session: Session, form: Form) -> Response:
        """Fetches it once, or says what is wrong with what was typed."""
        typed = TypedFeed(url=form.one("url"), name=form.one("name"), addresses=form.one("addresses"))
        before = self._before(session, form.one("account"))
        made = self.texts.feed(session, typed, None if before is None else before.connection.id)
        if isinstance(made, NotConnected):
            wrong = [FEED[one] for one in made.reasons]
            return self._feed(request, session, typed, wrong, _status(made.reasons), before)
        return self.doors.to("/connect/calendars?again=yes" if isinstance(made, Connection) else "/connect/confirm")

    def _before(self, session: Session, account: str) -> Before | None:
        """The feed that is to get a new link."""
        found = self.again.before(session, account) if account else None
        return found if found is not None and found.connection.provider == "ics" else None

    def file_page(self, request: Request, session: Session) -> Response:
        return self._file(request, session)

    def file(self, request: Request, session: Session, form: Form) -> Response:
        """Looks at the file; what it holds is shown on the next page, before any of it counts."""
        name, data = (form.file.name, form.file.data) if form.file is not None else ("", b"")
        typed = form.one("addresses")
        try:
            handed = self.texts.look(session, name, data, typed)
        except NotACalendar as error:
            return self._file(request, session, typed, [Mistake("file", str(error))], 422)
        if isinstance(handed, NotConnected):
            return self._file(request, session, typed, [FILE[one] for one in handed.reasons], _status(handed.reasons))
        home = self.doors.connecting.setup(session).person.hours.zone
        made = self.texts.hand_over(session, handed, [*told(handed, home)])
        if isinstance(made, NotConnected):
            return self._file(request, session, typed, [FILE[one] for one in made.reasons], 422)
        return self.doors.to("/connect/confirm")

    def _feed(
        self,
        request: Request,
        session: Session,
        typed: TypedFeed | None = None,
        mistakes: Sequence[Mistake] = (),
        status: int = 200,
        before: Before | None = None,
    ) -> Response:
        owner = self.doors.connecting.setup(session).person
        shown = typed or TypedFeed(url="", name="", addresses=owner.email or "")
        return self.doors.pages.draw(
            "feed",
            status=status,
            who=self.doors.who(owner),
            typed=shown,
            before=before,
            mistakes=list(mistakes),
            key=form_key(request),
        )

    def _file(
        self,
        request: Request,
        session: Session,
        addresses: str | None = None,
        mistakes: Sequence[Mistake] = (),
        status: int = 200,
    ) -> Response:
        owner = self.doors.connecting.setup(session).person
        shown = owner.email or "" if addresses is None else addresses
        return self.doors.pages.draw(
            "import",
            status=status,
            who=self.doors.who(owner),
            addresses=shown,
            mistakes=list(mistakes),
            key=form_key(request),
        )


def told(handed: Handed, home: str) -> Iterator[str]:
    """What a file comes to, a sentence each."""
    seen = handed.preview
    events = _number(seen.events, "event")
    repeating = f", {seen.repeating} of them repeating" if seen.repeating else ""
    span = ""
    if seen.first is not None and seen.last is not None:
        first, last = _day(seen.first, home), _day(seen.last, home)
        span = f", on {first}" if first == last else f", from {first} to {last}"
    yield f"{events}{repeating}{span}."
    yield f"It adds {_number(seen.ahead, 'busy time')} in the year to come."
    if seen.zones:
        yield f"Time zones: {_few(seen.zones)}."
    if seen.assumed:
        yield f"Not known: {_few(seen.assumed)}. Times there are taken as {home}."
    yield from seen.notes
    yield "It is read once and does not update by itself: events that you add later are not seen."
    if handed.replaces is not None:
        yield "It takes the place of what you imported from a file of this name before."


def _day(at: datetime, home: str) -> str:
    local = at.astimezone(zone(home))
    return f"{local.day} {local:%B %Y}"


def _few(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _status(reasons: Sequence[Why]) -> int:
    return 429 if Why.TOO_MANY_TRIES in reasons else 422
