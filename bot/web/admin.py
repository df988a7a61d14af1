"""The administrators' pages: the rooms of a workspace, who keeps each, and the ways to add one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.calendars import Connection
from bot.core.ids import CalendarId, ConnectionId, PersonId
from bot.core.people import Person
from bot.language.wording import operating
from bot.people.operating import Kind, Matter, matters
from bot.people.room_book import Account, Kept, Overview
from bot.people.rooms import DIRECTORIES, Details, Rooms, Unfit
from bot.providers import base
from bot.storage.links import Session
from bot.web import forms
from bot.web.doors import Doors, Endpoint, form_key
from bot.web.forms import Form, Mistake
from bot.web.oauth import NAMES, OAuthPages
from bot.web.room_forms import details, of_room, typed, wrong

HOME = "/connect/rooms"
MOST_LISTED = 2000
"""Rooms on one page; nobody ticks more of them by hand."""

Answer = Callable[[Request, Person], Response]
Sent = Callable[[Request, Person, Form], Response]


@dataclass(frozen=True)
class RoomPages:
    """What an administrator does with rooms."""

    doors: Doors
    rooms: Rooms
    oauth: Mapping[str, OAuthPages]

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route(HOME, self._page(self.home)),
            Route(f"{HOME}/import", self._page(self.import_page)),
            Route(f"{HOME}/import", self._posted(self.bring_in, f"{HOME}/import"), methods=["POST"]),
            Route(f"{HOME}/permission", self.doors.posted(self.permission, back=HOME), methods=["POST"]),
            Route(f"{HOME}/address", self._page(self.address_page)),
            Route(f"{HOME}/address", self._posted(self.add_address, f"{HOME}/address"), methods=["POST"]),
            Route(f"{HOME}/calendar", self._page(self.calendar_page)),
            Route(f"{HOME}/calendar", self._posted(self.add_calendar, f"{HOME}/calendar"), methods=["POST"]),
            Route(f"{HOME}/edit", self._page(self.edit_page)),
            Route(f"{HOME}/edit", self._posted(self.edit, HOME), methods=["POST"]),
            Route(f"{HOME}/remove", self._page(self.remove_page)),
            Route(f"{HOME}/remove", self._posted(self.remove, HOME), methods=["POST"]),
        )

    def home(self, request: Request, admin: Person) -> Response:
        """Every room, and the ways to another one."""
        house, now = self.rooms.connecting, self.rooms.connecting.clock.now()
        mend = [_words(one) for one in matters(house.database, admin.tenant, now)]
        return self._draw(request, "rooms", self.rooms.overview(admin), now=now, mend=mend)

    def import_page(self, request: Request, admin: Person) -> Response:
        """An account to import through, then what its directory lists, one building or all."""
        seen = self.rooms.overview(admin)
        account = seen.account(request.query_params.get("account", ""))
        able = [one for one in seen.own if one.connection.provider in DIRECTORIES]
        if account is None and len(able) == 1:
            account = able[0]
        if account is None or account not in able:
            return self._draw(request, "rooms_accounts", seen, accounts=able)
        found = self.rooms.listed(admin, account.connection.id)
        if isinstance(found, Unfit):
            provider = account.connection.provider
            return self._draw(
                request,
                "rooms_refused",
                seen,
                why=found.value,
                account=account.connection,
                service=NAMES[provider],
                may_ask=provider in self.oauth,
            )
        return self._import(request, seen, account.connection, found)

    def bring_in(self, request: Request, admin: Person, form: Form) -> Response:
        """Keeps what was ticked."""
        seen = self.rooms.overview(admin)
        account = ConnectionId(form.one("account"))
        found = self.rooms.listed(admin, account)
        keeper = seen.account(account)
        if isinstance(found, Unfit) or keeper is None:
            return self.doors.to(f"{HOME}/import?account={account}")
        ticked = form.all("room")
        chosen = [one for one in found if one.address in ticked]
        mistakes = [] if chosen else [Mistake("rooms", "Tick at least one room.")]
        if chosen:
            made = self.rooms.bring_in(admin, account, _second(form), chosen)
            if not isinstance(made, Unfit):
                return self.doors.to(f"{HOME}?added={made}")
            mistakes = [wrong(made)]
        return self._import(request, seen, keeper.connection, found, form, mistakes)

    def permission(self, request: Request, session: Session, form: Form) -> Response:
        """On to the service's own page, where an administrator allows to list rooms."""
        admin = self.rooms.admin(session)
        if admin is None:
            return self._no_admin()
        account = self.rooms.overview(admin).account(form.one("account"))
        pages = None if account is None else self.oauth.get(account.connection.provider)
        if account is None or pages is None or account.owner.id != admin.id:
            return self.doors.to(f"{HOME}/import")
        if account.connection.provider == "google":
            return pages.go(session, account.connection.access, account.connection, rooms=True)
        return pages.ask_approval(request, session, form)

    def address_page(self, request: Request, admin: Person) -> Response:
        return self._form(request, "rooms_address", self.rooms.overview(admin), typed(None, admin.zone))

    def add_address(self, request: Request, admin: Person, form: Form) -> Response:
        """A room by its address, checked by one look through its keeper's account."""
        seen = self.rooms.overview(admin)
        said = details(form)
        address = form.one("address").strip().casefold()
        mistakes = [] if isinstance(said, Details) else said
        if not _is_address(address):
            words = "Type the room’s e-mail address, for example elbe@resource.example.com."
            mistakes = [Mistake("address", words), *mistakes]
        if not mistakes and isinstance(said, Details):
            made = self.rooms.add_address(admin, ConnectionId(form.one("keeper")), address, said, _second(form))
            if not isinstance(made, Unfit):
                return self.doors.to(f"{HOME}?added=1")
            mistakes = [wrong(made, on="address")]
        return self._form(request, "rooms_address", seen, typed(form, admin.zone), mistakes)

    def calendar_page(self, request: Request, admin: Person) -> Response:
        return self._form(request, "rooms_calendar", self.rooms.overview(admin), typed(None, admin.zone))

    def add_calendar(self, request: Request, admin: Person, form: Form) -> Response:
        """A calendar of the administrator's own account becomes a room's."""
        seen = self.rooms.overview(admin)
        said = details(form)
        mistakes = [] if isinstance(said, Details) else said
        if form.one("calendar") not in {one.id for one in seen.calendars}:
            mistakes = [Mistake("calendar", "Choose the calendar that is the room’s."), *mistakes]
        if not mistakes and isinstance(said, Details):
            made = self.rooms.add_calendar(admin, CalendarId(form.one("calendar")), said, _second(form))
            if not isinstance(made, Unfit):
                return self.doors.to(f"{HOME}?added=1")
            mistakes = [wrong(made, on="calendar")]
        return self._form(request, "rooms_calendar", seen, typed(form, admin.zone), mistakes)

    def edit_page(self, request: Request, admin: Person) -> Response:
        seen = self.rooms.overview(admin)
        kept = seen.kept(request.query_params.get("room", ""))
        return self.doors.to(HOME) if kept is None else self._edit(request, seen, kept, of_room(kept))

    def edit(self, request: Request, admin: Person, form: Form) -> Response:
        seen = self.rooms.overview(admin)
        kept = seen.kept(form.one("room"))
        if kept is None:
            return self.doors.to(HOME)  # somebody removed it meanwhile
        said = details(form)
        mistakes = [] if isinstance(said, Details) else said
        if isinstance(said, Details):
            keeper = ConnectionId(form.one("keeper")) if form.one("keeper") else kept.room.keeper
            made = self.rooms.change(admin, kept.person.id, said, keeper, _second(form))
            if made is None:
                return self.doors.to(f"{HOME}?saved=yes")
            mistakes = [wrong(made, on="keeper")]
        return self._edit(request, seen, kept, typed(form, admin.zone), mistakes)

    def remove_page(self, request: Request, admin: Person) -> Response:
        """Asks once more."""
        seen = self.rooms.overview(admin)
        kept = seen.kept(request.query_params.get("room", ""))
        return self.doors.to(HOME) if kept is None else self._draw(request, "rooms_remove", seen, one=kept)

    def remove(self, _request: Request, admin: Person, form: Form) -> Response:
        self.rooms.remove(admin, PersonId(form.one("room")))
        return self.doors.to(f"{HOME}?removed=yes")

    def _import(
        self,
        request: Request,
        seen: Overview,
        account: Connection,
        found: Sequence[base.Room],
        form: Form | None = None,
        mistakes: Sequence[Mistake] = (),
    ) -> Response:
        known = {one.room.address for one in seen.rooms}
        building = request.query_params.get("building", "")
        shown = [one for one in found if not building or one.building == building][:MOST_LISTED]
        return self._draw(
            request,
            "rooms_import",
            seen,
            status=422 if mistakes else 200,
            account=account,
            found=sorted(shown, key=lambda one: (one.is_equipment, one.building, one.name)),
            buildings=sorted({one.building for one in found if one.building}),
            building=building,
            known=known,
            ticked=form.all("room") if form else frozenset(),
            second=form.one("second") if form else "",
            able=_able(seen, account.provider, account.id),
            mistakes=mistakes,
        )

    def _edit(
        self,
        request: Request,
        seen: Overview,
        kept: Kept,
        fields: Mapping[str, str],
        mistakes: Sequence[Mistake] = (),
    ) -> Response:
        return self._form(request, "rooms_edit", seen, fields, mistakes, one=kept)

    def _form(
        self,
        request: Request,
        template: str,
        seen: Overview,
        fields: Mapping[str, str],
        mistakes: Sequence[Mistake] = (),
        **shown: object,
    ) -> Response:
        return self._draw(
            request,
            template,
            seen,
            status=422 if mistakes else 200,
            fields=fields,
            mistakes=mistakes,
            zones=forms.zones(),
            directories=DIRECTORIES,
            names=NAMES,
            **shown,
        )

    def _draw(self, request: Request, template: str, seen: Overview, *, status: int = 200, **shown: object) -> Response:
        return self.doors.pages.draw(
            template,
            status=status,
            who=self.doors.who(seen.admin),
            seen=seen,
            news=_news(request),
            key=form_key(request),
            **shown,
        )

    def _page(self, answer: Answer) -> Callable[[Request], Response]:
        """A page for whoever administers now: a right that is taken away closes it at once."""

        def checked(request: Request, session: Session) -> Response:
            admin = self.rooms.admin(session)
            return self._no_admin() if admin is None else answer(request, admin)

        return self.doors.page(checked)

    def _posted(self, answer: Sent, back: str) -> Endpoint:
        def checked(request: Request, session: Session, form: Form) -> Response:
            admin = self.rooms.admin(session)
            return self._no_admin() if admin is None else answer(request, admin, form)

        return self.doors.posted(checked, back=back)

    def _no_admin(self) -> Response:
        return self.doors.pages.notice(
            403,
            "This page is for administrators",
            "Rooms are added and changed by whoever administers this workspace. You can book them like people.",
        )


def _words(found: Matter) -> str:
    """What is to be mended outside of these pages."""
    words = operating.refused if found.kind is Kind.REFUSED else operating.testing
    return words(found.provider, found.accounts)


def _second(form: Form) -> ConnectionId | None:
    return ConnectionId(form.one("second")) if form.one("second") else None


def _able(seen: Overview, provider: str, keeper: str) -> list[Account]:
    """The accounts that could be the second one."""
    return [one for one in seen.accounts if one.connection.provider == provider and one.connection.id != keeper]


def _is_address(words: str) -> bool:
    name, at, domain = words.partition("@")
    return bool(name and at and "." in domain) and words.isprintable() and " " not in words and len(words) <= 320


def _news(request: Request) -> str:
    """What the step before has done, in one sentence."""
    if (added := request.query_params.get("added", "")).isdecimal():
        return {"0": "These rooms were here already.", "1": "One room was added."}.get(
            added, f"{added} rooms were added."
        )
    if "saved" in request.query_params:
        return "Saved."
    return "The room was removed." if "removed" in request.query_params else ""
