"""The pages on which somebody connects a calendar: a link, a sign-in, their word, a choice.

A GET never changes anything, because scanners and previews open links; the first POST of a link consumes it and
opens the session, a cookie that only these pages see. (A service sends its answer by GET: `oauth` takes it once.)
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.core.calendars import Access
from bot.core.errors import NotFound
from bot.core.ids import ConnectionId
from bot.people.again import Again
from bot.people.connect import ADMIN, RECONNECT, SETTINGS, Alive, Connecting, Dead
from bot.people.pending import label
from bot.people.preferences import Preferring
from bot.people.rooms import Rooms
from bot.people.signing_in import SigningIn
from bot.people.texts import Texts
from bot.storage.links import Session
from bot.web.admin import RoomPages
from bot.web.again import way
from bot.web.choosing import Choosing
from bot.web.doors import Doors, form_key
from bot.web.forms import Form
from bot.web.oauth import NAMES, OAuthPages
from bot.web.pages import STATIC, Pages
from bot.web.passwords import Passwords
from bot.web.settings import SettingsPages
from bot.web.texts import TextPages


def routes(connecting: Connecting, signing_in: SigningIn, offered: frozenset[str], rooms: Rooms) -> list[BaseRoute]:
    """Everything below `/connect`, and the style sheet; only what is offered has a page."""
    doors = Doors(connecting, Pages(urlsplit(connecting.public_url).path.rstrip("/")))
    kinds = frozenset(one for one in offered if one not in NAMES or one in signing_in.sign_ins)
    oauth = {one: OAuthPages(doors, signing_in, one) for one in NAMES if one in kinds}
    links, choosing, again = Links(doors, kinds, oauth), Choosing(doors), Again(connecting)
    return [
        Route("/connect", doors.page(links.start)),
        *(route for pages in oauth.values() for route in pages.routes()),
        *Passwords(doors, again, kinds).routes(),
        *TextPages(doors, Texts(connecting), again, kinds).routes(),
        Route("/connect/confirm", doors.page(links.confirm_page)),
        Route("/connect/confirm", doors.posted(links.confirm, back="/connect"), methods=["POST"]),
        *choosing.routes(),
        *RoomPages(replace(doors, purpose=ADMIN), rooms, oauth).routes(),
        *SettingsPages(replace(doors, purpose=SETTINGS), Preferring(connecting)).routes(),
        Route("/connect/disconnect", doors.page(links.disconnect_page)),
        Route("/connect/disconnect", doors.posted(links.disconnect, back="/connect/calendars"), methods=["POST"]),
        Route("/connect/{token}", links.link_page),
        Route("/connect/{token}", doors.sent(links.open), methods=["POST"]),
        Route("/connect/{token}/again", links.to_link),
        Route("/connect/{token}/again", doors.sent(links.send_again), methods=["POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


@dataclass(frozen=True)
class Links:
    """The way in, what can be connected, and the word on it."""

    doors: Doors
    kinds: frozenset[str]
    """What can be connected here."""
    oauth: dict[str, OAuthPages]

    def link_page(self, request: Request) -> Response:
        """Says whose calendar would be connected, and asks."""
        token = request.path_params["token"]
        found = self.doors.connecting.look(token)
        if isinstance(found, Alive):
            is_again = found.purpose == RECONNECT
            return self.doors.pages.draw(
                "link",
                token=token,
                who=self.doors.who(found.person),
                consent=None if is_again else found.consent,
                again=found.consent if is_again else None,
                is_admin=found.purpose == ADMIN,
                is_settings=found.purpose == SETTINGS,
            )
        return self._dead(token, found)

    def open(self, request: Request, _form: Form) -> Response:
        """Consumes the link; one that is about an account leads straight to where that is opened."""
        token, connecting = request.path_params["token"], self.doors.connecting
        opened = connecting.open_session(token)
        if not isinstance(opened, Dead):
            return self.doors.let_in(self._first(opened.session, opened.again), opened)
        session = self.doors.visitor(request)
        if session is not None and connecting.opened_by(session, token):
            # A button pressed twice is one press.
            again = connecting.reconnects(token)
            return self.doors.to(_start(session)) if again is None else self._first(session, again)
        return self._dead(token, opened)

    def send_again(self, request: Request, _form: Form) -> Response:
        """A new link, in the chat of whom the dead one was for: never on this page."""
        if not self.doors.connecting.send_again(request.path_params["token"]):
            return self._dead("", Dead.UNKNOWN)
        return self.doors.pages.notice(
            200,
            "Look into your chat",
            "Overlap has just sent a message to whoever this link was made for. Its button makes a new link.",
            "You can close this page.",
        )

    def start(self, _request: Request, session: Session) -> Response:
        """What is connected, and everything that can be."""
        setup = self.doors.connecting.setup(session)
        return self.doors.pages.draw(
            "start",
            who=self.doors.who(setup.person),
            setup=setup,
            kinds=self.kinds,
            ways={one.id: way(one, self.kinds) for one in setup.connections},
        )

    def confirm_page(self, request: Request, session: Session) -> Response:
        """Names both sides and asks for a word, before anything of it is kept."""
        new = self.doors.connecting.pending(session)
        if new is None:
            return self.doors.to("/connect")
        setup = self.doors.connecting.setup(session)
        return self.doors.pages.draw(
            "confirm",
            who=self.doors.who(setup.person),
            new=new,
            label=label(new.account),
            told=new.told,
            key=form_key(request),
        )

    def confirm(self, _request: Request, session: Session, form: Form) -> Response:
        if form.one("answer") != "yes":
            self.doors.connecting.decline(session)
            return self.doors.to("/connect")
        new = self.doors.connecting.pending(session)
        made = self.doors.connecting.confirm(session)
        if made is None:
            return self.doors.to("/connect/calendars")  # pressed twice
        return self.doors.to("/connect/calendars?less=yes" if new is not None and new.is_less else "/connect/calendars")

    def disconnect_page(self, request: Request, session: Session) -> Response:
        """Asks once more, because what is forgotten must be signed in to again."""
        setup = self.doors.connecting.setup(session)
        wanted = request.query_params.get("connection")
        found = next((one for one in setup.connections if one.id == wanted), None)
        if found is None:
            return self.doors.to("/connect/calendars")
        return self.doors.pages.draw(
            "disconnect", who=self.doors.who(setup.person), connection=found, key=form_key(request)
        )

    def disconnect(self, _request: Request, session: Session, form: Form) -> Response:
        with suppress(NotFound):  # pressed twice
            owner = self.doors.connecting.setup(session).person
            self.doors.connecting.disconnect(owner, ConnectionId(form.one("connection")))
        return self.doors.to("/connect/calendars")

    def to_link(self, request: Request) -> Response:
        return self.doors.to(f"/connect/{request.path_params['token']}")

    def _first(self, session: Session, again: ConnectionId | None) -> Response:
        """To the account that the link is about, else to where everything is."""
        wanted = session.consent or again
        if wanted is None:
            return self.doors.to(_start(session))
        setup = self.doors.connecting.setup(session)
        account = next((one for one in setup.connections if one.id == wanted), None)
        at = None if account is None else way(account, self.kinds)
        if account is None or at is None:
            return self.doors.to("/connect")
        if account.provider not in self.oauth:
            return self.doors.to(at)
        pages = self.oauth[account.provider]
        return pages.go(session, pages.signing_in.asks(account) if session.consent is None else Access.FULL, account)

    def _dead(self, token: str, why: Dead) -> Response:
        """Says nothing of whom the link was for: whoever holds it may be anybody."""
        return self.doors.pages.draw("dead", status=404 if why is Dead.UNKNOWN else 410, token=token, why=why.value)


def _start(session: Session) -> str:
    """Where its link leads."""
    return {ADMIN: "/connect/rooms", SETTINGS: "/connect/settings"}.get(session.purpose, "/connect")
