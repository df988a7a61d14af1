"""Calendar services that people know by name: where each one's CalDAV lives, and where its app passwords are made.

The address is looked up here and never guessed from an e-mail address: the domain of an address must not choose where
a password goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from bot.providers.base import Account

OTHER = "other"
LONGEST = 2000
LONGEST_USER = 320
"""As long as an e-mail address can be (RFC 5321 §4.5.3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service; an empty `url` means that the person knows the server's address."""

    name: str
    label: str
    made_at: str
    """Where its owner makes an app password."""
    url: str = ""
    """May hold `{user}`."""
    path: str = ""
    """Where CalDAV lives on a server whose address was given without a path."""


SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        one.name: one
        for one in (
            Service(
                name="fastmail",
                label="Fastmail",
                url="https://caldav.fastmail.com/",
                made_at="Settings → Privacy & Security → App passwords, with access to calendars",
            ),
            Service(
                name="gmx",
                label="GMX",
                url="https://caldav.gmx.net/begenda/dav/{user}/",
                made_at="My Account → Security → Application-specific passwords",
            ),
            Service(
                name="icloud",
                label="iCloud",
                url="https://caldav.icloud.com/",
                made_at="account.apple.com → Sign-In and Security → App-Specific Passwords",
            ),
            Service(
                name="infomaniak",
                label="Infomaniak",
                url="https://sync.infomaniak.com/",
                made_at="Manager → your account → Security → Application passwords",
            ),
            Service(
                name="mailbox",
                label="mailbox.org",
                url="https://dav.mailbox.org/",
                made_at="Settings → Security → Application passwords",
            ),
            Service(
                name="nextcloud",
                label="Nextcloud",
                path="/remote.php/dav",
                made_at="Personal settings → Security → Devices & sessions → Create new app password",
            ),
            Service(
                name="posteo",
                label="Posteo",
                url="https://posteo.de:8443/",
                made_at="Posteo has none: use the password of your mailbox",
            ),
            Service(
                name="yahoo",
                label="Yahoo",
                url="https://caldav.calendar.yahoo.com/",
                made_at="Account security → Generate app password",
            ),
            Service(
                name=OTHER,
                label="Another CalDAV server",
                made_at="the account or security settings of your server",
            ),
        )
    }
)


class Why(StrEnum):
    """Why somebody could not be signed in to a calendar account."""

    NO_ADDRESS = "no_address"
    NOT_AN_ADDRESS = "not_an_address"
    USER_IN_ADDRESS = "user_in_address"
    """A user or a password stands in the address."""
    NO_USER = "no_user"
    NO_PASSWORD = "no_password"  # noqa: S105
    GOOGLE = "google"
    MICROSOFT = "microsoft"
    NOT_SECURE = "not_secure"
    """http, on a host that is not allowed to."""
    ADDRESS_REFUSED = "address_refused"
    """Private, loopback, link-local or metadata."""
    SENT_AWAY = "sent_away"
    """Their server leads us to another one, or to where we must not go."""
    WRONG_PASSWORD = "wrong_password"  # noqa: S105
    FORBIDDEN = "forbidden"
    NOT_CALDAV = "not_caldav"
    NO_CALENDARS = "no_calendars"
    TOO_MANY_CALENDARS = "too_many_calendars"
    UNREACHABLE = "unreachable"
    TOO_MANY_TRIES = "too_many_tries"
    NO_FILE = "no_file"
    NOT_MAIL = "not_mail"
    """What should be e-mail addresses are none."""
    DOMAIN = "domain"
    """Only accounts of certain domains may be connected here."""
    NOT_OFFERED = "not_offered"
    """No accounts of that kind may be."""
    ANOTHER = "another"
    """It is another account than the one that was to be connected again."""
    CONNECTED = "connected"
    """It is connected already, and was to take the place of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What was typed to sign in."""

    service: str = OTHER
    url: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotConnected:
    """Nothing was connected, for every one of these reasons."""

    reasons: tuple[Why, ...]


# Neither speaks CalDAV with a password: Google wants OAuth, Outlook has no CalDAV at all.
_GOOGLE = ("google.com", "googleapis.com", "googleusercontent.com", "gmail.com", "googlemail.com")
_APPLE = ("icloud.com",)
_MICROSOFT = ("outlook.com", "office.com", "office365.com", "live.com", "hotmail.com", "microsoft.com", "msn.com")


def address(typed: SignIn) -> str | NotConnected:
    """The URL at which that account's CalDAV is looked for; or everything that is wrong with what was typed."""
    service = SERVICES.get(typed.service, SERVICES[OTHER])
    user = typed.user.strip()
    url = service.url.format(user=quote(user, safe="@")) if service.url else _given(typed.url.strip(), service.path)
    wrong = [url] if isinstance(url, Why) else []
    if not user or not user.isprintable() or len(user) > LONGEST_USER:
        wrong.append(Why.NO_USER)
    if not typed.password:
        wrong.append(Why.NO_PASSWORD)
    return NotConnected(tuple(wrong)) if wrong or isinstance(url, Why) else url


def called(url: str, user: str) -> str:
    """Which of the services has its CalDAV there; of two that could, the one that is known by its whole address."""
    exact = (one.name for one in SERVICES.values() if one.url and one.url.format(user=quote(user, safe="@")) == url)
    by_path = (one.name for one in SERVICES.values() if one.path and urlsplit(url).path.startswith(one.path))
    return next(exact, None) or next(by_path, OTHER)


def why_not(account: Account, kinds: frozenset[str] | None, domains: frozenset[str]) -> Why | None:
    """What speaks against that account where only such kinds (None: any) and domains (empty: any) are allowed."""
    if kinds is not None and _kind(account) not in kinds:
        return Why.NOT_OFFERED
    return None if is_allowed(account, domains) else Why.DOMAIN


def _kind(account: Account) -> str:
    """What an operator calls it: iCloud speaks CalDAV and is a kind of its own."""
    is_apple = account.provider == "caldav" and _is_below(urlsplit(account.url), _APPLE)
    return "icloud" if is_apple else account.provider


def is_allowed(account: Account, domains: frozenset[str]) -> bool:
    """Whether that account is of one of those domains, or any will do. A feed or a file is nobody's account."""
    if not domains or account.provider in ("ics", "import"):
        return True
    _, at, domain = account.user.lower().rpartition("@")
    if at:
        return domain in domains
    server = (urlsplit(account.url).hostname or "").lower()
    return any(server == one or server.endswith(f".{one}") for one in domains)


def host(url: str) -> str:
    """The host of an address, with its port where that is not the usual one."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _given(url: str, path: str) -> str | Why:
    if not url:
        return Why.NO_ADDRESS
    parts = web_address(url if "://" in url else f"https://{url}")
    if parts is None:
        return Why.NOT_AN_ADDRESS
    if "@" in parts.netloc:
        return Why.USER_IN_ADDRESS
    if _is_below(parts, _GOOGLE):
        return Why.GOOGLE
    if _is_below(parts, _MICROSOFT):
        return Why.MICROSOFT
    where = parts.path if parts.path.strip("/") else path or "/"
    return urlunsplit((parts.scheme, parts.netloc, where, parts.query, ""))


def web_address(url: str) -> SplitResult | None:
    """The parts of an address of the web, or None for anything else."""
    if len(url) > LONGEST or any(one.isspace() or not one.isprintable() for one in url):
        return None
    try:
        parts = urlsplit(url)
        is_port_sound = parts.port is None or parts.port > 0
    except ValueError:
        return None
    is_one = parts.scheme in ("https", "http") and bool(parts.hostname) and is_port_sound
    return parts if is_one else None


def _is_below(parts: SplitResult, domains: tuple[str, ...]) -> bool:
    name = (parts.hostname or "").rstrip(".")
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)
