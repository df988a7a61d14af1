"""The environment, read once and checked whole: everything that is wrong is said at once, by its variable's name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from string import Formatter
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.core.calendars import Access
from bot.core.clients import GoogleClient, MicrosoftClient
from bot.core.errors import InvalidInput
from bot.core.outside import out_of_reach, reaches
from bot.storage.vault import KeyRing
from bot.wiring.variables import VARIABLES

T = TypeVar("T")

OFFERED = frozenset({"google", "microsoft", "icloud", "caldav", "ics", "import"})
"""Every kind of calendar that a person can connect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    signing_secret: str = field(repr=False)
    bot_token: str = field(repr=False)
    api_url: str
    app_token: str = field(default="", repr=False)
    """Set where Slack is reached by Socket Mode; then nothing comes by signed HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsSettings:
    app_id: str
    app_password: str = field(repr=False)
    tenants: tuple[str, ...]
    openid_url: str
    token_issuer: str
    login_url: str
    service_hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the outside decides."""

    database_url: str
    keys: KeyRing = field(repr=False)
    public_url: str
    host: str
    port: int
    slack: SlackSettings | None
    teams: TeamsSettings | None
    google: GoogleClient | None
    microsoft: MicrosoftClient | None
    consent: Access | None
    """What every sign-in asks for; None lets people choose."""
    offered: frozenset[str]
    """Which kinds of calendars may be connected."""
    account_domains: frozenset[str]
    """The domains of which a connected account must be; empty: any."""
    admins: frozenset[str]
    """Chat ids of those who administer besides the platform's own admins."""
    private_hosts: frozenset[str]
    ca_file: Path | None
    sync_every: timedelta | None
    title_template: str
    meeting_url_template: str
    remarks: tuple[str, ...] = ()
    """One line each to be said at the start: a platform that is off."""

    @property
    def heard(self) -> frozenset[str]:
        """The calendar services whose word of a change reaches us."""
        google, microsoft = self.google, self.microsoft
        theirs = {
            "google": None if google is None else google.api_url,
            "microsoft": None if microsoft is None else microsoft.graph_url,
        }
        return frozenset(name for name, url in theirs.items() if url is not None and reaches(url, self.public_url))


class _Reader:
    """Reads variables and gathers what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._defaults = {variable.name: variable.default or "" for variable in VARIABLES}
        self.wrong: list[str] = []
        self.remarks: list[str] = []

    def text(self, name: str) -> str:
        return self._environment.get(name, "").strip() or self._defaults[name]

    def read(self, name: str, parse: Callable[[str], T], otherwise: T) -> T:
        """What the variable says, or a line about what is wrong with it and `otherwise`."""
        try:
            return parse(self.text(name))
        except (InvalidInput, ValueError, ArgumentError) as error:
            self.wrong.append(f"{name}: {error}")
            return otherwise


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of that environment; `InvalidInput` with one line for everything that is wrong."""
    reader = _Reader(environment)
    settings = Settings(
        database_url=reader.read("OVERLAP_DATABASE_URL", _database, ""),
        keys=reader.read("OVERLAP_KEYS", _keys, KeyRing({})),
        public_url=reader.read("OVERLAP_PUBLIC_URL", _public_url, ""),
        host=reader.text("OVERLAP_HOST"),
        port=reader.read("OVERLAP_PORT", _port, 0),
        slack=_slack(reader),
        teams=_teams(reader),
        google=_google(reader),
        microsoft=_microsoft(reader),
        consent=reader.read("OVERLAP_CONSENT", _consent, None),
        offered=reader.read("OVERLAP_PROVIDERS", _offered, frozenset()),
        account_domains=reader.read("OVERLAP_ACCOUNT_DOMAINS", _domains, frozenset()),
        admins=frozenset(_list(reader.text("OVERLAP_ADMINS"))),
        private_hosts=reader.read("OVERLAP_ALLOW_PRIVATE_HOSTS", lambda words: frozenset(_hosts(words)), frozenset()),
        ca_file=reader.read("OVERLAP_CA_FILE", _file, None),
        sync_every=reader.read("OVERLAP_SYNC_SECONDS", _seconds, None),
        title_template=reader.read("OVERLAP_TITLE_TEMPLATE", _template({"asker", "people"}), ""),
        meeting_url_template=reader.read("OVERLAP_MEETING_URL_TEMPLATE", _template({"id"}), ""),
        remarks=tuple(reader.remarks),
    )
    if settings.slack is None and settings.teams is None and not reader.wrong:
        reader.wrong.append(
            "OVERLAP_SLACK_SIGNING_SECRET and OVERLAP_SLACK_BOT_TOKEN, or OVERLAP_TEAMS_APP_ID and"
            " OVERLAP_TEAMS_APP_PASSWORD: set at least one pair, or there is nobody to talk to"
        )
    if reader.wrong:
        raise InvalidInput("\n".join(reader.wrong))
    lacking = out_of_reach(settings.public_url, rings=bool(settings.heard))
    if not lacking:
        return settings
    remark = f"{settings.public_url} cannot be reached from the internet, which these need: {'; '.join(lacking)}."
    return replace(settings, remarks=(*settings.remarks, remark))


def _slack(reader: _Reader) -> SlackSettings | None:
    by_socket = reader.read("OVERLAP_SLACK_TRANSPORT", _by_socket, False)
    proof = "OVERLAP_SLACK_APP_TOKEN" if by_socket else "OVERLAP_SLACK_SIGNING_SECRET"
    if not _is_on(reader, "Slack", (proof, "OVERLAP_SLACK_BOT_TOKEN")):
        return None
    return SlackSettings(
        signing_secret=reader.text("OVERLAP_SLACK_SIGNING_SECRET"),
        bot_token=reader.text("OVERLAP_SLACK_BOT_TOKEN"),
        app_token=reader.text("OVERLAP_SLACK_APP_TOKEN") if by_socket else "",
        api_url=reader.read("OVERLAP_SLACK_API_URL", _api_url, ""),
    )


def _teams(reader: _Reader) -> TeamsSettings | None:
    pair = ("OVERLAP_TEAMS_APP_ID", "OVERLAP_TEAMS_APP_PASSWORD")
    if not _is_on(reader, "Teams", pair):
        return None
    return TeamsSettings(
        app_id=reader.text(pair[0]),
        app_password=reader.text(pair[1]),
        tenants=tuple(_list(reader.text("OVERLAP_TEAMS_TENANTS"))),
        openid_url=reader.read("OVERLAP_TEAMS_OPENID_URL", _url, ""),
        token_issuer=reader.text("OVERLAP_TEAMS_TOKEN_ISSUER"),
        login_url=reader.read("OVERLAP_TEAMS_LOGIN_URL", _url, "").rstrip("/"),
        service_hosts=reader.read("OVERLAP_TEAMS_SERVICE_HOSTS", _hosts, ()),
    )


def _google(reader: _Reader) -> GoogleClient | None:
    pair = ("OVERLAP_GOOGLE_CLIENT_ID", "OVERLAP_GOOGLE_CLIENT_SECRET")
    if not _is_on(reader, "Google Calendar", pair):
        return None
    return GoogleClient(
        client_id=reader.text(pair[0]),
        client_secret=reader.text(pair[1]),
        api_url=reader.read("OVERLAP_GOOGLE_API_URL", _server, ""),
        oauth_url=reader.read("OVERLAP_GOOGLE_OAUTH_URL", _server, ""),
    )


def _microsoft(reader: _Reader) -> MicrosoftClient | None:
    pair = ("OVERLAP_MICROSOFT_CLIENT_ID", "OVERLAP_MICROSOFT_CLIENT_SECRET")
    if not _is_on(reader, "Microsoft 365", pair):
        return None
    return MicrosoftClient(
        client_id=reader.text(pair[0]),
        client_secret=reader.text(pair[1]),
        graph_url=reader.read("OVERLAP_GRAPH_URL", _server, ""),
        authority=reader.read("OVERLAP_MICROSOFT_AUTHORITY", _server, ""),
    )


def _is_on(reader: _Reader, platform: str, pair: tuple[str, str]) -> bool:
    missing = [name for name in pair if not reader.text(name)]
    if len(missing) == 1:
        reader.wrong.append(f"{missing[0]}: it is missing, while its pair is set")
    elif missing:
        reader.remarks.append(f"{platform} is off: {' and '.join(pair)} are not set.")
    return not missing


def _keys(words: str) -> KeyRing:
    if not words:
        raise InvalidInput("it is missing; make one with: echo k1:$(head -c 32 /dev/urandom | base64)")
    return KeyRing.parse(words)


def database_url(environment: Mapping[str, str]) -> str:
    """Where everything is kept, for a command that needs nothing else of the environment."""
    reader = _Reader(environment)
    url = reader.read("OVERLAP_DATABASE_URL", _database, "")
    if reader.wrong:
        raise InvalidInput(reader.wrong[0])
    return url


def _database(words: str) -> str:
    url = make_url(words)
    if url.get_backend_name() != "sqlite":
        raise InvalidInput("it must be a SQLite file, for example sqlite:////var/lib/overlap/overlap.sqlite3")
    if not url.database or url.database == ":memory:":
        raise InvalidInput("it must name a file: what is in memory is lost with the process")
    return words


def _url(words: str) -> str:
    parts = urlsplit(words)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise InvalidInput("it must be an address that starts with https:// or http://")
    return words


def _server(words: str) -> str:
    return _url(words).rstrip("/") if words else ""


def _consent(words: str) -> Access | None:
    try:
        return None if words == "ask" else Access(words)
    except ValueError as error:
        raise InvalidInput("it must be ask, full or freebusy") from error


def _offered(words: str) -> frozenset[str]:
    named = frozenset(_list(words)) or OFFERED
    if not named <= OFFERED:
        raise InvalidInput(f"it knows {', '.join(sorted(OFFERED))}, not {', '.join(sorted(named - OFFERED))[:60]}")
    return named


def _domains(words: str) -> frozenset[str]:
    named = frozenset(one.lower().lstrip("@") for one in _list(words))
    if any("@" in one or "/" in one for one in named):
        raise InvalidInput("it must be domains, for example acme.example")
    return named


def _by_socket(words: str) -> bool:
    if words not in ("http", "socket"):
        raise InvalidInput("it must be http or socket")
    return words == "socket"


def _public_url(words: str) -> str:
    if not words:
        raise InvalidInput("it is missing, for example https://overlap.example.com")
    return _url(words).rstrip("/")


def _api_url(words: str) -> str:
    if not _url(words).endswith("/api/"):
        raise InvalidInput("it must end in /api/")
    return words


def _port(words: str) -> int:
    port = int(words) if words.isdecimal() else 0
    if not 0 < port < 65536:
        raise InvalidInput("it must be a number from 1 to 65535")
    return port


def _seconds(words: str) -> timedelta | None:
    if not words:
        return None
    try:
        every = timedelta(seconds=float(words))
    except (ValueError, OverflowError) as error:
        raise InvalidInput("it must be a number of seconds") from error
    if not timedelta(seconds=1) <= every <= timedelta(days=1):
        raise InvalidInput("it must be from 1 second to a day")
    return every


def _file(words: str) -> Path | None:
    if not words:
        return None
    path = Path(words)
    if not path.is_file():
        raise InvalidInput("there is no such file")
    return path


def _list(words: str) -> Iterable[str]:
    return filter(None, (one.strip() for one in words.split(",")))


def _hosts(words: str) -> tuple[str, ...]:
    hosts = tuple(host.lower() for host in _list(words))
    for host in hosts:
        if "/" in host or "@" in host:
            raise InvalidInput(f"“{host[:60]}” must be a host, as name or name:port")
    return hosts


def _template(fields: set[str]) -> Callable[[str], str]:
    def parse(words: str) -> str:
        named = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
        if not named <= fields:
            allowed = " and ".join(f"{{{name}}}" for name in sorted(fields))
            raise InvalidInput(f"it may name only {allowed}")
        return words

    return parse
