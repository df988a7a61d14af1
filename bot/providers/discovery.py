"""Where an account's calendars are: from the address that its owner typed to the collections (RFC 6764, RFC 4791 §6).

We look only where that address and its server point: an e-mail address never chooses where a password goes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

from bot.core.errors import NotACalendar, NotFound, Refused
from bot.providers.base import Remote, RemoteCalendar
from bot.providers.dav import C, D, Dav, Member, place
from bot.providers.ical.lines import line
from bot.providers.ical.zones import known

PRINCIPAL = f"{D}current-user-principal"
HOME = f"{C}calendar-home-set"
ADDRESSES = f"{C}calendar-user-address-set"
TYPE = f"{D}resourcetype"
NAME = f"{D}displayname"
COMPONENTS = f"{C}supported-calendar-component-set"
PRIVILEGES = f"{D}current-user-privilege-set"
TRANSPARENT = f"{C}schedule-calendar-transp"
ZONE = f"{C}calendar-timezone"
ZONE_ID = f"{C}calendar-timezone-id"
WRITING = frozenset({f"{D}all", f"{D}write", f"{D}write-content", f"{D}bind"})
WELL_KNOWN = "/.well-known/caldav"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who an account belongs to, and where their calendars are."""

    homes: tuple[str, ...]
    addresses: tuple[str, ...]
    """E-mail addresses by which ATTENDEEs name them."""


def owner(dav: Dav, url: str) -> Owner:
    """Whose account it is; `NotFound` where the server speaks no CalDAV."""
    for start in (url, urljoin(url, WELL_KNOWN)):
        found = _asked(dav, start)
        if found is None:
            continue
        principal = found.href_of(PRINCIPAL)
        if principal is not None:
            found = _asked(dav, urljoin(start, principal)) or found
            start = urljoin(start, principal)  # noqa: PLW2901 - its hrefs are relative to it
        homes = tuple(dict.fromkeys(urljoin(start, href) for href in found.hrefs_of(HOME)))
        if homes or _is_calendar(found):
            return Owner(homes or (url,), tuple(_addresses(found)))
    raise NotFound("There is no CalDAV account at this address.")


def calendars(dav: Dav, found: Owner) -> list[RemoteCalendar]:
    """Every collection of events in the owner's homes."""
    names = (TYPE, NAME, COMPONENTS, PRIVILEGES, TRANSPARENT, ZONE, ZONE_ID)
    kept: dict[str, RemoteCalendar] = {}
    for home in found.homes:
        for member in dav.propfind(home, *names, depth=1):
            if member.status < 300 and _is_calendar(member) and _holds_events(member):
                url = urljoin(home, member.href)
                kept.setdefault(url, _shown(member, url if url.endswith("/") else f"{url}/"))
    return list(kept.values())


def moved(remote: Remote, homes: Sequence[str]) -> Remote | None:
    """The same calendar at the host where its owner's homes are now; None where it is there already."""
    for home in homes:
        there = Remote(urlunsplit(urlsplit(remote)._replace(netloc=urlsplit(home).netloc)))
        if there != remote and place(there).startswith(place(home)):
            return there
    return None


def _asked(dav: Dav, url: str) -> Member | None:
    """What that address says of itself; None where nothing there speaks WebDAV."""
    try:
        members = dav.propfind(url, PRINCIPAL, HOME, ADDRESSES, TYPE)
    except (NotFound, NotACalendar, Refused):
        return None
    return next((one for one in members if one.status < 300), None)


def _addresses(found: Member) -> Iterator[str]:
    for href in found.hrefs_of(ADDRESSES):
        if href.lower().startswith("mailto:"):
            yield href[7:].strip().lower()


def _shown(member: Member, url: str) -> RemoteCalendar:
    privileges = member.names(PRIVILEGES)
    return RemoteCalendar(
        remote=Remote(url),
        name=member.text(NAME) or url.rstrip("/").rpartition("/")[2],
        zone=_zone(member),
        is_writable=PRIVILEGES not in member.props or bool(privileges & WRITING),
        is_transparent=f"{C}transparent" in member.names(TRANSPARENT),
    )


def _is_calendar(member: Member) -> bool:
    return f"{C}calendar" in member.names(TYPE)


def _holds_events(member: Member) -> bool:
    """A list of tasks is a calendar too; a server that does not say holds events (RFC 4791 §5.2.3)."""
    element = member.props.get(COMPONENTS)
    named = {one.get("name", "").upper() for one in element.iter(f"{C}comp")} if element is not None else set()
    return not named or "VEVENT" in named


def _zone(member: Member) -> str | None:
    told = member.text(ZONE_ID)
    if told is None:
        lines = [line(text) for text in (member.text(ZONE) or "").splitlines() if text.upper().startswith("TZID")]
        told = lines[0].value if lines else None
    return known(told) if told else None
