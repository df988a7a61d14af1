"""The one place where parts meet: everything is made here, once, and handed what it may touch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.chat.cards import Card
from bot.chat.conversations.ask import AskTalk
from bot.chat.conversations.conflict import ConflictTalk
from bot.chat.conversations.connect import ConnectTalk
from bot.chat.conversations.connection import ConnectionTalk
from bot.chat.conversations.help import HelpTalk
from bot.chat.conversations.invite import InviteTalk
from bot.chat.conversations.meeting import MeetingTalk
from bot.chat.conversations.proposal import ProposalTalk
from bot.chat.conversations.status import StatusTalk
from bot.chat.inbox import Inbox
from bot.chat.messages import Messages
from bot.chat.router import Router
from bot.chat.surface import Delivery, Surface
from bot.chat.tray import Tray
from bot.conflicts.watch import Watching
from bot.core.clock import Clock, SystemClock
from bot.core.errors import InvalidInput, OverlapError
from bot.core.ids import CalendarId, TenantId
from bot.handlers.teams.registration import Registration
from bot.jobs.embedded import Embedded
from bot.jobs.engine import Engine
from bot.people.connect import Connecting
from bot.people.grants import Grants
from bot.people.who import Who
from bot.providers.registry import providers
from bot.scheduling.ask import Asking
from bot.scheduling.book import Booking
from bot.scheduling.change import Changing
from bot.scheduling.following import Following
from bot.scheduling.propose import Proposing
from bot.scheduling.saga import Saga
from bot.storage.database import Database
from bot.storage.vault import Vault, missing_keys
from bot.sync.engine import Sync
from bot.web import about, connect, health
from bot.web.app import Lifespan, application
from bot.wiring.settings import Settings, SlackSettings, TeamsSettings
from bot.wiring.tasks import Desk


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything, made and joined, nothing started yet."""

    settings: Settings
    database: Database
    clock: Clock
    tray: Tray
    inbox: Inbox
    engine: Engine
    connecting: Connecting
    grants: Grants

    def application(self, lifespan: Lifespan) -> Starlette:
        """Every door of the web server."""
        routes: list[BaseRoute] = [
            *health.routes(alive=self._alive, ready=self._ready),
            *connect.routes(self.connecting),
            *about.routes(urlsplit(self.settings.public_url).path.rstrip("/")),
        ]
        if self.settings.slack is not None:
            routes += self._slack(self.settings.slack)
        if self.settings.teams is not None:
            routes += self._teams(self.settings.teams)
        return application(routes, lifespan)

    def keep(self, delivery: Delivery) -> None:
        """Keep what came in, and have it answered at once."""
        self.tray.keep(delivery)
        self.engine.wake()

    def answer_now(self, delivery: Delivery) -> Card:
        """Answer within the call, and have what follows from it done at once."""
        try:
            return self.inbox.answer_now(delivery)
        finally:
            self.engine.wake()

    def close(self) -> None:
        """Let go of calendars and of the database."""
        self.grants.close()
        self.database.close()

    def _slack(self, settings: SlackSettings) -> list[BaseRoute]:
        from bot.handlers.slack import app

        return [*app.routes(signing_secret=settings.signing_secret, keep=self.keep, clock=self.clock)]

    def _teams(self, settings: TeamsSettings) -> list[BaseRoute]:
        from bot.handlers.teams import app

        registered = _registration(settings, self.settings)
        return [*app.routes(registered, keep=self.keep, answer_now=self.answer_now, clock=self.clock)]

    def _alive(self) -> str | None:
        return None if self.engine.is_alive() else "nobody looks at the due rows"

    def _ready(self) -> str | None:
        try:
            with self.database.reading() as tx:
                tx.exec_driver_sql("select 1 from due limit 1")
        except Exception:
            return "the database does not answer"
        return self._alive()


def build(settings: Settings, clock: Clock | None = None) -> House:
    """The house for these settings. The database must be migrated before it is used."""
    clock = clock or SystemClock()
    database = Database(settings.database_url)
    vault = Vault(settings.keys)
    services = providers(private_hosts=settings.private_hosts, ca_file=settings.ca_file)
    surfaces = _surfaces(settings)
    grants = Grants(database, vault, services)
    connecting = Connecting(database, clock, vault, services, settings.public_url, settings.sync_every)
    proposing = Proposing(database, clock)
    asking = Asking(database, clock, proposing.times_for_move)
    watching = Watching(database, clock, proposing.times_for_move)
    who = Who(database, clock, surfaces)
    router = _router(settings, database, clock, grants, who, connecting, proposing, asking, watching)
    messages = Messages(database, clock, vault, surfaces, router.views)
    tray = Tray(database, clock, vault)
    inbox = Inbox(database, clock, vault, tray, surfaces, who, router, messages)
    desk = Desk(
        database=database,
        clock=clock,
        inbox=inbox,
        messages=messages,
        sync=Sync(database, clock, grants.open_calendar),
        proposing=proposing,
        saga=Saga(database, clock, grants.open_calendar),
        asking=asking,
        following=Following(database, clock, grants.open_calendar, proposing.times_for_move),
        watching=watching,
    )
    return House(
        settings=settings,
        database=database,
        clock=clock,
        tray=tray,
        inbox=inbox,
        engine=Embedded(database, clock, desk.kinds(), desk.ticks()),
        connecting=connecting,
        grants=grants,
    )


def check_keys(house: House) -> None:
    """`InvalidInput` when rows are sealed with keys that the environment lacks: they could never be opened."""
    with house.database.reading() as tx:
        missing = missing_keys(tx, house.settings.keys)
    if missing:
        raise InvalidInput(f"OVERLAP_KEYS lacks {', '.join(missing)}: secrets in the database are sealed with it")


def _router(
    settings: Settings,
    database: Database,
    clock: Clock,
    grants: Grants,
    who: Who,
    connecting: Connecting,
    proposing: Proposing,
    asking: Asking,
    watching: Watching,
) -> Router:
    changing = Changing(database, clock)
    booking = Booking(database, clock, settings.title_template, settings.meeting_url_template)

    def own_title(tenant: TenantId, calendar: CalendarId, uid: str, starts: datetime) -> str | None:
        try:
            with grants.open_calendar(tenant, calendar) as (provider, remote):
                return provider.title(remote, uid, starts)
        except OverlapError:
            return None

    return Router(
        clock=clock,
        help=HelpTalk(),
        status=StatusTalk(database, clock),
        connect=ConnectTalk(connecting),
        connection=ConnectionTalk(database, clock),
        proposal=ProposalTalk(database, clock, who, proposing, booking),
        invite=InviteTalk(database),
        meeting=MeetingTalk(database, clock, changing, asking, proposing),
        ask=AskTalk(database, clock, asking),
        conflict=ConflictTalk(database, clock, changing, asking, watching, own_title),
    )


def _surfaces(settings: Settings) -> Mapping[str, Surface]:
    surfaces: dict[str, Surface] = {}
    if settings.slack is not None:
        from bot.handlers.slack.surface import SlackSurface

        surfaces["slack"] = SlackSurface(settings.slack.bot_token, api_url=settings.slack.api_url)
    if settings.teams is not None:
        from bot.handlers.teams.surface import surface

        surfaces["teams"] = surface(_registration(settings.teams, settings))
    return surfaces


def _registration(teams: TeamsSettings, settings: Settings) -> Registration:
    return Registration(
        app_id=teams.app_id,
        password=teams.app_password,
        tenants=teams.tenants,
        openid_url=teams.openid_url,
        issuer=teams.token_issuer,
        login_url=teams.login_url,
        service_hosts=teams.service_hosts,
        ca_file=settings.ca_file,
    )
