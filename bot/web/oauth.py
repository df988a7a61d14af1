"""The pages around a sign-in at a service of its own: what is asked, the way there, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.calendars import Access, Connection
from bot.core.ids import ConnectionId
from bot.people.connect import ADMIN
from bot.people.signing_in import NoSignIn, SigningIn, Trouble
from bot.storage.links import Session
from bot.web.doors import Doors, form_key
from bot.web.forms import Form
from bot.web.troubles import told

NAMES = {"google": "Google", "microsoft": "Microsoft"}


@dataclass(frozen=True)
class OAuthPages:
    """The pages of one service."""

    doors: Doors
    signing_in: SigningIn
    provider: str

    def routes(self) -> Sequence[BaseRoute]:
        path = f"/connect/{self.provider}"
        return (
            Route(path, self.doors.page(self.ask)),
            Route(path, self.doors.posted(self.begin, back=path), methods=["POST"]),
            Route(f"{path}/approval", self.doors.posted(self.ask_approval, back=path), methods=["POST"]),
            Route(f"{path}/callback", self.callback),
            Route(f"{path}/admin", self.approved),
        )

    def ask(self, request: Request, session: Session) -> Response:
        """Asks once what Overlap may do there; of an account that is connected, only for more."""
        again = self._again(session, request.query_params.get("account", session.consent or ""))
        return self.doors.pages.draw(
            "ask_access",
            who=self.doors.who(self.doors.connecting.setup(session).person),
            provider=self.provider,
            service=NAMES[self.provider],
            again=again,
            is_step_up=again is not None and again.id == session.consent,
            fixed=None if self.signing_in.consent is None else self.signing_in.consent.value,
            key=form_key(request),
        )

    def begin(self, _request: Request, session: Session, form: Form) -> Response:
        """On to the service's own page."""
        again = self._again(session, form.one("account"))
        return self.go(session, self._wanted(session, form, again), again)

    def go(self, session: Session, access: Access, again: Connection | None, *, rooms: bool = False) -> Response:
        """A page that leads on by itself; a redirect would have to be allowed to wherever the service sends people."""
        account = None if again is None else again.id
        begun = self.signing_in.begin(session, self.provider, access, account, rooms=rooms)
        if isinstance(begun, NoSignIn):
            return self._trouble(session, begun)
        return self.doors.pages.draw("away", url=begun.url, service=NAMES[self.provider])

    def callback(self, request: Request) -> Response:
        """The service sends the browser back: whoever did not start here gets nothing."""
        session = self.doors.visitor(request)
        if session is None:
            return self.doors.pages.notice(
                410,
                "This sign-in did not start in this browser",
                "Nothing was connected. It has to be finished in the browser in which the chat’s link was opened.",
                "Type /meet connect in Slack, or meet connect to Overlap in Teams, and open the link you get here.",
            )
        made = self.signing_in.finish(session, self.provider, dict(request.query_params))
        if isinstance(made, NoSignIn):
            return self._trouble(session, made)
        if isinstance(made, Connection) and session.purpose == ADMIN:
            return self.doors.to(f"/connect/rooms/import?account={made.id}")
        if isinstance(made, Connection):
            is_less = session.consent == made.id and made.access is Access.FREEBUSY
            return self.doors.to("/connect/calendars?still=freebusy" if is_less else "/connect/calendars?again=yes")
        return self.doors.to("/connect/confirm")

    def ask_approval(self, _request: Request, session: Session, _form: Form) -> Response:
        """The link for an administrator, for whom the service's own page did not send back."""
        return self._trouble(session, self.signing_in.ask_approval(session, self.provider))

    def approved(self, request: Request) -> Response:
        """An administrator comes back; they may be anybody, and have no session."""
        name = NAMES[self.provider]
        match self.signing_in.approve(self.provider, dict(request.query_params)):
            case None:
                return self.doors.pages.notice(
                    410,
                    "This has been answered before",
                    "Whoever waited for it has been told. Nothing was changed now.",
                )
            case False:
                return self.doors.pages.notice(
                    403,
                    f"Overlap was not allowed at {name}",
                    "Nothing was changed. Open the link again if that is not what you wanted.",
                )
            case True:
                return self.doors.pages.notice(
                    200,
                    "Thank you: Overlap is allowed now",
                    "Everybody who waited for it has just been told in their chat. You can close this page.",
                )

    def _again(self, session: Session, account: str) -> Connection | None:
        found = self.signing_in.account(session, ConnectionId(account)) if account else None
        return found if found is not None and found.provider == self.provider else None

    def _wanted(self, session: Session, form: Form, again: Connection | None) -> Access:
        if again is not None and again.id == session.consent:
            return Access.FULL
        if self.signing_in.consent is not None:
            return self.signing_in.consent
        return Access.FREEBUSY if form.one("access") == Access.FREEBUSY.value else Access.FULL

    def _trouble(self, session: Session, found: NoSignIn) -> Response:
        says = told(found, NAMES[self.provider])
        start = f"/connect/{self.provider}" + (f"?account={found.connection}" if found.connection else "")
        return self.doors.pages.draw(
            "trouble",
            status=says.status,
            who=self.doors.who(self.doors.connecting.setup(session).person),
            title=says.title,
            words=says.words,
            admin_url=found.admin_url,
            start="" if found.trouble in (Trouble.OURS, Trouble.TOO_MANY_TRIES) else start,
            label=says.button,
        )
