"""The one place where parts meet: the web side is made here; the desk behind it when it is first asked for."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.chat.cards import Card
from bot.chat.surface import Delivery
from bot.chat.tray import Tray
from bot.core.clock import Clock, SystemClock
from bot.core.errors import InvalidInput
from bot.handlers.teams.registration import Registration
from bot.jobs.embedded import Embedded
from bot.jobs.engine import Engine
from bot.storage.database import Database
from bot.storage.vault import Vault, missing_keys
from bot.web import about, health, ring
from bot.web.app import Lifespan, application
from bot.wiring.later import Later
from bot.wiring.once import Once
from bot.wiring.settings import Settings, SlackSettings
from bot.wiring.tasks import Tasks
from bot.wiring.trust import trust

if TYPE_CHECKING:
    from bot.handlers.slack.socket import Socket
    from bot.wiring.desk import Desk


log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything, made and joined, nothing started yet."""

    settings: Settings
    teams: Registration | None
    tray: Tray
    desk: "Once[Desk]"
    engine: Engine

    @property
    def database(self) -> Database:
        return self.tray.database

    def application(self, lifespan: Lifespan) -> Starlette:
        """Every door of the web server; those of which a platform waits for an ack come first."""
        routes: list[BaseRoute] = []
        if self.settings.slack is not None and not self.settings.slack.app_token:
            routes += self._slack(self.settings.slack)
        if self.teams is not None:
            routes += self._teams(self.teams)
        routes += ring.routes(self.tray.database, self.tray.clock)
        routes += health.routes(alive=self._alive, ready=self._ready)
        routes += about.routes(urlsplit(self.settings.public_url).path.rstrip("/"))
        routes.append(Later(("/connect", "/static"), self._pages))
        return application(routes, lifespan)

    def keep(self, delivery: Delivery) -> None:
        """Keep what came in, and have it answered at once."""
        self.tray.keep(delivery)
        self.engine.wake()

    def answer_now(self, delivery: Delivery) -> Card:
        """Answer within the call, and have what follows from it done at once."""
        try:
            return self.desk().call.answer(delivery)
        finally:
            self.engine.wake()

    def close(self) -> None:
        """Let go of calendars and of the database."""
        if self.desk.is_made:
            self.desk().close()
        self.database.close()

    def slack_line(self) -> "Socket | None":
        """The line to Slack by Socket Mode, not open yet; None where Slack reaches us by HTTP."""
        slack = self.settings.slack
        if slack is None or not slack.app_token:
            return None
        from bot.handlers.slack.socket import Socket

        trusted = trust(self.settings.ca_file)
        return Socket(app_token=slack.app_token, api_url=slack.api_url, keep=self.keep, trust=trusted)

    def _slack(self, settings: SlackSettings) -> list[BaseRoute]:
        from bot.handlers.slack import app

        return [*app.routes(signing_secret=settings.signing_secret, keep=self.keep, clock=self.tray.clock)]

    def _teams(self, registered: Registration) -> list[BaseRoute]:
        from bot.handlers.teams import app

        return [*app.routes(registered, keep=self.keep, answer_now=self.answer_now, clock=self.tray.clock)]

    def _pages(self) -> list[BaseRoute]:
        from bot.web import connect

        desk = self.desk()
        return connect.routes(desk.connecting, desk.signing_in, self.settings.offered, desk.rooms)

    def _alive(self) -> str | None:
        return None if self.engine.is_alive() else "nobody looks at the due rows"

    def _ready(self) -> str | None:
        try:
            with self.database.reading() as tx:
                tx.exec_driver_sql("select 1 from due limit 1")
        except Exception:
            return "the database does not answer"
        return self._alive() if self.desk.is_made else "nobody is there yet to answer"


def build(settings: Settings, clock: Clock | None = None) -> House:
    """The house for these settings. The database must be migrated before it is used."""
    tray = Tray(Database(settings.database_url), clock or SystemClock(), Vault(settings.keys))
    teams = _registration(settings)

    def make() -> "Desk":
        from bot.wiring.desk import make_desk

        return make_desk(settings, tray, teams)

    desk = Once(make)
    tasks = Tasks(tray.database, tray.clock, desk)
    return House(
        settings=settings,
        teams=teams,
        tray=tray,
        desk=desk,
        engine=Embedded(tray.database, tray.clock, tasks.kinds(), tasks.ticks()),
    )


def check_keys(house: House) -> None:
    """`InvalidInput` when rows are sealed with keys that the environment lacks: they could never be opened."""
    with house.database.reading() as tx:
        missing = missing_keys(tx, house.settings.keys)
    if missing:
        raise InvalidInput(f"OVERLAP_KEYS lacks {', '.join(missing)}: secrets in the database are sealed with it")
    with house.database.transaction() as tx:
        rotated = house.tray.vault.rotate(tx)
    if rotated:
        log.info("%s data keys are wrapped by the first key of OVERLAP_KEYS now", rotated)


def spread_looks(house: House) -> None:
    """After a stop many calendars have come due: they are not all looked at in the first second."""
    from bot.storage import spread

    with house.database.transaction() as tx:
        spread.after_a_stop(tx, house.tray.clock.now())


def _registration(settings: Settings) -> Registration | None:
    teams = settings.teams
    if teams is None:
        return None
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
